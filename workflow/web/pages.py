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
from workflow.text import LANGUAGES, Label, Language, Sentence, say, sentence
from workflow.web.asking_to_sign_in import ask_to_sign_in

STATIC = Path(__file__).with_name("static")
THEMES = ("light", "dark")
#: So long a browser keeps what was chosen in it, in seconds.
KEPT = 365 * 24 * 3600
#: So long anybody may keep a page that says the same to everybody, in seconds.
_KEPT_BY_OTHERS = 60

#: What one can do about a refusal.
_HELPS: dict[int, Sentence] = {
    400: sentence("Go back and try once more; if it happens again, begin at the first page."),
    403: sentence("If it should be yours to do, ask your union's administrator for the post that it needs."),
    404: sentence("Look whether the address was copied in full. What is over, or not yours to see, is told the same."),
    405: sentence("Go back: there the button does it."),
    413: sentence("Make it smaller, or send fewer files at once; 20 MB each is the most."),
    429: sentence("Wait a little; nothing that you sent was lost by waiting."),
    500: sentence("Those who run the service were told. Go back: what you typed still stands there."),
    503: sentence("Wait a moment and send it again; nothing was done yet."),
}

#: Static files and templates.
blueprint = Blueprint("web", __name__, static_folder="static", static_url_path="/static", template_folder="templates")


def pages(name: str, module: str) -> Blueprint:
    """A blueprint whose refusals are pages, in the language that was chosen; the API has its own of the same names."""
    found = Blueprint(f"page_{name}", module)
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


def kept_page(template: str, *, is_found: bool = True, **values: Any) -> Response:
    """A page that says the same to everybody: others may keep it for a while, and search engines where it is to be found."""
    response = page(template, is_found=is_found, **values)
    if is_found:
        del response.headers["X-Robots-Tag"]
    if "language" not in request.args:  # what is chosen is kept on this browser alone
        response.headers["Cache-Control"] = f"public, max-age={_KEPT_BY_OTHERS}"
        response.vary.add("Cookie")
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
    return _refusal(status, because)


def refusal_as_page(response: Response) -> Response:
    """What is refused before a page is asked, as a page: an unknown address, a body that is too large, a mistake of ours."""
    if response.mimetype != "application/problem+json" or not _is_for_people():
        return response
    problem = cast("dict[str, Any]", response.get_json())
    told = _refusal(problem["status"], problem["detail"])
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            told.headers[name] = response.headers[name]
    return told


def _refusal(status: int, because: str) -> Response:
    speaks = reader()
    heading, helps = title_of(status, speaks), _HELPS.get(status)
    return page(
        "refused.html",
        status,
        heading=heading,
        because=because if because != heading else "",
        helps=helps.say(speaks) if helps else "",
    )


def _is_for_people() -> bool:
    """A browser says that it reads pages; programs are told by documents."""
    return not request.path.startswith("/api/") and any(kind == "text/html" for kind, _ in request.accept_mimetypes)


@blueprint.before_app_request
def _speak() -> None:
    """By the address, else as was chosen on this browser, else as everywhere; programs say it with each request."""
    if request.path.startswith("/api/"):
        return
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
