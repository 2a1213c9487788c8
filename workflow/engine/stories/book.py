"""The file of stories as values that know their line; what is no word of the language is told at once, with its line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.definition.loading import document
from workflow.definition.loading.document import DocumentWrong, Listing, Node, Scalar, plain, read_document
from workflow.engine.stories.shapes import look_at_book
from workflow.errors import Problem


@dataclass(frozen=True, slots=True)
class StoryStep:
    does: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    title: str
    line: int
    on: str
    lot: tuple[str, ...]
    facts: Mapping[str, Any]
    given: Mapping[str, Any]
    round: Mapping[str, Any] | None
    data: Mapping[str, Any]
    steps: tuple[StoryStep, ...]
    expect: StoryStep | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    units: Mapping[str, Any]
    cast: Mapping[str, Any]
    stories: tuple[Story, ...]


def read_book(text: str) -> tuple[Book | None, list[Problem]]:
    """The book, or what is wrong with the file."""
    try:
        whole = read_document(text)
    except DocumentWrong as wrong:
        return None, wrong.problems
    problems = list(look_at_book(whole))
    if problems:
        return None, problems
    base = {key: _map(whole.get(key)) for key in ("units", "cast", "data", "facts")}
    listing, own_round = whole.get("stories"), whole.get("round")
    items = listing.items if isinstance(listing, Listing) else ()
    stories = tuple(_story(item, base, own_round) for item in items if isinstance(item, document.Mapping))
    return Book(units=base["units"], cast=base["cast"], stories=stories), []


def _story(item: document.Mapping, base: Mapping[str, Mapping[str, Any]], own_round: Node | None) -> Story:
    title, on, expect = item.get("story"), item.get("on"), item.get("expect")
    steps = item.get("steps")
    found = steps.items if isinstance(steps, Listing) else ()
    has_round = own_round is not None or item.get("round") is not None or item.get("given") is not None
    return Story(
        title=title.text if isinstance(title, Scalar) else "?",
        line=item.line,
        on=on.text if isinstance(on, Scalar) else "2026-03-02 09:00",
        lot=_texts(item.get("lot")),
        facts={**base["facts"], **_map(item.get("facts"))},
        given=_map(item.get("given")),
        round={**_map(own_round), **_map(item.get("round"))} if has_round else None,
        data={**base["data"], **_map(item.get("data"))},
        steps=tuple(StoryStep(_map(step), step.line) for step in found),
        expect=None if expect is None else StoryStep({"expect": _map(expect)}, expect.line),
    )


def _map(node: Node | None) -> Mapping[str, Any]:
    if not isinstance(node, document.Mapping):
        return {}
    found = plain(node)
    assert isinstance(found, dict)
    return found


def _texts(node: Node | None) -> tuple[str, ...]:
    """One thing alone counts as a list of it."""
    items = node.items if isinstance(node, Listing) else () if node is None else (node,)
    return tuple(item.text for item in items if isinstance(item, Scalar) and item.value is not None)
