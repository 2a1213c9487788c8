"""E-mail addresses, mobiles, and the addresses of pages; and what may stand in a line of a mail's head."""

import re
from typing import Literal
from unicodedata import category
from urllib.parse import quote

from workflow.definition.form.keeping import MOBILE

Channel = Literal["mail", "sms"]

#: As mail servers take them without extensions (RFC 5321); nothing of it can end a line of the head.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
_LONGEST_ADDRESS = 254
_LONGEST_LINE = 200
#: They reverse what follows, or do not show: a name could pass for another.
_UNSEEN = frozenset("\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")


def is_address(text: str) -> bool:
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def channel_of(contact: str | None) -> Channel | None:
    """How a contact can be reached, if at all."""
    if contact is None:
        return None
    if is_address(contact):
        return "mail"
    return "sms" if MOBILE.fullmatch(contact) else None


def masked(contact: str) -> str:
    """As operators see it: 138****0001, z***@example.org."""
    name, at, domain = contact.partition("@")
    return f"{name[:1]}***@{domain}" if at else f"{contact[:3]}****{contact[-4:]}"


def one_line(text: str) -> str:
    """A text of people as one line, without signs that end it, do not show, or turn it round. Rare characters stay."""
    seen = (" " if category(sign) in ("Cc", "Zl", "Zp", "Zs") else sign for sign in text if not _is_unseen(sign))
    return " ".join("".join(seen).split())[:_LONGEST_LINE]


def _is_unseen(sign: str) -> bool:
    """Private signs are shown: names are written with them where Unicode has no sign yet."""
    return sign in _UNSEEN or category(sign) in ("Cs", "Cn")


# --- pages


def task_page(base: str, case: str, task: int) -> str:
    return f"{_root(base)}/t/{case}.{task}"


def subject_page(base: str, subject: str, *, is_round: bool) -> str:
    return f"{_root(base)}/{'rounds' if is_round else 'cases'}/{subject}"


def link_page(base: str, code: str) -> str:
    return f"{_root(base)}/l/{quote(code, safe='')}"


def inbox_page(base: str) -> str:
    return f"{_root(base)}/inbox"


def password_page(base: str, code: str) -> str:
    return f"{_root(base)}/password/{quote(code, safe='')}"


def objection_page(base: str) -> str:
    return f"{_root(base)}/objections"


def own_page(base: str) -> str:
    return f"{_root(base)}/me"


def _root(base: str) -> str:
    return base.rstrip("/")
