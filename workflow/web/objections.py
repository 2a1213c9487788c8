"""What became of an objection, by the code that came with it; and taking it back."""

from datetime import datetime

from flask import Response, request

from workflow.api.notices import became, take_back
from workflow.calendar import local
from workflow.errors import NotFound, Refused, said
from workflow.text import Sentence, sentence
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
_LONGEST = 100


@blueprint.get("/objections")
def objections() -> Response:
    return page("objections.html", problem=None, found=None)


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
        return page("objections.html", 404, problem=because, found=None)
    except Refused as refused:
        problem, found = refused.say(reader()), became(receipt)
    at = local(datetime.fromisoformat(found["at"]))
    state = _STATES[found["state"]].say(reader())
    shown = {"receipt": receipt, "at": f"{at:%Y-%m-%d %H:%M}", "state": state, "open": found["state"] == "open"}
    return page("objections.html", problem=problem, found=shown)
