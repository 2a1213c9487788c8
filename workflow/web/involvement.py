"""The other lists of the inbox: what the reader began, what was copied to him, what he has acted upon."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request, url_for
from sqlalchemy import Connection

from workflow.api.asking import context_for, office, signed_in
from workflow.api.paging import cursor, place_of
from workflow.api.subjects import Rounds
from workflow.cases.involvement import Involved, Part, involved_page
from workflow.cases.versions import Version
from workflow.engine.context import Context
from workflow.engine.sight import may_see
from workflow.engine.subject import Case
from workflow.text import Label
from workflow.web.deadlines import Deadline, deadline_of
from workflow.web.lists import counts_of_tabs
from workflow.web.looking import named_apart, wording_of
from workflow.web.pages import reader
from workflow.web.timeline import timeline

_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    address: str
    name: str
    rest: str
    title: Label
    state: Label
    number: str
    did: str  #: what the reader did last; of other lists nothing
    at: str
    ended: bool
    deadline: Deadline | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    entries: tuple[Entry, ...]
    more: str | None
    counts: dict[Part, str]


def entries_of(connection: Connection, part: Part) -> Entries:
    """A page; what the reader may no longer see is left out."""
    person = signed_in().person
    assert person is not None
    place = place_of(request.args.get("after") or None, part, (datetime, UUID))
    found = involved_page(connection, part, person, limit=_PAGE + 1, after=place)
    rounds = Rounds(connection, context_for(connection))
    last = found[_PAGE - 1] if len(found) > _PAGE else None
    after = cursor((last.at, last.held.subject.id), part) if last else None
    return Entries(
        entries=tuple(entry for one in found[:_PAGE] if (entry := _entry(connection, one, rounds)) is not None),
        more=url_for("page_inbox.inbox", list=part, after=after) if after else None,
        counts=counts_of_tabs(connection),
    )


def _entry(connection: Connection, one: Involved, rounds: Rounds) -> Entry | None:
    case = one.held.subject
    if not isinstance(case, Case):
        return None
    version = office().versions.get(connection, case.definition, case.version)
    context = rounds.context_of(case)
    if not may_see(version.definition, case, context):
        return None
    wording = wording_of(context, reader())
    name, rest = named_apart(case.subject)
    due = min((task.due for task in case.entry.tasks if task.due), default=None) if case.entry else None
    return Entry(
        address=url_for("page_cases.case", case_id=case.id),
        name=name or version.definition.title.say(reader()),
        rest=rest,
        title=version.definition.title,
        state=version.definition.states[case.state].label,
        number=case.number or "",
        did=_did(one, version, context),
        at=wording.day(one.at.date()),
        ended=case.ended_at is not None,
        deadline=deadline_of(due, case.entry.at if case.entry else None, wording),
    )


def _did(one: Involved, version: Version, context: Context) -> str:
    """In the words of the history; what was said stands in the case."""
    if one.act is None:
        return ""
    lines = timeline([(one.act, None)], version.definition, context.directory, wording_of(context, reader()))
    return lines[-1].did if lines else ""
