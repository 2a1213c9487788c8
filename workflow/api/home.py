"""`/`: where the API document, the notices and the mails are; the page of each error; an address for each task."""

from html import escape

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from workflow import errors
from workflow.api.asking import office
from workflow.cases.noticing import notice_page
from workflow.clock.settable import is_demo
from workflow.errors import WorkflowError
from workflow.text import Language, as_language, say

blueprint = Blueprint("home", __name__)

_STYLE = """
:root { color-scheme: light dark; --ground: #F6F5F1; --panel: #FFFFFF; --ink: #1D2320; --soft: #525952; --line: #E2DFD6;
  --pine: #0E5A50; --sun: #F0A31A }
@media (prefers-color-scheme: dark) { :root { --ground: #131615; --panel: #1A1E1C; --ink: #ECEDE8; --soft: #B6BBB5;
  --line: #303633; --pine: #72CBBB; --sun: #F3B33C } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.6 -apple-system, "Segoe UI", "PingFang SC",
  "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
main { max-width: 680px; margin: 0 auto; padding: 48px 20px }
h1 { font-size: 28px; line-height: 1.3; margin: 0 0 4px; border-bottom: 3px solid var(--sun); padding-bottom: 12px }
p { color: var(--soft); margin: 12px 0 24px }
ul { list-style: none; padding: 0; margin: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 10px }
li { padding: 14px 18px; border-top: 1px solid var(--line) }
li:first-child { border-top: 0 }
li span { display: block; color: var(--soft); font-size: 14px }
a { color: var(--pine); font-weight: 650; text-underline-offset: 3px }
a:focus-visible { outline: 2px solid var(--pine); outline-offset: 2px }
nav { margin-top: 24px; font-size: 14px }
"""


@blueprint.get("/")
def home() -> Response:
    """One small page until the pages come."""
    reader = _reader()
    with office().database.read() as connection:
        running = len(notice_page(connection, round_id=None, definition=None, ended=False, limit=100, after=None))
    entries = [
        (
            "/api/openapi.json",
            say("The API, as an OpenAPI document", reader),
            say("For programs; with a bearer token.", reader),
        ),
        (
            "/api/v1/notices",
            say("Public notices", reader),
            say("{count} are running. Anyone may read them and object.", reader, count=running),
        ),
        ("/healthz", say("Health", reader), say("Answers 200 while the service is well.", reader)),
    ]
    mails = str(current_app.extensions.get("mails", ""))
    where = say("Mails: {where}", reader, where=mails) if mails else ""
    title = say("Yangguang: decided in the sunlight", reader)
    about = say("Nominations, approvals, votes, public notices and reminders of a trade union.", reader)
    if is_demo(office()):
        about += " " + say("This is the demo; its clock can be set.", reader)
    items = "".join(
        f'<li><a href="{path}">{escape(name)}</a><span>{escape(text)}</span></li>' for path, name, text in entries
    )
    items += f"<li>{escape(where)}</li>" if where else ""
    other: Language = "en" if reader == "zh" else "zh"
    switch = {"zh": "中文", "en": "English"}[other]
    return _page(
        reader,
        title,
        f'<p>{escape(about)}</p><ul>{items}</ul><nav><a href="/?lang={other}" lang="{other}">{switch}</a></nav>',
    )


@blueprint.get("/style.css")
def style() -> Response:
    return Response(_STYLE, mimetype="text/css", headers={"Cache-Control": "public, max-age=3600"})


@blueprint.get("/problems/<code>")
def problem(code: str) -> Response:
    """The page of an error: what it means."""
    reader = _reader()
    found = next((kind for kind in _kinds(WorkflowError) if kind.code == code), errors.WorkflowError)
    meaning = " ".join((found.__doc__ or "").split())
    template = found.saying.template
    return _page(
        reader,
        code,
        f"<p>{escape(say(template, reader) if '{' not in template else meaning)}</p><p>{escape(meaning)}</p>",
    )


@blueprint.get("/t/<task_id>")
def task(task_id: str) -> AnyResponse:
    """The address of a task in a mail."""
    return redirect(url_for("tasks.task", task_id=task_id))


@blueprint.get("/l/<code>")
def link(code: str) -> AnyResponse:
    """The address of a link in a mail; looking never uses it up."""
    return redirect(url_for("links.look", code=code))


def _reader() -> Language:
    return as_language(request.args.get("lang") or request.accept_languages.best_match(["zh", "zh-CN", "en"]) or "zh")


def _page(reader: Language, title: str, body: str) -> Response:
    lang = "zh-CN" if reader == "zh" else "en"
    return Response(
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css"></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>",
        mimetype="text/html",
    )


def _kinds(root: type[WorkflowError]) -> list[type[WorkflowError]]:
    return [root, *(kind for below in root.__subclasses__() for kind in _kinds(below))]
