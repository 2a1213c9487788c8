"""What is no word of the language of stories, and what has not the shape that its word wants."""

from collections.abc import Callable, Iterator, Mapping

from workflow.definition.expression.kinds import nearest
from workflow.definition.loading import document
from workflow.definition.loading.document import Listing, Node, Scalar
from workflow.engine.stories.vocabulary import (
    BESIDE,
    BOOK,
    CLOCK,
    EXPECTED,
    GIVEN,
    LOOK,
    PERSON,
    STAND_IN,
    STORY,
    UNIT,
    VERBS,
    Shape,
    Shapes,
)
from workflow.errors import Problem
from workflow.text import Sentence, sentence

_STEP: Shapes = {**VERBS, **CLOCK, **LOOK, **BESIDE}
_DOES = {*VERBS, *CLOCK, *LOOK}
#: So many called cases end in one step, each by itself.
_MOST = 1_000


def look_at_book(whole: document.Mapping) -> Iterator[Problem]:
    yield from _keys(whole, BOOK)
    if whole.get("stories") is None:
        yield Problem("stories", "wrong_type", sentence("A list of stories is wanted."), line=whole.line)


def _keys(node: document.Mapping, known: Shapes, *, open_to_others: bool = False) -> Iterator[Problem]:
    """Keys that are not known, and values that have not the shape which their key wants."""
    for key, value in node.entries.items():
        if key in known:
            yield from _SHAPES[known[key]](value, key)
        elif not open_to_others:
            text = sentence("There is no key “{key}” here.", key=key)
            yield Problem(key, "unknown_key", text, nearest(key, known), line=node.lines[key])


def _wrong(node: Node, key: str, text: Sentence) -> Iterator[Problem]:
    yield Problem(key, "wrong_type", text, line=node.line)


def _is_word(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is not None


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


# --- shapes


def _any(_node: Node, _key: str) -> Iterator[Problem]:
    return iter(())


def _text(node: Node, key: str) -> Iterator[Problem]:
    if not _is_word(node):
        yield from _wrong(node, key, sentence("“{key}” wants one word, number or date.", key=key))


def _said(node: Node, key: str) -> Iterator[Problem]:
    if not _is_empty(node):
        yield from _text(node, key)


def _texts(node: Node, key: str) -> Iterator[Problem]:
    if not _is_empty(node) and not (isinstance(node, Listing) and not node.items):
        yield from _names(node, key)


def _names(node: Node, key: str) -> Iterator[Problem]:
    words = node.items if isinstance(node, Listing) else (node,)
    if not words or not all(map(_is_word, words)):
        yield from _wrong(node, key, sentence("“{key}” wants a name or a list of them.", key=key))


def _map(node: Node, key: str) -> Iterator[Problem]:
    if not _is_empty(node) and not isinstance(node, document.Mapping):
        yield from _wrong(node, key, sentence("“{key}” wants a map.", key=key))


def _entries(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, document.Mapping):
        yield from node.entries.items()


def _maps(node: Node, key: str) -> Iterator[Problem]:
    yield from _map(node, key)
    for name, keys in _entries(node):
        yield from _map(keys, name)
        if isinstance(keys, document.Mapping):
            yield from _keys(keys, GIVEN)


def _words(node: Node, key: str) -> Iterator[Problem]:
    yield from _map(node, key)
    for name, value in _entries(node):
        yield from _said(value, name)


def _counts(node: Node, key: str) -> Iterator[Problem]:
    yield from _map(node, key)
    for name, value in _entries(node):
        yield from _words(value, name) if isinstance(value, document.Mapping) else _said(value, name)


def _times(node: Node, key: str) -> Iterator[Problem]:
    yield from _map(node, key)
    for name, value in _entries(node):
        if not (isinstance(value, Scalar) and type(value.value) is int and 0 <= value.value <= _MOST):
            yield from _wrong(
                value, name, sentence("“{key}” wants to know how often, up to {most}.", key=name, most=_MOST)
            )


def _then(node: Node, key: str) -> Iterator[Problem]:
    known = ["again", "resume"]
    if not isinstance(node, Scalar) or node.text not in known:
        text = node.text if isinstance(node, Scalar) else "…"
        yield from _wrong(node, key, sentence("“{text}” is none of: {words}.", text=text, words=known))


def _person(node: Node, key: str) -> Iterator[Problem]:
    if isinstance(node, document.Mapping) and node.entries:
        yield from _words(node, key)
    elif not _is_word(node):
        yield from _wrong(node, key, sentence("“{key}” wants to know whom.", key=key))


def _choice(node: Node, key: str) -> Iterator[Problem]:
    if isinstance(node, document.Mapping):
        yield from _words(node, key)
    elif not isinstance(node, Listing) or node.items:
        yield from _names(node, key)


def _deed(node: Node, key: str) -> Iterator[Problem]:
    if isinstance(node, Listing):
        yield from _wrong(node, key, sentence("“{key}” wants one word, number or date.", key=key))


def _units(node: Node, key: str) -> Iterator[Problem]:
    yield from _map(node, key)
    for name, keys in _entries(node):
        yield from _map(keys, name)
        if isinstance(keys, document.Mapping):
            yield from _keys(keys, UNIT, open_to_others=True)
            for column in keys.entries.keys() - UNIT.keys():
                yield from _said(keys.entries[column], column)


def _cast(node: Node, key: str) -> Iterator[Problem]:
    yield from _map(node, key)
    for name, keys in _entries(node):
        yield from _map(keys, name)
        if isinstance(keys, document.Mapping):
            yield from _keys(keys, PERSON, open_to_others=True)
            yield from _stand_ins(keys.get("stands_in"))
            for role in keys.entries.keys() - {*PERSON, "stands_in"}:
                yield from _texts(keys.entries[role], role)


def _stand_ins(node: Node | None) -> Iterator[Problem]:
    for one in node.items if isinstance(node, Listing) else () if node is None else (node,):
        if isinstance(one, document.Mapping) and one.get("for") is not None:
            yield from _keys(one, STAND_IN)
        else:
            yield from _wrong(one, "stands_in", sentence("For whom, from when to when? `{{for, from, to}}` is wanted."))


def _stories(node: Node, _key: str) -> Iterator[Problem]:
    if not isinstance(node, Listing):
        yield from _wrong(node, "stories", sentence("A list of stories is wanted."))
        return
    for item in node.items:
        if isinstance(item, document.Mapping):
            yield from _keys(item, STORY)
            yield from _keys_of_look(item.get("expect"))
        else:
            yield from _wrong(item, "stories", sentence("A story is a map."))


def _steps(node: Node, _key: str) -> Iterator[Problem]:
    if not isinstance(node, Listing):
        yield from _wrong(node, "steps", sentence("A list of steps is wanted."))
        return
    for step in node.items:
        if not isinstance(step, document.Mapping):
            yield from _wrong(step, "steps", sentence("A step is a map: who, and what he does."))
            continue
        yield from _keys(step, _STEP)
        verbs = [key for key in step.entries if key in _DOES]
        if len(verbs) != 1:
            text = sentence("A step does one thing; this does {found}: {verbs}.", found=len(verbs), verbs=verbs or "–")
            yield Problem("steps", "wrong_type", text, line=step.line)
        yield from _keys_of_look(step.get("expect"))


def _keys_of_look(node: Node | None) -> Iterator[Problem]:
    if isinstance(node, document.Mapping):
        yield from _keys(node, EXPECTED)


Looking = Callable[[Node, str], Iterator[Problem]]


_SHAPES: Mapping[Shape, Looking] = {
    "any": _any,
    "text": _text,
    "said": _said,
    "texts": _texts,
    "names": _names,
    "map": _map,
    "maps": _maps,
    "words": _words,
    "counts": _counts,
    "times": _times,
    "person": _person,
    "then": _then,
    "choice": _choice,
    "deed": _deed,
    "units": _units,
    "cast": _cast,
    "stories": _stories,
    "steps": _steps,
}
