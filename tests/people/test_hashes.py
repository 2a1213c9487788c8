"""Passwords are hashed as dearly as argon2 recommends, and who does not exist costs as much as who does."""

from time import process_time

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, select

from tests.people.district import NOW, District
from workflow.errors import NotSignedIn
from workflow.people import tables
from workflow.people.credentials import check_password, set_password
from workflow.store import Database

PASSWORD = "春江花月夜，潮水连海平"
DEFAULTS = "$argon2id$v=19$m=65536,t=3,p=4$"


def hash_of(database: Database) -> str:
    with database.read() as connection:
        found: str = connection.scalars(select(tables.credential.c.password)).one()
    return found


def test_password_is_stored_as_a_hash_of_argon2(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD)

    assert hash_of(database).startswith(DEFAULTS)
    assert PASSWORD not in hash_of(database)


def test_unknown_login_and_missing_password_take_as_long_as_a_wrong_one(database: Database, district: District) -> None:
    """The hash takes nearly all of it, and would be missing; the rest is far below what is asserted here."""
    set_password(database, district.wang, PASSWORD)

    def spent(login: str) -> float:
        began = process_time()
        with pytest.raises(NotSignedIn):
            check_password(database, login, "not the password")
        return process_time() - began

    wrong_one, missing, unknown = (min(spent(login) for _ in range(3)) for login in ("wangfang", "liqiang", "nobody"))

    assert min(missing, unknown) * 2 > wrong_one
    assert max(missing, unknown) < wrong_one * 2


def test_hash_of_weaker_parameters_is_renewed(database: Database, district: District) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD.encode())
    with database.write() as connection:
        connection.execute(insert(tables.credential).values(person=district.wang, password=weak, changed_at=NOW))

    assert check_password(database, "wangfang", PASSWORD) == district.wang

    assert hash_of(database).startswith(DEFAULTS)
    assert check_password(database, "wangfang", PASSWORD) == district.wang
