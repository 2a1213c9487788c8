"""Judging the rows of nominations, without a database: which may become cases, and what is wrong with the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from workflow.definition.form import Kept, is_empty
from workflow.definition.model import Check
from workflow.engine.checks import is_met
from workflow.engine.directory import Organisation, Principal
from workflow.engine.once import OnceKey, once_values
from workflow.engine.values import CaseValues
from workflow.people.registers import ORGANISATION, clean
from workflow.records.cleaning import Unfit, raw_of, text_of, tidy_name
from workflow.records.columns import TOWNSHIP, UNIT, Column
from workflow.records.headings import Table
from workflow.records.importing import At, CleanedCell, Flaw, Noted, RefusedRow, cleaned_cell, flaw_of
from workflow.records.intake import Intake
from workflow.records.workbook import Row, is_blank
from workflow.text import Sayable, Sentence, sentence

#: Of these types a cell is read, not cleaned: nobody has to know how a date was written.
_CONVERTED: Final = frozenset(
    {"date", "moment", "choice", "choices", "yes_no", "integer", "number", "percent", "money"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nomination:
    """A row that may become a case."""

    table: Table
    row: Row
    township: Organisation
    unit: Principal | None  #: none: the tree does not know it yet
    unit_name: str
    raw: Mapping[str, object]  #: as the form takes it
    kept: dict[str, Kept]
    digest: str  #: of what the row says, in the words of the directory and the form
    case_id: UUID | None = None

    @property
    def at(self) -> At:
        return At(self.table.sheet, self.row.number)

    @property
    def unit_key(self) -> tuple[Principal, str]:
        return self.township.id, self.unit_name


@dataclass(slots=True)
class Judged:
    """What came of all rows."""

    rows: int = 0
    good: list[Nomination] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    cleaned: list[CleanedCell] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)


def judge(intake: Intake, tables: Sequence[Table]) -> Judged:
    """Row by row; of those that say the same of one person the first is meant."""
    judged = Judged()
    known = _Known(intake)
    for table in tables:
        for row in table.rows:
            judged.rows += 1
            one = _Judging(intake, known, table, row)
            nomination = one.judge()
            if nomination is None:
                flaws = tuple(sorted(one.flaws, key=_by_column))
                judged.refused.append(RefusedRow(at=one.at, flaws=flaws, cells=row.cells))
            else:
                judged.good.append(nomination)
                judged.cleaned += one.cleaned
                judged.noted += [Noted(at=one.at, flaw=flaw) for flaw in one.asked]
    return judged


def first_of(table: Table, names: Iterable[str]) -> str | None:
    """Of the columns that a rule names the first in the sheet."""
    return min((name for name in names if name in table.places), key=table.places.__getitem__, default=None)


def copied(values: Mapping[str, object]) -> dict[str, object]:
    """With texts anew: whatever encodes a text leaves its UTF-8 with it, and ten thousand rows are kept at once."""
    return {name: value.encode().decode() if isinstance(value, str) else value for name, value in values.items()}


class _Known:
    """What is looked up for each row: townships and units by name, checks by their fields, rows that came before."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        district = intake.round.unit if intake.round else None
        self.townships = _by_name(intake.places(district, intake.columns.township.level))
        self.checks = [(check, {path[0] for path in check.that.paths}) for check in intake.definition.checks]
        self.seen: dict[OnceKey, At] = {}
        self._units: dict[Principal, dict[str, list[Organisation]]] = {}
        self._new: dict[tuple[Principal, str], int] = {}

    def unit(self, township: Organisation, name: str) -> Principal | None:
        """The unit of this name below the township; the township itself where the sheet has no units."""
        if not name:
            return township.id
        if township.id not in self._units:
            self._units[township.id] = _by_name(self._intake.places(township.id, self._intake.start.at))
        found = self._units[township.id].get(name, [])
        return found[0].id if found else None

    def stand_in(self, nomination: Nomination) -> Principal:
        """The unit, or a number of its own for one that is not there yet."""
        if nomination.unit is not None:
            return nomination.unit
        return -1 - self._new.setdefault(nomination.unit_key, len(self._new))


class _Judging:
    """One row, with what is found in it."""

    def __init__(self, intake: Intake, known: _Known, table: Table, row: Row) -> None:
        self._intake = intake
        self._known = known
        self._table = table
        self._row = row
        self.at = At(table.sheet, row.number)
        self.flaws: list[Flaw] = []
        self.cleaned: list[CleanedCell] = []
        self.asked: list[Flaw] = []  #: what will be asked for when the draft is handed in

    def judge(self) -> Nomination | None:
        """None where it has flaws."""
        township = self._township(self._name(TOWNSHIP))
        unit_name = self._unit_name()
        raw, kept = self._values()
        if self.flaws or township is None:
            return None
        self._check(kept)
        nomination = Nomination(
            table=self._table,
            row=self._row,
            township=township,
            unit=self._known.unit(township, unit_name),
            unit_name=unit_name,
            raw=raw,
            kept=kept,
            digest=_digest(self._intake.key, township.id, unit_name, copied(kept)),
        )
        if not self.flaws:
            self._look_for_twice(nomination)
        return None if self.flaws else nomination

    # --- where

    def _name(self, key: str) -> str:
        if key not in self._table.places:
            return ""
        cell = self._row.at(self._table.places[key])
        try:
            name = tidy_name(cell)
        except Unfit as unfit:
            self._wrong(key, unfit.reason)
            return ""
        if not name:
            self._wrong(key, _needed(self._intake.columns.label(key)))
        elif name != text_of(cell):
            self.cleaned.append(cleaned_cell(self._table, self._row, key, name))
        return name

    def _township(self, name: str) -> Organisation | None:
        if not name:
            return None
        found = self._known.townships.get(name, [])
        if len(found) == 1:
            return found[0]
        if found:
            reason = sentence("There are several organisations called “{name}”.", name=name)
        else:
            reason = sentence("The directory knows no “{name}”; is it spelled as there?", name=name[:40])
        self._wrong(TOWNSHIP, reason)
        return None

    def _unit_name(self) -> str:
        name = self._name(UNIT)
        if name:
            _, problems = clean(ORGANISATION, {"name": name, "level": self._intake.start.at})
            for problem in problems:
                self._wrong(UNIT, problem.text)
        return name

    # --- what

    def _values(self) -> tuple[dict[str, object], dict[str, Kept]]:
        raw: dict[str, object] = {}
        kept: dict[str, Kept] = {}
        for key, column in self._intake.columns.fields.items():
            if key in self._table.places:
                self._value(key, column, raw, kept)
        return raw, kept

    def _value(self, key: str, column: Column, raw: dict[str, object], kept: dict[str, Kept]) -> None:
        cell = self._row.at(self._table.places[key])
        try:
            taken, value = raw_of(column, cell)
        except Unfit as unfit:
            self._wrong(key, unfit.reason)
            return
        if not is_empty(value):
            raw[key], kept[key] = taken, value
        elif column.essential:
            self._wrong(key, _needed(column.field.label))
        if _was_cleaned(column, text_of(cell), taken):
            self.cleaned.append(cleaned_cell(self._table, self._row, key, str(taken or "")))

    def _check(self, kept: dict[str, Kept]) -> None:
        """Only checks that have a value here for each field that they name; what they ask for later is kept apart."""
        values = CaseValues(self._intake.definition, self._intake.probe(copied(kept), unit=0), self._intake.context)
        for check, names in self._known.checks:
            if all(name in kept or name in ("today", "now") for name in names) and not is_met(
                check, values, self._intake.context
            ):
                flaw = flaw_of(self._table, first_of(self._table, names), _reason(check))
                (self.flaws if check.otherwise == "refuse" else self.asked).append(flaw)

    def _look_for_twice(self, nomination: Nomination) -> None:
        """Whether a row before says the same of what may be there once only, or the same altogether."""
        definition = self._intake.definition
        case = self._intake.probe(nomination.kept, unit=self._known.stand_in(nomination))
        once = once_values(definition, case)
        keys: list[OnceKey] = [("", nomination.digest), *([("once", *once)] if once is not None else [])]
        first = next((self._known.seen[key] for key in keys if key in self._known.seen), None)
        if first is None:
            self._known.seen |= dict.fromkeys(keys, self.at)
            return
        names = [name for name in definition.once if name in nomination.kept] if once is not None else []
        labels = [definition.fields[name].label for name in names]
        same = sentence("The same {fields} as in {row}.", fields=labels, row=first.sentence)
        self._wrong(
            first_of(self._table, names), same if labels else sentence("The same as {row}.", row=first.sentence)
        )

    def _wrong(self, key: str | None, reason: Sayable) -> None:
        self.flaws.append(flaw_of(self._table, key, reason))


def _by_name(found: Iterable[Organisation]) -> dict[str, list[Organisation]]:
    names: dict[str, list[Organisation]] = {}
    for organisation in found:
        names.setdefault(tidy_name(organisation.name), []).append(organisation)
    return names


def _by_column(flaw: Flaw) -> tuple[int, str]:
    return len(flaw.column or ""), flaw.column or ""


def _digest(*said: object) -> str:
    return sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def _needed(label: Sayable) -> Sentence:
    return sentence("“{field}” is needed.", field=label)


def _reason(check: Check) -> Sayable:
    return check.say if check.say is not None else sentence("“{source}” does not hold.", source=check.that.source)


def _was_cleaned(column: Column, before: str, after: object) -> bool:
    if column.field.type in _CONVERTED:
        return False
    if column.field.type == "long_text":
        return before.strip() != str(after or "") and not is_blank(before)
    return before != str(after or "")
