"""The whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.definition.model.fields import Check, Fields
from workflow.definition.model.people import Entry, People, Recuse
from workflow.definition.model.rounds import RoundRules
from workflow.definition.model.states import Anytime, State, Trigger, Tuning
from workflow.definition.model.words import Group, Sense
from workflow.text import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    key: str
    title: Label
    about: Label | None = None
    number: str | None = None
    subject: str | None = None
    start: tuple[Entry, ...] = ()
    concerns: str | None = None
    once: tuple[str, ...] = ()
    see: Group = ()
    round: RoundRules | None = None
    people: Mapping[str, People] = field(default_factory=dict)
    recuse: Recuse = field(default_factory=Recuse)
    fields: Fields = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    states: Mapping[str, State]
    anytime: Mapping[str, Anytime] = field(default_factory=dict)
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    operations: Mapping[str, Tuning] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    renames: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def first_state(self) -> str:
        return next(iter(self.states))

    def sense(self, trigger: str) -> Sense:
        known = self.triggers.get(trigger)
        return known.sense if known else "forward"

    def trigger_called(self, trigger: str) -> Label | str:
        """What people call it; a word that leads nowhere here has no label."""
        known = self.triggers.get(trigger)
        return known.label if known else trigger

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other
