"""What the engine decides upon: a case or a round, as the fold of its history.

All values are frozen and have one JSON form, which is what the row and the events hold: no floats, instants in UTC.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from workflow.definition.term.values import Clock
from workflow.engine.directory import Principal

#: A person or post by number; one without an account as `link:<field>` or `link:<table>.<row>.<column>`, never by contact.
Holder = int | str
#: A value as a field keeps it.
Kept = Any


class Amount(Struct, frozen=True, tag_field="#", tag="amount"):
    """A number that is not whole, as decimal text."""

    text: str


#: What a state leaves behind under a name.
Figure = None | bool | int | str | Amount
Figures = Mapping[str, Figure]

TaskKind = Literal["task", "ballot", "record", "score", "objection", "signer"]
TimerKind = Literal[
    "due", "reminder", "escalation", "notice_end", "until", "resume", "opening", "announce", "closes", "sitting"
]


class Answer(Struct, frozen=True, omit_defaults=True):
    """What one person said to a task, before or when it closed."""

    trigger: str
    by: Holder | None
    at: datetime
    word: str | None = None  #: the own word he used, such as no_record
    to: str | None = None
    then: Literal["again", "resume"] | None = None
    exceptions: dict[str, str] = {}  #: in a sitting, case → trigger


class Task(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Open work; it belongs to one entry of a state and is decided at most once."""

    id: int
    name: str
    kind: TaskKind = "task"
    part: Holder | None = None  #: of `each`, the person or organisation that it is for
    holders: tuple[Holder, ...]
    shared: tuple[Holder, ...] = ()  #: those to whom it was escalated
    by_hand: bool = False  #: transferred or reassigned: it stays where it was put
    opened_at: datetime
    due: datetime | None = None
    clock: Clock = "fixed"
    claimed_by: Principal | None = None
    delegate: Principal | None = None
    delegated_by: Principal | None = None
    proposed: Answer | None = None  #: what the delegate answered, until the holder confirms
    signs: int | None = None  #: of a signer's task, the task that waits for him
    signer: Literal["before", "beside", "after"] | None = None
    asked_by: Principal | None = None
    after_signers: tuple[Principal, ...] = ()  #: who is asked once the holder has decided
    taken_out: tuple[Holder, ...] = ()  #: recused from this task
    extended: int = 0
    agreed: tuple[Holder, ...] = ()  #: who agreed to put the deadline off
    objection: int | None = None
    resting: bool = False  #: until a signer has answered
    decided: Answer | None = None  #: the holder's own, while a signer is waited for

    @property
    def everyone(self) -> tuple[Holder, ...]:
        """All who hold it, those included to whom it was escalated."""
        return (*self.holders, *(holder for holder in self.shared if holder not in self.holders))


class Timer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something due at an instant; cleared with the entry it belongs to."""

    id: int
    kind: TimerKind
    at: datetime
    rule: int | None = None  #: which reminder or escalation of the state
    due: datetime | None = None  #: the deadline that a reminder speaks of
    name: str | None = None  #: the state of a sitting


class Vote(Struct, frozen=True, omit_defaults=True):
    by: Holder
    choice: str | None = None
    items: dict[str, str] = {}
    rows: tuple[int, ...] = ()  #: of a table, the rows voted for
    votes: dict[str, str] = {}  #: in a sitting, by case


class Ballot(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A vote that is open. Of a secret one only who has voted stands here, never what."""

    electorate: tuple[Holder, ...] = ()
    votes: tuple[Vote, ...] = ()
    voted: tuple[Holder, ...] = ()
    secret: bool = False
    poll: int = 1
    cases: tuple[str, ...] = ()  #: of a second ballot, the tied


class Card(Struct, frozen=True):
    by: Holder
    score: dict[str, int]


class Objection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    number: int
    at: datetime
    task: int | None
    state: Literal["open", "dismissed", "joined", "partly", "upheld", "retracted", "closed"] = "open"
    answers: dict[str, str] = {}  #: examiner → answer, until enough say the same
    joined: int | None = None
    answered_at: datetime | None = None


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    begins: datetime
    ends: datetime
    clock: Clock
    held_since: datetime | None = None
    left: int | None = None
    objections: tuple[Objection, ...] = ()
    held: tuple[tuple[datetime, datetime], ...] = ()  #: the times it stood still


class Called(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case of another definition that is waited for."""

    number: int
    definition: str
    ended: str | None = None


class Standing(Struct, frozen=True, kw_only=True):
    """A clock that stands, with what was left of it."""

    due: datetime
    clock: Clock
    left: int


class Pause(Struct, frozen=True, kw_only=True):
    since: datetime
    days: int
    standing: dict[str, Standing]  #: by task


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stay in a state, with all that it opened."""

    number: int
    state: str
    at: datetime
    came_from: str | None = None
    trigger: str | None = None
    tasks: tuple[Task, ...] = ()
    answers: dict[str, Answer] = {}  #: closed tasks of `tasks`, by `name#part`
    asked: dict[str, int] = {}  #: how many tasks each entry of `tasks` opened
    timers: tuple[Timer, ...] = ()
    ballot: Ballot | None = None
    cards: tuple[Card, ...] = ()
    notice: Notice | None = None
    calls: tuple[Called, ...] = ()
    drawn: dict[str, tuple[Holder, ...]] = {}
    paused: Pause | None = None
    paused_days: int = 0
    waiting: bool = False  #: it has arrived where all are decided together
    acted: bool = False  #: somebody did something here


class Undo(Struct, frozen=True, kw_only=True):
    """What is needed to take back the last decision."""

    by: Principal
    entry: Entry
    back_to: str | None
    left: dict[str, Figure] | None
    path: tuple[str, ...]
    deciders: dict[str, tuple[Holder, ...]] = {}
    last_decider: Holder | None = None


class Returned(Struct, frozen=True, kw_only=True):
    """The last return: from where, and with which event."""

    state: str
    seq: int


class Paper(Struct, frozen=True):
    """A sealed original that came in (收到原件)."""

    date: str
    archive: str
    by: Principal


class Incident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What could not go on by itself; `retry` fires it again."""

    number: int
    code: str
    at: datetime
    trigger: str | None = None
    by: Holder | None = None  #: who had decided it
    task: int | None = None
    zh: str = ""
    en: str = ""
    figures: dict[str, Figure] = {}


class Suspended(Struct, frozen=True, kw_only=True):
    since: datetime
    standing: dict[str, Standing]  #: by task, or `notice`, `until`


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run of a definition, in exactly one state."""

    id: str
    definition: str
    version: int
    unit: Principal
    starter: Holder | None = None
    concerned: Holder | None = None
    round: str | None = None
    parent: str | None = None  #: the case that called it
    number: str | None = None
    subject: str = ""
    started_at: datetime
    ended_at: datetime | None = None
    seq: int = 0
    state: str = ""
    entries: int = 0  #: how often any state was entered
    data: dict[str, Kept] = {}
    left: dict[str, dict[str, Figure]] = {}
    entered: dict[str, datetime] = {}  #: when each state was entered last
    path: tuple[str, ...] = ()
    back_to: str | None = None
    entry: Entry | None = None
    next_task: int = 1
    next_timer: int = 1
    held: tuple[Holder, ...] = ()  #: who claimed or decided a task of it
    closed: dict[str, tuple[Holder, ...]] = {}  #: who held the tasks that are closed; the last forty
    copied: tuple[Principal, ...] = ()
    declared: tuple[Holder, ...] = ()  #: recused for the whole case
    deciders: dict[str, tuple[Holder, ...]] = {}  #: who decided in each state
    last_decider: Holder | None = None
    clocks: dict[str, Standing] = {}  #: of states whose clock goes on
    suspended: Suspended | None = None
    undo: Undo | None = None
    returned: Returned | None = None
    papers: tuple[Paper, ...] = ()
    incidents: tuple[Incident, ...] = ()
    urged: dict[str, datetime] = {}


class Sitting(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Cases of a round that are decided together, with the same open work as a case."""

    number: int
    state: str
    cases: tuple[str, ...]
    entry: Entry
    figures: dict[str, dict[str, Figure]] = {}  #: by case, for a sitting whose figures came at its opening
    lots: dict[str, int] = {}  #: by case, the order that the lot gave


#: A figure of a round as it was fixed: one, or one for each group.
FixedFigure = Figure | tuple[tuple[str, Figure], ...]


class Closing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The figures of a round that was over, under the hash of what they were reckoned from."""

    at: datetime
    sha256: str
    reopened_at: datetime | None = None
    reopened: tuple[
        str, ...
    ] = ()  #: the cases because of which they no longer hold; in their histories stands the reason


class Round(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One opening of a definition, whose cases are judged together."""

    id: str
    definition: str
    version: int
    unit: Principal
    opened_by: Principal | None = None
    opened_at: datetime
    nominal: str  #: the date it stands for
    title_zh: str = ""
    title_en: str = ""
    seq: int = 0
    data: dict[str, Kept] = {}
    closed_at: datetime | None = None
    over_at: datetime | None = None
    sittings: tuple[Sitting, ...] = ()
    next_sitting: int = 1
    next_task: int = 1
    next_timer: int = 1
    timers: tuple[Timer, ...] = ()
    closed: dict[str, tuple[Holder, ...]] = {}  #: who held the tasks that are closed; the last forty
    passed: tuple[str, ...] = ()  #: states whose moment to sit has passed
    incidents: tuple[Incident, ...] = ()
    suspended: Suspended | None = None
    closings: tuple[Closing, ...] = ()  #: each time its figures were fixed
    fixed: dict[str, FixedFigure] | None = None  #: while it is over


class CaseFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a round knows of a case of its own: the state, and what figures, ranks and guards read."""

    id: str
    number: str | None
    unit: Principal
    state: str
    entry: int
    waiting: bool = False  #: for a sitting; not while it is suspended, or what a sitting settled could not go on
    left_first: bool = False  #: it has left its first state once
    ended: bool = False
    stopped: bool = False  #: ended by a stop trigger, or cancelled
    starter: Holder | None = None
    concerned: Holder | None = None
    data: dict[str, Kept] = {}
    left: dict[str, dict[str, Figure]] = {}
    deciders: dict[str, tuple[Holder, ...]] = {}
    declared: tuple[Holder, ...] = ()
    seq: int = 0
    head: str = ""  #: of its chain, as hex; in stories there is none


Subject = Case | Round

_DIGITS = re.compile(r"(\d+)")


def number_order(case: Case | CaseFacts) -> tuple[object, ...]:
    """By number, 9 before 10; cases without one in the order of their ids, which is that of their beginning."""
    parts = _DIGITS.split(case.number or "")
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts)), case.id
