"""The members' evaluation: a secret poll by link, its turnout and result by branch, and what each voter may check."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest

from tests.api.caller import problem
from tests.api.house import House, task_of
from tests.api.polling import BRANCHES, Poll, a_poll, sent_links
from tests.api.test_server import post, serving
from workflow.cases.links import ALPHABET, new_code

GERMANE = {"organisation": "satisfied", "leader": "basically"}


# --- voting by link


def test_each_member_of_each_branch_is_sent_a_link_of_his_own(stored_house: House) -> None:
    poll = a_poll(stored_house)
    links = sent_links(poll.house)

    assert set(poll.members) <= links.keys()
    assert len(set(links.values())) == len(links)
    path = f"/api/v1/links/{links[poll.members[0]]}"
    assert poll.house.by(None).read(path)["open"] is True
    assert poll.house.by(None).do(path, {"vote": "satisfied"})["receipt"]


def test_member_who_lost_his_link_is_sent_another(poll: Poll) -> None:
    member = poll.members[0]
    body = {"task": f"{poll.case}.{poll.task}", "contact": member}

    assert poll.house.by(None).post("/api/v1/links", body).status_code == 202
    poll.house.tick()

    after = sent_links(poll.house)
    assert set(after) == {member}
    assert poll.house.by(None).read(f"/api/v1/links/{after[member]}")["open"] is True


def test_vote_is_changed_by_the_same_link_and_its_old_receipt_lapses(poll: Poll) -> None:
    path, anybody = poll.link(poll.members[0]), poll.house.by(None)
    old = anybody.do(path, {"vote": "dissatisfied"})["receipt"]
    new = anybody.do(path, {"vote": "satisfied"})["receipt"]
    poll.close()

    receipts = {one["receipt"]: one["vote"] for one in anybody.each(f"{path}/votes")}
    assert (old != new, receipts) == (True, {new: "satisfied"})


def test_link_used_twice_where_a_vote_stays_is_refused(stored_house: House) -> None:
    poll = a_poll(stored_house, changeable="false")
    path, anybody = poll.link(poll.members[0]), stored_house.by(None)
    receipt = anybody.do(path, {"vote": "satisfied"})["receipt"]

    again = anybody.post(path, {"vote": "dissatisfied"}, headers={"Accept-Language": "en"})

    assert problem(again) == (409, "closed")
    assert "voted already" in again.json["detail"]
    poll.close()
    assert [(one["receipt"], one["vote"]) for one in anybody.each(f"{path}/votes")] == [(receipt, "satisfied")]


def test_vote_after_the_closing_is_told_that_the_earlier_one_was_counted(poll: Poll) -> None:
    path = poll.link(poll.members[0])
    poll.house.by(None).do(path, {"vote": "satisfied"})
    poll.close()

    late = poll.house.by(None).post(path, {"vote": "dissatisfied"}, headers={"Accept-Language": "en"})

    assert problem(late) == (409, "closed")
    assert late.json["detail"] == "This ballot is closed; your vote was counted."


def test_first_vote_after_the_closing_is_told_that_none_was_counted(poll: Poll) -> None:
    path = poll.link(poll.members[0])
    poll.close()

    late = poll.house.by(None).post(path, {"vote": "satisfied"}, headers={"Accept-Language": "en"})

    assert problem(late) == (409, "closed")
    assert late.json["detail"] == "This ballot is closed; no vote of yours was counted."


def test_closing_is_told_in_chinese(poll: Poll) -> None:
    path = poll.link(poll.members[0])
    poll.close()
    late = poll.house.by(None).post(path, {"vote": "satisfied"}, headers={"Accept-Language": "zh"})
    assert "投票已经结束" in late.json["detail"]


def test_voter_sees_by_his_link_whether_his_vote_is_in(poll: Poll) -> None:
    path, anybody = poll.link(poll.members[0]), poll.house.by(None)
    before = anybody.read(f"{path}/ballot")["voted"]
    anybody.do(path, {"vote": "satisfied"})
    after = anybody.read(f"{path}/ballot")["voted"]
    poll.close()
    closed = anybody.read(f"{path}/ballot")
    assert (before, after, closed["voted"], closed["counts"]["cast"]) == (False, True, True, 1)


@pytest.mark.parametrize("ending", ["", "/ballot", "/votes"])
def test_guessed_code_opens_nothing(poll: Poll, ending: str) -> None:
    """There are 2^80 codes: with a thousand that hold, a million guesses a second find one in nineteen million years."""
    for code in (new_code(), poll.link(poll.members[0])[-16:-1] + "2" * 2, f"{poll.case}.{poll.task}", "0"):
        assert problem(poll.house.by(None).get(f"/api/v1/links/{code}{ending}"))[0] == 404
    assert len(set(ALPHABET)) ** len(new_code()) == 2**80


def test_vote_by_a_guessed_code_is_refused_alike(poll: Poll) -> None:
    assert poll.house.by(None).refused(f"/api/v1/links/{new_code()}", {"vote": "satisfied"}) == (404, "not_found")


# --- what is no vote


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"vote": "yes"}, 422, id="a choice of another ballot"),
        pytest.param({"vote": ""}, 422, id="no choice"),
        pytest.param({"vote": "satisfied", "items": {"weather": "satisfied"}}, 422, id="a question that is not asked"),
        pytest.param({"vote": "satisfied", "items": {"leader": "perhaps"}}, 422, id="an answer that is none"),
        pytest.param({"vote": ["satisfied", "dissatisfied"]}, 422, id="two choices"),
        pytest.param({"vote": "satisfied", "voter": 1}, 422, id="another voter"),
        pytest.param({"items": {"leader": "satisfied"}}, 422, id="items without the vote"),
        pytest.param({}, 422, id="nothing"),
        pytest.param({"trigger": "pass"}, 409, id="the trigger that only the count fires"),
    ],
)
def test_what_is_no_vote_is_refused_and_nothing_is_in_the_box(poll: Poll, body: dict[str, Any], status: int) -> None:
    path = poll.link(poll.members[0])
    assert poll.house.by(None).refused(path, body)[0] == status
    assert poll.house.by(None).read(f"{path}/ballot")["voted"] is False


def test_who_is_no_member_has_no_vote(poll: Poll) -> None:
    refused = poll.house.by("李强").refused(f"/api/v1/tasks/{poll.case}.{poll.task}/ballot", {"vote": "satisfied"})
    assert refused[0] in (403, 404)
    assert poll.result()["cast"] == 0


# --- a broken connection


def test_vote_sent_again_with_its_key_gets_its_receipt(poll: Poll) -> None:
    path, key = poll.link(poll.members[0]), {"Idempotency-Key": "k"}
    body = {"vote": "satisfied", "items": GERMANE}

    first = poll.house.by(None).post(path, body, headers=key)
    again = poll.house.by(None).post(path, body, headers=key)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json["receipt"] == first.json["receipt"]
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    poll.close()
    assert [one["receipt"] for one in poll.house.by(None).each(f"{path}/votes")] == [first.json["receipt"]]


def test_vote_that_stays_is_sent_again_with_its_key_too(stored_house: House) -> None:
    poll = a_poll(stored_house, changeable="false")
    path, key = poll.link(poll.members[0]), {"Idempotency-Key": "k"}
    receipts = {stored_house.by(None).do(path, {"vote": "satisfied"}, headers=key)["receipt"] for _ in range(3)}
    assert len(receipts) == 1


def test_key_of_one_vote_does_not_serve_for_another(poll: Poll) -> None:
    path, key = poll.link(poll.members[0]), {"Idempotency-Key": "k"}
    poll.house.by(None).do(path, {"vote": "satisfied"}, headers=key)

    refused = poll.house.by(None).refused(path, {"vote": "dissatisfied"}, headers=key)

    assert refused == (422, "key_reused")
    poll.close()
    assert poll.result()["counts"]["satisfied"] == 1


def test_two_voters_with_the_same_key_have_two_votes(poll: Poll) -> None:
    key = {"Idempotency-Key": "k"}
    receipts = {
        poll.house.by(None).do(poll.link(member), {"vote": "satisfied"}, headers=key)["receipt"]
        for member in poll.members[:2]
    }
    assert (len(receipts), poll.result()["cast"]) == (2, 2)


def test_vote_sent_again_after_the_closing_is_told_that_it_was_counted(poll: Poll) -> None:
    path, key = poll.link(poll.members[0]), {"Idempotency-Key": "k", "Accept-Language": "en"}
    poll.house.by(None).do(path, {"vote": "satisfied"}, headers=key)
    poll.close()
    again = poll.house.by(None).post(path, {"vote": "satisfied"}, headers=key)
    assert (again.status_code, again.json["detail"]) == (409, "This ballot is closed; your vote was counted.")


# --- the report on it


def reported(poll: Poll) -> str:
    """The task of feeding back to the members."""
    for member in poll.members:
        poll.vote(member, "satisfied")
    poll.vote("wangfang@union.example", "satisfied")
    case = poll.house.by("李强").read(f"/api/v1/cases/{poll.case}")
    case = poll.house.by("李强").do(f"{task_of(case)}/decision", {"trigger": "confirm"})
    assert case["state"] == "feedback"
    return f"{task_of(case)}/decision"


def test_report_sent_twice_is_decided_once(poll: Poll) -> None:
    path, wang = reported(poll), poll.house.by("王芳")
    body = {"trigger": "publish", "data": {"feedback": "全部满意"}}
    assert wang.do(path, body)["state"] == "reported"
    assert wang.refused(path, body) == (409, "task_closed")


def test_report_sent_again_with_its_key_is_the_same_report(poll: Poll) -> None:
    path, wang, key = reported(poll), poll.house.by("王芳"), {"Idempotency-Key": "report"}
    body = {"trigger": "publish", "data": {"feedback": "全部满意"}}
    first, again = wang.post(path, body, headers=key), wang.post(path, body, headers=key)
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert again.json["version"] == first.json["version"]


# --- turnout and result by branch


def by_branch(poll: Poll, result: dict[str, Any]) -> list[tuple[str, dict[str, int]]]:
    return [("+".join(unit["name"] for unit in one["units"]), one["counts"]) for one in result["branches"]]


def test_chair_sees_the_turnout_by_branch_and_nothing_else(poll: Poll) -> None:
    for member in poll.members[:5]:
        poll.vote(member, "dissatisfied")

    told = poll.result("王芳")

    assert (told["open"], told["cast"], told["counts"], told["root"]) == (True, 5, None, None)
    assert by_branch(poll, told) == [
        ("金彭车业+一分会+二分会", {"electorate": 10, "cast": 5}),
        ("三分会+四分会", {"electorate": 9, "cast": 0}),
    ]
    assert "dissatisfied" not in str(poll.house.by("王芳").read(f"/api/v1/cases/{poll.case}")["figures"])


def test_voter_sees_no_turnout(poll: Poll) -> None:
    poll.vote(poll.members[1], "satisfied")
    told = poll.house.by(None).read(f"{poll.link(poll.members[0])}/ballot")
    assert (told["cast"], told["counts"], told["branches"], told["voted"]) == (None, None, [], False)


def test_nobody_is_told_who_has_voted(poll: Poll) -> None:
    before = poll.house.by("管理员").read(f"/api/v1/cases/{poll.case}")
    poll.vote(poll.members[0], "satisfied")
    assert poll.house.by("管理员").read(f"/api/v1/cases/{poll.case}") == before


def test_result_by_branch_sums_to_the_whole_and_no_part_is_small(poll: Poll) -> None:
    """In the small branch the only one who is not satisfied cannot be found out, by no subtraction."""
    for number, member in enumerate(poll.members):
        poll.vote(member, "dissatisfied" if number == 0 else "satisfied", **GERMANE)
    poll.close()

    result = poll.result()

    parts = by_branch(poll, result)
    assert [(name, counts["electorate"], counts["cast"]) for name, counts in parts] == [
        ("金彭车业+一分会+二分会", 10, 9),
        ("三分会+四分会", 9, 9),
    ]
    assert [counts["dissatisfied"] for _, counts in parts] == [1, 0]
    summed = sum((Counter(counts) for _, counts in parts), Counter[str]())
    assert summed == Counter({name: count for name, count in result["counts"].items() if count})


def test_branch_in_which_few_voted_is_counted_with_the_next(poll: Poll) -> None:
    """Six may vote, one does: alone his vote would be told."""
    first_of_second, third = BRANCHES["一分会"], BRANCHES["一分会"] + BRANCHES["二分会"]
    for member in (poll.members[first_of_second], *poll.members[third : third + 5]):
        poll.vote(member, "satisfied")
    poll.close()
    assert by_branch(poll, poll.result()) == [
        ("金彭车业+一分会+二分会+三分会+四分会", poll.result()["counts"]),
    ]


# --- counting again


def root_of(leaves: list[bytes]) -> str:
    """RFC 9162, 2.1.1, as it stands there."""

    def tree(part: list[bytes]) -> bytes:
        if len(part) < 2:
            return sha256(b"\x00" + part[0]).digest() if part else sha256(b"").digest()
        half = 1 << (len(part) - 1).bit_length() - 1
        return sha256(b"\x01" + tree(part[:half]) + tree(part[half:])).digest()

    return tree(leaves).hex()


def test_anybody_counts_the_opened_votes_again_and_finds_his_own(poll: Poll) -> None:
    choices = ["satisfied", "basically", "dissatisfied"]
    receipts = {
        poll.vote(member, choices[number % 3], leader=choices[number % 2])["receipt"]: choices[number % 3]
        for number, member in enumerate(poll.members)
    }
    poll.close()

    result, path = poll.result(), poll.link(poll.members[0])
    votes = list(poll.house.by(None).each(f"{path}/votes", limit=7))

    assert {one["receipt"]: one["vote"] for one in votes} == receipts
    counted = Counter(one["vote"] for one in votes)
    items = Counter(f"{item}.{choice}" for one in votes for item, choice in one["items"].items())
    assert {name: result["counts"][name] for name in choices} == {name: counted[name] for name in choices}
    assert {name: count for name, count in result["counts"].items() if name.startswith("leader.") and count} == items
    assert root_of([bytes.fromhex(one["receipt"]) + one["body"].encode() for one in votes]) == result["root"]
    events = poll.house.by("王芳").each(f"/api/v1/cases/{poll.case}/events")
    assert result["root"] in [event["command"].get("ballots") for event in events]
    assert list(poll.house.by("王芳").each(f"/api/v1/tasks/{poll.case}.{poll.task}/votes")) == votes


def test_before_the_closing_there_is_no_vote_to_look_at(poll: Poll) -> None:
    path = poll.link(poll.members[0])
    poll.house.by(None).do(path, {"vote": "satisfied"})
    assert poll.house.by(None).read(f"{path}/votes") == {"items": [], "next": None}


def test_stranger_sees_neither_result_nor_votes(poll: Poll) -> None:
    poll.close()
    for path in (f"/api/v1/cases/{poll.case}/ballots", f"/api/v1/tasks/{poll.case}.{poll.task}/votes"):
        assert problem(poll.house.by("路人").get(path))[0] == 404
        assert problem(poll.house.by(None).get(path))[0] == 401


# --- many


def test_many_vote_over_http_while_the_turnout_is_read_and_the_tally_is_exact(stored_house: House) -> None:
    """`bench/poll.py` does the same with a thousand."""
    poll = a_poll(stored_house, {"一分会": 20, "二分会": 20})
    links = [poll.link(member) for member in (*poll.members, "wangfang@union.example")]
    choices = [("satisfied", "basically", "dissatisfied")[number % 3] for number in range(len(links))]
    turnouts: list[int] = []

    def vote(port: int, path: str, choice: str) -> tuple[int, Any]:
        turnouts.append(poll.result().get("cast") or 0)
        return post(port, path, {"vote": choice}, None)

    with serving(stored_house) as port, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: vote(port, *one), zip(links, choices, strict=True)))

    assert {status for status, _ in answers} == {200}
    result = poll.result()
    assert (result["open"], result["cast"]) == (False, len(links))
    assert {name: result["counts"][name] for name in set(choices)} == dict(Counter(choices))
    found = {one["receipt"]: one["vote"] for one in stored_house.by(None).each(f"{links[0]}/votes")}
    assert found == {body["receipt"]: choice for (_, body), choice in zip(answers, choices, strict=True)}
    assert all(0 <= turnout <= len(links) for turnout in turnouts)
