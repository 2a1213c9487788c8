"""Organisations: added, changed, ended; a register of them in one go."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import insert, select, update

from workflow.engine.directory import Principal
from workflow.errors import Problem
from workflow.people import tables
from workflow.people.changing import Change, changing, new_principals
from workflow.people.directory import columns_of
from workflow.people.registers import (
    ORGANISATION,
    clean_register,
    columns_text,
    existing,
    is_valid,
    refuse,
    unknown_or_ended,
)
from workflow.store import Database
from workflow.text import sentence


class _Values(TypedDict, total=False):
    kind: str | None
    parent: Principal | None
    members: int | None
    workers: int | None
    columns: Mapping[str, object]  #: the register's others
    proposed: bool  #: made by an import, nobody has confirmed it yet


class NewOrganisation(_Values):
    name: str
    level: str


class OrganisationChanges(_Values, total=False):
    """What is left out stays, None empties; of `columns` those change that are given."""

    name: str
    level: str


def add_organisation(database: Database, *, at: datetime | None = None, **values: Unpack[NewOrganisation]) -> Principal:
    """Raises InvalidData by field."""
    with changing(database, at) as change:
        return _add(change, [(values, "")])[0]


def add_organisations(change: Change, rows: Iterable[NewOrganisation]) -> list[Principal]:
    """The ids in the order of the rows; InvalidData has all that is wrong, at `/number of the row/field`."""
    return _add(change, [(row, f"/{number}") for number, row in enumerate(rows)])


def change_organisation(
    database: Database,
    organisation: Principal,
    *,
    at: datetime | None = None,
    **changes: Unpack[OrganisationChanges],
) -> None:
    """Raises NotFound, or InvalidData by field. To a new parent it goes with all that is below it."""
    with changing(database, at) as change:
        alter_organisation(change, organisation, changes)


def alter_organisation(change: Change, organisation: Principal, changes: OrganisationChanges) -> bool:
    """The same as one of several changes; whether anything is different afterwards."""
    found = existing(change.connection, tables.organisation, organisation)
    row, problems = clean_register(ORGANISATION, changes, new=False)
    if row.get("parent") not in (None, found["parent"]):
        problems += _wrong_parent(change, organisation, row["parent"])
    refuse(problems)
    if "columns" in row:
        row["columns"] = columns_text({**columns_of(found["columns"]), **row["columns"]})
    if all(found[name] == value for name, value in row.items()):
        return False
    statement = update(tables.organisation).where(tables.organisation.c.id == organisation)
    change.connection.execute(statement.values(row))
    change.touch((organisation, found["parent"], row.get("parent")))
    return True


def end_organisation(database: Database, organisation: Principal, *, at: datetime | None = None) -> None:
    """From then on nobody holds a post there. Raises InvalidData while there are others below it; once is enough."""
    with changing(database, at) as change:
        close_organisation(change, organisation)


def close_organisation(change: Change, organisation: Principal) -> None:
    """The same as one of several changes."""
    found = existing(change.connection, tables.organisation, organisation)
    if found["valid_until"] is not None and found["valid_until"] <= change.at:
        return
    refuse(_left_below(change, organisation))
    posts = select(tables.post.c.id).where(tables.post.c.organisation == organisation)
    held = tables.holding.c.principal.in_(posts)
    for table, which in ((tables.holding, held), (tables.organisation, tables.organisation.c.id == organisation)):
        statement = update(table).where(which, is_valid(table, change.at)).values(valid_until=change.at)
        change.connection.execute(statement)
    change.touch((organisation, found["parent"]))


def _add(change: Change, rows: list[tuple[NewOrganisation, str]]) -> list[Principal]:
    cleaned = [clean_register(ORGANISATION, values, place) for values, place in rows]
    problems = [problem for _, wrong in cleaned for problem in wrong]
    parents = [(f"{place}/parent", row["parent"]) for (row, _), (_, place) in zip(cleaned, rows, strict=True)]
    problems += unknown_or_ended(change.connection, tables.organisation, parents, change.at)
    refuse(problems)
    ids = new_principals(change.connection, "organisation", len(rows))
    stored = [
        {**row, "id": key, "columns": columns_text(row["columns"]), "valid_from": change.at}
        for key, (row, _) in zip(ids, cleaned, strict=True)
    ]
    if stored:
        change.connection.execute(insert(tables.organisation), stored)
        change.touch((*ids, *(row["parent"] for row in stored)))
    return ids


def _wrong_parent(change: Change, organisation: Principal, parent: Principal) -> list[Problem]:
    table = tables.organisation
    problems = unknown_or_ended(change.connection, table, [("/parent", parent)], change.at)
    above = select(table.c.id, table.c.parent).where(table.c.id == parent).cte("above", recursive=True)
    above = above.union(select(table.c.id, table.c.parent).join(above, above.c.parent == table.c.id))
    if change.connection.scalar(select(above.c.id).where(above.c.id == organisation)) is not None:
        text = sentence("An organisation is not below itself, nor below one of those below it.")
        problems.append(Problem("/parent", "circle", text))
    return problems


def _left_below(change: Change, organisation: Principal) -> list[Problem]:
    table = tables.organisation
    below = select(table.c.name).where(table.c.parent == organisation, is_valid(table, change.at))
    names = change.connection.scalars(below.order_by(table.c.id).limit(3)).all()
    if not names:
        return []
    text = sentence("There are others below it: {names}.", names=names)
    return [Problem("/organisation", "not_empty", text, sentence("Move or end these first."))]
