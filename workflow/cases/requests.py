"""How a request is known again: by its key and who asked, and by what it asked for."""

import hashlib

import msgspec

from workflow.engine.commands import Command
from workflow.engine.context import Actor


def request_of(actor: Actor, key: str) -> bytes:
    """A request key belongs to its actor: another's equal key is another."""
    who = f"{actor.person}/{actor.link}/{actor.service}/{actor.public}"
    return hashlib.sha256(f"{who}\n{key}".encode()).digest()[:16]


def fingerprint_of(command: Command) -> bytes:
    text = type(command).__name__.encode() + b"\n" + msgspec.json.encode(command, order="sorted")
    return hashlib.sha256(text).digest()[:16]
