"""Signing in: passwords, the lock, one-time codes, tokens, sessions; nothing of a secret lies in the database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Table, select

from tests.people.district import BEFORE, DAY, LATER, NOW, District, loaded, wrong
from workflow.errors import InvalidData, NotFound, NotSignedIn, TooOften, WorkflowError
from workflow.people import credentials, tables
from workflow.people.credentials import (
    LOCKED_FOR,
    RESET_LASTS,
    TRIES,
    begin_session,
    check_password,
    end_session,
    end_sessions,
    issue_reset,
    issue_token,
    person_of_session,
    person_of_token,
    reset_password,
    revoke_token,
    revoke_tokens,
    set_password,
)
from workflow.people.persons import add_person, change_person, end_person
from workflow.store import Database

PASSWORD = "春江花月夜，潮水连海平"
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
SIGN_INS = (tables.credential, tables.session, tables.token, tables.reset, tables.attempt)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a hash costs is tested in test_hashes.py; here it would cost a minute."""
    credentials._nobodys.cache_clear()
    monkeypatch.setattr(credentials, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    credentials._nobodys.cache_clear()


def raised(doing: Callable[[], object]) -> tuple[type[WorkflowError], str]:
    with pytest.raises(WorkflowError) as error:
        doing()
    return type(error.value), error.value.say("en")


def stored(database: Database) -> str:
    """Everything that the tables of sign-in hold, as text."""
    with database.read() as connection:
        rows = [row for table in SIGN_INS for row in connection.execute(select(table))]
    return repr(rows)


def fail(database: Database, login: str, times: int, at: datetime) -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            check_password(database, login, "not the password", at=at)


# --- passwords


def test_who_knows_the_password_signs_in(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD)

    assert check_password(database, "wangfang", PASSWORD) == district.wang


def test_new_password_replaces_the_old(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD)
    set_password(database, district.wang, PASSWORD + "！")

    assert check_password(database, "wangfang", PASSWORD + "！") == district.wang
    assert raised(lambda: check_password(database, "wangfang", PASSWORD))[0] is NotSignedIn


def test_password_may_be_typed_in_either_form(database: Database, district: District) -> None:
    """Some keyboards send é as one sign, some as two."""
    set_password(database, district.wang, "caf\u00e9 caf\u00e9 caf\u00e9")

    assert check_password(database, "wangfang", "cafe\u0301 cafe\u0301 cafe\u0301") == district.wang


@pytest.mark.parametrize(
    "password", ["", "九个字九个字九个字", "x" * 201, "zhaomin.of.district", "ZHAOMIN.of.district"]
)
def test_password_is_long_enough_and_not_the_login(password: str, database: Database) -> None:
    key = add_person(database, name="赵敏", login="zhaomin.of.district")

    assert wrong(lambda: set_password(database, key, password)) == [("/password", "data")]
    code = issue_reset(database, key)
    assert wrong(lambda: reset_password(database, code, password)) == [("/password", "data")]
    assert raised(lambda: check_password(database, "zhaomin.of.district", password))[0] is NotSignedIn


def test_password_of_whom_nobody_knows_is_not_set(database: Database) -> None:
    with pytest.raises(NotFound):
        set_password(database, 99999, PASSWORD)


def test_who_has_no_login_gets_no_password(database: Database) -> None:
    key = add_person(database, name="赵敏")

    assert wrong(lambda: set_password(database, key, PASSWORD)) == [("/login", "required")]
    assert wrong(lambda: issue_reset(database, key)) == [("/login", "required")]


@pytest.mark.parametrize("login", ["nobody", "liqiang", "", "wang\x00fang", "\ud800"])
def test_unknown_login_and_missing_password_are_told_like_a_wrong_one(
    login: str, database: Database, district: District
) -> None:
    set_password(database, district.wang, PASSWORD)
    add_person(database, name="没有登录名")

    expected = raised(lambda: check_password(database, "wangfang", "not the password"))

    assert raised(lambda: check_password(database, login, PASSWORD)) == expected


def test_who_has_left_does_not_sign_in(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD, at=BEFORE)
    end_person(database, district.wang, at=NOW)

    assert check_password(database, "wangfang", PASSWORD, at=NOW - SECOND) == district.wang
    assert raised(lambda: check_password(database, "wangfang", PASSWORD, at=NOW))[0] is NotSignedIn


def test_new_password_does_not_change_the_directory(database: Database, district: District) -> None:
    before = loaded(database).number

    set_password(database, district.wang, PASSWORD)

    assert loaded(database).number == before


# --- the lock


@pytest.mark.parametrize("login", ["wangfang", "nobody"])
def test_five_failures_lock_the_login_for_a_quarter_of_an_hour(
    login: str, database: Database, district: District
) -> None:
    set_password(database, district.wang, PASSWORD, at=BEFORE)
    fail(database, login, TRIES, NOW)

    with pytest.raises(TooOften) as refused:
        check_password(database, login, PASSWORD, at=NOW + SECOND)
    assert refused.value.facts == {"seconds": 899}
    with pytest.raises(TooOften):
        check_password(database, login, PASSWORD, at=NOW + LOCKED_FOR - SECOND)

    fail(database, login, TRIES, NOW + LOCKED_FOR)
    with pytest.raises(TooOften):
        check_password(database, login, PASSWORD, at=NOW + LOCKED_FOR)


def test_after_the_lock_the_right_password_is_taken(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD, at=BEFORE)
    fail(database, "wangfang", TRIES, NOW)

    assert check_password(database, "wangfang", PASSWORD, at=NOW + LOCKED_FOR) == district.wang


def test_lock_is_that_of_one_login(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD, at=BEFORE)
    fail(database, "nobody", TRIES, NOW)

    assert check_password(database, "wangfang", PASSWORD, at=NOW) == district.wang


def test_success_begins_the_count_anew(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD, at=BEFORE)
    for _ in range(2):
        fail(database, "wangfang", TRIES - 1, NOW)
        assert check_password(database, "wangfang", PASSWORD, at=NOW) == district.wang


def test_failures_of_long_ago_do_not_count(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD, at=BEFORE)
    fail(database, "wangfang", TRIES - 1, NOW)
    fail(database, "wangfang", TRIES - 1, NOW + LOCKED_FOR)

    assert check_password(database, "wangfang", PASSWORD, at=NOW + LOCKED_FOR) == district.wang


def test_guesses_at_once_are_all_counted(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD, at=BEFORE)
    together = Barrier(12)

    def guess(_: int) -> type[WorkflowError]:
        together.wait(10)
        return raised(lambda: check_password(database, "wangfang", "not the password", at=NOW))[0]

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(guess, range(12)))

    assert answers.count(NotSignedIn) == TRIES
    assert answers.count(TooOften) == 12 - TRIES


def test_login_that_was_tried_is_not_stored_in_clear(database: Database) -> None:
    """People type passwords into the wrong field."""
    fail(database, "mysecretpassword", 1, NOW)

    assert "mysecretpassword" not in stored(database)


# --- one-time codes


def test_code_gives_a_first_password_once(database: Database, district: District) -> None:
    code = issue_reset(database, district.wang)

    assert reset_password(database, code, PASSWORD) == district.wang
    assert check_password(database, "wangfang", PASSWORD) == district.wang
    assert wrong(lambda: reset_password(database, code, PASSWORD + "2")) == [("/code", "expired")]
    assert check_password(database, "wangfang", PASSWORD) == district.wang


def test_code_used_twice_at_once_works_once(database: Database, district: District) -> None:
    code = issue_reset(database, district.wang)
    together = Barrier(4)

    def use(number: int) -> bool:
        together.wait(10)
        try:
            reset_password(database, code, f"{PASSWORD}{number}")
        except InvalidData:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(use, range(4))) == [False, False, False, True]


def test_code_holds_for_a_day(database: Database, district: District) -> None:
    code = issue_reset(database, district.wang, at=NOW)

    assert wrong(lambda: reset_password(database, code, PASSWORD, at=NOW + RESET_LASTS)) == [("/code", "expired")]
    assert reset_password(database, code, PASSWORD, at=NOW + RESET_LASTS - SECOND) == district.wang


def test_newer_code_replaces_the_older(database: Database, district: District) -> None:
    older, newer = issue_reset(database, district.wang), issue_reset(database, district.wang)

    assert wrong(lambda: reset_password(database, older, PASSWORD)) == [("/code", "expired")]
    assert reset_password(database, newer, PASSWORD) == district.wang


def test_refused_password_leaves_the_code(database: Database, district: District) -> None:
    code = issue_reset(database, district.wang)
    wrong(lambda: reset_password(database, code, "short"))

    assert reset_password(database, code, PASSWORD) == district.wang


def test_code_of_one_who_left_is_none(database: Database, district: District) -> None:
    code = issue_reset(database, district.wang, at=NOW)
    end_person(database, district.wang, at=NOW)

    assert wrong(lambda: reset_password(database, code, PASSWORD, at=NOW)) == [("/code", "expired")]


@pytest.mark.parametrize("code", ["", "guess", "\x00", "\ud800"])
def test_code_that_is_none_is_refused(code: str, database: Database) -> None:
    assert wrong(lambda: reset_password(database, code, PASSWORD)) == [("/code", "expired")]


def test_new_password_ends_sessions_codes_and_the_lock(database: Database, district: District) -> None:
    session = begin_session(database, district.wang, lasts=DAY, at=NOW)
    other = begin_session(database, district.li, lasts=DAY, at=NOW)
    code = issue_reset(database, district.wang, at=NOW)
    fail(database, "wangfang", TRIES, NOW)

    set_password(database, district.wang, PASSWORD, at=NOW)

    assert person_of_session(database, session, rests=HOUR, at=NOW) is None
    assert person_of_session(database, other, rests=HOUR, at=NOW) == district.li
    assert wrong(lambda: reset_password(database, code, PASSWORD, at=NOW)) == [("/code", "expired")]
    assert check_password(database, "wangfang", PASSWORD, at=NOW) == district.wang


# --- tokens


def who(database: Database, token: str, at: datetime = NOW) -> int | None:
    with database.read() as connection:
        return person_of_token(connection, token, at=at)


def test_token_stands_for_its_person(database: Database, district: District) -> None:
    first, second = (issue_token(database, "wangfang") for _ in range(2))

    assert first != second
    assert who(database, first) == who(database, second) == district.wang
    assert who(database, first + "x") is None


@pytest.mark.parametrize("token", ["", "guess", "\x00", "\ud800"])
def test_token_that_is_none_stands_for_nobody(token: str, database: Database) -> None:
    assert who(database, token) is None


def test_token_of_nobody_is_not_issued(database: Database, district: District) -> None:
    end_person(database, district.wang)

    for login in ("nobody", "wangfang", "\x00"):
        with pytest.raises(NotFound, match="nobody with the login"):
            issue_token(database, login)


def test_token_may_have_an_end(database: Database, district: District) -> None:
    token = issue_token(database, "wangfang", until=LATER, at=NOW)

    assert who(database, token, LATER - SECOND) == district.wang
    assert who(database, token, LATER) is None


def test_token_ends_with_its_person(database: Database, district: District) -> None:
    token = issue_token(database, "wangfang", at=BEFORE)
    end_person(database, district.wang, at=NOW)

    assert who(database, token, NOW - SECOND) == district.wang
    assert who(database, token, NOW) is None


def test_revoked_tokens_stand_for_nobody(database: Database, district: District) -> None:
    first, second, third = (issue_token(database, "wangfang") for _ in range(3))
    other = issue_token(database, "liqiang")

    revoke_token(database, first)
    assert (who(database, first), who(database, second)) == (None, district.wang)

    revoke_tokens(database, district.wang)
    assert [who(database, token) for token in (second, third, other)] == [None, None, district.li]


# --- sessions


def test_session_ends_after_its_time_however_busy(database: Database, district: District) -> None:
    session = begin_session(database, district.wang, lasts=3 * HOUR, at=NOW)

    for minutes in range(0, 180, 30):
        at = NOW + timedelta(minutes=minutes)
        assert person_of_session(database, session, rests=HOUR, at=at) == district.wang
    assert person_of_session(database, session, rests=HOUR, at=NOW + 3 * HOUR) is None


def test_session_ends_when_nothing_is_done(database: Database, district: District) -> None:
    session = begin_session(database, district.wang, lasts=DAY, at=NOW)

    assert person_of_session(database, session, rests=HOUR, at=NOW + HOUR - SECOND) == district.wang
    assert person_of_session(database, session, rests=HOUR, at=NOW + 2 * HOUR - SECOND) is None


def test_busy_session_is_noted_once_a_minute(database: Database, district: District) -> None:
    session = begin_session(database, district.wang, lasts=DAY, at=NOW)
    seen = []
    for seconds in (1, 59, 60, 61, 119, 120):
        person_of_session(database, session, rests=HOUR, at=NOW + seconds * SECOND)
        with database.read() as connection:
            seen.append(connection.scalar(select(tables.session.c.seen_at)))

    assert seen == [NOW, NOW, NOW + 60 * SECOND, NOW + 60 * SECOND, NOW + 60 * SECOND, NOW + 120 * SECOND]


def test_ended_sessions_are_over(database: Database, district: District) -> None:
    sessions = [begin_session(database, district.wang, lasts=DAY, at=NOW) for _ in range(3)]

    end_session(database, sessions[0])
    assert [person_of_session(database, each, rests=HOUR, at=NOW) for each in sessions] == [None, *[district.wang] * 2]

    end_sessions(database, district.wang)
    assert [person_of_session(database, each, rests=HOUR, at=NOW) for each in sessions] == [None] * 3


def test_session_of_one_who_left_is_over(database: Database, district: District) -> None:
    session = begin_session(database, district.wang, lasts=DAY, at=NOW)
    end_person(database, district.wang, at=NOW)

    assert person_of_session(database, session, rests=HOUR, at=NOW) is None


def test_sessions_that_are_over_are_swept_out(database: Database, district: District) -> None:
    begin_session(database, district.wang, lasts=HOUR, at=NOW)
    begin_session(database, district.wang, lasts=HOUR, at=NOW + 2 * HOUR)

    with database.read() as connection:
        assert len(connection.execute(select(tables.session)).all()) == 1


# --- what lies in the database


@pytest.mark.parametrize("table", [tables.token, tables.session, tables.reset], ids=lambda table: table.name)
def test_only_digests_are_stored(table: Table, database: Database, district: District) -> None:
    issue: dict[str, Callable[[], str]] = {
        "token": lambda: issue_token(database, "wangfang"),
        "session": lambda: begin_session(database, district.wang, lasts=DAY),
        "reset": lambda: issue_reset(database, district.wang),
    }
    text = issue[table.name]()

    assert len(text) == 43
    with database.read() as connection:
        (row,) = connection.execute(select(table)).mappings()
    assert len(row["digest"]) == 32
    assert text not in repr(row)
    assert text.encode() not in row["digest"]


def test_changed_login_signs_in_with_the_same_password(database: Database, district: District) -> None:
    set_password(database, district.wang, PASSWORD)
    change_person(database, district.wang, login="wang.fang")

    assert check_password(database, "wang.fang", PASSWORD) == district.wang
    assert raised(lambda: check_password(database, "wangfang", PASSWORD))[0] is NotSignedIn
