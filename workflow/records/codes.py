"""The numbers of certificates: nobody guesses one, and a slip in copying it is known for what it is.

Fifteen signs that are not mistaken for one another, and a sixteenth to check them. There are 31 signs, a prime, and each place
weighs differently: one wrong sign is always noticed, and so are two that changed places.
"""

import hmac
from hashlib import sha256
from typing import Final
from uuid import UUID

from workflow.cases.office import Secrets
from workflow.text import Sentence, sentence

#: Neither 0 and O nor 1, I and L.
SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH: Final = 16
_GROUP: Final = 4
_LONGEST: Final = 64


def code_of(secrets: Secrets, key: UUID) -> str:
    """Not to be guessed, and the same however often it is reckoned."""
    number = int.from_bytes(hmac.digest(secrets.key("honour"), key.bytes, sha256))
    signs = ""
    for _ in range(_LENGTH - 1):
        number, sign = divmod(number, len(SIGNS))
        signs += SIGNS[sign]
    return grouped(signs + _check(signs))


def grouped(code: str) -> str:
    """As it is printed, whether it was typed with or without hyphens, in capitals or not."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())[:_LONGEST]
    return "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))


def slip(code: str) -> Sentence | None:
    """What was likely mistyped in a number that no certificate has; none where it could be one."""
    plain = grouped(code).replace("-", "")
    strange = sorted({sign for sign in plain if sign not in SIGNS})
    if strange:
        return sentence("No number has the sign {signs}. The signs 0, 1, I, L and O never occur.", signs=strange)
    if len(plain) != _LENGTH:
        return sentence("A number has {length} signs, this one {count}.", length=_LENGTH, count=len(plain))
    if _check(plain[:-1]) != plain[-1]:
        return sentence("One sign is wrong, or two have changed places.")
    return None


def _check(signs: str) -> str:
    return SIGNS[sum(place * SIGNS.index(sign) for place, sign in enumerate(signs, start=2)) % len(SIGNS)]
