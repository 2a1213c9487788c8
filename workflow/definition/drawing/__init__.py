"""The diagram of a definition: a line of stations (`line`, `svg`, `in_words`), or text that many editors draw (`mermaid`).

`order` puts states in a row, `route` lays a case over it, `rows` and `upright` give everything its place, `svg` writes it.
"""

from workflow.definition.drawing.alone import alone
from workflow.definition.drawing.journey import Journey, Returned, Standing
from workflow.definition.drawing.listing import Step, in_words
from workflow.definition.drawing.mermaid import mermaid
from workflow.definition.drawing.picture import Picture
from workflow.definition.drawing.rows import in_rows
from workflow.definition.drawing.sheet import Sheet, sheet
from workflow.definition.drawing.svg import svg
from workflow.definition.drawing.upright import upright

#: The width from which on the line runs in rows; below, it stands upright.
IN_ROWS_FROM = 720


def layout(what: Sheet, width: float) -> Picture:
    """The same sheet and width give the same picture."""
    return in_rows(what, width) if width >= IN_ROWS_FROM else upright(what, width)


__all__ = [
    "Journey",
    "Picture",
    "Returned",
    "Sheet",
    "Standing",
    "Step",
    "alone",
    "in_words",
    "layout",
    "mermaid",
    "sheet",
    "svg",
]
