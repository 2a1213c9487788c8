"""Whether what is written beside a case agrees with it: inbox, wake, right to read, effects, the round's view, notices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from workflow.cases.history import Event
from workflow.cases.office import Secrets
from workflow.cases.once import once_digests
from workflow.cases.projections import earliest, inbox_rows, ordered_rows, readers
from workflow.cases.tables import copied, effect, envelope, inbox, incident, notice, once, round_case, visible, wake
from workflow.definition.model import Definition
from workflow.engine.changes import Change
from workflow.engine.facts import case_facts
from workflow.engine.subject import Case, CaseFacts, Subject
from workflow.text import Sentence, sentence

_FACTS = msgspec.json.Decoder(CaseFacts)


@dataclass(slots=True)
class Beside:
    """The rows beside several subjects, by subject."""

    inbox: dict[UUID, dict[tuple[int, int], tuple[datetime, datetime]]] = field(default_factory=dict)
    wake: dict[UUID, datetime] = field(default_factory=dict)
    visible: dict[UUID, set[int]] = field(default_factory=dict)
    copied: dict[UUID, set[int]] = field(default_factory=dict)
    effects: dict[UUID, dict[tuple[int, int], tuple[str, str]]] = field(default_factory=dict)
    facts: dict[UUID, CaseFacts] = field(default_factory=dict)
    notices: dict[UUID, dict[int, Any]] = field(default_factory=dict)
    incidents: dict[UUID, set[int]] = field(default_factory=dict)
    once: dict[UUID, set[bytes]] = field(default_factory=dict)
    voted: dict[UUID, set[tuple[int, int]]] = field(
        default_factory=dict
    )  #: secretly, by task: who has nothing more to do


def read_beside(connection: Connection, ids: Sequence[UUID]) -> Beside:
    """One statement a table, however many subjects."""
    found = Beside()
    for row in connection.execute(select(inbox).where(inbox.c.case_id.in_(ids))):
        found.inbox.setdefault(row.case_id, {})[row.task, row.principal] = (row.due_at, row.opened_at)
    for row in connection.execute(select(wake).where(wake.c.case_id.in_(ids))):
        found.wake[row.case_id] = row.due_at
    for row in connection.execute(select(visible.c.case_id, visible.c.principal).where(visible.c.case_id.in_(ids))):
        found.visible.setdefault(row.case_id, set()).add(row.principal)
    for row in connection.execute(select(copied.c.case_id, copied.c.person).where(copied.c.case_id.in_(ids))):
        found.copied.setdefault(row.case_id, set()).add(row.person)
    for row in connection.execute(select(effect).where(effect.c.case_id.in_(ids))):
        found.effects.setdefault(row.case_id, {})[row.seq, row.no] = (row.kind, row.payload)
    for row in connection.execute(select(round_case).where(round_case.c.case_id.in_(ids))):
        found.facts[row.case_id] = _FACTS.decode(row.facts)
    for row in connection.execute(select(notice).where(notice.c.case_id.in_(ids))):
        found.notices.setdefault(row.case_id, {})[row.entry] = row
    open_ones = select(incident.c.case_id, incident.c.no).where(incident.c.ended_at.is_(None))
    for row in connection.execute(open_ones.where(incident.c.case_id.in_(ids))):
        found.incidents.setdefault(row.case_id, set()).add(row.no)
    for row in connection.execute(select(once).where(once.c.case_id.in_(ids))):
        found.once.setdefault(row.case_id, set()).add(bytes(row.digest))
    for row in connection.execute(select(envelope).where(envelope.c.case_id.in_(ids))):
        if row.person.isdigit():
            found.voted.setdefault(row.case_id, set()).add((row.poll, int(row.person)))
    return found


def disagreements(
    definition: Definition,
    subject: Subject,
    events: Sequence[tuple[Event, Sequence[Change]]],
    beside: Beside,
    secrets: Secrets,
) -> Iterator[Sentence]:
    """What the rows beside a subject say otherwise than its history."""
    key = UUID(subject.id)
    listed, wanted = beside.inbox.get(key, {}).items(), inbox_rows(definition, subject)
    voted = beside.voted.get(key, set())
    if not {item for item in wanted.items() if item[0] not in voted} <= listed <= wanted.items():
        yield sentence("its inbox rows are not those of its open tasks")
    if beside.wake.get(key) != earliest(subject):
        yield sentence("its wake is not that of its earliest timer")
    if not set(readers(subject)) <= beside.visible.get(key, set()):
        yield sentence("somebody who may read it cannot find it in his list")
    if _ordered(events) != _as_ordered(beside.effects.get(key, {})):
        yield sentence("what is to be done after it is not what its events ordered")
    if {found.number for found in subject.incidents} != beside.incidents.get(key, set()):
        yield sentence("the administrators' list does not have its incidents")
    if beside.once.get(key, set()) != once_digests(definition, subject, secrets):
        yield sentence("the values that only it may have are not kept for it")
    if isinstance(subject, Case):
        yield from _of_case(definition, subject, beside)


def _of_case(definition: Definition, case: Case, beside: Beside) -> Iterator[Sentence]:
    key = UUID(case.id)
    if set(case.copied) != beside.copied.get(key, set()):
        yield sentence("those to whom it was copied do not find it among their copies")
    known = beside.facts.get(key)
    facts = replace(case_facts(definition, case), seq=0) if case.round is not None else None
    if (replace(known, seq=0) if known else None) != facts:
        yield sentence("its round knows it otherwise than it is")
    rows = beside.notices.get(key, {})
    running = case.entry if case.entry is not None and case.entry.notice is not None else None
    if {number for number, row in rows.items() if row.ended_at is None} != ({running.number} if running else set()):
        yield sentence("the notices that run are not its own")
    elif running is not None and running.notice is not None:
        row, held = rows[running.number], running.notice
        if (row.begins, row.ends, row.held) != (held.begins, held.ends, held.held_since):
            yield sentence("its notice is published with other dates")


def _ordered(events: Sequence[tuple[Event, Sequence[Change]]]) -> dict[tuple[int, int], tuple[str, Any]]:
    rows = [row for one, changes in events for row in ordered_rows(changes, one.seq)]
    return _as_ordered({(row["seq"], row["no"]): (row["kind"], row["payload"]) for row in rows})


def _as_ordered(rows: dict[tuple[int, int], tuple[str, str]]) -> dict[tuple[int, int], tuple[str, Any]]:
    """Compared as values; what was said in an objection may have been erased since."""
    return {
        key: (kind, None if kind == "late_objection" else msgspec.json.decode(payload))
        for key, (kind, payload) in rows.items()
    }
