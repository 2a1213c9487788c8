"""Finding what an address names, for whoever may see it; and showing what an act left."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from workflow.api.asking import context_for, language, office
from workflow.api.showing import case_view, round_view
from workflow.cases.acting import Outcome
from workflow.cases.desk import stored_events
from workflow.cases.effects import follow
from workflow.cases.history import folded
from workflow.cases.listing import Held
from workflow.cases.reading import load
from workflow.cases.versions import Version
from workflow.engine.context import Actor, Context
from workflow.engine.outlook import differences
from workflow.engine.permit import open_task
from workflow.engine.sight import knows_personal, may_see, may_see_round
from workflow.engine.subject import Case, Round, Subject, Task
from workflow.errors import NotFound

Answer = tuple[dict[str, Any], int, dict[str, str]]


def uuid_of(text: str) -> UUID:
    """The id in an address; what is no id is not there."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise NotFound from wrong


def task_of(text: str) -> tuple[UUID, int]:
    """`{case}.{n}`."""
    subject, _, number = text.rpartition(".")
    if not number.isdigit():
        raise NotFound
    return uuid_of(subject), int(number)


def seen(connection: Connection, subject: UUID, actor: Actor | None = None) -> tuple[Held, Version, Context]:
    """A case or round that this reader may see; raises NotFound alike where there is none."""
    found = load(connection, subject)
    if found is None:
        raise NotFound
    held = Held(*found)
    version = office().versions.get(connection, held.subject.definition, held.subject.version)
    context = context_for(connection, held.subject, actor)
    if not _may_see(version, held.subject, context):
        raise NotFound
    return held, version, context


def seen_task(connection: Connection, text: str) -> tuple[Held, Version, Context, Task]:
    subject, number = task_of(text)
    held, version, context = seen(connection, subject)
    task = open_task(held.subject, number)
    if task is None:
        raise NotFound
    return held, version, context, task


def view(connection: Connection, held: Held, version: Version, context: Context) -> dict[str, Any]:
    """A case or round as JSON; of a returned case also what was written since."""
    subject = held.subject
    if isinstance(subject, Round):
        return round_view(version, subject, held.head, context, language())
    shown = case_view(version, subject, held.head, context, language())
    shown["changed"] = _changed(connection, version, subject, context)
    return shown


def answered(
    outcome: Outcome, status: int = 200, *, actor: Actor | None = None, more: Mapping[str, Any] | None = None
) -> Answer:
    """What an act led to, with what followed from it at once, its ETag, and whether it is the answer of then."""
    subject = UUID(outcome.subject.id)
    if outcome.replayed:
        return _replayed(outcome, status, actor)
    follow(office(), subject)
    with office().database.read() as connection:
        found = load(connection, subject)
        held = Held(*found) if found else Held(outcome.subject, outcome.head)
        context = context_for(connection, held.subject, actor)
        body = {**view(connection, held, outcome.version, context), **(more or {})}
    return body, status, {"ETag": f'"{held.subject.seq}"'}


def _replayed(outcome: Outcome, status: int, actor: Actor | None) -> Answer:
    with office().database.read() as connection:
        context = context_for(connection, outcome.subject, actor)
        body = view(connection, Held(outcome.subject, outcome.head), outcome.version, context)
    return body, status, {"ETag": f'"{outcome.seq}"', "Idempotent-Replayed": "true"}


def _may_see(version: Version, subject: Subject, context: Context) -> bool:
    if isinstance(subject, Case):
        return may_see(version.definition, subject, context)
    return may_see_round(version.definition, subject, context)


def _changed(connection: Connection, version: Version, case: Case, context: Context) -> list[dict[str, Any]]:
    """What is another since the last return, for as long as the case has not come back to where it was returned from."""
    returned = case.returned
    if returned is None or case.ended_at is not None:
        return []
    events, _ = stored_events(connection, UUID(case.id), returned.seq)
    before = folded(events)
    if not isinstance(before, Case):
        return []
    plain = {one.field: one for one in differences(version.definition, before, case, clear=True)}
    masked = {one.field: one for one in differences(version.definition, before, case, clear=False)}
    fields = version.definition.fields
    shown = [
        plain[name] if knows_personal(version.definition, fields[name], case, context) else masked[name]
        for name in plain
    ]
    return [{"field": one.field, "before": one.before, "now": one.now} for one in shown]
