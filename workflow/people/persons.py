"""Persons: added, changed, ended; a register of them in one go."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypedDict, Unpack

from sqlalchemy import insert, or_, select, update

from workflow.calendar import day_of
from workflow.engine.directory import Principal
from workflow.errors import Problem
from workflow.people import tables
from workflow.people.changing import AT_ONCE, Change, changing, new_principals
from workflow.people.directory import columns_of
from workflow.people.registers import (
    PERSON,
    Row,
    clean_register,
    columns_text,
    existing,
    is_valid,
    refuse,
    unknown_or_ended,
)
from workflow.store import Database
from workflow.text import Language, sentence


class _Values(TypedDict, total=False):
    login: str | None  #: each once, for good: a history names who did it
    email: str | None
    mobile: str | None
    language: Language
    employer: Principal | None  #: where he is employed or a member
    born_on: date | None
    columns: Mapping[str, object]  #: the register's others


class NewPerson(_Values):
    name: str


class PersonChanges(_Values, total=False):
    """What is left out stays, None empties; of `columns` those change that are given."""

    name: str


def add_person(database: Database, *, at: datetime | None = None, **values: Unpack[NewPerson]) -> Principal:
    """Raises InvalidData by field."""
    with changing(database, at) as change:
        return _add(change, [(values, "")])[0]


def add_persons(change: Change, rows: Iterable[NewPerson]) -> list[Principal]:
    """The ids in the order of the rows; InvalidData has all that is wrong, at `/number of the row/field`."""
    return _add(change, [(row, f"/{number}") for number, row in enumerate(rows)])


def change_person(
    database: Database, person: Principal, *, at: datetime | None = None, **changes: Unpack[PersonChanges]
) -> None:
    """Raises NotFound, or InvalidData by field."""
    with changing(database, at) as change:
        alter_person(change, person, changes)


def alter_person(change: Change, person: Principal, changes: PersonChanges) -> bool:
    """The same as one of several changes; whether anything is different afterwards."""
    found = existing(change.connection, tables.person, person)
    row, problems = _clean(change, changes, "", new=False)
    if row.get("login") == found["login"]:
        row.pop("login", None)
    if row.get("employer") == found["employer"]:
        row.pop("employer", None)
    refuse([*problems, *_wrong_references(change, [(row, "")])])
    if "columns" in row:
        row["columns"] = columns_text({**columns_of(found["columns"]), **row["columns"]})
    if all(found[name] == value for name, value in row.items()):
        return False
    change.connection.execute(update(tables.person).where(tables.person.c.id == person).values(row))
    change.touch_persons([person])
    change.touch([found["employer"]])
    return True


def end_person(database: Database, person: Principal, *, at: datetime | None = None) -> None:
    """He leaves: holds nothing, stands in for nobody, nobody for him, and cannot sign in. Once is enough."""
    with changing(database, at) as change:
        close_person(change, person)


def close_person(change: Change, person: Principal) -> None:
    """The same as one of several changes."""
    found = existing(change.connection, tables.person, person)
    if found["valid_until"] is not None and found["valid_until"] <= change.at:
        return
    change.touch_persons([person])
    _end_delegations(change, person)
    for table, which in ((tables.holding, tables.holding.c.person), (tables.person, tables.person.c.id)):
        statement = update(table).where(which == person, is_valid(table, change.at))
        change.connection.execute(statement.values(valid_until=change.at))


def _end_delegations(change: Change, person: Principal) -> None:
    table = tables.delegation.c
    his = or_(table.from_person == person, table.to_person == person)
    statement = update(tables.delegation).where(his, table.ends > change.at, table.ended_at.is_(None))
    ended = change.connection.scalars(statement.values(ended_at=change.at).returning(table.from_person))
    change.touch_persons(ended.all())


def _add(change: Change, rows: list[tuple[NewPerson, str]]) -> list[Principal]:
    cleaned = [_clean(change, values, place, new=True) for values, place in rows]
    placed = [(row, place) for (row, _), (_, place) in zip(cleaned, rows, strict=True)]
    refuse([*(problem for _, wrong in cleaned for problem in wrong), *_wrong_references(change, placed)])
    ids = new_principals(change.connection, "person", len(rows))
    stored = [
        {**row, "id": key, "columns": columns_text(row["columns"]), "valid_from": change.at}
        for key, (row, _) in zip(ids, cleaned, strict=True)
    ]
    if stored:
        change.connection.execute(insert(tables.person), stored)
        change.touch(row["employer"] for row in stored)
    return ids


def _clean(change: Change, values: Mapping[str, object], place: str, *, new: bool) -> tuple[Row, list[Problem]]:
    row, problems = clean_register(PERSON, values, place, new=new)
    if row.get("born_on") is not None:
        row["born_on"] = date.fromisoformat(row["born_on"])
        if row["born_on"] > day_of(change.at):
            problems.append(Problem(f"{place}/born_on", "data", sentence("This day is still to come.")))
    if any(character.isspace() for character in row.get("login") or ""):
        problems.append(Problem(f"{place}/login", "data", sentence("A login is one word, without spaces.")))
    return row, problems


def _wrong_references(change: Change, rows: list[tuple[Row, str]]) -> list[Problem]:
    """Employers that are none, and logins that somebody has or that stand here twice."""
    employers = [(f"{place}/employer", row.get("employer")) for row, place in rows]
    logins = Counter(row["login"] for row, _ in rows if row.get("login") is not None)
    taken = _taken(change, list(logins)) | {login for login, times in logins.items() if times > 1}
    hint = sentence("Each login is given once; those who have left keep theirs.")
    return [
        *unknown_or_ended(change.connection, tables.organisation, employers, change.at),
        *(
            Problem(f"{place}/login", "twice", sentence("The login “{login}” is taken.", login=row["login"]), hint)
            for row, place in rows
            if row.get("login") in taken
        ),
    ]


def _taken(change: Change, logins: list[str]) -> set[str | None]:
    found: set[str | None] = set()
    for start in range(0, len(logins), AT_ONCE):
        part = logins[start : start + AT_ONCE]
        found.update(change.connection.scalars(select(tables.person.c.login).where(tables.person.c.login.in_(part))))
    return found
