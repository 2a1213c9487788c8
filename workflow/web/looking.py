"""A case as its page shows it, for one reader: where it stands, whose turn it is, the form, the way here."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from workflow.api.subjects import full_view
from workflow.cases.desk import stored_events
from workflow.cases.listing import Held
from workflow.cases.versions import Version
from workflow.engine.context import Context
from workflow.engine.subject import Case, Notice
from workflow.messages.wording import Wording
from workflow.records.attachments import Attachment, attachments_of
from workflow.text import Language
from workflow.web.deadlines import Deadline, deadline_of, held
from workflow.web.timeline import Line, timeline
from workflow.web.values import Group, Values, chosen

_MOST_TAGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseShown:
    view: dict[str, Any]  #: as the API shows it
    name: str  #: the first of its words, which stands large
    rest: str
    tags: tuple[str, ...]
    groups: tuple[Group, ...]
    changes: int
    files: tuple[Attachment, ...]
    lines: tuple[Line, ...]
    stored: tuple[tuple[bytes, str | None], ...]  #: its events
    deadline: Deadline | None
    notice: Deadline | None
    ended: bool
    wording: Wording


def wording_of(context: Context, speaks: Language) -> Wording:
    return Wording(language=speaks, calendar=context.calendar, now=context.now)


def look(connection: Connection, held: Held, version: Version, context: Context, speaks: Language) -> CaseShown:
    case = held.subject
    assert isinstance(case, Case)
    view, wording = full_view(connection, held, version, context), wording_of(context, speaks)
    changed = {one["field"]: one["before"] for one in view.get("changed", [])}
    values = Values(context.directory, speaks)
    stored, _ = stored_events(connection, UUID(case.id))
    name, rest = named_apart(case.subject)
    due = min((task.due for task in case.entry.tasks if task.due), default=None) if case.entry else None
    notice = case.entry.notice if case.entry else None
    return CaseShown(
        view=view,
        name=name or view["title"][speaks],
        rest=rest,
        tags=tuple(islice(chosen(version.definition, view["data"], speaks), _MOST_TAGS)),
        groups=values.groups(version.definition, view["data"], changed),
        changes=len(changed),
        files=tuple(attachments_of(connection, UUID(case.id))),
        lines=timeline(stored, version.definition, context.directory, wording),
        stored=tuple(stored),
        deadline=deadline_of(due, case.entry.at if case.entry else None, wording),
        notice=_of_notice(notice, wording) if notice else None,
        ended=case.ended_at is not None,
        wording=wording,
    )


def _of_notice(notice: Notice, wording: Wording) -> Deadline | None:
    if notice.held_since is not None:
        return held(notice.ends, wording)
    return deadline_of(notice.ends, notice.begins, wording)


def named_apart(subject: str) -> tuple[str, str]:
    """陈立新（江苏金彭车业） as the name and what stands in brackets behind it."""
    for opening, closing in (("（", "）"), ("(", ")")):
        if opening in subject and subject.endswith(closing):
            name, _, rest = subject[:-1].partition(opening)
            return name.strip(), rest.strip()
    return subject, ""


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
