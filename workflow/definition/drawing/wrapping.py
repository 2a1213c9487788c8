"""How wide a text is, where a label breaks, what is cut: without a font, so that every machine draws the same."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from unicodedata import east_asian_width

SMALL = 13.0  #: px, of all texts but labels
#: In em: a Chinese sign, and any other.
_WIDE, _NARROW = 1.0, 0.54
_EVEN = 5.0  #: lines that break at a word differ by at most so many em
_CUT = "…"
#: A label breaks best before one of these.
_OFFICE_WORD = re.compile(
    r"总工会|社会保障|行政部门|部门|大会|委员会|代表会|组织部|工作组|评审组|小组|办公会|办公室|评议会|评选会|协商|自评|初审|复审|终审|审查"
    r"|审核|审议|审定|审批|审计|联审|核对|核查|核定|核拨|逐条|检查|验收|评分|评议|测评|评定|公示|公告|公布"
    r"|备案|报告|上报|命名|整改|申诉|复核|复查|处理|确认|签字|协调|意见|名单|方案|记功|主席"
)
_BREAK_AFTER = frozenset("、，；：和与及并 ")
_NEVER_FIRST = frozenset("，。；：！？、）】》」』”’…,.;:!?)]}%·")
_NEVER_LAST = frozenset("（【《「『“‘([{")


def width_of(text: str, size: float) -> float:
    """In px, of one line."""
    return size * _em(text)


def wrapped(text: str, size: float, most: float, lines: int) -> tuple[str, ...]:
    """The least number of lines none of which is wider than `most` px; cut where more than `lines` were needed."""
    return _wrapped(" ".join(text.split()), most / size, lines)


def cut(text: str, size: float, most: float) -> str:
    """One line."""
    return _cut(" ".join(text.split()), most / size)


@cache
def _wrapped(text: str, most: float, lines: int) -> tuple[str, ...]:
    if _em(text) <= most:
        return (text,)
    allowed = [place for place in range(1, len(text)) if _may_break(text, place)]
    preferred = [place for place in allowed if _breaks_well(text, place)]
    for count in range(2, lines + 1):
        even = min(_ways(text, preferred, count, most), key=_spread, default=None)
        if even is not None and _spread(even) <= _EVEN:
            return even
        even = min(_ways(text, allowed, count, most), key=_spread, default=None)
        if even is not None:
            return even
    return _filled(text, allowed, most, lines)


def _ways(text: str, places: Sequence[int], count: int, most: float, start: int = 0) -> Iterator[tuple[str, ...]]:
    """All ways to break the rest into so many lines that fit."""
    rest = text[start:].strip()
    if count == 1:
        if _em(rest) <= most:
            yield (rest,)
        return
    if _em(rest) > count * most:
        return
    for place in places:
        if place > start:
            line = text[start:place].strip()
            if _em(line) > most:
                return
            for others in _ways(text, places, count - 1, most, place):
                yield (line, *others)


def _filled(text: str, places: Sequence[int], most: float, lines: int) -> tuple[str, ...]:
    """Line by line as much as fits; the last one is cut."""
    found: list[str] = []
    start = 0
    while len(found) < lines - 1:
        fitting = [place for place in places if place > start and _em(text[start:place].strip()) <= most]
        if not fitting:
            break
        found.append(text[start : fitting[-1]].strip())
        start = fitting[-1]
    return (*found, _cut(text[start:].strip(), most))


def _cut(text: str, most: float) -> str:
    if _em(text) <= most:
        return text
    kept = len(text)
    while kept and _em(text[:kept].rstrip() + _CUT) > most:
        kept -= 1
    return text[:kept].rstrip() + _CUT


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if after == " " or after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    if before == " ":
        return not (place > 1 and (text[place - 2].isdigit() or text[place - 2] == "→"))
    if before.isdigit():
        return False  # a number and its measure word
    return _is_wide(before) or _is_wide(after)


def _breaks_well(text: str, place: int) -> bool:
    return text[place - 1] in _BREAK_AFTER or _OFFICE_WORD.match(text, place) is not None


def _spread(lines: Sequence[str]) -> float:
    widths = [_em(line) for line in lines]
    return max(widths) - min(widths)


def _em(text: str) -> float:
    return sum(_WIDE if _is_wide(sign) else _NARROW for sign in text)


def _is_wide(sign: str) -> bool:
    """What a Chinese font draws as wide as a Chinese sign, such as an arrow or a quotation mark."""
    return east_asian_width(sign) in "WFA"
