"""A picture as a file of its own, with the colours of the light theme in it."""

from workflow.definition.drawing.picture import Picture
from workflow.definition.drawing.svg import svg

_COLOURS = (
    ("panel", "#FFFFFF"),
    ("sunk", "#EFEDE7"),
    ("ink", "#1D2320"),
    ("ink-2", "#525952"),
    ("ink-3", "#656B65"),
    ("edge", "#8C877B"),
    ("pine", "#0E5A50"),
    ("on-pine", "#FFFFFF"),
    ("pine-soft", "#E2EFEC"),
    ("sun", "#F0A31A"),
    ("sun-ink", "#774C00"),
    ("sun-soft", "#FFF3D6"),
    ("red", "#B02A1E"),
    ("red-soft", "#FBEAE6"),
    ("clay", "#9C4C28"),
)


def alone(picture: Picture, rules: str) -> str:
    """`rules`: the text of `line.css`, by which pages show it."""
    colours = "".join(f"--{name}: {colour}; " for name, colour in _COLOURS)
    return svg(picture, style=f".line {{ {colours}background: var(--panel); }}\n{rules}")
