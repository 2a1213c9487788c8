"""Many nominations at once from a workbook: first what would become of each row, then the import itself."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.datastructures import FileStorage

from workflow.api.asking import office, signed_in
from workflow.api.problems import status_of
from workflow.errors import InvalidData, Problem, WorkflowError
from workflow.records.attachments import clean_name
from workflow.records.headings import find_tables
from workflow.records.importing import RefusedRow
from workflow.records.intake import intake_of
from workflow.records.judging import judge
from workflow.records.nominations import import_nominations
from workflow.records.workbook import read_grids
from workflow.text import Language, sentence
from workflow.web.deciding import Wrong, wrong_of
from workflow.web.desk import desk_page
from workflow.web.pages import pages, reader

blueprint = pages("importing", __name__)

_MOST_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row that would not go in, or would be put right, and why."""

    where: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    rows: int
    good: int
    refused: tuple[Line, ...]
    noted: tuple[Line, ...]
    cleaned: int


@blueprint.get("/start/<key>/import")
def ask(key: str) -> Response:
    intake_of(office(), key, _round(), signed_in())
    return _page(key)


@blueprint.post("/start/<key>/import")
def upload(key: str) -> Response:
    """Looks at each row and keeps nothing; with `act=import` the good ones become drafts."""
    file, actor = request.files.get("file"), signed_in()
    try:
        with TemporaryDirectory() as folder:
            path = _saved(file, Path(folder))
            intake = intake_of(office(), key, _round(), actor)
            if request.form.get("act") == "import":
                done = import_nominations(
                    office(), path, actor=actor, definition=key, round_id=_round(), language=reader()
                )
                return _page(key, done=done, refused=_lines(done.refused, reader()))
            found = judge(intake, find_tables(read_grids(path), intake.columns.wanted, intake.columns.essential))
    except WorkflowError as error:
        return _page(key, wrong_of(error, reader()), status_of(error))
    speaks = reader()
    judged = Judgement(
        rows=found.rows,
        good=len(found.good),
        refused=_lines(found.refused, speaks),
        noted=tuple(Line(where=n.at.sentence.say(speaks), words=(n.flaw.sentence.say(speaks),)) for n in found.noted),
        cleaned=len(found.cleaned),
    )
    return _page(key, judged=judged)


def _page(key: str, wrong: Wrong | None = None, status: int = 200, **values: Any) -> Response:
    with office().database.read() as connection:
        definition = office().versions.newest(connection, key).definition
    return desk_page(
        "import.html", status, here="start", definition=definition, wrong=wrong or Wrong(), most=_MOST_LINES, **values
    )


def _saved(file: FileStorage | None, folder: Path) -> Path:
    """Under its own name, as the list of imports keeps it."""
    if file is None or not file.filename:
        raise InvalidData((Problem("/file", "required", sentence("Choose a workbook (.xlsx).")),))
    path = folder / (clean_name(file.filename) or "import.xlsx")
    file.save(path)
    return path


def _lines(rows: tuple[RefusedRow, ...] | list[RefusedRow], speaks: Language) -> tuple[Line, ...]:
    return tuple(
        Line(where=row.at.sentence.say(speaks), words=tuple(flaw.sentence.say(speaks) for flaw in row.flaws))
        for row in rows
    )


def _round() -> UUID | None:
    try:
        return UUID(request.values.get("round", ""))
    except ValueError:
        return None
