"""Evidence that comes with an objection: files of a multipart body, or bytes in base64 within JSON."""

import base64
import binascii
from collections.abc import Sequence
from hashlib import file_digest
from io import BytesIO
from typing import IO, Any
from uuid import UUID

from flask import request

from workflow.api.asking import office
from workflow.errors import InvalidData, Problem
from workflow.records.attachments import attachments_of, clean_name, save_attachment
from workflow.text import sentence

MOST = 10

File = tuple[str, IO[bytes]]


def sent(body: dict[str, Any]) -> list[File]:
    """The files of this request."""
    uploaded = [(file.filename, file.stream) for file in request.files.getlist("evidence") if file.filename]
    if len(uploaded) > MOST:
        text = sentence("At most {most}; this has {found}.", most=MOST, found=len(uploaded))
        raise InvalidData((Problem("/evidence", "data", text),))
    return [*uploaded, *(_decoded(number, one) for number, one in enumerate(body["evidence"]))]


def kept(case_id: UUID, files: Sequence[File]) -> tuple[str, ...]:
    """The ids of these files. One that was kept before is the same again, so that an objection may be repeated."""
    if not files:
        return ()
    with office().database.read() as connection:
        known = {(one.sha256, one.name): one for one in attachments_of(connection, case_id) if one.by is None}
    found: list[str] = []
    for name, stream in files:
        digest = file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a spooled file, or bytes in memory
        stream.seek(0)
        one = known.get((digest, clean_name(name)))
        found.append(str((one or save_attachment(office(), case_id, stream, name, by=None)).id))
    return tuple(found)


def _decoded(number: int, one: dict[str, str]) -> File:
    try:
        return one["name"], BytesIO(base64.b64decode(one["content"], validate=True))
    except (binascii.Error, ValueError) as wrong:
        text = sentence("The bytes of the file are wanted, in base64.")
        raise InvalidData((Problem(f"/evidence/{number}/content", "data", text),)) from wrong
