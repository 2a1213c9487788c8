"""What is decided about many cases at once: in one transaction, each case answering in turn."""

from uuid import UUID

import pytest

from tests.cases.federation import Federation, at_once
from workflow.cases.acting import Outcome
from workflow.cases.tables import ballot, envelope, event, voter
from workflow.cases.voting import vote
from workflow.engine.commands import CallTogether, CastVote, CloseBallot, Decide, Fire
from workflow.engine.subject import Case, Round
from workflow.errors import Busy, GuardFailed, NotFound, Refused


def sitting(federation: Federation, round_: Round, state: str = "listed") -> Round:
    """The office calls together whoever waits in a state."""
    federation.act(round_, CallTogether(state=state), by="赵敏")
    found: Round = federation.now(round_)
    return found


def test_all_cases_are_decided_with_one_event_each(federation: Federation) -> None:
    round_ = federation.round()
    listed = federation.listed("张伟", "李伟", "王伟")
    sitting(federation, round_)

    outcome = federation.decide(round_, "approve", by="钱进")

    assert [federation.now(case).state for case in listed] == ["confirmed"] * 3
    assert [len(federation.events(case)) for case in listed] == [3, 3, 3]
    assert outcome.round.sittings == ()
    assert '"inputs":"' in federation.events(round_)[-1]["body"]
    assert federation.broken() == []


def test_quota_counts_those_who_were_stopped_by_the_same_decision_as_gone(federation: Federation) -> None:
    round_ = federation.round()
    one, other, worker = federation.listed("张伟", "李伟", "王伟", heads=["张伟", "李伟"])
    sitting(federation, round_)

    federation.decide(round_, "approve", by="钱进", exceptions={other.id: "reject"}, opinion="名额所限")

    assert [federation.now(case).state for case in (one, other, worker)] == ["confirmed", "dropped", "confirmed"]


def test_case_that_may_not_go_on_refuses_the_whole_and_leaves_nothing(federation: Federation) -> None:
    round_ = federation.round()
    listed = federation.listed("张伟", "李伟", "王伟", heads=["张伟", "李伟"])
    sitting(federation, round_)
    before = (federation.cases(), federation.rows(event))

    with pytest.raises(GuardFailed, match="Too many heads"):
        federation.decide(round_, "approve", by="钱进")

    assert (federation.cases(), federation.rows(event)) == before
    assert [federation.now(case).state for case in listed] == ["listed"] * 3


def test_error_in_the_middle_of_a_sitting_leaves_nothing(federation: Federation) -> None:
    """The second of three cases cannot be written: its next event is there already."""
    round_ = federation.round()
    listed = federation.listed("张伟", "李伟", "王伟")
    sitting(federation, round_)
    second = sorted(listed, key=lambda case: case.number or "")[1]
    with federation.database.write() as connection:
        row = dict(federation.events(second)[-1]) | {"seq": second.seq + 1, "request": bytes(16)}
        connection.execute(event.insert().values(row))
    before = (federation.cases(), federation.rows(event))

    with pytest.raises(Busy):
        federation.decide(round_, "approve", by="钱进")

    assert (federation.cases(), federation.rows(event)) == before


def test_what_leaders_choose_beside_the_trigger_reaches_the_cases(federation: Federation) -> None:
    round_ = federation.round()
    (case,) = federation.listed("张伟")
    sitting(federation, round_)

    federation.decide(round_, "return", by="钱进", then="resume", opinion="请补材料")

    assert (federation.now(case).state, federation.now(case).back_to) == ("draft", "listed")
    assert federation.now(case).deciders["listed"] == (federation.people["钱进"],)


def test_who_decided_for_all_may_read_each_from_then_on(federation: Federation) -> None:
    round_ = federation.round()
    (case,) = federation.listed("张伟")
    with pytest.raises(NotFound):
        federation.act(case, Fire(trigger="withdraw"), by="钱进")
    sitting(federation, round_)
    federation.decide(round_, "approve", by="钱进")

    with pytest.raises(Refused):  # he sees it now, and hears that it has ended
        federation.act(case, Fire(trigger="withdraw"), by="钱进")


def test_repeat_by_key_settles_nothing_twice(federation: Federation) -> None:
    round_ = federation.round()
    federation.listed("张伟", "李伟")
    sitting(federation, round_)
    task = federation.task(round_, "钱进").id
    first = federation.decide(round_, "approve", by="钱进", task=task, key="a")

    again = federation.decide(round_, "approve", by="钱进", task=task, key="a")

    assert (again.replayed, again.seq, again.head) == (True, first.seq, first.head)
    assert federation.broken() == []


def test_withdrawal_and_the_leaders_at_once_leave_nothing_undecided(federation: Federation) -> None:
    round_ = federation.round()
    listed = federation.listed("张伟", "李伟", "王伟")
    sitting(federation, round_)
    task = federation.task(round_, "钱进").id

    answers = at_once(
        lambda: federation.act(round_, Decide(task=task, trigger="approve"), by="钱进"),
        lambda: federation.act(listed[1], Fire(trigger="withdraw"), by="王芳"),
    )
    federation.tick()

    assert isinstance(answers[0], Outcome)
    assert federation.now(listed[1]).state == ("withdrawn" if isinstance(answers[1], Outcome) else "confirmed")
    assert [federation.now(case).state for case in (listed[0], listed[2])] == ["confirmed"] * 2
    assert federation.broken() == []


# --- two secret votes at once


def two_votes(federation: Federation) -> tuple[Round, Case, Case]:
    """One in the east, one in the west; all for the eastern candidate, all against the western one."""
    round_ = federation.round()
    (east,) = federation.listed("张伟", hall="east")
    (west,) = federation.listed("李伟", hall="west")
    sitting(federation, round_, "east")
    now = sitting(federation, round_, "west")
    for open_sitting in now.sittings:
        (case,) = open_sitting.cases
        choice = "yes" if open_sitting.state == "east" else "no"
        for expert in ("专家甲", "专家乙"):
            command = CastVote(task=open_sitting.entry.tasks[0].id, votes={case: choice})
            vote(federation.office, UUID(round_.id), command, actor=federation.actor(expert))
    return federation.now(round_), east, west


def task_of(round_: Round, state: str) -> int:
    return next(one.entry.tasks[0].id for one in round_.sittings if one.state == state)


@pytest.mark.parametrize("first", ["east", "west"])
def test_closing_one_of_two_secret_votes_counts_its_own(federation: Federation, first: str) -> None:
    round_, east, west = two_votes(federation)

    federation.act(round_, CloseBallot(task=task_of(round_, first)), by="赵敏")

    closed, other = (east, west) if first == "east" else (west, east)
    assert federation.now(closed).state == ("confirmed" if first == "east" else "dropped")
    assert federation.now(other).state == other.state
    assert {row["poll"] for row in federation.rows(envelope)} == {task_of(federation.now(round_), other.state)}
    assert federation.broken() == []


def test_two_secret_votes_due_at_once_each_count_their_own(federation: Federation) -> None:
    _, east, west = two_votes(federation)

    federation.set_clock("2026-03-17 09:00")
    federation.tick()

    assert [federation.now(case).state for case in (east, west)] == ["confirmed", "dropped"]
    assert federation.rows(envelope) == []
    assert len(federation.rows(ballot)) == 4
    assert federation.broken() == []


def test_who_voted_in_a_sitting_has_decided_in_its_cases(federation: Federation) -> None:
    round_, east, _ = two_votes(federation)
    federation.act(round_, CloseBallot(task=task_of(round_, "east")), by="赵敏")

    voted = {federation.people[who] for who in ("专家甲", "专家乙")}
    assert set(federation.now(east).deciders["east"]) == voted
    assert {int(row["person"]) for row in federation.rows(voter) if row["voted"]} == voted
