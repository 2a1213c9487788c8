"""Changes of a round and its sittings."""

from datetime import datetime
from typing import Literal

from msgspec import field

from workflow.engine.changes.change import Change
from workflow.engine.changes.of_entries import EntryChange
from workflow.engine.directory import Principal
from workflow.engine.subject import Figure, FixedFigure, Holder, Sitting, Timer


class RoundOpened(Change, frozen=True, kw_only=True, tag="round_opened"):
    id: str
    definition: str
    version: int
    unit: Principal
    opened_by: Principal | None = None
    at: datetime
    nominal: str
    title_zh: str
    title_en: str


class RoundClosed(Change, frozen=True, kw_only=True, tag="round_closed"):
    at: datetime


class RoundOver(Change, frozen=True, kw_only=True, tag="round_over"):
    at: datetime | None  #: None: a case was reopened


class FiguresFixed(Change, frozen=True, kw_only=True, tag="figures_fixed"):
    """The round is over: these are its figures, of these cases, whatever becomes of units and dates."""

    at: datetime
    figures: dict[str, FixedFigure]
    cases: tuple[tuple[str, int, str], ...]  #: id, number of events and head of each
    sha256: str


class FiguresReleased(Change, frozen=True, kw_only=True, tag="figures_released"):
    """They are live again, as these cases were reopened or corrected."""

    at: datetime
    cases: tuple[str, ...] = ()


class SittingOpened(Change, frozen=True, kw_only=True, tag="sitting_opened"):
    sitting: Sitting


class SittingFigures(Change, frozen=True, kw_only=True, tag="sitting_figures"):
    number: int
    figures: dict[str, dict[str, Figure]]
    lots: dict[str, int]


class CaseLeftSitting(Change, frozen=True, kw_only=True, tag="case_left_sitting"):
    number: int
    case: str


class SittingClosed(Change, frozen=True, kw_only=True, tag="sitting_closed"):
    number: int


class MomentPassed(Change, frozen=True, kw_only=True, tag="moment_passed"):
    """The moment to sit in a state has come: who arrives later sits at once."""

    state: str


class InSitting(Change, frozen=True, kw_only=True, tag="in_sitting"):
    number: int
    change: EntryChange


class RoundTimerSet(Change, frozen=True, kw_only=True, tag="round_timer_set"):
    timer: Timer


class RoundTimerCleared(Change, frozen=True, kw_only=True, tag="round_timer_cleared"):
    timer: int
    fired: bool = False


class Settled(Change, frozen=True, kw_only=True, tag="settled"):
    """What a sitting decided for one case; the case answers with a step of its own."""

    case: str
    entry: int
    trigger: str
    figures: dict[str, Figure] = field(default_factory=dict)
    deciders: tuple[Holder, ...] = ()  #: who decided or voted on it
    to: str | None = None
    then: Literal["again", "resume"] | None = None


RoundChange = (
    RoundOpened
    | RoundClosed
    | RoundOver
    | FiguresFixed
    | FiguresReleased
    | SittingOpened
    | SittingFigures
    | CaseLeftSitting
    | SittingClosed
    | MomentPassed
    | InSitting
    | RoundTimerSet
    | RoundTimerCleared
    | Settled
)
