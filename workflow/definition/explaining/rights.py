"""Who may do what in which step: a table for each, generated from the definition."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflow.definition.explaining.page import begun
from workflow.definition.explaining.people import who
from workflow.definition.explaining.phrases import plain
from workflow.definition.explaining.rights_of_states import Right, everywhere, rights_of
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import STARTER, Definition, Field
from workflow.definition.words import OPERATIONS
from workflow.errors import said
from workflow.text import Language, Sayable, sentence

_HEADER: tuple[Sayable, ...] = (
    sentence("Who"),
    sentence("Sees"),
    sentence("Writes"),
    sentence("Decides"),
    sentence("Operations"),
)
_NOTHING = "–"
_BESIDE: Mapping[str, Sayable] = {
    "administrators": sentence("the administrators"),
    "readers": sentence("all who may see it"),
    "outside": sentence("an outside program"),
    "last": sentence("whoever decided last"),
    "concerned": sentence("the person concerned"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsTable:
    """Who may do what in one step; its cells are lines of Markdown."""

    heading: str
    state: str  #: empty: what holds in every step
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Page:
    definition: Definition
    words: Vocabulary
    language: Language

    def lines(self) -> Iterator[str]:
        title = sentence("{title}: who may do what", title=plain(self.definition.title))
        yield f"# {begun(said(title, self.language))}"
        for table in self.tables():
            yield f"## {table.heading}" + (f" (`{table.state}`)" if table.state else "")
            rows = [table.header, ("---",) * len(table.header), *table.rows]
            yield "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def tables(self) -> Iterator[RightsTable]:
        yield self._table(sentence("In every step"), "", everywhere(self.definition))
        for state in self.definition.states.values():
            rights = rights_of(self.definition, state)
            if rights:
                yield self._table(plain(state.label), state.name, rights)

    def _table(self, heading: Sayable, state: str, rights: Sequence[Right]) -> RightsTable:
        return RightsTable(
            heading=begun(said(heading, self.language)),
            state=state,
            header=tuple(said(cell, self.language) for cell in _HEADER),
            rows=tuple(tuple(self._row(right)) for right in rights),
        )

    def _row(self, right: Right) -> list[str]:
        deeds: list[Sayable] = [self.words.trigger_called(name) for name in right.triggers]
        deeds += right.deeds
        return [
            begun(said(_BESIDE.get(right.who) or who((right.who,), self.words), self.language)),
            self._said(self._seen(right)),
            self._said(self.words.fields_called(right.edit)),
            self._said(deeds),
            self._said([OPERATIONS[name] for name in right.operations]),
        ]

    def _said(self, parts: Iterable[Sayable]) -> str:
        found = list(dict.fromkeys(said(part, self.language) for part in parts))
        return said(sentence("{parts}", parts=found), self.language) if found else _NOTHING

    def _seen(self, right: Right) -> list[Sayable]:
        """The whole form, less what is kept from these people; personal values masked where they need not know them."""
        if not right.sees:
            return []
        fields = self.definition.fields
        kept = [name for name in fields if name in right.hide or not self._may_look(fields[name], right.who)]
        masked = [
            name
            for name, field in fields.items()
            if name not in kept and field.private and not self._knows(field, right.who)
        ]
        found: list[Sayable] = [sentence("the form")]
        if kept:
            found.append(sentence("without {fields}", fields=self.words.fields_called(tuple(kept))))
        if masked:
            found.append(sentence("masked: {fields}", fields=self.words.fields_called(tuple(masked))))
        return found

    def _may_look(self, field: Field, name: str) -> bool:
        return not field.see or name in (*field.see, *self._editors(field))

    def _knows(self, field: Field, name: str) -> bool:
        own = name in ("concerned", self.definition.concerns)
        own = own or (name == STARTER and self.definition.concerns in (None, STARTER))
        return own or name in (*field.see, *self.definition.see, *self._editors(field))

    def _editors(self, field: Field) -> set[str]:
        states = self.definition.states.values()
        return {
            right.who
            for state in states
            for right in rights_of(self.definition, state)
            if field.name in right.edit and right.holds
        }


def explain_rights(definition: Definition, language: Language) -> str:
    """The tables as Markdown: in every step, then step by step. The public sees no form, only what a notice shows."""
    return "\n\n".join(_Page(definition, Vocabulary(definition=definition), language).lines()) + "\n"


def rights_tables(definition: Definition, language: Language) -> tuple[RightsTable, ...]:
    """The same as tables."""
    return tuple(_Page(definition, Vocabulary(definition=definition), language).tables())
