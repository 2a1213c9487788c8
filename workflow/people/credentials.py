"""Signing in: passwords, one-time codes for new ones, tokens, sessions. Of each secret the database has a digest only."""

import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from math import ceil
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, Row, Table, and_, case, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workflow.engine.directory import Principal
from workflow.errors import InvalidData, NotFound, NotSignedIn, Problem, TooOften
from workflow.people import tables
from workflow.people.registers import existing, is_fit, is_valid
from workflow.store import Database
from workflow.text import sentence

PASSWORD_LEAST = 10
PASSWORD_MOST = 200
#: So many wrong passwords in a row, and the login takes none for so long.
TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
RESET_LASTS = timedelta(hours=24)
#: Whoever forgot his password is sent no second code meanwhile, so that nobody can fill his mailbox.
RESET_AGAIN = timedelta(minutes=5)

_SECRET_BYTES = 32
_SEEN_EVERY = timedelta(minutes=1)
_DAY = timedelta(days=1)
_HASHER = PasswordHasher()


# --- passwords


def set_password(database: Database, person: Principal, password: str, *, at: datetime | None = None) -> None:
    """Ends his sessions. Raises NotFound, or InvalidData where it is too short, or his login, or he has none."""
    with database.read() as connection:
        login = _login_of(connection, person)
    hashed = _hashed(password, login)
    with database.write() as connection:
        at = at or database.now(connection)
        _store_password(database, connection, person, hashed, at)
        _forget_tries(connection, login, at)


def check_password(database: Database, login: str, password: str, *, at: datetime | None = None) -> Principal:
    """Who signs in. Raises NotSignedIn, TooOften after five failures.

    It takes as long and says the same whether there is such a login or not, the lock too.
    """
    with database.read() as connection:
        at = at or database.now(connection)
        found = _credential(connection, login, at)
    # Before the password is looked at, so that guesses made at once are all counted.
    _count_try(database, login, at)
    nobodys = _nobodys()
    stored = nobodys if found is None or found.password is None else found.password
    if not _verifies(stored, password) or found is None or stored is nobodys:
        raise NotSignedIn(sentence("Login or password is wrong."))
    with database.write() as connection:
        _forget_tries(connection, login, at)
        if _HASHER.check_needs_rehash(stored):
            same = and_(tables.credential.c.person == found.id, tables.credential.c.password == stored)
            again = _HASHER.hash(_bytes(password))
            connection.execute(update(tables.credential).where(same).values(password=again))
    key: Principal = found.id
    return key


def issue_reset(database: Database, person: Principal, *, at: datetime | None = None) -> str:
    """A code with which he gives himself a password once, within a day; earlier ones no longer do."""
    with database.write() as connection:
        _login_of(connection, person)
        at = at or database.now(connection)
        connection.execute(delete(tables.reset).where(or_(tables.reset.c.person == person, tables.reset.c.until <= at)))
        code, digest = _new_secret()
        connection.execute(insert(tables.reset).values(digest=digest, person=person, until=at + RESET_LASTS))
    return code


def may_ask_again(connection: Connection, login: str, *, at: datetime) -> Principal | None:
    """The person with this login, where he was sent no code in the last minutes."""
    found = _credential(connection, login, at)
    if found is None:
        return None
    lately = tables.reset.c.until > at + RESET_LASTS - RESET_AGAIN
    sent = connection.scalar(select(tables.reset.c.person).where(tables.reset.c.person == found.id, lately).limit(1))
    key: Principal = found.id
    return None if sent is not None else key


def reset_password(database: Database, code: str, password: str, *, at: datetime | None = None) -> Principal:
    """Whose password it now is. Raises InvalidData; a password that is refused leaves the code as it is."""
    with database.read() as connection:
        at = at or database.now(connection)
        login = _login_of_code(connection, code, at)
    hashed = _hashed(password, login)
    with database.write() as connection:
        used = (
            delete(tables.reset)
            .where(tables.reset.c.digest == _digest(code), tables.reset.c.until > at)
            .returning(tables.reset.c.person)
        )
        person: Principal | None = connection.scalar(used)
        if person is None:  # somebody used it meanwhile
            raise _wrong_code()
        _store_password(database, connection, person, hashed, at)
        _forget_tries(connection, login, at)
    return person


def person_with_login(connection: Connection, login: str, *, at: datetime) -> Principal | None:
    """Whoever has it now."""
    found = _credential(connection, login, at)
    return None if found is None else found.id


# --- tokens


def issue_token(database: Database, login: str, *, until: datetime | None = None, at: datetime | None = None) -> str:
    """A bearer token of the person, which nobody can read again. Raises NotFound."""
    with database.write() as connection:
        at = at or database.now(connection)
        found = _credential(connection, login, at)
        if found is None:
            raise NotFound(sentence("There is nobody with the login “{login}”.", login=login))
        text, digest = _new_secret()
        connection.execute(insert(tables.token).values(digest=digest, person=found.id, issued_at=at, until=until))
    return text


def person_of_token(connection: Connection, text: str, *, at: datetime) -> Principal | None:
    still = or_(tables.token.c.until.is_(None), tables.token.c.until > at)
    found: Principal | None = connection.scalar(
        select(tables.token.c.person)
        .join(tables.person, tables.person.c.id == tables.token.c.person)
        .where(tables.token.c.digest == _digest(text), still, is_valid(tables.person, at))
    )
    return found


def revoke_token(database: Database, text: str) -> None:
    with database.one_statement() as connection:
        connection.execute(delete(tables.token).where(tables.token.c.digest == _digest(text)))


def revoke_tokens(database: Database, person: Principal) -> None:
    """All of this person."""
    with database.one_statement() as connection:
        connection.execute(delete(tables.token).where(tables.token.c.person == person))


# --- sessions


def begin_session(database: Database, person: Principal, *, lasts: timedelta, at: datetime | None = None) -> str:
    """What the cookie holds; it ends after `lasts`, however busy he is."""
    with database.write() as connection:
        at = at or database.now(connection)
        connection.execute(delete(tables.session).where(tables.session.c.until <= at))
        text, digest = _new_secret()
        row = {"digest": digest, "person": person, "began_at": at, "seen_at": at, "until": at + lasts}
        connection.execute(insert(tables.session).values(row))
    return text


def person_of_session(
    database: Database, text: str, *, rests: timedelta, at: datetime | None = None
) -> Principal | None:
    """None where it has ended, or rested for longer than `rests`; asking counts as doing.

    One that was begun for more than a day may rest: that is what it was asked for.
    """
    digest = _digest(text)
    with database.read() as connection:
        at = at or database.now(connection)
        found = connection.execute(
            select(tables.session.c.person, tables.session.c.seen_at, tables.session.c.began_at, tables.session.c.until)
            .join(tables.person, tables.person.c.id == tables.session.c.person)
            .where(
                tables.session.c.digest == digest,
                tables.session.c.until > at,
                is_valid(tables.person, at),
            )
        ).one_or_none()
    if found is None:
        return None
    rested = at - found.seen_at
    if rested >= rests and found.until - found.began_at <= _DAY:
        return None
    if rested >= min(_SEEN_EVERY, rests / 4):
        with database.one_statement() as connection:
            connection.execute(update(tables.session).where(tables.session.c.digest == digest).values(seen_at=at))
    key: Principal = found.person
    return key


def end_session(database: Database, text: str) -> None:
    with database.one_statement() as connection:
        connection.execute(delete(tables.session).where(tables.session.c.digest == _digest(text)))


def end_sessions(database: Database, person: Principal) -> None:
    """All of this person."""
    with database.one_statement() as connection:
        connection.execute(delete(tables.session).where(tables.session.c.person == person))


# --- secrets


def _new_secret() -> tuple[str, bytes]:
    text = secrets.token_urlsafe(_SECRET_BYTES)
    return text, _digest(text)


def _digest(text: str) -> bytes:
    return sha256(text.encode(errors="surrogatepass")).digest()


def _bytes(password: str) -> bytes:
    """One way to write what looks the same, as RFC 8265 has it."""
    return normalize("NFC", password).encode(errors="surrogatepass")


def _hashed(password: str, login: str) -> str:
    """Raises InvalidData by what a password has to be."""
    length = len(normalize("NFC", password))
    if length < PASSWORD_LEAST:
        text = sentence(
            "A password has at least {least} characters; this has {found}.", least=PASSWORD_LEAST, found=length
        )
    elif length > PASSWORD_MOST:
        text = sentence("A password has at most {most} characters; this has {found}.", most=PASSWORD_MOST, found=length)
    elif password.casefold() == login.casefold():
        text = sentence("A password is not the login.")
    else:
        return _HASHER.hash(_bytes(password))
    raise InvalidData((Problem("/password", "data", text),))


def _verifies(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, _bytes(password))
    except VerifyMismatchError:
        return False


@cache
def _nobodys() -> str:
    """What is looked at where there is no password, so that it takes as long."""
    return _HASHER.hash(secrets.token_bytes(_SECRET_BYTES))


def _login_of(connection: Connection, person: Principal) -> str:
    login: str | None = existing(connection, tables.person, person)["login"]
    if login is None:
        text = sentence("Whoever has no login cannot sign in.")
        raise InvalidData((Problem("/login", "required", text, sentence("Give a login first.")),))
    return login


def _login_of_code(connection: Connection, code: str, at: datetime) -> str:
    login: str | None = connection.scalar(
        select(tables.person.c.login)
        .join(tables.reset, tables.reset.c.person == tables.person.c.id)
        .where(tables.reset.c.digest == _digest(code), tables.reset.c.until > at, is_valid(tables.person, at))
    )
    if login is None:
        raise _wrong_code()
    return login


def _wrong_code() -> InvalidData:
    text = sentence("This code is not valid, or no longer.")
    return InvalidData((Problem("/code", "expired", text, sentence("Ask for a new one.")),))


def _credential(connection: Connection, login: str, at: datetime) -> Row[Principal, str | None] | None:
    """The person with this login, if he has not left, and the hash of his password, if he has one."""
    if not is_fit(login):
        return None
    return connection.execute(
        select(tables.person.c.id, tables.credential.c.password)
        .outerjoin(tables.credential, tables.credential.c.person == tables.person.c.id)
        .where(tables.person.c.login == login, is_valid(tables.person, at))
    ).one_or_none()


def _store_password(database: Database, connection: Connection, person: Principal, hashed: str, at: datetime) -> None:
    new = _insert(database, tables.credential).values(person=person, password=hashed, changed_at=at)
    values = {"password": hashed, "changed_at": at}
    connection.execute(new.on_conflict_do_update(index_elements=[tables.credential.c.person], set_=values))
    for table in (tables.session, tables.reset):
        connection.execute(delete(table).where(table.c.person == person))


def _insert(database: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Both can insert or else update, each in its own module."""
    return sqlite.insert(table) if database.dialect == "sqlite" else postgresql.insert(table)


# --- the lock


def _count_try(database: Database, login: str, at: datetime) -> None:
    """Raises TooOften where there were too many; that is not counted, so the lock ends."""
    long_ago = tables.attempt.c.at <= at - LOCKED_FOR
    first = _insert(database, tables.attempt).values(digest=_digest(login), failures=1, at=at)
    again = first.on_conflict_do_update(
        index_elements=[tables.attempt.c.digest],
        set_={"failures": case((long_ago, 1), else_=tables.attempt.c.failures + 1), "at": at},
        where=or_(long_ago, tables.attempt.c.failures < TRIES),
    )
    with database.one_statement() as connection:
        counted = connection.scalar(again.returning(tables.attempt.c.failures))
    if counted is None:
        with database.read() as connection:
            last = connection.scalar(select(tables.attempt.c.at).where(tables.attempt.c.digest == _digest(login))) or at
        raise TooOften(seconds=max(1, ceil((last + LOCKED_FOR - at).total_seconds())))


def _forget_tries(connection: Connection, login: str, at: datetime) -> None:
    """His, and all that no longer count."""
    connection.execute(
        delete(tables.attempt).where(
            or_(tables.attempt.c.digest == _digest(login), tables.attempt.c.at <= at - LOCKED_FOR)
        )
    )
