"""Reading fields: first their kinds, so that expressions can be checked, then all that is said of each."""

import re
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from workflow.calendar import is_reckoned_with
from workflow.definition.expression import ANY, TRUTH, Expression, Kind, Names, map_of
from workflow.definition.form import Kept, Wrong, keep, kind_of
from workflow.definition.loading import document
from workflow.definition.loading.document import Node, Scalar, plain
from workflow.definition.loading.grammar import FIELD_TYPES
from workflow.definition.loading.people import read_group
from workflow.definition.loading.reading import Reader
from workflow.definition.model import Check, Field, Fields, Plausible, Source
from workflow.definition.term.reading import AnchorNames
from workflow.text import Label, sentence

_LONGEST_TABLE = 200
_NOT_OF_COLUMNS = frozenset({"value", "term", "from", "override", "plausible", "see", "heading"})
#: What these are in an expression, no field can be.
_NO_NAMES = ("true", "false", "null", "in")
_MOMENTS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "moment": re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?"),
}
_SOURCES = ("register", "previous", "cases", "honours", "indicator")
_PLAUSIBLE = re.compile(
    r"(?:(?P<rule>not below|not above)|within (?P<percent>\d+(?:\.\d+)?) ?% of) (?P<of>[a-z0-9_.-]+)"
)


def outline(reader: Reader, node: Node | None, place: str, *, columns: bool = False) -> dict[str, Field]:
    """Each field with name, type, label, options and columns: all that its kind needs."""
    found: dict[str, Field] = {}
    for name, entry, at in reader.entries(node, place):
        keys = reader.mapping(entry, "field", at)
        if keys is None:
            continue
        if name in _NO_NAMES:
            reader.problem("wrong_type", entry, at, sentence("No field may be called “{name}”.", name=name))
        type_node = keys.get("type")
        if type_node is None:
            reader.problem("wrong_type", keys, at, sentence("A field has a type, such as text, number or date."))
            continue
        kind = reader.word(type_node, f"{at}.type", FIELD_TYPES, "text")
        if columns and kind == "table":
            reader.problem("wrong_type", type_node, f"{at}.type", sentence("A table holds no table."))
            continue
        label = reader.label(keys.get("label"), f"{at}.label")
        if label is None:
            reader.warning("no_label", keys, at, sentence("“{name}” has no label.", name=name))
        options = reader.labels(keys.get("options"), f"{at}.options")
        if kind in ("choice", "choices") and not options:
            reader.problem("wrong_type", keys, at, sentence("A choice has options."))
        inner = outline(reader, keys.get("columns"), f"{at}.columns", columns=True)
        if kind == "table" and not inner:
            reader.problem("wrong_type", keys, at, sentence("A table has columns."))
        found[name] = Field(
            name=name,
            type=kind,  # type: ignore[arg-type]  # one of FIELD_TYPES
            label=label or Label(name, name),
            options=options,
            columns=inner,
            of=reader.text(keys.get("of"), f"{at}.of"),
        )
    return found


def with_options(reader: Reader, node: Node | None, place: str, fields: Fields, choices: Fields) -> dict[str, Field]:
    """`number_each` has the options of the choice field that it names."""
    done: dict[str, Field] = {}
    for name, field in fields.items():
        where = node.get(name) if isinstance(node, document.Mapping) else None
        if field.columns:
            columns = where.get("columns") if isinstance(where, document.Mapping) else None
            known = {**choices, **field.columns}
            inner = with_options(reader, columns, f"{place}.{name}.columns", field.columns, known)
            done[name] = replace(field, columns=inner)
            continue
        if field.type != "number_each":
            done[name] = field
            continue
        choice = choices.get(field.of or "")
        if choice is None or choice.type not in ("choice", "choices"):
            others = [other.name for other in choices.values() if other.options]
            if where is not None:
                reader.unknown("field", field.of or "", where, f"{place}.{name}.of", others)
            done[name] = field
        else:
            done[name] = replace(field, options=choice.options)
    return done


def kinds(fields: Fields) -> dict[str, Kind]:
    return {
        name: map_of(kind_of(field).entries or ANY, field.options) if field.type == "number_each" else kind_of(field)
        for name, field in fields.items()
    }


def read_fields(
    reader: Reader, node: Node | None, place: str, fields: Fields, names: Names, anchors: AnchorNames
) -> dict[str, Field]:
    """The outlined fields with all that is said of them."""
    done: dict[str, Field] = {}
    for name, entry, at in reader.entries(node, place):
        if name in fields and isinstance(entry, document.Mapping):
            done[name] = _whole(reader, fields[name], entry, at, names, anchors)
    return done


def read_checks(reader: Reader, node: Node | None, place: str, names: Names) -> tuple[Check, ...]:
    found: list[Check] = []
    for item, at in reader.items(node, place):
        keys = reader.mapping(item, "check", at)
        if keys is None:
            continue
        that = reader.expression(keys.get("that"), f"{at}.that", names)
        if that is None:
            if keys.get("that") is None:
                reader.problem("wrong_type", keys, at, sentence("A check says what must hold: `that` is missing."))
            continue
        say = reader.label(keys.get("say"), f"{at}.say")
        otherwise = reader.word(keys.get("else"), f"{at}.else", ("refuse", "ask", "warn"), "refuse")
        found.append(Check(that=that, say=say, otherwise=otherwise))  # type: ignore[arg-type]  # one of the words
    return tuple(found)


def _whole(reader: Reader, field: Field, keys: document.Mapping, at: str, names: Names, anchors: AnchorNames) -> Field:
    field = replace(
        field,
        personal=reader.truth(keys.get("personal"), f"{at}.personal"),
        sensitive=reader.truth(keys.get("sensitive"), f"{at}.sensitive"),
        override=reader.truth(keys.get("override"), f"{at}.override"),
        heading=reader.label(keys.get("heading"), f"{at}.heading"),
        help=reader.label(keys.get("help"), f"{at}.help"),
        see=read_group(reader, keys.get("see"), f"{at}.see"),
        accept=tuple(kind.lower().lstrip(".") for kind in reader.texts(keys.get("accept"), f"{at}.accept")),
        max_size=reader.size(keys.get("max_size"), f"{at}.max_size"),
        min=_bound(reader, keys.get("min"), f"{at}.min", field),
        max=_bound(reader, keys.get("max"), f"{at}.max", field),
        required=_required(reader, keys.get("required"), f"{at}.required", names),
        source=_source(reader, keys.get("from"), f"{at}.from"),
        plausible=_plausible(reader, keys.get("plausible"), f"{at}.plausible", names),
    )
    if field.columns:
        columns = keys.get("columns")
        _look_at_columns(reader, columns, f"{at}.columns")
        inner = read_fields(reader, columns, f"{at}.columns", field.columns, names, anchors)
        field = replace(field, columns=inner)
        if field.max is not None and int(str(field.max)) > _LONGEST_TABLE:
            most = sentence("A table may have {most} rows.", most=_LONGEST_TABLE)
            reader.problem("too_large", keys.entries["max"], f"{at}.max", most)
    if keys.get("term") is not None:
        field = replace(field, term=reader.terms(keys.get("term"), f"{at}.term", anchors, names, ("term",)))
        if field.type not in ("date", "moment"):
            reader.problem(
                "wrong_type", keys.entries["term"], f"{at}.term", sentence("Only a date or moment has a term.")
            )
    field = _with_value(reader, field, keys.get("value"), f"{at}.value", names)
    return replace(field, default=_constant(reader, field, keys.get("default"), f"{at}.default"))


def _look_at_columns(reader: Reader, node: Node | None, place: str) -> None:
    """What holds for a row as it is written, and nothing that is reckoned from elsewhere."""
    for _, keys, at in reader.entries(node, place):
        if not isinstance(keys, document.Mapping):
            continue
        for key in keys.entries.keys() & _NOT_OF_COLUMNS:
            text = sentence("A column has no “{key}”.", key=key)
            reader.problem("unknown_key", keys.lines[key], f"{at}.{key}", text)
        required = keys.get("required")
        if isinstance(required, Scalar) and not isinstance(required.value, bool):
            text = sentence("Of a column, `required` is true or false.")
            reader.problem("wrong_type", required, f"{at}.required", text)


def _required(reader: Reader, node: Node | None, place: str, names: Names) -> bool | Expression:
    if node is None or (isinstance(node, Scalar) and isinstance(node.value, bool)):
        return reader.truth(node, place)
    return reader.expression(node, place, names, TRUTH) or False


def _with_value(reader: Reader, field: Field, node: Node | None, place: str, names: Names) -> Field:
    """A text is an expression, unless the field is one whose constant reads like a text and names nothing."""
    if node is None:
        return field
    if isinstance(node, Scalar) and isinstance(node.value, str) and not _is_constant(field, node.value):
        return replace(field, value=reader.expression(node, place, names, kind_of(field)))
    return replace(field, constant=_constant(reader, field, node, place))


def _is_constant(field: Field, text: str) -> bool:
    if field.type in ("date", "moment"):
        return bool(re.match(r"\d{4}-\d\d-\d\d", text))
    return field.type == "choice" and text in field.options


def _constant(reader: Reader, field: Field, node: Node | None, place: str) -> Kept:
    if node is None:
        return None
    try:
        return keep(field, plain(node))
    except Wrong as wrong:
        for text in wrong.found if isinstance(wrong.found, list) else [sentence("This value does not fit.")]:
            reader.problem("wrong_type", node, place, text)
        return None


def _bound(reader: Reader, node: Node | None, place: str, field: Field) -> object:
    if node is None:
        return None
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        if field.type in _MOMENTS and isinstance(value, str) and _is_moment(field, value):
            return value
        reader.wrong_type(node, place, sentence("A date") if field.type in _MOMENTS else sentence("A number"))
        return None
    if field.type in _MOMENTS:
        reader.wrong_type(node, place, sentence("A date"))
        return None
    counted = field.type not in ("integer", "number", "percent", "money")
    if counted and (not isinstance(value, int) or value < 0):
        reader.wrong_type(node, place, sentence("A whole number from {least} on", least=0))
        return None
    return value


def _is_moment(field: Field, text: str) -> bool:
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        return False
    return is_reckoned_with(day) and _MOMENTS[field.type].fullmatch(text) is not None


def _source(reader: Reader, node: Node | None, place: str) -> Source | None:
    keys = reader.mapping(node, "source", place)
    if keys is None:
        return None
    kinds_found = [kind for kind in _SOURCES if kind in keys.entries]
    if len(kinds_found) != 1:
        reader.problem("wrong_type", keys, place, sentence("One of these is wanted: {kinds}.", kinds=list(_SOURCES)))
        return None
    kind = kinds_found[0]
    node, at = keys.get(kind), f"{place}.{kind}"
    name = reader.named_outside(node, at, "definition") if kind == "cases" else reader.text(node, at)
    if name is None:
        return None
    return Source(
        kind=kind,  # type: ignore[arg-type]  # one of _SOURCES
        name=name,
        states=reader.texts(keys.get("in"), f"{place}.in"),
        passed=reader.text(keys.get("passed"), f"{place}.passed"),
        overdue=reader.text(keys.get("overdue"), f"{place}.overdue"),
        same=reader.field_names(keys.get("same"), f"{place}.same"),
        take=reader.word(keys.get("take"), f"{place}.take", ("count", "sum", "latest"), "count"),
        value=reader.text(keys.get("value"), f"{place}.value"),
        within=reader.span(keys.get("within"), f"{place}.within"),
        of=reader.word(keys.get("of"), f"{place}.of", ("unit", "concerned", "starter"), "unit"),
    )


def _plausible(reader: Reader, node: Node | None, place: str, names: Names) -> tuple[Plausible, ...]:
    found: list[Plausible] = []
    for item, at in reader.items(node, place):
        text = reader.text(item, at) or ""
        match = _PLAUSIBLE.fullmatch(text)
        if match is None:
            shape = sentence("This reads like “not below previous”, “not above 100” or “within 50 % of previous”.")
            reader.problem("wrong_type", item, at, shape)
            continue
        of = match["of"]
        number = re.fullmatch(r"-?\d+(?:\.\d+)?", of)
        if number is None and of not in names:
            reader.unknown("field", of, item, at, names)
        found.append(
            Plausible(
                source=text,
                rule=match["rule"] or "within",  # type: ignore[arg-type]  # one of the three
                of=float(of) if number else of,
                percent=Fraction(match["percent"]) / 100 if match["percent"] else None,
            )
        )
    return tuple(found)
