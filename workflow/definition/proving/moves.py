"""Where a case can be, and where it can go from there.

A situation holds what later moves depend on and no more: the state, where a resume leads, and of the way here only what
`previous`, `any` and the conditions ask for. Left out are operations on tasks, suspension, what administrators do (the
built-in `cancel` among it), and that a case lapses with its round. `take_back` is as never having moved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from workflow.definition.expression import Expression
from workflow.definition.model import ANY_STATE, PREVIOUS, Definition, State, Target, Tasks
from workflow.definition.proving.activities import EXPIRED, fired_by_rules, own_figures
from workflow.definition.proving.claims import Event
from workflow.definition.proving.guards import ENTERED_BY, Known, truth, watched

#: A trigger that no condition names.
_OTHER = "*"
#: So many situations keep their moves for the next claim; memory is for those that were reached.
_KEPT = 50_000


class Situation(NamedTuple):
    state: str
    back_to: str | None = None  #: where the next forward trigger leads, after a return with `resume`
    before: str | None = None
    passed: frozenset[str] = frozenset()
    entered_by: str | None = None
    times: tuple[int, ...] = ()
    left_by: tuple[str | None, ...] = ()


class Move(NamedTuple):
    state: str
    trigger: str
    event: Event  #: `state.trigger`
    to: Situation
    anytime: bool = False
    says: tuple[tuple[str, str], ...] = ()  #: what the decider says beside the trigger: `to`, `then`


class Step(NamedTuple):
    """One move of a path, from where it was made."""

    at: Situation
    move: Move


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A trigger that can fire: the moves it may make; `sure` when it is never refused."""

    trigger: str
    moves: tuple[Move, ...]
    sure: bool
    anytime: bool = False


class _Written(NamedTuple):
    """A trigger as the file has it for a state."""

    state: str
    trigger: str
    event: Event
    targets: tuple[Target, ...]
    anytime: bool
    goes_back: bool  #: whether it leads back where a resume is open
    returns: bool  #: whether `then` is meant


class Moves:
    """The moves of a definition; those of a situation are found once."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        states = definition.states
        self._written = {name: tuple(_written(definition, state)) for name, state in states.items()}
        conditions = {name: tuple(_conditions(state, self._written[name])) for name, state in states.items()}
        trees = (condition.tree for found in conditions.values() for condition in found)
        self._watched = watched(trees, states.keys() - definition.fields.keys())
        self._counted = tuple(self._watched.times)
        self._left = tuple(self._watched.left_by)
        self._ask_before = frozenset(name for name in states if self._leads(name, PREVIOUS))
        self._ask_passed = any(self._leads(name, ANY_STATE) for name in states)
        self._ask_entered = frozenset(
            name
            for name, found in conditions.items()
            if any(ENTERED_BY in condition.paths for condition in found) and ENTERED_BY[0] not in definition.fields
        )
        self._hidden = {name: own_figures(state) for name, state in states.items()}
        self._found: dict[Situation, tuple[Offer, ...]] = {}

    @property
    def first(self) -> Situation:
        state = self.definition.first_state
        times = tuple(int(name == state) for name in self._counted)
        return Situation(state, times=times, left_by=(None,) * len(self._left))

    def offers(self, situation: Situation) -> tuple[Offer, ...]:
        """Each trigger that can fire here, as written, those of `anytime` last."""
        known = self._found.get(situation)
        if known is None:
            known = tuple(self._offers(situation))
            if len(self._found) < _KEPT:
                self._found[situation] = known
        return known

    def of(self, situation: Situation) -> Iterator[Move]:
        for offer in self.offers(situation):
            yield from offer.moves

    def _offers(self, situation: Situation) -> Iterator[Offer]:
        state = self.definition.states[situation.state]
        can_fire = None
        if isinstance(state.activity, Tasks) and not isinstance(state.decide, str):
            known = self._known(situation, None)
            can_fire = fired_by_rules(self.definition, state, state.activity, state.decide, known)
        for written in self._written[situation.state]:
            if can_fire is not None and not written.anytime and written.trigger not in can_fire:
                continue
            if situation.back_to is not None and written.goes_back:
                yield Offer(written.trigger, (self._move(situation, written, situation.back_to, None),), sure=True)
            else:
                yield self._offer(situation, written)

    def _offer(self, situation: Situation, written: _Written) -> Offer:
        """The targets that may be the first whose condition holds; sure where one of them always is."""
        known: Known | None = None
        moves: list[Move] = []
        for target in written.targets:
            holds: bool | None = True
            if target.when is not None:
                known = self._known(situation, written.trigger) if known is None else known
                holds = truth(target.when.tree, known)
            found = () if holds is False else tuple(self._moves(situation, written, target))
            moves += found
            if holds:
                return Offer(written.trigger, tuple(moves), bool(found), written.anytime)
        return Offer(written.trigger, tuple(moves), sure=False, anytime=written.anytime)

    def _moves(self, situation: Situation, written: _Written, target: Target) -> Iterator[Move]:
        for place in self._places(situation, target.to):
            says = (("to", place),) if target.to == ANY_STATE else ()
            match target.then if written.returns else "again":
                case "again":
                    yield self._move(situation, written, place, None, says)
                case "resume":
                    yield self._move(situation, written, place, situation.state, says)
                case "choice":
                    yield self._move(situation, written, place, None, (*says, ("then", "again")))
                    yield self._move(situation, written, place, situation.state, (*says, ("then", "resume")))

    def _move(
        self,
        situation: Situation,
        written: _Written,
        to: str,
        back_to: str | None,
        says: tuple[tuple[str, str], ...] = (),
    ) -> Move:
        entered = self._enter(situation, written.trigger, to, back_to)
        return Move(situation.state, written.trigger, written.event, entered, written.anytime, says)

    def _places(self, situation: Situation, to: str) -> tuple[str, ...]:
        if to == PREVIOUS:
            return () if situation.before is None else (situation.before,)
        if to == ANY_STATE:
            passed = situation.passed - {situation.state}
            return tuple(name for name in self.definition.states if name in passed)
        return (to,)

    def _enter(self, situation: Situation, trigger: str, to: str, back_to: str | None) -> Situation:
        times, left_by = situation.times, situation.left_by
        if to in self._counted:
            at = self._counted.index(to)
            times = (*times[:at], min(times[at] + 1, self._watched.times[to]), *times[at + 1 :])
        if situation.state in self._left:
            at = self._left.index(situation.state)
            left_by = (*left_by[:at], self._named(situation.state, trigger), *left_by[at + 1 :])
        return Situation(
            to,
            back_to,
            situation.state if to in self._ask_before else None,
            situation.passed | {situation.state} if self._ask_passed else situation.passed,
            self._told_apart(trigger) if to in self._ask_entered else None,
            times,
            left_by,
        )

    def _known(self, situation: Situation, firing: str | None) -> Known:
        """What conditions see; the state's own `trigger` is already the one that fires when targets are looked at."""
        known: dict[tuple[str, ...], object] = {}
        for name, count in zip(self._counted, situation.times, strict=True):
            known[name, "times"] = float(count)
        for name, trigger in zip(self._left, situation.left_by, strict=True):
            fires = firing is not None and name == situation.state
            known[name, "trigger"] = self._named(name, firing or "") if fires else trigger
        if situation.state in self._ask_entered:
            known[ENTERED_BY] = situation.entered_by
        hidden = self._hidden[situation.state]
        return {path: value for path, value in known.items() if path[0] not in hidden} if hidden else known

    def _named(self, state: str, trigger: str) -> str:
        return trigger if trigger in self._watched.left_by[state] else _OTHER

    def _told_apart(self, trigger: str) -> str:
        return trigger if trigger in self._watched.entered_by else _OTHER

    def _leads(self, state: str, to: str) -> bool:
        return any(target.to == to for written in self._written[state] for target in written.targets)


def _written(definition: Definition, state: State) -> Iterator[_Written]:
    offered = [(rule.name, rule.targets, True) for rule in definition.anytime.values() if state.name in rule.states]
    for trigger, targets, anytime in [*((name, found, False) for name, found in state.to.items()), *offered]:
        sense = definition.sense(trigger)
        yield _Written(
            state.name,
            trigger,
            f"{state.name}.{trigger}",
            targets,
            anytime,
            goes_back=sense == "forward" and trigger != EXPIRED and not anytime,
            returns=sense == "back",
        )


def _conditions(state: State, triggers: tuple[_Written, ...]) -> Iterator[Expression]:
    for written in triggers:
        yield from (target.when for target in written.targets if target.when is not None)
    if not isinstance(state.decide, str):
        yield from (rule for _, rule in state.decide)
