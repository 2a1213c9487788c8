"""Files spoilt in one place: a node replaced, wrapped, renamed, doubled or taken out, as slips of a hand do it."""

import copy
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

Path = tuple[Any, ...]

VALUES: tuple[Any, ...] = (None, True, False, 0, 7, -1, 1.5, 10**17, [], {}, [None], [[]], {"a": None})
WORDS = (
    *("previous", "any", "cancelled", "all", "never", "due", "starter", "public", "up", "again", "round.x", "unit"),
    *("²", "9" * 5000, "9999-12-31", "0001-01-01", "2026-02-30", "x" * 3000, "{}", "{a}", "yes", "-", "", " "),
    *("every day", "100 years", "100 years after started", "every 1 minutes", "today", "1/0", "a.b.c", "1e400", "NaN"),
)
PIECES = ("", "'", '"', "(", ")", "+", "- 1", "{", "}", "²", " ", "x", "9", ".")


def spoilt(chance: Random, whole: Any, other: Any) -> str:
    """The text of a file with one to three slips in it; some bring in a piece of another."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        whole = json.loads(json.dumps(_slip(chance, copy.deepcopy(whole), other)))
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _slip(chance: Random, whole: Any, other: Any) -> Any:
    places = list(_places(whole))
    if not places:
        return whole
    place = chance.choice(places)
    parent, key = _at(whole, place[:-1]), place[-1]
    old = parent[key]
    match chance.randrange(9):
        case 0:
            parent[key] = chance.choice(VALUES)
        case 1:
            parent[key] = chance.choice(WORDS)
        case 2:
            parent[key] = [old]
        case 3:
            parent[key] = {chance.choice(("a", "zh", "to", "who", "when", "by", "at")): old}
        case 4:
            del parent[key]
        case 5 if isinstance(parent, dict):
            _rename(chance, parent, key, places)
        case 6:
            source = chance.choice((whole, other))
            found = list(_places(source))
            parent[key] = copy.deepcopy(_at(source, chance.choice(found))) if found else None
        case 7 if isinstance(old, str) and old:
            cut = chance.randrange(len(old))
            parent[key] = old[:cut] + chance.choice(PIECES) + old[cut + 1 :]
        case 8 if isinstance(old, list):
            parent[key] = old + old
    return whole


def _rename(chance: Random, parent: dict[str, Any], key: str, places: Sequence[Path]) -> None:
    names = [place[-1] for place in places if isinstance(place[-1], str)]
    parent[chance.choice((*WORDS, *names))] = parent[key]
    if chance.random() < 1 / 2:
        parent.pop(key, None)


def _places(node: Any, path: Path = ()) -> Iterator[Path]:
    """Where something stands; not the whole itself."""
    keys = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, inner in keys:
        yield (*path, key)
        yield from _places(inner, (*path, key))


def _at(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node
