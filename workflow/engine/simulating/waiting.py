"""What happens if nobody acts: each moment at which the clock does something, who is told, and where the case goes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from workflow.calendar import Calendar, day_of, end_of
from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import State
from workflow.engine.simulating.beginning import Stage
from workflow.engine.stories.clock import earliest
from workflow.engine.stories.looking import told_names
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import World
from workflow.engine.stories.wrong import StoryWrong
from workflow.engine.subject import Entry, TimerKind
from workflow.errors import WorkflowError
from workflow.text import Label, Sayable

Kind = TimerKind | Literal["overdue"]
Rest = Literal["", "rest", "make_up", "provisional"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One moment. `state` is where the case then is; `moved` whether it came there now."""

    at: datetime
    kinds: tuple[Kind, ...]
    state: str
    moved: bool
    told: tuple[str, ...]
    day: Rest = ""  #: a day of rest, a day of rest that is worked, or a year whose holidays are not published yet
    stuck: Label | None = None  #: why it could not go on by itself
    repeated: int = 0  #: so many more of the same follow
    last: datetime | None = None  #: of those, the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A state that a case enters and in which nobody acts."""

    state: State
    entered: datetime
    happenings: tuple[Happening, ...] = ()
    not_shown: Sayable | None = None  #: why this story's data cannot show it


def if_nobody_acts(stage: Stage, days: int) -> Iterator[Wait]:
    """Each state that is no end, entered on the day of the stage, and what the clock does in so many days."""
    for state in stage.definition.states.values():
        if not state.is_end:
            yield _wait(stage, state, days)


def note_of(day: date, calendar: Calendar) -> Rest:
    """What is to be said of a day."""
    if not calendar.is_working(day):
        return "rest"
    if day in calendar.make_up:
        return "make_up"
    return "provisional" if calendar.is_provisional(day) else ""


def _wait(stage: Stage, state: State, days: int) -> Wait:
    try:
        world, naming = stage.enter(state.name)
        entered = world.now
        until = end_of(day_of(entered) + timedelta(days=days))
        found = tuple(_short(_happenings(world, naming, stage.case(world), until)))
    except (StoryWrong, ExpressionFailed) as wrong:
        return Wait(state=state, entered=_begins(stage), not_shown=wrong.reason)
    except WorkflowError as refused:
        return Wait(state=state, entered=_begins(stage), not_shown=Label(refused.say("zh"), refused.say("en")))
    return Wait(state=state, entered=entered, happenings=found)


def _begins(stage: Stage) -> datetime:
    return end_of(stage.begins - timedelta(days=1))


def _happenings(world: World, naming: Naming, name: str, until: datetime) -> Iterator[Happening]:
    incidents = 0
    while world.cases[name].ended_at is None:
        found = earliest(world.rounds.values(), world.cases.values(), until)
        overdue = min(_deadlines(world, until), default=None)
        at = min(moment for moment in (found and found[1].at, overdue, until) if moment is not None)
        if found is None and overdue is None:
            return
        before = world.cases[name]
        kinds: list[Kind] = list(_kinds(world, at))
        world.happened.told.clear()
        world.advance(at)
        case = world.cases[name]
        if at == overdue and case.state == before.state:
            kinds.append("overdue")
        stuck = case.incidents[-1] if len(case.incidents) > incidents else None
        incidents = len(case.incidents)
        happening = Happening(
            at=at,
            kinds=tuple(dict.fromkeys(kinds)),
            state=case.state,
            moved=case.entries != before.entries or (case.ended_at is not None),
            told=tuple(sorted(told_names(world, naming))),
            day=note_of(day_of(at), world.calendar),
            stuck=Label(stuck.zh, stuck.en) if stuck else None,
        )
        if _is_worth_saying(happening):
            yield happening


def _is_worth_saying(happening: Happening) -> bool:
    """A round's moment that neither tells nor moves anything says nothing."""
    own = set(happening.kinds) - {"opening", "announce", "closes", "sitting"}
    return bool(own or happening.told or happening.moved or happening.stuck)


def _kinds(world: World, at: datetime) -> Iterator[Kind]:
    while_at = [timer for entry in _entries(world) for timer in entry.timers if timer.at == at]
    while_at += [timer for round_ in world.rounds.values() for timer in round_.timers if timer.at == at]
    for timer in while_at:
        yield timer.kind


def _entries(world: World) -> Iterator[Entry]:
    yield from (case.entry for case in world.cases.values() if case.entry is not None)
    yield from (sitting.entry for round_ in world.rounds.values() for sitting in round_.sittings)


def _deadlines(world: World, until: datetime) -> Iterator[datetime]:
    """Deadlines ahead at which nothing fires: the tasks stay open and are overdue from then on."""
    for entry in _entries(world):
        timed = {timer.at for timer in entry.timers if timer.kind == "due"}
        for task in entry.tasks:
            if task.due is not None and world.now < task.due <= until and task.due not in timed:
                yield task.due


def _short(happenings: Iterator[Happening]) -> Iterator[Happening]:
    """Of the same thing again and again, the first with how many more follow."""
    first: Happening | None = None
    more: list[Happening] = []
    for happening in happenings:
        if first is not None and _is_again(first, happening):
            more.append(happening)
            continue
        yield from _told_once(first, more)
        first, more = happening, []
    yield from _told_once(first, more)


def _told_once(first: Happening | None, more: list[Happening]) -> Iterator[Happening]:
    if first is None:
        return
    if len(more) < 2:  # noqa: PLR2004 -- shorter said in full
        yield from (first, *more)
    else:
        yield replace(first, repeated=len(more), last=more[-1].at)


def _is_again(one: Happening, other: Happening) -> bool:
    same = (one.kinds, one.state, one.told) == (other.kinds, other.state, other.told)
    return same and not other.moved and other.stuck is None
