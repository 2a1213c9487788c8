"""The inbox as a list: what waits, the earliest deadline first, narrowed as its address says; and the counts of its tabs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import request, url_for
from sqlalchemy import Connection

from workflow.api.asking import context_for, office, signed_in
from workflow.api.paging import cursor, place_of
from workflow.api.subjects import Rounds
from workflow.calendar import local
from workflow.cases.involvement import Part, involved_counts
from workflow.cases.listing import InboxRow, inbox_page, reader_of
from workflow.engine.context import Context
from workflow.engine.permit import open_task
from workflow.engine.subject import Case, Task
from workflow.messages.wording import Wording
from workflow.store.metadata import NEVER
from workflow.text import Label, Sentence, sentence
from workflow.web.deadlines import Deadline, deadline_of
from workflow.web.looking import named_apart, wording_of
from workflow.web.pages import reader

_PAGE = 30
_MOST_COUNTED = 100
_LONGEST = 100
#: Within so many days a deadline stands under "this week and next".
_NEAR = timedelta(days=14)
_GROUPS: dict[str, Sentence] = {
    "late": sentence("Overdue"),
    "soon": sentence("Due today or next working day"),
    "near": sentence("This week and next"),
    "later": sentence("Later"),
}
TABS: dict[str, Label] = {
    "mine": Label("待我办", "Mine"),
    "started": Label("我发起", "Started"),
    "copied": Label("抄送", "Copied"),
    "done": Label("已办", "Done"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: str
    address: str
    name: str
    rest: str
    title: Label
    asked: Label
    origin: str
    since: str
    again: bool  #: it was returned once
    taken: str | None  #: by whom
    deadline: Deadline | None
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What the address leaves of the inbox."""

    definition: str | None = None
    words: str | None = None
    late: bool = False

    @cached_property
    def query(self) -> dict[str, Any]:
        """The same for addresses that lead back here."""
        given = {"definition": self.definition, "q": self.words, "late": "1" if self.late else None}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    groups: tuple[Group, ...]
    count: int
    more: str | None  #: the address of the next page
    narrowed: Narrowed
    kinds: tuple[tuple[str, Label], ...]  #: what it may be narrowed to
    counts: dict[Part, str]

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def first(self) -> str | None:
        return next((row.id for row in self.rows), None)


def narrowed() -> Narrowed:
    asked = {name: request.args.get(name, "").strip()[:_LONGEST] or None for name in ("definition", "q")}
    return Narrowed(definition=asked["definition"], words=asked["q"], late=request.args.get("late") == "1")


def listed(connection: Connection) -> Listed:
    """A page of the reader's inbox, in a number of statements that does not grow with it."""
    actor, wanted = signed_in(), narrowed()
    assert actor.person is not None
    context = context_for(connection)
    found = inbox_page(
        connection,
        reader_of(context.directory, actor.person, context.now),
        limit=_PAGE + 1,
        after=place_of(request.args.get("after") or None, wanted, (datetime, UUID, int)),
        definition=wanted.definition,
        words=wanted.words,
        due_by=context.now if wanted.late else None,
    )
    rounds = Rounds(connection, context)
    rows = [row for one in found[:_PAGE] if (row := _row(connection, one, rounds, wanted)) is not None]
    return Listed(
        groups=tuple(
            Group(heading=_GROUPS[name].say(reader()), rows=tuple(group))
            for name, group in groupby(rows, lambda row: row.group)
        ),
        count=len(rows),
        more=_more(found[_PAGE - 1], wanted) if len(found) > _PAGE else None,
        narrowed=wanted,
        kinds=tuple((one.key, one.definition.title) for one in office().versions.all_newest(connection)),
        counts=counts_of_tabs(connection),
    )


def counts_of_tabs(connection: Connection) -> dict[Part, str]:
    person = signed_in().person
    assert person is not None
    counts = involved_counts(connection, person, _MOST_COUNTED)
    return {part: bounded(count) for part, count in counts.items() if count}


def bounded(count: int) -> str:
    """99+ where there are more."""
    return str(count) if count < _MOST_COUNTED else f"{_MOST_COUNTED - 1}+"


def _more(last: InboxRow, wanted: Narrowed) -> str:
    after = cursor((last.due_at or NEVER, last.held.subject.id, last.task), wanted)
    return url_for("page_inbox.inbox", after=after, **wanted.query)


def _row(connection: Connection, one: InboxRow, rounds: Rounds, wanted: Narrowed) -> Row | None:
    subject, speaks = one.held.subject, reader()
    found = open_task(subject, one.task)
    if found is None:
        return None
    version = office().versions.get(connection, subject.definition, subject.version)
    context = rounds.context_of(subject)
    wording = wording_of(context, speaks)
    if isinstance(subject, Case):
        name, rest = named_apart(subject.subject)
        state = subject.state
    else:
        name, rest = (subject.title_zh if speaks == "zh" else subject.title_en), ""
        state = next(s.state for s in subject.sittings if any(t.id == found.id for t in s.entry.tasks))
    deadline = deadline_of(found.due, found.opened_at, wording)
    task_id = f"{subject.id}.{found.id}"
    return Row(
        id=task_id,
        address=url_for("page_inbox.task", task_id=task_id, **wanted.query),
        name=name or version.definition.title.say(speaks),
        rest=rest,
        title=version.definition.title,
        asked=version.definition.states[state].label,
        origin=_origin(subject, context) if isinstance(subject, Case) else "",
        since=wording.day(local(found.opened_at).date()),
        again=isinstance(subject, Case) and subject.returned is not None,
        taken=_taken(found, context),
        deadline=deadline,
        group=_group(found, deadline, wording),
    )


def _origin(case: Case, context: Context) -> str:
    holder = case.last_decider or case.starter
    return context.directory.name_of(holder) if isinstance(holder, int) else ""


def _taken(task: Task, context: Context) -> str | None:
    """By a colleague who is at it."""
    if task.claimed_by is None or task.claimed_by == context.actor.person:
        return None
    return context.directory.name_of(task.claimed_by)


def _group(task: Task, deadline: Deadline | None, wording: Wording) -> str:
    if deadline is None or task.due is None:
        return "later"
    if deadline.urgency == "late":
        return "late"
    if deadline.urgency in ("today", "tomorrow"):
        return "soon"
    return "near" if task.due - wording.now <= _NEAR else "later"
