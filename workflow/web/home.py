"""`/`: what needs no account, and where to sign in; and the page of each error."""

from string import Formatter

from flask import Response, current_app

from workflow.api.asking import office
from workflow.api.problems import HTTP_ONLY, title_of
from workflow.cases.noticing import count_notices
from workflow.clock.settable import is_demo
from workflow.errors import NotFound, WorkflowError
from workflow.messages.settings import MailSettings
from workflow.text import Language, say
from workflow.web.pages import page, pages, reader

blueprint = pages("home", __name__)


@blueprint.get("/")
def home() -> Response:
    """What is published, the register, checking a certificate, the guides."""
    with office().database.read() as connection:
        running = count_notices(connection)
    demo = is_demo(office())
    mails = _where(current_app.extensions["mails"], reader()) if demo else ""
    return page("home.html", running=running, demo=demo, mails=mails)


@blueprint.get("/problems/<code>")
def problem(code: str) -> Response:
    """The page of an error: what it says, and for programmers what it means."""
    if code in HTTP_ONLY:
        return page("problem.html", code=code, said=title_of(HTTP_ONLY[code], reader()), meaning="")
    found = next((kind for kind in _kinds(WorkflowError) if kind.code == code), None)
    if found is None:
        raise NotFound
    facts = {name: "…" for _, name, _, _ in Formatter().parse(found.saying.template) if name}
    said = say(found.saying.template, reader(), **facts)
    return page("problem.html", code=code, said=said, meaning=" ".join((found.__doc__ or "").split()))


def _where(mails: MailSettings, speaks: Language) -> str:
    """Of a demo alone: of a real service nobody outside learns how its machine is laid out."""
    if mails.host is not None:
        return say("They go out by {host}.", speaks, host=mails.host)
    return say("No mail server is named, so they lie as files in {folder}.", speaks, folder=str(mails.folder))


def _kinds(root: type[WorkflowError]) -> list[type[WorkflowError]]:
    return [root, *(kind for below in root.__subclasses__() for kind in _kinds(below))]
