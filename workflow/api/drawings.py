"""Diagrams that stand alone: as files, and in answers of the API."""

from functools import cache
from pathlib import Path

from workflow.definition.drawing import alone, layout, sheet
from workflow.definition.explaining.vocabulary import Others
from workflow.definition.model import Definition
from workflow.text import Language

#: The rules by which pages show the line as well.
_RULES = Path(__file__).parents[1] / "web" / "static" / "line.css"
WIDTH = 1122


def drawn(definition: Definition, language: Language, others: Others, width: int = WIDTH) -> str:
    """The line as the text of an SVG file."""
    return alone(layout(sheet(definition, language, others=others), width), _rules())


@cache
def _rules() -> str:
    return _RULES.read_text("utf-8")
