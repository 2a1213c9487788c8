"""Rounds: one for an organisation and a date, and no case is begun while it closes."""

from uuid import UUID

import pytest

from tests.cases.federation import Federation, at_once
from workflow.cases.starting import NewCase, open_round, start_case
from workflow.engine.commands import CloseRound, Fire
from workflow.engine.context import Actor
from workflow.engine.subject import Case, Round
from workflow.errors import Closed, InvalidData, NotFound, NotOffered, Twice


def test_second_round_of_the_same_day_is_refused(federation: Federation) -> None:
    federation.round()

    with pytest.raises(Twice, match="open already: 2026") as twice:
        federation.round()

    assert "2026年度" in twice.value.say("zh")
    assert len(federation.cases()) == 1


def test_of_four_who_open_it_at_once_one_does(federation: Federation) -> None:
    answers = at_once(*[federation.round] * 4)

    assert sorted(type(answer).__name__ for answer in answers) == ["Round", "Twice", "Twice", "Twice"]
    assert federation.broken() == []


def test_round_opened_again_by_its_key_is_the_same(federation: Federation) -> None:
    first = federation.round(key="a")
    federation.act(first, CloseRound(), by="赵敏")

    again = federation.round(key="a")

    assert (again.id, again.closed_at) == (first.id, None)
    assert len(federation.cases()) == 1


def test_round_opened_at_once_by_one_key_is_one(federation: Federation) -> None:
    answers = at_once(*[lambda: federation.round(key="a")] * 4)

    assert len({answer.id for answer in answers if isinstance(answer, Round)}) == 1
    assert len(federation.cases()) == 1


def test_round_of_another_day_is_another(federation: Federation) -> None:
    federation.round()
    federation.set_clock("2026-03-10 10:00")

    federation.round()

    assert len(federation.cases()) == 2


def test_of_several_rounds_one_is_named(federation: Federation) -> None:
    first = federation.round()
    federation.set_clock("2026-03-10 10:00")
    federation.round()

    with pytest.raises(InvalidData, match=r"name one: .*2026年度"):
        federation.start("selection", name="张伟")
    new = NewCase(definition="selection", round_id=UUID(first.id), data={"name": "张伟"})
    case = start_case(federation.office, new, actor=federation.actor("王芳")).case

    assert case.round == first.id


def test_round_of_another_branch_does_not_count(federation: Federation) -> None:
    """A second district opens one of its own; whoever starts a case is not asked which."""
    with_more = another_district(federation)
    own = federation.round()
    open_round(federation.office, "selection", actor=Actor(service="test"), unit=with_more, data={})

    assert federation.start("selection", name="张伟").round == own.id


def test_case_is_not_begun_outside_the_dates(federation: Federation) -> None:
    federation.round(closes_on="2026-03-12")
    federation.set_clock("2026-03-13 09:00")

    with pytest.raises(Closed, match="from 2026-03-09 to 2026-03-12"):
        federation.start("selection", name="张伟")


def test_case_repeated_by_its_key_after_the_closing_is_answered(federation: Federation) -> None:
    round_ = federation.round()
    first = federation.start("selection", name="张伟", key="a")
    federation.act(round_, CloseRound(), by="赵敏")

    assert federation.start("selection", name="张伟", key="a").id == first.id


def test_round_that_is_not_to_be_seen_is_not_found(federation: Federation) -> None:
    round_ = federation.round()
    new = NewCase(definition="selection", round_id=UUID(round_.id), data={"name": "张伟"})

    with pytest.raises(NotFound):
        start_case(federation.office, new, actor=federation.actor("外人"))


@pytest.mark.parametrize("turn", range(3))
def test_case_begun_while_the_round_closes_is_in_it_or_refused(federation: Federation, turn: int) -> None:
    """None is left that could never go on: what was begun lapses with the others."""
    round_ = federation.round()

    answers = at_once(
        *[lambda: federation.start("selection", name="张伟")] * 3,
        lambda: federation.act(round_, CloseRound(), by="赵敏"),
        *[lambda: federation.start("selection", name="李伟")] * 3,
    )
    federation.tick()

    assert {type(answer) for answer in answers} <= {Case, Closed, type(answers[3])}
    assert {row["state"] for row in federation.cases() if row["kind"] == "case"} <= {"cancelled"}
    assert federation.now(round_).over_at is not None
    assert federation.broken() == []


def another_district(federation: Federation) -> int:
    from workflow.people.organisations import add_organisation  # noqa: PLC0415 -- for this alone

    found: int = add_organisation(federation.database, name="邻区", level="district")
    return found


def test_what_is_done_upon_cases_is_not_offered_upon_rounds_nor_the_other_way(federation: Federation) -> None:
    with pytest.raises(NotOffered):
        federation.act(federation.round(), Fire(trigger="withdraw"), by="赵敏")
    with pytest.raises(NotOffered):
        federation.act(federation.start(), CloseRound(), by="王芳")
