"""Plausible contents of the forms on a path: what is required, and nothing else."""

from collections.abc import Iterable, Mapping

from workflow.definition.model import Definition, Field, InField
from workflow.definition.proving.moves import Path

#: Whom a case is about.
PERSON = "张伟"
MOBILE = "13800000001"

_LATER = "2026-12-31"
_TEXT = "示例"
_VALUES: Mapping[str, object] = {
    "percent": 50,
    "money": 100,
    "date": "2026-07-01",
    "moment": "2026-07-01 09:00",
    "yes_no": True,
    "mobile": MOBILE,
    "email": "someone@example.org",
    "id_number": "11010519491231002X",
    "files": ["附件.pdf"],
}


def data_of(definition: Definition, path: Path) -> dict[str, object]:
    """A value for each required field that a state on the path has in `edit`."""
    states = dict.fromkeys((definition.first_state, *(step.at.state for step in path)))
    edited = dict.fromkeys(name for state in states for name in definition.states[state].edit)
    filled = _filled(definition.fields[name] for name in edited if name in definition.fields)
    return {name: PERSON if value == _TEXT and name in _names(definition) else value for name, value in filled.items()}


def _names(definition: Definition) -> set[str]:
    """The fields by whose contents people are found."""
    entries = [entry for people in definition.people.values() for entry in people.entries]
    return {entry.spec.field for entry in entries if isinstance(entry.spec, InField)}


def round_of(definition: Definition) -> dict[str, object]:
    """A value for each required field of the round; its dates lie ahead."""
    if definition.round is None:
        return {}
    filled = _filled(definition.round.fields.values())
    return {name: _LATER if value == _VALUES["date"] else value for name, value in filled.items()}


def _filled(fields: Iterable[Field]) -> dict[str, object]:
    wanted = [field for field in fields if field.required is True and not field.computed and field.source is None]
    return {field.name: value for field in wanted if (value := _value(field)) is not None}


def _value(field: Field) -> object:
    match field.type:
        case "text" | "long_text":
            return _text(field.min)
        case "integer" | "number":
            return field.min if isinstance(field.min, int | float) else 1
        case "choice":
            return next(iter(field.options), None)
        case "choices":
            return list(field.options)[:1]
        case "number_each":
            return dict.fromkeys(field.options, 1)
        case "table":
            return [_filled(field.columns.values())]
    return _VALUES.get(field.type)


def _text(least: object) -> object:
    """A long one in the way of stories."""
    times = int(least) // len(_TEXT) + 1 if isinstance(least, int | float) else 1
    return _TEXT if times == 1 else {"repeat": _TEXT, "times": times}
