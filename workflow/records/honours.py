"""The register of honours and benefits: what cases granted, and what became of it. Nothing is deleted.

Effects are recorded in the transaction that marks them as done, and each of their rows has an id that follows from where it
comes from: recording one again changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workflow.calendar import day_of, end_of
from workflow.cases.facts import since
from workflow.cases.office import EffectToDo, Office, Recorder
from workflow.cases.reading import load, subject_of
from workflow.cases.tables import cases, event
from workflow.definition.form import Kept
from workflow.definition.model import Field, InField, Source
from workflow.engine.directory import Principal
from workflow.engine.subject import Case, Holder, Round
from workflow.records.codes import code_of, grouped
from workflow.records.tables import honour

State = Literal["valid", "suspended", "revoked", "expired"]

#: What can still be suspended or revoked.
_STANDING: Final = ("valid", "suspended")
_NOT_SUSPENDED: Final = {"suspended_at": None, "suspended_by": None, "suspended_until": None}
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Honour:
    """An honour, or a benefit with its amount in fen."""

    id: UUID
    kind: Literal["honour", "benefit"]
    name: str  #: which one: model_worker, physical_examination
    level: str | None
    amount: int | None  #: fen
    holder: Principal | None  #: none: somebody without an account
    holder_name: str | None  #: as on the certificate; none once erased
    unit: Principal | None
    state: State  #: as it is now
    case_id: UUID
    granted_at: datetime
    until: datetime | None
    suspended_at: datetime | None
    suspended_by: UUID | None  #: the case that suspended it
    suspended_until: datetime | None
    ended_at: datetime | None
    ended_by: UUID | None  #: the case that revoked it; of a valid one, that it was revoked and came back
    code: str  #: what a certificate is checked by


# --- looking


def honours_of(connection: Connection, person: Principal, now: datetime) -> tuple[Honour, ...]:
    """The newest first; those that were revoked too, marked as such."""
    rows = select(honour).where(honour.c.holder == person)
    return tuple(listed(connection, rows, now))


def honour_by_code(connection: Connection, code: str, now: datetime) -> Honour | None:
    """What a certificate is checked against; the code may be written with or without hyphens, in any case."""
    return next(listed(connection, select(honour).where(honour.c.code == grouped(code)), now), None)


def holders_of(connection: Connection, name: str, now: datetime) -> tuple[tuple[Principal, Principal | None], ...]:
    """Who holds an honour now, each with the unit for which it was granted; those who got it first first."""
    rows = select(honour).where(honour.c.kind == "honour", honour.c.honour == name, honour.c.holder.is_not(None))
    valid = [found for found in listed(connection, rows, now) if found.state == "valid"]
    return tuple(dict.fromkeys((found.holder, found.unit) for found in reversed(valid) if found.holder is not None))


def honours_found(office: Office, connection: Connection, source: Source, case: Case) -> Kept:
    """What a field with `from: {honours: …}` finds: of honours that hold, the earlier ones counted or summed, or the latest.

    `same` compares with the case that granted; so one without an account is known again by his ID number.
    """
    now = office.database.now(connection)
    found = [one for one in listed(connection, _asked(source, case), now) if one.state == "valid"]
    if source.within is not None:
        found = [one for one in found if one.granted_at >= since(source.within, now)]
    if source.same:
        granting = _data_of(connection, [one.case_id for one in found[:_MOST]])
        found = [one for one in found if _is_same(source, case, granting.get(one.case_id, {}))]
    field = _field_of(office, connection, source, case)
    if source.take == "count":
        return _number(field, Decimal(len(found)))
    if source.take == "latest":
        return _value(field, source, found[0]) if found else None
    return _number(field, sum((Decimal(one.amount or 0) / 100 for one in found), Decimal(0)))


def listed(connection: Connection, rows: Any, now: datetime) -> Iterator[Honour]:
    """What a selection of rows finds, the newest first."""
    for row in connection.execute(rows.order_by(honour.c.granted_at.desc(), honour.c.id.desc())).mappings():
        yield _honour(row, now)


def _honour(row: RowMapping, now: datetime) -> Honour:
    return Honour(
        id=row["id"],
        kind=row["kind"],
        name=row["honour"],
        level=row["level"],
        amount=row["amount"],
        holder=row["holder"],
        holder_name=row["name"],
        unit=row["unit"],
        state=_state(row, now),
        case_id=row["case_id"],
        granted_at=row["granted_at"],
        until=row["until"],
        suspended_at=row["suspended_at"],
        suspended_by=row["suspended_by"],
        suspended_until=row["suspended_until"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
        code=row["code"] or "",
    )


def _state(row: RowMapping, now: datetime) -> State:
    """A suspension ends by itself at its date, and so does what was granted until one."""
    if row["state"] == "revoked":
        return "revoked"
    if row["until"] is not None and row["until"] <= now:
        return "expired"
    if row["state"] == "suspended" and (row["suspended_until"] is None or now < row["suspended_until"]):
        return "suspended"
    return "valid"


def _asked(source: Source, case: Case) -> Any:
    rows = select(honour).where(honour.c.kind == "honour")
    if source.take != "latest":  # what holds now may be this case's own: a home has one file through all its tiers
        rows = rows.where(honour.c.case_id != UUID(case.id))
    if source.name != "all":
        rows = rows.where(honour.c.honour == source.name)
    if source.of == "unit":
        return rows.where(honour.c.unit == case.unit)
    holder = case.concerned if source.of == "concerned" else case.starter
    if isinstance(holder, int):
        return rows.where(honour.c.holder == holder)
    return rows if source.same else rows.where(honour.c.id.is_(None))


def _data_of(connection: Connection, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Kept]]:
    found: dict[UUID, Mapping[str, Kept]] = {}
    for start in range(0, len(ids), 500):
        rows = select(cases).where(cases.c.id.in_(ids[start : start + 500]))
        found |= {row["id"]: subject_of(row).data for row in connection.execute(rows).mappings()}
    return found


def _is_same(source: Source, case: Case, granting: Mapping[str, Kept]) -> bool:
    return all(case.data.get(name) is not None and case.data[name] == granting.get(name) for name in source.same)


def _field_of(office: Office, connection: Connection, source: Source, case: Case) -> Field | None:
    definition = office.versions.get(connection, case.definition, case.version).definition
    return next((field for field in definition.fields.values() if field.source == source), None)


def _number(field: Field | None, number: Decimal) -> Kept:
    match field.type if field else "integer":
        case "money":
            return int(number * 100)
        case "number" | "percent":
            return format(number.normalize(), "f")
    return int(number)


def _value(field: Field | None, source: Source, one: Honour) -> Kept:
    match source.value:
        case "granted_on":
            return day_of(one.granted_at).isoformat()
        case "year":
            return _number(field, Decimal(day_of(one.granted_at).year))
        case "amount":
            return None if one.amount is None else _number(field, Decimal(one.amount) / 100)
        case "level":
            return one.level
        case "until":
            return None if one.until is None else day_of(one.until).isoformat()
    return one.name


# --- recording


def _grant(office: Office, connection: Connection, todo: EffectToDo) -> None:
    _insert(office, connection, todo, "honour", str(todo.payload["honour"]))


def _benefit(office: Office, connection: Connection, todo: EffectToDo) -> None:
    _insert(office, connection, todo, "benefit", str(todo.payload["kind"]))


def _revoke(office: Office, connection: Connection, todo: EffectToDo) -> None:
    at = _at(connection, todo)
    values = {"state": "revoked", **_NOT_SUSPENDED, "ended_at": at, "ended_by": todo.case_id}
    _change(office, connection, todo, "from", honour.c.state.in_(_STANDING), values)


def _suspend(office: Office, connection: Connection, todo: EffectToDo) -> None:
    values = {
        "state": "suspended",
        "suspended_at": _at(connection, todo),
        "suspended_by": todo.case_id,
        "suspended_until": _until(todo),
    }
    _change(office, connection, todo, "to", honour.c.state.in_(_STANDING), values)


def _restore(office: Office, connection: Connection, todo: EffectToDo) -> None:
    """Ends a suspension, and what this case itself revoked: that it was revoked, when and by which case, stays to be read."""
    own = and_(honour.c.state == "revoked", honour.c.ended_by == todo.case_id)
    values = {"state": "valid", **_NOT_SUSPENDED}
    _change(office, connection, todo, "to", or_(honour.c.state == "suspended", own), values)


RECORDERS: Final[Mapping[str, Recorder]] = {
    "grant": _grant,
    "benefit": _benefit,
    "revoke": _revoke,
    "suspend": _suspend,
    "restore": _restore,
}


def _insert(office: Office, connection: Connection, todo: EffectToDo, kind: str, name: str) -> None:
    """A row for each holder; one that is there already stays as it is."""
    subject = _subject(connection, todo)
    at = _at(connection, todo)
    rows = []
    for part, holder in enumerate(todo.payload.get("to") or ()):
        key = uuid5(todo.case_id, f"honour/{todo.seq}/{todo.number}/{part}")
        rows.append(
            {
                "id": key,
                "case_id": todo.case_id,
                "seq": todo.seq,
                "no": todo.number,
                "part": part,
                "kind": kind,
                "honour": name,
                "level": todo.payload.get("level"),
                "amount": _fen(todo.payload.get("amount")),
                "holder": holder if isinstance(holder, int) else None,
                "name": _name_of(office, connection, subject, holder),
                "unit": subject.unit,
                "state": "valid",
                "granted_at": at,
                "until": _until(todo),
                "code": code_of(office.secrets, key),
            }
        )
    if rows:
        dialect = sqlite if office.database.dialect == "sqlite" else postgresql
        connection.execute(dialect.insert(honour).on_conflict_do_nothing(), rows)


def _change(
    office: Office,
    connection: Connection,
    todo: EffectToDo,
    key: str,
    which_now: ColumnElement[bool],
    values: Mapping[str, object],
) -> None:
    """Of these holders what was granted before this case said so."""
    subject = _subject(connection, todo)
    holders = [_held_by(office, connection, subject, holder) for holder in todo.payload.get(key) or ()]
    if not holders:
        return
    which: list[ColumnElement[bool]] = [
        which_now,
        honour.c.granted_at <= _at(connection, todo),
        or_(*holders),
    ]
    named = next(((kind, todo.payload[kind]) for kind in ("honour", "benefit") if kind in todo.payload), None)
    if named is not None:
        which += [honour.c.kind == named[0], honour.c.honour == named[1]]
    connection.execute(update(honour).where(*which).values(values))


def _held_by(office: Office, connection: Connection, subject: Case | Round, holder: Holder) -> ColumnElement[bool]:
    """One without an account is known by his name at the unit."""
    if isinstance(holder, int):
        return honour.c.holder == holder
    name = _name_of(office, connection, subject, holder)
    return and_(honour.c.holder.is_(None), honour.c.name == name, honour.c.unit == subject.unit)


def _subject(connection: Connection, todo: EffectToDo) -> Case | Round:
    found = load(connection, todo.case_id)
    assert found is not None
    return found[0]


def _at(connection: Connection, todo: EffectToDo) -> datetime:
    """When it was decided, however late it is recorded."""
    rows = select(event.c.at).where(event.c.case_id == todo.case_id, event.c.seq == todo.seq)
    found: datetime | None = connection.scalar(rows)
    return found or todo.at


def _until(todo: EffectToDo) -> datetime | None:
    text = todo.payload.get("until")
    return end_of(date.fromisoformat(str(text)[:10])) if text else None


def _fen(yuan: object) -> int | None:
    return None if yuan is None else int((Decimal(str(yuan)) * 100).to_integral_value())


def _name_of(office: Office, connection: Connection, subject: Case | Round, holder: Holder) -> str | None:
    """As the directory has it, else as it stands in the form beside the contact."""
    if isinstance(holder, int):
        return office.directory(connection).name_of(holder)
    if not holder.startswith("link:"):
        return holder
    if not isinstance(subject, Case):
        return None
    table, _, rest = holder.removeprefix("link:").partition(".")
    row, _, column = rest.partition(".")
    link = f"{table}.{column}" if column else table
    definition = office.versions.get(connection, subject.definition, subject.version).definition
    for people in definition.people.values():
        for entry in people.entries:
            if isinstance(entry.spec, InField) and entry.spec.link == link:
                return _text_in(subject, entry.spec.field, int(row) if row.isdigit() else None)
    return None


def _text_in(case: Case, path: str, row: int | None) -> str | None:
    name, _, column = path.partition(".")
    value = case.data.get(name)
    if column:
        value = value[row].get(column) if isinstance(value, list) and row is not None and row < len(value) else None
    return value if isinstance(value, str) else None
