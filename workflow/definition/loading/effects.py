"""Reading what follows: whom a state tells, and what it does."""

from collections.abc import Iterator

from workflow.definition.expression import ANY, NUMBER, Expression, Names
from workflow.definition.loading import document
from workflow.definition.loading.activities import read_each
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
            arguments=_arguments(reader, kinds[0], keys.entries[kinds[0]], f"{at}.{kinds[0]}", own, rows),
            when=reader.expression(keys.get("when"), f"{at}.when", own),
            each=each,
        )


def _arguments(
    reader: Reader, kind: EffectKind, node: Node, place: str, names: Names, rows: list[str]
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
    anchors = scope.anchors(due=False)
    done: dict[str, object] = {}
    for key, entry in keys.entries.items():
        at = f"{place}.{key}"
        match key:
            case "to" | "from":
                done[key] = read_group(reader, entry, at, more=(*rows, UNIT))
            case "until":
                done[key] = reader.term(entry, at, anchors)
            case "amount":
                done[key] = reader.expression(entry, at, names, NUMBER)
            case "with":
                done[key] = reader.expressions(entry, at, names)
            case "template" | "definition" | "round":
                done[key] = reader.named_outside(entry, at, "template" if key == "template" else "definition")
            case _:
                done[key] = reader.text(entry, at)
    for needed in _NEEDED.get(kind, ()):
        if needed not in done:
            reader.problem("wrong_type", keys, place, sentence("“{key}” is missing.", key=needed))
    return {key: value for key, value in done.items() if value is not None}


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
