"""Cursors: where a page ended, for the filter and order that it came from."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from workflow.api.schemas.values import LARGEST
from workflow.errors import InvalidData, Problem
from workflow.text import sentence

Kind = type[datetime] | type[UUID] | type[int] | type[str]


def cursor(place: Sequence[Any], filters: object) -> str:
    """An opaque text of a place in a list."""
    body = msgspec.json.encode([_mark(filters), [_plain(value) for value in place]])
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def place_of(text: str | None, filters: object, kinds: Sequence[Kind]) -> tuple[Any, ...] | None:
    """The place behind a cursor; none for the first page. Raises InvalidData for another list's cursor."""
    if not text:
        return None
    try:
        mark, values = msgspec.json.decode(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
        place = tuple(_TYPED[kind](value) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, TypeError, binascii.Error, msgspec.DecodeError, UnicodeError) as wrong:
        raise _foreign() from wrong
    if mark != _mark(filters):
        raise _foreign()
    return place


def _foreign() -> InvalidData:
    text = sentence("This cursor belongs to another list, filter or order; begin with the first page.")
    return InvalidData((Problem("/after", "data", text),))


def _mark(filters: object) -> str:
    return hashlib.sha256(repr(filters).encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    return found


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _uuid(value: Any) -> UUID:
    return UUID(_text(value))


_TYPED: Mapping[Kind, Callable[[Any], Any]] = {datetime: _moment, int: _whole, str: _text, UUID: _uuid}
