"""Undoing a wrong import by its number, while all its cases are drafts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, union, update

from workflow.cases.acting import act
from workflow.cases.contexts import context_of
from workflow.cases.office import Office
from workflow.cases.reading import subject_of
from workflow.cases.tables import cases
from workflow.definition.model import CANCELLED
from workflow.engine.commands import Operate
from workflow.engine.context import Actor, Context
from workflow.engine.directory import Principal
from workflow.engine.permit import is_administrator
from workflow.engine.subject import Case
from workflow.errors import NotFound, NotPermitted, Refused, Stale
from workflow.people import tables as people
from workflow.people.organisations import end_organisation
from workflow.records.importing import objects_of
from workflow.records.tables import import_batch
from workflow.text import Sentence, say, sentence

_AT_ONCE = 500
_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    number: int
    cancelled: int
    ended: int  #: proposed organisations that nothing else needs


def undo_import(office: Office, number: int, *, actor: Actor, reason: str = "") -> Undone:
    """Cancels the cases of an import, and ends the organisations that it proposed and nobody has used since.

    Raises NotFound, NotPermitted, or Refused with those that have moved: then nothing is undone. An undoing that was
    interrupted goes on where it stopped.
    """
    with office.database.read() as connection:
        batch = _batch(connection, number)
        found = _cases(connection, [UUID(case) for case in objects_of(connection, number, "case")])
        _permit(context_of(office, connection, actor), batch.by, found)
        moved = [case for case in found if case.state != CANCELLED and not _is_draft(office, connection, case)]
    if moved:
        raise Refused(_moved(moved))
    if batch.undone_at is not None:
        raise Refused(sentence("Import {number} was undone already.", number=number))
    said = reason or say("Import {number} was undone.", "zh", number=number)
    drafts = [case for case in found if case.state != CANCELLED]
    by = replace(actor, service="import")
    for case in drafts:
        _cancel(office, case, by, number, said)
    ended = _end_proposed(office, number)
    with office.database.write() as connection:
        now = office.database.now(connection)
        connection.execute(update(import_batch).where(import_batch.c.id == number).values(undone_at=now))
    return Undone(number=number, cancelled=len(drafts), ended=ended)


def _batch(connection: Connection, number: int) -> Any:
    table = import_batch.c
    rows = select(table.by, table.undone_at).where(table.id == number, table.kind == "nominations")
    batch = connection.execute(rows).one_or_none()
    if batch is None:
        raise NotFound(sentence("There is no import {number} of nominations.", number=number))
    return batch


def _permit(context: Context, by: Principal | None, found: Sequence[Case]) -> None:
    """The service itself; of persons who imported it, and administrators of all its units."""
    person = context.actor.person
    if person is None and context.actor.service is not None:
        return
    if person is not None and (person == by or all(is_administrator(case.unit, context) for case in found)):
        return
    raise NotPermitted


def _cases(connection: Connection, ids: Sequence[UUID]) -> list[Case]:
    found: dict[str, Case] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = select(cases).where(cases.c.id.in_(ids[start : start + _AT_ONCE]))
        for row in connection.execute(rows).mappings():
            case = subject_of(row)
            assert isinstance(case, Case)
            found[case.id] = case
    return [found[str(case)] for case in ids if str(case) in found]


def _is_draft(office: Office, connection: Connection, case: Case) -> bool:
    """Whether it never left its first state."""
    version = office.versions.get(connection, case.definition, case.version)
    return case.state == version.definition.first_state and case.entries == 1


def _cancel(office: Office, case: Case, actor: Actor, number: int, reason: str) -> None:
    """As it was read: what has moved meanwhile is left alone, and told."""
    command = Operate(operation="cancel", reason=reason)
    try:
        act(office, UUID(case.id), command, actor=actor, key=f"undo import {number}", expected=case.seq)
    except Stale as stale:
        raise Refused(_moved([case])) from stale


def _moved(moved: Sequence[Case]) -> Sentence:
    names = [case.number or case.subject for case in moved[:_NAMED]]
    return sentence(
        "{count} of its cases are no longer drafts: {cases}. Nothing was undone; cancel them one by one.",
        count=len(moved),
        cases=names,
    )


def _end_proposed(office: Office, number: int) -> int:
    with office.database.read() as connection:
        made = [int(unit) for unit in objects_of(connection, number, "organisation")]
        unused = [
            unit for start in range(0, len(made), _AT_ONCE) for unit in _unused(connection, made[start:][:_AT_ONCE])
        ]
    for unit in unused:
        end_organisation(office.database, unit)
    return len(unused)


def _unused(connection: Connection, units: Sequence[Principal]) -> list[Principal]:
    """Those that are proposed still, with nobody and nothing in them."""
    unit, post, holding, person = people.organisation.c, people.post, people.holding, people.person
    proposed = select(unit.id).where(unit.id.in_(units), unit.proposed, unit.valid_until.is_(None))
    used = union(
        select(post.c.organisation)
        .join(holding, holding.c.principal == post.c.id)
        .where(post.c.organisation.in_(units)),
        select(unit.parent).where(unit.parent.in_(units)),
        select(person.c.employer).where(person.c.employer.in_(units)),
        select(cases.c.unit).where(cases.c.unit.in_(units), cases.c.state != CANCELLED),
    )
    return sorted(set(connection.scalars(proposed)) - set(connection.scalars(used)))
