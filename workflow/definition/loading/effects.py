"""Reading what follows: whom a state tells, and what it does."""

from collections.abc import Callable, Iterator

from workflow.definition.expression import ANY, NUMBER, Expression, Names
from workflow.definition.loading import document
from workflow.definition.loading.activities import read_each, read_unit
from workflow.definition.loading.document import Node, Scalar
from workflow.definition.loading.people import read_group
from workflow.definition.loading.reading import Reader
from workflow.definition.model import PUBLIC, UNIT, Do, EffectKind, Tell
from workflow.text import sentence

_EFFECTS: tuple[EffectKind, ...] = (
    "grant",
    "revoke",
    "suspend",
    "restore",
    "benefit",
    "start",
    "open",
    "document",
    "indicators",
    "set",
)

Reading = Callable[[Node, str], object]

_NEEDED: dict[str, tuple[str, ...]] = {
    "grant": ("honour", "to"),
    "revoke": ("honour", "from"),
    "suspend": ("to",),
    "restore": ("to",),
    "benefit": ("kind", "to"),
    "start": ("definition",),
    "open": ("round",),
    "document": ("template",),
}


def read_tells(reader: Reader, node: Node | None, place: str, names: Names) -> Iterator[Tell]:
    for item, at in reader.items(node, place):
        if isinstance(item, Scalar):
            yield Tell(who=read_group(reader, item, at, builtin=("starter", PUBLIC)))
            continue
        keys = reader.mapping(item, "tell", at)
        if keys is not None:
            yield Tell(
                who=read_group(reader, keys.get("who"), f"{at}.who", builtin=("starter", PUBLIC)),
                text=reader.named_outside(keys.get("text"), f"{at}.text", "text"),
                when=reader.expression(keys.get("when"), f"{at}.when", names),
            )


def read_dos(reader: Reader, node: Node | None, place: str, names: Names) -> Iterator[Do]:
    for item, at in reader.items(node, place):
        keys = reader.mapping(item, "do", at)
        if keys is None:
            continue
        kinds = [kind for kind in _EFFECTS if kind in keys.entries]
        if len(kinds) != 1:
            reader.problem("wrong_type", keys, at, sentence("One of these is wanted: {kinds}.", kinds=list(_EFFECTS)))
            continue
        each, people, row = read_each(reader, keys.get("each"), f"{at}.each")
        own = {**names, "row": row} if row is not None else names
        rows = [f"row.{column}" for column in reader.scope.tables[each]] if each and not people else []
        yield Do(
            kind=kinds[0],
            arguments=_arguments(reader, kinds[0], keys.entries[kinds[0]], f"{at}.{kinds[0]}", own, each, rows),
            when=reader.expression(keys.get("when"), f"{at}.when", own),
            each=each,
        )


def _arguments(
    reader: Reader, kind: EffectKind, node: Node, place: str, names: Names, each: str | None, rows: list[str]
) -> dict[str, object]:
    scope = reader.scope
    fields = (*scope.fields, *(f"round.{name}" for name in scope.round_fields))
    if kind == "indicators":
        return {"fields": reader.field_names(node, place)}
    if kind == "set":
        return {"values": _set(reader, node, place, names, fields)}
    shape = "standing" if kind in ("suspend", "restore") else kind
    keys = reader.mapping(node, shape, place)
    if keys is None:
        return {}
    read = _readers(reader, names, each, rows)
    done = {key: read.get(key, reader.text)(entry, f"{place}.{key}") for key, entry in keys.entries.items()}
    for needed in _NEEDED.get(kind, ()):
        if needed not in done:
            reader.problem("wrong_type", keys, place, sentence("“{key}” is missing.", key=needed))
    return {key: value for key, value in done.items() if value is not None}


def _readers(reader: Reader, names: Names, each: str | None, rows: list[str]) -> dict[str, Reading]:
    """How the arguments are read that are no plain texts."""

    def group(node: Node, at: str) -> object:
        return read_group(reader, node, at, more=(*rows, UNIT))

    def definition(node: Node, at: str) -> object:
        return reader.named_outside(node, at, "definition")

    return {
        "to": group,
        "from": group,
        "until": lambda node, at: reader.term(node, at, reader.scope.anchors(due=False)),
        "amount": lambda node, at: reader.expression(node, at, names, NUMBER),
        "with": lambda node, at: reader.expressions(node, at, names),
        "unit": lambda node, at: read_unit(reader, node, at, each),
        "template": lambda node, at: reader.named_outside(node, at, "template"),
        "definition": definition,
        "round": definition,
    }


def _set(reader: Reader, node: Node, place: str, names: Names, fields: tuple[str, ...]) -> dict[str, Expression]:
    if not isinstance(node, document.Mapping):
        reader.wrong_type(node, place, sentence("A map of fields to expressions"))
        return {}
    found: dict[str, Expression] = {}
    for name, entry in node.entries.items():
        if name not in fields:
            reader.unknown("field", name, entry, f"{place}.{name}", fields)
        expression = reader.expression(entry, f"{place}.{name}", names, reader.scope.fields.get(name, ANY))
        if expression is not None:
            found[name] = expression
    return found
