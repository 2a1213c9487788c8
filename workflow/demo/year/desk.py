"""The desk: goes through what is open of some definitions and has whoever holds it make his move, by `act` as everyone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Final
from uuid import UUID

from sqlalchemy import select

from workflow.calendar import Calendar
from workflow.cases.acting import Outcome, act
from workflow.cases.effects import follow
from workflow.cases.listing import subjects
from workflow.cases.office import Office
from workflow.cases.reading import subject_of
from workflow.cases.tables import cases as cases_table
from workflow.cases.voting import vote
from workflow.demo.play import SCAN, actors_of
from workflow.demo.year.turns import Act, Moves, Turn
from workflow.engine.commands import CastVote, Command, Decide
from workflow.engine.context import Actor
from workflow.engine.directory import Directory
from workflow.engine.subject import Case, Entry, Round, Subject, Task
from workflow.errors import RemarkWanted
from workflow.records.attachments import save_attachment


@dataclass(slots=True, eq=False)
class Desk:
    office: Office
    moves: Mapping[str, Moves]  #: by definition

    def session(self, now: datetime) -> None:
        open_ = self._open()
        if not open_:
            return
        with self.office.database.read() as connection:
            directory, calendar = self.office.directory(connection), self.office.calendar(connection)
        for subject in open_:
            if isinstance(subject, Case):
                if subject.entry is not None:
                    self._work(subject, subject.entry, (subject,), None, directory, calendar, now)
            else:
                for sitting in subject.sittings:
                    gathered = self._cases(sitting.cases)
                    self._work(subject, sitting.entry, gathered, subject, directory, calendar, now)

    def _open(self) -> list[Subject]:
        rows = select(cases_table).where(cases_table.c.definition.in_(self.moves), cases_table.c.ended_at.is_(None))
        with self.office.database.read() as connection:
            found = [subject_of(row) for row in connection.execute(rows).mappings()]
        return sorted(found, key=_order)

    def _cases(self, ids: Sequence[str]) -> tuple[Case, ...]:
        with self.office.database.read() as connection:
            held = subjects(connection, [UUID(one) for one in ids])
        found = [one.subject for one in held.values() if isinstance(one.subject, Case)]
        return tuple(sorted(found, key=_order))

    def _work(
        self,
        subject: Subject,
        entry: Entry,
        cases: Sequence[Case],
        round_: Round | None,
        directory: Directory,
        calendar: Calendar,
        now: datetime,
    ) -> None:
        """Each task by its move, until one of them has led on."""
        move = self.moves[subject.definition].get(entry.state)
        if move is None or not cases:
            return
        for task in entry.tasks:
            turn = Turn(
                case=cases[0],
                cases=cases,
                round=round_,
                entry=entry,
                task=task,
                actors=tuple(actors_of(task, subject.definition, directory, now)),
                directory=directory,
                calendar=calendar,
                now=now,
                scan=lambda name: self._scan(cases[0], name),
            )
            for done in move(turn):
                if self._act(subject, task, done):
                    return

    def _act(self, subject: Subject, task: Task, done: Act) -> bool:
        """Whether the task is closed by it."""
        actor, command = done
        if isinstance(command, CastVote):
            outcome = vote(self.office, UUID(subject.id), command, actor=actor).outcome
        else:
            outcome = self._with_remark(subject, command, actor)
        follow(self.office, UUID(subject.id))
        return outcome is not None and task.id not in {one.id for one in _open_tasks(outcome.subject)}

    def _with_remark(self, subject: Subject, command: Command, actor: Actor) -> Outcome:
        """Who is asked for a remark adds one."""
        try:
            return act(self.office, UUID(subject.id), command, actor=actor)
        except RemarkWanted:
            assert isinstance(command, Decide)
            remarked = replace(command, opinion=command.opinion or "与上次相比变化较大，已逐项核实，数据属实")
            return act(self.office, UUID(subject.id), remarked, actor=actor)

    def _scan(self, case: Case, name: str) -> str:
        content = _PICTURE if name.endswith(".png") else SCAN
        return str(save_attachment(self.office, UUID(case.id), BytesIO(content), name, by=None).id)


def _order(subject: Subject) -> tuple[str, str, str]:
    """By number, and rounds by their date: the same in every play."""
    if isinstance(subject, Round):
        return subject.definition, "", subject.nominal
    return subject.definition, subject.number or "", subject.id


def _open_tasks(subject: Subject) -> Iterator[Task]:
    if isinstance(subject, Case):
        yield from subject.entry.tasks if subject.entry is not None else ()
    else:
        for sitting in subject.sittings:
            yield from sitting.entry.tasks


#: A picture of one point.
_PICTURE: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "0def46b80000000049454e44ae426082"
)
