"""Lists of organisations, persons, posts and delegations: filtered, a page at a time, each page one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypedDict, TypeVar, Unpack

from sqlalchemy import ColumnElement, Connection, Label, RowMapping, Select, Table, and_, false, or_, select

from workflow.engine.directory import Principal
from workflow.errors import InvalidData, Problem
from workflow.people import tables
from workflow.people.directory import columns_of
from workflow.people.registers import is_fit, is_valid
from workflow.store.metadata import instant_of, instant_text
from workflow.text import Language, sentence

Item = TypeVar("Item")
Selection = Select[*tuple[Any, ...]]

_OTHER_NAMES = {"valid_from": "since", "valid_until": "until"}
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    items: tuple[Item, ...]
    next: str | None  #: what `after` takes to go on; it holds for the same filter only


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrganisation:
    id: Principal
    name: str
    level: str
    kind: str | None
    parent: Principal | None
    parent_name: str | None
    members: int | None
    workers: int | None
    columns: Mapping[str, object]
    proposed: bool
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    id: Principal
    name: str
    login: str | None
    email: str | None
    mobile: str | None
    language: Language
    employer: Principal | None
    employer_name: str | None
    born_on: date | None
    columns: Mapping[str, object]
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPost:
    """A post with one who holds or held it; one that nobody ever held stands alone."""

    id: Principal
    role: str
    organisation: Principal
    organisation_name: str
    person: Principal | None
    person_name: str | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDelegation:
    id: int
    from_person: Principal
    from_name: str
    to_person: Principal
    to_name: str
    begins: datetime
    ends: datetime
    definition: str | None
    ended_at: datetime | None  #: called off before its end


class PersonFilter(TypedDict, total=False):
    """What the columns have to hold; None does not matter."""

    login: str | None
    email: str | None
    mobile: str | None
    language: Language | None
    employer: Principal | None


def list_organisations(
    connection: Connection,
    *,
    level: str | None = None,
    kind: str | None = None,
    parent: Principal | None = None,
    name: str | None = None,
    at: datetime | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[ListedOrganisation]:
    """By id. `name` is a part of the name; `at` leaves out those that had ended by then."""
    table = tables.organisation
    above = table.alias("above")
    statement: Selection = select(*_listed(table), above.c.name.label("parent_name")).outerjoin(
        above, above.c.id == table.c.parent
    )
    statement = _where(statement, (table.c.level, level), (table.c.kind, kind), (table.c.parent, parent))
    return _page(connection, _named(statement, table, name, at), table.c.id, ListedOrganisation, after, limit)


def list_persons(
    connection: Connection,
    *,
    name: str | None = None,
    at: datetime | None = None,
    after: str | None = None,
    limit: int = 50,
    **exactly: Unpack[PersonFilter],
) -> Page[ListedPerson]:
    """By id. `name` is a part of the name, all else the whole; `at` leaves out those who had left by then."""
    table, unit = tables.person, tables.organisation
    statement: Selection = select(*_listed(table), unit.c.name.label("employer_name")).outerjoin(
        unit, unit.c.id == table.c.employer
    )
    statement = _where(statement, *((table.c[column], value) for column, value in exactly.items()))
    return _page(connection, _named(statement, table, name, at), table.c.id, ListedPerson, after, limit)


def list_delegations(
    connection: Connection,
    *,
    from_person: Principal | None = None,
    to_person: Principal | None = None,
    definition: str | None = None,
    of: Principal | None = None,
    at: datetime | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[ListedDelegation]:
    """By id. `of` is either of the two persons; `at` leaves out those that were over by then."""
    table = tables.delegation.c
    absent, stands_in = tables.person.alias("absent"), tables.person.alias("stands_in")
    statement = (
        select(tables.delegation, absent.c.name.label("from_name"), stands_in.c.name.label("to_name"))
        .join(absent, absent.c.id == table.from_person)
        .join(stands_in, stands_in.c.id == table.to_person)
    )
    wanted = ((table.from_person, from_person), (table.to_person, to_person), (table.definition, definition))
    statement = _where(statement, *wanted)
    if of is not None:
        statement = statement.where(or_(table.from_person == of, table.to_person == of))
    if at is not None:
        statement = statement.where(table.ends > at, or_(table.ended_at.is_(None), table.ended_at > at))
    return _page(connection, statement, table.id, ListedDelegation, after, limit)


def list_posts(
    connection: Connection,
    *,
    person: Principal | None = None,
    role: str | None = None,
    organisation: Principal | None = None,
    at: datetime | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[ListedPost]:
    """By post and holder; `at` leaves out who had been dismissed by then, so that his post may stand alone."""
    post, holding = tables.post.c, tables.holding.c
    held = holding.principal == post.id
    statement: Selection = (
        select(
            *_listed(tables.post),
            tables.organisation.c.name.label("organisation_name"),
            holding.person,
            tables.person.c.name.label("person_name"),
            holding.valid_from.label("since"),
            holding.valid_until.label("until"),
        )
        .join(tables.organisation, tables.organisation.c.id == post.organisation)
        .outerjoin(tables.holding, held if at is None else and_(held, is_valid(tables.holding, at)))
        .outerjoin(tables.person, tables.person.c.id == holding.person)
        .order_by(post.id, holding.person, holding.valid_from)
    )
    statement = _where(statement, (holding.person, person), (post.role, role), (post.organisation, organisation))
    if after is not None:
        statement = statement.where(_after_post(after))
    rows = connection.execute(statement.limit(limit + 1)).mappings().all()
    last = _post_cursor(rows[limit - 1]) if len(rows) > limit else None
    return Page(tuple(ListedPost(**row) for row in rows[:limit]), last)


def _listed(table: Table) -> list[Label[Any]]:
    return [column.label(_OTHER_NAMES.get(column.name, column.name)) for column in table.c]


def _where(statement: Selection, *wanted: tuple[ColumnElement[Any], object]) -> Selection:
    if not all(is_fit(value) for _, value in wanted if isinstance(value, str)):
        return statement.where(false())
    return statement.where(*(column == value for column, value in wanted if value is not None))


def _named(statement: Selection, table: Table, name: str | None, at: datetime | None) -> Selection:
    if name is not None:
        found = table.c.name.icontains(name, autoescape=True) if is_fit(name) else false()
        statement = statement.where(found)
    return statement if at is None else statement.where(is_valid(table, at))


def _page(
    connection: Connection,
    statement: Selection,
    key: ColumnElement[Principal],
    item: type[Item],
    after: str | None,
    limit: int,
) -> Page[Item]:
    if after is not None:
        statement = statement.where(key > _number(after))
    rows = connection.execute(statement.order_by(key).limit(limit + 1)).mappings().all()
    found = tuple(item(**_with_columns(row)) for row in rows[:limit])
    return Page(found, str(rows[limit - 1]["id"]) if len(rows) > limit else None)


def _with_columns(row: RowMapping) -> dict[str, Any]:
    columns = {"columns": columns_of(row["columns"])} if "columns" in row else {}
    return {**row, **columns}


# --- where a page goes on


def _after_post(cursor: str) -> ColumnElement[bool]:
    """After a post that stands alone, or after one of its holders."""
    post, holding = tables.post.c.id, tables.holding.c
    which, _, holder = cursor.partition("_")
    if not holder:
        return post > _number(which)
    person, _, since = holder.partition("_")
    later = or_(
        holding.person > _number(person),
        and_(holding.person == _number(person), holding.valid_from > _moment(since)),
    )
    return and_(post >= _number(which), or_(post > _number(which), later))


def _post_cursor(row: RowMapping) -> str:
    if row["person"] is None:
        return str(row["id"])
    return f"{row['id']}_{row['person']}_{instant_text(row['since'])}"


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < _DIGITS:
        return int(text)
    raise _no_place()


def _moment(text: str) -> datetime:
    try:
        found = instant_of(text)
    except ValueError as wrong:
        raise _no_place() from wrong
    if found.tzinfo is None:
        raise _no_place()
    return found


def _no_place() -> InvalidData:
    text = sentence("This is no place to go on from.")
    return InvalidData((Problem("/after", "data", text, sentence("Begin again without it.")),))
