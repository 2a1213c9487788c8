"""The rows that an act changes, as one list, and the statements that write them.

On PostgreSQL they are one statement, a list of rows being one JSON parameter, so that its text is the same for every act
of a shape and stays prepared; on SQLite they are executed one after another in the transaction that the act is in.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Column, LargeBinary, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from workflow.store.database import DriverConnection
from workflow.store.metadata import Digest, instant_text

Kind = Literal["insert", "ignore", "upsert", "update", "delete"]

_POSTGRESQL = PGDialect()  # type: ignore[no-untyped-call]
_NAME = re.compile(r"(?<!:):(\w+)")


@dataclass(frozen=True, slots=True)
class Write:
    """Rows of one table: inserted, inserted unless there, written over, changed where there, or deleted by what is given."""

    table: Table
    kind: Kind
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The case's own row, from the version that was read, and all that goes with it."""

    id: UUID
    was: int | None  #: None: the row is new
    columns: Mapping[str, Any]
    writes: Sequence[Write]


def write_postgresql(driver: DriverConnection, change: Change) -> bool:
    """One statement; false when the case was no longer as it was read, and then nothing is written."""
    shape = tuple((write.table, write.kind, tuple(write.rows[0])) for write in change.writes if write.rows)
    statement = _statement(tuple(change.columns), change.was is None, shape)
    parameters: dict[str, Any] = {f"c_{name}": value for name, value in change.columns.items()}
    parameters |= {"id": change.id, "was": change.was}
    written = [write for write in change.writes if write.rows]
    for number, write in enumerate(written):
        parameters[f"r{number}"] = _as_json(write)
    return bool(driver.execute(statement, parameters).fetchone()[0])


def write_sqlite(driver: DriverConnection, change: Change) -> bool:
    """Statement by statement; false when the case was no longer as it was read."""
    values = {name: _for_sqlite(value) for name, value in change.columns.items()}
    values |= {"id": str(change.id), "was": change.was}
    if change.was is None:
        names = ", ".join(change.columns)
        marks = ", ".join(f":{name}" for name in change.columns)
        done = driver.execute(f"insert into cases (id, {names}) values (:id, {marks}) on conflict do nothing", values)
    else:
        sets = ", ".join(f"{name} = :{name}" for name in change.columns)
        done = driver.execute(f"update cases set {sets} where id = :id and seq = :was", values)
    if done.rowcount != 1:
        return False
    for write in change.writes:
        for row in write.rows:
            given = {name: _for_sqlite(value) for name, value in row.items()}
            driver.execute(_sqlite_statement(write.table, write.kind, tuple(row)), {**given, "case_id": str(change.id)})
    return True


@cache
def _statement(columns: tuple[str, ...], new: bool, shape: tuple[tuple[Table, Kind, tuple[str, ...]], ...]) -> str:
    """The text of a shape: the case first, every other part from it, so that all is written or nothing."""
    if new:
        names = ", ".join(columns)
        marks = ", ".join(f":c_{name}" for name in columns)
        first = f"insert into cases (id, {names}) values (:id, {marks}) on conflict do nothing returning id"
    else:
        sets = ", ".join(f"{name} = :c_{name}" for name in columns)
        first = f"update cases set {sets} where id = :id and seq = :was returning id"
    parts = [f"c as ({first})"]
    parts += [f"w{n} as ({_part(table, kind, names, n)})" for n, (table, kind, names) in enumerate(shape)]
    return _named(f"with {', '.join(parts)} select count(*) from c")


def _part(table: Table, kind: Kind, names: tuple[str, ...], number: int) -> str:
    if not names:
        return f"delete from {table.name} t using c where t.case_id = c.id"
    columns = [table.c[name] for name in names]
    record = ", ".join(f'"{column.name}" {_record_type(column)}' for column in columns)
    source = f"c, json_to_recordset(:r{number}::json) as r({record})"
    if kind == "delete":
        where = " and ".join(f't."{column.name}" = {_value(column)}' for column in columns)
        return f"delete from {table.name} t using {source} where t.case_id = c.id and {where}"
    if kind == "update":
        sets = ", ".join(f'"{column.name}" = {_value(column)}' for column in columns if not column.primary_key)
        where = " and ".join(f't."{column.name}" = {_value(column)}' for column in columns if column.primary_key)
        return f"update {table.name} t set {sets} from {source} where t.case_id = c.id and {where}"
    listed = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(_value(column) for column in columns)
    insert = f"insert into {table.name} (case_id, {listed}) select c.id, {values} from {source}"
    return insert + _on_conflict(table, kind, names)


def _on_conflict(table: Table, kind: Kind, names: tuple[str, ...]) -> str:
    if kind == "insert":
        return ""
    if kind == "ignore":
        return " on conflict do nothing"
    keys = [column.name for column in table.primary_key.columns]
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in keys)
    listed = ", ".join(f'"{key}"' for key in keys)
    return f" on conflict ({listed}) do update set {sets}"


def _record_type(column: Column[Any]) -> str:
    if isinstance(column.type, Digest | LargeBinary):
        return "text"
    return str(column.type.compile(dialect=_POSTGRESQL))


def _value(column: Column[Any]) -> str:
    if isinstance(column.type, Digest | LargeBinary):
        return f"decode(r.\"{column.name}\", 'base64')"
    return f'r."{column.name}"'


@cache
def _sqlite_statement(table: Table, kind: Kind, names: tuple[str, ...]) -> str:
    if kind == "delete":
        where = "".join(f' and "{name}" = :{name}' for name in names)
        return f"delete from {table.name} where case_id = :case_id{where}"
    if kind == "update":
        sets = ", ".join(f'"{name}" = :{name}' for name in names if not table.c[name].primary_key)
        where = "".join(f' and "{name}" = :{name}' for name in names if table.c[name].primary_key)
        return f"update {table.name} set {sets} where case_id = :case_id{where}"
    listed = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join(f":{name}" for name in names)
    return f"insert into {table.name} (case_id, {listed}) values (:case_id, {marks})" + _on_conflict(table, kind, names)


def _as_json(write: Write) -> str:
    """Bytes go as base64, instants and ids as text."""
    return msgspec.json.encode([dict(row) for row in write.rows]).decode()


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, UUID):
        return str(value)
    return int(value) if isinstance(value, bool) else value


@cache
def _named(statement: str) -> str:
    """`:name` as psycopg writes it; a cast `::type` stays."""
    return _NAME.sub(r"%(\1)s", statement.replace("%", "%%"))
