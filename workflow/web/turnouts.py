"""The ballots of a case for whoever oversees it: the turnout by branch while one runs, the result by branch afterwards."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import office, signed_in
from workflow.api.problems import status_of
from workflow.api.results import results
from workflow.api.subjects import follow_at_once, seen_case, uuid_of
from workflow.cases.acting import act
from workflow.definition.model import Ballot, Definition
from workflow.engine.commands import Operate
from workflow.engine.context import Context
from workflow.engine.papers import votes_needed
from workflow.engine.subject import Case
from workflow.errors import WorkflowError
from workflow.text import Language
from workflow.web.deadlines import Deadline, deadline_of
from workflow.web.deciding import Wrong, wrong_of
from workflow.web.desk import desk_page
from workflow.web.looking import instant, named_apart, wording_of
from workflow.web.pages import pages, reader

blueprint = pages("turnouts", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A branch, or several that are told together."""

    name: str
    cast: int
    electorate: int
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One ballot of the case."""

    task: str
    words: str
    secret: bool
    open: bool
    deadline: Deadline | None
    closed_at: str | None
    cast: int | None
    electorate: int | None
    needed: int | None
    counts: tuple[tuple[str, int], ...]
    items: tuple[tuple[str, tuple[int, ...]], ...]
    choices: tuple[str, ...]
    parts: tuple[Part, ...]


@blueprint.get("/cases/<case_id>/ballots")
def ballots(case_id: str) -> Response:
    return _shown(case_id)


@blueprint.post("/cases/<case_id>/ballots/remind")
def remind(case_id: str) -> BaseResponse:
    """All who have not voted are reminded, and nobody is told who they are."""
    try:
        act(
            office(),
            uuid_of(case_id),
            Operate(operation="urge"),
            actor=signed_in(),
            key=request.form.get("key") or None,
        )
    except WorkflowError as error:
        return _shown(case_id, wrong_of(error, reader()), status_of(error))
    follow_at_once(uuid_of(case_id))
    return redirect(url_for("page_turnouts.ballots", case_id=case_id, reminded=1), code=303)


def _shown(case_id: str, wrong: Wrong | None = None, status: int = 200) -> Response:
    signed_in()
    speaks = reader()
    with office().database.read() as connection:
        held, version, context = seen_case(connection, case_id)
        case = held.subject
        assert isinstance(case, Case)
        found = results(connection, version, case, context)
    actor, look = context.actor.person, _Look(version.definition, case, context, speaks)
    name, rest = named_apart(case.subject)
    return desk_page(
        "ballots.html",
        status,
        here="cases",
        case=case,
        name=name or version.definition.title.say(speaks),
        rest=rest or context.directory.name_of(case.unit),
        title=version.definition.title.say(speaks),
        ballots=[look.held(one) for one in reversed(found)],
        may_remind=case.ended_at is None and actor in (case.starter, case.last_decider),
        reminded=request.args.get("reminded"),
        wrong=wrong or Wrong(),
        key=secrets.token_hex(16),
    )


@dataclass(frozen=True, slots=True)
class _Look:
    definition: Definition
    case: Case
    context: Context
    speaks: Language

    def held(self, one: dict[str, Any]) -> Held:
        """As the API shows a ballot; the electorate of one that runs is told to those who are told its turnout."""
        rules = self.definition.states[one["state"]].activity
        assert isinstance(rules, Ballot)
        counts: dict[str, int] = one["counts"] or {}
        ballot = self.case.entry.ballot if self.case.entry is not None else None
        oversees = one["open"] and one["cast"] is not None and ballot is not None
        wording = wording_of(self.context, self.speaks)
        return Held(
            task=one["task"],
            words=one["state_label"][self.speaks],
            secret=one["secret"],
            open=one["open"],
            deadline=deadline_of(_moment(one["due_at"]), _moment(one["opened_at"]), wording) if one["open"] else None,
            closed_at=wording.moment(instant(one["closed_at"])) if one["closed_at"] else None,
            cast=one["cast"],
            electorate=len(ballot.electorate) if oversees and ballot is not None else counts.get("electorate"),
            needed=votes_needed(self.definition, self.case, None, self.context) if oversees else None,
            counts=self._counts(rules, counts),
            items=tuple(
                (label.say(self.speaks), tuple(counts.get(f"{item}.{choice}", 0) for choice in rules.choices))
                for item, label in rules.items.items()
                if counts
            ),
            choices=tuple(label.say(self.speaks) for label in rules.choices.values()),
            parts=tuple(self._parts(rules, one["branches"])),
        )

    def _counts(self, rules: Ballot, counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
        return tuple((label.say(self.speaks), counts[name]) for name, label in rules.choices.items() if name in counts)

    def _parts(self, rules: Ballot, branches: list[dict[str, Any]]) -> Iterator[Part]:
        comma = "、" if self.speaks == "zh" else ", "
        for one in branches:
            yield Part(
                name=comma.join(unit["name"] for unit in one["units"]),
                cast=one["counts"].get("cast", 0),
                electorate=one["counts"].get("electorate", 0),
                counts=self._counts(rules, one["counts"]),
            )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else instant(text)
