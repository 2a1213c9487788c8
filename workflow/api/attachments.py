"""Files of a case; the rights are the case's."""

from typing import Any

from flask import Response, request, send_file

from workflow.api.asking import office, signed_in
from workflow.api.doors import Door
from workflow.api.schemas.cases import AttachmentSchema
from workflow.api.subjects import seen_case, uuid_of
from workflow.errors import InvalidData, Problem
from workflow.records.attachments import Attachment, open_attachment, save_attachment
from workflow.store.metadata import instant_text
from workflow.text import sentence

blueprint = Door("attachments", __name__, url_prefix="/api/v1/cases", description="Attachments")


@blueprint.post("/<case_id>/attachments")
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            }
        },
    }
)
@blueprint.response(201, AttachmentSchema)
def upload(case_id: str) -> dict[str, Any]:
    """Upload a file of at most 20 MB; its id then stands in a field of type `files`. What it is, its bytes say."""
    actor = signed_in()
    with office().database.read() as connection:
        seen_case(connection, case_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidData((Problem("/file", "required", sentence("Send the file as `file` of multipart/form-data.")),))
    return _view(save_attachment(office(), uuid_of(case_id), file.stream, file.filename, by=actor.person))


@blueprint.get("/<case_id>/attachments/<attachment_id>")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="*/*")
def download(case_id: str, attachment_id: str) -> Response:
    """The file, for whoever may see the case; to be kept, never shown as part of this site."""
    signed_in()
    with office().database.read() as connection:
        seen_case(connection, case_id)
    found, path = open_attachment(office(), uuid_of(case_id), uuid_of(attachment_id))
    response: Response = send_file(path, mimetype=found.media_type, as_attachment=True, download_name=found.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _view(one: Attachment) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "size": one.size,
        "media_type": one.media_type,
        "sha256": one.sha256,
        "at": instant_text(one.at),
    }
