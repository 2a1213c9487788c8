"""Events: what an act changed, as canonical bytes in a hash chain, with personal values beside them.

Folding applies what was recorded and never decides again. Personal values and free text stand in the body as salted
digests; the values with their salts are in the disclosure, so that erasing them keeps the chain.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from workflow.definition.model import Definition, Field
from workflow.engine.apply import fold
from workflow.engine.changes import PRIVATE, AnyChange, Change
from workflow.engine.commands import Command
from workflow.engine.subject import Case, Holder, Round, Subject
from workflow.store.chain import SALT_LENGTH, canonical, digest, withheld
from workflow.store.metadata import instant_text

#: Version of the body's schema; a change of it comes with an up-caster on reading.
SCHEMA = 1
ENGINE = "0.1"

_SEALED_TYPES = frozenset({"text", "long_text", "mobile", "email", "id_number", "table"})
_CHANGES = msgspec.json.Decoder(list[AnyChange])


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"as_": "as", "for_": "for"}):
    """One line of a history: one act, with every change that followed from it."""

    v: int
    case: str
    seq: int
    at: datetime
    as_of: datetime | None = None  #: the moment it was reckoned from, where the clock was later
    by: Holder | None = None
    as_: Holder | None = None  #: the principal that gave the right
    for_: int | None = None  #: for whom he stood in
    service: str | None = None
    command: dict[str, Any]
    changes: list[Any]
    definition: int  #: version
    sha256: str | None = None  #: of the version's texts, in the first event
    engine: str = ENGINE


class Disclosure(Struct, frozen=True, array_like=True):
    """A value that stands in the body as a digest only."""

    path: str
    salt: str
    value: Any


_DISCLOSURES = msgspec.json.Decoder(list[Disclosure])
_EVENT = msgspec.json.Decoder(Event)


def described(command: Command) -> dict[str, Any]:
    """The command without what the changes hold: its kind, and which task, trigger, timer or operation."""
    found: dict[str, Any] = {"kind": _snake(type(command).__name__)}
    for name in ("task", "trigger", "operation", "timer", "incident", "number", "state", "name", "entry", "objection"):
        value = getattr(command, name, None)
        if isinstance(value, str | int) and value != "":
            found[name] = value
    return found


def seal(
    definition: Definition, changes: Sequence[Change], salt: Callable[[], bytes] | None = None
) -> tuple[list[Any], list[Disclosure]]:
    """The changes as they stand in the body, and what is kept beside it."""
    salted = salt or (lambda: os.urandom(SALT_LENGTH))
    disclosures: list[Disclosure] = []
    built: list[Any] = []
    for number, change in enumerate(changes):
        body: dict[str, Any] = plain(change)
        kind = body["#"]
        for name in PRIVATE.get(kind, ()):
            _withhold(body, name, f"{number}.{name}", salted, disclosures)
        if kind == "data_set":
            for name in body["values"]:
                if _is_sealed(definition, name):
                    _withhold(body["values"], name, f"{number}.values.{name}", salted, disclosures)
        built.append(body)
    return built, disclosures


def unseal(body: bytes, disclosed: str | None) -> tuple[Event, list[Change]]:
    """The event and its changes with the values that are still there; an erased one is empty."""
    event = _EVENT.decode(body)
    values = {entry.path: entry.value for entry in _DISCLOSURES.decode(disclosed)} if disclosed else {}
    for number, change in enumerate(event.changes):
        for name in PRIVATE.get(change["#"], ()):
            _put_back(change, name, values.get(f"{number}.{name}"), empty="" if name in ("text", "subject") else None)
        if change["#"] == "data_set":
            for name in change["values"]:
                _put_back(change["values"], name, values.get(f"{number}.values.{name}"), empty=None)
    return event, list(_CHANGES.decode(msgspec.json.encode(event.changes)))


def body_of(event: Event) -> bytes:
    """The bytes that are stored and hashed."""
    return canonical(plain(event))


def plain(value: Any) -> Any:
    """A value as JSON keeps it: instants in UTC and of one width, whatever zone they were reckoned in."""
    return _with_instants(msgspec.to_builtins(value, builtin_types=(datetime,)))


def _with_instants(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, dict):
        return {name: _with_instants(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_with_instants(part) for part in value]
    return value


def encode_disclosures(disclosures: Iterable[Disclosure]) -> str | None:
    listed = list(disclosures)
    return msgspec.json.encode(listed).decode() if listed else None


def check_disclosures(body: bytes, disclosed: str | None) -> str | None:
    """The path of a value that does not fit its digest in the body; none if all do."""
    event = _EVENT.decode(body)
    for entry in _DISCLOSURES.decode(disclosed) if disclosed else ():
        standing: Any = event.changes
        for part in entry.path.split("."):
            standing = standing[int(part)] if isinstance(standing, list) else standing.get(part)
        if standing != withheld(digest(bytes.fromhex(entry.salt), entry.path, entry.value)):
            return entry.path
    return None


def fold_events(events: Iterable[tuple[bytes, str | None]]) -> Iterator[tuple[Event, Subject]]:
    """The subject after each event, from the first on."""
    subject: Subject | None = None
    for body, disclosed in events:
        event, changes = unseal(body, disclosed)
        subject = with_seq(fold(subject, changes), event.seq)
        yield event, subject


def with_seq(subject: Subject, seq: int) -> Subject:
    return replace(subject, seq=seq)


def folded(events: Iterable[tuple[bytes, str | None]]) -> Case | Round:
    """The subject after all events."""
    subject: Subject | None = None
    for _, found in fold_events(events):
        subject = found
    assert subject is not None
    return subject


def _withhold(
    holder: dict[str, Any], name: str, path: str, salt: Callable[[], bytes], disclosures: list[Disclosure]
) -> None:
    value = holder.get(name)
    if value in (None, "", [], ()):
        return
    grain = salt()
    disclosures.append(Disclosure(path, grain.hex(), value))
    holder[name] = withheld(digest(grain, path, value))


def _put_back(holder: dict[str, Any], name: str, value: Any, empty: Any) -> None:
    standing = holder.get(name)
    if isinstance(standing, dict) and set(standing) == {"#"}:
        holder[name] = empty if value is None else value


def _is_sealed(definition: Definition, name: str) -> bool:
    """Free text and personal values: of a round the fields are no one's own."""
    field: Field | None = definition.fields.get(name)
    return field is not None and (field.private or field.type in _SEALED_TYPES)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
