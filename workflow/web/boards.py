"""The board of a round: how many have reported, what the meeting has to decide, who wants help, what was promised.

What a definition nobody has seen calls its things is not known here. The board goes by the shape of its rounds: figures and
their rates, fields that figures add up, tables filled in from the round before, cases that are started from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from workflow.api.asking import office
from workflow.cases.facts import case_before
from workflow.cases.listing import CaseFilter, case_page, reader_of
from workflow.definition.form import reckoned
from workflow.definition.model import Definition, Field, Figure
from workflow.engine.checks import doubts
from workflow.engine.context import Context
from workflow.engine.subject import Case, CaseFacts
from workflow.engine.values import added_by
from workflow.messages.listing import reminders_of
from workflow.messages.wording import Wording
from workflow.records.sheets import LATE, SPOKEN_OF_FIRST, Line, Sheet
from workflow.text import Label
from workflow.web.deadlines import Deadline, deadline_of
from workflow.web.figures import Rate, Reckoned

_CELLS = 8  #: rounds that are shown of a unit
_MOST_NUMBERS = 3
_MOST_DOUBTS = 20
_MOST_OPEN = 200
_NUMBERS = ("integer", "number", "money")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What one case of the round says of its unit."""

    case: str
    name: str
    starter: str
    status: str  #: missing, late, returned, done, waiting
    state: Label
    urged: tuple[datetime, ...]
    deadline: Deadline | None
    cells: tuple[str, ...]  #: a class for each of the last rounds, this one last
    kept: tuple[float, float] | None  #: part and whole of the first rate
    numbers: tuple[float | None, ...]
    spoken_of: int  #: rows of what a meeting speaks about first


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something a meeting has to decide, or whoever closes the books has to look at."""

    words: str
    place: str
    case: str
    deadline: Deadline | None = None
    kind: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    what: str
    place: str
    case: str
    state: str  #: done, partly, not_done, unsaid
    words: Label | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    units: tuple[Unit, ...]
    numbers: tuple[Field, ...]  #: the columns of numbers of the units
    meets: bool  #: there is something that a meeting speaks about
    first_rate: Figure | None
    matters: tuple[Matter, ...]
    promises: tuple[Promise, ...]
    opened: int  #: cases started from these rounds that are open
    overdue: int
    doubts: tuple[Matter, ...]

    @property
    def missing(self) -> int:
        return sum(unit.status == "missing" for unit in self.units)


class Assembling:
    """Puts a board together, for one reader."""

    def __init__(
        self, connection: Connection, sheet: Sheet, now: Reckoned, before: list[Reckoned], wording: Wording
    ) -> None:
        self._connection, self._sheet, self._wording = connection, sheet, wording
        self._now, self._before = now, before[: _CELLS - 1]
        self._definition: Definition = sheet.definition
        self._context: Context = now.context

    def board(self) -> Board:
        numbers = tuple(self._summed())[:_MOST_NUMBERS]
        opened = list(self._opened())
        units = tuple(sorted(self._units(numbers), key=lambda unit: unit.status != "missing"))
        late = [case for case in opened if self._is_late(case)]
        figures = self._now.rules.figures
        rate = self._rate_of_units()
        return Board(
            units=units,
            numbers=numbers,
            meets=any(name in self._definition.fields for name in SPOKEN_OF_FIRST),
            first_rate=figures[rate.name] if rate else None,
            matters=(*self._of_cases(late), *self._raised(), *self._not_there(units)),
            promises=tuple(self._promises()),
            opened=len(opened),
            overdue=len(late),
            doubts=tuple(self._doubts()) if self._sheet.closing is None else (),
        )

    # --- units

    def _units(self, numbers: tuple[Field, ...]) -> Iterator[Unit]:
        urged = reminders_of(self._connection, [UUID(line.case.id) for line in self._sheet.lines])
        rate = self._rate_of_units()
        for line in self._sheet.lines:
            case = line.case
            due = min((task.due for task in case.entry.tasks if task.due), default=None) if case.entry else None
            yield Unit(
                case=case.id,
                name=self._context.directory.name_of(line.unit),
                starter=line.starter,
                status=self._status(line),
                state=line.state,
                urged=tuple(urged.get(UUID(case.id), ())),
                deadline=deadline_of(due, case.entry.at if case.entry else None, self._wording),
                cells=(*self._cells(case), _CELL[self._status(line)]),
                kept=self._share(rate, case) if rate else None,
                numbers=tuple(_number(field, line.values.get(field.name)) for field in numbers),
                spoken_of=sum(len(found) for found in self._rows_spoken_of(line)),
            )

    def _status(self, line: Line) -> str:
        if not self._is_handed_in(line.case):
            return "missing" if line.late else "waiting"
        return "late" if line.late else "done"

    def _is_handed_in(self, case: Case) -> bool:
        reported = self._now.rules.figures.get("reported")
        if reported is not None and reported.states is not None:
            return case.state in reported.states
        return case.entries > 1 and case.state not in LATE

    def _cells(self, case: Case) -> Iterator[str]:
        """The rounds before, the earliest first, as far as each knew this unit and person."""
        for one in reversed(self._before):
            view = one.context.round
            found = next((f for f in (view.cases or () if view else ()) if _is_same(f, case)), None)
            yield "off" if found is None else _cell_of(found)

    def _rate_of_units(self) -> Rate | None:
        """The first rate of which each case adds to both sides, other than how many have reported."""
        figures = self._now.rules.figures
        for rate in self._now.rates(grouped=False):
            part, whole = figures[rate.part], figures[rate.whole]
            if part.kind == "sum" and whole.kind == "sum":
                return rate
        return None

    def _share(self, rate: Rate, case: Case) -> tuple[float, float] | None:
        figures = self._now.rules.figures
        part, whole = (
            added_by(self._now.definition, figures[name], case, self._context) for name in (rate.part, rate.whole)
        )
        return (float(part[1]), float(whole[1])) if part is not None and whole is not None else None

    def _summed(self) -> Iterator[Field]:
        """Fields that the figures add up as they stand, in the order of the form."""
        sums = {
            rule.expression.source for rule in self._now.rules.figures.values() if rule.kind == "sum" and not rule.by
        }
        for field in self._definition.fields.values():
            if field.name in sums and field.type in _NUMBERS and not field.computed:
                yield field

    # --- what the meeting has to decide

    def _opened(self) -> Iterator[Case]:
        """Cases that this definition starts and that are open, as far as the reader may see them."""
        person = self._context.actor.person
        assert person is not None
        reader = reader_of(self._context.directory, person, self._context.now)
        for key in sorted(set(_started(self._definition)) - {self._definition.key}):
            found = case_page(self._connection, reader, CaseFilter(definition=key), limit=_MOST_OPEN)
            for held in found:
                if isinstance(held.subject, Case) and held.subject.ended_at is None:
                    yield held.subject

    def _is_late(self, case: Case) -> bool:
        due = _due(case)
        return due is not None and due < self._context.now

    def _of_cases(self, late: list[Case]) -> Iterator[Matter]:
        for case in sorted(late, key=lambda one: _due(one) or self._context.now):
            version = office().versions.get(self._connection, case.definition, case.version)
            entered = case.entry.at if case.entry else None
            yield Matter(
                words=case.subject,
                place=self._context.directory.name_of(case.unit),
                case=case.id,
                deadline=deadline_of(_due(case), entered, self._wording),
                kind=version.definition.states[case.state].label,
            )

    def _raised(self) -> Iterator[Matter]:
        """What the reports of this round say, until their cases have ended: then it has been decided."""
        for line in self._sheet.lines:
            if line.case.ended_at is None and self._is_handed_in(line.case):
                place = self._place(line)
                for rows in self._rows_spoken_of(line):
                    for words in rows:
                        yield Matter(words=words, place=place, case=line.case.id)

    def _rows_spoken_of(self, line: Line) -> Iterator[list[str]]:
        for name in SPOKEN_OF_FIRST:
            field, value = self._definition.fields.get(name), line.values.get(name)
            if field is not None and value:
                yield [_first_text(field, row) for row in value] if isinstance(value, list) else [str(value)]

    def _not_there(self, units: tuple[Unit, ...]) -> Iterator[Matter]:
        for unit in units:
            if unit.status == "missing":
                place = unit.starter if unit.starter != unit.name else ""
                yield Matter(words=unit.name, place=place, case=unit.case, deadline=unit.deadline, kind=unit.state)

    # --- what was promised

    def _promises(self) -> Iterator[Promise]:
        promised, work = self._promised(), self._work()
        if promised is None or work is None:
            return
        found = [one for line in self._sheet.lines for one in self._of_line(line, promised, work)]
        yield from sorted(found, key=lambda one: _ORDER[one.state])

    def _of_line(self, line: Line, promised: Field, work: Field) -> Iterator[Promise]:
        yes_no = next(name for name, column in work.columns.items() if column.type == "yes_no")
        choice = next(column for column in work.columns.values() if column.type == "choice")
        done = (
            [row for row in line.values.get(work.name) or () if row.get(yes_no)]
            if self._is_handed_in(line.case)
            else []
        )
        for row in line.values.get(promised.name) or ():
            what = _first_text(promised, row)
            told = next((one for one in done if _first_text(work, one) == what), done[0] if done else None)
            if told is not None:
                done.remove(told)
            state = told.get(choice.name) if told else None
            yield Promise(
                what=what,
                place=self._place(line),
                case=line.case.id,
                state=_state_of(choice, state),
                words=choice.options.get(str(state)) if state else None,
            )

    def _promised(self) -> Field | None:
        """The table filled in from the round before that a figure counts."""
        counted = {path[0] for rule in self._now.rules.figures.values() for path in rule.expression.paths}
        tables = (field for field in self._definition.fields.values() if field.type == "table" and field.source)
        return next((f for f in tables if f.source and f.source.kind == "previous" and f.name in counted), None)

    def _work(self) -> Field | None:
        """The table that says of each thing whether it was promised, and what became of it."""
        for field in self._definition.fields.values():
            kinds = {column.type for column in field.columns.values()}
            if {"yes_no", "choice"} <= kinds:
                return field
        return None

    # --- what to look at before the books close

    def _doubts(self) -> Iterator[Matter]:
        found = 0
        for line in self._sheet.lines:
            if found >= _MOST_DOUBTS:
                return
            if line.case.ended_at is None and self._is_handed_in(line.case):
                for words in self._doubts_of(line):
                    found += 1
                    yield Matter(words=words, place=self._place(line), case=line.case.id)

    def _doubts_of(self, line: Line) -> Iterator[str]:
        before = case_before(self._connection, office(), self._definition, line.case, self._context.now)
        context = replace(self._context, previous=before.data if before else None)
        for problem in doubts(self._definition, line.case, context):
            if problem.at.removeprefix("/data/") in line.values:
                yield problem.say(self._wording.language)

    def _place(self, line: Line) -> str:
        name = self._context.directory.name_of(line.unit)
        return name if line.starter in ("", name) else f"{name} · {line.starter}"


_ORDER = {"not_done": 0, "unsaid": 1, "partly": 2, "done": 3}
_CELL = {"missing": "missing", "late": "today", "done": "past", "waiting": ""}


def _is_same(facts: CaseFacts, case: Case) -> bool:
    return facts.unit == case.unit and facts.starter == case.starter


def _cell_of(facts: CaseFacts) -> str:
    names = {facts.state, *facts.left}
    return "missing" if "missing" in names else "today" if names & LATE else "past"


def _due(case: Case) -> datetime | None:
    return min((task.due for task in case.entry.tasks if task.due), default=None) if case.entry else None


def _started(definition: Definition) -> Iterator[str]:
    for state in definition.states.values():
        for do in state.do:
            if do.kind == "start":
                yield str(do.arguments["definition"])


def _first_text(table: Field, row: dict[str, Any]) -> str:
    name = next((name for name, column in table.columns.items() if column.type in ("text", "long_text")), "")
    return str(row.get(name) or "")


def _state_of(choice: Field, state: object) -> str:
    """The first option is done, the last is not."""
    options = list(choice.options)
    if state not in options:
        return "unsaid"
    return "done" if state == options[0] else "not_done" if state == options[-1] else "partly"


def _number(field: Field, value: Any) -> float | None:
    found = reckoned(field, value)
    return found if isinstance(found, float) else None
