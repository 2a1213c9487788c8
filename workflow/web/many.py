"""Deciding many tasks at once: what would happen to each is shown before anything is done, and what came of each after."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, request
from sqlalchemy import Connection

from workflow.api.asking import office, signed_in
from workflow.api.bodies import taken, unfit
from workflow.api.schemas.tasks import DecisionBody
from workflow.api.showing import task_view
from workflow.api.subjects import seen_task
from workflow.api.tasks import decide_task
from workflow.engine.context import Actor
from workflow.engine.subject import Case
from workflow.errors import InvalidData, NotFound, Problem, WorkflowError, said
from workflow.text import sentence
from workflow.web.deciding import Answer, answers_of
from workflow.web.desk import desk_page
from workflow.web.looking import named_apart
from workflow.web.pages import pages, reader

blueprint = pages("many", __name__)

#: So many at once; a page of the inbox has no more.
_MOST = 50
_LONGEST_ID = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """A task that was ticked, with what each answer would do; or why it cannot be decided here."""

    id: str
    name: str
    rest: str
    state: str
    answers: dict[str, Answer]
    why_not: str | None

    def refusal(self, trigger: str, opinion: str) -> str | None:
        """Why this answer would be refused."""
        if self.why_not is not None:
            return self.why_not
        answer = self.answers.get(trigger)
        if answer is None:
            return sentence("This answer is not offered here.").say(reader())
        if answer.why_not is not None:
            return answer.why_not
        if answer.missing:
            return sentence("Fields of the form are still empty; decide this one by itself.").say(reader())
        if answer.states or answer.choose_then:
            return sentence("This answer asks for a choice; decide this one by itself.").say(reader())
        if answer.opinion and not opinion.strip():
            return sentence("This answer needs an opinion.").say(reader())
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    name: str
    rest: str
    refused: str | None


@blueprint.get("/inbox/many")
def look() -> Response:
    """The answers that all the ticked tasks have; with one of them, what it would do to each. Looking does nothing."""
    signed_in()
    with office().database.read() as connection:
        tasks = [_ticked(connection, one) for one in _ids(request.args.getlist("task"))]
    trigger, opinion = request.args.get("trigger", ""), request.args.get("opinion", "")
    common = _common(tasks)
    chosen = next((one for one in common if one.trigger == trigger), None)
    refusals = {one.id: one.refusal(trigger, opinion) for one in tasks} if chosen else {}
    return desk_page(
        "many.html",
        here="inbox",
        tasks=tasks,
        common=common,
        chosen=chosen,
        opinion=opinion[:20000],
        refusals=refusals,
        going=[one for one in tasks if chosen and refusals[one.id] is None],
        key=secrets.token_hex(16),
    )


@blueprint.post("/inbox/many")
def decide() -> Response:
    """Each on its own: what refuses one hinders no other. Sent twice, it is done once."""
    actor = signed_in()
    form, speaks = request.form, reader()
    if wrong := list(unfit(form.to_dict(), "")):
        raise InvalidData(tuple(wrong))
    ids = _ids(form.getlist("task"))
    with office().database.read() as connection:
        named = {one: _ticked(connection, one) for one in ids}
    body = taken(DecisionBody(), {"trigger": form.get("trigger", ""), "opinion": form.get("opinion", "")})
    results = []
    for one in ids:
        refused = _decide(one, dict(body), actor, form.get("key"))
        because = None if refused is None else said(refused.because, speaks) if refused.because else refused.say(speaks)
        results.append(
            Result(name=named[one].name or form.get(f"name.{one}", "")[:100], rest=named[one].rest, refused=because)
        )
    return desk_page("many_done.html", here="inbox", results=results)


def _decide(task_id: str, body: dict[str, object], actor: Actor, key: str | None) -> WorkflowError | None:
    try:
        decide_task(task_id, body, actor, f"{key}#{task_id}" if key else None, None)
    except WorkflowError as error:
        return error
    return None


def _ids(given: list[str]) -> list[str]:
    found = list(dict.fromkeys(one for one in given if 0 < len(one) <= _LONGEST_ID))
    if not found:
        raise InvalidData((Problem("/task", "required", sentence("Tick the tasks first.")),))
    if len(found) > _MOST:
        raise InvalidData((Problem("/task", "data", sentence("At most {most} at once.", most=_MOST)),))
    return found


def _ticked(connection: Connection, task_id: str) -> Ticked:
    """Of a task that is gone, or that nobody may see, nothing is told but that."""
    speaks = reader()
    try:
        held, version, context, found = seen_task(connection, task_id)
    except NotFound:
        gone = sentence("This task is not open any more.").say(speaks)
        return Ticked(id=task_id, name="", rest="", state="", answers={}, why_not=gone)
    case = held.subject
    if not isinstance(case, Case):
        together = sentence("Cases of a round are decided together, on the page of the round.").say(speaks)
        name = case.title_zh if speaks == "zh" else case.title_en
        return Ticked(id=task_id, name=name, rest="", state="", answers={}, why_not=together)
    name, rest = named_apart(case.subject)
    view = task_view(version, case, found, context, speaks)
    alone = sentence("A vote or a score is given by itself.").say(speaks)
    return Ticked(
        id=task_id,
        name=name or version.definition.title.say(speaks),
        rest=rest,
        state=version.definition.states[case.state].label.say(speaks),
        answers={one.trigger: one for one in answers_of(version.definition, view, speaks)},
        why_not=view["why_not"] if not view["may"] else None if found.kind in _PLAIN else alone,
    )


_PLAIN = ("task", "objection", "signer")


def _common(tasks: list[Ticked]) -> list[Answer]:
    """What all that can be decided have in common, under one label."""
    able = [one for one in tasks if one.why_not is None]
    return list(_shared(able)) if able else []


def _shared(tasks: list[Ticked]) -> Iterator[Answer]:
    for name, answer in tasks[0].answers.items():
        others = [one.answers.get(name) for one in tasks]
        if all(other is not None and other.label == answer.label for other in others):
            yield answer
