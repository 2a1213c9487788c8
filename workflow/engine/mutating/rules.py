"""The rules of a definition that can be changed, one at a time, and how."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from workflow.definition.loading.document import Listing, Mapping, Node, Scalar, plain, written
from workflow.engine.mutating.changing import Mutation, Path, scalar
from workflow.engine.mutating.expressions import variants
from workflow.text import sentence

#: What people read, what only pages show, and the claims themselves: changed, it would be another text and no other rule.
_WORDS: Final = frozenset(
    {
        *("title", "about", "label", "say", "help", "heading", "options", "prove", "renames", "number", "subject"),
        *("see", "show", "hide", "personal", "sensitive", "type", "accept", "max_size", "hide_groups_under", "labels"),
    }
)
#: Rules that are left out whole.
_LEFT_OUT: Final = frozenset(
    {
        *(
            "when",
            "required",
            "due",
            "then",
            "sign",
            "secret",
            "clock",
            "anonymous",
            "changeable",
            "closed_by",
            "quorum",
        ),
        *(
            "vacant",
            "automatic",
            "after",
            "extend",
            "pause",
            "tie",
            "drop",
            "opinion",
            "latest",
            "correct",
            "late",
            "sense",
        ),
        *("plausible", "default", "grades", "at_most", "until", "decide", "override", "else"),
    }
)
#: Lists of rules, or one alone: each is left out by itself.
_EACH: Final = frozenset({"remind", "escalate", "tell", "do", "checks", "once", "plausible", "tie"})
#: Maps of rules: each is left out by itself.
_EACH_KEY: Final = frozenset({"recuse", "operations", "anytime"})
#: What holds anyway where it is not written, so that nothing changes without it.
_USUAL: Final = frozenset(
    {("until", "all"), ("clock", "hold"), ("clock", "again"), ("decide", "all"), ("then", "again"), ("vacant", "hold")}
)
#: Maps whose keys are names that the author has chosen.
_NAMED: Final = frozenset(
    {"states", "fields", "people", "columns", "anytime", "figures", "criteria", "tasks", "triggers", "operations"}
)
_TERMS: Final = frozenset(
    {"due", "length", "until", "latest", "remind", "escalate", "term", "extend", "pause", "at", "by"}
)
_COUNTS: Final = frozenset({"sign", "at_least", "draw", "choose", "seats", "times", "most", "points", "value"})
_TRUTHS: Final = frozenset({"when", "that", "quorum", "pass", "required"})
_NUMBERS: Final = frozenset({"value", "seats", "count", "sum", "budget"})
_OTHER_CLOCK: Final = {"hold": "run", "run": "hold", "again": "run"}
_COUNT: Final = re.compile(r"\b\d+(?= (?:working days?|days?|weeks?|months?|years?|hours?|minutes?|%))")
_LONGEST: Final = 80


def mutations(whole: Mapping) -> Iterator[Mutation]:
    """Every rule of the document changed in each way that is known, in the order of the file."""
    seen: set[object] = set()
    for mutation in sorted(_of(whole, ()), key=lambda found: found.line):
        mark = tuple((path, None if node is None else written(plain(node))) for path, node in mutation.edits)
        if mark not in seen:
            seen.add(mark)
            yield mutation


def _of(node: Node, path: Path) -> Iterator[Mutation]:
    match node:
        case Mapping():
            for key, entry in node.entries.items():
                if key not in _WORDS or _is_name(path):
                    yield from _of_key(node, key, entry, path)
                    yield from _of(entry, (*path, key))
        case Listing(items=items):
            for number, item in enumerate(items):
                yield from _of(item, (*path, number))


def _is_name(path: Path) -> bool:
    """Whether the keys here are names that the author has chosen, and no words of the language."""
    return bool(path) and path[-1] in _NAMED


def _of_key(node: Mapping, key: str, entry: Node, path: Path) -> Iterator[Mutation]:
    here, line = (*path, key), node.lines[key]
    if path and path[-1] in _EACH_KEY:
        yield _without(here, line, key, entry)
        if path[-1] == "recuse":
            yield from _each(here, key, entry)
    if _is_name(path):
        yield from _of_named(here, line, entry)
        return
    if key in _LEFT_OUT and not _is_usual(key, entry):
        yield _without(here, line, key, entry)
    if key in _EACH:
        yield from _each(here, key, entry)
    if key == "to" and len(here) == 3 and path[0] == "states" and isinstance(entry, Mapping):  # noqa: PLR2004 -- of a state
        yield from _of_triggers(entry, here)
    if key in ("to", "due", "length", "term") or (path and path[-1] == "to"):
        yield from _of_alternatives(here, entry)
    yield from _of_value(here, line, key, entry)


def _is_usual(key: str, entry: Node) -> bool:
    return isinstance(entry, Scalar) and (entry.value is False or (key, entry.text) in _USUAL)


def _of_named(here: Path, line: int, entry: Node) -> Iterator[Mutation]:
    """What stands directly under a name of the author's: the parts of a people entry, points of a criterion."""
    if here[-2] == "people" and isinstance(entry, Listing):
        yield from _each(here, str(here[-1]), entry)
    if here[-2] == "criteria" and isinstance(entry, Scalar):
        yield from _by_one(here, line, entry)


def _of_triggers(to: Mapping, here: Path) -> Iterator[Mutation]:
    for trigger, target in to.entries.items():
        if len(to.entries) > 1:
            yield _without((*here, trigger), to.lines[trigger], trigger, target)
        yield from _of_alternatives((*here, trigger), target)
    for (one, first), (other, second) in pairwise(to.entries.items()):
        if written(plain(first)) != written(plain(second)):
            what = sentence("“{one}” and “{other}” change their targets", one=one, other=other)
            edits = (((*here, one), second), ((*here, other), first))
            yield Mutation((*here, one), to.lines[one], what, edits)


def _of_alternatives(here: Path, entry: Node) -> Iterator[Mutation]:
    """Of several the first that holds is taken: one is left out, or two stand the other way round."""
    if not isinstance(entry, Listing) or not any(
        isinstance(item, Mapping) and item.get("when") for item in entry.items
    ):
        return
    yield from _each(here, str(here[-1]), entry)
    for number, (one, other) in enumerate(pairwise(entry.items)):
        what = sentence("{one} and {other} stand the other way round", one=_short(one), other=_short(other))
        edits = (((*here, number), other), ((*here, number + 1), one))
        yield Mutation((*here, number), one.line, what, edits)


def _each(here: Path, key: str, entry: Node) -> Iterator[Mutation]:
    items = entry.items if isinstance(entry, Listing) else ()
    if len(items) < 2:  # noqa: PLR2004 -- then the whole
        yield _without(here, entry.line, key, entry)
        return
    for number, item in enumerate(items):
        yield _without((*here, number), item.line, key, item)


def _of_value(here: Path, line: int, key: str, entry: Node) -> Iterator[Mutation]:
    if key in ("remind", "escalate") and isinstance(entry, Listing):
        for number, item in enumerate(entry.items):
            yield from _of_term((*here, number), item)
    if not isinstance(entry, Scalar):
        return
    if key == "clock" and entry.text in _OTHER_CLOCK:
        yield _becomes(here, line, entry, _OTHER_CLOCK[entry.text])
    elif key in _TERMS and isinstance(entry.value, str):
        yield from _of_term(here, entry)
    if key == "decide" and entry.text in ("all", "any", "most", "in_turn"):
        yield _becomes(here, line, entry, "any" if entry.text != "any" else "all")
    if key in _COUNTS or key in ("min", "max"):
        yield from _by_one(here, line, entry)
    above = here[-2] if len(here) > 1 else ""
    if key in _TRUTHS or key in _NUMBERS or above == "decide" or "parts" in here:
        yield from _of_expression(here, line, entry, truth=key in _TRUTHS or above == "decide")
    if key in ("draw", "at_most", "portion"):
        yield from _of_term(here, entry)


def _of_expression(here: Path, line: int, entry: Scalar, *, truth: bool) -> Iterator[Mutation]:
    if isinstance(entry.value, str):
        for variant in variants(entry.value, truth=truth):
            yield _becomes(here, line, entry, variant)


def _of_term(here: Path, entry: Node) -> Iterator[Mutation]:
    """A span by one."""
    if isinstance(entry, Scalar):
        for found in _COUNT.finditer(entry.text):
            new = f"{entry.text[: found.start()]}{int(found[0]) + 1}{entry.text[found.end() :]}"
            yield _becomes(here, entry.line, entry, new)


def _by_one(here: Path, line: int, entry: Scalar) -> Iterator[Mutation]:
    """A number by one; of the least value of a form, downwards."""
    if isinstance(entry.value, int | float) and not isinstance(entry.value, bool):
        yield _becomes(here, line, entry, entry.value + (-1 if here[-1] == "min" else 1))


def _without(path: Path, line: int, key: str, entry: Node) -> Mutation:
    return Mutation(path, line, sentence("without {rule}", rule=_short(entry, key)), ((path, None),))


def _becomes(path: Path, line: int, entry: Scalar, new: str | float) -> Mutation:
    what = sentence("“{old}” becomes “{new}”", old=entry.text[:_LONGEST], new=str(new)[:_LONGEST])
    return Mutation(path, line, what, ((path, scalar(new, entry.line)),))


def _short(entry: Node, key: str | None = None) -> str:
    text = written(plain(entry))
    text = text if key is None else f"{key}: {text}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
