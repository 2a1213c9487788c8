"""`import nominations`: each good row of a workbook becomes a case in its first state, of the round that takes cases.

Rows are judged first, all of them; what is good is begun two hundred at a time, each transaction holding the cases and what
the import says of them. A case's id follows from what its row says, so the same row is begun once, however often it is
imported; after its case was cancelled it may come again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import Connection, select

from workflow.cases.acting import Outcome
from workflow.cases.office import Office
from workflow.cases.once import numbers_of_first
from workflow.cases.starting import NAMESPACE, NewCase, start_cases
from workflow.cases.tables import cases
from workflow.definition.model import CANCELLED
from workflow.engine import permit
from workflow.engine.context import Actor
from workflow.engine.directory import Directory, Principal
from workflow.engine.subject import Case, Holder
from workflow.errors import InvalidData, Twice, WorkflowError
from workflow.people.changing import Change, changing
from workflow.people.organisations import NewOrganisation, add_organisations
from workflow.people.posts import ensure_posts
from workflow.records.headings import find_tables
from workflow.records.importing import (
    At,
    CleanedCell,
    Entry,
    Flaw,
    Noted,
    Progress,
    RefusedRow,
    begin_import,
    flaw_of,
    record_entries,
)
from workflow.records.intake import Intake, intake_of
from workflow.records.judging import Judged, Nomination, copied, first_of, judge
from workflow.records.reporting import Listing, cleaned_listing, write_report
from workflow.records.workbook import read_grids
from workflow.text import Language, Sentence, listed, say, sentence

_AT_ONCE: Final = 200
_IDS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedRow:
    at: At
    case_id: UUID
    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodIn:
    """A unit in which nobody holds the post yet, and who has its drafts instead."""

    unit: str
    by: tuple[str, ...]  #: none where the definition lets nobody stand in


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did."""

    number: int
    rows: int
    started: tuple[StartedRow, ...]
    already: tuple[At, ...]  #: that an earlier import began
    refused: tuple[RefusedRow, ...]
    cleaned: tuple[CleanedCell, ...]
    noted: tuple[Noted, ...]  #: what will be asked for when the draft is handed in
    proposed: tuple[str, ...]  #: organisations that the tree did not know, with their townships
    stood_in: tuple[StoodIn, ...]
    report: Path


def import_nominations(
    office: Office,
    file: Path,
    *,
    actor: Actor,
    definition: str = "model_worker",
    round_id: UUID | None = None,
    folder: Path | None = None,
    language: Language = "zh",
    progress: Progress | None = None,
) -> Imported:
    """Begins the good rows as the service does, in the name of a person where the actor is one.

    Raises Malformed or TooLarge for the file, InvalidData where several rounds take cases, Closed where none does,
    DefinitionWrong for the columns.yaml, NotPermitted. The report goes to `folder`, else beside the database.
    """
    intake = intake_of(office, definition, round_id, actor)
    tables = find_tables(read_grids(file), intake.columns.wanted, intake.columns.essential)
    judged = judge(intake, tables)
    number = begin_import(office, "nominations", file, actor)
    run = _Run(office, intake, number, judged, progress)
    run.leave_out_known()
    run.make_units()
    run.start()
    where = (folder or office.folder / "imports") / f"nominations-{number}.xlsx"
    done = run.imported(where)
    write_report(where, tables, done.refused, _listings(done, language), language)
    return done


def _listings(done: Imported, language: Language) -> Iterator[Listing]:
    yield cleaned_listing(done.cleaned, language)
    yield Listing(
        title=say("To be completed", language),
        headings=[say("Row", language), say("What", language)],
        rows=[(found.at.sentence.say(language), found.flaw.sentence.say(language)) for found in done.noted],
    )
    yield Listing(
        title=say("Proposed units", language),
        headings=[say("Unit", language)],
        rows=[(unit,) for unit in done.proposed],
    )
    yield Listing(
        title=say("Filled in for", language),
        headings=[say("Unit", language), say("By", language)],
        rows=[(found.unit, listed(found.by, language) or say("nobody", language)) for found in done.stood_in],
    )


class _Run:
    """One import at work, step by step."""

    def __init__(self, office: Office, intake: Intake, number: int, judged: Judged, progress: Progress | None) -> None:
        self._office = office
        self._intake = intake
        self._number = number
        self._judged = judged
        self._progress = progress
        self._actor = replace(intake.context.actor, service="import")
        self._already: list[At] = []
        self._started: list[StartedRow] = []
        self._proposed: list[str] = []
        self._stood_in: dict[str, StoodIn] = {}

    def leave_out_known(self) -> None:
        """Rows that an earlier import began are counted; those whose values another case holds are refused."""
        self._tell()
        with self._office.database.read() as connection:
            left = [
                one for part in _parts(self._judged.good, _IDS_AT_ONCE) for one in self._not_begun(connection, part)
            ]
            self._judged.good = self._not_held(connection, left)

    def make_units(self) -> None:
        """Units that the tree does not know, as proposed, and the posts that start for all of them."""
        good, role, directory = self._judged.good, self._intake.start.role, self._intake.directory
        units = {one.unit for one in good if one.unit is not None}
        if all(one.unit is not None for one in good) and all(directory.post(role, unit) for unit in units):
            return
        with changing(self._office.database) as change:
            made = self._propose(change, {one.unit_key: one for one in good if one.unit is None})
            ensure_posts(change, [(role, unit) for unit in sorted({*units, *made.values()})])
        self._judged.good = [replace(one, unit=one.unit or made[one.unit_key]) for one in good]

    def start(self) -> None:
        with self._office.database.read() as connection:
            directory = self._office.directory(connection)
        for part in _parts(self._judged.good, _AT_ONCE):
            self._tell()
            self._start(part, directory)
        self._tell()

    def imported(self, report: Path) -> Imported:
        judged = self._judged
        gone_in = {found.at for found in self._started}
        return Imported(
            number=self._number,
            rows=judged.rows,
            started=tuple(self._started),
            already=tuple(self._already),
            refused=tuple(sorted(judged.refused, key=lambda row: (row.at.sheet or "", row.at.row))),
            cleaned=tuple(found for found in judged.cleaned if found.at in gone_in),
            noted=tuple(found for found in judged.noted if found.at in gone_in),
            proposed=tuple(self._proposed),
            stood_in=tuple(self._stood_in.values()),
            report=report,
        )

    # --- what is there already

    def _not_begun(self, connection: Connection, part: Sequence[Nomination]) -> list[Nomination]:
        """Each with the first id that is free; those of cancelled cases are passed over."""
        free: list[Nomination] = []
        asked = {_id_of(one, 0): (one, 0) for one in part}
        while asked:
            rows = select(cases.c.id, cases.c.state).where(cases.c.id.in_(asked))
            states = {row.id: row.state for row in connection.execute(rows)}
            again: dict[UUID, tuple[Nomination, int]] = {}
            for case_id, (one, turn) in asked.items():
                if case_id not in states:
                    free.append(replace(one, case_id=case_id))
                elif states[case_id] == CANCELLED:
                    again[_id_of(one, turn + 1)] = (one, turn + 1)
                else:
                    self._already.append(one.at)
            asked = again
        return sorted(free, key=lambda one: (one.table.sheet or "", one.row.number))

    def _not_held(self, connection: Connection, good: list[Nomination]) -> list[Nomination]:
        """Without those that `once` forbids: another case has their values."""
        probes = [self._probe(one) for one in good]
        held = numbers_of_first(connection, self._intake.definition, probes, self._office.secrets)
        for one, probe in zip(good, probes, strict=True):
            if probe.id in held:
                self._refuse(one, [self._twice(one, held[probe.id])])
        return [one for one, probe in zip(good, probes, strict=True) if probe.id not in held]

    def _probe(self, one: Nomination) -> Case:
        unit = one.unit if one.unit is not None else 0
        post = self._intake.directory.post(self._intake.start.role, unit)
        return self._intake.probe(one.kept, unit=unit, starter=post.id if post else None, case_id=str(one.case_id))

    # --- what is new

    def _propose(
        self, change: Change, wanted: dict[tuple[Principal, str], Nomination]
    ) -> dict[tuple[Principal, str], Principal]:
        level = self._intake.start.at
        rows = [NewOrganisation(name=name, level=level, parent=township, proposed=True) for township, name in wanted]
        made = dict(zip(wanted, add_organisations(change, rows), strict=True))
        entries = [Entry(row=one.row.number, made="organisation", object=str(made[key])) for key, one in wanted.items()]
        record_entries(change.connection, self._number, entries)
        self._proposed += [_unit_of(one) for one in wanted.values()]
        return made

    def _start(self, part: Sequence[Nomination], directory: Directory) -> None:
        def record(connection: Connection, answers: Sequence[Outcome | WorkflowError]) -> None:
            made = [
                Entry(row=one.row.number, made="case", object=answer.case.id)
                for one, answer in zip(part, answers, strict=True)
                if isinstance(answer, Outcome) and not answer.replayed
            ]
            record_entries(connection, self._number, made)

        news = [self._new(one, directory) for one in part]
        answers = start_cases(self._office, news, actor=self._actor, record=record)
        for one, answer in zip(part, answers, strict=True):
            if isinstance(answer, WorkflowError):
                self._refuse(one, self._flaws_of(one, answer))
            elif answer.replayed:
                self._already.append(one.at)
            else:
                self._started.append(StartedRow(at=one.at, case_id=UUID(answer.case.id), number=answer.case.number))
                self._look_who_fills_in(one, answer.case, directory)

    def _new(self, one: Nomination, directory: Directory) -> NewCase:
        assert one.unit is not None
        post = directory.post(self._intake.start.role, one.unit)
        round_ = self._intake.round
        return NewCase(
            definition=self._intake.version.key,
            unit=one.unit,
            round_id=UUID(round_.id) if round_ else None,
            data=copied(one.raw),
            starter=post.id if post else None,
            id=one.case_id,
        )

    def _look_who_fills_in(self, one: Nomination, case: Case, directory: Directory) -> None:
        holders = [holder for task in (case.entry.tasks if case.entry else ()) for holder in task.everyone]
        if case.starter not in holders:
            unit = _unit_of(one)
            by = tuple(dict.fromkeys(self._name_of(holder, directory) for holder in holders))
            self._stood_in.setdefault(unit, StoodIn(unit=unit, by=by))

    def _name_of(self, holder: Holder, directory: Directory) -> str:
        """A post by its organisation and those who hold it."""
        names = permit.names_of([holder], replace(self._intake.context, directory=directory))
        post = directory.posts.get(holder) if isinstance(holder, int) else None
        place = [directory.name_of(post.organisation)] if post else []
        return " ".join([*place, *names])

    # --- what is refused

    def _refuse(self, one: Nomination, flaws: Sequence[Flaw]) -> None:
        self._judged.refused.append(RefusedRow(at=one.at, flaws=tuple(flaws), cells=one.row.cells))

    def _twice(self, one: Nomination, number: str) -> Flaw:
        reason = sentence("There is already a case for this: {number}.", number=number)
        return flaw_of(one.table, first_of(one.table, self._intake.definition.once), reason)

    def _flaws_of(self, one: Nomination, error: WorkflowError) -> list[Flaw]:
        """What the first step refused, at the columns of the fields that it names."""
        if isinstance(error, Twice):
            return [self._twice(one, str(error.facts.get("number")))]
        if isinstance(error, InvalidData):
            named = [(problem.at.removeprefix("/data/").partition("/")[0], problem.text) for problem in error.problems]
            return [flaw_of(one.table, name, text) for name, text in named]
        return [flaw_of(one.table, None, error.because or Sentence(error.saying.template, error.facts))]

    def _tell(self) -> None:
        if self._progress is not None:
            done = len(self._started) + len(self._already) + len(self._judged.refused)
            self._progress(done, self._judged.rows)


def _id_of(one: Nomination, turn: int) -> UUID:
    return uuid5(NAMESPACE, f"import/{turn}/{one.digest}")


def _unit_of(one: Nomination) -> str:
    return f"{one.township.name} {one.unit_name}".strip()


def _parts(found: Sequence[Nomination], size: int) -> Iterator[Sequence[Nomination]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]
