"""Office files are zip archives: measured before they are opened, and never believed.

What a member says of its size is what is unpacked of it at most, so the sums bound memory and time. XML with a document
type, where entities would come from, is refused; so are macros and passwords.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from workflow.errors import Malformed, TooLarge
from workflow.text import sentence

ZIP: Final = b"PK\x03\x04"
#: Compound files: workbooks of before 2007, and those with a password.
COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MEGABYTE: Final = 1024 * 1024
_CHUNK: Final = _MEGABYTE
_TYPES: Final = "[Content_Types].xml"
_TYPES_MOST: Final = 4 * _MEGABYTE
_STRINGS: Final = "sharedStrings.xml"
_ENCRYPTED: Final = 0x1
_MAIN: Final = {
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"wordprocessingml.document.main+xml": "docx",
}
#: Expat reads UTF-8, and UTF-16 by its mark; what says that it is anything else could hide what is looked for.
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_PLAIN: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_UTF_16: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}

Kind = Literal["xlsx", "docx"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """In bytes; of members, how many."""

    unpacked: int = 256 * _MEGABYTE
    strings: int = 96 * _MEGABYTE  #: the texts of a workbook that are kept in memory
    members: int = 2_000


@contextmanager
def open_archive(file: IO[bytes], limits: ArchiveLimits | None = None) -> Iterator[ZipFile]:
    """A zip archive whose members were measured. Raises Malformed and TooLarge, while it is read too."""
    try:
        with ZipFile(file) as archive:
            _measure(archive.infolist(), limits or ArchiveLimits())
            yield archive
    except (BadZipFile, EOFError, zlib.error, NotImplementedError, UnicodeDecodeError) as error:
        raise Malformed(sentence("This file is damaged; please save it again.")) from error


def kind_of(archive: ZipFile) -> Kind | None:
    """What an archive is by its table of contents; none where it is no workbook and no document of ours."""
    names = {member.filename for member in archive.infolist()}
    if _TYPES not in names:
        return None
    types = _read(archive, _TYPES, _TYPES_MOST)
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Malformed(sentence("This file has macros; please save it without them, as .xlsx or .docx."))
    found = [kind for main, kind in _MAIN.items() if main in types]
    if len(found) != 1:
        return None
    return "xlsx" if found[0] == "xlsx" else "docx"


def refuse_document_types(archive: ZipFile) -> None:
    """Raises Malformed where a part of the archive has a document type or hides how it is to be read."""
    for member in archive.infolist():
        if member.filename.lower().endswith((".xml", ".rels", ".vml")):
            _refuse_document_type(archive, member)


def chunks_of(archive: ZipFile, name: str) -> Iterator[bytes]:
    """A member, part by part; the end of each stands again before the next, so that no word is cut."""
    end = b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            yield end + chunk
            end = chunk[-200:]


def _measure(members: list[ZipInfo], limits: ArchiveLimits) -> None:
    if len({member.filename for member in members}) != len(members):
        raise Malformed(sentence("This file is damaged; please save it again."))
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Malformed(sentence("This file has a password; please save it without one."))
    if any(member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for member in members):
        raise Malformed(sentence("This file is packed in a way that office programs do not use."))
    strings = sum(member.file_size for member in members if member.filename.endswith(_STRINGS))
    unpacked = sum(member.file_size for member in members)
    if len(members) > limits.members or unpacked > limits.unpacked or strings > limits.strings:
        most = f"{limits.unpacked // _MEGABYTE} MB"
        raise TooLarge(sentence("Unpacked, this file is larger than what is taken here: {limit}.", limit=most))


def _read(archive: ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as stream:
        return stream.read(most)


def _refuse_document_type(archive: ZipFile, member: ZipInfo) -> None:
    marks: tuple[bytes, ...] = ()
    for chunk in chunks_of(archive, member.filename):
        marks = marks or _marks(chunk)
        if any(mark in chunk for mark in marks):
            raise Malformed(sentence("This file declares entities; office programs never do."))


def _marks(beginning: bytes) -> tuple[bytes, ...]:
    """How a document type would begin in this part, which says by its first bytes how it is encoded."""
    encoding = _UTF_16.get(beginning[:2])
    if encoding is not None:
        return tuple(mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY"))
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _DECLARED.match(text)
    if (text and not text.startswith(b"<")) or (declared is not None and declared[1].lower() not in _PLAIN):
        raise Malformed(sentence("This file is damaged; please save it again."))
    return (b"<!DOCTYPE", b"<!ENTITY")
