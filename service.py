"""The way in: `create_app()` for WSGI servers, and the command line. It alone starts anything; nothing imports it."""

import os
import secrets
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args
from urllib.parse import urlsplit

from workflow.cli.group import run
from workflow.cli.house import Address, Call, House
from workflow.errors import CannotRun
from workflow.text import as_language, sentence

if TYPE_CHECKING:  # `--help` loads none of it
    from flask import Flask

    from workflow.cases.office import Office
    from workflow.messages.settings import MailSettings

_DEFINITIONS = Path(__file__).with_name("definitions")
_DATABASE = "sqlite:///var/yangguang.db"
#: The top organisation and its administrator are there at whatever time a demo's clock is set to.
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def main() -> None:
    """The command line."""
    words = next(
        (os.environ[name] for name in ("YANGGUANG_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)),
        None,
    )
    run(Call(language=as_language(words), open_house=open_house, address=address, definitions=_DEFINITIONS))


def create_app() -> "Flask":
    """For WSGI servers: the database is named by YANGGUANG_DATABASE."""
    return open_house(os.environ.get("YANGGUANG_DATABASE")).application()


def address(url: str | None) -> Address:
    """The database that is named, else that of the environment, else a file; and where its own files lie."""
    where = url or os.environ.get("YANGGUANG_DATABASE") or _DATABASE
    given = os.environ.get("YANGGUANG_FILES")
    if given:
        return Address(where, Path(given).resolve())
    if where.startswith("sqlite:///"):
        return Address(where, Path(where.removeprefix("sqlite:///")).resolve().with_suffix(".files"))
    name = urlsplit(where).path.strip("/") or "yangguang"
    return Address(where, (Path("var") / f"{name}.files").resolve())


def open_house(url: str | None, *, create: bool = False, durable: bool = True) -> House:
    """A database with every room registered, its files beside it, its settings from the environment."""
    from workflow.clock.settable import Delivery, is_demo  # noqa: PLC0415 -- slow imports, for commands that need them
    from workflow.messages.delivering import deliver_due, next_due  # noqa: PLC0415
    from workflow.people.administrator import ensure_administrator  # noqa: PLC0415

    _log_to_standard_error()
    found = address(url)
    mails = _mail_settings(found.folder)
    office = _office(found, create=create, durable=durable)
    database = office.database
    if create:
        ensure_administrator(database, "总工会", at=_EVER)
    if not durable or is_demo(office):  # whose people are nobody
        mails = replace(mails, host=None, user=None, password=None, durable=durable)

    def deliver() -> int:
        with database.read() as connection:
            now = database.now(connection)
        return deliver_due(office, mails, now)

    delivery = Delivery(deliver, lambda: next_due(office))

    def application() -> "Flask":
        from workflow.web.application import build  # noqa: PLC0415

        return build(office, delivery, mails)

    return House(office=office, folder=found.folder, mails=mails, delivery=delivery, application=application)


def _office(found: Address, *, create: bool, durable: bool) -> "Office":
    """The database with its secrets, and what higher rooms do for cases."""
    from workflow.cases.effects import wake_waiting  # noqa: PLC0415
    from workflow.cases.office import Office, Secrets, has_secrets, require_same_secrets  # noqa: PLC0415
    from workflow.messages.forgetting import forget_old  # noqa: PLC0415
    from workflow.messages.telling import tell  # noqa: PLC0415
    from workflow.records.attachments import files_of, sweep_attachments  # noqa: PLC0415
    from workflow.records.honours import RECORDERS, holders_of, honours_found  # noqa: PLC0415
    from workflow.reports import indicators  # noqa: PLC0415
    from workflow.store import DatabaseSettings, open_database, require_current, schema_version, upgrade  # noqa: PLC0415

    given = _given_secret()
    database = open_database(found.url, DatabaseSettings(create=create, durable=durable))
    try:
        if create and schema_version(database) is None:
            upgrade(database)
        require_current(database)
        keys = Secrets(given or _kept_secret(found.folder / "secret.key", new=not has_secrets(database)))
        require_same_secrets(database, keys)
    except CannotRun:
        database.dispose()
        raise
    office = Office(database, keys, folder=found.folder)
    office.recorders |= {"tell": tell, **RECORDERS, **indicators.RECORDERS}
    office.sources |= {"honours": honours_found, **indicators.SOURCES}
    office.files_of = files_of
    office.holders_of = holders_of
    office.chores |= {"forget_messages": forget_old, "sweep_attachments": lambda office, _: sweep_attachments(office)}
    office.chores["wake_waiting"] = wake_waiting
    return office


def _log_to_standard_error() -> None:
    """From the level of YANGGUANG_LOG on: debug, info, warning (where nothing is said) or error."""
    import structlog  # noqa: PLC0415 -- with the rooms that write to it

    level = os.environ.get("YANGGUANG_LOG", "warning")
    if level not in ("debug", "info", "warning", "error"):
        raise CannotRun(
            sentence("{name} is debug, info, warning or error, not “{value}”.", name="YANGGUANG_LOG", value=level)
        )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            # Not the library's own way with exceptions: it shows the values of variables, and so names and secrets.
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _given_secret() -> bytes | None:
    """The master secret, which must not lie in the database, from the environment."""
    given = os.environ.get("YANGGUANG_SECRET")
    if given and len(given) < 32:  # noqa: PLR2004 -- characters
        raise CannotRun(sentence("YANGGUANG_SECRET needs 32 characters or more."))
    return given.encode() if given else None


def _kept_secret(file: Path, *, new: bool) -> bytes:
    """Else from a file, made when a database is used for the first time."""
    try:
        if new:
            _make_secret(file)
        return file.read_bytes()
    except FileNotFoundError as missing:
        raise CannotRun(
            sentence("The secret of this database is neither in YANGGUANG_SECRET nor in {path}.", path=str(file))
        ) from missing
    except OSError as wrong:
        raise CannotRun(sentence("{path} cannot be written: {reason}", path=str(file), reason=str(wrong))) from wrong


def _make_secret(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
        made.write(secrets.token_hex(32))


def _mail_settings(folder: Path) -> "MailSettings":
    from workflow.messages.settings import MailSettings, Security  # noqa: PLC0415 -- with the rooms that need it

    port = os.environ.get("YANGGUANG_SMTP_PORT", "587")
    security = os.environ.get("YANGGUANG_SMTP_SECURITY", "starttls")
    if not port.isdigit():
        raise CannotRun(sentence("{name} is no number: “{value}”.", name="YANGGUANG_SMTP_PORT", value=port))
    if security not in get_args(Security):
        raise CannotRun(
            sentence("{name} is none, starttls or tls, not “{value}”.", name="YANGGUANG_SMTP_SECURITY", value=security)
        )
    try:
        return MailSettings(
            sender=os.environ.get("YANGGUANG_MAIL_FROM", "阳光 <yangguang@localhost.localdomain>"),
            base_url=os.environ.get("YANGGUANG_URL", "http://127.0.0.1:8000"),
            folder=folder / "mail",
            host=os.environ.get("YANGGUANG_SMTP_HOST") or None,
            port=int(port),
            security=cast("Security", security),
            user=os.environ.get("YANGGUANG_SMTP_USER") or None,
            password=os.environ.get("YANGGUANG_SMTP_PASSWORD") or None,
            reply_to=os.environ.get("YANGGUANG_MAIL_REPLY_TO") or None,
        )
    except ValueError as wrong:
        raise CannotRun(sentence("The mail settings cannot be used: {reason}", reason=str(wrong))) from wrong


if __name__ == "__main__":
    main()
