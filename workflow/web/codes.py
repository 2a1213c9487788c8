"""Codes that a telephone reads, as SVG that stands in the page."""

import segno
from flask import current_app
from markupsafe import Markup

from workflow.messages.settings import MailSettings


def code_for(path: str) -> Markup:
    """The whole address of a page of ours; black on white in either theme, as readers want it."""
    mails: MailSettings = current_app.extensions["mails"]
    drawn = segno.make(f"{mails.base_url.rstrip('/')}{path}", error="m", micro=False)
    return Markup(drawn.svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None))  # noqa: S704 -- drawn by us
