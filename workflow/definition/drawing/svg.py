"""A picture as the text of one `<svg>`. It names classes only: colours and strokes are those of `line.css`."""

from collections.abc import Iterator
from html import escape
from math import hypot

from workflow.definition.drawing.picture import Arc, Box, Exit, Flag, Picture, Point, Rail, Station, Track, Words
from workflow.definition.drawing.wrapping import width_of

_CORNER, _LINK_CORNER = 10, 12
_PLATE = 6  #: to both sides of a text


def svg(picture: Picture, *, style: str = "") -> str:
    """For a page; with a style, a file that stands alone."""
    size = f'viewBox="0 0 {_n(picture.width)} {_n(picture.height)}" width="{_n(picture.width)}" height="{_n(picture.height)}"'
    title = escape(picture.title)
    classes = " ".join(name for name, holds in _kinds(picture) if holds)
    alone = ' xmlns="http://www.w3.org/2000/svg"' if style else ""
    begin = f'<svg{alone} class="{classes}" {size} role="{_role(picture)}" aria-label="{title}">'
    body = "\n".join(_body(picture))
    styled = f"<style>{style}</style>\n" if style else ""
    return f"{begin}\n<title>{title}</title>\n{styled}{body}\n</svg>\n"


def _kinds(picture: Picture) -> tuple[tuple[str, bool], ...]:
    return ("line", True), ("line-upright", picture.upright), ("line-of-case", picture.of_case)


def _role(picture: Picture) -> str:
    """An image has no links within for a screen reader; a group has."""
    hrefs = [*(station.href for station in picture.stations), *(box.href for box in picture.boxes)]
    return "group" if any(hrefs) or any(flag.to is not None for flag in picture.flags) else "img"


def _body(picture: Picture) -> Iterator[str]:
    """Track, rail, boxes, stations, arcs, flags; texts of arcs above all arcs, so that none runs through them."""
    for track in picture.tracks:
        yield from _track(track)
    for rail in picture.rails:
        yield from _rail(rail)
    for exit_ in picture.exits:
        yield from _exit(exit_)
    for bracket in picture.brackets:
        yield f'<path class="line-bracket" d="{_path(bracket.points, 4)}"/>'
    for box in picture.boxes:
        yield from _box(box)
    for station in picture.stations:
        yield from _station(station, picture)
    for arc in picture.arcs:
        yield from _arc(arc)
    for flag in picture.flags:
        yield from _foot(flag)
    for arc in picture.arcs:
        if arc.text is not None:
            yield from _on_plate(arc.text, f"line-turn {_turn(back=arc.back, taken=arc.taken)}")
    for flag in picture.flags:
        yield from _flag(flag, picture)


def _track(track: Track) -> Iterator[str]:
    yield f'<path class="line-track line-{_word(track.mark)}" d="{_path(track.points, _LINK_CORNER)}"/>'
    if track.arrow is not None:
        x, y = track.arrow
        yield f'<path class="line-track-arrow line-{_word(track.mark)}" d="M{_n(x + 4)} {_n(y - 7)}l-8 7l8 7"/>'


def _rail(rail: Rail) -> Iterator[str]:
    name = "line-rail line-taken" if rail.taken else "line-rail"
    if rail.begin < rail.pill:
        yield f'<path class="{name}" d="M{_n(rail.begin)} {_n(rail.y)}H{_n(rail.pill)}"/>'
    x, y = _n(rail.pill), _n(rail.y - 15)
    yield f'<rect class="{name} line-end" x="{x}" y="{y}" width="80" height="30" rx="15"/>'
    yield from _text(rail.text, f"{name}-text")


def _exit(found: Exit) -> Iterator[str]:
    state = "line-taken" if found.taken else "line-now" if found.now else "line-possible"
    if found.points:
        yield f'<path class="line-drop {state}" d="{_path(found.points, 0)}"/>'
        x, y = found.points[-1]
        if found.points[0][0] == x:
            yield f'<circle class="line-drop-end {state}" cx="{_n(x)}" cy="{_n(y)}" r="3"/>'
    if found.text.anchor == "start":
        yield from _text(found.text, f"line-exit line-{found.kind} {state}")
    else:
        yield from _on_plate(found.text, f"line-exit line-{found.kind} {state}")


def _box(box: Box) -> Iterator[str]:
    name = f"line-box line-{box.kind}{' line-now' if box.now else ''}"
    place = f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'
    shape = [f'<rect class="{name}" {place} rx="5"/>'] if box.kind != "more" else []
    if box.kind == "call":
        inner = f'x="{_n(box.x + 3)}" y="{_n(box.y + 3)}" width="{_n(box.width - 6)}" height="{_n(box.height - 6)}"'
        shape.append(f'<rect class="line-box-inner" {inner} rx="3"/>')
    yield from _linked([*shape, *_text(box.text, f"line-box-text line-{box.kind}")], box.href)


def _station(station: Station, picture: Picture) -> Iterator[str]:
    mark = f"line-{_word(station.mark)}"
    parts: list[str] = []
    x, y = _n(station.x), _n(station.y)
    if station.interchange:
        parts.append(f'<circle class="line-interchange" cx="{x}" cy="{y}" r="{18 if not picture.of_case else 13}"/>')
    parts += _of_case(station) if picture.of_case else _of_definition(station)
    name = f' id="{escape(picture.prefix)}-{station.number}"'
    yield f'<g class="line-station {mark}"{name}>'
    said = f"{' '.join(station.label.lines)} {station.disc}".strip()
    yield from _linked(parts, station.href, said)
    yield from _text(station.label, "line-label")
    if station.second is not None:
        yield from _text(station.second, "line-second")
    yield "</g>"


def _of_definition(station: Station) -> list[str]:
    x, y = _n(station.x), _n(station.y)
    if station.is_end:
        return [f'<circle class="line-disc line-done" cx="{x}" cy="{y}" r="10"/>', _check(station)]
    busy = " line-busy" if station.busy else ""
    disc = f'<circle class="line-disc{busy}" cx="{x}" cy="{y}" r="14"/>'
    return [disc, f'<text class="line-count{busy}" x="{x}" y="{_n(station.y + 4.5)}">{escape(station.disc)}</text>']


def _of_case(station: Station) -> list[str]:
    x, y = _n(station.x), _n(station.y)
    match station.mark:
        case "now":
            return [f'<circle class="line-halo" cx="{x}" cy="{y}" r="21"/>', _rays(station), _circle(x, y, "sun", 10)]
        case "done":
            return [_circle(x, y, "disc line-done", 9), _check(station)]
    hollow = _circle(x, y, "disc", 8)
    return [hollow, _circle(x, y, "dot", 3.5)] if station.is_end else [hollow]


def _circle(x: str, y: str, name: str, radius: float) -> str:
    return f'<circle class="line-{name}" cx="{x}" cy="{y}" r="{_n(radius)}"/>'


def _check(station: Station) -> str:
    return f'<path class="line-check" d="M{_n(station.x - 4)} {_n(station.y)}l3 3l5 -6"/>'


def _rays(station: Station) -> str:
    """Short ticks, never stripes that radiate."""
    directions = ((0, -1), (0.7, -0.7), (1, 0), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7))
    ticks = (
        f"M{_n(station.x + 13 * right)} {_n(station.y + 13 * down)}l{_n(4 * right)} {_n(4 * down)}"
        for right, down in directions
    )
    return f'<path class="line-rays" d="{"".join(ticks)}"/>'


def _arc(arc: Arc) -> Iterator[str]:
    path = _path(arc.points, _CORNER)
    yield f'<path class="line-casing" d="{path}"/>'
    yield f'<path class="line-arc {_turn(back=arc.back, taken=arc.taken)}" d="{path}"/>'
    yield f'<path class="line-arrow {_turn(back=arc.back, taken=arc.taken)}" d="{_arrow(*arc.points[-2:])}"/>'


def _foot(flag: Flag) -> Iterator[str]:
    path = _path(flag.foot, 0)
    yield f'<path class="line-casing" d="{path}"/>'
    yield f'<path class="line-arc {_turn(back=flag.back, taken=flag.taken)}" d="{path}"/>'


def _flag(flag: Flag, picture: Picture) -> Iterator[str]:
    name = _turn(back=flag.back, taken=flag.taken)
    place = f'x="{_n(flag.left)}" y="{_n(flag.top)}" width="{_n(flag.width)}" height="22"'
    parts = [f'<rect class="line-flag {name}" {place} rx="11"/>', *_text(flag.text, f"line-turn {name}")]
    yield from _linked(parts, f"#{picture.prefix}-{flag.to}" if flag.to is not None else "")


def _turn(*, back: bool, taken: bool) -> str:
    return f"line-{'back' if back else 'skip'} line-{'taken' if taken else 'possible'}"


def _linked(parts: list[str], href: str, said: str = "") -> Iterator[str]:
    if href:
        label = f' aria-label="{escape(said)}"' if said else ""
        yield f'<a href="{escape(href)}"{label}>'
    yield from parts
    if href:
        yield "</a>"


def _on_plate(words: Words, name: str) -> Iterator[str]:
    width = max(width_of(line, words.size) for line in words.lines) + 2 * _PLATE
    height = words.leading * (len(words.lines) - 1) + 18
    place = f'x="{_n(words.x - width / 2)}" y="{_n(words.y - 13.5)}" width="{_n(width)}" height="{_n(height)}"'
    yield f'<rect class="line-plate" {place}/>'
    yield from _text(words, name)


def _text(words: Words, name: str) -> Iterator[str]:
    start = " line-start" if words.anchor == "start" else ""
    x = _n(words.x)
    lines = []
    for place, line in enumerate(words.lines):
        shown = escape(line)
        if place == 0 and words.number and line.startswith(f"{words.number} "):
            number = escape(words.number)
            shown = f'<tspan class="line-number">{number}</tspan>{escape(line[len(words.number) :])}'
        lines.append(f'<tspan x="{x}" y="{_n(words.y + words.leading * place)}">{shown}</tspan>')
    title = f"<title>{escape(words.full)}</title>" if words.full else ""
    yield f'<text class="{name}{start}">{title}{"".join(lines)}</text>'


def _path(points: tuple[Point, ...], corner: float) -> str:
    """Straight stretches with rounded corners."""
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(corner, _distance(before, point) / 2, _distance(point, after) / 2)
        (left, top), (right, bottom) = _towards(point, before, radius), _towards(point, after, radius)
        parts.append(f"L{_n(left)} {_n(top)}Q{_n(point[0])} {_n(point[1])} {_n(right)} {_n(bottom)}")
    parts.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(parts)


def _arrow(before: Point, end: Point) -> str:
    """Two strokes that meet at the end, along the last stretch."""
    (x, y), (right, down) = end, _direction(before, end)
    back_x, back_y = x - 7 * right, y - 7 * down
    left = (back_x - 5 * down, back_y + 5 * right)
    other = (back_x + 5 * down, back_y - 5 * right)
    return f"M{_n(left[0])} {_n(left[1])}L{_n(x)} {_n(y)}L{_n(other[0])} {_n(other[1])}"


def _towards(begin: Point, end: Point, length: float) -> Point:
    right, down = _direction(begin, end)
    return begin[0] + right * length, begin[1] + down * length


def _direction(begin: Point, end: Point) -> Point:
    length = _distance(begin, end) or 1
    return (end[0] - begin[0]) / length, (end[1] - begin[1]) / length


def _distance(begin: Point, end: Point) -> float:
    return hypot(end[0] - begin[0], end[1] - begin[1])


def _word(mark: str) -> str:
    return mark.replace("_", "-")


def _n(number: float) -> str:
    """At most one decimal, without a zero that says nothing."""
    return f"{number:.1f}".removesuffix(".0")
