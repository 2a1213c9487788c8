"""Reading who: people entries, names of people, recusal."""

from collections.abc import Iterable

from workflow.definition.loading import document
from workflow.definition.loading.document import Node
from workflow.definition.loading.reading import Reader
from workflow.definition.model import Decided, Entry, Group, InField, Members, Named, People, Recuse, RoleAt
from workflow.text import sentence

_KINDS = ("role", "person", "members", "decided")


def read_people(reader: Reader, node: Node, place: str) -> tuple[Entry, ...]:
    """One spec or a list of them; a name among them means the people of that name."""
    entries = (_entry(reader, item, at) for item, at in reader.items(node, place))
    return tuple(entry for entry in entries if entry is not None)


def read_group(
    reader: Reader,
    node: Node | None,
    place: str,
    *,
    builtin: tuple[str, ...] = ("starter",),
    more: Iterable[str] = (),
) -> Group:
    """Names of people, all of them together; a spec written in place is known by its place."""
    names: list[str] = []
    allowed = {*reader.scope.people, *builtin, *more}
    for item, at in reader.items(node, place):
        if isinstance(item, document.Mapping):
            reader.unnamed[at] = People(at, read_people(reader, item, at))
            names.append(at)
            continue
        name = reader.text(item, at)
        if name is None:
            continue
        if name in allowed:
            names.append(name)
        else:
            reader.unknown("people", name, item, at, allowed)
    return tuple(names)


def read_recuse(reader: Reader, node: Node | None, place: str) -> Recuse:
    keys = reader.mapping(node, "recuse", place)
    if keys is None:
        return Recuse()
    found = {
        key: read_group(reader, keys.get(key), f"{place}.{key}")
        for key in ("starter", "same_unit", "same_branch", "declared")
    }
    concerned = keys.get("concerned")
    everyone = isinstance(concerned, document.Scalar) and concerned.text == "all"
    return Recuse(
        starter=found["starter"],
        concerned=None
        if concerned is None
        else ()
        if everyone
        else read_group(reader, concerned, f"{place}.concerned"),
        same_unit=found["same_unit"],
        same_branch=found["same_branch"],
        declared=found["declared"],
        twice=reader.state_names(keys.get("twice"), f"{place}.twice"),
    )


def _entry(reader: Reader, node: Node, place: str) -> Entry | None:
    if isinstance(node, document.Scalar):
        name = reader.text(node, place)
        if name is None:
            return None
        if name not in reader.scope.people and name != "starter":
            reader.unknown("people", name, node, place, reader.scope.people)
        return Entry(spec=Named(name))
    keys = reader.mapping(node, "spec", place)
    if keys is None:
        return None
    kinds = [kind for kind in _KINDS if kind in keys.entries]
    if len(kinds) != 1:
        reader.problem("wrong_type", node, place, sentence("One of these is wanted: {kinds}.", kinds=list(_KINDS)))
        return None
    spec = _spec(reader, kinds[0], keys, place)
    if spec is None:
        return None
    return Entry(
        spec=spec,
        when=reader.expression(keys.get("when"), f"{place}.when", reader.scope.names()),
        draw=reader.count(keys.get("draw"), f"{place}.draw"),
        vacant=reader.word(keys.get("vacant"), f"{place}.vacant", ("up", "hold"), "hold"),
    )


def _spec(reader: Reader, kind: str, keys: document.Mapping, place: str) -> RoleAt | InField | Members | Decided | None:
    text = reader.text(keys.get(kind), f"{place}.{kind}")
    if text is None:
        return None
    node = keys.entries[kind]
    if kind == "role":
        return _role(reader, text, keys, place)
    if kind == "person":
        return _in_field(reader, text, keys, place)
    if kind == "members":
        if text != "unit":
            reader.wrong_type(node, f"{place}.members", sentence("unit"))
        return Members()
    if text not in reader.scope.states:
        reader.unknown("state", text, node, f"{place}.decided", reader.scope.states)
    return Decided(text)


def _role(reader: Reader, role: str, keys: document.Mapping, place: str) -> RoleAt | None:
    at = reader.text(keys.get("at"), f"{place}.at")
    if at is None:
        reader.problem(
            "wrong_type", keys, place, sentence("A role is held at a level or kind of organisation: `at` is missing.")
        )
        return None
    scope, _, level = at.partition(" ")
    of = reader.known_one(keys.get("of"), f"{place}.of", "field", reader.scope.fields)
    if scope in ("every", "another") and level:
        return RoleAt(role, level, "every" if scope == "every" else "another", of)
    return RoleAt(role, at, "own", of)


def _in_field(reader: Reader, field: str, keys: document.Mapping, place: str) -> InField:
    for key, name in (("person", field), ("link", reader.text(keys.get("link"), f"{place}.link"))):
        if name is not None and not _is_field(reader, name):
            reader.unknown("field", name, keys.entries[key], f"{place}.{key}", reader.scope.fields)
    return InField(field, reader.text(keys.get("link"), f"{place}.link"))


def _is_field(reader: Reader, name: str) -> bool:
    table, _, column = name.partition(".")
    if not column:
        return name in reader.scope.fields
    return column in reader.scope.tables.get(table, {})
