"""Who may change the directory, and the first who may."""

from datetime import datetime

from sqlalchemy import Connection, select

from workflow.engine.directory import Directory, Principal
from workflow.engine.permit import ADMINISTRATOR
from workflow.people.changing import changing
from workflow.people.organisations import add_organisations
from workflow.people.persons import add_persons
from workflow.people.posts import appoint_many
from workflow.people.registers import is_valid
from workflow.people.tables import organisation, person
from workflow.store import Database

LOGIN = "admin"
NAME = "管理员"


def may_administer(directory: Directory, person: Principal, organisation: Principal | None, at: datetime) -> bool:
    """Whether he is an administrator of the organisation or of one above it."""
    return directory.is_here(person, at) and directory.has_role(person, ADMINISTRATOR, organisation, at)


def ensure_administrator(
    database: Database, name: str, *, level: str = "district", at: datetime | None = None
) -> Principal:
    """The person `admin`, who can sign in by a token only until he has a password, administrator at the top.

    Where there is no organisation yet, makes the top one with this name and level, as proposed: the register that is
    imported first says what it is called. Who was there is left as he is.
    """
    with database.read() as connection:
        found = _administrator(connection)
    if found is not None:
        return found
    with changing(database, at) as change:
        found = _administrator(change.connection)  # another process may have been first
        if found is not None:
            return found
        top = _top(change.connection, change.at)
        if top is None:
            (top,) = add_organisations(change, [{"name": name, "level": level, "proposed": True}])
        (administrator,) = add_persons(change, [{"name": NAME, "login": LOGIN}])
        appoint_many(change, [{"person": administrator, "role": ADMINISTRATOR, "organisation": top}])
        return administrator


def _administrator(connection: Connection) -> Principal | None:
    found: Principal | None = connection.scalar(select(person.c.id).where(person.c.login == LOGIN))
    return found


def _top(connection: Connection, at: datetime) -> Principal | None:
    """The first of those that are below none."""
    tops = select(organisation.c.id).where(organisation.c.parent.is_(None), is_valid(organisation, at))
    found: Principal | None = connection.scalar(tops.order_by(organisation.c.id).limit(1))
    return found
