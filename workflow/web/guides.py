"""`/guides`: each published procedure in plain words, as the definition itself says it."""

import re

from flask import Response
from markupsafe import Markup, escape

from workflow.api.asking import office
from workflow.cases.versions import Version
from workflow.definition.explaining import begun, guide, unmarked
from workflow.errors import said
from workflow.text import Sayable
from workflow.web.codes import code_for
from workflow.web.pages import kept_page, pages, reader

blueprint = pages("guides", __name__)

#: What stands as it is written between two equal runs of backticks.
_CODE = re.compile(r"(?<![\\`])(`+)(.+?)\1(?!`)")


@blueprint.get("/guides")
def guides() -> Response:
    with office().database.read() as connection:
        versions = office().versions.all_newest(connection)
    return kept_page("guides.html", here="guides", definitions=[version.definition for version in versions])


@blueprint.get("/guides/<key>")
def one_guide(key: str) -> Response:
    """Raises NotFound."""
    with office().database.read() as connection:
        version: Version = office().versions.newest(connection, key)
        others = {one.key: one.definition for one in office().versions.all_newest(connection)}
    return kept_page(
        "public_guide.html",
        here="guides",
        whole=guide(version.definition, reader(), others.get),
        number=version.number,
        written=_written,
        code=code_for(f"/guides/{key}"),
    )


def _written(text: Sayable) -> Markup:
    """A line of the guide as HTML: all that people wrote is escaped."""
    line, found, place = begun(said(text, reader())), Markup(), 0
    for match in _CODE.finditer(line):
        found += escape(unmarked(line[place : match.start()])) + Markup("<code>{}</code>").format(match[2].strip())
        place = match.end()
    return found + escape(unmarked(line[place:]))
