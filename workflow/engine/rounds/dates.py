"""The dates of a round: when it closes, is announced, sits; and what follows them when they are moved."""

from datetime import datetime

from workflow.definition.term.reckoning import reckon
from workflow.definition.term.values import Term
from workflow.engine.changes import Effect, RoundTimerCleared, RoundTimerSet
from workflow.engine.postponing import follow_round
from workflow.engine.rounds.work import RoundWork, SittingWork, round_anchors
from workflow.engine.subject import Timer, TimerKind
from workflow.engine.work import field_moment


def set_timers(work: RoundWork) -> None:
    """When it closes, when it is announced, when its sittings are due."""
    rules, now = work.definition.round, work.context.now
    assert rules is not None
    for timer in work.round.timers:
        if timer.kind in ("closes", "announce", "sitting"):
            work.order(RoundTimerCleared(timer=timer.id))
    wanted: list[tuple[TimerKind, datetime | None, str | None]] = []
    if work.round.closed_at is None:
        wanted.append(("closes", closing(work), None))
    if rules.announce is not None:
        wanted.append(("announce", _moment(work, rules.announce), None))
    for name, state in work.definition.states.items():
        if state.together is not None and name not in work.round.passed:
            until = state.together.until if isinstance(state.together.until, Term) else None
            wanted += [
                ("sitting", _moment(work, term), name) for term in (until, state.together.latest) if term is not None
            ]
    for kind, at, state_name in wanted:
        if at is not None and (at > now or kind != "announce"):
            timer = Timer(id=work.round.next_timer, kind=kind, at=at, name=state_name)
            work.order(RoundTimerSet(timer=timer))


def follow(work: RoundWork) -> None:
    """Its timers, the deadlines of its cases and of its sittings, after a date was moved."""
    set_timers(work)
    work.order(Effect(kind="reckon_again", arguments={"round": work.round.id}))
    for open_sitting in work.round.sittings:
        follow_round(SittingWork(work, open_sitting.number))


def closing(work: RoundWork) -> datetime | None:
    rules = work.definition.round
    assert rules is not None
    return field_moment(rules.fields, work.round.data, rules.closes) if rules.closes else None


def _moment(work: RoundWork, term: Term) -> datetime | None:
    anchors = round_anchors(work.definition, work.round)
    found = reckon(term, anchors, work.context.calendar, work.round.opened_at)
    return found.at if found else None
