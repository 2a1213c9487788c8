"""The names of a definition, known before its parts are read, so that each part is checked against all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.definition.expression import MOMENT, NUMBER, TEXT, TRUTH, Kind, record_of
from workflow.definition.term.reading import AnchorNames

_FROM_TOGETHER: Mapping[str, Kind] = {
    "place": NUMBER,
    "seated": TRUTH,
    "grade": TEXT,
    "drawn": TRUTH,
    "allocated": NUMBER,
}


@dataclass(slots=True)
class Scope:
    """What may be named: fields with their kinds, people, states with what they leave behind, the round's fields."""

    fields: dict[str, Kind] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)  #: field → its type
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tables: dict[str, dict[str, Kind]] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    left: dict[str, dict[str, Kind] | None] = field(default_factory=dict)  #: None: any name may be asked
    has_round: bool = False
    round_fields: dict[str, Kind] = field(default_factory=dict)
    round_types: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Kind] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)  #: figure → by what it is grouped

    def names(self, *nearest: Mapping[str, Kind]) -> dict[str, Kind]:
        """What an expression of a case sees; of two things with one name the nearest is meant."""
        names: dict[str, Kind] = {
            "unit": record_of(None),
            "starter": record_of(None),
            "concerned": record_of(None),
            "previous": record_of(self.fields),
            "today": MOMENT,
            "now": MOMENT,
            "trigger": TEXT,
            "came_from": TEXT,
        }
        if self.has_round:
            names["round"] = self.round_record()
        names |= _FROM_TOGETHER
        for state in self.states:
            figures = self.left.get(state, {})
            names[state] = record_of(None if figures is None else {"trigger": TEXT, "times": NUMBER, **figures})
        names |= self.fields
        for nearer in reversed(nearest):
            names |= nearer
        return names

    def names_in_state(self, own: Mapping[str, Kind]) -> dict[str, Kind]:
        """What a state's own `to`, `decide`, `quorum` and `pass` see: its figures without its name, `times` among them."""
        return {"times": NUMBER, **self.names(own)}

    def round_names(self, *nearest: Mapping[str, Kind]) -> dict[str, Kind]:
        """What an expression of a round sees: its fields and figures, by `round.` too."""
        names: dict[str, Kind] = {"unit": record_of(None), "today": MOMENT, "now": MOMENT}
        names |= {"round": self.round_record(), **self.figures, "cases": NUMBER, **self.round_fields}
        for nearer in reversed(nearest):
            names |= nearer
        return names

    def round_record(self) -> Kind:
        return record_of({"title": TEXT, "year": NUMBER, **self.figures, **self.round_fields, "cases": NUMBER})

    def anchors(self, *, due: bool) -> AnchorNames:
        return AnchorNames(
            states=frozenset(self.states),
            fields=frozenset(name for name, kind in self.types.items() if kind in ("date", "moment")),
            round_fields=frozenset(name for name, kind in self.round_types.items() if kind in ("date", "moment")),
            due=due,
        )

    def round_anchors(self) -> AnchorNames:
        dates = frozenset(name for name, kind in self.round_types.items() if kind in ("date", "moment"))
        return AnchorNames(fields=dates, round_fields=dates, due=False)
