"""Who is meant by a telling: those who hold a post now, their stand-ins, those without an account, an objector."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from workflow.cases.links import starter_contact
from workflow.engine import permit
from workflow.engine.changes import Told
from workflow.engine.context import Actor
from workflow.engine.directory import Directory, Person, Principal
from workflow.engine.subject import Case, CaseFacts, Holder, Subject, Task
from workflow.engine.who import STARTER_LINK, contact_of
from workflow.messages.addresses import Channel, channel_of, is_address
from workflow.messages.content import ABOUT_WORK
from workflow.messages.occasions import Occasion, objector_contact

RecipientKind = Literal["person", "link", "objection", "contact"]
#: A vote, a score card and a signature are given by nobody else.
_PERSONAL = ("ballot", "score", "signer")


@dataclass(frozen=True, slots=True)
class Recipient:
    """As a row names him, never by his contact where that stands elsewhere: what is erased there is erased here."""

    kind: RecipientKind
    key: str
    absent: Principal | None = None  #: for whom he stands in

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @property
    def person(self) -> Principal | None:
        return int(self.key) if self.kind == "person" else None

    @property
    def holder(self) -> Holder:
        """As a case names him."""
        return int(self.key) if self.kind == "person" else str(self)


def recipient_of(text: str) -> Recipient:
    kind, _, key = text.partition(":")
    assert kind in ("person", "link", "objection", "contact")
    return Recipient(kind, key)  # type: ignore[arg-type]  # one of these, as just seen


def recipients(told: Told, occasion: Occasion) -> list[Recipient]:
    """Everybody once, those named before their stand-ins."""
    named = [one for holder in told.who for one in _named(holder, occasion)]
    standing_in = [one for holder in told.who for one in _standing_in(holder, told, occasion)]
    found: dict[str, Recipient] = {}
    for one in (*named, *standing_in):
        found.setdefault(str(one), one)
    return list(found.values())


def sees(recipient: Recipient, told: Told, occasion: Occasion) -> bool:
    """Denied unless he may see the case; an objector is told of his own objection only."""
    match recipient.kind:
        case "person":
            seen = occasion.is_seen_by(Actor(person=recipient.person))
            return seen and (recipient.absent is None or _may_act_for(recipient, told, occasion))
        case "link":
            return occasion.is_seen_by(Actor(link=recipient.holder))
        case "objection":
            return told.kind == "objection"
    return False


def contact(
    connection: Connection, recipient: Recipient, subject: Subject | None, directory: Directory
) -> tuple[Channel, str] | None:
    """How and where he is reached now: by e-mail, else by his mobile."""
    match recipient.kind:
        case "person":
            person = directory.persons.get(int(recipient.key))
            return contact_of_person(person) if person is not None else None
        case "link":
            found = _of_link(connection, recipient, subject) if isinstance(subject, Case) else None
        case "objection":
            found = objector_contact(connection, UUID(subject.id), int(recipient.key)) if subject else None
        case "contact":
            found = recipient.key
    channel = channel_of(found)
    return None if channel is None or found is None else (channel, found)


def _of_link(connection: Connection, recipient: Recipient, case: Case) -> str | None:
    if recipient.holder == STARTER_LINK:
        return starter_contact(connection, UUID(case.id))
    return contact_of(recipient.holder, case)


def contact_of_person(person: Person) -> tuple[Channel, str] | None:
    if person.email is not None and is_address(person.email):
        return "mail", person.email
    return ("sms", person.mobile) if person.mobile is not None and channel_of(person.mobile) == "sms" else None


def _named(holder: Holder, occasion: Occasion) -> Iterator[Recipient]:
    directory, now = occasion.context.directory, occasion.context.now
    if isinstance(holder, str):
        if holder.startswith(("link:", "objection:")):
            yield recipient_of(holder)
    elif holder in directory.posts:
        yield from (Recipient("person", str(person)) for person in directory.holders(holder, now))
    elif directory.is_here(holder, now):
        yield Recipient("person", str(holder))


def _standing_in(holder: Holder, told: Told, occasion: Occasion) -> Iterator[Recipient]:
    """Of whoever holds a post always, of a person where it is about work; votes and score cards are his own."""
    directory, now = occasion.context.directory, occasion.context.now
    task = occasion.task(told.task)
    if not isinstance(holder, int) or (task is not None and task.kind in _PERSONAL):
        return
    if holder not in directory.posts and told.kind not in {*ABOUT_WORK, "returned"}:
        return
    persons = directory.holders(holder, now) if holder in directory.posts else (holder,)
    for absent in persons:
        for person in directory.standing_in_for(absent, occasion.definition.key, now):
            if directory.is_here(person, now):
                yield Recipient("person", str(person), absent)


def _may_act_for(recipient: Recipient, told: Told, occasion: Occasion) -> bool:
    """Recusal holds for the stand-in and for the one for whom he stands in."""
    task = occasion.task(told.task)
    if task is None:
        return True
    context = replace(occasion.context, actor=Actor(person=recipient.person))
    cases = _decided_by(task, occasion)
    return permit.why_not(occasion.definition, occasion.subject, task, cases, context) is None


def _decided_by(task: Task, occasion: Occasion) -> tuple[Case | CaseFacts, ...]:
    """The case, or those of the sitting that the task belongs to."""
    subject, view = occasion.subject, occasion.context.round
    if isinstance(subject, Case):
        return (subject,)
    sitting = next((one for one in subject.sittings if task in one.entry.tasks), None)
    known = (view.cases or ()) if view is not None else ()
    return tuple(case for case in known if sitting is not None and case.id in sitting.cases)
