"""The list of cases: a row a case, with the fields of its form as the reader sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select

from workflow.calendar import local
from workflow.cases.contexts import context_of
from workflow.cases.listing import reader_of
from workflow.cases.office import Office
from workflow.cases.reading import subject_of
from workflow.cases.tables import cases
from workflow.definition.model import Field
from workflow.engine.context import Actor, Context
from workflow.engine.directory import Principal
from workflow.engine.names import name_of
from workflow.engine.sight import may_see, shown_data
from workflow.engine.subject import Case
from workflow.records.cells import cell_of
from workflow.records.workbook import Cell
from workflow.reports.lists import Heading, Listed, readable, streaming
from workflow.text import Language, say, sentence

_WORDS: Final = (
    sentence("Number"),
    sentence("Kind of case"),
    sentence("Subject"),
    sentence("Unit"),
    sentence("Started by"),
    sentence("State"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What narrows the list; nothing widens it."""

    definition: str | None = None
    state: str | None = None
    round_id: UUID | None = None
    units: Sequence[Principal] | None = None


def case_list(office: Office, connection: Connection, wanted: Wanted, actor: Actor, language: Language) -> Listed:
    """The earliest first. Without a definition no fields: each has others."""
    context = context_of(office, connection, actor)
    fields = _fields(office, connection, wanted.definition) if wanted.definition else {}
    headings = [Heading(word.say(language)) for word in _WORDS]
    headings += [Heading(say("Started", language), "moment"), Heading(say("Ended", language), "moment")]
    headings += [Heading(field.label.say(language), field.type) for field in fields.values()]
    rows = _rows(office, connection, wanted, context, fields, language)
    return Listed(say("Cases", language), headings, rows)


def standing_of(connection: Connection, definition: str, actor: Actor, context: Context) -> Mapping[str, int]:
    """How many open cases of a definition stand in each state, as far as this person may find them."""
    assert actor.person is not None
    reader = reader_of(context.directory, actor.person, context.now)
    found = (
        select(cases.c.state, func.count().label("standing"))
        .where(cases.c.kind == "case", cases.c.definition == definition, cases.c.ended_at.is_(None))
        .where(readable(reader, cases.c.id))
        .group_by(cases.c.state)
    )
    return {row.state: row.standing for row in connection.execute(found)}


def _fields(office: Office, connection: Connection, key: str) -> Mapping[str, Field]:
    """Of all versions, as cases keep theirs; the newest says what a field is called."""
    found: dict[str, Field] = {}
    for version in sorted(office.versions.all_of(connection, key), key=lambda one: -one.number):
        for name, field in version.definition.fields.items():
            if field.constant is None:
                found.setdefault(name, field)
    return found


def _rows(
    office: Office,
    connection: Connection,
    wanted: Wanted,
    context: Context,
    fields: Mapping[str, Field],
    language: Language,
) -> Iterator[Sequence[Cell]]:
    found = select(cases).where(*_narrowed(wanted)).order_by(cases.c.opened_at, cases.c.id)
    if context.actor.person is not None:
        found = found.where(readable(reader_of(context.directory, context.actor.person, context.now), cases.c.id))
    versions = {key: office.versions.get(connection, *key) for key in _versions(connection, wanted)}
    for row in streaming(connection).execute(found).mappings():
        case = subject_of(row)
        assert isinstance(case, Case)
        definition = versions[case.definition, case.version].definition
        if may_see(definition, case, context):
            values = shown_data(definition, case, context)
            own = definition.fields
            yield [
                case.number,
                definition.title.say(language),
                case.subject,
                context.directory.name_of(case.unit),
                name_of(case.starter, definition, case, context.directory) or None,
                definition.states[case.state].label.say(language),
                local(case.started_at).replace(tzinfo=None),
                local(case.ended_at).replace(tzinfo=None) if case.ended_at else None,
                *(
                    cell_of(own.get(name, field), values.get(name), context.directory, language)
                    for name, field in fields.items()
                ),
            ]


def _versions(connection: Connection, wanted: Wanted) -> list[tuple[str, int]]:
    rows = select(cases.c.definition, cases.c.version).where(*_narrowed(wanted)).distinct()
    return [(row.definition, row.version) for row in connection.execute(rows)]


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [cases.c.kind == "case"]
    if wanted.definition is not None:
        found.append(cases.c.definition == wanted.definition)
    if wanted.state is not None:
        found.append(cases.c.state == wanted.state)
    if wanted.round_id is not None:
        found.append(cases.c.round_id == wanted.round_id)
    if wanted.units is not None:
        found.append(cases.c.unit.in_(wanted.units))
    return found
