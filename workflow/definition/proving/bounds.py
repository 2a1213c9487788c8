"""How long a case stays in a state at most, as the state's own deadlines have it."""

from dataclasses import dataclass, field

from workflow.definition.model import (
    Alternatives,
    Ballot,
    Calls,
    Definition,
    Extend,
    Notice,
    Score,
    State,
    Task,
    TaskOf,
    Tasks,
    Wait,
)
from workflow.definition.proving.activities import EXPIRED
from workflow.definition.proving.answers import decides_in_the_end, speaks_of_expired
from workflow.definition.proving.spans import Measure, spans_of
from workflow.definition.term.values import Span, Term
from workflow.text import Sentence, sentence


@dataclass(frozen=True, slots=True)
class Stay:
    """At most so long, if the triggers that the clock then fires lead somewhere; none: without a bound, and why."""

    most: int | None
    why: Sentence | None = None
    forced: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()  #: as a story lets them pass


@dataclass(slots=True)
class Bounds:
    """The stays in all states, weighed for one claim; `kept`: nobody is late.

    A clock may be put off by each extension, one after another, and stand for the days of `pause`.
    """

    definition: Definition
    measure: Measure
    kept: bool
    _found: dict[str, Stay] = field(default_factory=dict)

    def of(self, state: str) -> Stay:
        if state not in self._found:
            self._found[state] = self._stay(self.definition.states[state])
        return self._found[state]

    def _stay(self, state: State) -> Stay:
        if state.together is not None:
            return _unbounded(sentence("“{state}” waits for the other cases of its round", state=state.name))
        match state.activity:
            case Task(due=due):
                return self._forced(state, self._until(state, due, state.extend), (EXPIRED,), EXPIRED in state.to)
            case Tasks():
                return self._tasks(state, state.activity)
            case Ballot(due=due, recorded_by=recorded_by):
                until = self._until(state, due, state.extend)
                return self._forced(state, until, tuple(state.to), closes=not recorded_by)
            case Score(due=due):
                return self._forced(state, self._until(state, due, state.extend), ("scored",), closes=False)
            case Notice():
                return self._notice(state, state.activity)
            case Wait(until=until):
                return self._forced(state, self._until(state, until, state.extend), (EXPIRED,), closes=True)
            case Calls():
                return _unbounded(sentence("“{state}” waits for called cases", state=state.name))
            case _:
                return _unbounded(sentence("“{state}” is an end", state=state.name))

    def _forced(self, state: State, stay: Stay, fired: tuple[str, ...], closes: bool) -> Stay:
        """A deadline moves the case only where something fires at it, or everybody keeps it."""
        if stay.most is None or self.kept:
            return stay
        if not closes:
            return _unbounded(sentence("nothing fires when the deadline of “{state}” passes", state=state.name))
        return Stay(stay.most, None, fired, stay.spans)

    def _tasks(self, state: State, tasks: Tasks) -> Stay:
        """All are answered or expired at the latest deadline; under `any`, one of those surely asked at the earliest."""
        if not decides_in_the_end(self.definition, state):
            return _unbounded(sentence("the answers in “{state}” may come to nothing", state=state.name))
        stays = [self._entry(state, entry, tasks) for entry in tasks.entries]
        whole = _latest(tuple(stays))
        fired: tuple[str, ...] = (EXPIRED,)
        match state.decide:
            case "any":
                surely = [entry.when is None and entry.after is None for entry in tasks.entries]
                asked = [stay for stay, sure in zip(stays, surely, strict=True) if sure and stay.most is not None]
                whole = min(asked, key=lambda stay: stay.most or 0, default=whole)
            case "in_turn":
                one_by_one = (self._until(state, entry.task.due, state.extend) for entry in tasks.entries)
                whole = self._one_after_another(tuple(one_by_one))
            case "all":
                pass
            case _:
                fired = tuple(state.to)
        return self._forced(state, whole, fired, speaks_of_expired(state))

    def _entry(self, state: State, entry: TaskOf, tasks: Tasks) -> Stay:
        """One that opens after another is reckoned from then."""
        named = {other.name: other for other in tasks.entries}
        chain = [entry]
        while (after := chain[-1].after) is not None and len(chain) < len(named):
            chain.append(named[after])
        return self._one_after_another(tuple(self._until(state, one.task.due, state.extend) for one in chain))

    def _notice(self, state: State, notice: Notice) -> Stay:
        """One that runs on is clear when the last objection, made in its last hour, is answered."""
        length = self._until(state, notice.length, None)
        objections = notice.objections
        if objections is None:
            return self._forced(state, length, ("clear",), closes=True)
        if objections.clock != "run" or "corrected" not in state.to:
            why = sentence("objections may hold “{state}” again and again", state=state.name)
            return _unbounded(why)
        answered = self._until(state, objections.due, objections.extend)
        return self._forced(state, self._one_after_another((length, answered)), (), closes=False)

    def _until(self, state: State, due: Alternatives[Term], extend: Extend | None) -> Stay:
        """The latest of the terms up to the first that always holds."""
        if not due:
            return _unbounded(sentence("“{state}” has no deadline", state=state.name))
        stays: list[Stay] = []
        for item in due:
            stays.append(self._term(state, item.value, extend))
            if item.when is None:
                return _latest(tuple(stays))
        return _unbounded(sentence("it may be that no deadline of “{state}” holds", state=state.name))

    def _term(self, state: State, term: Term, extend: Extend | None) -> Stay:
        spans = spans_of(term.moment, frozenset({state.name, self.definition.first_state}))
        if spans is None:
            why = sentence("“{state}” lasts until “{term}”, a fixed date", state=state.name, term=term.source)
            return _unbounded(why)
        if extend is not None:
            spans = (*spans, *[extend.by] * extend.times)
        return Stay(self.measure.most(spans, state.pause or 0), None, (), spans)

    def _one_after_another(self, stays: tuple[Stay, ...]) -> Stay:
        without = next((stay for stay in stays if stay.most is None), None)
        if without is not None:
            return without
        spans = tuple(span for stay in stays for span in stay.spans)
        return Stay(sum(stay.most or 0 for stay in stays), None, (), spans)


def _latest(stays: tuple[Stay, ...]) -> Stay:
    return next((stay for stay in stays if stay.most is None), None) or max(stays, key=lambda stay: stay.most or 0)


def _unbounded(why: Sentence) -> Stay:
    return Stay(None, why)
