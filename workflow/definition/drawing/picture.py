"""A laid-out line as frozen values: lengths in px, y grows downward; what is drawn, not how it looks."""

from dataclasses import dataclass
from typing import Literal

from workflow.definition.drawing.route import Mark

Point = tuple[float, float]
Anchor = Literal["middle", "start"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Lines of text; `y` is the baseline of the first."""

    x: float
    y: float
    lines: tuple[str, ...]
    size: float
    leading: float = 18
    anchor: Anchor = "middle"
    number: str = ""  #: with which the first line begins
    full: str = ""  #: the whole text, where it was cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    state: str
    number: int
    row: int
    x: float
    y: float
    label: Words
    second: Words | None
    mark: Mark
    is_end: bool
    interchange: bool  #: other cases are opened here
    disc: str = ""  #: what stands in it
    busy: bool = False  #: cases stand there
    href: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """From a station to the next; between rows with an arrow on the way."""

    points: tuple[Point, ...]
    mark: Literal["plain", "done", "to_come"]
    arrow: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A return, or a skip forward, from foot to foot; the arrow is at the last point."""

    begin: int  #: numbers of stations
    to: int
    back: bool
    taken: bool
    level: int
    points: tuple[Point, ...]
    text: Words | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """What leads to where no arc goes: a foot up to a pill."""

    begin: int
    to: int | None  #: number of a station to link to
    back: bool
    taken: bool
    level: int
    foot: tuple[Point, Point]
    left: float
    top: float
    width: float
    text: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    kind: Literal["task", "call", "side", "more"]
    state: str
    x: float
    y: float
    width: float
    height: float
    text: Words
    now: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Bracket:
    """What is opened together; or an elbow from a box to the one after it."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """Refusals of a station, down to the rail; on an upright line any way off it, in words beside the track."""

    begin: int
    kind: Literal["refusal", "back", "skip"] = "refusal"
    points: tuple[Point, ...]
    text: Words
    now: bool
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rail:
    row: int
    y: float
    begin: float
    pill: float  #: its left edge
    text: Words
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: float
    height: float
    upright: bool
    title: str
    prefix: str  #: of ids, so that several pictures stand on one page
    of_case: bool
    tracks: tuple[Track, ...]
    rails: tuple[Rail, ...]
    exits: tuple[Exit, ...]
    brackets: tuple[Bracket, ...]
    boxes: tuple[Box, ...]
    stations: tuple[Station, ...]
    arcs: tuple[Arc, ...]
    flags: tuple[Flag, ...]
