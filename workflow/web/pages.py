"""What every page has: its language and theme, the house, what is refused said in words."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Response, current_app, g, make_response, render_template, request, url_for
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import language, whoever
from workflow.api.problems import status_of, title_of
from workflow.clock.settable import is_demo
from workflow.errors import NotSignedIn, Problem, WorkflowError, said
from workflow.messages.settings import MailSettings
from workflow.text import LANGUAGES, Label, Language, Sentence, say
from workflow.web.asking_to_sign_in import ask_to_sign_in

STATIC = Path(__file__).with_name("static")
THEMES = ("light", "dark")
#: So long a browser keeps what was chosen in it, in seconds.
KEPT = 365 * 24 * 3600

#: Static files and templates.
blueprint = Blueprint("web", __name__, static_folder="static", static_url_path="/static", template_folder="templates")


def pages(name: str, module: str) -> Blueprint:
    """A blueprint whose refusals are pages, in the language that was chosen; the API has its own of the same names."""
    found = Blueprint(f"page_{name}", module)
    found.before_request(_speak)
    found.register_error_handler(WorkflowError, refused)
    return found


def reader() -> Language:
    return language()


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page in the reader's language; a code in its address goes to no other site and into no store."""
    speaks = reader()
    theme = request.cookies.get("theme")
    body = render_template(
        template,
        reader=speaks,
        say=say,
        house=house(speaks),
        theme=theme if theme in THEMES else None,
        **values,
    )
    response = make_response(body, status)
    response.headers["Content-Language"] = speaks
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    if request.args.get("language") in LANGUAGES:
        keep(response, "language", speaks)
    return response


def keep(response: BaseResponse, name: str, value: str) -> None:
    """What was chosen on this browser; it is no secret and says nothing of anybody."""
    response.set_cookie(name, value, max_age=KEPT, samesite="Lax", secure=request.is_secure, httponly=True)


def is_part() -> bool:
    """Whether htmx asks for a part of a page rather than somebody for the page."""
    return request.headers.get("HX-Request") == "true"


def house(speaks: Language) -> str:
    mails: MailSettings = current_app.extensions["mails"]
    return mails.house or say("Yangguang", speaks)


def told(problems: tuple[Problem, ...], speaks: Language) -> list[str]:
    """What is wrong, sentence by sentence."""
    return [problem.say(speaks) for problem in problems]


def refused(error: WorkflowError) -> Response:
    """A page that says why; whoever is not signed in is asked to, and what he sent is kept meanwhile."""
    speaks = reader()
    if isinstance(error, NotSignedIn) and whoever().person is None:
        return page("sign_in.html", 401, **ask_to_sign_in())
    status = status_of(error)
    because = said(error.because, speaks) if error.because is not None else error.say(speaks)
    return page("refused.html", status, heading=title_of(status, speaks), because=because)


def _speak() -> None:
    """By the address, else as was chosen on this browser, else as everywhere."""
    wanted = request.args.get("language") or request.cookies.get("language")
    if wanted in LANGUAGES:
        g.language = wanted


# --- what templates know


@blueprint.app_template_global("_")
@pass_context
def _translated(context: Context, template: str, **facts: object) -> str:
    """A sentence of the catalogues in the reader's language."""
    return say(template, context["reader"], **facts)


@blueprint.app_template_filter("said")
@pass_context
def _said(context: Context, label: Label | Sentence | Mapping[str, str] | str | None) -> str:
    """A label or sentence in the reader's language; a label may come as the API shows it."""
    if label is None:
        return ""
    speaks: Language = context["reader"]
    return label[speaks] if isinstance(label, Mapping) else said(label, speaks)


@blueprint.app_template_global("asset")
def _asset(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it for ever."""
    return url_for("web.static", filename=name, v=_digest(name))


@blueprint.app_template_global("other_language")
@pass_context
def _other_language(context: Context) -> str:
    """The address of this page in the other language."""
    other = "en" if context["reader"] == "zh" else "zh"
    if request.method not in ("GET", "HEAD") or request.endpoint is None:
        return f"/?language={other}"
    values = {**request.args.to_dict(flat=False), **(request.view_args or {}), "language": other}
    return url_for(request.endpoint, **values)


@blueprint.app_template_global("letters_off")
def _letters_off() -> bool:
    """Whether single letters do nothing on this browser (WCAG 2.1.4)."""
    return request.cookies.get("keys") == "off"


@blueprint.app_template_global("in_demo")
def _in_demo() -> bool:
    if "demo" not in g:
        g.demo = is_demo(current_app.extensions["office"])
    return cast("bool", g.demo)


@cache
def _digest(name: str) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:12]


@blueprint.after_app_request
def _let_static_be_kept(response: Response) -> Response:
    if request.endpoint == "web.static" and response.status_code == 200:  # noqa: PLR2004 -- HTTP
        kept = "public, max-age=31536000, immutable" if "v" in request.args else "public, max-age=3600"
        response.headers["Cache-Control"] = kept
    return response
