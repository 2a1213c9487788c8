"""A first password, or a new one, with the code of a mail; and asking for such a code."""

from flask import Response, request

from workflow.api.asking import office
from workflow.api.credentials import ask_for_code
from workflow.errors import InvalidData
from workflow.people.credentials import PASSWORD_LEAST, PASSWORD_MOST, reset_password
from workflow.text import say
from workflow.web.pages import page, pages, reader, told

blueprint = pages("passwords", __name__)

_LONGEST = 200


@blueprint.get("/password/<code>")
def password(code: str) -> Response:
    """Two fields for a password; looking uses nothing up."""
    del code
    return _form()


@blueprint.post("/password/<code>")
def set_password(code: str) -> Response:
    """Sets it, once for each code; a password that is refused leaves the code as it is."""
    given = request.form.get("password", "")
    if given != request.form.get("again", ""):
        return _form([say("The two are not the same; please write it twice.", reader())], 422)
    try:
        reset_password(office().database, code, given)
    except InvalidData as wrong:
        expired = any(problem.at == "/code" for problem in wrong.problems)
        return _form(told(wrong.problems, reader()), 422, expired=expired)
    return page("password_set.html")


@blueprint.get("/password")
def forgotten() -> Response:
    return page("password_forgotten.html", asked=False)


@blueprint.post("/password")
def ask() -> Response:
    """Says the same whether there is such a login or not."""
    login = request.form.get("login", "").strip()
    if login and len(login) <= _LONGEST:
        ask_for_code(login)
    return page("password_forgotten.html", asked=True)


def _form(problems: list[str] | None = None, status: int = 200, *, expired: bool = False) -> Response:
    return page(
        "password.html", status, problems=problems or [], expired=expired, least=PASSWORD_LEAST, most=PASSWORD_MOST
    )
