"""What is to be done afterwards: who is told, effects, what is noted. These change no subject."""

from datetime import datetime
from typing import Any, Literal

from msgspec import field

from workflow.engine.changes.change import Change
from workflow.engine.subject import Holder


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
    arguments: dict[str, Any] = field(default_factory=dict)


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


Ordered = Told | Effect | LateObjection | Arrived | Noted
