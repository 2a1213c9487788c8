"""A round's step in the making, one of its sittings as work like a case's, and the round as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from workflow.definition.model import Definition, Fields, State
from workflow.definition.term.values import Anchor, Anchors
from workflow.engine.apply import apply
from workflow.engine.changes import Change, EntryChange, InSitting
from workflow.engine.context import Context, RoundView
from workflow.engine.directory import Principal
from workflow.engine.subject import CaseFacts, Entry, Figure, Kept, Round, Sitting, number_order
from workflow.engine.values import CaseValues, RoundValues
from workflow.engine.work import field_moment


@dataclass(slots=True)
class RoundWork:
    """A step of a round; `sitting` makes the work of one of its sittings."""

    definition: Definition
    context: Context
    round: Round
    changes: list[Change] = field(default_factory=list)

    def order(self, change: Change) -> None:
        applied = apply(self.round, change)
        assert isinstance(applied, Round)
        self.round = applied
        self.changes.append(change)
        self._see(applied)

    def savepoint(self) -> tuple[Round, int]:
        return self.round, len(self.changes)

    def restore(self, mark: tuple[Round, int]) -> None:
        """Undo what was done since a savepoint."""
        self.round = mark[0]
        del self.changes[mark[1] :]
        self._see(mark[0])

    def facts(self, cases: tuple[str, ...]) -> tuple[CaseFacts, ...]:
        """What the round knows of some of its cases, by number."""
        known, meant = self.context.round.cases if self.context.round else None, frozenset(cases)
        found = [case for case in known or () if case.id in meant]
        return tuple(sorted(found, key=number_order))

    def _see(self, round_: Round) -> None:
        view = self.context.round
        seen = RoundView(round_) if view is None else replace(view, round=round_)
        self.context = replace(self.context, round=seen)


@dataclass(slots=True)
class RoundPlace:
    """A round as a whole: what is told and done when it is over."""

    outer: RoundWork

    @property
    def definition(self) -> Definition:
        return self.outer.definition

    @property
    def context(self) -> Context:
        return self.outer.context

    @property
    def state_name(self) -> str | None:
        return None

    @property
    def unit(self) -> Principal:
        return self.outer.round.unit

    @property
    def cases(self) -> tuple[CaseFacts, ...]:
        view = self.context.round
        return (view.cases or ()) if view else ()

    @property
    def fields(self) -> Fields:
        rules = self.definition.round
        return {f"round.{name}": found for name, found in rules.fields.items()} if rules else {}

    @property
    def data(self) -> Mapping[str, Kept]:
        return {f"round.{name}": kept for name, kept in self.outer.round.data.items()}

    @property
    def anchors(self) -> Anchors:
        return round_anchors(self.definition, self.outer.round)

    def order(self, change: Change) -> None:
        self.outer.order(change)

    def values(self) -> RoundValues:
        return RoundValues(self.definition, self.context)


@dataclass(slots=True)
class SittingWork:
    """The work of one sitting within a step of its round."""

    outer: RoundWork
    number: int

    @property
    def definition(self) -> Definition:
        return self.outer.definition

    @property
    def context(self) -> Context:
        return self.outer.context

    @property
    def subject(self) -> Round:
        return self.outer.round

    @property
    def sitting(self) -> Sitting:
        return next(sitting for sitting in self.outer.round.sittings if sitting.number == self.number)

    @property
    def state(self) -> State:
        return self.definition.states[self.sitting.state]

    @property
    def state_name(self) -> str:
        return self.sitting.state

    @property
    def entry(self) -> Entry:
        return self.sitting.entry

    @property
    def unit(self) -> Principal:
        return self.outer.round.unit

    @property
    def cases(self) -> tuple[CaseFacts, ...]:
        """Those that still wait here; one that went away meanwhile is left out."""
        here = self.sitting
        return tuple(case for case in self.outer.facts(here.cases) if case.state == here.state and case.waiting)

    @property
    def fields(self) -> Fields:
        return RoundPlace(self.outer).fields

    @property
    def data(self) -> Mapping[str, Kept]:
        return RoundPlace(self.outer).data

    @property
    def next_task(self) -> int:
        return self.outer.round.next_task

    @property
    def next_timer(self) -> int:
        return self.outer.round.next_timer

    @property
    def anchors(self) -> Anchors:
        return round_anchors(self.definition, self.outer.round, self.entry)

    def do(self, change: EntryChange) -> None:
        self.outer.order(InSitting(number=self.number, change=change))

    def order(self, change: Change) -> None:
        self.outer.order(change)

    def values(self, own: Mapping[str, Figure] | None = None) -> CaseValues:
        return CaseValues(self.definition, self.cases[0], self.context, own or {})


def round_anchors(definition: Definition, round_: Round, entry: Entry | None = None) -> Anchors:
    def anchor(named: Anchor) -> datetime | None:
        match named.kind:
            case "entered":
                return entry.at if entry else round_.opened_at
            case "started" | "opened":
                return round_.opened_at
            case "field" | "round":
                return field_moment(definition.round.fields, round_.data, named.name) if definition.round else None
        return None

    return anchor
