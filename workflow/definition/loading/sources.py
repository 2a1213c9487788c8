"""What `from` names, looked at once all fields and states are read: its own, and those of definitions that are at hand."""

from collections.abc import Callable, Mapping

from workflow.definition.expression.kinds import nearest
from workflow.definition.loading import document
from workflow.definition.loading.document import Node
from workflow.definition.loading.reading import Reader
from workflow.definition.model import Definition, Field, Source
from workflow.text import sentence

#: A definition by its key, as far as it is at hand.
Others = Callable[[str], Definition | None]

_NUMBERS = frozenset({"integer", "number", "percent", "money"})
#: Types whose values may stand for each other; any other stands for itself alone.
_FAMILIES = (
    _NUMBERS,
    frozenset({"date", "moment"}),
    frozenset({"text", "long_text", "choice", "mobile", "email", "id_number"}),
)
_COUNTED = _NUMBERS | {"yes_no"}
_WHOSE = {"unit": "organisation", "concerned": "person", "starter": "person", "person": "person"}
#: Columns that every register has, with a type as which each can be taken; it may have others.
_COLUMNS = {
    "organisation": {"name": "text", "level": "text", "kind": "text", "members": "number", "workers": "number"},
    "person": {
        "name": "text",
        "mobile": "text",
        "email": "text",
        "login": "text",
        "born_on": "date",
        "age": "number",
        "unit": "text",
    },
}
#: What is known of an honour, with its type.
_OF_HONOURS = {
    "name": "text",
    "level": "text",
    "amount": "money",
    "granted_on": "date",
    "year": "integer",
    "until": "date",
}


def look_at_sources(reader: Reader, definition: Definition, whole: document.Mapping, others: Others) -> None:
    fields = whole.get("fields")
    for name, node, at in reader.entries(fields, "fields"):
        field = definition.fields.get(name)
        keys = node.get("from") if isinstance(node, document.Mapping) else None
        if field is not None and field.source is not None and isinstance(keys, document.Mapping):
            _Looked(reader, definition, field, field.source, keys, f"{at}.from", others).look()


class _Looked:
    """One `from`, with its keys."""

    def __init__(
        self,
        reader: Reader,
        definition: Definition,
        field: Field,
        source: Source,
        keys: document.Mapping,
        place: str,
        others: Others,
    ) -> None:
        self._reader, self._definition, self._field = reader, definition, field
        self._source, self._keys, self._place = source, keys, place
        self._others = others

    def look(self) -> None:
        match self._source.kind:
            case "register":
                self._register()
            case "previous":
                self._previous()
            case "cases":
                self._taken()
                self._cases()
            case "honours":
                self._taken()
                self._honours()
            case "indicator":
                self._fits_number(self._source.kind)

    def _register(self) -> None:
        whose, _, column = self._source.name.partition(".")
        node, at = self._node("register")
        kind = _WHOSE.get(whose)
        if kind is None or not column:
            text = sentence("A column of the register reads like unit.members, concerned.born_on or starter.name.")
            self._reader.problem("unknown_name", node, at, text, nearest(whose, _WHOSE))
            return
        known = _COLUMNS[kind]
        if column == "id":
            if self._field.type not in (kind, *_NUMBERS):
                self._does_not_fit("register", kind)
        elif column in known:
            if not _alike(self._field.type, known[column]):
                self._does_not_fit("register", known[column])
        elif (hint := nearest(column, known)) is not None:
            text = sentence("“{name}” is no column that every register has.", name=column)
            self._reader.warning("unknown_name", node, at, text, hint)

    def _previous(self) -> None:
        name = self._source.name
        in_round = self._definition.round.fields if self._definition.round else {}
        known = {**self._definition.fields, **{f"round.{other}": field for other, field in in_round.items()}}
        self._field_taken("previous", name, known)

    def _taken(self) -> None:
        """What is counted is a number; what is summed or taken is said by `value`, of an honour its name unless said."""
        source = self._source
        if source.take == "count":
            self._fits_number("take")
        elif source.value is None and (source.kind == "cases" or source.take == "sum"):
            node, at = self._node("take")
            text = sentence("`take: {take}` needs `value`: the field that is meant.", take=source.take)
            self._reader.problem("wrong_type", node, at, text)
        elif source.take == "sum" and self._field.type not in _NUMBERS:
            self._does_not_fit("take", "number")

    def _cases(self) -> None:
        source = self._source
        own = source.name == self._definition.key
        other = self._definition if own else self._others(source.name)
        if other is None:
            return
        states = (*other.states, *other.renames.get("states", {}))
        for key in ("in", "passed", "overdue"):
            for item, at in self._reader.items(self._keys.get(key), f"{self._place}.{key}"):
                name = self._reader.text(item, at)
                if name is not None and name not in states:
                    self._reader.unknown("state", name, item, at, states)
        if not own:
            for item, at in self._reader.items(self._keys.get("same"), f"{self._place}.same"):
                name = self._reader.text(item, at)
                if name is not None and name in self._definition.fields and name not in other.fields:
                    self._reader.unknown("field", name, item, at, other.fields)
        if source.take != "count" and source.value is not None:
            self._field_taken("value", source.value, other.fields)

    def _honours(self) -> None:
        value = self._source.value
        if value is None or self._source.take == "count":
            return
        if value not in _OF_HONOURS:
            node, at = self._node("value")
            self._reader.unknown("field", value, node, at, _OF_HONOURS)
        elif not _alike(self._field.type, _OF_HONOURS[value]):
            self._does_not_fit("value", _OF_HONOURS[value])

    def _field_taken(self, key: str, name: str, known: Mapping[str, Field]) -> None:
        node, at = self._node(key)
        found = known.get(name)
        if found is None:
            self._reader.unknown("field", name, node, at, known)
        elif self._source.take == "sum" and found.type not in _NUMBERS:
            text = sentence("“{field}” is no number: it cannot be summed.", field=name)
            self._reader.problem("wrong_type", node, at, text)
        elif not _alike(self._field.type, found.type) or not _share_options(self._field, found):
            self._does_not_fit(key, found.type)

    def _fits_number(self, key: str) -> None:
        if self._field.type not in _COUNTED:
            self._does_not_fit(key, "number")

    def _does_not_fit(self, key: str, found: str) -> None:
        node, at = self._node(key)
        text = sentence(
            "“{name}” is a field of type {type}; what is taken here is of type {found}.",
            name=self._field.name,
            type=self._field.type,
            found=found,
        )
        self._reader.problem("wrong_type", node, at, text)

    def _node(self, key: str) -> tuple[Node, str]:
        found = self._keys.get(key)
        return (found, f"{self._place}.{key}") if found is not None else (self._keys, self._place)


def _alike(one: str, other: str) -> bool:
    return one == other or any({one, other} <= family for family in _FAMILIES)


def _share_options(one: Field, other: Field) -> bool:
    """Of two choices, that at least one option is the same."""
    return not (one.options and other.options) or bool(one.options.keys() & other.options.keys())
