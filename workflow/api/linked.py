"""What stands behind a link's code, for whoever has it; and his answer."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection

from workflow.api.asking import context_for, language, office
from workflow.api.ballots import cast
from workflow.api.results import results
from workflow.api.showing import label, sitting_task_view, task_id, task_view
from workflow.api.subjects import Answer, answered
from workflow.cases.acting import act
from workflow.cases.links import Link, begin_with, digest_of, find
from workflow.cases.polls import Box
from workflow.cases.reading import load
from workflow.cases.requests import request_of
from workflow.cases.starting import NAMESPACE, NewCase, start_case
from workflow.cases.versions import Version
from workflow.definition.model import Definition
from workflow.engine.commands import CastVote, Command, Decide, Fire, ScoreCard
from workflow.engine.context import PUBLIC_ACTOR, Actor, Context
from workflow.engine.forms import form_of
from workflow.engine.permit import in_group, open_task
from workflow.engine.sight import shown_data
from workflow.engine.subject import Case, Round, Sitting, Subject, Task
from workflow.engine.who import STARTER_LINK
from workflow.errors import Closed, InvalidData, KeyReused, NotFound, Problem, TaskClosed
from workflow.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a code leads to: a task of a case or of a sitting, a case alone, or the start of one."""

    link: Link
    version: Version
    subject: Subject | None = None
    sitting: Sitting | None = None
    task: Task | None = None
    context: Context


def behind(connection: Connection, code: str) -> Behind:
    """Raises NotFound for a code that never was, or is over."""
    link = found_link(connection, code)
    if link.case_id is None:
        version = office().versions.newest(connection, link.definition or "")
        return Behind(link=link, version=version, context=context_for(connection, actor=PUBLIC_ACTOR))
    subject = _subject(connection, link)
    version = office().versions.get(connection, subject.definition, subject.version)
    context = context_for(connection, subject, link.actor)
    sittings = subject.sittings if isinstance(subject, Round) else ()
    return Behind(
        link=link,
        version=version,
        subject=subject,
        sitting=next((s for s in sittings if any(task.id == link.task for task in s.entry.tasks)), None),
        task=open_task(subject, link.task) if link.task is not None else None,
        context=context,
    )


def look_at(found: Behind) -> dict[str, Any]:
    """What is asked, as JSON."""
    if isinstance(found.subject, Case):
        return _case_view(found, found.subject)
    if isinstance(found.subject, Round):
        return _round_view(found, found.subject)
    return _start_view(found.version)


def box_behind(connection: Connection, code: str) -> Box:
    """The ballot that a link is for. Raises NotFound for a link that is for something else."""
    link = found_link(connection, code)
    if link.case_id is None or link.task is None:
        raise NotFound(sentence("This link is not valid, or not any more."))
    return Box(link.case_id, link.task)


def result_behind(connection: Connection, code: str) -> dict[str, Any]:
    """What became of that ballot, for its voter."""
    found = result_of(connection, behind(connection, code))
    if found is None:
        raise NotFound(sentence("This link is not valid, or not any more."))
    return found


def result_of(connection: Connection, found: Behind) -> dict[str, Any] | None:
    """The same of what was looked up already; none where the link is for something else."""
    if not isinstance(found.subject, Case) or found.link.task is None:
        return None
    number = task_id(found.subject.id, found.link.task)
    return next(
        (one for one in results(connection, found.version, found.subject, found.context) if one["task"] == number), None
    )


def answer(code: str, body: dict[str, Any], key: str | None) -> Answer:
    """Does what is answered, as whoever has the link."""
    with office().database.read() as connection:
        link = found_link(connection, code)
    if link.definition is not None and not any(
        body.get(name) for name in ("trigger", "vote", "votes", "rows", "score")
    ):
        return _start(link, code, body)
    if link.case_id is None:
        raise InvalidData((Problem("/trigger", "data", sentence("Begin first, with the form alone.")),))
    command = _command(link, body)
    if isinstance(command, CastVote):
        return cast(link.case_id, command, link.actor, key)
    return answered(act(office(), link.case_id, command, actor=link.actor, key=key), actor=link.actor)


def found_link(connection: Connection, code: str) -> Link:
    """What a code stands for; once something was started with it, that case, for whoever started it."""
    found = find(connection, code, office().database.now(connection))
    if found is None:
        raise NotFound(sentence("This link is not valid, or not any more."))
    return found if found.definition is None else _with_started(connection, found, code)


def _with_started(connection: Connection, link: Link, code: str) -> Link:
    case_id = _case_of(code)
    found = load(connection, case_id)
    if found is None or not isinstance(found[0], Case):
        return link
    entry = found[0].entry
    own = [task.id for task in entry.tasks if STARTER_LINK in task.everyone] if entry is not None else []
    return replace(link, case_id=case_id, task=own[0] if own else None, holder=STARTER_LINK)


def _start(link: Link, code: str, body: dict[str, Any]) -> Answer:
    """Once for each code: the code is the request."""
    with office().database.write() as connection:
        begin_with(connection, code, _case_of(code))
    new = NewCase(definition=link.definition or "", unit=link.unit, round_id=link.round_id, data=body["data"])
    try:
        outcome = start_case(office(), new, actor=PUBLIC_ACTOR, key=_key(code))
    except KeyReused as reused:
        raise Closed(sentence("With this link something was begun already; go on with it by a trigger.")) from reused
    return answered(outcome, actor=Actor(link=STARTER_LINK))


def _case_of(code: str) -> UUID:
    """The id of the case that is started with it."""
    return uuid5(NAMESPACE, request_of(PUBLIC_ACTOR, _key(code)).hex())


def _key(code: str) -> str:
    return f"link {digest_of(code).hex()}"


def _command(link: Link, body: dict[str, Any]) -> Command:
    """A vote, a card, a trigger; without a task only what his case offers at any time."""
    task = link.task or 0
    if body["score"]:
        return ScoreCard(task=task, score=body["score"], data=body["data"], opinion=body["opinion"])
    if body.get("vote") is not None or body["votes"] or body["rows"] or body["items"]:
        rows, votes = tuple(body["rows"]), body["votes"]
        return CastVote(task=task, choice=body.get("vote"), items=body["items"], rows=rows, votes=votes)
    trigger = body.get("trigger")
    if not trigger:
        raise InvalidData((Problem("/trigger", "required", sentence("What is your answer?")),))
    if _is_anytime(link, trigger):
        return Fire(trigger=trigger, opinion=body["opinion"], data=body["data"])
    if link.task is None:
        raise TaskClosed(sentence("Nothing is asked by this link; it shows where the case stands."))
    return Decide(task=task, trigger=trigger, opinion=body["opinion"], data=body["data"])


def _is_anytime(link: Link, trigger: str) -> bool:
    """Whether it is meant as one without a task: it is offered so, and the task does not offer it."""
    with office().database.read() as connection:
        case = _subject(connection, link)
        definition = office().versions.get(connection, case.definition, case.version).definition
    if not isinstance(case, Case) or trigger not in definition.anytime:
        return False
    return open_task(case, link.task or 0) is None or trigger not in definition.states[case.state].to


def _subject(connection: Connection, link: Link) -> Subject:
    assert link.case_id is not None
    found = load(connection, link.case_id)
    if found is None:
        raise NotFound
    return found[0]


def _case_view(found: Behind, case: Case) -> dict[str, Any]:
    definition, context = found.version.definition, found.context
    shown = None
    if found.task is not None:
        shown = task_view(found.version, case, found.task, context, language())
    return {
        "open": shown is not None and shown["may"],
        "title": label(definition.title),
        "subject": case.subject,
        "state": case.state,
        "state_label": label(definition.states[case.state].label),
        "task": shown,
        "form": form_of(definition).json_schema(shown["edit"] if shown is not None else ()),
        "data": shown_data(definition, case, context),
        "anytime": list(_anytime(definition, case, context)),
    }


def _round_view(found: Behind, round_: Round) -> dict[str, Any]:
    """A sitting in which somebody without an account has a vote; or news of a round."""
    sitting, shown = found.sitting, None
    if sitting is not None and found.task is not None:
        shown = sitting_task_view(found.version, round_, sitting, found.task, found.context, language())
    states = found.version.definition.states
    return {
        "open": shown is not None and shown["may"],
        "title": label(found.version.definition.title),
        "subject": round_.title_zh if language() == "zh" else round_.title_en,
        "state": sitting.state if sitting is not None else None,
        "state_label": label(states[sitting.state].label) if sitting is not None else None,
        "task": shown,
        "form": None,
        "data": None,
        "anytime": [],
    }


def _start_view(version: Version) -> dict[str, Any]:
    first = version.definition.states[version.definition.first_state]
    return {
        "open": True,
        "title": label(version.definition.title),
        "subject": None,
        "state": None,
        "state_label": None,
        "task": None,
        "form": form_of(version.definition).json_schema(first.edit),
        "data": None,
        "anytime": [],
    }


def _anytime(definition: Definition, case: Case, context: Context) -> list[str]:
    return [
        rule.name
        for rule in definition.anytime.values()
        if case.state in rule.states and in_group(definition, rule.by, case.unit, (case,), context) is not None
    ]
