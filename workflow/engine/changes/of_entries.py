"""Changes in one entry of a state, of a case or of a sitting."""

from datetime import datetime
from typing import Literal

from workflow.engine.branches import BranchCounts
from workflow.engine.changes.change import Change
from workflow.engine.subject import Answer, Ballot, Called, Card, Holder, Notice, Objection, Pause, Task, Timer, Vote


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
    branches: tuple[BranchCounts, ...] = ()  #: where the ballot is told by branch


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
