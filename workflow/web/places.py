"""Where mails lead that want an account: what is there, and where its data are in the API, until the pages come.

They look nothing up, so they tell nobody what exists.
"""

from dataclasses import dataclass

from flask import Response

from workflow.text import Sentence, sentence
from workflow.web.pages import page, pages, reader

blueprint = pages("places", __name__)


@dataclass(frozen=True, slots=True)
class Place:
    heading: Sentence
    says: Sentence
    call: str  #: the address of its data
    public: bool = False


_NOTICES = sentence("Public notices")
_NOTICES_SAYS = sentence("What is published now, for everybody; objections are sent to the notice's /objections:")


@blueprint.get("/notices")
def notices() -> Response:
    return _page(Place(_NOTICES, _NOTICES_SAYS, "/api/v1/notices", public=True))


@blueprint.get("/notices/<notice_id>")
def notice(notice_id: str) -> Response:
    return _page(Place(_NOTICES, _NOTICES_SAYS, f"/api/v1/notices/{notice_id}", public=True))


def _page(place: Place) -> Response:
    speaks = reader()
    return page(
        "place.html",
        heading=place.heading.say(speaks),
        says=place.says.say(speaks),
        call=place.call,
        public=place.public,
    )
