"""Secret votes: before the closing one may know who has voted, never what; afterwards the result, and no one's vote."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import LargeBinary, Table, Text, select, text, update

from tests.cases.federation import Federation, at_once
from workflow.cases.acting import act
from workflow.cases.listing import Reader, inbox_count
from workflow.cases.office import Office, Secrets
from workflow.cases.polls import who_has_voted
from workflow.cases.requests import request_of
from workflow.cases.tables import ballot, envelope, poll, voter
from workflow.cases.voting import Voted, vote
from workflow.engine.commands import CastVote, CloseBallot, Fire, Operate, Retry
from workflow.engine.context import Actor
from workflow.engine.subject import Case
from workflow.errors import CannotRun, Closed, NotFound, NotPermitted, TaskClosed, WorkflowError
from workflow.people.posts import dismiss
from workflow.store.metadata import metadata

EXPERTS = ("专家甲", "专家乙", "专家丙")


def at_the_vote(federation: Federation, amount: int | None = 300) -> Case:
    return federation.decide(federation.submitted(amount=amount), "vote", by="李强").case


def cast(federation: Federation, case: Case, who: str, choice: str) -> Voted:
    task = federation.task(case, "专家甲").id
    return vote(federation.office, UUID(case.id), CastVote(task=task, choice=choice), actor=federation.actor(who))


def receipt_of(cast_: Voted) -> str:
    assert cast_.receipt is not None
    return cast_.receipt.text


def voted(federation: Federation, case: Case) -> set[str]:
    with federation.database.read() as connection:
        found = who_has_voted(connection, UUID(case.id), federation.task(case, "专家甲").id)
    return {name for name, person in federation.people.items() if str(person) in found}


def choices(federation: Federation) -> list[str]:
    return sorted(msgspec.json.decode(row["choice"])["choice"] for row in federation.rows(ballot))


def test_before_the_closing_one_sees_who_has_voted_and_not_what(federation: Federation) -> None:
    case = at_the_vote(federation)
    cast(federation, case, "专家甲", "yes")
    cast(federation, case, "专家乙", "abstain")

    assert voted(federation, case) == {"专家甲", "专家乙"}
    assert federation.now(case) == case  # no event, no new version
    sealed = [row["sealed"] for row in federation.rows(envelope)]
    assert len({len(one) for one in sealed}) == 1
    assert [row for row in federation.rows(voter) if row["voted"]] == []
    assert federation.broken() == []


def test_last_voter_closes_it_and_the_result_is_there(federation: Federation) -> None:
    case = at_the_vote(federation)
    for who, choice in zip(EXPERTS, ("yes", "no", "yes"), strict=True):
        cast(federation, case, who, choice)

    now = federation.now(case)
    figures = {name: now.left["voting"][name] for name in ("trigger", "yes", "no", "abstain", "cast", "electorate")}
    assert now.state == "granted"
    assert figures == {"trigger": "pass", "yes": 2, "no": 1, "abstain": 0, "cast": 3, "electorate": 3}
    assert choices(federation) == ["no", "yes", "yes"]
    assert federation.broken() == []


def test_after_the_closing_no_row_joins_a_vote_to_its_voter(federation: Federation) -> None:
    case = at_the_vote(federation)
    receipts = {
        who: receipt_of(cast(federation, case, who, choice))
        for who, choice in zip(EXPERTS, ("yes", "no", "yes"), strict=True)
    }

    rows = federation.rows(ballot)
    assert sorted(row["nonce"].hex() for row in rows) == sorted(receipts.values())
    assert [set(msgspec.json.decode(row["choice"])) for row in rows] == [{"choice"}] * 3
    assert federation.rows(envelope) == []
    assert [row["secret"] for row in federation.rows(poll)] == [None]
    everything = {table.name: stored(federation, table) for table in metadata.sorted_tables if table is not ballot}
    for receipt in receipts.values():
        assert [name for name, held in everything.items() if receipt in held] == []


def test_repeated_vote_is_known_by_its_key_which_is_kept_nowhere(federation: Federation) -> None:
    case = at_the_vote(federation)
    task, actor = federation.task(case, "专家甲").id, federation.actor("专家甲")
    asked = CastVote(task=task, choice="yes")

    first, again = (vote(federation.office, UUID(case.id), asked, actor=actor, key="a key") for _ in range(2))

    assert (receipt_of(first), first.receipt and first.receipt.replayed) == (receipt_of(again), False)
    assert again.receipt is not None
    assert again.receipt.replayed
    request = request_of(actor, "a key").hex()
    everything = "".join(stored(federation, table) for table in metadata.sorted_tables)
    assert [one for one in ("a key", request, receipt_of(first)) if one in everything] == []
    assert federation.broken() == []


def test_after_the_closing_a_repeat_hears_that_it_was_counted_and_gets_no_receipt(federation: Federation) -> None:
    case = at_the_vote(federation)
    task, actor = federation.task(case, "专家甲").id, federation.actor("专家甲")
    asked = CastVote(task=task, choice="yes")
    vote(federation.office, UUID(case.id), asked, actor=actor, key="a key")
    close_as_service(federation, case)

    with pytest.raises(Closed, match="your vote was counted"):
        vote(federation.office, UUID(case.id), asked, actor=actor, key="a key")
    with pytest.raises(Closed, match="no vote of yours"):
        vote(federation.office, UUID(case.id), asked, actor=federation.actor("专家乙"), key="a key")


@pytest.mark.parametrize("federation_url", ["postgresql"], indirect=True)
def test_ballots_lie_in_no_order_of_their_casting(federation: Federation) -> None:
    """Nor do the numbers that PostgreSQL gives to rows and transactions tell one ballot from another."""
    case = at_the_vote(federation)
    for who, choice in zip(EXPERTS, ("yes", "no", "yes"), strict=True):
        cast(federation, case, who, choice)

    with federation.database.read() as connection:
        rows = connection.execute(text("select nonce, xmin::text, ctid::text from ballot order by ctid")).all()
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert len({row[1] for row in rows}) == 1


def test_each_has_one_vote(federation: Federation) -> None:
    case = at_the_vote(federation)
    cast(federation, case, "专家甲", "yes")

    with pytest.raises(Closed, match="You have voted already"):
        cast(federation, case, "专家甲", "no")

    cast(federation, case, "专家乙", "yes")
    cast(federation, case, "专家丙", "yes")
    assert choices(federation) == ["yes", "yes", "yes"]


def test_who_has_voted_has_nothing_more_to_do(federation: Federation) -> None:
    case = at_the_vote(federation)

    def waiting(who: str) -> int:
        with federation.database.read() as connection:
            return inbox_count(connection, Reader(frozenset((federation.people[who],))))

    before = waiting("专家甲")
    cast(federation, case, "专家甲", "yes")

    assert (before, waiting("专家甲"), waiting("专家乙")) == (1, 0, 1)
    assert federation.broken() == []


def test_who_has_no_vote_is_refused(federation: Federation) -> None:
    case = at_the_vote(federation)

    with pytest.raises(NotPermitted):
        cast(federation, case, "审计", "yes")
    with pytest.raises(NotFound):
        cast(federation, case, "外人", "yes")
    assert federation.rows(envelope) == []


def test_deadline_closes_it_with_the_votes_that_are_there(federation: Federation) -> None:
    case = at_the_vote(federation)
    cast(federation, case, "专家甲", "no")
    federation.set_clock("2026-03-17 09:00")

    federation.tick()

    now = federation.now(case)
    assert (now.state, now.left["voting"]["cast"]) == ("refused", 1)
    with pytest.raises(WorkflowError):
        vote(federation.office, UUID(case.id), CastVote(task=3, choice="yes"), actor=federation.actor("专家乙"))
    assert len(federation.rows(ballot)) == 1
    assert federation.broken() == []


def test_reminder_goes_by_the_envelopes_and_opens_nothing_for_good(federation: Federation) -> None:
    case = at_the_vote(federation)
    cast(federation, case, "专家甲", "no")
    federation.set_clock("2026-03-13 18:00")

    federation.tick()

    reminder = federation.events(case)[-1]["body"]
    assert f'"who":[{federation.people["专家乙"]},{federation.people["专家丙"]}]' in reminder
    assert '"ballots"' not in reminder
    assert federation.rows(ballot) == []
    assert voted(federation, case) == {"专家甲"}
    assert federation.broken() == []


def test_deadline_that_is_put_off_keeps_the_box_open(federation: Federation) -> None:
    case = at_the_vote(federation)
    federation.act(case, Operate(operation="extend", task=3, reason="多人出差"), by="专家甲")
    federation.set_clock("2026-03-18 09:00")

    cast(federation, case, "专家乙", "yes")

    assert voted(federation, case) == {"专家乙"}


def test_closing_by_hand_is_for_whom_the_file_names(federation: Federation) -> None:
    case = at_the_vote(federation)
    cast(federation, case, "专家甲", "yes")

    with pytest.raises(NotPermitted):
        federation.act(case, CloseBallot(task=3), by="专家乙")
    federation.act(case, CloseBallot(task=3), by="赵敏")

    assert federation.now(case).state == "granted"


def close_as_service(federation: Federation, case: Case) -> None:
    act(federation.office, UUID(case.id), CloseBallot(task=3), actor=Actor(service="test"))


def test_count_that_could_not_go_on_is_kept_and_retried(federation: Federation) -> None:
    """All vote yes, but the sum that the guard reads is missing: nothing is lost until it is there."""
    case = at_the_vote(federation, amount=None)
    for who in EXPERTS:
        cast_at(federation, case, who, "yes")
    stuck = federation.now(case)
    counted = choices(federation)
    federation.act(case, Operate(operation="correct", reason="漏填", data={"amount": 300}), by="审计")

    federation.act(case, Retry(incident=stuck.incidents[0].number), by="管理员")

    assert (stuck.state, [one.code for one in stuck.incidents], counted) == ("voting", ["guard"], ["yes"] * 3)
    assert (federation.now(case).state, choices(federation)) == ("granted", ["yes"] * 3)
    assert federation.broken() == []


def test_who_leaves_before_the_closing_has_no_vote(federation: Federation) -> None:
    case = at_the_vote(federation)
    cast(federation, case, "专家甲", "yes")
    dismiss(
        federation.database, person=federation.people["专家甲"], role="expert", organisation=federation.places["区总"]
    )
    federation.tick()

    cast_by = [cast_at(federation, case, who, "no") for who in ("专家乙", "专家丙")]

    assert all(one.receipt for one in cast_by)
    assert federation.now(case).state == "refused"
    assert choices(federation) == ["no", "no"]
    assert federation.broken() == []


def cast_at(federation: Federation, case: Case, who: str, choice: str) -> Voted:
    return vote(federation.office, UUID(case.id), CastVote(task=3, choice=choice), actor=federation.actor(who))


def test_vote_that_is_broken_off_leaves_no_ballots(federation: Federation) -> None:
    case = at_the_vote(federation)
    cast(federation, case, "专家甲", "yes")

    federation.act(case, Fire(trigger="withdraw"), by="王芳")

    assert (federation.rows(envelope), federation.rows(ballot)) == ([], [])
    assert federation.broken() == []


@pytest.mark.parametrize("turn", range(4))
def test_votes_and_the_closing_at_once_count_all_that_were_taken(federation: Federation, turn: int) -> None:
    case = at_the_vote(federation)

    answers = at_once(
        *[lambda who=who: cast_at(federation, case, who, "yes") for who in EXPERTS],
        lambda: close_as_service(federation, case),
    )

    taken = sum(isinstance(answer, Voted) for answer in answers)
    assert {type(answer) for answer in answers if isinstance(answer, WorkflowError)} <= {Closed, TaskClosed}
    assert choices(federation) == ["yes"] * taken
    assert federation.now(case).left["voting"]["cast"] == taken
    assert federation.broken() == []


def alter(federation: Federation, change: Callable[[Sequence[bytes]], bytes]) -> None:
    rows = federation.rows(envelope)
    first = envelope.c.person == rows[0]["person"]
    with federation.database.write() as connection:
        connection.execute(update(envelope).where(first).values(sealed=change([row["sealed"] for row in rows])))


@pytest.mark.parametrize(
    "change",
    [lambda sealed: sealed[0][:-1] + bytes([sealed[0][-1] ^ 1]), lambda sealed: sealed[1], lambda _: b"nothing"],
    ids=["a bit", "that of another", "cut off"],
)
def test_altered_envelope_is_not_counted_but_told(
    federation: Federation, change: Callable[[Sequence[bytes]], bytes]
) -> None:
    case = at_the_vote(federation)
    cast(federation, case, "专家甲", "yes")
    cast(federation, case, "专家乙", "no")
    alter(federation, change)

    with pytest.raises(CannotRun, match="was altered"):
        close_as_service(federation, case)

    assert federation.now(case).state == "voting"
    assert [what.partition(": ")[2] for what in federation.broken()] == ["an envelope is not as it was sealed"]


def test_another_secret_does_not_open_it_and_says_so(federation: Federation) -> None:
    case = at_the_vote(federation)
    cast(federation, case, "专家甲", "yes")
    other = Office(
        federation.database, Secrets(b"another secret of this service.."), versions=federation.office.versions
    )

    with pytest.raises(CannotRun, match="secret of this installation"):
        close_as_service(Federation(office=other, people=federation.people, places=federation.places), case)

    assert federation.now(case).state == "voting"


def stored(federation: Federation, table: Table) -> str:
    """All that lies in a table, as text."""
    kept = [column for column in table.columns if isinstance(column.type, Text | LargeBinary)]
    if not kept:
        return ""
    with federation.database.read() as connection:
        rows = connection.execute(select(*kept)).all()
    return "\n".join(value.hex() if isinstance(value, bytes) else str(value) for row in rows for value in row)
