"""In which language a page speaks; what every page says; and what it says when something is refused."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request

from workflow.api.asking import language
from workflow.api.problems import status_of, title_of
from workflow.errors import Problem, WorkflowError, said
from workflow.messages.settings import MailSettings
from workflow.text import Language, as_language, say

_LANGUAGES = {"zh": "中文", "en": "English"}


def pages(name: str, module: str) -> Blueprint:
    """A blueprint whose refusals are pages."""
    blueprint = Blueprint(name, module)
    blueprint.register_error_handler(WorkflowError, _refused)
    return blueprint


def reader() -> Language:
    """By `?language=`, else as everywhere."""
    wanted = request.args.get("language")
    return as_language(wanted) if wanted else language()


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page in the reader's language; a code in its address goes to no other site and into no store."""
    speaks = reader()
    other = "en" if speaks == "zh" else "zh"
    body = render_template(
        template,
        reader=speaks,
        say=say,
        house=house(speaks),
        other={"tag": other, "name": _LANGUAGES[other]},
        **values,
    )
    response = make_response(body, status)
    response.headers["Content-Language"] = speaks
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def house(speaks: Language) -> str:
    mails: MailSettings = current_app.extensions["mails"]
    return mails.house or say("Yangguang", speaks)


def told(problems: tuple[Problem, ...], speaks: Language) -> list[str]:
    """What is wrong, sentence by sentence."""
    return [problem.say(speaks) for problem in problems]


def _refused(error: WorkflowError) -> Response:
    speaks = reader()
    status = status_of(error)
    heading = title_of(status, speaks)
    because = said(error.because, speaks) if error.because is not None else error.say(speaks)
    return page("refused.html", status, heading=heading, because=because)
