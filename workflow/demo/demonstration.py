"""The whole demo: a district from its workbooks, one season played to its awards, and a morning in the midst of the next."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from workflow.cases.reading import subject_of
from workflow.cases.starting import NewCase, open_round, start_case
from workflow.cases.tables import cases as cases_table
from workflow.cases.tables import event
from workflow.cases.verifying import Verified, verify
from workflow.cases.versions import Texts, Version
from workflow.clock.settable import DEMO, Delivery, mark, set_cast, set_clock
from workflow.demo.candidates import Candidate, make_candidates, values_of
from workflow.demo.district import (
    CLERK,
    CLERKS_UNIT,
    LARGE,
    LEADER,
    MEMBER,
    REVIEWER,
    REVIEWERS_TOWNSHIP,
    District,
    make_district,
)
from workflow.demo.play import KEY, Call, Play, holder_of, officer_of
from workflow.demo.scripts import Script, Season, scripts_of, seats_of
from workflow.demo.seasons import BEGINS, LAST_STAGES, OPEN, PLAYED, REOPENED, STOPS
from workflow.demo.workbooks import write_candidates, write_organisations, write_people
from workflow.demo.year.calendar import NARROWED
from workflow.demo.year.chronicle import chronicle
from workflow.demo.year.colleagues import with_accounts
from workflow.demo.year.year import Year
from workflow.engine.context import PUBLIC_ACTOR, Actor
from workflow.engine.directory import Directory, Principal
from workflow.engine.subject import Case
from workflow.messages.tables import message
from workflow.people.credentials import set_password
from workflow.people.delegations import delegate
from workflow.records.nominations import import_nominations
from workflow.records.registers import import_organisations, import_people
from workflow.text import Label, Sentence, sentence

SEED: Final = 2026
PASSWORD: Final = "yangguang-2026"  # noqa: S105 -- of the demo, which prints it
SERVICE: Final = Actor(service="demo")
ADMINISTRATOR: Final = "admin"

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

    months: Mapping[str, Sequence[Sentence]]  #: what happened in each
    narrowed: Sentence  #: which definitions were changed, and how
    states: Sequence[tuple[Label, int]]  #: in which so many cases are, in the order of the definitions
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
    year = Year(office, _by_key(texts), district, reopens_at=REOPENED)
    _set_up(office, district, folder)
    year.take_up(BEGINS)
    staging = _Staging(office, delivery, district, random, folder, seen, year)
    staging.season(PLAYED, 0.10, 0.50, 1)
    staging.season(LAST_STAGES, 0.50, 0.78, 2, until=OPEN.opens)
    staging.season(OPEN, 0.78, 0.97, 3, until=STOPS)
    return _played(office)


def _by_key(texts: Sequence[Texts]) -> dict[str, Texts]:
    """A shipped text begins with its key, after a few remarks."""
    return {next(re.finditer(r"^key: (\w+)", one.definition, re.MULTILINE))[1]: one for one in texts}


def _set_up(office: Office, district: District, folder: Path) -> None:
    """By the same imports as every district."""
    organisations, people = folder / "organisations.xlsx", folder / "people.xlsx"
    write_organisations(organisations, district.places)
    write_people(people, district.people)
    import_organisations(office, organisations, actor=SERVICE)
    import_people(office, people, actor=SERVICE)
    directory = _directory(office)
    for one in _LOGINS:
        set_password(office.database, _person(directory, one.login), PASSWORD)
    set_cast(office, [one.login for one in _LOGINS])
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
        self,
        office: Office,
        delivery: Delivery,
        district: District,
        random: Random,
        folder: Path,
        seen: Seen,
        year: Year,
    ) -> None:
        self._office, self._delivery, self._folder = office, delivery, folder
        self._random, self._seen = random, seen
        self._play = Play(office, delivery, year.session)
        self._units = [place for place in district.enterprises if not place.assessed or place.name == CLERKS_UNIT]
        self._near = sorted(
            (place for place in self._units if place.parent == REVIEWERS_TOWNSHIP),
            key=lambda place: place.name != CLERKS_UNIT,
        )
        self._taken: set[str] = set()

    def season(self, season: Season, begins: float, ends: float, number: int, until: datetime | None = None) -> None:
        self._play.until(season.opens, lambda _: None)
        candidates = list(make_candidates(self._units, season.year, season.candidates, self._random, self._taken))
        if season.registered:
            self._register(candidates)
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

    def _register(self, candidates: Sequence[Candidate]) -> None:
        """Those who have an account, with some who work beside them."""
        workbook = self._folder / "model-workers.xlsx"
        write_people(workbook, list(with_accounts(candidates, self._random)))
        import_people(self._office, workbook, actor=SERVICE)

    def _open(self, season: Season, scripts: Sequence[Script]) -> None:
        directory = _directory(self._office)
        data = {
            "closes_on": f"{season.closes_on}",
            "meeting_on": f"{season.meeting_on}",
            "seats": seats_of(season, [script.candidate for script in scripts]),
            "bonus": 3000,
        }
        key = f"demo/{season.opens.isoformat()}"
        opened = open_round(self._office, KEY, actor=officer_of(directory), data=data, key=key)
        round_id = UUID(opened.round.id)
        by_number = {script.candidate.id_number: script for script in scripts}
        self._play.calls.append(Call(round_id, by_number, self._random, season))
        for script in scripts[: season.himself]:
            self._himself(round_id, directory, script.candidate)

    def _himself(self, round_id: UUID, directory: Directory, candidate: Candidate) -> None:
        """Somebody who works for himself puts himself forward where he lives, by a link."""
        home = next(place.id for place in directory.organisations.values() if place.name == candidate.unit.parent)
        new = NewCase(definition=KEY, unit=home, round_id=round_id, data=values_of(candidate))
        outcome = start_case(self._office, new, actor=PUBLIC_ACTOR, key=f"demo/{candidate.id_number}")
        follow(self._office, UUID(outcome.case.id))


def _played(office: Office) -> Played:
    with office.database.read() as connection:
        rows = connection.execute(select(cases_table).where(cases_table.c.kind == "case")).mappings()
        cases = [found for found in map(subject_of, rows) if isinstance(found, Case)]
        versions = office.versions.all_newest(connection)
        mails = _counts(connection, select(message.c.kind, func.count()))
        timers = connection.scalar(select(func.count()).select_from(event).where(event.c.body.contains(_FIRED))) or 0
    return Played(
        months=chronicle(cases),
        narrowed=_narrowed(versions),
        states=list(_states(cases, versions)),
        mails=mails,
        timers=timers,
        verified=verify(office),
        logins=_LOGINS,
    )


def _narrowed(versions: Iterable[Version]) -> Sentence:
    titles = [one.definition.title for one in versions if one.key in NARROWED]
    return sentence(
        "In this first year only for unions of {count} members and more, by one changed line each: {titles}",
        count=LARGE,
        titles=titles,
    )


def _states(cases: Iterable[Case], versions: Iterable[Version]) -> Iterator[tuple[Label, int]]:
    counts = Counter((case.definition, case.state) for case in cases)
    for version in versions:
        for name, state in version.definition.states.items():
            if number := counts[version.key, name]:
                yield state.label, number


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
    Login(login=MEMBER, name="孙丽", who=sentence("Member of that enterprise's union")),
    Login(login=ADMINISTRATOR, name="管理员", who=sentence("Administrator")),
)
