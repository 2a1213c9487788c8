"""How parts of a sentence are put together, and how foreign words stand in Markdown."""

import re
from collections.abc import Sequence
from decimal import Decimal

from workflow.text import Label, Sayable, Sentence, sentence

#: Signs that Markdown would read as its own; an underscore inside a word is none.
_SIGNS = re.compile(r"[\\`*\[\]<>|~]|^#|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_ESCAPED = re.compile(r"\\(\W|_)")


def filled(template: Sentence, **facts: object) -> Sentence:
    """A template out of a table, with its facts."""
    return Sentence(template.template, {**template.facts, **facts})


def joined(template: Sentence, parts: Sequence[Sayable]) -> Sayable:
    """Parts with what a template puts between {one} and {other}; halved, so that long lists do not nest deeply."""
    if len(parts) < 2:  # noqa: PLR2004 -- nothing to put between
        return parts[0] if parts else ""
    half = len(parts) // 2
    return filled(template, one=joined(template, parts[:half]), other=joined(template, parts[half:]))


def chained(parts: Sequence[Sayable]) -> Sayable:
    """Clauses one after the other, with semicolons."""
    return joined(sentence("{one}; {other}"), parts)


def lines_of(text: str) -> list[str]:
    """A written text as Markdown lines that show its signs as they are."""
    return [_SIGNS.sub(r"\\\g<0>", " ".join(line.split())) for line in text.splitlines() if line.strip()]


def marked(text: str) -> str:
    """A written text on one line of Markdown."""
    return " ".join(lines_of(text))


def unmarked(markdown: str) -> str:
    """The text as it was before it was made Markdown."""
    return _ESCAPED.sub(r"\1", markdown)


def plain(label: Label) -> Label:
    """A label that may stand in a sentence of Markdown."""
    return Label(marked(label.zh), marked(label.en))


def code(source: str) -> str:
    """What cannot be put in words, as it is written."""
    line = " ".join(source.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    pad = " " if "`" in line else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def number(value: float | Decimal) -> str:
    """3.0 as 3, 0.50 as 0.5, and never with an exponent."""
    return format(Decimal(str(value)).normalize() + 0, "f")
