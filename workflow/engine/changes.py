"""What a step consists of: an ordered list of changes, each applied without thinking.

They are the results, not the reasons, and stand in the history; folding them over a subject gives the next. Attributes
named in PRIVATE hold words or persons' data and are kept beside the history, so that they can be erased.
"""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from workflow.engine.directory import Principal
from workflow.engine.subject import (
    Answer,
    Ballot,
    Called,
    Card,
    Figure,
    Holder,
    Incident,
    Notice,
    Objection,
    Paper,
    Pause,
    Sitting,
    Standing,
    Task,
    Timer,
    Vote,
)


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="#"):
    """One thing that is different afterwards."""


# --- in one entry of a state, of a case or of a sitting ----------------------------------------------------------------


class TaskOpened(Change, frozen=True, kw_only=True, tag="task_opened"):
    task: Task


class TaskChanged(Change, frozen=True, kw_only=True, tag="task_changed"):
    task: Task


class TaskClosed(Change, frozen=True, kw_only=True, tag="task_closed"):
    task: int
    why: Literal["decided", "not_needed", "expired", "replaced"]
    by: Holder | None = None
    trigger: str | None = None


class Asked(Change, frozen=True, kw_only=True, tag="asked"):
    """How many tasks an entry of `tasks` opened."""

    name: str
    count: int


class Answered(Change, frozen=True, kw_only=True, tag="answered"):
    """An answer that is joined with others."""

    key: str
    answer: Answer


class TimerSet(Change, frozen=True, kw_only=True, tag="timer_set"):
    timer: Timer


class TimerCleared(Change, frozen=True, kw_only=True, tag="timer_cleared"):
    timer: int
    fired: bool = False


class BallotOpened(Change, frozen=True, kw_only=True, tag="ballot_opened"):
    ballot: Ballot


class VoteTaken(Change, frozen=True, kw_only=True, tag="vote_taken"):
    """Of a secret ballot, only that somebody voted."""

    vote: Vote


class ElectorateChanged(Change, frozen=True, kw_only=True, tag="electorate_changed"):
    electorate: tuple[Holder, ...]


class BallotClosed(Change, frozen=True, kw_only=True, tag="ballot_closed"):
    counts: dict[str, int]


class CardTaken(Change, frozen=True, kw_only=True, tag="card_taken"):
    card: Card


class NoticeBegan(Change, frozen=True, kw_only=True, tag="notice_began"):
    notice: Notice


class NoticeHeld(Change, frozen=True, kw_only=True, tag="notice_held"):
    at: datetime
    left: int


class NoticeWentOn(Change, frozen=True, kw_only=True, tag="notice_went_on"):
    at: datetime
    ends: datetime


class NoticeEnded(Change, frozen=True, kw_only=True, tag="notice_ended"):
    at: datetime


class ObjectionTaken(Change, frozen=True, kw_only=True, tag="objection_taken"):
    objection: Objection
    text: str
    name: str | None = None
    contact: str | None = None
    evidence: tuple[str, ...] = ()
    receipt: str | None = None  #: the digest of its code


class ObjectionAnswered(Change, frozen=True, kw_only=True, tag="objection_answered"):
    objection: Objection


class CallMade(Change, frozen=True, kw_only=True, tag="call_made"):
    called: Called


class CallEnded(Change, frozen=True, kw_only=True, tag="call_ended"):
    number: int
    state: str


class Drawn(Change, frozen=True, kw_only=True, tag="drawn"):
    people: str
    persons: tuple[Holder, ...]
    seed: str


class PauseBegan(Change, frozen=True, kw_only=True, tag="pause_began"):
    pause: Pause


class PauseEnded(Change, frozen=True, kw_only=True, tag="pause_ended"):
    days: int


class Acted(Change, frozen=True, kw_only=True, tag="acted"):
    """Somebody did something here: what was decided before cannot be taken back any more."""


EntryChange = (
    TaskOpened
    | TaskChanged
    | TaskClosed
    | Asked
    | Answered
    | TimerSet
    | TimerCleared
    | BallotOpened
    | VoteTaken
    | ElectorateChanged
    | BallotClosed
    | CardTaken
    | NoticeBegan
    | NoticeHeld
    | NoticeWentOn
    | NoticeEnded
    | ObjectionTaken
    | ObjectionAnswered
    | CallMade
    | CallEnded
    | Drawn
    | PauseBegan
    | PauseEnded
    | Acted
)


# --- of a case ---------------------------------------------------------------------------------------------------------


class Started(Change, frozen=True, kw_only=True, tag="started"):
    id: str
    definition: str
    version: int
    unit: Principal
    starter: Holder | None = None
    concerned: Holder | None = None
    round: str | None = None
    parent: str | None = None
    number: str | None = None
    at: datetime


class Titled(Change, frozen=True, kw_only=True, tag="titled"):
    """The line that names the case in lists."""

    subject: str


class DataSet(Change, frozen=True, kw_only=True, tag="data_set"):
    values: dict[str, Any]


class FigureSet(Change, frozen=True, kw_only=True, tag="figure_set"):
    state: str
    figures: dict[str, Figure]


class Left(Change, frozen=True, kw_only=True, tag="left"):
    state: str
    trigger: str
    by: Holder | None = None  #: who decided it; None: the clock, a count, a sitting
    standing: Standing | None = None  #: of a clock that will go on


class Entered(Change, frozen=True, kw_only=True, tag="entered"):
    state: str
    at: datetime
    came_from: str | None = None
    trigger: str | None = None
    back_to: str | None = None
    waiting: bool = False
    end: bool = False
    given: bool = False  #: put there by a story, as if it came from before


class Decided(Change, frozen=True, kw_only=True, tag="decided"):
    """Who acted in a state: for recusal, `decided`, and the right to read from now on."""

    state: str
    by: Holder


class ConcernedSet(Change, frozen=True, kw_only=True, tag="concerned_set"):
    concerned: Holder | None


class Returned(Change, frozen=True, kw_only=True, tag="returned"):
    state: str


class MayTakeBack(Change, frozen=True, kw_only=True, tag="may_take_back"):
    """The entry that was left by one person's decision, for as long as he may take it back."""

    by: Principal


class TakenBack(Change, frozen=True, kw_only=True, tag="taken_back"):
    pass


class Recused(Change, frozen=True, kw_only=True, tag="recused"):
    """Taken out for the whole case, for an interest that he declared."""

    person: Holder


class Copied(Change, frozen=True, kw_only=True, tag="copied"):
    person: Principal


class PaperCame(Change, frozen=True, kw_only=True, tag="paper_came"):
    paper: Paper


class Urged(Change, frozen=True, kw_only=True, tag="urged"):
    key: str
    at: datetime


class Suspended(Change, frozen=True, kw_only=True, tag="suspended"):
    at: datetime
    standing: dict[str, Standing]


class Resumed(Change, frozen=True, kw_only=True, tag="resumed"):
    pass


class IncidentRaised(Change, frozen=True, kw_only=True, tag="incident_raised"):
    incident: Incident


class IncidentCleared(Change, frozen=True, kw_only=True, tag="incident_cleared"):
    number: int


# --- of a round --------------------------------------------------------------------------------------------------------


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
    figures: dict[str, Figure] = {}
    deciders: tuple[Holder, ...] = ()  #: who decided or voted on it
    to: str | None = None
    then: Literal["again", "resume"] | None = None


# --- what is to be done afterwards; these change no subject ------------------------------------------------------------


class Told(Change, frozen=True, kw_only=True, tag="told"):
    """A message to persons, posts or who has a link."""

    who: tuple[Holder, ...]
    kind: Literal[
        "task",
        "reminder",
        "escalation",
        "returned",
        "ended",
        "state",
        "objection",
        "urged",
        "copied",
        "round",
        "delegated",
    ]
    task: int | None = None
    text: str | None = None  #: a text of the definition's folder
    state: str | None = None
    due: datetime | None = None
    late: bool = False
    case: str | None = None  #: of a round's cases the one whose links they are


class Effect(Change, frozen=True, kw_only=True, tag="effect"):
    kind: Literal[
        "grant",
        "revoke",
        "suspend",
        "restore",
        "benefit",
        "start",
        "open",
        "document",
        "indicators",
        "set_round",
        "call",
        "answer_caller",
        "gather",
        "lapse",
        "open_cases",
        "reckon_again",
    ]
    arguments: dict[str, Any] = {}


class LateObjection(Change, frozen=True, kw_only=True, tag="late_objection"):
    """What was said after a notice had ended: it begins a case of its own."""

    definition: str
    text: str
    name: str | None = None
    contact: str | None = None
    evidence: tuple[str, ...] = ()
    receipt: str | None = None


class Arrived(Change, frozen=True, kw_only=True, tag="arrived"):
    """The case waits for the others of its round."""

    round: str
    state: str


class Noted(Change, frozen=True, kw_only=True, tag="noted"):
    """What somebody said with what he did: an opinion, a reason, a remark, a comment."""

    kind: Literal["opinion", "reason", "comment", "remark", "warning"]
    text: str
    task: int | None = None


#: Attributes that hold free text or a person's data, by kind of change.
PRIVATE: dict[str, tuple[str, ...]] = {
    "titled": ("subject",),
    "objection_taken": ("text", "name", "contact", "evidence"),
    "late_objection": ("text", "name", "contact", "evidence"),
    "noted": ("text",),
}

CaseChange = (
    Started
    | Titled
    | DataSet
    | FigureSet
    | Left
    | Entered
    | Decided
    | ConcernedSet
    | Returned
    | MayTakeBack
    | TakenBack
    | Recused
    | Copied
    | PaperCame
    | Urged
    | Suspended
    | Resumed
    | IncidentRaised
    | IncidentCleared
)
RoundChange = (
    RoundOpened
    | RoundClosed
    | RoundOver
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
Ordered = Told | Effect | LateObjection | Arrived | Noted
AnyChange = EntryChange | CaseChange | RoundChange | Ordered
