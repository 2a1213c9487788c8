"""The envelopes of secret ballots: a vote sealed to the key of its poll, and how that key is kept.

The private key lies wrapped by a key outside the database. What is random in an envelope follows from the request that it
came with and from the wrapped key: the same request makes the same envelope, with the same receipt, for as long as the
poll is open. With the key's deletion at the closing nobody can make it again, whoever knows the request.
"""

import hmac
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workflow.cases.office import Secrets
from workflow.engine.subject import Vote
from workflow.errors import CannotRun
from workflow.text import sentence

_NONCE = 16
_BLOCK = 64  #: every sealed vote has the length of a multiple of this
_KEY = 32
_IV = 12
_WRAP = b"yangguang ballot key"


def new_key(secrets: Secrets) -> tuple[bytes, bytes]:
    """A poll's private key, wrapped, and its public one."""
    private, iv = X25519PrivateKey.generate(), os.urandom(_IV)
    wrapped = iv + ChaCha20Poly1305(secrets.key("ballot")).encrypt(iv, private.private_bytes_raw(), _WRAP)
    return wrapped, private.public_key().public_bytes_raw()


def unwrapped(wrapped: bytes, secrets: Secrets) -> X25519PrivateKey:
    try:
        raw = ChaCha20Poly1305(secrets.key("ballot")).decrypt(wrapped[:_IV], wrapped[_IV:], _WRAP)
    except (InvalidTag, ValueError) as wrong:
        reason = sentence("the secret of this installation is another than the one with which the ballot was opened")
        raise CannotRun(reason=reason) from wrong
    return X25519PrivateKey.from_private_bytes(raw)


def seed_of(request: bytes, wrapped: bytes, secrets: Secrets) -> bytes:
    """What is random in the envelope of a request, until the wrapped key is deleted."""
    return hmac.digest(secrets.key("envelope"), sha256(wrapped).digest() + request, "sha256")


def receipt_of(seed: bytes) -> bytes:
    """The nonce in the envelope, by which a voter finds his ballot among all."""
    return hmac.digest(seed, b"receipt", "sha256")[:_NONCE]


def place_of(subject: UUID, number: int, person: str) -> bytes:
    """Of which ballot an envelope is, and whose: one that was put elsewhere does not open."""
    return f"{subject}/{number}/{person}".encode()


def seal(vote: Vote, seed: bytes, public: bytes, place: bytes) -> bytes:
    """The same vote with the same seed is the same envelope; another vote has another IV and the same beginning."""
    plain = receipt_of(seed) + choice_of(vote).encode()
    padded = plain + b"\x00" * (-len(plain) % _BLOCK)
    ephemeral = _ephemeral(seed)
    key = _shared(ephemeral.exchange(X25519PublicKey.from_public_bytes(public)))
    mine = ephemeral.public_key().public_bytes_raw()
    iv = hmac.digest(seed, b"iv" + padded, "sha256")[:_IV]
    return mine + iv + ChaCha20Poly1305(key).encrypt(iv, padded, mine + place)


def is_of_request(sealed: bytes, seed: bytes) -> bool:
    """Whether an envelope came with the request of this seed, whatever is in it."""
    return hmac.compare_digest(sealed[:_KEY], _ephemeral(seed).public_key().public_bytes_raw())


def open_sealed(sealed: bytes, private: X25519PrivateKey, place: bytes) -> tuple[bytes, Vote]:
    """The nonce and the vote, without its voter. Raises CannotRun for what was altered or put elsewhere."""
    mine, iv, rest = sealed[:_KEY], sealed[_KEY : _KEY + _IV], sealed[_KEY + _IV :]
    try:
        key = _shared(private.exchange(X25519PublicKey.from_public_bytes(mine)))
        plain = ChaCha20Poly1305(key).decrypt(iv, rest, mine + place).rstrip(b"\x00")
    except (InvalidTag, ValueError) as wrong:
        raise CannotRun(sentence("An envelope of a secret ballot was altered; restore a backup.")) from wrong
    return plain[:_NONCE], msgspec.convert({**msgspec.json.decode(plain[_NONCE:]), "by": 0}, Vote)


def choice_of(vote: Vote) -> str:
    """What was chosen, without by whom."""
    kept: Mapping[str, Any] = msgspec.to_builtins(vote)
    return msgspec.json.encode({name: value for name, value in kept.items() if name != "by"}, order="sorted").decode()


def _ephemeral(seed: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(hmac.digest(seed, b"ephemeral", "sha256"))


def _shared(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"yangguang envelope").derive(secret)
