"""The column of boxes under a station: what is opened together, other cases, states that are no stations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workflow.definition.drawing.captions import Branch, Captions
from workflow.definition.drawing.picture import Box, Bracket, Words
from workflow.definition.drawing.route import Route
from workflow.definition.drawing.wrapping import SMALL, cut, wrapped
from workflow.text import sentence

_HEIGHT, _SECOND, _APART = 26.0, 16.0, 6.0
_BRACKET, _ELBOW, _STEM = 8.0, 14.0, 6.0
_MOST = 4


@dataclass(frozen=True, slots=True)
class Column:
    boxes: tuple[Box, ...]
    brackets: tuple[Bracket, ...]
    bottom: float  #: the lowest edge; its top, where there is no box


@dataclass(frozen=True, slots=True)
class _Kept:
    """A box before its text is broken: how far it stands to the right, and what its text leaves free."""

    branch: Branch
    kind: Literal["task", "call", "side", "more"]
    right: float = 0
    free: float = 12
    state: str = ""
    now: bool = False


def column(
    state: str, captions: Captions, route: Route, numbers: Mapping[str, int], place: tuple[float, float, float]
) -> Column:
    """The boxes of a station at `place`: left edge, top, width; `numbers`: of stations, where these are shown."""
    kept = [*_opened(state, captions), *_beside(state, captions, route, numbers)]
    boxes: list[Box] = []
    left, top, width = place
    for one in kept:
        boxes.append(_box(one, left, top, width))
        top += boxes[-1].height + _APART
    together = [box for one, box in zip(kept, boxes, strict=True) if one.right == _BRACKET]
    brackets = [*_bracket(together, left), *_elbows(kept, boxes)]
    return Column(tuple(boxes), tuple(brackets), top - _APART if boxes else top)


def _opened(state: str, captions: Captions) -> list[_Kept]:
    branches = captions.branches(state)
    if len(branches) > _MOST:
        more = Branch(captions.said(sentence("{count} in all", count=len(branches))))
        return [*_indented(branches[: _MOST - 1], state, alone=False), _Kept(more, "more", _BRACKET, 10, state)]
    return _indented(branches, state, alone=sum(one.after is None for one in branches) < 2)  # noqa: PLR2004 -- a pair


def _indented(branches: Sequence[Branch], state: str, *, alone: bool) -> list[_Kept]:
    rights: dict[str, float] = {}
    kept: list[_Kept] = []
    for branch in branches:
        before = rights.get(branch.after or "")
        right = before + _ELBOW if before is not None else 0 if alone else _BRACKET
        rights[branch.name] = right
        free = 4 if before is not None else 12 if alone else 10
        kept.append(_Kept(branch, "call" if branch.call else "task", right, free, state))
    return kept


def _beside(state: str, captions: Captions, route: Route, numbers: Mapping[str, int]) -> list[_Kept]:
    kept: list[_Kept] = []
    for side in route.sides:
        if side.under == state:
            goes = captions.side(side, number=numbers.get(side.to or ""))
            branch = Branch(f"{captions.label(side.state)} {goes}".strip())
            kept.append(_Kept(branch, "side", state=side.state, now=side.state == route.current))
    return kept


def _box(one: _Kept, left: float, top: float, width: float) -> Box:
    inner = width - one.right
    text, apart = one.branch.text, one.branch.count
    lines = wrapped(text, SMALL, inner - one.free, 1 if apart else 2)
    if apart:
        lines = (*lines, cut(apart, SMALL, inner - one.free))
    height = _HEIGHT + _SECOND * (len(lines) - 1)
    full = f"{text} {apart}".strip() if any("…" in line for line in lines) else ""
    x = left + one.right
    words = Words(x=x + inner / 2, y=top + 17.5, lines=lines, size=SMALL, leading=_SECOND, full=full)
    return Box(
        kind=one.kind,
        state=one.state,
        x=x,
        y=top,
        width=inner,
        height=height,
        text=words,
        now=one.now,
        href=one.branch.href,
    )


def _bracket(boxes: Sequence[Box], left: float) -> list[Bracket]:
    if len(boxes) < 2:  # noqa: PLR2004 -- one box alone has none
        return []
    middles = [box.y + box.height / 2 for box in boxes]
    spine = ((left + _BRACKET, middles[0]), (left, middles[0]), (left, middles[-1]), (left + _BRACKET, middles[-1]))
    return [Bracket(spine), *(Bracket(((left, y), (left + _BRACKET, y))) for y in middles[1:-1])]


def _elbows(kept: Sequence[_Kept], boxes: Sequence[Box]) -> list[Bracket]:
    by_name = {one.branch.name: box for one, box in zip(kept, boxes, strict=True) if one.kind == "task"}
    found: list[Bracket] = []
    for one, box in zip(kept, boxes, strict=True):
        before = by_name.get(one.branch.after or "")
        if before is not None and one.kind == "task":
            x, middle = before.x + _STEM, box.y + box.height / 2
            found.append(Bracket(((x, before.y + before.height), (x, middle), (box.x, middle))))
    return found
