"""Kinds of values that bodies and queries hold: bounded, and said in the reader's language where they do not fit."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from workflow.errors import Problem
from workflow.text import Sentence, sentence

#: Ids are whole numbers that JSON can carry.
LARGEST = 2**53 - 1
LONG_TEXT = 20_000
_YEARS = range(1900, 2201)


def _wrong(text: Sentence, code: str = "data") -> Problem:
    return Problem("", code, text)


def refuse(text: Sentence, code: str = "data", hint: Sentence | None = None) -> ValidationError:
    """What marshmallow collects; the place is that of the field."""
    return ValidationError([Problem("", code, text, hint)])


class _Said:
    """Beside marshmallow's words: problems, that are put into a language where somebody reads them."""

    default_error_messages: dict[str, Any] = {  # noqa: RUF012 -- as marshmallow has it
        "required": _wrong(sentence("This is needed."), "required"),
        "null": _wrong(sentence("This must not be empty."), "required"),
    }
    error_messages: dict[str, Any]
    root: Any

    def make_error(self, key: str, **_: Any) -> ValidationError:
        return ValidationError([self.error_messages[key]])

    @property
    def _reads_text(self) -> bool:
        """In an address everything is text."""
        return getattr(self.root, "reads_text", False)


class _Size(validate.Length):
    def __call__(self, value: Any) -> Any:
        found, least, most = len(value), self.min or 0, self.max
        if found < least:
            text = sentence("At least {least}; this has {found}.", least=least, found=found)
            raise refuse(
                text if least > 1 else sentence("This must not be empty."), "data" if least > 1 else "required"
            )
        if most is not None and found > most:
            raise refuse(sentence("At most {most}; this has {found}.", most=most, found=found))
        return value


class _Among(validate.OneOf):
    def __call__(self, value: Any) -> Any:
        if value not in self.choices:
            raise refuse(sentence("One of these is wanted: {choices}.", choices=list(self.choices)))
        return value


class Text(_Said, fields.String):
    default_error_messages: dict[str, Any] = {"invalid": _wrong(sentence("A text is wanted."))}  # noqa: RUF012 -- as marshmallow has it

    def __init__(self, most: int = 200, *, least: int = 1, among: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(validate=_Among(among) if among else _Size(least, most), **more)


class LongText(Text):
    def __init__(self, *, least: int = 0, **more: Any) -> None:
        super().__init__(LONG_TEXT, least=least, **more)


class Whole(_Said, fields.Integer):
    default_error_messages: dict[str, Any] = {"invalid": _wrong(sentence("A whole number is wanted."))}  # noqa: RUF012 -- as marshmallow has it

    def __init__(self, least: int = 0, most: int = LARGEST, **more: Any) -> None:
        super().__init__(validate=_Bounds(least, most), **more)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if self._reads_text and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:  # noqa: PLR2004 -- digits of the largest
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class _Bounds(validate.Range):
    def __call__(self, value: Any) -> Any:
        if not self.min <= value <= self.max:
            raise refuse(sentence("A number from {least} to {most} is wanted.", least=self.min, most=self.max))
        return value


class Id(Whole):
    """Of an organisation, a person, a post."""

    def __init__(self, **more: Any) -> None:
        super().__init__(1, **more)


class YesNo(_Said, fields.Boolean):
    default_error_messages: dict[str, Any] = {"invalid": _wrong(sentence("true or false is wanted."))}  # noqa: RUF012 -- as marshmallow has it

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if self._reads_text and value in ("true", "false"):
            return bool(value == "true")
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Moment(_Said, fields.AwareDateTime):
    default_error_messages: dict[str, Any] = dict.fromkeys(
        ("invalid", "invalid_awareness", "format"),
        _wrong(sentence("A moment with its zone is wanted, like 2026-03-09T14:00:00+08:00.")),
    )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        found = super()._deserialize(value, attr, data, **more)
        if found.year not in _YEARS:
            raise refuse(sentence("A year from {first} to {last} is wanted.", first=_YEARS[0], last=_YEARS[-1]))
        return found


class Day(_Said, fields.Date):
    default_error_messages: dict[str, Any] = dict.fromkeys(
        ("invalid", "format"), _wrong(sentence("A date is wanted, like 2026-03-09."))
    )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **more)


class Uuid(_Said, fields.UUID):
    default_error_messages: dict[str, Any] = {  # noqa: RUF012 -- as marshmallow has it
        "invalid_uuid": _wrong(sentence("An id is wanted, like 0190d2c8-7c1e-7b3a-9a51-2f6d0c3e4b5a."))
    }


class Map(_Said, fields.Dict):
    """Names and values; what a form takes is looked at by the form."""

    default_error_messages: dict[str, Any] = {"invalid": _wrong(sentence("A JSON object is wanted."))}  # noqa: RUF012 -- as marshmallow has it

    def __init__(self, values: fields.Field[Any] | None = None, *, most: int = 2000, **more: Any) -> None:
        super().__init__(keys=fields.String(), values=values, validate=_Size(None, most), **more)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        if self.value_field is None:
            return dict(value)
        found: dict[str, Any] = {}
        wrong: dict[str, Any] = {}
        for name, entry in value.items():
            try:
                found[name] = self.value_field.deserialize(entry)
            except ValidationError as error:
                wrong[name] = error.messages
        if wrong:
            raise ValidationError(wrong, valid_data=found)
        return found


class Many(_Said, fields.List[Any]):
    default_error_messages: dict[str, Any] = {"invalid": _wrong(sentence("A list is wanted."))}  # noqa: RUF012 -- as marshmallow has it

    def __init__(self, inner: fields.Field[Any], most: int = 200, *, least: int = 0, **more: Any) -> None:
        super().__init__(inner, validate=_Size(least, most), **more)
