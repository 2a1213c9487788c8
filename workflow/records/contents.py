"""What a file is, by its bytes: never by its name, and never by what the sender says."""

import codecs
import re
from pathlib import Path
from typing import IO, Final

from workflow.errors import Malformed
from workflow.records.archives import ZIP, ArchiveLimits, kind_of, open_archive, refuse_document_types
from workflow.text import sentence

#: The endings that a name may have, by what the file is; a name without any gets the first.
ENDINGS: Final = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "text/csv": ("csv",),
    "text/plain": ("txt", "csv"),
}
_BEGINNINGS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_ENDS: Final = {"application/pdf": (b"%%EOF", 2048), "image/png": (b"IEND\xaeB`\x82", 64)}
_OFFICE: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_CHUNK: Final = 1024 * 1024
_LIMITS: Final = ArchiveLimits(unpacked=100 * _CHUNK)
#: What browsers and shells would run, though it is text.
_RUNS: Final = re.compile(
    r"<\?(?:xml|php)|<!doctype|<!--|<(?:html|head|body|svg|script|iframe|object|embed|math|meta|link|style|base)\b",
    re.IGNORECASE,
)
_SHEBANG: Final = "#!"
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ENCODINGS: Final = ("utf-8-sig", "gb18030")


def media_type_of(file: Path) -> str:
    """The type of one of the kinds that are taken. Raises Malformed for any other, and TooLarge for a zip bomb."""
    with file.open("rb") as stream:
        head = stream.read(16)
        stream.seek(0)
        if head.startswith(ZIP):
            return _office(stream)
        found = next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None)
        if found is None and _is_text(stream):
            found = "text/plain"
        if found is None or not _ends_so(stream, found):
            raise Malformed(sentence("Files of this kind are not taken: PDF, JPG, PNG, DOCX, XLSX, TXT and CSV are."))
        return found


def _office(stream: IO[bytes]) -> str:
    with open_archive(stream, _LIMITS) as archive:
        kind = kind_of(archive)
        if kind is None:
            raise Malformed(sentence("Files of this kind are not taken: PDF, JPG, PNG, DOCX, XLSX, TXT and CSV are."))
        refuse_document_types(archive)
        return _OFFICE[kind]


def _ends_so(stream: IO[bytes], kind: str) -> bool:
    """A PDF and a picture end as such; what was cut off, or has something else behind it, does not."""
    if kind not in _ENDS:
        return True
    mark, within = _ENDS[kind]
    size = stream.seek(0, 2)
    stream.seek(max(0, size - within))
    return mark in stream.read()


def _is_text(stream: IO[bytes]) -> bool:
    return any(_is_text_in(stream, encoding) for encoding in _ENCODINGS)


def _is_text_in(stream: IO[bytes], encoding: str) -> bool:
    """Printable throughout, and nothing in it that a browser or a shell would run."""
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    rest = ""
    try:
        while chunk := stream.read(_CHUNK):
            text = rest + decoder.decode(chunk)
            if _CONTROLS.search(text) or _RUNS.search(text) or (not rest and text.startswith(_SHEBANG)):
                return False
            rest = text[-64:]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
