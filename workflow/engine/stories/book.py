"""The file of stories as values that know their line; what is no word of the language is told at once, with its line."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.definition.expression.kinds import nearest
from workflow.definition.loading import document
from workflow.definition.loading.document import DocumentWrong, Listing, Node, Scalar, plain, read_document
from workflow.engine.stories.vocabulary import BESIDE, BOOK, CLOCK, EXPECTED, GIVEN, LOOK, MAPS, STORY, VERBS
from workflow.errors import Problem
from workflow.text import sentence


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
    problems = list(_unknown(whole, BOOK))
    listing = whole.get("stories")
    if not isinstance(listing, Listing):
        problems.append(Problem("stories", "wrong_type", sentence("A list of stories is wanted."), line=whole.line))
        return None, problems
    problems += _no_map(whole, BOOK - {"stories"})
    base = {key: _map(whole.get(key)) for key in ("units", "cast", "data", "facts")}
    own_round = whole.get("round")
    stories: list[Story] = []
    for item in listing.items:
        if not isinstance(item, document.Mapping):
            problems.append(Problem("stories", "wrong_type", sentence("A story is a map."), line=item.line))
            continue
        problems += _wrong_in_story(item)
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


# --- what is no word of the language


def _wrong_in_story(item: document.Mapping) -> Iterator[Problem]:
    yield from _unknown(item, STORY)
    yield from _no_map(item, ("facts", "given", "round", "data", "expect"))
    given, steps, expect = item.get("given"), item.get("steps"), item.get("expect")
    if isinstance(given, document.Mapping):
        yield from _no_map(given, given.entries)
        for keys in given.entries.values():
            yield from _unknown(keys, GIVEN)
    if steps is not None and not isinstance(steps, Listing):
        yield Problem("steps", "wrong_type", sentence("A list of steps is wanted."), line=steps.line)
    for step in steps.items if isinstance(steps, Listing) else ():
        yield from _wrong_in_step(step)
    yield from _unknown(expect, EXPECTED)


def _wrong_in_step(step: Node) -> Iterator[Problem]:
    if not isinstance(step, document.Mapping):
        yield Problem("steps", "wrong_type", sentence("A step is a map: who, and what he does."), line=step.line)
        return
    yield from _unknown(step, {*VERBS, *CLOCK, LOOK, *BESIDE})
    verbs = [key for key in step.entries if key in VERBS or key in CLOCK or key == LOOK]
    if len(verbs) != 1:
        text = sentence("A step does one thing; this does {found}: {verbs}.", found=len(verbs), verbs=verbs or "–")
        yield Problem("steps", "wrong_type", text, line=step.line)
    yield from _no_map(step, MAPS)
    yield from _unknown(step.get(LOOK), EXPECTED)


def _unknown(node: Node | None, known: Collection[str]) -> Iterator[Problem]:
    for key, line in node.lines.items() if isinstance(node, document.Mapping) else ():
        if key not in known:
            text = sentence("There is no key “{key}” here.", key=key)
            yield Problem(key, "unknown_key", text, nearest(key, known), line=line)


def _no_map(node: document.Mapping, keys: Iterable[str]) -> Iterator[Problem]:
    """Keys whose value is a map; they may be left empty."""
    for key in keys:
        value = node.get(key)
        empty = isinstance(value, Scalar) and plain(value) is None
        if value is not None and not empty and not isinstance(value, document.Mapping):
            yield Problem(key, "wrong_type", sentence("“{key}” wants a map.", key=key), line=value.line)


# --- values


def _map(node: Node | None) -> Mapping[str, Any]:
    return _kept(node) if isinstance(node, document.Mapping) else {}


def _list(node: Node | None) -> list[Any]:
    return [plain(item) for item in node.items] if isinstance(node, Listing) else []


def _kept(node: document.Mapping) -> dict[str, Any]:
    found = plain(node)
    assert isinstance(found, dict)
    return found
