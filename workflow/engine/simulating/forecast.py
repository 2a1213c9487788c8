"""How long a case takes and where it ends, if people act as they often do: many runs, by a seed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from workflow.calendar import Calendar, day_of, local
from workflow.engine.changes import Entered
from workflow.engine.context import SeededLot
from workflow.engine.simulating.beginning import Stage
from workflow.engine.simulating.chance import Chance
from workflow.engine.simulating.habits import Deed, People
from workflow.engine.stories.clock import earliest
from workflow.engine.stories.world import World
from workflow.engine.subject import Case

#: A case that has not ended by then counts as unfinished.
LONGEST = timedelta(days=1100)
_MOST_DEEDS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Of some durations, those that half of them and nine in ten do not pass: in working days and in calendar days."""

    count: int
    working: tuple[int, int]
    calendar: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    runs: int
    seed: int
    whole: Spread | None  #: of the cases that ended
    states: Mapping[str, Spread]  #: of each stay that came to an end
    ended: Mapping[str, int]  #: how many in which end
    unfinished: Mapping[str, int]  #: how many were stuck, or still open after three years, in which state


@dataclass(frozen=True, slots=True)
class _Stay:
    state: str
    since: datetime
    until: datetime


def forecast(stage: Stage, *, runs: int, seed: int) -> Forecast:
    """Plays a case so many times from the first state on. Raises what the first story's own beginning is refused for."""
    whole: list[_Stay] = []
    stays: dict[str, list[_Stay]] = {}
    ended: Counter[str] = Counter()
    unfinished: Counter[str] = Counter()
    for number in range(runs):
        world = _played(stage, f"{seed}/{number}")
        case = world.cases[stage.case(world)]
        for stay in _stays(world, case):
            stays.setdefault(stay.state, []).append(stay)
        if case.ended_at is None:
            unfinished[case.state] += 1
        else:
            ended[case.state] += 1
            whole.append(_Stay("", case.started_at, case.ended_at))
    order = [name for name in stage.definition.states if name in stays]
    return Forecast(
        runs=runs,
        seed=seed,
        whole=_spread(whole, stage.calendar) if whole else None,
        states={name: _spread(stays[name], stage.calendar) for name in order},
        ended=dict(ended.most_common()),
        unfinished=dict(unfinished.most_common()),
    )


def _played(stage: Stage, seed: str) -> World:
    world, naming = stage.enter(stage.definition.first_state)
    world.lot = SeededLot(seed)
    people = People(world, naming, replace(stage.story, lot=()), stage.book, Chance(seed))
    name, last = stage.case(world), world.now + LONGEST
    meant: dict[tuple[object, ...], Deed] = {}
    for _ in range(_MOST_DEEDS):
        if world.cases[name].ended_at is not None:
            return world
        meant = _meant(people, meant)
        deed = min(meant.values(), key=lambda one: one.at, default=None)
        timer = earliest(world.rounds.values(), world.cases.values(), last)
        if timer is not None and (deed is None or timer[1].at <= deed.at):
            world.advance(timer[1].at)
        elif deed is not None and deed.at <= last:
            world.advance(deed.at)
            done = people.do(deed)
            meant[deed.key] = replace(deed, at=last + timedelta(days=1)) if not done else deed
            if done:
                del meant[deed.key]
        else:
            return world
    return world


def _meant(people: People, before: Mapping[tuple[object, ...], Deed]) -> dict[tuple[object, ...], Deed]:
    """What people mean to do about what is open now; what they meant before stands."""
    return {
        key: before[key] if key in before else people.decide(key, since, due)
        for key, since, due in list(people.open_things())
    }


def _stays(world: World, case: Case) -> Iterator[_Stay]:
    acts = world.history.get(case.id, ())
    entered = [(change.state, change.at) for act in acts for change in act if isinstance(change, Entered)]
    begun = [(world.definition.first_state, case.started_at), *entered]
    for (state, since), (_, until) in pairwise(begun):
        yield _Stay(state, since, until)


def _spread(stays: Sequence[_Stay], calendar: Calendar) -> Spread:
    working = sorted(calendar.working_between(day_of(stay.since), day_of(stay.until)) for stay in stays)
    days = sorted((local(stay.until).date() - local(stay.since).date()).days for stay in stays)
    return Spread(count=len(stays), working=_quantiles(working), calendar=_quantiles(days))


def _quantiles(days: Sequence[int]) -> tuple[int, int]:
    """The median and the ninth decile, each a value that occurred."""
    return days[(len(days) - 1) // 2], days[-(-9 * len(days) // 10) - 1]
