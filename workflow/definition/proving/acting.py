"""What people do on a path, step by step, in the verbs of a story."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from workflow.definition.model import (
    PUBLIC,
    STARTER,
    Anytime,
    Ballot,
    CalledBy,
    Calls,
    Definition,
    Group,
    Named,
    Notice,
    Score,
    State,
    Task,
    Tasks,
    Wait,
)
from workflow.definition.proving.activities import by_the_clock, deadlines, deciders
from workflow.definition.proving.cast import Cast
from workflow.definition.proving.exploration import Pause
from workflow.definition.proving.moves import Move, Path
from workflow.definition.proving.spans import spans_of
from workflow.definition.term.values import Anchor, Offset, Span

Act = dict[str, object]

_OPINIONS = {"back": "请补充材料", "stop": "不符合条件"}
_REASON = "情况特殊"
_ELECTORATE, _MOST, _FEWEST = 100, 90, 10
_VOTERS = 3
#: An escalation that would fall on 24:00 goes at 08:30 of the next working day.
_MORNING_AFTER = Span(1, "working days")
#: What passes where a deadline is no span.
_LONG = (Span(1, "years"),)


@dataclass(slots=True)
class Stage:
    definition: Definition
    cast: Cast
    acting: Mapping[str, str]  #: state → the people who decide there
    _round_closed: bool = field(default=False, init=False)

    def play(self, path: Path, pauses: tuple[Pause, ...]) -> list[Act]:
        acts = [self._start()] if self.definition.start else []
        paused = {pause.before: pause for pause in pauses}
        for number, step in enumerate(path):
            state = self.definition.states[step.at.state]
            acts += self._pause(state, step.move, paused.get(number))
            acts += self._move(state, step.move)
        return acts

    def _start(self) -> Act:
        public = self.definition.start[0].spec == Named(PUBLIC)
        return {"by": PUBLIC if public else self.cast.one(STARTER), "start": {}}

    def _pause(self, state: State, move: Move, pause: Pause | None) -> Iterator[Act]:
        by_clock = not move.anytime and by_the_clock(move.trigger)
        if pause is not None and pause.extended and state.extend is not None:
            by = self.cast.one(self._who(state)[0])
            for _ in range(state.extend.times):
                yield {"by": by, "extend": _REASON}
        if pause is not None and not pause.extended and by_clock:
            yield from self._objection(state, "dismissed", pause.spans)
            pause = None
        yield from _passing(pause.spans if pause else self._until(state) if by_clock else self._until_shared(state))

    def _objection(self, state: State, answer: str, meanwhile: tuple[Span, ...] = ()) -> Iterator[Act]:
        if not isinstance(state.activity, Notice) or state.activity.objections is None:
            return
        examiners = self.cast.some(self._who(state)[0], state.activity.objections.sign)
        yield {"by": PUBLIC, "object": "与事实不符"}
        yield from _passing(meanwhile)
        yield {"by": _listed(examiners), "answer": answer, "opinion": "已核实"}

    def _until(self, state: State) -> tuple[Span, ...]:
        due = deadlines(state)
        spans = spans_of(due[0].moment, frozenset(self.definition.states)) if due else None
        return _LONG if spans is None else spans

    def _until_shared(self, state: State) -> tuple[Span, ...]:
        """Those to whom a task is escalated share it from the morning after on."""
        group = self.acting.get(state.name)
        rules = [rule for rule in state.escalate if group in rule.to]
        if not rules or group in deciders(replace(state, escalate=())):
            return ()
        match rules[0].at.moment:
            case Offset(span=span, direction="after", of=Anchor(kind="due")):
                return (*self._until(state), span, _MORNING_AFTER)
            case moment:
                return (*(spans_of(moment, frozenset(self.definition.states)) or ()), _MORNING_AFTER)

    def _move(self, state: State, move: Move) -> Iterator[Act]:
        if move.anytime:
            yield self._anytime(self.definition.anytime[move.trigger], move)
            return
        if state.together is not None:
            yield from self._sitting(state)
        match state.activity:
            case _ if by_the_clock(move.trigger):
                return
            case Task() | Tasks():
                yield self._decide(state, move)
            case Ballot() as ballot:
                yield from self._vote(state, ballot, move.trigger)
            case Score() as score:
                yield self._score(state, score, move)
            case Notice():
                yield from self._objection(state, "upheld" if move.trigger == "upheld" else "partly")
            case Wait():
                yield {"signal": move.trigger}
            case Calls():
                yield {"ended": {"ended": 1}}

    def _anytime(self, rule: Anytime, move: Move) -> Act:
        by = self.cast.one(rule.by[0])
        wanted = rule.opinion if rule.opinion is not None else self._opinion_wanted(move.trigger)
        return {"by": by, "do": move.trigger, **dict(move.says), **(self._opinion(move.trigger) if wanted else {})}

    def _decide(self, state: State, move: Move) -> Act:
        by = self._deciders(state, move.trigger)
        self.cast.decided[state.name] = by[-1]
        asked = state.activity.opinion if isinstance(state.activity, Task) else None
        wanted = move.trigger in asked if asked is not None else self._opinion_wanted(move.trigger)
        opinion = self._opinion(move.trigger) if wanted else {}
        return {"by": _listed(by), "do": move.trigger, **dict(move.says), **opinion}

    def _deciders(self, state: State, trigger: str) -> list[str]:
        """One of a task; of several tasks one each, where all must agree."""
        groups = self._who(state)
        if not isinstance(state.activity, Tasks) or state.name in self.acting:
            return [self.cast.one(groups[0])]
        alone = state.decide == "any" or self.definition.sense(trigger) != "forward"
        named = list(dict.fromkeys(entry.task.who[0] for entry in state.activity.entries))
        return list(dict.fromkeys(map(self.cast.one, named[:1] if alone else named)))

    def _vote(self, state: State, ballot: Ballot, trigger: str) -> Iterator[Act]:
        first, *others = ballot.choices
        other = others[0] if others else first
        if ballot.recorded_by:
            votes = {first: _MOST, other: _FEWEST} if trigger == "pass" else {other: _MOST, first: _FEWEST}
            present = _ELECTORATE
            if trigger == "invalid":
                present, votes = _FEWEST, {first: _FEWEST}
            record = {"electorate": _ELECTORATE, "present": present, **votes}
            yield {"by": self.cast.one(self._who(state)[0]), "record": record}
            return
        voters = self.cast.some(self._who(state)[0], _VOTERS)
        self.cast.decided[state.name] = voters[0]
        voting = voters[:1] if trigger == "invalid" else voters
        yield {"by": _listed(voting), "vote": first if trigger == "pass" else other}
        if trigger == "invalid" and ballot.closed_by:
            yield {"by": self.cast.one(ballot.closed_by[0]), "close": state.name}
        elif trigger == "invalid":
            yield from _passing(self._until(state))

    def _score(self, state: State, score: Score, move: Move) -> Act:
        """Most points where the first target is meant, else none: as conditions usually have it."""
        by = self.cast.some(self._who(state)[0], score.at_least)
        first = move.to.state == state.to[move.trigger][0].to
        return {"by": _listed(by), "score": {name: most if first else 0 for name, most in score.criteria.items()}}

    def _sitting(self, state: State) -> Iterator[Act]:
        together, rules = state.together, self.definition.round
        if together is None or rules is None:
            return
        match together.until:
            case CalledBy(who=who):
                yield {"by": self.cast.one(who[0]), "call_together": state.name}
            case "all" if rules.opens_by and not self._round_closed:
                self._round_closed = True
                yield {"by": self.cast.one(rules.opens_by[0]), "close": "round"}

    def _who(self, state: State) -> Group:
        if state.name in self.acting:
            return (self.acting[state.name],)
        return deciders(state)

    def _opinion_wanted(self, trigger: str) -> bool:
        return trigger != "withdraw" and self.definition.sense(trigger) != "forward"

    def _opinion(self, trigger: str) -> Act:
        return {"opinion": _OPINIONS.get(self.definition.sense(trigger), "同意")}


def _passing(spans: tuple[Span, ...]) -> Iterator[Act]:
    for span in spans:
        if span.count:
            yield {"pass": f"{span.count} {span.unit if span.count > 1 else span.unit.removesuffix('s')}"}


def _listed(people: list[str]) -> object:
    return people[0] if len(people) == 1 else people
