"""Files of cases. The bytes lie at attachments/<case_id>/<sha256> beside the database; the row says what they are.

A file is whole on the disk before its row is committed, so what a row names is always there; a file without a row, left by
an interruption, is swept away after a day. Cases share no bytes, so that one can be erased.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final
from unicodedata import normalize
from uuid import UUID

from sqlalchemy import Connection, RowMapping, delete, insert, select

from workflow.cases.desk import stored_events
from workflow.cases.office import Office
from workflow.cases.starting import new_uuid
from workflow.cases.tables import cases
from workflow.engine.context import File
from workflow.engine.directory import Principal
from workflow.errors import InvalidData, NotFound, Problem, TooLarge
from workflow.records.contents import ENDINGS, media_type_of
from workflow.records.tables import attachment
from workflow.text import sentence

MOST_BYTES: Final = 20 * 1024 * 1024
NAME_MOST: Final = 200
KEPT_UNREFERENCED: Final = timedelta(days=1)

_CHUNK: Final = 256 * 1024
_INCOMING: Final = ".incoming"
#: Control characters, marks that turn the direction or are not seen, and what a file system may take for a way.
_UNFIT: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff<>:\"|?*]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    id: UUID
    case_id: UUID
    sha256: str
    size: int  #: bytes
    media_type: str
    name: str
    by: Principal | None  #: none: by a link, or from the public
    at: datetime


def save_attachment(
    office: Office, case_id: UUID, stream: IO[bytes], name: str, *, by: Principal | None, limit: int = MOST_BYTES
) -> Attachment:
    """Keeps a file of a case; whether somebody may give it one is the caller's to know.

    Raises NotFound without the case, TooLarge, Malformed for a kind that is not taken, InvalidData for a name that does not
    fit what the file is.
    """
    with office.database.read() as connection:
        if connection.execute(select(cases.c.id).where(cases.c.id == case_id)).one_or_none() is None:
            raise NotFound
    with _incoming(office, stream, limit) as (file, digest, size):
        media_type, clean = _called(name, media_type_of(file))
        _move(file, _folder(office) / str(case_id), digest)
    with office.database.write() as connection:
        row = {
            "id": new_uuid(),
            "case_id": case_id,
            "sha256": bytes.fromhex(digest),
            "size": size,
            "media_type": media_type,
            "name": clean,
            "by": by,
            "at": office.database.now(connection),
        }
        connection.execute(insert(attachment).values(row))
    return Attachment(**{**row, "sha256": digest})  # type: ignore[arg-type]  # the row has exactly these


def open_attachment(office: Office, case_id: UUID, attachment_id: UUID) -> tuple[Attachment, Path]:
    """A file of a case and where its bytes are. Raises NotFound, also where it was erased."""
    table = attachment.c
    rows = select(attachment).where(table.case_id == case_id, table.id == attachment_id, table.erased_at.is_(None))
    with office.database.read() as connection:
        row = connection.execute(rows).mappings().one_or_none()
    if row is None:
        raise NotFound
    found = _attachment(row)
    path = _folder(office) / str(case_id) / found.sha256
    if not path.is_file():
        raise NotFound(sentence("The bytes of “{name}” are missing; restore them from a backup.", name=found.name))
    return found, path


def remove_attachment(office: Office, case_id: UUID, attachment_id: UUID, *, by: Principal) -> bool:
    """Takes back what one has uploaded, as long as it never stood in the case; the sweep removes its bytes."""
    with office.database.write() as connection:
        if _stood_in_case(connection, case_id, str(attachment_id)):
            return False
        table = attachment.c
        rows = delete(attachment).where(table.case_id == case_id, table.id == attachment_id, table.by == by)
        return bool(connection.execute(rows).rowcount)


def files_of(connection: Connection, case_id: UUID) -> Mapping[str, File]:
    """The attachments of a case by id, as far as a form asks."""
    return {
        str(found.id): File(name=found.name, size=found.size, media_type=found.media_type)
        for found in attachments_of(connection, case_id)
    }


def attachments_of(connection: Connection, case_id: UUID) -> list[Attachment]:
    """The first first; without those that were erased."""
    rows = select(attachment).where(attachment.c.case_id == case_id, attachment.c.erased_at.is_(None))
    return [_attachment(row) for row in connection.execute(rows.order_by(attachment.c.id)).mappings()]


def sweep_attachments(office: Office) -> int:
    """Removes files that no row names and that have lain for more than a day; how many there were.

    May run at any time: a file that comes in is new, also where one of the same bytes lay there already.
    """
    with office.database.read() as connection:
        # Not the demo's clock: files have the time of the host.
        before = office.database.host_or_database_clock(connection) - KEPT_UNREFERENCED
    removed = 0
    for folder in sorted(path for path in _folder(office).glob("*") if path.is_dir()):
        old = [file for file in folder.iterdir() if file.is_file() and _changed_at(file) < before]
        named = _named(office, folder.name) if old else set()
        removed += sum(_remove(office, file, before) for file in old if file.name not in named)
    return removed


def _remove(office: Office, file: Path, before: datetime) -> bool:
    """Put aside first: what proves to be new has just come in again, and goes back."""
    aside = _folder(office) / _INCOMING / f"{file.parent.name}-{file.name}"
    aside.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.rename(aside)
    except FileNotFoundError:  # another sweep was first
        return False
    if _changed_at(aside) < before:
        aside.unlink(missing_ok=True)
        return True
    if file.exists():
        aside.unlink(missing_ok=True)
    else:
        aside.rename(file)
    return False


def clean_name(name: str) -> str:
    """A name of a file, without ways, unseen marks and what file systems do not take; its ending stays."""
    last = re.split(r"[/\\]", normalize("NFC", name))[-1]
    plain = re.sub(r"\s+", " ", _UNFIT.sub("", last)).strip(" .")
    if len(plain) <= NAME_MOST:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return (
        plain[:NAME_MOST]
        if not dot or len(ending) > NAME_MOST // 2
        else f"{stem[: NAME_MOST - len(ending) - 1]}.{ending}"
    )


# --- bytes


@contextmanager
def _incoming(office: Office, stream: IO[bytes], limit: int) -> Iterator[tuple[Path, str, int]]:
    """The bytes as a file of their own, on the disk, with their digest and number; gone afterwards unless it was moved."""
    folder = _folder(office) / _INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        path = Path(file.name)
        try:
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLarge(limit=f"{limit // (1024 * 1024)} MB")
                digest.update(chunk)
                file.write(chunk)
            if not size:
                raise InvalidData((Problem("/file", "data", sentence("The file is empty.")),))
            file.flush()
            os.fsync(file.fileno())
            yield path, digest.hexdigest(), size
        finally:
            with suppress(FileNotFoundError):
                path.unlink()


def _move(file: Path, folder: Path, digest: str) -> None:
    """The name and the folder's entry reach the disk too."""
    new = not folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    file.replace(folder / digest)
    _sync(folder)
    if new:
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folder(office: Office) -> Path:
    return office.folder / "attachments"


def _changed_at(file: Path) -> datetime:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except FileNotFoundError:  # another sweep was first
        return datetime.max.replace(tzinfo=UTC)


# --- names and rows


def _called(name: str, media_type: str) -> tuple[str, str]:
    """The type and the name, whose ending must fit; a text that is called so is csv."""
    endings = ENDINGS[media_type]
    clean = clean_name(name)
    if "." not in clean:
        clean = f"{clean[: NAME_MOST - 5] or 'attachment'}.{endings[0]}"
    ending = clean.rpartition(".")[2].lower()
    if ending not in endings:
        text = sentence("“{name}” is called otherwise than what it is: {endings}.", name=clean, endings=list(endings))
        raise InvalidData((Problem("/file", "data", text),))
    return ("text/csv" if ending == "csv" else media_type), clean


def _named(office: Office, folder: str) -> set[str]:
    """The digests that rows of this case name."""
    try:
        case_id = UUID(folder)
    except ValueError:
        return set()
    rows = select(attachment.c.sha256).where(attachment.c.case_id == case_id, attachment.c.erased_at.is_(None))
    with office.database.read() as connection:
        return {bytes(digest).hex() for digest in connection.scalars(rows)}


def _stood_in_case(connection: Connection, case_id: UUID, name: str) -> bool:
    stored, _ = stored_events(connection, case_id)
    return any(name.encode() in body or name in (disclosed or "") for body, disclosed in stored)


def _attachment(row: RowMapping) -> Attachment:
    return Attachment(
        id=row["id"],
        case_id=row["case_id"],
        sha256=bytes(row["sha256"]).hex(),
        size=row["size"],
        media_type=row["media_type"],
        name=row["name"] or "–",
        by=row["by"],
        at=row["at"],
    )
