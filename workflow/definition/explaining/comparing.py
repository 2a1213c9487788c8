"""What is other in a later version: the two guides laid side by side, heading by heading, as lines that went and lines that came."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from workflow.definition.explaining.guide import guide
from workflow.definition.explaining.page import Item, Section, begun
from workflow.definition.explaining.vocabulary import Others, none_known
from workflow.definition.model import Definition
from workflow.errors import said
from workflow.text import Language

#: The headings of a place, and the lines that stand there.
_Told = dict[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is other under one heading; lines of Markdown."""

    place: tuple[str, ...]  #: from the outermost heading to the innermost
    gone: tuple[str, ...]
    came: tuple[str, ...]


def differences(
    earlier: Definition, later: Definition, language: Language, others: Others = none_known
) -> tuple[Difference, ...]:
    """In the order of the later guide; what stands only in the earlier one comes last."""
    before, after = (_told(guide(one, language, others), language) for one in (earlier, later))
    return tuple(
        found
        for place in dict.fromkeys((*after, *before))
        if (found := _between(place, before.get(place, ()), after.get(place, ()))) is not None
    )


def _between(place: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...]) -> Difference | None:
    gone: list[str] = []
    came: list[str] = []
    for kind, first, last, begin, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            gone += before[first:last]
            came += after[begin:end]
    return Difference(place=place, gone=tuple(gone), came=tuple(came)) if gone or came else None


def _told(whole: Section, language: Language) -> _Told:
    """What the guide says, without its title, as that is no place."""
    found: _Told = {(): (begun(said(whole.heading, language)), *(said(line, language) for line in whole.preamble))}
    for section in whole.sections:
        found |= _of_section(section, (), language)
    return found


def _of_section(section: Section, above: tuple[str, ...], language: Language) -> _Told:
    place = (*above, begun(said(section.heading, language)))
    lines = (*(said(line, language) for line in section.preamble), *_lines(section.items, language))
    found: _Told = {place: lines} if lines else {}
    for inner in section.sections:
        found |= _of_section(inner, place, language)
    return found


def _lines(items: tuple[Item, ...], language: Language) -> Iterator[str]:
    for item in items:
        yield begun(said(item.text, language))
        yield from _lines(item.below, language)
