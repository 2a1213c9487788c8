"""Finding what an address names, for whoever may see it; and showing what an act left."""

from typing import Any
from uuid import UUID

import structlog
from flask import Response, jsonify
from sqlalchemy import Connection, select

from workflow.api.asking import context_for, language, office
from workflow.api.objecting import with_objections
from workflow.api.schemas.cases import shape_of
from workflow.api.showing import case_view, round_view
from workflow.cases.acting import Outcome
from workflow.cases.contexts import with_round
from workflow.cases.desk import stored_events
from workflow.cases.effects import follow
from workflow.cases.history import folded
from workflow.cases.listing import Held
from workflow.cases.reading import load
from workflow.cases.tables import cases
from workflow.cases.versions import Version
from workflow.engine.context import Actor, Context
from workflow.engine.outlook import differences
from workflow.engine.permit import open_task
from workflow.engine.sight import knows_personal, may_see, may_see_round
from workflow.engine.subject import Case, Round, Subject, Task
from workflow.errors import NotFound, WorkflowError

log = structlog.get_logger()

Answer = tuple[dict[str, Any], int, dict[str, str]]
_LONGEST_NUMBER = 9


def uuid_of(text: str) -> UUID:
    """The id in an address; what is no id is not there."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise NotFound from wrong


def case_id_of(text: str) -> UUID:
    """The id of a case in an address; a round has addresses of its own."""
    return _id_of_kind(text, "case")


def round_id_of(text: str) -> UUID:
    return _id_of_kind(text, "round")


def _id_of_kind(text: str, kind: str) -> UUID:
    subject = uuid_of(text)
    with office().database.read() as connection:
        if connection.scalar(select(cases.c.kind).where(cases.c.id == subject)) != kind:
            raise NotFound
    return subject


def number_of(text: str) -> int:
    """A number in an address, that any database takes."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise NotFound
    return int(text)


def task_of(text: str) -> tuple[UUID, int]:
    """`{case}.{n}`."""
    subject, _, number = text.rpartition(".")
    return uuid_of(subject), number_of(number)


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


def seen_case(connection: Connection, text: str) -> tuple[Held, Version, Context]:
    held, version, context = seen(connection, uuid_of(text))
    if not isinstance(held.subject, Case):
        raise NotFound
    return held, version, context


def seen_round(connection: Connection, text: str) -> tuple[Held, Version, Context]:
    held, version, context = seen(connection, uuid_of(text))
    if not isinstance(held.subject, Round):
        raise NotFound
    return held, version, context


def seen_task(connection: Connection, text: str) -> tuple[Held, Version, Context, Task]:
    subject, number = task_of(text)
    held, version, context = seen(connection, subject)
    task = open_task(held.subject, number)
    if task is None:
        raise NotFound
    return held, version, context, task


class Rounds:
    """Contexts with the rounds of several subjects, each looked up once."""

    def __init__(self, connection: Connection, context: Context) -> None:
        self._connection, self._context = connection, context
        self._known: dict[str, Context] = {}

    def context_of(self, subject: Subject) -> Context:
        round_id = subject.id if isinstance(subject, Round) else subject.round
        if round_id is None:
            return self._context
        if round_id not in self._known:
            self._known[round_id] = with_round(self._connection, self._context, subject)
        return self._known[round_id]


def view(connection: Connection, held: Held, version: Version, context: Context) -> dict[str, Any]:
    """A case or round as JSON."""
    subject = held.subject
    if isinstance(subject, Round):
        return round_view(version, subject, held.head, context, language())
    shown = case_view(version, subject, held.head, context, language())
    return with_objections(connection, subject, shown)


def full_view(connection: Connection, held: Held, version: Version, context: Context) -> dict[str, Any]:
    """The same; of a returned case also what was written since."""
    shown = view(connection, held, version, context)
    if isinstance(held.subject, Case):
        shown["changed"] = _changed(connection, version, held.subject, context)
    return shown


def etag(subject: Subject) -> dict[str, str]:
    return {"ETag": f'"{subject.seq}"'}


def answered(outcome: Outcome, status: int = 200, *, actor: Actor | None = None) -> Answer:
    """What an act led to, with what followed from it at once, its ETag, and whether it is the answer of then."""
    if outcome.replayed:
        return _replayed(outcome, status, actor)
    subject = UUID(outcome.subject.id)
    follow_at_once(subject)
    with office().database.read() as connection:
        found = load(connection, subject)
        held = Held(*found) if found else Held(outcome.subject, outcome.head)
        context = context_for(connection, held.subject, actor)
        return full_view(connection, held, outcome.version, context), status, etag(held.subject)


def either(answer: Answer) -> Response:
    """A case, or of a sitting the round: as JSON by the shape that it has."""
    shown, status, headers = answer
    response = jsonify(shape_of(shown)().dump(shown))
    response.status_code = status
    response.headers.update(headers)
    return response


def follow_at_once(subject: UUID) -> None:
    """What an act ordered. It is committed, so what goes wrong here does not unsay it: the scheduler does the rest."""
    try:
        follow(office(), subject)
    except WorkflowError as error:
        log.warning("not_followed_at_once", case_id=str(subject), error=error.code)


def _replayed(outcome: Outcome, status: int, actor: Actor | None) -> Answer:
    with office().database.read() as connection:
        context = context_for(connection, outcome.subject, actor)
        body = full_view(connection, Held(outcome.subject, outcome.head), outcome.version, context)
    return body, status, {**etag(outcome.subject), "Idempotent-Replayed": "true"}


def _may_see(version: Version, subject: Subject, context: Context) -> bool:
    if isinstance(subject, Case):
        return may_see(version.definition, subject, context)
    return may_see_round(version.definition, subject, context)


def _changed(connection: Connection, version: Version, case: Case, context: Context) -> list[dict[str, Any]]:
    """What was written since the last return, for as long as the case has not come back to where it was returned from."""
    returned = case.returned
    if returned is None or case.ended_at is not None:
        return []
    events, _ = stored_events(connection, UUID(case.id), returned.seq)
    before = folded(events)
    if not isinstance(before, Case):
        return []
    definition = version.definition
    plain = {one.field: one for one in differences(definition, before, case, clear=True)}
    masked = {one.field: one for one in differences(definition, before, case, clear=False)}
    shown = [
        plain[name] if knows_personal(definition, definition.fields[name], case, context) else masked[name]
        for name in plain
    ]
    return [{"field": one.field, "before": one.before, "now": one.now} for one in shown]
