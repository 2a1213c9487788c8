"""One act: once by its key, upon the version that was read, and of many at once exactly one."""

import re
from typing import Any

import psycopg
import pytest

from tests.cases.federation import DEFINITIONS, FORM, ID_NUMBER, MOBILE, Federation, at_once
from workflow.calendar import chinese_calendar
from workflow.cases.acting import Outcome
from workflow.cases.starting import NewCase, start_case
from workflow.cases.tables import effect, inbox
from workflow.cases.versions import Texts, Versions, publish
from workflow.engine.commands import Decide, Fire, Operate
from workflow.engine.context import Actor
from workflow.engine.subject import Case
from workflow.errors import InvalidData, KeyReused, NotFound, NotPermitted, Refused, Stale, TaskClosed, Twice
from workflow.store.metadata import metadata

INSTANT = re.compile(r'"(20\d\d-\d\d-\d\dT[^"]*)"')
UTC_TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

# --- by its key


def test_act_repeated_by_its_key_gives_the_same_answer_and_happens_once(federation: Federation) -> None:
    case = federation.submitted()
    first = federation.decide(case, "approve", by="李强", task=2, key="a", opinion="属实")

    again = federation.decide(case, "approve", by="李强", task=2, key="a", opinion="属实")

    assert (first.replayed, again.replayed) == (False, True)
    assert (again.subject, again.head) == (first.subject, first.head)
    assert [row["seq"] for row in federation.events(case)] == [1, 2, 3]


def test_act_repeated_later_gives_the_answer_of_then(federation: Federation) -> None:
    case = federation.submitted()
    first = federation.decide(case, "approve", by="李强", task=2, key="a")
    federation.decide(case, "approve", by="钱进")
    ended = federation.decide(case, "approve", by="孙丽")

    again = federation.decide(case, "approve", by="李强", task=2, key="a")

    assert ended.case.state == "granted"
    assert (again.case.state, again.seq, again.head) == ("signing", first.seq, first.head)


def test_key_of_another_request_is_refused(federation: Federation) -> None:
    case = federation.submitted()
    federation.decide(case, "approve", by="李强", task=2, key="a")

    with pytest.raises(KeyReused):
        federation.decide(case, "reject", by="李强", task=2, key="a", opinion="不属实")

    assert federation.now(case).state == "signing"


def test_key_belongs_to_who_asks(federation: Federation) -> None:
    case = federation.submitted()
    federation.decide(case, "approve", by="李强", task=2, key="a")

    with pytest.raises(TaskClosed):
        federation.decide(case, "approve", by="周涛", task=2, key="a")


def test_start_repeated_by_its_key_is_one_case(federation: Federation) -> None:
    first = federation.start(key="a")
    federation.decide(first, "submit", by="王芳")

    again = federation.start(key="a")

    assert (again.id, again.state, again.number) == (first.id, "draft", "HA-2026-0001")
    assert len(federation.cases()) == 1


def test_start_with_the_key_of_another_is_refused(federation: Federation) -> None:
    federation.start(key="a")

    with pytest.raises(KeyReused):
        federation.start(key="a", name="李伟", id_number=None)


def test_act_repeated_at_once_by_one_key_happens_once(federation: Federation) -> None:
    case = federation.submitted()

    answers = at_once(*[lambda: federation.decide(case, "approve", by="李强", task=2, key="a")] * 6)

    assert [answer.seq for answer in answers if isinstance(answer, Outcome)] == [3] * 6
    assert sorted(answer.replayed for answer in answers if isinstance(answer, Outcome)) == [False, *[True] * 5]


def test_start_repeated_at_once_by_one_key_is_one_case(federation: Federation) -> None:
    answers = at_once(*[lambda: federation.start(key="a")] * 6)

    assert len({answer.id for answer in answers if isinstance(answer, Case)}) == 1
    assert [type(answer) for answer in answers] == [Case] * 6
    assert [row["number"] for row in federation.cases()] == ["HA-2026-0001"]


# --- upon a version


def test_stale_version_is_refused_and_the_current_one_said(federation: Federation) -> None:
    case = federation.submitted()

    with pytest.raises(Stale) as stale:
        federation.decide(case, "approve", by="李强", expected=1)

    assert stale.value.facts == {"version": 2}
    assert "version 2" in stale.value.say("en")
    assert federation.now(case).seq == 2


def test_repeat_by_key_is_answered_whatever_version_it_names(federation: Federation) -> None:
    case = federation.submitted()
    federation.decide(case, "approve", by="李强", task=2, expected=2, key="a")

    again = federation.decide(case, "approve", by="李强", task=2, expected=2, key="a")

    assert again.replayed


# --- who may not


def test_stranger_finds_no_such_case(federation: Federation) -> None:
    case = federation.submitted()

    with pytest.raises(NotFound):
        federation.act(case, Decide(task=2, trigger="approve"), by="外人")
    with pytest.raises(NotFound):
        federation.act(case, Operate(operation="comment", reason="?"), by="冯丽")


def test_who_sees_it_but_does_not_hold_it_is_told_why_not(federation: Federation) -> None:
    case = federation.submitted()

    with pytest.raises(NotPermitted, match="held by others"):
        federation.act(case, Decide(task=2, trigger="approve"), by="审计")


def test_who_may_stop_any_case_need_not_be_its_reader(federation: Federation) -> None:
    """The office is named in `anytime` and nowhere else."""
    case = federation.submitted()
    with pytest.raises(NotFound):
        federation.act(case, Operate(operation="comment", reason="?"), by="赵敏")

    stopped = federation.act(case, Fire(trigger="stop", opinion="重复申请"), by="赵敏")

    assert stopped.case.state == "refused"
    with pytest.raises(NotFound):
        federation.act(federation.submitted(), Fire(trigger="stop", opinion="重复申请"), by="外人")


def test_refused_act_leaves_nothing(federation: Federation) -> None:
    case = federation.submitted()
    before = (federation.cases(), federation.rows(inbox), federation.rows(effect))

    with pytest.raises(InvalidData):
        federation.decide(case, "reject", by="李强")  # no opinion
    with pytest.raises(Refused):
        federation.decide(case, "sing", by="李强")

    assert (federation.cases(), federation.rows(inbox), federation.rows(effect)) == before
    assert len(federation.events(case)) == 2


# --- many at once


@pytest.mark.parametrize("turn", range(3))
def test_of_eight_equal_decisions_at_once_one_is_done(federation: Federation, turn: int) -> None:
    case = federation.submitted()

    answers = at_once(*[lambda: federation.act(case, Decide(task=2, trigger="approve"), by="李强")] * 8)

    assert sorted(type(answer).__name__ for answer in answers) == ["Outcome", *["TaskClosed"] * 7]
    assert federation.now(case).entries == 3
    assert [row["seq"] for row in federation.events(case)] == [1, 2, 3]
    assert federation.broken() == []


def test_of_two_who_hold_one_task_the_other_hears_that_it_is_closed(federation: Federation) -> None:
    case = federation.submitted()

    answers = at_once(
        lambda: federation.act(case, Decide(task=2, trigger="approve"), by="李强"),
        lambda: federation.act(case, Decide(task=2, trigger="reject", opinion="不属实"), by="周涛"),
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Outcome", "TaskClosed"]
    assert federation.broken() == []


@pytest.mark.parametrize("turn", range(5))
def test_two_signers_of_one_state_at_once_end_it_once(federation: Federation, turn: int) -> None:
    case = federation.decide(federation.submitted(), "approve", by="李强").case
    tasks = {who: federation.task(case, who).id for who in ("钱进", "孙丽")}

    answers = at_once(
        *[
            lambda who=who, task=task: federation.act(case, Decide(task=task, trigger="approve"), by=who)
            for who, task in tasks.items()
        ]
    )

    assert [type(answer) for answer in answers] == [Outcome, Outcome]
    now = federation.now(case)
    assert (now.state, now.seq, now.left["signing"]["times"]) == ("granted", 5, 1)
    assert federation.broken() == []


def test_withdrawal_and_decision_at_once_one_hears_why(federation: Federation) -> None:
    case = federation.submitted()

    answers = at_once(
        lambda: federation.act(case, Decide(task=2, trigger="reject", opinion="不属实"), by="李强"),
        lambda: federation.act(case, Fire(trigger="withdraw"), by="王芳"),
    )

    assert sum(isinstance(answer, Outcome) for answer in answers) == 1
    assert federation.now(case).state in ("refused", "withdrawn")
    assert federation.broken() == []


# --- numbers and values that only one may have


def test_numbers_have_no_gaps_and_no_doubles_however_many_begin_at_once(federation: Federation) -> None:
    def begin(turn: int) -> Any:
        def once() -> Case:
            return federation.start(name=f"人{turn}", id_number=None, key=f"start {turn}")

        return once

    answers = at_once(*map(begin, range(12)))

    assert [answer for answer in answers if not isinstance(answer, Case)] == []
    wanted = [f"HA-2026-{n:04}" for n in range(1, 13)]
    assert sorted(answer.number for answer in answers if isinstance(answer, Case) and answer.number) == wanted
    assert federation.broken() == []


def test_refused_start_gives_its_number_back(federation: Federation) -> None:
    federation.start()

    with pytest.raises(Twice):
        federation.start(name="另一个")
    third = federation.start(name="李伟", id_number=None)

    assert third.number == "HA-2026-0002"


def test_of_two_equal_starts_at_once_one_is_refused_with_the_number_of_the_other(federation: Federation) -> None:
    answers = at_once(*[federation.start] * 4)

    begun = [answer for answer in answers if isinstance(answer, Case)]
    refused = [answer for answer in answers if isinstance(answer, Twice)]
    assert (len(begun), len(refused)) == (1, 3)
    assert {str(answer.facts["number"]) for answer in refused} == {"HA-2026-0001"}
    assert len(federation.cases()) == 1


def test_case_that_was_refused_frees_its_values(federation: Federation) -> None:
    federation.decide(federation.submitted(), "reject", by="李强", opinion="不属实")

    assert federation.start().number == "HA-2026-0002"
    assert federation.broken() == []


def test_definitions_count_each_by_itself(federation: Federation) -> None:
    """Also where the numbers of two look alike."""
    service = Actor(service="test")
    first = start_case(federation.office, NewCase(definition="trip", unit=federation.places["区总"]), actor=service)
    second = start_case(federation.office, NewCase(definition="tour", unit=federation.places["区总"]), actor=service)

    assert (first.case.number, second.case.number) == ("2026-1", "2026-1")
    assert federation.broken() == []


# --- cost


@pytest.mark.parametrize("federation_url", ["postgresql"], indirect=True)
def test_decision_on_postgresql_is_two_statements(federation: Federation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no number, figure or sitting is involved; counted where the driver sends them."""
    case = federation.submitted()
    federation.decide(
        federation.submitted(by="刘洋", id_number=None), "approve", by="冯丽"
    )  # what is read once is read
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def counted(cursor: Any, query: Any, *more: Any, **how: Any) -> Any:
        sent.append(str(query).split()[0])
        return execute(cursor, query, *more, **how)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    federation.act(case, Decide(task=2, trigger="return", opinion="请补充"), by="李强")
    monkeypatch.undo()

    assert sent == ["select", "with"]


def test_personal_values_and_free_text_stand_in_no_event(federation: Federation) -> None:
    case = federation.submitted()
    federation.decide(case, "reject", by="李强", opinion="与邻居所说不符")
    federation.follow(case)

    bodies = "".join(row["body"] for row in federation.events(case))
    for private in (ID_NUMBER, MOBILE, "张伟", "家中失火", "与邻居所说不符"):
        assert private not in bodies
    assert '{"#":"' in bodies


def test_id_number_lies_in_the_form_and_beside_its_digest_and_nowhere_else(federation: Federation) -> None:
    case = federation.submitted()
    federation.decide(case, "return", by="李强", opinion="请补充")
    federation.tick()

    holding = set()
    for table in metadata.sorted_tables:
        for row in federation.rows(table):
            if any(ID_NUMBER in str(value) for value in row.values()):
                holding.add(table.name)
    assert holding == {"cases", "disclosure"}


def test_instants_of_an_event_are_in_utc_and_of_one_width(federation: Federation) -> None:
    """So that their texts are in the order of time, whatever zone they were reckoned in."""
    case = federation.submitted()

    found = INSTANT.findall("".join(row["body"] for row in federation.events(case)))

    assert len(found) > 5
    assert [text for text in found if not UTC_TEXT.fullmatch(text)] == []


def test_numbers_go_on_through_the_months_and_begin_anew_with_the_year(federation: Federation) -> None:
    text = (DEFINITIONS / "aid.yaml").read_text().replace("key: aid", "key: monthly")
    federation.office.versions = Versions()
    texts = Texts(definition=re.sub(r"(?m)^number: .*", 'number: "M{year}{month}-{seq:03}"', text))
    publish(federation.database, federation.office.versions, texts, calendar=chinese_calendar())
    found = []
    for number, moment in enumerate(("2026-03-09 10:00", "2026-04-09 10:00", "2027-01-11 10:00")):
        federation.set_clock(moment)
        data: dict[str, Any] = {**FORM, "id_number": None, "name": f"人{number}"}
        found.append(federation.start("monthly", **data).number)
    assert found == ["M202603-001", "M202604-002", "M202701-001"]
    assert federation.broken() == []
