"""What may be asked of a case or a round: frozen values, imperative."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workflow.engine.directory import Principal
from workflow.engine.subject import Figure, Holder

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Begin a case. `given` are values that the service writes (a call's `with`), whatever the first state may edit."""

    id: str
    unit: Principal | None = None
    data: Data = field(default_factory=dict)
    given: Data = field(default_factory=dict)
    starter: Holder | None = None
    concerned: Holder | None = None
    parent: str | None = None
    imported: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Answer a task with a trigger of its state, or with a word of its own."""

    task: int
    trigger: str
    opinion: str = ""
    data: Data = field(default_factory=dict)
    to: str | None = None
    then: Literal["again", "resume"] | None = None
    exceptions: Mapping[str, str] = field(default_factory=dict)  #: in a sitting, case → trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """An `anytime` trigger."""

    trigger: str
    opinion: str = ""
    data: Data = field(default_factory=dict)
    to: str | None = None
    then: Literal["again", "resume"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote:
    task: int
    choice: str | None = None
    items: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    votes: Mapping[str, str] = field(default_factory=dict)  #: in a sitting, case → choice


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTally:
    """What a ballot in a hall gave; in a sitting one for all, or one for each case."""

    task: int
    counts: Mapping[str, int] = field(default_factory=dict)
    by_case: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    data: Data = field(default_factory=dict)
    opinion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCard:
    task: int
    score: Mapping[str, int]
    data: Data = field(default_factory=dict)
    opinion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBallot:
    """Close a ballot, before all have voted or because the last envelope is in."""

    task: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """An objection to a notice; `receipt` is the digest of its code."""

    text: str
    name: str | None = None
    contact: str | None = None
    evidence: tuple[str, ...] = ()
    receipt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retract:
    """The objector takes his objection back."""

    objection: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    name: str
    data: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHasEnded:
    number: int
    state: str
    data: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTimer:
    timer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    incident: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """What a sitting decided for a case, checked against the entry it waited in."""

    entry: int
    chosen: bool = False  #: leaders decided it: what is refused refuses the whole; else it is an incident of this case
    trigger: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    deciders: tuple[Holder, ...] = ()
    to: str | None = None
    then: Literal["again", "resume"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """The round has closed, and the case never left its first state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveAgain:
    """People, posts or units have changed: who holds the open tasks is looked at anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReckonAgain:
    """Dates of the round were moved: deadlines that follow them are reckoned anew."""


Operation = Literal[
    "claim",
    "release",
    "delegate",
    "transfer",
    "add_signer",
    "remove_signer",
    "take_back",
    "urge",
    "copy",
    "comment",
    "recuse",
    "correct",
    "paper",
    "cancel",
    "suspend",
    "resume",
    "reassign",
    "extend",
    "pause",
    "go_on",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operate:
    """One of the built-in operations."""

    operation: Operation
    task: int | None = None
    person: Principal | None = None
    kind: Literal["before", "beside", "after"] | None = None
    reason: str = ""
    data: Data = field(default_factory=dict)
    date: str | None = None
    archive: str | None = None
    days: int | None = None


# --- of a round


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRound:
    id: str
    unit: Principal
    data: Data = field(default_factory=dict)
    nominal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRound:
    """Close by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTogether:
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Look whether cases that have arrived can be decided together now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRound:
    """Fields that a case's effect writes."""

    values: Data


CaseCommand = (
    Start
    | Decide
    | Fire
    | CastVote
    | RecordTally
    | ScoreCard
    | CloseBallot
    | Object
    | Retract
    | Signal
    | CallHasEnded
    | FireTimer
    | Retry
    | Settle
    | Lapse
    | ResolveAgain
    | ReckonAgain
    | Operate
)
RoundCommand = (
    OpenRound
    | CloseRound
    | CallTogether
    | Gather
    | SetRound
    | Decide
    | CastVote
    | RecordTally
    | CloseBallot
    | FireTimer
    | Retry
    | ResolveAgain
    | Operate
)
Command = CaseCommand | RoundCommand
