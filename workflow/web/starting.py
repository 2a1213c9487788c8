"""What one may start: first what is unfinished, then each procedure by what it is for; explained before it begins."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, redirect, request, url_for
from jinja2 import pass_context
from jinja2.runtime import Context as PageContext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import context_for, office, signed_in
from workflow.api.definitions import units_to_start_for
from workflow.api.problems import status_of
from workflow.api.subjects import Rounds, answered
from workflow.cases.listing import inbox_page, reader_of, round_page
from workflow.cases.starting import NewCase, start_case
from workflow.cases.versions import Version
from workflow.cases.words import words_of
from workflow.definition.explaining import begun, guide, unmarked
from workflow.engine.context import Context
from workflow.engine.directory import Principal
from workflow.engine.outlook import task_outlook
from workflow.engine.permit import open_task
from workflow.engine.sight import may_see_round
from workflow.engine.subject import Case, Round
from workflow.errors import NotFound, NotPermitted, WorkflowError, said
from workflow.messages.wording import Wording
from workflow.records.intake import permit_import
from workflow.text import Language, Sayable, Sentence, sentence
from workflow.web.deadlines import Deadline, deadline_of
from workflow.web.deciding import Wrong, wrong_of
from workflow.web.desk import desk_page
from workflow.web.looking import named_apart, wording_of
from workflow.web.pages import pages, reader

blueprint = pages("starting", __name__)

_MOST_ROUNDS = 20
_MOST_TASKS = 50
_MOST_CARDS = 3
_NEAR = ("late", "today", "tomorrow")
_GROUPS: dict[str, Sentence] = {
    "call": sentence("Open until a day"),
    "always": sentence("At any time"),
    "closed": sentence("Not open now"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A round that takes cases."""

    id: str
    title: str
    closes: Deadline | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A procedure that may be started."""

    key: str
    title: str
    line: str
    group: str
    icon: str
    units: tuple[tuple[Principal, str], ...]
    calls: tuple[Call, ...]
    words: tuple[str, ...]  #: by which it is found


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A form of one's own that waits."""

    why: Sentence
    title: str
    name: str
    address: str
    deadline: Deadline | None


@blueprint.app_template_filter("plainly")
@pass_context
def _plainly(page: PageContext, text: Sayable) -> str:
    """A text of the guide without the marks of Markdown."""
    return begun(unmarked(said(text, page["reader"])))


@blueprint.get("/start")
def catalogue() -> Response:
    speaks, words = reader(), request.args.get("q", "").strip()[:100]
    with office().database.read() as connection:
        context = context_for(connection)
        kinds = [kind for kind in _kinds(connection, context, speaks) if _is_found(kind, words)]
        unfinished = list(_unfinished(connection, context, speaks))
    groups = [(name.say(speaks), [kind for kind in kinds if kind.group == group]) for group, name in _GROUPS.items()]
    units = list(dict.fromkeys(name for kind in kinds for _, name in kind.units))
    return desk_page(
        "start.html",
        here="start",
        groups=[(name, found) for name, found in groups if found],
        count=len(kinds),
        unfinished=unfinished[:_MOST_CARDS],
        more=len(unfinished) > _MOST_CARDS,
        units=units,
        sought=words,
    )


@blueprint.get("/start/<key>")
def begin(key: str) -> Response:
    """The procedure in plain words, and the button that begins."""
    return _page(key)


@blueprint.post("/start/<key>")
def start(key: str) -> BaseResponse:
    """Begins a case, once for each key, and leads to its form."""
    actor = signed_in()
    unit = request.form.get("unit", "")
    try:
        new = NewCase(
            definition=key,
            unit=int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 16 else None,  # noqa: PLR2004 -- an id
            round_id=_uuid(request.form.get("round", "")),
        )
        outcome = start_case(office(), new, actor=actor, key=request.form.get("key") or None)
    except NotFound:
        raise
    except WorkflowError as error:
        return _page(key, wrong_of(error, reader()), status_of(error))
    shown, _, _ = answered(outcome)
    task = next((one for one in shown["tasks"] if one["may"]), None)
    if task is None:
        return redirect(url_for("page_cases.case", case_id=outcome.case.id), code=303)
    endpoint = "page_forms.form" if task["edit"] else "page_inbox.task"
    return redirect(url_for(endpoint, task_id=task["id"]), code=303)


def may_import(version: Version, context: Context) -> bool:
    try:
        permit_import(context, version.definition, None)
    except NotPermitted:
        return False
    return True


def _page(key: str, wrong: Wrong | None = None, status: int = 200) -> Response:
    signed_in()
    speaks = reader()
    with office().database.read() as connection:
        context = context_for(connection)
        version = office().versions.newest(connection, key)
        others = {one.key: one.definition for one in office().versions.all_newest(connection)}
        kind = _kind(connection, version, context, speaks)
    return desk_page(
        "begin.html",
        status,
        here="start",
        kind=kind,
        section=guide(version.definition, speaks, others.get),
        imports=may_import(version, context) and version.definition.round is not None,
        wrong=wrong or Wrong(),
        key=request.form.get("key") or secrets.token_hex(16),
    )


def _kinds(connection: Connection, context: Context, speaks: Language) -> Iterator[Kind]:
    for version in office().versions.all_newest(connection):
        kind = _kind(connection, version, context, speaks)
        if kind.units:
            yield kind


def _kind(connection: Connection, version: Version, context: Context, speaks: Language) -> Kind:
    found = version.definition
    calls = tuple(_calls(connection, version, context, speaks)) if found.round else ()
    about = found.about.say(speaks).strip() if found.about else ""
    stop = "。" if speaks == "zh" else ". "
    return Kind(
        key=found.key,
        title=found.title.say(speaks),
        line=about.rpartition("\n")[2].partition(stop)[0],
        group="always" if found.round is None else "call" if calls else "closed",
        icon="file-text" if found.round is None else "calendar-event",
        units=tuple((unit, context.directory.name_of(unit)) for unit in units_to_start_for(found, context)),
        calls=calls,
        words=(*words_of(found.title.zh, found.title.en, found.key), about.casefold()),
    )


def _calls(connection: Connection, version: Version, context: Context, speaks: Language) -> Iterator[Call]:
    wording = wording_of(context, speaks)
    for held in round_page(connection, version.key, limit=_MOST_ROUNDS):
        round_ = held.subject
        assert isinstance(round_, Round)
        if round_.closed_at is None and round_.over_at is None and may_see_round(version.definition, round_, context):
            title = round_.title_zh if speaks == "zh" else round_.title_en
            yield Call(id=round_.id, title=title, closes=deadline_of(_closes(round_), round_.opened_at, wording))


def _closes(round_: Round) -> datetime | None:
    return next((timer.at for timer in round_.timers if timer.kind == "closes"), None)


def _is_found(kind: Kind, words: str) -> bool:
    sought = words.casefold()
    return all(any(word.startswith(part) or part in word for word in kind.words) for part in sought.split())


def _unfinished(connection: Connection, context: Context, speaks: Language) -> Iterator[Unfinished]:
    """Drafts that one began, and forms that are due, the earliest first."""
    person = context.actor.person
    assert person is not None
    rounds, wording = Rounds(connection, context), wording_of(context, speaks)
    for row in inbox_page(connection, reader_of(context.directory, person, context.now), limit=_MOST_TASKS):
        case, found = row.held.subject, open_task(row.held.subject, row.task)
        if not isinstance(case, Case) or found is None:
            continue
        version = office().versions.get(connection, case.definition, case.version)
        outlook = task_outlook(version.definition, case, found, rounds.context_of(case))
        card = _card(version, case, row.task, found.due, wording, speaks)
        own = case.starter in (person, *(post.id for post in context.directory.posts_of(person, context.now)))
        due = card.deadline is not None and card.deadline.urgency in _NEAR
        if outlook.may and outlook.edit and ((own and case.state == version.definition.first_state) or due):
            yield card


def _card(
    version: Version, case: Case, task: int, due: datetime | None, wording: Wording, speaks: Language
) -> Unfinished:
    name, rest = named_apart(case.subject)
    first = case.state == version.definition.first_state
    title = version.definition.title.say(speaks)
    return Unfinished(
        why=sentence("Go on writing") if first else sentence("To be filled in"),
        title=title if first else f"{title} · {version.definition.states[case.state].label.say(speaks)}",
        name=name or rest,
        address=url_for("page_forms.form", task_id=f"{case.id}.{task}"),
        deadline=deadline_of(due, case.entry.at if case.entry else None, wording),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
