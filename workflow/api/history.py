"""The history of a case or a round: who did what, where it moved, what was said, and the hashes."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from workflow.api.asking import page_size
from workflow.api.paging import cursor, place_of
from workflow.api.showing import moment, named
from workflow.cases.history import unseal
from workflow.cases.listing import Held
from workflow.cases.tables import disclosure, event
from workflow.cases.versions import Version
from workflow.engine import changes as c
from workflow.engine.context import Context
from workflow.engine.sight import shown_data
from workflow.engine.subject import Case
from workflow.store.chain import first_previous
from workflow.store.metadata import instant_text


def history_page(
    connection: Connection, held: Held, version: Version, context: Context, query: dict[str, Any]
) -> dict[str, Any]:
    """From the first event on."""
    limit, subject = page_size(query), held.subject.id
    place = place_of(query.get("after"), subject, (int,))
    after = place[0] if place else 0
    found = _rows(connection, UUID(subject), after, limit)
    whole = not _withheld(version, held, context)
    items: list[dict[str, Any]] = []
    previous = first_previous(UUID(subject))
    for row in found:
        if row.seq > after:
            items.append(_event_view(row, previous, context, whole=whole))
        previous = bytes(row.hash)
    items = items[:limit]
    more = bool(found) and found[-1].seq > (items[-1]["seq"] if items else after)
    return {"items": items, "next": cursor((items[-1]["seq"],), subject) if more and items else None}


def _rows(connection: Connection, subject: UUID, after: int, limit: int) -> list[Any]:
    """With the one before the page, whose hash the first follows."""
    same = (disclosure.c.case_id == event.c.case_id) & (disclosure.c.seq == event.c.seq)
    rows = (
        select(event.c.seq, event.c.body, event.c.hash, disclosure.c["values"].label("disclosed"))
        .select_from(event.outerjoin(disclosure, same))
        .where(event.c.case_id == subject, event.c.seq >= after)
        .order_by(event.c.seq)
        .limit(limit + 2)
    )
    return list(connection.execute(rows).all())


def _withheld(version: Version, held: Held, context: Context) -> bool:
    """Whether there are fields that this reader does not see at all; they may stand in the stored bytes."""
    case = held.subject
    if not isinstance(case, Case):
        return False
    written = {name for name, kept in case.data.items() if kept is not None}
    return not written <= shown_data(version.definition, case, context).keys()


def _event_view(row: Any, previous: bytes, context: Context, *, whole: bool) -> dict[str, Any]:
    one, changes = unseal(row.body.encode(), row.disclosed)
    directory = context.directory
    return {
        "seq": one.seq,
        "at": instant_text(one.at),
        "as_of": moment(one.as_of),
        "by": named(one.by, directory),
        "acting_as": named(one.as_, directory),
        "acting_for": named(one.for_, directory),
        "service": one.service,
        "command": one.command,
        "moves": [
            {"state": change.state, "trigger": change.trigger, "came_from": change.came_from}
            for change in changes
            if isinstance(change, c.Entered)
        ],
        "texts": [{"kind": change.kind, "text": change.text} for change in changes if isinstance(change, c.Noted)],
        "hash": bytes(row.hash).hex(),
        "previous": previous.hex(),
        "body": row.body if whole else None,
    }
