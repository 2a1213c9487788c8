"""Signing in: tokens for passwords, codes for first and forgotten ones."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from workflow.api import schemas
from workflow.api.asking import office
from workflow.api.directory import may_change_person
from workflow.engine.directory import Principal
from workflow.messages.enqueuing import enqueue_invitation
from workflow.people.credentials import check_password, issue_reset, issue_token, may_ask_again, reset_password

blueprint = Blueprint("credentials", __name__, url_prefix="/api/v1", description="Signing in")


@blueprint.post("/tokens")
@blueprint.doc(security=[])
@blueprint.arguments(schemas.TokenBody)
@blueprint.response(201, schemas.TokenSchema)
def sign_in(body: dict[str, Any]) -> dict[str, str]:
    """A bearer token for a login and its password. After five wrong ones the login waits a quarter of an hour."""
    check_password(office().database, body["login"], body["password"])
    return {"token": issue_token(office().database, body["login"])}


@blueprint.post("/people/<int:person_id>/invitation")
@blueprint.arguments(schemas.NothingBody)
@blueprint.response(202)
def invite(_: dict[str, Any], person_id: int) -> str:
    """Send a person the code for a first password, or for a new one."""
    may_change_person(person_id)
    _send_code(person_id)
    return ""


@blueprint.post("/passwords/forgotten")
@blueprint.doc(security=[])
@blueprint.arguments(schemas.LoginBody)
@blueprint.response(202)
def forgotten(body: dict[str, Any]) -> str:
    """Ask for a code by e-mail. Says the same whether there is such a login or not."""
    with office().database.read() as connection:
        now = office().database.now(connection)
        person = may_ask_again(connection, body["login"], at=now)
        known = office().directory(connection).persons.get(person) if person is not None else None
    if person is not None and known is not None and (known.email or known.mobile):
        _send_code(person)
    return ""


@blueprint.post("/passwords")
@blueprint.doc(security=[])
@blueprint.arguments(schemas.PasswordBody)
@blueprint.response(204)
def set_new_password(body: dict[str, Any]) -> None:
    """Give oneself a password with the code; it holds a day and once."""
    reset_password(office().database, body["code"], body["password"])


def _send_code(person: Principal) -> None:
    code = issue_reset(office().database, person)
    with office().database.write() as connection:
        now = office().database.now(connection)
        enqueue_invitation(connection, person, code, current_app.extensions["mails"].base_url, now=now)
