"""What a hall has voted, recorded with its minutes: who was entitled, who came, how many for each answer; and what it would come to."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import office, signed_in
from workflow.api.ballots import record_tally
from workflow.api.bodies import taken, unfit
from workflow.api.problems import status_of
from workflow.api.schemas.tasks import BallotBody
from workflow.api.subjects import seen_task
from workflow.cases.listing import subjects
from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Ballot, Field
from workflow.engine.papers import recorded
from workflow.engine.subject import Case, Round
from workflow.errors import InvalidData, NotFound, ProblemsFound, TaskClosed, WorkflowError
from workflow.records.attachments import attachments_of, save_attachment
from workflow.text import Language, say
from workflow.web.deadlines import deadline_of
from workflow.web.deciding import Wrong
from workflow.web.inputs import Filled, Input, inputs_of, sent_values
from workflow.web.looking import named_apart, wording_of
from workflow.web.pages import is_part, page, pages, reader
from workflow.web.papers import Form, Opened, opened_in, rules_in_words

blueprint = pages("tallies", __name__)

_LONGEST = 9
_DATA, _RECORD = "/data/", "/record/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    name: str  #: of the input
    words: str
    value: str
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """A field that takes files: those that were put up already stay."""

    name: str
    label: str
    accept: str
    kept: tuple[tuple[str, str], ...]  #: id, name
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The counts of one case; of a case's own ballot the only one, and below it its items."""

    heading: str
    counts: tuple[Count, ...]
    outcome: "Outcome | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the tally would come to, as it stands."""

    words: str
    leads: str
    good: bool


@blueprint.get("/t/<task_id>/record")
def record(task_id: str) -> Response:
    signed_in()
    with office().database.read() as connection:
        return _page(connection, task_id, Form())


@blueprint.post("/t/<task_id>/record")
def keep(task_id: str) -> BaseResponse:
    """`look` shows what it would come to; else the tally is recorded. What is refused keeps what was typed and put up."""
    actor, form = signed_in(), MultiDict(request.form)
    try:
        with office().database.read() as connection:
            opened = _opened(connection, task_id)
        if not is_part():
            _put_up(opened, form)
        if form.get("step") != "look":
            record_tally(task_id, _body(opened, form), actor, form.get("key") or None, None)
            return redirect(url_for("page_inbox.inbox"), code=303)
    except (NotFound, TaskClosed):
        return redirect(url_for("page_inbox.task", task_id=task_id), code=303)
    except WorkflowError as error:
        with office().database.read() as connection:
            return _page(connection, task_id, form, error)
    with office().database.read() as connection:
        return _page(connection, task_id, form)


def _put_up(opened: Opened, form: Form) -> None:
    """Files that came are kept with the case at once: a browser would not send them again. Raises what refuses one."""
    case, actor = opened.held.subject, signed_in()
    for field in _fields(opened):
        for file in request.files.getlist(f"files.{field.name}"):
            if field.type == "files" and file.filename and isinstance(case, Case):
                saved = save_attachment(office(), UUID(case.id), file.stream, file.filename, by=actor.person)
                form.add(f"kept.{field.name}", str(saved.id))


def _opened(connection: Connection, task_id: str) -> Opened:
    opened = opened_in(*seen_task(connection, task_id))
    if opened.task.kind != "record" or not isinstance(opened.rules, Ballot):
        raise NotFound
    return opened


def _page(connection: Connection, task_id: str, form: Form, error: WorkflowError | None = None) -> Response:
    opened, speaks = _opened(connection, task_id), reader()
    above, wrong = _wrong(error, speaks)
    fields = _fields(opened)
    sent = sent_values(fields, form) if form else {}
    subject = opened.held.subject
    known = subject.data
    about = subject.subject if isinstance(subject, Case) else subject.title_zh
    plain = [one for one in fields if one.type != "files"]
    inputs: list[Input] = inputs_of(plain, Filled({**known, **sent}, wrong), speaks)
    return page(
        "record.html",
        200 if error is None else status_of(error),
        title=opened.version.definition.states[opened.state].label.say(speaks),
        about=about,
        deadline=deadline_of(opened.task.due, opened.task.opened_at, wording_of(opened.context, speaks)),
        task=task_id,
        case=subject.id if isinstance(subject, Case) else None,
        blocks=list(_blocks(connection, opened, form, wrong, speaks)),
        inputs=inputs,
        minutes=list(_minutes(connection, opened, form, wrong, speaks)),
        rules=list(rules_in_words(opened.version.definition, opened.state, speaks)),
        wrong=Wrong(above=tuple(above)),
        opinion=form.get("opinion", ""),
        key=form.get("key") or secrets.token_hex(16),
    )


def _blocks(
    connection: Connection, opened: Opened, form: Form, wrong: dict[str, list[str]], speaks: Language
) -> Iterator[Block]:
    rules, subject = opened.rules, opened.held.subject
    assert isinstance(rules, Ballot)
    plain = [("electorate", say("Entitled to vote", speaks)), ("present", say("Present", speaks))]
    plain += [(name, label.say(speaks)) for name, label in rules.choices.items()]
    if isinstance(subject, Round):
        yield from _of_sitting(connection, opened, plain, form, wrong)
        return
    yield Block(
        heading=say("The tally", speaks),
        counts=tuple(_counts("", plain, form, wrong)),
        outcome=_outcome(opened, _given("", form), speaks),
    )
    for item, label in rules.items.items():
        names = [(f"{item}.{name}", choice.say(speaks)) for name, choice in rules.choices.items()]
        yield Block(heading=label.say(speaks), counts=tuple(_counts("", names, form, wrong)))


def _of_sitting(
    connection: Connection,
    opened: Opened,
    names: list[tuple[str, str]],
    form: Form,
    wrong: dict[str, list[str]],
) -> Iterator[Block]:
    sitting = opened.sitting
    assert sitting is not None
    tied = sitting.entry.ballot.cases if sitting.entry.ballot else ()
    asked = [UUID(one) for one in sitting.cases if not tied or one in tied]
    known = subjects(connection, asked)
    for one in asked:
        case = known[one].subject
        assert isinstance(case, Case)
        counts = tuple(_counts(f"{one}/", names, form, wrong))
        yield Block(heading=named_apart(case.subject)[0] or case.number or "–", counts=counts)


def _counts(before: str, names: list[tuple[str, str]], form: Form, wrong: dict[str, list[str]]) -> Iterator[Count]:
    for name, words in names:
        found = f"{before}{name}"
        yield Count(
            name=f"record.{found}",
            words=words,
            value=form.get(f"record.{found}", ""),
            wrong=tuple(wrong.get(f"record.{found}", ())),
        )


def _minutes(
    connection: Connection, opened: Opened, form: Form, wrong: dict[str, list[str]], speaks: Language
) -> Iterator[Minutes]:
    case = opened.held.subject
    if not isinstance(case, Case):
        return
    known = {str(one.id): one.name for one in attachments_of(connection, UUID(case.id))}
    for field in _fields(opened):
        if field.type == "files":
            ids = form.getlist(f"kept.{field.name}") or case.data.get(field.name) or []
            yield Minutes(
                name=field.name,
                label=field.label.say(speaks),
                accept=",".join(f".{one}" for one in field.accept),
                kept=tuple((one, known[one]) for one in ids if one in known),
                wrong=tuple(wrong.get(field.name, ())),
            )


def _outcome(opened: Opened, counts: dict[str, Any], speaks: Language) -> Outcome | None:
    """Of what can be reckoned already; a tally that is none says so when it is recorded."""
    if not counts.get("electorate") or not all(isinstance(count, int) for count in counts.values()):
        return None
    definition = opened.version.definition
    try:
        trigger, _ = recorded(definition, opened.held.subject, opened.sitting, counts, opened.context)
    except (InvalidData, ExpressionFailed):
        return None
    words = {
        "pass": say("Passed", speaks),
        "fail": say("Not passed", speaks),
        "invalid": say("Too few took part: no valid vote", speaks),
    }
    state = definition.states[opened.state]
    leads = "、" if speaks == "zh" else ", "
    targets = dict.fromkeys(definition.states[one.to].label.say(speaks) for one in state.to.get(trigger, ()))
    return Outcome(words=words[trigger], leads=leads.join(targets), good=trigger == "pass")


def _body(opened: Opened, form: Form) -> dict[str, Any]:
    """What the page sent, as a program would send it. Raises InvalidData."""
    if wrong := list(unfit(form.to_dict(), "")):
        raise InvalidData(tuple(wrong))
    record: dict[str, Any] = _given("", form)
    if isinstance(opened.held.subject, Round):
        record = {}
        for name in form:
            case, _, count = name.removeprefix("record.").partition("/")
            if count and form[name].strip():
                record.setdefault(case, {})[count] = _whole(form[name])
    fields = [one for one in _fields(opened) if f"has.{one.name}" in form]
    data = {name: value for name, value in sent_values(fields, form).items() if value is not None}
    data |= {one.name: ids for one in _fields(opened) if (ids := form.getlist(f"kept.{one.name}"))}
    return taken(BallotBody(), {"record": record, "data": data, "opinion": form.get("opinion", "")})


def _given(before: str, form: Form) -> dict[str, Any]:
    prefix = f"record.{before}"
    return {
        name.removeprefix(prefix): _whole(text)
        for name, text in form.items()
        if name.startswith(prefix) and text.strip() and "/" not in name.removeprefix(prefix)
    }


def _whole(text: str) -> int | str:
    """What is no number is told by the tally."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST else plain


def _fields(opened: Opened) -> list[Field]:
    """Those that are filled in with the tally; files are put up beside it."""
    rules, definition = opened.rules, opened.version.definition
    assert isinstance(rules, Ballot)
    if isinstance(opened.held.subject, Round):
        known = definition.round.fields if definition.round else {}
    else:
        known = definition.fields
    return [known[name.removeprefix("round.")] for name in rules.edit]


def _wrong(error: WorkflowError | None, speaks: Language) -> tuple[list[dict[str, str]], dict[str, list[str]]]:
    """What was refused: at its number or field, and all of it above."""
    if error is None:
        return [], {}
    if not isinstance(error, ProblemsFound):
        return [{"words": error.say(speaks), "field": ""}], {}
    above: list[dict[str, str]] = []
    fields: dict[str, list[str]] = {}
    for problem in error.problems:
        if problem.at.startswith(_DATA):
            name = problem.at.removeprefix(_DATA).replace("/", ".")
        else:
            name = "record." + problem.at.removeprefix(_RECORD)
        fields.setdefault(name, []).append(problem.say(speaks))
        above.append({"words": problem.say(speaks), "field": name})
    return above, fields
