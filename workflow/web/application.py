"""The whole application for WSGI servers: the API, and the pages upon it."""

from flask import Flask

from workflow.api.app import build as build_api
from workflow.cases.office import Office
from workflow.clock.settable import Delivery
from workflow.messages.settings import MailSettings
from workflow.web import (
    answering,
    attaching,
    ballots,
    cases,
    correcting,
    definitions,
    forms,
    guides,
    home,
    honours,
    importing,
    inbox,
    many,
    meetings,
    mine,
    notices,
    objecting,
    objections,
    operating,
    pages,
    passwords,
    polls,
    printing,
    publishing,
    reports,
    rounds,
    scores,
    signing_in,
    starting,
    tallies,
    turnouts,
    verifying,
)

_PAGES = (
    pages,
    home,
    importing,
    signing_in,
    starting,
    inbox,
    many,
    operating,
    mine,
    cases,
    printing,
    passwords,
    answering,
    attaching,
    forms,
    objections,
    polls,
    notices,
    objecting,
    honours,
    guides,
    verifying,
    ballots,
    tallies,
    scores,
    rounds,
    correcting,
    meetings,
    turnouts,
    definitions,
    publishing,
    reports,
)


def build(office: Office, delivery: Delivery, mails: MailSettings) -> Flask:
    """The settable clock has messages delivered on its way."""
    app = build_api(office, delivery, mails)
    for module in _PAGES:
        app.register_blueprint(module.blueprint)
    app.after_request(pages.refusal_as_page)
    return app
