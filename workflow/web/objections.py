"""What became of an objection, by the code that came with it; and taking it back."""

from typing import Any

from flask import Response, request

from workflow.api.asking import context_for, office
from workflow.api.notices import became, take_back
from workflow.engine.context import PUBLIC_ACTOR
from workflow.errors import NotFound, Refused, said
from workflow.text import Sentence, sentence
from workflow.web.looking import instant, wording_of
from workflow.web.pages import page, pages, reader

blueprint = pages("objections", __name__)

_STATES: dict[str, Sentence] = {
    "open": sentence("It is being examined; you will be told the answer where you left a contact."),
    "dismissed": sentence("It was found not to be so."),
    "joined": sentence("It was joined to an earlier one about the same."),
    "partly": sentence("It was found to be so in part; what was published is corrected."),
    "upheld": sentence("It was found to be so."),
    "retracted": sentence("You have taken it back."),
    "closed": sentence("No answer is needed any more."),
    "late": sentence("It came after the notice had ended and is examined as a matter of its own."),
}
_HEADINGS: dict[str, Sentence] = {
    "open": sentence("Being examined"),
    "dismissed": sentence("Not upheld"),
    "joined": sentence("Joined to another"),
    "partly": sentence("Upheld in part"),
    "upheld": sentence("Upheld"),
    "retracted": sentence("Taken back"),
    "closed": sentence("Closed"),
    "late": sentence("A matter of its own"),
}
_LONGEST = 100


@blueprint.get("/objections")
def objections() -> Response:
    return page("objections.html", problem=None, found=None, typed="")


@blueprint.post("/objections")
def look_up() -> Response:
    """The code comes as a form, so that it stands in no address and no log."""
    receipt = request.form.get("receipt", "").strip()[:_LONGEST]
    problem: str | None = None
    try:
        if request.form.get("retract"):
            take_back(receipt, None)
        found = became(receipt)
    except NotFound as missing:
        because = said(missing.because, reader()) if missing.because else missing.say(reader())
        return page("objections.html", 404, problem=because, found=None, typed=receipt)
    except Refused as refused:
        problem, found = refused.say(reader()), became(receipt)
    return page("objections.html", problem=problem, found=_shown(receipt, found), typed="")


def _shown(receipt: str, found: dict[str, Any]) -> dict[str, Any]:
    with office().database.read() as connection:
        wording = wording_of(context_for(connection, actor=PUBLIC_ACTOR), reader())
    answered = found["answered_at"]
    return {
        "receipt": receipt,
        "name": found["state"],
        "heading": _HEADINGS[found["state"]].say(reader()),
        "state": _STATES[found["state"]].say(reader()),
        "at": wording.moment(instant(found["at"])),
        "answered": wording.moment(instant(answered)) if answered else None,
        "examiners": wording.listed([one["name"] if isinstance(one, dict) else str(one) for one in found["examiners"]]),
        "notice": found["notice"],
        "open": found["state"] == "open",
    }
