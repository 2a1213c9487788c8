"""Publishing a definition from a page: its texts are checked as a whole, and what is wrong is said with its line."""

from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from msgspec.structs import replace as replaced
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import office, operator
from workflow.api.definitions import publish_texts
from workflow.api.schemas.definitions import MOST_TEXT, MOST_TEXTS
from workflow.cases.versions import Texts
from workflow.errors import DefinitionWrong, InvalidData, NotFound, Problem, TooLarge, WorkflowError
from workflow.text import sentence
from workflow.web.desk import desk_page
from workflow.web.pages import pages, reader

blueprint = pages("publishing", __name__)

_OWN = ("definition.yaml", "stories.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    place: str
    words: str
    warning: bool = False


@blueprint.get("/definitions/publish")
def form() -> Response:
    """An empty form, or the newest texts of `key` to go on from."""
    operator()
    key = request.args.get("key")
    texts = _newest(key) if key else None
    if key and texts is None:
        raise NotFound
    return _form(texts or Texts(definition="", stories=""), key)


@blueprint.post("/definitions/publish")
def publish() -> BaseResponse:
    """A new version, or the page again with each problem and what was typed."""
    operator()
    key = request.form.get("key") or None
    texts = Texts(definition=request.form.get("definition", ""), stories=request.form.get("stories") or None)
    try:
        texts = _with_files(texts, key)
        published = publish_texts(key, texts)
    except DefinitionWrong as wrong:
        return _form(texts, key, [_told(one) for one in wrong.problems], 422)
    except (InvalidData, TooLarge) as refused:
        return _form(texts, key, [Wrong(place="", words=refused.say(reader()))], 422)
    version = published.version
    done = "published" if published.new else "same"
    return redirect(url_for("page_definitions.definition", key=version.key, done=done, part="versions"), code=303)


def _form(texts: Texts, key: str | None, wrong: list[Wrong] | None = None, status: int = 200) -> Response:
    return desk_page("publish.html", status, here="definitions", texts=texts, key=key, wrong=wrong or [])


def _told(problem: Problem) -> Wrong:
    place = f"{problem.file}:{problem.line or 1}"
    return Wrong(place=place, words=f"{problem.at}: {problem.say(reader())}" if problem.at else problem.say(reader()))


def _with_files(texts: Texts, key: str | None) -> Texts:
    """What was chosen as a file stands before what was typed; other texts of the newest version stay unless sent anew."""
    known = _newest(key) if key else None
    beside = dict(known.texts) if known else {}
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        content = _text(file)
        name = file.filename.replace("\\", "/").rpartition("/")[2]
        if name == _OWN[0]:
            texts = replaced(texts, definition=content)
        elif name == _OWN[1]:
            texts = replaced(texts, stories=content)
        else:
            beside[name] = content
    if len(beside) > MOST_TEXTS:
        raise TooLarge(limit=sentence("{most} files", most=MOST_TEXTS))
    return replaced(texts, texts=beside)


def _text(file: FileStorage) -> str:
    content = file.stream.read(MOST_TEXT + 1)
    if len(content) > MOST_TEXT:
        raise TooLarge(limit=sentence("{most} bytes", most=MOST_TEXT))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        problem = Problem(file.filename or "", "data", sentence("The text is not UTF-8."))
        raise InvalidData((problem,)) from wrong


def _newest(key: str) -> Texts | None:
    with office().database.read() as connection:
        try:
            return office().versions.newest(connection, key).texts
        except WorkflowError:
            return None
