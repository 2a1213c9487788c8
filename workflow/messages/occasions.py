"""That of which people are told: the event, and the case or round as it now stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from workflow.cases.contexts import context_of, with_round
from workflow.cases.desk import stored_events
from workflow.cases.history import Event, folded, unseal
from workflow.cases.office import EffectToDo, Office
from workflow.cases.reading import load
from workflow.cases.tables import disclosure, event
from workflow.cases.versions import Version
from workflow.definition.model import Definition
from workflow.engine import changes as c
from workflow.engine.context import Actor, Context, Fact, SeededLot
from workflow.engine.outlook import differences
from workflow.engine.permit import open_task
from workflow.engine.sight import may_see, may_see_round
from workflow.engine.subject import Case, Objection, Round, Subject, Task

SERVICE = Actor(service="messages")
_EVENT = select(event.c.body, event.c.hash).where(
    event.c.case_id == bindparam("case", type_=event.c.case_id.type), event.c.seq == bindparam("number")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    subject: Subject
    version: Version
    context: Context
    event: Event
    changes: tuple[c.Change, ...]  #: of the event
    head: bytes  #: of the chain, as the event left it

    @property
    def definition(self) -> Definition:
        return self.version.definition

    @property
    def at(self) -> datetime:
        """The moment from which the event was reckoned: of a late timer, when it was due."""
        return self.event.as_of or self.event.at

    def told(self) -> Iterator[c.Told]:
        """All of which people are told by this event."""
        return (change for change in self.changes if isinstance(change, c.Told))

    def task(self, number: int | None) -> Task | None:
        return None if number is None else open_task(self.subject, number)

    def is_seen_by(self, actor: Actor) -> bool:
        return is_seen_by(self.definition, self.subject, replace(self.context, actor=actor))


def is_seen_by(definition: Definition, subject: Subject, context: Context) -> bool:
    if isinstance(subject, Round):
        return may_see_round(definition, subject, context)
    return may_see(definition, subject, context)


def occasion_of(
    office: Office,
    connection: Connection,
    todo: EffectToDo,
    case: str | None = None,
    unread: frozenset[Fact] = frozenset(),
) -> Occasion | None:
    """None where the case or the event is not there (any more). Of a round's event, what one of its cases is told.

    Who wants of it what is `unread` raises Missing.
    """
    found = load(connection, todo.case_id if case is None else UUID(case))
    row = connection.execute(_EVENT, {"case": todo.case_id, "number": todo.seq}).one_or_none()
    if found is None or row is None:
        return None
    subject = found[0]
    context = replace(context_of(office, connection, SERVICE), now=todo.at, lot=SeededLot(subject.id), unread=unread)
    happened, changes = unseal(row.body.encode(), None)
    return Occasion(
        subject=subject,
        version=office.versions.get(connection, subject.definition, subject.version),
        context=with_round(connection, context, subject),
        event=happened,
        changes=tuple(changes),
        head=bytes(row.hash),
    )


def changed_since_return(connection: Connection, occasion: Occasion, state: str | None) -> int | None:
    """How many fields are others than when this state returned the case; none where it has not."""
    case = occasion.subject
    if not isinstance(case, Case) or case.returned is None or case.returned.state != state:
        return None
    events, _ = stored_events(connection, UUID(case.id), case.returned.seq)
    before = folded(events)
    if not isinstance(before, Case):
        return None
    return len(differences(occasion.definition, before, case, clear=False))


def objection_of(occasion: Occasion, number: int) -> Objection | None:
    """As this event answered it: the notice itself may have ended with the same step."""
    answered = [change.objection for change in occasion.changes if isinstance(change, c.ObjectionAnswered)]
    return next((objection for objection in reversed(answered) if objection.number == number), None)


def objector_contact(connection: Connection, case_id: UUID, number: int) -> str | None:
    """What an objector left, if it has not been erased; it stands beside the event that took his objection."""
    rows = (
        select(event.c.body, disclosure.c["values"])
        .join(disclosure, (disclosure.c.case_id == event.c.case_id) & (disclosure.c.seq == event.c.seq))
        .where(event.c.case_id == case_id, event.c.body.contains('"objection_taken"'))
    )
    for body, disclosed in connection.execute(rows):
        for change in unseal(body.encode(), disclosed)[1]:
            if isinstance(change, c.ObjectionTaken) and change.objection.number == number:
                return change.contact
    return None
