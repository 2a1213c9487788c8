"""Rounds: the list, and one round: its dates, seats and figures, who sits together now, what was decided; and running it."""

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import context_for, office, signed_in
from workflow.api.ballots import close_ballot
from workflow.api.paging import cursor, place_of
from workflow.api.problems import status_of
from workflow.api.rounds import rounds_seen
from workflow.api.subjects import follow_at_once, round_id_of, seen_round, uuid_of, view
from workflow.cases.acting import act
from workflow.cases.desk import stored_events
from workflow.cases.listing import every_case_of_round
from workflow.cases.sittings import sittings_of
from workflow.cases.versions import Version
from workflow.definition.model import Ballot, CalledBy, Definition
from workflow.engine.commands import CallTogether, CloseRound
from workflow.engine.context import Context
from workflow.engine.permit import in_group
from workflow.engine.rounds.life import waiting_for
from workflow.engine.rounds.work import RoundWork
from workflow.engine.sight import may_see, runs_round
from workflow.engine.subject import Case, Round, number_order
from workflow.errors import WorkflowError, said
from workflow.text import Label, Language
from workflow.web.deadlines import Deadline, deadline_of
from workflow.web.deciding import Wrong, wrong_of
from workflow.web.desk import desk_page
from workflow.web.looking import instant, named_apart, wording_of
from workflow.web.pages import pages, reader
from workflow.web.quotas import quotas
from workflow.web.sitting import figures_in_words
from workflow.web.timeline import timeline
from workflow.web.values import Values

blueprint = pages("rounds", __name__)

_PAGE = 30
_MOST_CASES = 200
_MOST_LINES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: str
    title: str
    state: str
    unit: str
    cases: int
    deadline: Deadline | None
    opened: str
    sits: tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    id: str
    number: str
    name: str
    rest: str
    state: str
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A state whose cases somebody calls together."""

    state: str
    words: str
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sits:
    """A sitting that is open."""

    number: int
    state: str
    words: str
    cases: int
    since: str
    votes: bool  #: it is a ballot: its hall has a page to project
    tasks: tuple[tuple[str, str, bool], ...]  #: id, kind, whether this person may act
    closes: str | None  #: the task of a ballot that this person may close


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A sitting that is over: what it gave each case, the best first."""

    number: int
    state: str
    words: str
    at: str
    votes: bool
    rows: tuple[tuple[str, str, tuple[str, ...], str], ...]  #: case id, name, figures, what was decided


@blueprint.get("/rounds")
def rounds() -> Response:
    """Those that the reader may see, the latest first."""
    signed_in()
    speaks, definition = reader(), request.args.get("definition") or None
    place = place_of(request.args.get("after") or None, definition, (datetime, UUID))
    with office().database.read() as connection:
        context = context_for(connection)
        wording = wording_of(context, speaks)
        found = list(islice(rounds_seen(connection, context, definition, place), _PAGE + 1))
    rows = [
        Row(
            id=shown["id"],
            title=shown["title"][speaks],
            state=shown["state"],
            unit=shown["unit"]["name"],
            cases=shown["cases"],
            deadline=deadline_of(_closes(shown), round_.opened_at, wording),
            opened=wording.day(round_.opened_at.date()),
            sits=tuple(Label(**one["state_label"]) for one in shown["sittings"]),
        )
        for round_, shown in found[:_PAGE]
    ]
    last = found[_PAGE - 1][0] if len(found) > _PAGE else None
    after = cursor((last.opened_at, last.id), definition) if last else None
    more = url_for("page_rounds.rounds", after=after, definition=definition) if after else None
    return desk_page("rounds.html", here="rounds", rows=rows, more=more)


@blueprint.get("/rounds/<round_id>")
def one_round(round_id: str) -> Response:
    return _shown(round_id)


@blueprint.post("/rounds/<round_id>/sittings/<state>")
def call_together(round_id: str, state: str) -> BaseResponse:
    return _act(round_id, CallTogether(state=state))


@blueprint.post("/rounds/<round_id>/close")
def close(round_id: str) -> BaseResponse:
    return _act(round_id, CloseRound())


@blueprint.post("/rounds/<round_id>/ballots/<task_id>/close")
def close_one(round_id: str, task_id: str) -> BaseResponse:
    """Closes a ballot before all have voted; the hall sees what it came to."""
    try:
        close_ballot(task_id, signed_in(), request.form.get("key") or None, None)
    except WorkflowError as error:
        return _shown(round_id, wrong_of(error, reader()), status_of(error))
    state, sitting = request.form.get("back"), request.form.get("sitting") or None
    if state:
        return redirect(url_for("page_meetings.meeting", round_id=round_id, state=state, sitting=sitting), code=303)
    return redirect(url_for("page_rounds.one_round", round_id=round_id), code=303)


def _act(round_id: str, command: CallTogether | CloseRound) -> BaseResponse:
    try:
        act(office(), round_id_of(round_id), command, actor=signed_in(), key=request.form.get("key") or None)
    except WorkflowError as error:
        return _shown(round_id, wrong_of(error, reader()), status_of(error))
    follow_at_once(uuid_of(round_id))
    return redirect(url_for("page_rounds.one_round", round_id=round_id), code=303)


def _shown(round_id: str, wrong: Wrong | None = None, status: int = 200) -> Response:
    signed_in()
    speaks = reader()
    with office().database.read() as connection:
        held, version, context = seen_round(connection, round_id)
        round_ = held.subject
        assert isinstance(round_, Round)
        shown, wording = view(connection, held, version, context), wording_of(context, speaks)
        seen = list(_seen(connection, round_, version, context))
        runs = runs_round(version.definition, round_, context)
        results = list(_results(connection, round_, version, context, {one.id for one in seen} if not runs else None))
        events, _ = stored_events(connection, UUID(round_.id))
        lines = timeline(events, version.definition, context.directory, wording)[:_MOST_LINES] if runs else ()
    rules, values = version.definition.round, Values(context.directory, speaks)
    assert rules is not None
    return desk_page(
        "round.html",
        status,
        here="rounds",
        round=shown,
        name=shown["title"][speaks],
        deadline=deadline_of(_closes(shown), round_.opened_at, wording),
        groups=values.of(rules.fields, version.definition.title.say(speaks), shown["data"]),
        figures=list(_figures(version.definition, shown, speaks)),
        quotas=quotas(version.definition, context, speaks),
        cases=[_case_row(one, version, context, speaks) for one in seen[:_MOST_CASES]],
        counts=_counts(seen, version, speaks),
        sits=list(_sits(round_, version, context, speaks)),
        calls=list(_calls(round_, version, context, speaks)),
        results=results,
        runs=runs,
        lines=lines,
        wrong=wrong or Wrong(),
        key=secrets.token_hex(16),
    )


def _seen(connection: Connection, round_: Round, version: Version, context: Context) -> Iterator[Case]:
    """The cases that the reader may see, by number."""
    found = [one.subject for one in every_case_of_round(connection, UUID(round_.id))]
    cases = [one for one in found if isinstance(one, Case) and may_see(version.definition, one, context)]
    yield from sorted(cases, key=number_order)


def _case_row(case: Case, version: Version, context: Context, speaks: Language) -> CaseRow:
    name, rest = named_apart(case.subject)
    return CaseRow(
        id=case.id,
        number=case.number or "",
        name=name or case.number or "–",
        rest=rest or context.directory.name_of(case.unit),
        state=version.definition.states[case.state].label.say(speaks),
        ended=case.ended_at is not None,
    )


def _counts(cases: list[Case], version: Version, speaks: Language) -> list[tuple[str, str, int]]:
    """How many stand in each state, in the order of the definition: name, words, number."""
    counted = Counter(one.state for one in cases)
    states = version.definition.states
    return [(name, found.label.say(speaks), counted[name]) for name, found in states.items() if counted[name]]


def _figures(definition: Definition, shown: dict[str, Any], speaks: Language) -> Iterator[tuple[str, str, list[Any]]]:
    """Label and number of each figure; of one by groups, each group with its number."""
    rules = definition.round
    assert rules is not None
    for name, rule in rules.figures.items():
        value = shown["figures"].get(name)
        label = rule.label.say(speaks)
        if isinstance(value, dict):
            by = definition.fields.get(rule.by or "")
            options = by.options if by is not None else {}
            parts = [(options[key].say(speaks) if key in options else key, _number(n)) for key, n in value.items()]
            yield label, "", parts
        else:
            yield label, _number(value), []


def _number(value: Any) -> str:
    if value is None:
        return "–"
    number = float(value)
    return str(int(number)) if number.is_integer() else f"{number:.1f}"


def _sits(round_: Round, version: Version, context: Context, speaks: Language) -> Iterator[Sits]:
    wording = wording_of(context, speaks)
    for sitting in round_.sittings:
        state = version.definition.states[sitting.state]
        rules = state.activity
        ballots = [task for task in sitting.entry.tasks if task.kind == "ballot"]
        mine = (
            {*context.directory.principals(context.actor.person, version.key, context.now)}
            if context.actor.person
            else set()
        )
        closes = isinstance(rules, Ballot) and bool(ballots) and may_close(version.definition, round_, rules, context)
        yield Sits(
            number=sitting.number,
            state=sitting.state,
            words=state.label.say(speaks),
            cases=len(sitting.cases),
            since=wording.moment(sitting.entry.at),
            votes=isinstance(rules, Ballot),
            tasks=tuple(
                (f"{round_.id}.{task.id}", task.kind, bool(mine & set(task.everyone))) for task in sitting.entry.tasks
            ),
            closes=f"{round_.id}.{ballots[0].id}" if closes else None,
        )


def may_close(definition: Definition, round_: Round, rules: Ballot, context: Context) -> bool:
    """Whether this person may close a ballot before all have voted."""
    return bool(rules.closed_by) and in_group(definition, rules.closed_by, round_.unit, (), context) is not None


def _calls(round_: Round, version: Version, context: Context, speaks: Language) -> Iterator[Call]:
    work = RoundWork(version.definition, context, round_)
    cases = (context.round.cases or ()) if context.round else ()
    for state in version.definition.states.values():
        until = state.together.until if state.together else None
        if (
            isinstance(until, CalledBy)
            and in_group(version.definition, until.who, round_.unit, (), context) is not None
        ):
            waiting = len(waiting_for(work, state.name, cases))
            yield Call(state=state.name, words=state.label.say(speaks), waiting=waiting)


def _results(
    connection: Connection, round_: Round, version: Version, context: Context, only: set[str] | None
) -> Iterator[Result]:
    """Sittings that are over, the latest first; of cases that the reader may not see nothing."""
    speaks = reader()
    definition, wording = version.definition, wording_of(context, speaks)
    names = {one.id: one for one in _all(connection, round_)}
    for sat in reversed(sittings_of(connection, UUID(round_.id))):
        shown = [case for case in sat.triggers if case in names and (only is None or case in only)]
        if sat.closed_at is None or not shown:
            continue
        shown.sort(key=lambda case: (sat.figures[case].get("place") or 10**9, number_order(names[case])))
        yield Result(
            number=sat.number,
            state=sat.state,
            words=definition.states[sat.state].label.say(speaks),
            at=wording.moment(sat.closed_at),
            votes=bool(sat.polls),
            rows=tuple(
                (
                    case,
                    named_apart(names[case].subject)[0] or names[case].number or "–",
                    tuple(figures_in_words(sat.figures[case], speaks)),
                    said(definition.trigger_called(sat.triggers[case]), speaks),
                )
                for case in shown
            ),
        )


def _all(connection: Connection, round_: Round) -> Iterator[Case]:
    for one in every_case_of_round(connection, UUID(round_.id)):
        if isinstance(one.subject, Case):
            yield one.subject


def _closes(shown: dict[str, Any]) -> datetime | None:
    return instant(shown["closes_at"]) if shown["closes_at"] and shown["state"] == "open" else None
