"""What ballots came to, as JSON: the turnout for those who oversee a case, the result for all who may see it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from workflow.api.asking import page_size
from workflow.api.paging import cursor, place_of
from workflow.api.showing import label, moment, named, task_id
from workflow.cases.polls import Box, has_voted
from workflow.cases.results import Held, ballots_of, choices_of, turnout_of, votes_of
from workflow.cases.versions import Version
from workflow.engine.branches import BranchCounts
from workflow.engine.context import Context
from workflow.engine.directory import Directory
from workflow.engine.sight import oversees
from workflow.engine.subject import Case
from workflow.store.metadata import instant_text


def results(connection: Connection, version: Version, case: Case, context: Context) -> list[dict[str, Any]]:
    """All ballots of a case, as whoever looks may see them."""
    return [_view(connection, version, case, held, context) for held in ballots_of(connection, UUID(case.id))]


def votes_page(connection: Connection, box: Box, query: dict[str, Any]) -> dict[str, Any]:
    """The votes of a secret ballot, in the order of their receipts; empty until it is closed."""
    limit, filters = page_size(query), (str(box.subject), box.number)
    place = place_of(query.get("after"), filters, (str,))
    found = votes_of(connection, box, after=place[0] if place else "", limit=limit + 1)
    items: list[dict[str, Any]] = []
    for vote in found[:limit]:
        chosen = choices_of(vote)
        items.append(
            {
                "receipt": vote.receipt,
                "vote": chosen.get("choice"),
                "items": chosen.get("items", {}),
                "rows": chosen.get("rows", []),
                "votes": chosen.get("votes", {}),
                "body": vote.body,
            }
        )
    return {"items": items, "next": cursor((items[-1]["receipt"],), filters) if len(found) > limit else None}


def _view(connection: Connection, version: Version, case: Case, held: Held, context: Context) -> dict[str, Any]:
    counted, task = held.counted, held.task
    running = any(task.id == one.id for one in case.entry.tasks) if case.entry else False
    cast, branches = (counted.counts.get("cast"), counted.branches) if counted else (None, ())
    if running and oversees(version.definition, case, context):
        cast, branches = turnout_of(connection, version.definition, case, context.directory)
    return {
        "task": task_id(case.id, task.id),
        "state": task.name,
        "state_label": label(version.definition.states[task.name].label),
        "secret": held.secret,
        "open": running,
        "opened_at": instant_text(task.opened_at),
        "due_at": moment(task.due),
        "closed_at": moment(counted.at) if counted else None,
        "cast": cast,
        "counts": counted.counts if counted else None,
        "branches": list(_branches(branches, context.directory)),
        "root": counted.root if counted else None,
        "voted": _voted(connection, case, held, context),
    }


def _voted(connection: Connection, case: Case, held: Held, context: Context) -> bool | None:
    who = context.actor.holder
    return has_voted(connection, Box(UUID(case.id), held.task.id), who) if who is not None and held.secret else None


def _branches(branches: Iterable[BranchCounts], directory: Directory) -> Iterable[dict[str, Any]]:
    for one in branches:
        yield {"units": [named(unit, directory) for unit in one.units], "counts": one.counts}
