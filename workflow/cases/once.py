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
from workflow.engine.subject import Case

_AT_ONCE = 500


def once_rows(definition: Definition, before: Case | None, after: Case, secrets: Secrets) -> Iterator[Write]:
    """The row that holds the values, and the one that is given free."""
    old = once_values(definition, before) if before and not is_stopped(definition, before) else None
    new = once_values(definition, after) if not is_stopped(definition, after) else None
    if old == new:
        return
    if old is not None:
        yield Write(once, "delete", [{"definition": definition.key, "digest": _digest(old, definition, secrets)}])
    if new is not None:
        yield Write(once, "insert", [{"definition": definition.key, "digest": _digest(new, definition, secrets)}])


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


def _digest(values: OnceKey, definition: Definition, secrets: Secrets) -> bytes:
    text = msgspec.json.encode([definition.key, *values])
    return hmac.new(secrets.key("once"), text, sha256).digest()
