"""`tell`: what a step tells becomes one row a recipient. It may be repeated; the same order makes the same rows."""

import hmac
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.cases import links
from workflow.cases.office import EffectToDo, Office
from workflow.definition.words import ANSWERS
from workflow.engine import changes as c
from workflow.engine.changes import Told
from workflow.engine.context import Fact, Missing
from workflow.engine.moving import is_stopped
from workflow.engine.subject import Case, Round, Subject, Task, Timer
from workflow.engine.work import field_moment
from workflow.messages.addresses import one_line
from workflow.messages.content import ABOUT_WORK, Content, as_body
from workflow.messages.envelopes import message_id
from workflow.messages.occasions import Occasion, changed_since_return, objection_of, occasion_of
from workflow.messages.own_texts import own_text
from workflow.messages.recipients import Recipient, contact, recipients, sees
from workflow.messages.tables import message
from workflow.messages.wording import Wording
from workflow.text import Label, Language

log = structlog.get_logger()

#: Of a round with a thousand cases they cost more than all the rest.
_FIGURES: frozenset[Fact] = frozenset({"figures"})
Counted = Counter[str]  #: told, unseen (he may not see the case), unreachable (no e-mail and no mobile)


def tell(office: Office, connection: Connection, todo: EffectToDo) -> None:
    """The recorder for effects of kind `tell`."""
    enqueue_told(office, connection, todo)


def enqueue_told(office: Office, connection: Connection, todo: EffectToDo) -> Counted:
    """The rows of one telling, within the transaction that marks it as done; how many were told, and how many not."""
    told = msgspec.convert(todo.payload, Told)
    try:
        return _enqueue(office, connection, todo, told, _FIGURES)
    except Missing:  # before anything was written: a rule that says who may see it asks for figures of the round
        return _enqueue(office, connection, todo, told, frozenset())


def _enqueue(office: Office, connection: Connection, todo: EffectToDo, told: Told, unread: frozenset[Fact]) -> Counted:
    occasion = occasion_of(office, connection, todo, told.case, unread)
    if occasion is None or _is_over(told, occasion):
        return Counter()
    counted: Counted = Counter()
    rows: dict[bytes, tuple[Recipient, str]] = {}
    told_better = _told_better(told, occasion)
    for recipient in recipients(told, occasion):
        if str(recipient) in told_better:
            continue
        reached = contact(connection, recipient, occasion.subject, occasion.context.directory)
        if not sees(recipient, told, occasion):
            counted["unseen"] += 1
        elif reached is None:
            counted["unreachable"] += 1
        else:
            rows[_id(office, todo, recipient)] = recipient, reached[0]
    counted["told"] = _insert(connection, rows, told, occasion, todo)
    if counted["unseen"] or counted["unreachable"]:
        log.info("not_all_told", case_id=str(todo.case_id), seq=todo.seq, kind=told.kind, **counted)
    return counted


def _id(office: Office, todo: EffectToDo, recipient: Recipient) -> bytes:
    """Keyed, so that the same round in two installations does not make mails with the same Message-ID."""
    order = f"{todo.case_id}/{todo.seq}/{todo.number}/{recipient}"
    return hmac.digest(office.secrets.key("message"), order.encode(), "sha256")


def _insert(
    connection: Connection,
    wanted: dict[bytes, tuple[Recipient, str]],
    told: Told,
    occasion: Occasion,
    todo: EffectToDo,
) -> int:
    """Those that are not there yet: a repeat neither writes a row nor issues a code."""
    there = set(connection.scalars(select(message.c.id).where(message.c.id.in_(wanted))))
    rows = [
        _row(key, recipient, channel, _content(connection, told, recipient, occasion), occasion.at, todo)
        for key, (recipient, channel) in wanted.items()
        if key not in there
    ]
    insert_messages(connection, rows)
    return len(rows)


def insert_messages(connection: Connection, rows: list[dict[str, Any]]) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    if rows:
        connection.execute(dialect.insert(message).on_conflict_do_nothing(), rows)


def new_row(
    key: bytes, recipient: Recipient, channel: str, content: Content, *, at: datetime, now: datetime
) -> dict[str, Any]:
    """A message that is due at once. A reminder that waits for others of its moment has nothing in `joined` yet."""
    alone = content.kind != "reminder" or content.text is not None or recipient.kind != "person"
    return {
        "id": key,
        "case_id": UUID(content.subject) if content.subject is not None else None,
        "kind": content.kind,
        "recipient": str(recipient),
        "channel": channel,
        "subject": None,
        "body": as_body(content),
        "message_id": message_id(key),
        "at": at,
        "joined": key if alone and content.kind == "reminder" else None,
        "next_at": now,
        "attempts": 0,
        "state": "pending",
        "error": None,
        "created_at": now,
        "delivered_at": None,
    }


def _row(
    key: bytes, recipient: Recipient, channel: str, content: Content, at: datetime, todo: EffectToDo
) -> dict[str, Any]:
    return new_row(key, recipient, channel, content, at=at, now=todo.at)


# --- whether it is told


def _is_over(told: Told, occasion: Occasion) -> bool:
    """Work that was done before anybody could be told of it."""
    return told.kind in ABOUT_WORK and told.task is not None and occasion.task(told.task) is None


def _told_better(told: Told, occasion: Occasion) -> set[str]:
    """Of one event nobody is told twice: a return brings the task with it, an end is news enough."""
    others = (another for another in occasion.told() if another.case == told.case and _says_more(another, told))
    return {str(recipient) for another in others for recipient in recipients(another, occasion)}


def _says_more(another: Told, told: Told) -> bool:
    match told.kind:
        case "task":
            return another.kind == "returned"
        case "state" if told.text is None:
            return another.kind in ("ended", "returned") or (another.kind == "task" and another.state == told.state)
        case "ended":
            return another.kind == "state" and another.text is not None and another.state == told.state
    return False


# --- what it says


def _content(connection: Connection, told: Told, recipient: Recipient, occasion: Occasion) -> Content:
    directory = occasion.context.directory
    person = directory.persons.get(recipient.person) if recipient.person is not None else None
    language: Language = person.language if person is not None else "zh"
    content = _about(occasion, told, language)
    content = msgspec.structs.replace(content, **_of_kind(connection, told, recipient, occasion, content))
    if recipient.absent is not None:
        content = msgspec.structs.replace(content, absent=directory.name_of(recipient.absent))
    if _answers_by_link(recipient, content, occasion):
        asked = links.Link(case_id=UUID(occasion.subject.id), task=content.task, holder=recipient.holder)
        content = msgspec.structs.replace(content, code=links.issue(connection, asked, occasion.context.now))
    if told.text is not None:
        wording = Wording(language=language, calendar=occasion.context.calendar, now=occasion.context.now)
        text = own_text(told.text, content, occasion.subject, occasion.version, directory, wording)
        content = msgspec.structs.replace(content, text=text)
    return content


def _answers_by_link(recipient: Recipient, content: Content, occasion: Occasion) -> bool:
    """Whoever has no account; of persons those who vote, and members, who hold no post: for one, people are invited."""
    directory = occasion.context.directory
    person = directory.persons.get(recipient.person) if recipient.person is not None else None
    if person is None or person.login is not None:
        return recipient.kind == "link"
    return content.asks == "ballot" or not directory.posts_of(person.id, occasion.context.now)


def _about(occasion: Occasion, told: Told, language: Language) -> Content:
    """What is said of every case and round."""
    subject, definition = occasion.subject, occasion.definition
    state = definition.states.get(told.state) if told.state is not None else None
    return Content(
        kind=told.kind,
        language=language,
        subject=subject.id,
        **_named(subject, definition.title),
        title=definition.title,
        unit=occasion.context.directory.name_of(subject.unit),
        state=state.label if state is not None else None,
        due=told.due,
        late=told.late,
        seq=occasion.event.seq,
        head=occasion.head.hex()[:16],
    )


def _named(subject: Subject, title: Label) -> dict[str, Any]:
    """What it is called; a round without a name of its own, as its definition is."""
    if isinstance(subject, Case):
        return {"line": one_line(subject.subject), "number": subject.number}
    return {"round": Label(subject.title_zh or title.zh, subject.title_en or title.en)}


def _of_kind(
    connection: Connection, told: Told, recipient: Recipient, occasion: Occasion, content: Content
) -> dict[str, Any]:
    """What is said beside, by kind."""
    match told.kind:
        case "task" | "reminder" | "escalation" | "urged" | "delegated":
            return _of_work(connection, told, recipient, occasion)
        case "returned":
            return {**_task_of_return(recipient, occasion), "reason": _has_reason(occasion)}
        case "ended":
            return {"outcome": content.state, "stopped": _is_stopped(occasion)}
        case "state" if _is_end(told, occasion):
            return {"kind": "ended", "outcome": content.state, "stopped": _is_stopped(occasion)}
        case "objection":
            answered = objection_of(occasion, int(recipient.key)) if recipient.kind == "objection" else None
            return {"outcome": _ANSWERS.get(answered.state) if answered else None, "line": "", "number": None}
        case "round":
            return {"news": _news(occasion), "closes": _closes(occasion)}
    return {}


_CLOSED = Label("不再需要答复", "No answer is needed any more")
_ANSWERS = {**ANSWERS, "closed": _CLOSED}


def _of_work(connection: Connection, told: Told, recipient: Recipient, occasion: Occasion) -> dict[str, Any]:
    task = occasion.task(told.task)
    if task is None:
        return {}
    found: dict[str, Any] = {"task": task.id, "asks": task.kind, "due": told.due or task.due}
    found["escalates"] = _escalates(task, occasion)
    if told.kind in ("task", "reminder") and task.kind == "task":
        found["changed"] = changed_since_return(connection, occasion, told.state)
        found["own_return"] = _had_returned(recipient, told, occasion)
    return found


def _is_end(told: Told, occasion: Occasion) -> bool:
    state = occasion.definition.states.get(told.state or "")
    return state is not None and state.is_end


def _is_stopped(occasion: Occasion) -> bool:
    return isinstance(occasion.subject, Case) and is_stopped(occasion.definition, occasion.subject)


def _had_returned(recipient: Recipient, told: Told, occasion: Occasion) -> bool:
    subject = occasion.subject
    return isinstance(subject, Case) and recipient.person in subject.deciders.get(told.state or "", ())


def _escalates(task: Task, occasion: Occasion) -> datetime | None:
    """When it goes to others as well, if nobody acts."""
    timers = [timer for timer in _timers(task, occasion) if timer.kind == "escalation"]
    return min((timer.at for timer in timers if timer.due in (None, task.due)), default=None)


def _timers(task: Task, occasion: Occasion) -> Iterable[Timer]:
    subject = occasion.subject
    if isinstance(subject, Case):
        return subject.entry.timers if subject.entry is not None else ()
    return next((sitting.entry.timers for sitting in subject.sittings if task in sitting.entry.tasks), ())


def _task_of_return(recipient: Recipient, occasion: Occasion) -> dict[str, Any]:
    """The task that the return gives back to him, in the same event."""
    for another in occasion.told():
        task = occasion.task(another.task) if another.kind == "task" else None
        if task is not None and str(recipient) in {str(one) for one in recipients(another, occasion)}:
            return {"task": task.id, "asks": task.kind, "due": task.due}
    return {}


def _has_reason(occasion: Occasion) -> bool:
    return any(isinstance(change, c.Noted) and change.kind in ("opinion", "reason") for change in occasion.changes)


def _news(occasion: Occasion) -> str:
    changes = occasion.changes
    if any(isinstance(change, c.RoundOver) and change.at is not None for change in changes):
        return "over"
    if any(isinstance(change, c.RoundOpened) for change in changes):
        return "opened"
    return "corrected" if occasion.event.command.get("operation") == "correct" else "announced"


def _closes(occasion: Occasion) -> datetime | None:
    rules, subject = occasion.definition.round, occasion.subject
    if rules is None or rules.closes is None or not isinstance(subject, Round):
        return None
    return field_moment(rules.fields, subject.data, rules.closes)
