"""The year in office: takes up definitions, begins what people begin by themselves, and has the desk do the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import select

from workflow.cases.acting import act
from workflow.cases.effects import follow
from workflow.cases.office import Office
from workflow.cases.starting import NewCase, start_case
from workflow.cases.tables import cases
from workflow.cases.versions import Texts, publish_checked
from workflow.demo.district import CLERKS_UNIT, District
from workflow.demo.year.assessing import ASSESSMENT
from workflow.demo.year.bargaining import CONTRACTS, LEAVE
from workflow.demo.year.calendar import BEGINNINGS, NARROWED, TAKEN_UP, Beginning
from workflow.demo.year.desk import Desk
from workflow.demo.year.dispatches import PROBLEMS, WEEKLY
from workflow.demo.year.homes import EVALUATIONS, HOMES
from workflow.demo.year.reports import MONTHLY
from workflow.demo.year.reviewing import BENEFITS, REVIEW, WITHDRAWAL
from workflow.demo.year.turns import Moves
from workflow.engine.commands import Fire
from workflow.engine.context import Actor
from workflow.engine.directory import Directory, Principal

MOVES: Final[Mapping[str, Moves]] = {
    "weekly_dispatch": WEEKLY,
    "problem": PROBLEMS,
    "monthly_report": MONTHLY,
    "union_assessment": ASSESSMENT,
    "model_worker_review": REVIEW,
    "honour_withdrawal": WITHDRAWAL,
    "benefit_year": BENEFITS,
    "workers_home": HOMES,
    "members_evaluation": EVALUATIONS,
    "collective_contract": CONTRACTS,
    "leave_request": LEAVE,
}


@dataclass(slots=True, eq=False)
class Year:
    office: Office
    texts: Mapping[str, Texts]  #: as they are shipped, by key
    district: District
    reopens_at: datetime  #: the last month of the clerk's union
    _taken_up: set[str] = field(default_factory=set)
    _begun: int = 0
    _reopened: bool = False

    def session(self, now: datetime) -> None:
        self.take_up(now)
        while self._begun < len(BEGINNINGS) and BEGINNINGS[self._begun].on <= now:
            self._begin(BEGINNINGS[self._begun])
            self._begun += 1
        if now >= self.reopens_at and not self._reopened:
            self._reopened = True
            self._reopen()
        Desk(self.office, MOVES).session(now)

    def take_up(self, now: datetime) -> None:
        """Publishes what is due, in the order of its dates."""
        for key, on in TAKEN_UP.items():
            if key not in self._taken_up and on <= now:
                self._taken_up.add(key)
                texts = _narrowed(key, self.texts[key])
                publish_checked(self.office.database, self.office.versions, texts, key)

    def _begin(self, one: Beginning) -> None:
        directory = self._directory()
        unit = self._union(directory, one.union)
        chair = _holder(directory, one.role, unit, one.on)
        key = f"demo/{one.definition}/{one.on.isoformat()}/{unit}"
        at = unit if one.role != "instructor" else directory.organisations[unit].parent
        new = NewCase(definition=one.definition, unit=at, data=one.data)
        outcome = start_case(self.office, new, actor=Actor(person=chair), key=key)
        follow(self.office, UUID(outcome.case.id))

    def _union(self, directory: Directory, place: int) -> Principal:
        """Of the large unions, those with the clerk's last."""
        names = [one.name for one in self.district.large if one.name != CLERKS_UNIT]
        name = CLERKS_UNIT if place < 0 else names[place % len(names)]
        return next(one.id for one in directory.organisations.values() if one.name == name)

    def _reopen(self) -> None:
        """The vice-chair has a closed report opened again: its union found a mistake."""
        directory = self._directory()
        unit = self._union(directory, -1)
        rows = select(cases.c.id).where(
            cases.c.definition == "monthly_report", cases.c.unit == unit, cases.c.state == "closed"
        )
        with self.office.database.read() as connection:
            found = connection.scalars(rows.order_by(cases.c.number.desc())).first()
        if found is None:
            return
        leader = _holder(directory, "leader", unit, self.reopens_at)
        command = Fire(trigger="reopen", opinion="二月新发展会员少报十二人，请更正")
        act(self.office, found, command, actor=Actor(person=leader))
        follow(self.office, found)

    def _directory(self) -> Directory:
        with self.office.database.read() as connection:
            return self.office.directory(connection)


def _narrowed(key: str, texts: Texts) -> Texts:
    if key not in NARROWED:
        return texts
    shipped, own = NARROWED[key]
    assert shipped in texts.definition
    return replace(texts, definition=texts.definition.replace(shipped, own))


def _holder(directory: Directory, role: str, unit: Principal, at: datetime) -> Principal:
    """Who holds a post at the unit, or nearest above it."""
    for place in directory.climb(unit):
        post = directory.post(role, place.id)
        holders: Sequence[Principal] = directory.holders(post.id, at) if post is not None else ()
        if holders:
            return holders[0]
    raise LookupError(role)
