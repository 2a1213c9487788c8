"""What every import has: a number, what each row did, what was refused and why, what was cleaned."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, func, insert, select

from workflow.cases.office import Office
from workflow.engine.context import Actor
from workflow.records.cleaning import text_of
from workflow.records.headings import Table
from workflow.records.tables import import_batch, import_row
from workflow.records.workbook import Cell, Row, letter_of
from workflow.text import Language, Sayable, Sentence, sentence

Kind = Literal["nominations", "organisations", "people"]
Made = Literal["case", "organisation", "person", "post"]
#: Told how many rows are done, and of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class At:
    """Where a row stands: the sheet is named where several were read."""

    sheet: str | None
    row: int

    @property
    def sentence(self) -> Sentence:
        if self.sheet is None:
            return sentence("row {row}", row=self.row)
        return sentence("row {row} of “{sheet}”", row=self.row, sheet=self.sheet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong in a row."""

    column: str | None  #: its letter; none where the sheet has no such column
    heading: str | None
    reason: Sayable

    @property
    def sentence(self) -> Sentence:
        if self.column is None:
            return sentence("{reason}", reason=self.reason)
        return sentence(
            "column {column} ({heading}): {reason}", column=self.column, heading=self.heading, reason=self.reason
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that did not go in, as it was."""

    at: At
    flaws: tuple[Flaw, ...]
    cells: tuple[Cell, ...]

    def say(self, language: Language) -> str:
        return self.sentence.say(language)

    @property
    def sentence(self) -> Sentence:
        return sentence("{row}, {flaws}", row=self.at.sentence, flaws=joined(flaw.sentence for flaw in self.flaws))


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedCell:
    """A cell that was put right without asking."""

    at: At
    column: str
    heading: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What is not wrong yet, and will be asked for later."""

    at: At
    flaw: Flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a row did."""

    row: int
    made: Made
    object: str
    did: Literal["made", "changed"] = "made"
    before: str | None = None  #: JSON: the values that it replaced


def joined(sentences: Iterable[Sentence]) -> Sentence:
    """One after another, in one line."""
    return reduce(lambda first, then: sentence("{first}; {then}", first=first, then=then), sentences)


def cleaned_cell(table: Table, row: Row, key: str, after: str) -> CleanedCell:
    place = table.places[key]
    return CleanedCell(
        at=At(table.sheet, row.number),
        column=letter_of(place),
        heading=table.headings[place],
        before=text_of(row.at(place)),
        after=after,
    )


def flaw_of(table: Table, key: str | None, reason: Sayable) -> Flaw:
    """A flaw of the column that a key was found in, or of the row as a whole."""
    place = table.places.get(key) if key is not None else None
    if place is None:
        return Flaw(column=None, heading=None, reason=reason)
    return Flaw(column=letter_of(place), heading=table.headings[place], reason=reason)


def digest_of(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def begin_import(office: Office, kind: Kind, file: Path, actor: Actor) -> int:
    """The number of a new import."""
    with office.database.write() as connection:
        values = {
            "kind": kind,
            "name": file.name,
            "sha256": digest_of(file),
            "by": actor.person,
            "at": office.database.now(connection),
        }
        number: int = connection.execute(insert(import_batch).values(values).returning(import_batch.c.id)).scalar_one()
        return number


def record_entries(connection: Connection, number: int, entries: Iterable[Entry]) -> None:
    """Within the transaction that did it, so that what an import did and what it says agree."""
    last = connection.scalar(select(func.max(import_row.c.no)).where(import_row.c.batch == number)) or 0
    rows = [
        {
            "batch": number,
            "no": last + place,
            "row": entry.row,
            "made": entry.made,
            "did": entry.did,
            "object": entry.object,
            "before": entry.before,
        }
        for place, entry in enumerate(entries, start=1)
    ]
    if rows:
        connection.execute(insert(import_row), rows)


def objects_of(connection: Connection, number: int, made: Made) -> Sequence[str]:
    """What an import made of one kind, in the order of its making."""
    rows = select(import_row.c.object).where(
        import_row.c.batch == number, import_row.c.made == made, import_row.c.did == "made"
    )
    return connection.scalars(rows.order_by(import_row.c.no)).all()
