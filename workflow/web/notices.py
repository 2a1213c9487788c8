"""`/notices`: what is published, for everybody: who, why, until when, how it came here, and how to say no."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from markupsafe import Markup
from sqlalchemy import Connection

from workflow.api.asking import context_for, office
from workflow.api.notices import notice_of, notice_view, objections_of, published
from workflow.calendar import day_of
from workflow.cases.desk import stored_events
from workflow.cases.noticing import Notice, count_notices
from workflow.definition.model import Definition
from workflow.engine.context import PUBLIC_ACTOR
from workflow.errors import NotFound
from workflow.messages.wording import Wording
from workflow.web.codes import code_for
from workflow.web.days import Day, days
from workflow.web.deadlines import Deadline, deadline_of
from workflow.web.looking import wording_of
from workflow.web.pages import kept_page, pages, reader
from workflow.web.stages import Run, Stage, run_of, stages, stays
from workflow.web.values import Values

blueprint = pages("notices", __name__)

_PAGE = 30
_LONG = ("long_text", "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One published field in words."""

    label: str
    words: str
    long: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeShown:
    id: str
    name: str  #: the first that is published, mostly a person's or a unit's
    about: str  #: the next ones on one line
    told: tuple[Told, ...]  #: what is published beside these
    title: str
    state: str
    number: str
    ended: bool
    open: bool  #: objections are taken
    late: bool  #: what comes afterwards is examined as a matter of its own
    anonymous: bool
    takes: bool  #: there is a way to object at all
    held: bool
    until: str
    deadline: Deadline | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What the page of one notice has beside it."""

    stages: tuple[Stage, ...]
    run: Run
    days: tuple[Day, ...]
    answered: int
    code: Markup


@blueprint.get("/notices")
def notices() -> Response:
    """Those that run, or those that are over; the one that ends first at the top."""
    ended = request.args.get("state") == "ended"
    after = request.args.get("after") or None
    with office().database.read() as connection:
        found = published({"ended": ended, "limit": _PAGE, "after": after})
        rows = [_shown(connection, one["id"])[0] for one in found["items"]]
        running = count_notices(connection)
    following = url_for("page_notices.notices", state="ended" if ended else None, after=found["next"])
    return kept_page(
        "notices.html", here="notices", rows=rows, ended=ended, running=running, next=found["next"] and following
    )


@blueprint.get("/notices/<notice_id>")
def notice(notice_id: str) -> Response:
    """Found by search engines while it runs and is for everybody; afterwards by its address alone."""
    with office().database.read() as connection:
        shown, one, wording = _shown(connection, notice_id)
        version = office().versions.get(connection, one.definition, one.version)
        whole = _whole(connection, one, version.definition, wording)
    found = one.where == "public" and not shown.ended
    return kept_page("notice.html", here="notices", one=shown, whole=whole, is_found=found)


def shown_notice(notice_id: str) -> NoticeShown:
    """Raises NotFound."""
    with office().database.read() as connection:
        return _shown(connection, notice_id)[0]


def _shown(connection: Connection, notice_id: str) -> tuple[NoticeShown, Notice, Wording]:
    one = notice_of(connection, notice_id)
    context = context_for(connection, actor=PUBLIC_ACTOR)
    view, wording = notice_view(connection, one, context), wording_of(context, reader())
    rules = objections_of(connection, one)
    definition = office().versions.get(connection, one.definition, one.version).definition
    values = Values(context.directory, wording.language)
    told = tuple(_told(field, definition, values) for field in view["shown"] if field["value"] not in (None, "", []))
    name = next((field.words for field in told if not field.long), view["title"][reader()])
    about = _second_line(view["shown"])
    takes = view["objections"]
    ended = one.ended_at is not None or not (one.held or one.ends >= context.now)
    shown = NoticeShown(
        id=view["id"],
        name=name,
        about=" · ".join(about),
        told=tuple(field for field in told if field.words not in (name, *about)),
        title=view["title"][reader()],
        state=view["state_label"][reader()],
        number=one.number or "",
        ended=ended,
        open=takes is not None and takes["open"],
        late=rules is not None and rules.late is not None,
        anonymous=takes is not None and takes["anonymous"],
        takes=takes is not None,
        held=one.held is not None and not ended,
        until=wording.moment(one.ended_at or one.ends),
        deadline=None if ended or one.held else deadline_of(one.ends, one.begins, wording),
    )
    return shown, one, wording


def _told(field: dict[str, Any], definition: Definition, values: Values) -> Told:
    rules = definition.fields.get(field["name"])
    return Told(
        label=field["label"][values.language],
        words=str(field["value"]) if rules is None else values.words(rules, field["value"]),
        long=rules is not None and rules.type in _LONG,
    )


def _second_line(shown: list[dict[str, Any]]) -> list[str]:
    """Where somebody works and as what: texts that are no choices, as far as they are short."""
    texts = [field["value"] for field in shown[1:] if isinstance(field["value"], str) and "option" not in field]
    return [text for text in texts if len(text) <= 40][:2]  # noqa: PLR2004 -- a line of a telephone


def _whole(connection: Connection, one: Notice, definition: Definition, wording: Wording) -> Whole:
    stored, _ = stored_events(connection, UUID(str(one.case_id)))
    passed = stays(stored)[: one.entry]
    if not passed:
        raise NotFound
    run = run_of(passed[-1])
    first, today = day_of(one.begins), day_of(wording.now)
    last = today if one.held and not one.ended_at else day_of(one.ended_at or one.ends)
    return Whole(
        stages=stages(passed, definition, wording),
        run=run,
        days=days(first, last, run, wording, today),
        answered=sum(one.answered_at is not None for one in run.objections),
        code=code_for(url_for("page_notices.notice", notice_id=f"{one.case_id}.{one.entry}")),
    )
