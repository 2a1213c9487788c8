"""Indicators: what a case reports of its unit for a month, and what fields with `from` find of it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, and_, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.calendar import day_of
from workflow.cases.facts import since
from workflow.cases.office import EffectToDo, FactSource, Office, Recorder
from workflow.cases.reading import load
from workflow.cases.tables import event
from workflow.definition.form import Kept, kept_from
from workflow.definition.model import Field, Source
from workflow.engine.subject import Case, Round
from workflow.records.tables import indicator_value

MILLION: Final = 1_000_000
_NUMBERS: Final = frozenset({"integer", "number", "percent", "money"})


def record(office: Office, connection: Connection, todo: EffectToDo) -> None:
    """Writes the figures of a case, or of a round, for its unit and month; what an earlier entry said is replaced."""
    found = load(connection, todo.case_id)
    assert found is not None
    subject = found[0]
    month = _month(connection, subject, todo)
    values = dict(_values(_fields(office, connection, subject), todo.payload["fields"]))
    same = and_(indicator_value.c.unit == subject.unit, indicator_value.c.month == month)
    before = and_(indicator_value.c.case_id == todo.case_id, indicator_value.c.seq < todo.seq)
    connection.execute(delete(indicator_value).where(same, before))
    if not values:
        return
    rows = [
        {
            "unit": subject.unit,
            "month": month,
            "indicator": name,
            "millionths": number,
            "case_id": todo.case_id,
            "seq": todo.seq,
        }
        for name, number in values.items()
    ]
    dialect: Any = sqlite if office.database.dialect == "sqlite" else postgresql
    new = dialect.insert(indicator_value).values(rows)
    later = or_(indicator_value.c.case_id != new.excluded.case_id, indicator_value.c.seq <= new.excluded.seq)
    replaced = {name: new.excluded[name] for name in ("millionths", "case_id", "seq")}
    keys = ["unit", "month", "indicator"]
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_=replaced, where=later))


def indicator_found(office: Office, connection: Connection, source: Source, case: Case) -> Kept:
    """What a field with `from: {indicator: …}` finds: of the case's unit, counted, summed, or of the latest month."""
    rows = select(indicator_value.c.millionths).where(
        indicator_value.c.unit == case.unit, indicator_value.c.indicator == source.name
    )
    if source.within is not None:
        first = day_of(since(source.within, office.database.now(connection))).replace(day=1)
        rows = rows.where(indicator_value.c.month >= first)
    found = connection.scalars(rows.order_by(indicator_value.c.month.desc())).all()
    if source.take == "count":
        return len(found)
    if source.take == "latest" and not found:
        return None
    number = Decimal(found[0] if source.take == "latest" else sum(found)) / MILLION
    definition = office.versions.get(connection, case.definition, case.version).definition
    field = next(one for one in definition.fields.values() if one.source == source)
    return kept_from(field, float(number))


RECORDERS: Final[Mapping[str, Recorder]] = {"indicators": record}
SOURCES: Final[Mapping[str, FactSource]] = {"indicator": indicator_found}


def _fields(office: Office, connection: Connection, subject: Case | Round) -> Mapping[str, Field]:
    definition = office.versions.get(connection, subject.definition, subject.version).definition
    of_round = definition.round.fields if definition.round else {}
    return {**definition.fields, **{f"round.{name}": field for name, field in of_round.items()}}


def _values(fields: Mapping[str, Field], kept: Mapping[str, Kept]) -> Iterator[tuple[str, int]]:
    """In millionths; money, which is kept in fen, in yuan. What is empty or no number is not reported."""
    for name, value in kept.items():
        field = fields.get(name)
        if field is not None and field.type in _NUMBERS and value is not None:
            number = Decimal(str(value)) / (100 if field.type == "money" else 1)
            yield name.removeprefix("round."), int((number * MILLION).to_integral_value())


def _month(connection: Connection, subject: Case | Round, todo: EffectToDo) -> date:
    """Of the round, however late it is reported; else of the day on which it was."""
    round_: Any = subject
    if isinstance(subject, Case):
        found = load(connection, UUID(subject.round)) if subject.round is not None else None
        round_ = found[0] if found else None
    if isinstance(round_, Round):
        return date.fromisoformat(round_.nominal).replace(day=1)
    rows = select(event.c.at).where(event.c.case_id == todo.case_id, event.c.seq == todo.seq)
    reported: datetime = connection.scalar(rows) or todo.at
    return day_of(reported).replace(day=1)
