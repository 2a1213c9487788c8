"""The list of indicators: a row for each unit and month, a column for each indicator."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, select

from workflow.cases.contexts import context_of
from workflow.cases.listing import reader_of
from workflow.cases.office import Office
from workflow.cases.tables import cases
from workflow.engine.context import Actor, Context
from workflow.engine.directory import Directory, Principal
from workflow.records.tables import indicator_value
from workflow.records.workbook import Cell
from workflow.reports.indicators import MILLION
from workflow.reports.lists import Heading, Listed, readable, streaming
from workflow.text import Label, Language, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Months by their first day, both included."""

    first: date | None = None
    last: date | None = None
    units: Sequence[Principal] | None = None


def indicator_list(office: Office, connection: Connection, wanted: Wanted, actor: Actor, language: Language) -> Listed:
    """The earliest month first, in it by unit. A person finds what was reported by cases that he may read."""
    context = context_of(office, connection, actor)
    where = _narrowed(wanted, context)
    labels = _labels(office, connection, where)
    headings = [Heading(say("Month", language)), Heading(say("Unit", language))]
    headings += [Heading(label.say(language), "number") for label in labels.values()]
    return Listed(say("Indicators", language), headings, _rows(connection, where, list(labels), context.directory))


def _rows(
    connection: Connection, where: Sequence[ColumnElement[bool]], names: Sequence[str], directory: Directory
) -> Iterator[Sequence[Cell]]:
    key = (indicator_value.c.month, indicator_value.c.unit)
    rows = select(*key, indicator_value.c.indicator, indicator_value.c.millionths).where(*where)
    found = streaming(connection).execute(rows.order_by(*key))
    for (month, unit), group in groupby(found, key=lambda row: (row.month, row.unit)):
        values = {row.indicator: row.millionths for row in group}
        yield [f"{month:%Y-%m}", directory.name_of(unit), *(_number(values.get(name)) for name in names)]


def _number(millionths: int | None) -> int | float | None:
    if millionths is None:
        return None
    return millionths // MILLION if millionths % MILLION == 0 else millionths / MILLION


def _labels(office: Office, connection: Connection, where: Sequence[ColumnElement[bool]]) -> Mapping[str, Label]:
    """Which there are, as the newest version calls them that reported them, in the order of its form."""
    rows = (
        select(indicator_value.c.indicator, cases.c.definition)
        .join(cases, cases.c.id == indicator_value.c.case_id)
        .where(*where)
        .distinct()
    )
    found = connection.execute(rows).all()
    reported = {row.indicator for row in found}
    labels: dict[str, Label] = {}
    for key in sorted({row.definition for row in found}):
        definition = office.versions.newest(connection, key).definition
        of_round = definition.round.fields if definition.round else {}
        for name, field in (*definition.fields.items(), *of_round.items()):
            if name in reported:
                labels.setdefault(name, field.label)
    return {**labels, **{name: Label(name, name) for name in sorted(reported - labels.keys())}}


def _narrowed(wanted: Wanted, context: Context) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.first is not None:
        found.append(indicator_value.c.month >= wanted.first)
    if wanted.last is not None:
        found.append(indicator_value.c.month <= wanted.last)
    if wanted.units is not None:
        found.append(indicator_value.c.unit.in_(wanted.units))
    if context.actor.person is not None:
        reader = reader_of(context.directory, context.actor.person, context.now)
        found.append(readable(reader, indicator_value.c.case_id))
    return found
