"""The few pages there are until the pages come: where mails lead, and what needs no account. They work without scripts."""

from workflow.api.pages import answering, home, objections, passwords, places, verifying

BLUEPRINTS = (
    home.blueprint,
    places.blueprint,
    passwords.blueprint,
    answering.blueprint,
    objections.blueprint,
    verifying.blueprint,
)
