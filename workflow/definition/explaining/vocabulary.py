"""What people call the names of a definition, from where they stand: of two things with one name the nearest is meant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from workflow.definition.explaining.figures import TRUTHS, figures
from workflow.definition.explaining.office import COLUMNS, usual
from workflow.definition.explaining.phrases import marked, plain
from workflow.definition.model import ANY_STATE, PREVIOUS, Calls, Definition, Field, Fields, State
from workflow.text import Label, Sayable, Sentence, sentence

Path = tuple[str, ...]
#: Another definition by its key, where it is known.
Others = Callable[[str], Definition | None]

_PERSONS: Mapping[str, Sentence] = {
    "unit": sentence("the unit"),
    "starter": sentence("the starter"),
    "concerned": sentence("the person concerned"),
}
_PERSONS_NAME = sentence("the full name")
_ALWAYS: Mapping[str, Sentence] = {
    **_PERSONS,
    "today": sentence("today"),
    "now": sentence("now"),
    "trigger": sentence("the action that led here"),
    "came_from": sentence("the step before"),
    "place": sentence("the place in the ranking"),
    "grade": sentence("the grade"),
    "allocated": sentence("the amount allocated"),
    "previous": sentence("the case before"),
    "round": sentence("the round"),
}
_OF_ROUND: Mapping[str, Sentence] = {
    "cases": sentence("the number of cases of this round"),
    "title": sentence("the name of the round"),
    "year": sentence("the year of the round"),
}


def none_known(_: str) -> None:
    """Of a definition that stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    definition: Definition
    others: Others = none_known
    state: State | None = None  #: its own figures are meant without its name
    of_round: bool = False  #: the round's own fields and figures are meant without `round.`
    rows: Mapping[str, Fields] = field(default_factory=dict)  #: a name for a row of a table, and its columns

    def inside(self, state: State) -> "Vocabulary":
        return replace(self, state=state)

    def inside_round(self) -> "Vocabulary":
        return replace(self, of_round=True)

    def over(self, row: str, columns: Fields) -> "Vocabulary":
        return replace(self, rows={**self.rows, row: columns})

    def other(self, key: str) -> "Vocabulary | None":
        """How a definition that is named here calls its own things."""
        found = self.definition if key == self.definition.key else self.others(key)
        return Vocabulary(definition=found, others=self.others) if found else None

    def definition_called(self, key: str) -> Sayable:
        other = self.other(key)
        return plain(other.definition.title) if other else usual(key)

    def state_called(self, name: str) -> Sayable:
        state = self.definition.states.get(name)
        if state is None:
            return {PREVIOUS: sentence("the step before"), ANY_STATE: sentence("any step passed")}.get(name) or name
        return plain(state.label)

    def trigger_called(self, name: str) -> Label:
        known = self.definition.triggers.get(name)
        return plain(known.label) if known else plain(Label(name, name))

    def fields_called(self, names: tuple[str, ...]) -> list[Sayable]:
        """Names in `edit`, `show`, `once` and the like."""
        return [self._field_called(tuple(name.split("."))) for name in names]

    def field(self, path: Path) -> Field | None:
        """The field that a dotted name reads, with its options and its unit."""
        head, rest = path[0], path[1:]
        fields = self.definition.fields
        if head in self.rows:
            return self.rows[head].get(rest[0]) if rest else None
        if self._own_figure(path) is not None:
            return None
        if self.of_round and head in self._round_fields:
            return self._round_fields[head]
        if head in fields:
            return fields[head] if not rest else fields[head].columns.get(rest[0])
        if len(rest) == 1 and head == "previous":
            return fields.get(rest[0])
        if len(rest) == 1 and head == "round":
            return self._round_fields.get(rest[0])
        return None

    def called(self, path: Path) -> Sayable | None:
        """A dotted name in words; none where there are none."""
        head, rest = path[0], path[1:]
        if head in self.rows:
            known = self.rows[head].get(rest[0]) if rest else None
            return plain(known.label) if known else None
        own = self._own_figure(path)
        if own is not None:
            return own
        if self.of_round and (found := self._in_round(path)) is not None:
            return found
        if head in self.definition.fields:
            return self._of_field(self.definition.fields[head], rest)
        if head in self.definition.states:
            return self._left_behind(self.definition.states[head], rest)
        return self._usual(head, rest)

    def is_truth(self, path: Path) -> bool:
        """Whether the name alone says yes or no."""
        known = self.field(path)
        return known.type == "yes_no" if known else path[-1] in TRUTHS

    def is_of_round(self, path: Path) -> bool:
        """Whether it is a field or figure of the round, whose label stands in quotes within a clause."""
        rules = self.definition.round
        if rules is None:
            return False
        name = path[1] if path[0] == "round" and len(path) > 1 else path[0] if self.of_round else ""
        return name in rules.fields or name in rules.figures

    def _field_called(self, path: Path) -> Sayable:
        called = self.called(path) or marked(".".join(path))
        return sentence("{field} (of the round)", field=called) if path[0] == "round" and path[1:] else called

    @property
    def _round_fields(self) -> Fields:
        return self.definition.round.fields if self.definition.round else {}

    def _own_figure(self, path: Path) -> Sayable | None:
        if self.state is None:
            return None
        return figures(self.state, self.definition.triggers).get(".".join(path))

    def _in_round(self, path: Path) -> Sayable | None:
        rules = self.definition.round
        if rules is None or len(path) != 1:
            return None
        name = path[0]
        known = rules.fields.get(name) or rules.figures.get(name)
        return plain(known.label) if known else _OF_ROUND.get(name)

    def _of_field(self, known: Field, rest: Path) -> Sayable:
        label = plain(known.label)
        if rest in ((), ("id",)):
            return label
        inner = known.columns.get(rest[0])
        part = plain(inner.label) if inner else usual(rest[0], COLUMNS)
        return sentence("{part} of {whole}", part=part, whole=label)

    def _left_behind(self, state: State, rest: Path) -> Sayable | None:
        label = plain(state.label)
        match rest:
            case ("trigger",):
                return sentence("the outcome of “{state}”", state=label)
            case ("times",):
                return sentence("the number of times “{state}” was entered", state=label)
            case ():
                return None
        figure = figures(state, self.definition.triggers).get(".".join(rest))
        if figure is None:
            figure = self._end_of_called(state, rest[0]) or usual(".".join(rest))
            return sentence("the number “{figure}” in “{state}”", figure=figure, state=label)
        return sentence("{figure} in “{state}”", figure=figure, state=label)

    def _end_of_called(self, state: State, name: str) -> Sayable | None:
        calls = state.activity.calls if isinstance(state.activity, Calls) else ()
        others = [self.other(call.definition) for call in calls]
        return next((one.state_called(name) for one in others if one and name in one.definition.states), None)

    def _usual(self, head: str, rest: Path) -> Sayable | None:
        if not rest:
            return _ALWAYS.get(head)
        if len(rest) > 1:
            return None
        if head == "previous":
            known = self.definition.fields.get(rest[0])
            return sentence("{field} of the case before", field=plain(known.label)) if known else None
        if head == "round":
            return self._in_round(rest)
        if head in _PERSONS and rest == ("id",):
            return _PERSONS[head]
        if head in _PERSONS:
            part = _PERSONS_NAME if head != "unit" and rest == ("name",) else usual(rest[0], COLUMNS)
            return sentence("{part} of {whole}", part=part, whole=_PERSONS[head])
        return None
