"""Files of a form: taken one by one, each refusal with its reason; looked at in the browser where that is safe."""

from flask import Response, request, send_file
from werkzeug.datastructures import FileStorage

from workflow.api.asking import office, signed_in
from workflow.api.subjects import seen_case, uuid_of
from workflow.definition.form.keeping import FILES_MOST
from workflow.definition.model import Field
from workflow.engine.directory import Principal
from workflow.engine.forms import is_taken, kinds_taken
from workflow.errors import InvalidData, Malformed, TooLarge, said
from workflow.records.attachments import MOST_BYTES, clean_name, open_attachment, save_attachment
from workflow.records.contents import ENDINGS
from workflow.text import Language, say
from workflow.web.inputs import FileShown, RefusedFile
from workflow.web.pages import pages

blueprint = pages("attaching", __name__)

#: What a browser shows by itself and runs nothing of.
_SHOWN = ("application/pdf", "image/jpeg", "image/png")
_POLICY = "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@blueprint.get("/cases/<case_id>/files/<attachment_id>")
def preview(case_id: str, attachment_id: str) -> Response:
    """A file of a case: pictures and PDF are shown, all else is kept."""
    signed_in()
    with office().database.read() as connection:
        seen_case(connection, case_id)
    found, path = open_attachment(office(), uuid_of(case_id), uuid_of(attachment_id))
    keeps = found.media_type not in _SHOWN or "keep" in request.args
    response: Response = send_file(path, mimetype=found.media_type, as_attachment=keeps, download_name=found.name)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def take_file(
    case_id: str, field: Field, file: FileStorage, *, there: int, by: Principal, speaks: Language
) -> FileShown | RefusedFile:
    """A file that was sent for a field which has `there` already; kept as an attachment of the case."""
    name = clean_name(file.filename or "")
    most, largest = int(str(field.max or FILES_MOST)), min(field.max_size or MOST_BYTES, MOST_BYTES)
    if there >= most:
        return RefusedFile(name=name, why=say("At most {most} files.", speaks, most=most))
    if not is_taken(field, name.rpartition(".")[2]):
        return RefusedFile(name=name, why=kinds_taken(field).say(speaks))
    try:
        kept = save_attachment(office(), uuid_of(case_id), file.stream, name, by=by, limit=largest)
    except TooLarge:
        most_size = say("Larger than {most} MB; it was not taken.", speaks, most=largest // 2**20)
        return RefusedFile(name=name, why=most_size)
    except Malformed as error:
        return RefusedFile(name=name, why=_untrue(name, speaks) or said(error.because or "", speaks))
    except InvalidData as error:
        return RefusedFile(name=name, why=" ".join(problem.say(speaks) for problem in error.problems))
    return FileShown(id=str(kept.id), name=kept.name, size=kept.size, picture=kept.media_type.startswith("image/"))


def _untrue(name: str, speaks: Language) -> str | None:
    """Of a file that is called as one of those that are taken, and is none."""
    ending = name.rpartition(".")[2].lower()
    if all(ending not in endings for endings in ENDINGS.values()):
        return None
    return say("It is called a {kind} and is none; it was not taken.", speaks, kind=ending.upper())
