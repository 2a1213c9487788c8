"""Posts, roles at organisations: who is appointed to them and dismissed."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import Connection, and_, delete, insert, select, update

from workflow.engine.directory import Holding, Principal
from workflow.errors import InvalidData, Problem
from workflow.people import tables
from workflow.people.changing import Change, changing, in_parts, lock_directory, new_principals, raise_number
from workflow.people.registers import POST, ROLE, Row, clean, existing, is_valid, refuse, unknown_or_ended
from workflow.store import Database
from workflow.text import sentence

_Name = tuple[str, Principal]


class Appointment(TypedDict):
    person: Principal
    role: str  #: a free word
    organisation: Principal


def appoint(database: Database, *, at: datetime | None = None, **appointment: Unpack[Appointment]) -> Holding:
    """Raises InvalidData by field. Who holds the post already goes on holding it."""
    with changing(database, at) as change:
        return _appoint(change, [(appointment, "")])[0]


def appoint_many(change: Change, appointments: Iterable[Appointment]) -> list[Holding]:
    """In the order in which they came; InvalidData has all that is wrong, at `/number of the appointment/field`."""
    return _appoint(change, [(given, f"/{number}") for number, given in enumerate(appointments)])


def dismiss(database: Database, *, at: datetime | None = None, **appointment: Unpack[Appointment]) -> None:
    """Raises InvalidData by field, and where he never held the post; once is enough."""
    with changing(database, at) as change:
        row, problems = clean(POST, appointment)
        refuse(problems)
        post = _posts_by_name(change.connection, [row["organisation"]]).get((row["role"], row["organisation"]))
        held = and_(tables.holding.c.person == row["person"], tables.holding.c.principal == post)
        if change.connection.execute(select(tables.holding.c.person).where(held).limit(1)).one_or_none() is None:
            text = sentence("There is nobody of this id in this post.")
            raise InvalidData((Problem("/person", "unknown", text),))
        statement = update(tables.holding).where(held, is_valid(tables.holding, change.at))
        if change.connection.execute(statement.values(valid_until=change.at)).rowcount:
            change.touch([row["organisation"]])


def ensure_post(where: Database | Connection, role: str, organisation: Principal) -> Principal:
    """The post, made if it is not there, whoever may come to hold it; on a connection, within its transaction.

    Raises NotFound without the organisation, InvalidData where the role is no word.
    """
    if isinstance(where, Database):
        with where.write() as connection:
            return ensure_post(connection, role, organisation)
    row, problems = clean(ROLE, {"role": role})
    refuse(problems)
    named = and_(tables.post.c.role == row["role"], tables.post.c.organisation == organisation)
    found: Principal | None = where.scalar(select(tables.post.c.id).where(named))
    if found is not None:
        return found
    existing(where, tables.organisation, organisation)
    number = lock_directory(where) + 1
    found = where.scalar(select(tables.post.c.id).where(named))  # somebody else may have been first
    if found is None:
        found = _make_posts(where, [(row["role"], organisation)])[row["role"], organisation]
        raise_number(where, number, [organisation])
    return found


def ensure_posts(change: Change, names: Iterable[_Name]) -> dict[_Name, Principal]:
    """Posts by role and organisation, made where they are not there; the organisations are known to be."""
    wanted = list(dict.fromkeys(names))
    there = _posts_by_name(change.connection, (organisation for _, organisation in wanted))
    made = _make_posts(change.connection, [name for name in wanted if name not in there])
    change.touch(organisation for _, organisation in made)
    return {name: (there | made)[name] for name in wanted}


def _appoint(change: Change, given: list[tuple[Appointment, str]]) -> list[Holding]:
    rows = _clean_all(change, given)
    wanted = [(row["role"], row["organisation"]) for row in rows]
    posts = _posts_by_name(change.connection, (organisation for _, organisation in wanted))
    missing = [name for name in dict.fromkeys(wanted) if name not in posts]
    posts |= _make_posts(change.connection, missing)
    keys = [(row["person"], posts[name]) for row, name in zip(rows, wanted, strict=True)]
    held = _held(change, keys)
    new = [key for key in dict.fromkeys(keys) if key not in held]
    _hold(change, new)
    held |= {(person, post): Holding(person=person, post=post, since=change.at) for person, post in new}
    if new:
        places = {posts[name]: name[1] for name in wanted}
        change.touch(places[post] for _, post in new)
    return [held[key] for key in keys]


def _clean_all(change: Change, given: list[tuple[Appointment, str]]) -> list[Row]:
    cleaned = [clean(POST, values, place) for values, place in given]
    problems = [problem for _, wrong in cleaned for problem in wrong]
    rows = [row for row, _ in cleaned]
    for name, table in (("person", tables.person), ("organisation", tables.organisation)):
        named = [(f"{place}/{name}", row[name]) for row, (_, place) in zip(rows, given, strict=True)]
        problems += unknown_or_ended(change.connection, table, named, change.at)
    refuse(problems)
    return rows


def _posts_by_name(connection: Connection, organisations: Iterable[Principal]) -> dict[_Name, Principal]:
    found: dict[_Name, Principal] = {}
    table = tables.post.c
    for part in in_parts(organisations):
        rows = connection.execute(select(table.role, table.organisation, table.id).where(table.organisation.in_(part)))
        found |= {(role, organisation): post for role, organisation, post in rows}
    return found


def _make_posts(connection: Connection, names: list[_Name]) -> dict[_Name, Principal]:
    made = dict(zip(names, new_principals(connection, "post", len(names)), strict=True))
    if made:
        rows = [{"id": post, "role": role, "organisation": place} for (role, place), post in made.items()]
        connection.execute(insert(tables.post), rows)
    return made


def _held(change: Change, keys: list[tuple[Principal, Principal]]) -> dict[tuple[Principal, Principal], Holding]:
    """Which of these persons hold which of these posts already, or will."""
    found: dict[tuple[Principal, Principal], Holding] = {}
    table = tables.holding.c
    wanted = set(keys)
    columns = (table.person, table.principal, table.valid_from, table.valid_until)
    for part in in_parts(post for _, post in keys):
        rows = change.connection.execute(
            select(*columns).where(table.principal.in_(part), is_valid(tables.holding, change.at))
        )
        for person, post, since, until in rows:
            if (person, post) in wanted:
                found[person, post] = Holding(person=person, post=post, since=since, until=until)
    return found


def _hold(change: Change, keys: list[tuple[Principal, Principal]]) -> None:
    if not keys:
        return
    _forget_empty(change, set(keys))
    rows = [{"person": person, "principal": post, "valid_from": change.at} for person, post in keys]
    change.connection.execute(insert(tables.holding), rows)


def _forget_empty(change: Change, keys: set[tuple[Principal, Principal]]) -> None:
    """What was ended at the moment it began was never held, and would stand in the way: it has the same key."""
    table = tables.holding
    for part in in_parts(post for _, post in keys):
        same = and_(table.c.principal.in_(part), table.c.valid_from == change.at)
        for person, post in change.connection.execute(select(table.c.person, table.c.principal).where(same)).all():
            if (person, post) in keys:
                empty = and_(same, table.c.person == person, table.c.principal == post)
                change.connection.execute(delete(table).where(empty))
