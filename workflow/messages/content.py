"""What a message says, as facts: kept in its row when it is ordered, put into words when it goes out.

So a row is small, a dead letter that is sent again is up to date, and what was answered meanwhile is left out.
"""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from workflow.engine.subject import TaskKind
from workflow.text import Label, Language

Kind = Literal[
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
    "invitation",
    "link",
]
#: About open work: of no use when that was done meanwhile.
ABOUT_WORK: frozenset[str] = frozenset({"task", "reminder", "escalation", "urged", "delegated"})


class OwnText(Struct, frozen=True, kw_only=True):
    """A text of the definition's folder, with the values that it names."""

    name: str
    definition: str
    version: int
    values: dict[str, str]


class Content(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of a case only its subject line; never what stands in its form, nor what somebody wrote about it."""

    kind: Kind
    language: Language = "zh"
    subject: str | None = None  #: the id of the case or round
    line: str = ""  #: the case's subject line
    round: Label | None = None  #: in its place, where a round is meant
    title: Label | None = None  #: of the definition
    number: str | None = None
    unit: str | None = None
    state: Label | None = None
    task: int | None = None
    asks: TaskKind | None = None  #: what kind of task
    due: datetime | None = None
    escalates: datetime | None = None  #: when it goes to others as well, if nobody acts
    late: bool = False  #: the service was down when it was due
    absent: str | None = None  #: for whom the recipient stands in
    changed: int | None = None  #: how many fields were written since this state had returned it
    own_return: bool = False  #: and it was the recipient who had
    reason: bool = False  #: whoever returned it wrote why
    outcome: Label | None = None  #: the end, or the answer to an objection
    stopped: bool = False  #: the end came by a refusal, a withdrawal, a cancellation
    news: Literal["opened", "announced", "corrected", "over"] | None = None  #: of a round
    closes: datetime | None = None  #: until when a round takes cases
    code: str | None = None  #: of a link; erased with the delivery
    base_url: str | None = None  #: where it was asked for, if not as the settings say
    text: OwnText | None = None
    seq: int | None = None
    head: str | None = None  #: the first 16 digits


_DECODER = msgspec.json.Decoder(Content)


def as_body(content: Content) -> str:
    return msgspec.json.encode(content).decode()


def from_body(body: str) -> Content:
    return _DECODER.decode(body)
