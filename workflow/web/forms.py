"""A form of a task as a page of its own: filled in, kept as one types, looked through, handed in.

Whatever is done with it, without scripts too, sends the whole form: what is typed is a draft first, in one place for all.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import office, signed_in
from workflow.api.bodies import taken, unfit
from workflow.api.cases import keep_draft
from workflow.api.problems import status_of
from workflow.api.schemas.tasks import DecisionBody
from workflow.api.subjects import task_of, uuid_of
from workflow.api.tasks import decide_task
from workflow.cases.acting import rehearse
from workflow.definition.form import shown
from workflow.definition.model import Field
from workflow.engine.commands import Decide
from workflow.errors import InvalidData, NotFound, NotPermitted, RemarkWanted, Stale, TaskClosed, WorkflowError
from workflow.records.attachments import remove_attachment
from workflow.web.attaching import take_file
from workflow.web.deciding import Typed, Wrong, bar_of, wrong_of
from workflow.web.desk import desk_page
from workflow.web.filling import Opened, looked_at, open_form, sheet_of
from workflow.web.following import stages_after
from workflow.web.inbox import gone
from workflow.web.inputs import FileShown, RefusedFile, sent_values
from workflow.web.naming import Naming
from workflow.web.pages import page, pages, reader
from workflow.web.values import Values

blueprint = pages("forms", __name__)

#: With several files in one form, as it is sent without scripts.
_MOST_SENT = 128 * 2**20
Refused = dict[str, tuple[RefusedFile, ...]]


@blueprint.before_request
def _take_files() -> None:
    request.max_content_length = _MOST_SENT


@blueprint.get("/t/<task_id>/form")
def form(task_id: str) -> BaseResponse:
    """The form, with the draft that was kept of it."""
    opened = _open(task_id)
    return _page(opened, opened.values, checked="checked" in request.args) if opened else _elsewhere(task_id)


@blueprint.post("/t/<task_id>/form")
def keep(task_id: str) -> BaseResponse:
    """Keeps what is typed, takes what files came, and goes where the button leads; `act` is `keep` where one only types."""
    opened = _open(task_id)
    if opened is None:
        return _elsewhere(task_id)
    act = request.form.get("act", "save")
    values, refused = _gathered(opened)
    _drop(opened, act, values)
    wrong = list(unfit(values, "/data"))
    try:
        if wrong:
            raise InvalidData(tuple(wrong))
        number = keep_draft(opened.case.id, values, _expected())
    except WorkflowError as error:
        return _not_kept(task_id, error, values, act)
    if act == "keep":
        return _kept(task_id, number)
    if any(refused.values()):
        return _page(_again(task_id), values, refused=refused, status=422)
    if act == "review":
        return redirect(url_for("page_forms.review", task_id=task_id), code=303)
    place = act.split(".")[1] if "." in act else None
    return redirect(url_for("page_forms.form", task_id=task_id, saved=1, _anchor=place), code=303)


@blueprint.get("/t/<task_id>/form/review")
def review(task_id: str) -> BaseResponse:
    """All answers, what is wrong with them, and what handing in would do."""
    opened = _open(task_id)
    return _review(opened) if opened else _elsewhere(task_id)


@blueprint.post("/t/<task_id>/form/submit")
def submit(task_id: str) -> BaseResponse:
    """Hands in what was kept; sent twice it is done once."""
    opened = _open(task_id)
    if opened is None:
        return gone(task_id)
    body = {"trigger": request.form.get("trigger", ""), "opinion": request.form.get("opinion", "").strip()}
    try:
        whole = taken(DecisionBody(), {**body, "data": _to_send(opened)})
        decide_task(task_id, whole, signed_in(), request.form.get("key") or None, None)
    except (NotFound, TaskClosed):
        return gone(task_id)
    except WorkflowError as error:
        return _review(opened, error)
    return redirect(url_for("page_cases.case", case_id=opened.case.id, done=body["trigger"]), code=303)


@blueprint.post("/t/<task_id>/form/files")
def upload(task_id: str) -> BaseResponse:
    """One file for one field, while the form stays open: answered with its line in the list."""
    opened, file = _open(task_id), request.files.get("file")
    field = next((one for one in opened.fields if one.name == request.form.get("field")), None) if opened else None
    if opened is None or field is None or file is None:
        raise NotFound
    found = _take(opened, field, file, int(request.form.get("there", "0") or 0))
    status = 201 if isinstance(found, FileShown) else 422
    return page("file.html", status, one=found, input={"name": field.name}, filling=opened.task)


@blueprint.get("/names/<any('person', 'organisation'):kind>")
def names(kind: str) -> Response:
    """Who is called so, for the list of an input."""
    signed_in()
    typed = next(iter(request.args.values()), "")
    with office().database.read() as connection:
        naming = Naming(office().directory(connection), office().database.now(connection))
        found = naming.suggested(kind, typed)
    return page("names.html", names=found)


# --- what came


def _open(task_id: str) -> Opened | None:
    """None where it is not there, or not to be filled in by this person."""
    signed_in()
    with office().database.read() as connection:
        try:
            return open_form(connection, task_id, reader())
        except (NotFound, NotPermitted):
            return None


def _again(task_id: str) -> Opened:
    found = _open(task_id)
    if found is None:
        raise NotFound
    return found


def _elsewhere(task_id: str) -> BaseResponse:
    """To the task, or to what became of it."""
    return redirect(url_for("page_inbox.task", task_id=task_id), code=303)


def _gathered(opened: Opened) -> tuple[dict[str, Any], Refused]:
    """What is typed, with the files that came beside it."""
    present = [one for one in opened.fields if f"has.{one.name}" in request.form]
    sent = sent_values(present, request.form)
    values = {one.name: opened.naming.taken(one, sent.get(one.name)) for one in present}
    refused: Refused = {}
    for one in present:
        if one.type == "files":
            there = list(values[one.name] or [])
            more = [
                _take(opened, one, file, len(there) + place)
                for place, file in enumerate(request.files.getlist(f"upload.{one.name}"))
                if file.filename
            ]
            values[one.name] = [*there, *(new.id for new in more if isinstance(new, FileShown))] or None
            refused[one.name] = tuple(new for new in more if isinstance(new, RefusedFile))
    return {**(opened.draft.data if opened.draft else {}), **values}, refused


def _take(opened: Opened, field: Field, file: Any, there: int) -> FileShown | RefusedFile:
    person = opened.context.actor.person
    assert person is not None
    return take_file(opened.case.id, field, file, there=there, by=person, speaks=reader())


def _drop(opened: Opened, act: str, values: dict[str, Any]) -> None:
    """`drop.evidence.<id>`, `drop.resume.2`: a file or a row."""
    word, _, rest = act.partition(".")
    name, _, which = rest.partition(".")
    there = values.get(name)
    if word != "drop" or not isinstance(there, list):
        return
    if which in there:
        values[name] = [one for one in there if one != which] or None
        assert opened.context.actor.person is not None
        remove_attachment(office(), uuid_of(opened.case.id), uuid_of(which), by=opened.context.actor.person)
    elif which.isascii() and which.isdigit() and int(which) < len(there):
        values[name] = [*there[: int(which)], *there[int(which) + 1 :]] or None


def _expected() -> int | None:
    kept = request.form.get("kept", "")
    return int(kept) if kept.isascii() and kept.isdigit() and len(kept) < 10 else None  # noqa: PLR2004 -- digits


def _to_send(opened: Opened) -> dict[str, Any]:
    """Of the draft what may be written; what the case has already need not be sent."""
    return {
        field.name: opened.draft.data[field.name]
        for field in opened.fields
        if opened.draft and field.name in opened.draft.data and (field.source is None or field.override)
    }


# --- what is shown


def _kept(task_id: str, number: int) -> BaseResponse:
    opened = _again(task_id)
    found = looked_at(opened, opened.values)
    answer: Response = jsonify(
        number=number,
        at=opened.shown.wording.clock(opened.context.now),
        needed=len(found.needed),
        given=len(found.needed) - len(found.missing),
    )
    return answer


def _not_kept(task_id: str, error: WorkflowError, values: dict[str, Any], act: str) -> BaseResponse:
    """Somebody kept another draft meanwhile, or it is too much: nothing typed is lost."""
    opened = _again(task_id)
    if act == "keep":
        number = opened.draft.number if opened.draft else 0
        answer = jsonify(number=number, words=error.say(reader()))
        answer.status_code = status_of(error)
        return answer
    wrong = Wrong() if isinstance(error, Stale) else wrong_of(error, reader())
    return _page(opened, values, wrong=wrong, twice=isinstance(error, Stale), status=status_of(error))


def _page(
    opened: Opened,
    values: Mapping[str, Any],
    *,
    checked: bool = False,
    refused: Refused | None = None,
    wrong: Wrong | None = None,
    twice: bool = False,
    status: int = 200,
) -> Response:
    speaks = reader()
    with office().database.read() as connection:
        sheet = sheet_of(opened, connection, values, speaks, checked=checked, refused=refused)
    draft, wording = opened.draft, opened.shown.wording
    return desk_page(
        "fill.html",
        status,
        here="start" if opened.case.state == opened.definition.first_state else "inbox",
        filling=opened.task,
        case=opened.shown,
        sheet=sheet,
        kept=draft.number if draft else 0,
        saved=wording.moment(draft.saved_at) if draft else None,
        just=wording.clock(draft.saved_at) if draft and "saved" in request.args else None,
        stages=stages_after(opened.definition, opened.case.state, speaks),
        wrong=wrong or Wrong(),
        twice=twice,
    )


def _review(opened: Opened, error: WorkflowError | None = None) -> Response:
    speaks = reader()
    values = opened.values
    found = looked_at(opened, values)
    with office().database.read() as connection:
        sheet = sheet_of(opened, connection, values, speaks, checked=True)
    typed = Typed(request.form, Wrong()) if error else None
    bar = bar_of(opened.definition, opened.task, opened.shown, typed, speaks)
    if error is None and not sheet.above:
        error = _refusal(opened, next((one.trigger for one in bar.answers if one.sense == "forward"), ""))
    asked = isinstance(error, RemarkWanted)
    data = {name: shown(opened.definition.fields[name], kept) for name, kept in found.data.items()}
    data |= {name: value for name, value in values.items() if name not in data and value is not None}
    words = Values(opened.context.directory, speaks)
    written = {field.name for field in opened.fields}
    return desk_page(
        "review.html",
        200 if error is None or not request.form else status_of(error),
        here="start",
        filling=opened.task,
        case=opened.shown,
        groups=words.groups(opened.definition, {n: v for n, v in data.items() if n in written}, {}),
        above=sheet.above or (wrong_of(error, speaks).above if error else ()),
        asked=asked,
        answers=[one for one in bar.answers if one.sense == "forward"],
        opinion=bar.opinion,
        stages=stages_after(opened.definition, opened.case.state, speaks),
        key=request.form.get("key") or secrets.token_hex(16),
    )


def _refusal(opened: Opened, trigger: str) -> WorkflowError | None:
    """What would refuse handing in as it stands."""
    subject, number = task_of(opened.task["id"])
    command = Decide(task=number, trigger=trigger, opinion="", data=_to_send(opened))
    try:
        rehearse(office(), subject, command, actor=opened.context.actor)
    except WorkflowError as error:
        return error
    return None
