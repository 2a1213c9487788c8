"""`once` in the database: an HMAC of the values, so that an ID number cannot be found by trying."""

import hmac
from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, select

from workflow.cases.office import Secrets
from workflow.cases.rows import Write
from workflow.cases.tables import cases, once
from workflow.definition.model import Definition
from workflow.engine.moving import is_stopped
from workflow.engine.once import OnceKey, once_values
from workflow.engine.subject import Case, Round, Subject

_AT_ONCE = 500


def once_rows(definition: Definition, before: Subject | None, after: Subject, secrets: Secrets) -> Iterator[Write]:
    """The row that holds the values, and the one that is given free."""
    old = once_digests(definition, before, secrets) if before is not None else set()
    new = once_digests(definition, after, secrets)
    yield Write(once, "delete", [{"definition": definition.key, "digest": digest} for digest in old - new])
    yield Write(once, "insert", [{"definition": definition.key, "digest": digest} for digest in new - old])


def once_digests(definition: Definition, subject: Subject, secrets: Secrets) -> set[bytes]:
    """What no other may have: of a case its values, while it is not stopped; of a round organisation and nominal date."""
    if isinstance(subject, Round):
        text = msgspec.json.encode([definition.key, subject.unit, subject.nominal])
        return {hmac.new(secrets.key("round"), text, sha256).digest()}
    values = None if is_stopped(definition, subject) else once_values(definition, subject)
    return set() if values is None else {_digest(values, definition, secrets)}


def number_of_first(connection: Connection, definition: Definition, case: Case, secrets: Secrets) -> str:
    """The number of the case that holds these values already."""
    values = once_values(definition, case)
    if values is None:
        return "–"
    found = connection.execute(
        select(cases.c.number, cases.c.id)
        .join(once, once.c.case_id == cases.c.id)
        .where(once.c.definition == definition.key, once.c.digest == _digest(values, definition, secrets))
    ).one_or_none()
    return "–" if found is None else found.number or str(found.id)


def numbers_of_first(
    connection: Connection, definition: Definition, found: Sequence[Case], secrets: Secrets
) -> dict[str, str]:
    """Of cases that are not stored yet those whose values another holds already: by id, the number of that one."""
    digests = {
        case.id: _digest(values, definition, secrets)
        for case in found
        if (values := once_values(definition, case)) is not None
    }
    first: dict[bytes, tuple[str, str]] = {}
    wanted = sorted(set(digests.values()))
    for start in range(0, len(wanted), _AT_ONCE):
        rows = (
            select(once.c.digest, cases.c.number, cases.c.id)
            .join(cases, cases.c.id == once.c.case_id)
            .where(once.c.definition == definition.key, once.c.digest.in_(wanted[start : start + _AT_ONCE]))
        )
        first |= {bytes(row.digest): (str(row.id), row.number or str(row.id)) for row in connection.execute(rows)}
    return {case: first[digest][1] for case, digest in digests.items() if digest in first and first[digest][0] != case}


def is_once(violated: str) -> bool:
    """Whether what a database says was violated is the key of this table, by its name (PostgreSQL) or columns (SQLite)."""
    return "pk_once" in violated or "once.definition" in violated


def _digest(values: OnceKey, definition: Definition, secrets: Secrets) -> bytes:
    text = msgspec.json.encode([definition.key, *values])
    return hmac.new(secrets.key("once"), text, sha256).digest()
