"""Fields as a marshmallow schema and as JSON Schema."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from marshmallow import RAISE, Schema, ValidationError
from marshmallow import fields as marshmallow_fields

from workflow.definition.expression.kinds import nearest
from workflow.definition.form.keeping import FILES_MOST, MOBILE, ROWS_MOST, Wrong, keep, longest
from workflow.definition.form.shapes import Kept, json_number, shown
from workflow.definition.model import Field, Fields
from workflow.errors import Problem
from workflow.text import Sayable, sentence


class Form:
    """The fields of a definition, a round or a table's rows."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    @cached_property
    def schema(self) -> Schema:
        return Schema.from_dict(
            {name: _Value(field) for name, field in self.fields.items() if not field.computed}, name="Form"
        )(unknown=RAISE)

    def clean(self, raw: Mapping[str, object], at: str = "/data") -> tuple[dict[str, Kept], list[Problem]]:
        """The kept values of what was sent, an emptied one as None; and what is wrong, by field."""
        try:
            return self.schema.load(dict(raw)), []
        except ValidationError as wrong:
            return dict(wrong.valid_data or {}), list(self._problems(cast("dict[str, Any]", wrong.messages), at))

    def shown(self, kept: Mapping[str, Kept]) -> dict[str, Any]:
        return {name: shown(self.fields[name], value) for name, value in kept.items() if name in self.fields}

    def json_schema(self, names: Iterable[str] | None = None) -> dict[str, Any]:
        wanted = [field for name, field in self.fields.items() if names is None or name in names]
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {field.name: json_schema(field) for field in wanted},
            "required": [field.name for field in wanted if field.required is True],
        }

    def _problems(self, messages: Mapping[str, Any], at: str) -> Iterable[Problem]:
        for name, found in messages.items():
            for place, text in _flat(found, f"{at}/{name}"):
                if name not in self.fields:
                    unknown = sentence("There is no field “{name}”.", name=name)
                    yield Problem(f"{at}/{name}", "unknown_key", unknown, nearest(name, self.fields))
                elif self.fields[name].computed:
                    yield Problem(f"{at}/{name}", "read_only", sentence("This field is computed; it is not written."))
                else:
                    yield Problem(place, "data", text)


def json_schema(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": field.label.zh, "x-label": {"zh": field.label.zh, "en": field.label.en}}
    schema |= _JSON_TYPES[field.type]
    if field.options:
        choice = {"type": "string", "enum": list(field.options)}
        schema |= {"type": "array", "items": choice, "uniqueItems": True} if field.type == "choices" else choice
        schema["x-options"] = {name: {"zh": label.zh, "en": label.en} for name, label in field.options.items()}
    if field.type in ("text", "long_text"):
        schema |= {"minLength": field.min or 0, "maxLength": field.max or longest(field)}
    if field.type in ("integer", "number", "percent", "money"):
        low, high = (0, 100) if field.type == "percent" else (None, None)
        bounds = {
            "minimum": _plain(low if field.min is None else field.min),
            "maximum": _plain(high if field.max is None else field.max),
        }
        schema |= {name: bound for name, bound in bounds.items() if bound is not None}
    if field.type == "table":
        schema |= {"items": Form(field.columns).json_schema(), "maxItems": field.max or ROWS_MOST}
    if field.type == "number_each":
        schema |= {"additionalProperties": {"type": "integer"}}
    if field.type == "files":
        schema |= {"maxItems": field.max or FILES_MOST, "x-accept": list(field.accept), "x-max-size": field.max_size}
    if field.help is not None:
        schema |= {"description": field.help.zh, "x-help": {"zh": field.help.zh, "en": field.help.en}}
    if field.heading is not None:
        schema["x-heading"] = {"zh": field.heading.zh, "en": field.heading.en}
    if field.computed:
        schema["readOnly"] = True
    return schema


_JSON_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "long_text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "percent": {"type": "number"},
    "money": {"type": "number", "multipleOf": 0.01},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "yes_no": {"type": "boolean"},
    "choice": {},
    "choices": {},
    "person": {"type": "integer", "description": "id of a person"},
    "persons": {"type": "array", "items": {"type": "integer"}},
    "organisation": {"type": "integer", "description": "id of an organisation"},
    "mobile": {"type": "string", "pattern": MOBILE.pattern},
    "email": {"type": "string", "format": "email"},
    "id_number": {"type": "string", "pattern": r"\d{17}[\dX]"},
    "files": {"type": "array", "items": {"type": "string"}, "description": "ids of attachments"},
    "table": {"type": "array"},
    "number_each": {"type": "object"},
}


class _Value(marshmallow_fields.Field[Any]):
    """One field of a form to marshmallow; what is wrong is a sentence in two languages."""

    def __init__(self, field: Field) -> None:
        super().__init__(allow_none=True, data_key=field.name)
        self._field = field

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Kept:
        try:
            return keep(self._field, value)
        except Wrong as wrong:
            raise ValidationError(cast("dict[str, Any]", wrong.found)) from wrong  # sentences pass through as they are


def _plain(value: object) -> object:
    return json_number(Decimal(str(value))) if value is not None else None


def _flat(found: Any, at: str) -> Iterable[tuple[str, Sayable]]:
    if isinstance(found, dict):
        for name, below in found.items():
            yield from _flat(below, f"{at}/{name}")
    elif isinstance(found, list):
        for text in found:
            yield at, text
    else:
        yield at, found
