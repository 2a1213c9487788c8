"""The whole demo: a district from its workbooks, one season played to its awards, and a morning in the midst of the next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from workflow.calendar import ZONE
from workflow.cases.effects import follow
from workflow.cases.office import Office
from workflow.cases.starting import NewCase, open_round, start_case
from workflow.cases.tables import cases as cases_table
from workflow.cases.tables import event
from workflow.cases.verifying import Verified, verify
from workflow.cases.versions import Texts, publish_checked
from workflow.clock.settable import DEMO, Delivery, mark, set_clock
from workflow.definition.loading import load_definition
from workflow.demo.candidates import Candidate, make_candidates, values_of
from workflow.demo.district import CLERK, CLERKS_UNIT, LEADER, REVIEWER, REVIEWERS_TOWNSHIP, District, make_district
from workflow.demo.play import KEY, Call, Play, holder_of, officer_of
from workflow.demo.scripts import Script, Season, scripts_of, seats_of
from workflow.demo.seasons import BEGINS, LAST_STAGES, OPEN, PLAYED, STOPS
from workflow.demo.workbooks import write_candidates, write_organisations, write_people
from workflow.engine.context import PUBLIC_ACTOR, Actor
from workflow.engine.directory import Directory, Principal
from workflow.messages.tables import message
from workflow.people.credentials import set_password
from workflow.people.delegations import delegate
from workflow.records.nominations import import_nominations
from workflow.records.registers import import_organisations, import_people
from workflow.text import Sentence, sentence

SEED: Final = 2026
PASSWORD: Final = "yangguang-2026"  # noqa: S105 -- of the demo, which prints it
SERVICE: Final = Actor(service="demo")
ADMINISTRATOR: Final = "admin"
#: Of the definitions that are shipped, those of the season.
_PUBLISHED: Final = ("leave_request", KEY)

#: How far it is, of 1.
Seen = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Whom a visitor may be."""

    login: str
    name: str
    who: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a demo left behind."""

    states: Mapping[tuple[str, str], int]  #: cases by definition and state
    mails: Mapping[str, int]  #: by kind
    timers: int  #: fired
    verified: Verified
    logins: Sequence[Login]


def demonstrate(office: Office, delivery: Delivery, texts: Sequence[Texts], folder: Path, seen: Seen) -> Played:
    """Fills and plays a fresh database; what is imported lies in `folder` as workbooks."""
    mark(office, DEMO)
    set_clock(office, BEGINS)
    random = Random(SEED)  # noqa: S311 -- a demo that can be repeated
    folder.mkdir(parents=True, exist_ok=True)
    district = make_district(SEED)
    _set_up(office, district, texts, folder)
    staging = _Staging(office, delivery, district, random, folder, seen)
    staging.season(PLAYED, 0.10, 0.50, 1)
    staging.season(LAST_STAGES, 0.50, 0.78, 2, until=OPEN.opens)
    staging.season(OPEN, 0.78, 0.97, 3, until=STOPS)
    return _played(office)


def _set_up(office: Office, district: District, texts: Sequence[Texts], folder: Path) -> None:
    """By the same imports as every district."""
    organisations, people = folder / "organisations.xlsx", folder / "people.xlsx"
    write_organisations(organisations, district.places)
    write_people(people, district.people)
    import_organisations(office, organisations, actor=SERVICE)
    import_people(office, people, actor=SERVICE)
    for one in texts:
        key = load_definition(one.definition).sound().key
        if key in _PUBLISHED:
            publish_checked(office.database, office.versions, one, key)
    directory = _directory(office)
    for login in (CLERK, REVIEWER, LEADER, ADMINISTRATOR):
        set_password(office.database, _person(directory, login), PASSWORD)
    _stand_in(office, directory)


def _stand_in(office: Office, directory: Directory) -> None:
    """The reviewer of a township is away for a week, and its chair stands in for him."""
    township = next(place.id for place in directory.organisations.values() if place.name == "常郭镇")
    reviewer, chair = (holder_of(directory, role, township) for role in ("reviewer", "union_chair"))
    begins, ends = datetime(2025, 2, 17, tzinfo=ZONE), datetime(2025, 3, 3, tzinfo=ZONE)
    delegate(office.database, from_person=reviewer, to_person=chair, begins=begins, ends=ends)


class _Staging:
    """Opens the calls one after the other and has their people play."""

    def __init__(
        self, office: Office, delivery: Delivery, district: District, random: Random, folder: Path, seen: Seen
    ) -> None:
        self._office, self._delivery, self._folder = office, delivery, folder
        self._random, self._seen = random, seen
        self._play = Play(office, delivery)
        self._units = [place for place in district.enterprises if not place.assessed or place.name == CLERKS_UNIT]
        self._near = sorted(
            (place for place in self._units if place.parent == REVIEWERS_TOWNSHIP),
            key=lambda place: place.name != CLERKS_UNIT,
        )
        self._taken: set[str] = set()

    def season(self, season: Season, begins: float, ends: float, number: int, until: datetime | None = None) -> None:
        self._play.until(season.opens, lambda _: None)
        candidates = list(make_candidates(self._units, season.year, season.candidates, self._random, self._taken))
        scripts = scripts_of(season, candidates, self._near)
        self._open(season, scripts)
        workbook = self._folder / f"nominations-{number}.xlsx"
        write_candidates(workbook, season.year, [script.candidate for script in scripts[season.himself :]])
        import_nominations(self._office, workbook, actor=SERVICE, folder=self._folder)
        last = until or season.ends
        whole = (last - season.opens).total_seconds()

        def seen(now: datetime) -> None:
            self._seen(begins + (ends - begins) * (now - season.opens).total_seconds() / whole)

        self._play.until(last, seen)

    def _open(self, season: Season, scripts: Sequence[Script]) -> None:
        directory = _directory(self._office)
        data = {
            "closes_on": f"{season.closes_on}",
            "meeting_on": f"{season.meeting_on}",
            "seats": seats_of(season, [script.candidate for script in scripts]),
            "bonus": 3000,
        }
        opened = open_round(self._office, KEY, actor=officer_of(directory), data=data)
        round_id = UUID(opened.round.id)
        by_number = {script.candidate.id_number: script for script in scripts}
        self._play.calls.append(Call(round_id, by_number, self._random, season))
        for script in scripts[: season.himself]:
            self._himself(round_id, directory, script.candidate)

    def _himself(self, round_id: UUID, directory: Directory, candidate: Candidate) -> None:
        """Somebody who works for himself puts himself forward where he lives, by a link."""
        home = next(place.id for place in directory.organisations.values() if place.name == candidate.unit.parent)
        new = NewCase(definition=KEY, unit=home, round_id=round_id, data=values_of(candidate))
        outcome = start_case(self._office, new, actor=PUBLIC_ACTOR)
        follow(self._office, UUID(outcome.case.id))


def _played(office: Office) -> Played:
    with office.database.read() as connection:
        kinds = select(cases_table.c.definition, cases_table.c.state, func.count())
        rows = connection.execute(
            kinds.where(cases_table.c.kind == "case").group_by(cases_table.c.definition, cases_table.c.state)
        )
        states = {(definition, state): number for definition, state, number in rows}
        mails = _counts(connection, select(message.c.kind, func.count()))
        timers = connection.scalar(select(func.count()).select_from(event).where(event.c.body.contains(_FIRED))) or 0
    return Played(states=states, mails=mails, timers=timers, verified=verify(office), logins=_LOGINS)


def _counts(connection: Connection, rows: Select[Any]) -> dict[str, int]:
    first = rows.selected_columns[0]
    return dict(connection.execute(rows.group_by(first).order_by(func.count().desc(), first)).tuples().all())


def _directory(office: Office) -> Directory:
    with office.database.read() as connection:
        return office.directory(connection)


def _person(directory: Directory, login: str) -> Principal:
    return next(person.id for person in directory.persons.values() if person.login == login)


_FIRED: Final = '"command":{"kind":"fire_timer"'
_LOGINS: Final = (
    Login(login=CLERK, name="王芳", who=sentence("Clerk of an enterprise's union")),
    Login(login=REVIEWER, name="李强", who=sentence("Reviewer of a township")),
    Login(login=LEADER, name="赵敏", who=sentence("Leader of the federation")),
    Login(login=ADMINISTRATOR, name="管理员", who=sentence("Administrator")),
)
