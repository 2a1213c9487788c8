"""Changes of a case."""

from datetime import datetime
from typing import Any

from workflow.engine.changes.change import Change
from workflow.engine.directory import Principal
from workflow.engine.subject import Figure, Holder, Incident, Paper, Standing


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
