"""Signing in: tokens for passwords, codes for first and forgotten ones."""

from typing import Any

from flask import Response, current_app, request

from workflow.api.asking import office, signed_in
from workflow.api.directory.rights import may_change_person
from workflow.api.doors import Door, public, refuses
from workflow.api.schemas.common import Nothing
from workflow.api.schemas.operators import LoginBody, PasswordBody, TokenBody, TokenSchema
from workflow.engine.directory import Principal
from workflow.messages.enqueuing import enqueue_invitation
from workflow.people.credentials import (
    check_password,
    issue_reset,
    issue_token,
    may_ask_again,
    reset_password,
    revoke_token,
)

blueprint = Door("credentials", __name__, url_prefix="/api/v1", description="Signing in")


@blueprint.post("/tokens")
@public
@refuses(401, 429)
@blueprint.arguments(TokenBody)
@blueprint.response(201, TokenSchema)
def sign_in(body: dict[str, Any]) -> dict[str, str]:
    """A bearer token for a login and its password. After five wrong ones the login waits a quarter of an hour."""
    check_password(office().database, body["login"], body["password"])
    return {"token": issue_token(office().database, body["login"])}


@blueprint.delete("/tokens")
@blueprint.response(204)
def sign_out() -> None:
    """Have the token with which this is asked hold no longer."""
    signed_in()
    revoke_token(office().database, request.headers["Authorization"].partition(" ")[2].strip())


@blueprint.post("/people/<int:person_id>/invitation")
@refuses(403)
@blueprint.arguments(Nothing)
@blueprint.response(202, description="It is sent")
def invite(_: dict[str, Any], person_id: int) -> Response:
    """Send a person the code for a first password, or for a new one; for administrators of his branch."""
    may_change_person(person_id)
    send_code(person_id)
    return Response(status=202)


@blueprint.post("/passwords/forgotten")
@public
@blueprint.arguments(LoginBody)
@blueprint.response(202, description="If there is such a login, a code is on its way")
def forgotten(body: dict[str, Any]) -> Response:
    """Ask for a code by e-mail. Says the same whether there is such a login or not."""
    ask_for_code(body["login"])
    return Response(status=202)


@blueprint.post("/passwords")
@public
@blueprint.arguments(PasswordBody)
@blueprint.response(204)
def set_new_password(body: dict[str, Any]) -> None:
    """Give oneself a password with the code; it holds a day and once."""
    reset_password(office().database, body["code"], body["password"])


def ask_for_code(login: str) -> None:
    """For the one with this login, if there is one who can be reached and was sent none just now."""
    with office().database.read() as connection:
        now = office().database.now(connection)
        person = may_ask_again(connection, login, at=now)
        known = office().directory(connection).persons.get(person) if person is not None else None
    if person is not None and known is not None and (known.email or known.mobile):
        send_code(person)


def send_code(person: Principal) -> None:
    code = issue_reset(office().database, person)
    with office().database.write() as connection:
        now = office().database.now(connection)
        enqueue_invitation(connection, person, code, current_app.extensions["mails"].base_url, now=now)
