"""The hash chain of events, the salted digests of personal values, the root of a day's checkpoint. Pure.

Canonical JSON is RFC 8785 without floats: sorted keys, no spaces, UTF-8. What is verified are the stored bytes, never
values written anew.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NoReturn
from uuid import UUID

import msgspec

SALT_LENGTH = 16


def canonical(value: object) -> bytes:
    """The one way to write a value as JSON. Integers and decimal strings only: a float raises TypeError.

    Keys are texts, and ASCII: otherwise their order here is not that of RFC 8785.
    """
    text = msgspec.json.encode(value, order="sorted")
    try:
        _NO_FLOATS.decode(text)
    except msgspec.ValidationError as wrong:
        raise TypeError("a float has more than one spelling; use an integer or a decimal string") from wrong
    return text


def first_previous(case_id: UUID) -> bytes:
    """What the hash of a case's first event follows upon: of `case`, a line feed, the id as it is usually written."""
    return sha256(b"case\n" + str(case_id).encode()).digest()


def event_hash(previous: bytes, body: bytes) -> bytes:
    """Of `event`, a line feed, the 32 bytes of the hash before, the stored bytes."""
    return sha256(b"event\n" + previous + body).digest()


def first_break(case_id: UUID, events: Iterable[tuple[bytes, bytes]]) -> int | None:
    """The first seq, from 1, at which (body, hash) does not follow upon what came before; none if all do."""
    previous = first_previous(case_id)
    for seq, (body, stored) in enumerate(events, 1):
        if event_hash(previous, body) != stored:
            return seq
        previous = stored
    return None


def digest(salt: bytes, path: str, value: object) -> bytes:
    """Of the salt and the canonical [path, value], as SD-JWT does it (RFC 9901)."""
    if len(salt) != SALT_LENGTH:
        raise ValueError(f"a salt has {SALT_LENGTH} bytes, not {len(salt)}")
    return sha256(salt + canonical([path, value])).digest()


def withheld(salted: bytes) -> dict[str, str]:
    """What stands in an event in place of a personal value."""
    return {"#": salted.hex()}


def leaf(case_id: UUID, seq: int, head: bytes) -> bytes:
    """One case in a checkpoint: 16 bytes of its id, 8 of its seq, 32 of its head."""
    return case_id.bytes + seq.to_bytes(8, "big") + head


def checkpoint_root(previous: bytes | None, leaves: Iterable[bytes]) -> bytes:
    """The root over the root before (none for the first checkpoint) and the leaves, which are sorted here."""
    before = [] if previous is None else [previous]
    return merkle_root([*before, *sorted(leaves)])


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1. Level by level, an odd one left over goes up as it is: the same tree, and no recursion."""
    if not leaves:
        return sha256(b"").digest()
    level = [sha256(b"\x00" + entry).digest() for entry in leaves]
    while len(level) > 1:
        pairs = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = [*pairs, *level[len(pairs) * 2 :]]
    return level[0]


def _refuse_float(text: str) -> NoReturn:
    raise TypeError(text)


_NO_FLOATS = msgspec.json.Decoder(float_hook=_refuse_float)
