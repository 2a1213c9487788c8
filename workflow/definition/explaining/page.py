"""The guide as headings and lists, and its Markdown."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.errors import said
from workflow.text import Language, Sayable


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list, and the lines below it."""

    text: Sayable
    below: "tuple[Item, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    heading: Sayable
    preamble: tuple[Sayable, ...] = ()  #: paragraphs
    items: tuple[Item, ...] = ()
    sections: "tuple[Section, ...]" = ()

    @property
    def empty(self) -> bool:
        return not (self.preamble or self.items or self.sections)


def markdown(section: Section, language: Language) -> str:
    return "\n\n".join(_blocks(section, language, 1)) + "\n"


def _blocks(section: Section, language: Language, depth: int) -> Iterator[str]:
    yield f"{'#' * depth} {begun(said(section.heading, language))}"
    for paragraph in section.preamble:
        yield said(paragraph, language)
    if section.items:
        yield "\n".join(line for item in section.items for line in _lines(item, language, ""))
    for inner in section.sections:
        if not inner.empty:
            yield from _blocks(inner, language, depth + 1)


def _lines(item: Item, language: Language, indent: str) -> Iterator[str]:
    yield f"{indent}- {begun(said(item.text, language))}"
    for below in item.below:
        yield from _lines(below, language, f"{indent}  ")


def begun(text: str) -> str:
    """A line begins with a capital letter."""
    return text[:1].upper() + text[1:]
