"""A meeting to project: how many have voted while it runs, the result by group when it is closed; never who voted how."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy import Connection

from workflow.api.asking import office, signed_in
from workflow.api.subjects import seen_round
from workflow.cases.listing import subjects
from workflow.cases.polls import Box, how_many_voted
from workflow.cases.sittings import Poll, Sat, sittings_of, votes_by_case
from workflow.cases.versions import Version
from workflow.definition.model import Ballot, State
from workflow.engine.context import Context
from workflow.engine.papers import seats_of, standing, votes_needed
from workflow.engine.sight import runs_round
from workflow.engine.subject import Case, CaseFacts, Figure, Round, Sitting, number_order
from workflow.errors import NotFound, NotPermitted
from workflow.text import Language, sentence
from workflow.web.looking import named_apart, wording_of
from workflow.web.pages import is_part, page, pages, reader
from workflow.web.papers import rules_in_words
from workflow.web.rounds import may_close

blueprint = pages("meetings", __name__)

#: More voters than this are drawn as one bar.
_MOST_CELLS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """How many papers are in, of how many; `needed` make the vote count."""

    cast: int
    electorate: int
    needed: int | None

    @property
    def cells(self) -> list[str]:
        """One for each who may vote: the papers that are in, the latest as now, those to come."""
        if self.electorate > _MOST_CELLS:
            return []
        done = ["past"] * (self.cast - 1) + ["today"] * min(self.cast, 1)
        return done + ["left"] * (self.electorate - self.cast)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    place: str
    name: str
    unit: str
    yes: int = 0
    of: int = 0
    verdict: str = ""  #: seated, tied, outside, failed
    last: bool = False  #: below it the seats end

    @property
    def share(self) -> float:
        """In percent of those who voted on it."""
        return round(100 * self.yes / self.of, 2) if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """The second ballot among the tied: while it runs how many papers are in, afterwards what it gave each."""

    names: tuple[str, ...]
    turnout: Turnout | None
    rows: tuple[tuple[str, int], ...]
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    name: str
    words: str
    count: int
    seats: int | None


@dataclass(frozen=True, slots=True)
class _Hall:
    """What a meeting is about: its sitting, open or over, and the cases by group."""

    round: Round
    version: Version
    context: Context
    state: State
    sitting: Sitting | None
    sat: Sat | None
    cases: dict[str, Case]
    speaks: Language

    def groups(self) -> list[Group]:
        facts: dict[str, list[CaseFacts]] = {}
        for one in sorted(self._facts(), key=number_order):
            facts.setdefault(self._group(one), []).append(one)
        return [
            Group(name=name, words=self._called(name), count=len(found), seats=self._seats(found[0]))
            for name, found in sorted(facts.items())
        ]

    def members(self, group: str) -> list[str]:
        found = [one for one in self._facts() if self._group(one) == group]
        return [one.id for one in sorted(found, key=number_order)]

    def _facts(self) -> list[CaseFacts]:
        known = (self.context.round.cases or ()) if self.context.round else ()
        return [one for one in known if one.id in self.cases]

    def _group(self, one: CaseFacts) -> str:
        within = self._within
        return str(one.data.get(within, "")) if within else ""

    @property
    def _within(self) -> str | None:
        together = self.state.together
        return together.rank.within if together is not None and together.rank is not None else None

    def _called(self, name: str) -> str:
        field = self.version.definition.fields.get(self._within or "")
        if field is None:
            return ""
        return field.options[name].say(self.speaks) if name in field.options else name

    def _seats(self, one: CaseFacts) -> int | None:
        return seats_of(self.version.definition, self.state.name, one, self.context)


@blueprint.get("/rounds/<round_id>/meeting/<state>")
def meeting(round_id: str, state: str) -> Response:
    """For whoever runs the round; asked again every two seconds, it gives the part that changes."""
    signed_in()
    speaks = reader()
    with office().database.read() as connection:
        hall = _hall(connection, round_id, state, speaks)
        groups = hall.groups()
        asked = request.args.get("group", "")
        here = next((number for number, one in enumerate(groups) if one.name == asked), 0)
        group = groups[here] if groups else None
        shown = _shown(connection, hall, group) if group is not None else {"phase": "waiting"}
    wording = wording_of(hall.context, speaks)
    rules = hall.state.activity
    assert isinstance(rules, Ballot)
    closing = may_close(hall.version.definition, hall.round, rules, hall.context) and hall.sitting is not None
    task = next((one.id for one in hall.sitting.entry.tasks if one.kind == "ballot"), None) if hall.sitting else None
    return page(
        "meeting_hall.html" if is_part() else "meeting.html",
        round=hall.round,
        title=hall.round.title_zh if speaks == "zh" else hall.round.title_en,
        state=hall.state,
        number=hall.sat.number if hall.sat is not None else "",
        state_label=hall.state.label.say(speaks),
        now=wording.moment(hall.context.now),
        group=group,
        before=groups[here - 1] if here else None,
        after=groups[here + 1] if here + 1 < len(groups) else None,
        rules=list(rules_in_words(hall.version.definition, state, speaks)),
        secret=rules.secret,
        closes=f"/rounds/{round_id}/ballots/{round_id}.{task}/close" if closing and task is not None else "",
        key=secrets.token_hex(16),
        **shown,
    )


def _hall(connection: Connection, round_id: str, name: str, speaks: Language) -> _Hall:
    held, version, context = seen_round(connection, round_id)
    round_ = held.subject
    assert isinstance(round_, Round)
    state = version.definition.states.get(name)
    if state is None or state.together is None or not isinstance(state.activity, Ballot):
        raise NotFound
    if not runs_round(version.definition, round_, context):
        raise NotPermitted(sentence("Only those who run the round may project its meeting."))
    past = sittings_of(connection, UUID(round_.id), name)
    asked = request.args.get("sitting", "")
    running = [one for one in past if one.closed_at is None]
    sat = next((one for one in past if str(one.number) == asked), running[0] if running else past[-1] if past else None)
    sitting = next((one for one in round_.sittings if sat is not None and one.number == sat.number), None)
    ids = sitting.cases if sitting is not None else sat.cases if sat is not None else ()
    found = subjects(connection, [UUID(one) for one in ids])
    cases = {str(one): known.subject for one, known in found.items() if isinstance(known.subject, Case)}
    return _Hall(round_, version, context, state, sitting, sat, cases, speaks)


def _shown(connection: Connection, hall: _Hall, group: Group) -> dict[str, Any]:
    members = hall.members(group.name)
    if hall.sitting is not None and not (hall.sitting.entry.ballot and hall.sitting.entry.ballot.cases):
        candidates = [_candidate(hall, one, number) for number, one in enumerate(members, 1)]
        return {"phase": "voting", "turnout": _turnout(connection, hall), "candidates": candidates}
    figures = _figures(hall)
    rows = list(_rows(hall, members, figures))
    papers = hall.sat.polls[0].counts or {} if hall.sat is not None and hall.sat.polls else {}
    return {
        "phase": "second" if hall.sitting is not None else "result",
        "candidates": rows,
        "papers": papers.get("cast", max((one.of for one in rows), default=0)),
        "seated": sum(one.verdict == "seated" for one in rows),
        "second": _second(connection, hall, members),
    }


def _candidate(hall: _Hall, case: str, number: int) -> Candidate:
    name, unit = _named(hall, case)
    return Candidate(place=str(number), name=name, unit=unit)


def _named(hall: _Hall, case: str) -> tuple[str, str]:
    found = hall.cases[case]
    name, rest = named_apart(found.subject)
    return name or found.number or "–", rest or hall.context.directory.name_of(found.unit)


def _turnout(connection: Connection, hall: _Hall) -> Turnout | None:
    """Of the ballot that runs; a tally from a hall has none."""
    sitting = hall.sitting
    held = sitting.entry.ballot if sitting is not None else None
    if sitting is None or held is None:
        return None
    task = next((one.id for one in sitting.entry.tasks if one.kind == "ballot"), 0)
    cast = how_many_voted(connection, Box(UUID(hall.round.id), task)) if held.secret else len(held.voted)
    needed = votes_needed(hall.version.definition, hall.round, sitting, hall.context)
    return Turnout(cast=cast, electorate=len(held.electorate), needed=needed)


def _figures(hall: _Hall) -> dict[str, dict[str, Figure]]:
    """What the first ballot gave each; of a sitting that is over, with place and seat as they were settled."""
    if hall.sitting is not None:
        return standing(hall.version.definition, hall.round, hall.sitting, hall.context)
    assert hall.sat is not None
    return {case: {**found, "trigger": hall.sat.triggers[case]} for case, found in hall.sat.figures.items()}


def _rows(hall: _Hall, members: list[str], figures: dict[str, dict[str, Figure]]) -> Iterator[Candidate]:
    """The best first; those that did not pass last, by their votes."""
    known = [one for one in members if one in figures]
    known.sort(key=lambda one: (_number(figures[one], "place") or 10**6, -_number(figures[one], "yes")))
    verdicts = [_verdict(hall, one, figures[one]) for one in known]
    for number, (one, verdict) in enumerate(zip(known, verdicts, strict=True)):
        name, unit = _named(hall, one)
        own, following = figures[one], verdicts[number + 1 : number + 2]
        yield Candidate(
            place=str(own["place"]) if _number(own, "place") else "–",
            name=name,
            unit=unit,
            yes=_number(own, "yes"),
            of=_number(own, "cast"),
            verdict=verdict,
            last=verdict == "seated" and following != ["seated"],
        )


def _verdict(hall: _Hall, case: str, own: dict[str, Figure]) -> str:
    held = hall.sitting.entry.ballot if hall.sitting is not None else None
    if held is not None and case in held.cases:
        return "tied"
    if own.get("trigger") != "pass":
        return "failed"
    return "outside" if own.get("seated") is False else "seated"


def _number(own: dict[str, Figure], name: str) -> int:
    found = own.get(name)
    return found if isinstance(found, int) else 0


def _second(connection: Connection, hall: _Hall, members: list[str]) -> Second | None:
    """Of this group alone, though one paper holds the tied of all."""
    polls = [one for one in hall.sat.polls if one.cases] if hall.sat is not None else []
    poll: Poll | None = polls[-1] if polls else None
    tied = [one for one in members if poll is not None and one in poll.cases]
    if poll is None or not tied:
        return None
    names = tuple(_named(hall, one)[0] for one in tied)
    if poll.counts is None:
        return Second(names=names, turnout=_turnout(connection, hall), rows=(), most=0)
    votes = votes_by_case(connection, UUID(hall.round.id), poll)
    rows = sorted(((_named(hall, one)[0], votes[one]["yes"]) for one in tied if one in votes), key=lambda row: -row[1])
    return Second(names=names, turnout=None, rows=tuple(rows), most=max((poll.counts.get("cast", 0), 1)))
