"""Links for people without an account: a code of which only the digest is kept.

A code opens the fields of one task only, may fire what its case offers him at any time, and holds until the task closes.
Looking at it never uses it up.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from workflow.cases.office import Office
from workflow.cases.tables import link
from workflow.engine.context import Actor
from workflow.engine.subject import Holder

#: Signs that are not mistaken for one another, as on paper.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 16
#: A link that nobody answers ends some time; the task's own end comes before.
LONGEST = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a code stands for: a task of a case, or the start of one."""

    case_id: UUID | None
    task: int | None
    holder: Holder | None
    definition: str | None = None
    round_id: UUID | None = None
    unit: int | None = None
    contact: str | None = None  #: of a start: where the code went, and where its case is told

    @property
    def actor(self) -> Actor:
        if isinstance(self.holder, int):
            return Actor(person=self.holder)
        return Actor(link=self.holder, public=self.case_id is None)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))


def digest_of(code: str) -> bytes:
    """Of the code as people write it: groups and small letters do not matter."""
    return sha256("".join(sign for sign in code.upper() if sign.isalnum()).encode()).digest()


def grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def issue(connection: Connection, found: Link, now: datetime) -> str:
    """A new code for a task or a start; the older ones of the same task hold as well."""
    code = new_code()
    payload: dict[str, Any] = {
        "holder": found.holder,
        "definition": found.definition,
        "round": str(found.round_id) if found.round_id else None,
        "unit": found.unit,
        "contact": found.contact,
    }
    connection.execute(
        insert(link).values(
            digest=digest_of(code),
            case_id=found.case_id,
            task=found.task,
            person=found.holder if isinstance(found.holder, int) else None,
            payload=msgspec.json.encode(payload).decode(),
            until=now + LONGEST,
        )
    )
    return code


def find(connection: Connection, code: str, now: datetime) -> Link | None:
    """What a code stands for; none for one that never was, or is over."""
    row = (
        connection.execute(select(link).where(link.c.digest == digest_of(code), link.c.until > now))
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    payload = msgspec.json.decode(row["payload"])
    return Link(
        case_id=None if payload.get("definition") else row["case_id"],
        task=row["task"],
        holder=payload.get("holder"),
        definition=payload.get("definition"),
        round_id=UUID(payload["round"]) if payload.get("round") else None,
        unit=payload.get("unit"),
        contact=payload.get("contact"),
    )


def begin_with(connection: Connection, code: str, case_id: UUID) -> None:
    """From now on the contact of this code is that of whoever started the case."""
    connection.execute(update(link).where(link.c.digest == digest_of(code)).values(case_id=case_id))


def starter_contact(connection: Connection, case_id: UUID) -> str | None:
    """Of whoever started a case by a link; none where he has an account, or the link is over."""
    for payload in connection.scalars(select(link.c.payload).where(link.c.case_id == case_id)):
        contact: str | None = msgspec.json.decode(payload).get("contact")
        if contact is not None:
            return contact
    return None


def forget_ended_links(office: Office, now: datetime) -> int:
    """Those that hold no more, with where they went; how many there were."""
    with office.database.one_statement() as connection:
        return connection.execute(delete(link).where(link.c.until <= now)).rowcount
