"""The file of stories as values that know their line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.definition.loading import document
from workflow.definition.loading.document import DocumentWrong, Listing, Node, Scalar, plain, read_document
from workflow.errors import Problem
from workflow.text import sentence

_BOOK = frozenset({"units", "cast", "round", "data", "facts", "stories"})
_STORY = frozenset({"story", "on", "lot", "facts", "given", "round", "data", "steps", "expect"})


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
    problems = [_unknown(key, whole.lines[key]) for key in whole.entries if key not in _BOOK]
    listing = whole.get("stories")
    if not isinstance(listing, Listing):
        problems.append(Problem("stories", "wrong_type", sentence("A list of stories is wanted."), line=whole.line))
        return None, problems
    base = {key: _map(whole.get(key)) for key in ("units", "cast", "data", "facts")}
    own_round = whole.get("round")
    stories: list[Story] = []
    for item in listing.items:
        if not isinstance(item, document.Mapping):
            problems.append(Problem("stories", "wrong_type", sentence("A story is a map."), line=item.line))
            continue
        problems += [_unknown(key, item.lines[key]) for key in item.entries if key not in _STORY]
        stories.append(_story(item, base, own_round))
    if problems:
        return None, problems
    return Book(units=base["units"], cast=base["cast"], stories=tuple(stories)), []


def _story(item: document.Mapping, base: Mapping[str, Mapping[str, Any]], own_round: Node | None) -> Story:
    title, on, expect = item.get("story"), item.get("on"), item.get("expect")
    steps = item.get("steps")
    found = steps.items if isinstance(steps, Listing) else ()
    has_round = own_round is not None or item.get("round") is not None or item.get("given") is not None
    return Story(
        title=title.text if isinstance(title, Scalar) else "?",
        line=item.line,
        on=on.text if isinstance(on, Scalar) else "2026-03-02 09:00",
        lot=tuple(str(name) for name in _list(item.get("lot"))),
        facts={**base["facts"], **_map(item.get("facts"))},
        given=_map(item.get("given")),
        round={**_map(own_round), **_map(item.get("round"))} if has_round else None,
        data={**base["data"], **_map(item.get("data"))},
        steps=tuple(StoryStep(_map(step), step.line) for step in found),
        expect=None if expect is None else StoryStep({"expect": _map(expect)}, expect.line),
    )


def _map(node: Node | None) -> Mapping[str, Any]:
    return _kept(node) if isinstance(node, document.Mapping) else {}


def _list(node: Node | None) -> list[Any]:
    return [plain(item) for item in node.items] if isinstance(node, Listing) else []


def _kept(node: document.Mapping) -> dict[str, Any]:
    found = plain(node)
    assert isinstance(found, dict)
    return found


def _unknown(key: str, line: int) -> Problem:
    return Problem(key, "unknown_key", sentence("There is no key “{key}” here.", key=key), line=line)
