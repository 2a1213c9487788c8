"""What a page or a client needs to know of open work, as data: where each trigger would lead and what it asks for, what
happens if nobody acts, which conditions hold now, why this person may not act, what changed since a return.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from workflow.definition.expression import ExpressionFailed
from workflow.definition.form import is_empty, shown
from workflow.definition.model import ANY_STATE, UP, Definition, Field, Notice, Sense, Target, Tasks
from workflow.definition.words import ANSWERS
from workflow.engine import deciding, permit
from workflow.engine.activities import tasks
from workflow.engine.context import Context
from workflow.engine.machine import pick
from workflow.engine.sight import masked
from workflow.engine.subject import Case, Task
from workflow.engine.values import holds
from workflow.engine.work import CaseWork
from workflow.engine.writing import is_needed
from workflow.errors import Refused
from workflow.text import Label, Sayable, Sentence, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A guard as it stands now; none where it cannot be reckoned."""

    source: str
    say: Label | None
    holds: bool | None
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerOutlook:
    """What one trigger would do now."""

    trigger: str
    label: Label
    sense: Sense
    leads_to: str | None  #: the state that would be taken now
    why_not: Sayable | None  #: the reason, where none would
    opinion: bool  #: whether it demands one
    missing: tuple[str, ...]  #: required fields that are still empty
    choose_state: tuple[str, ...]  #: of a return to any state passed
    choose_then: bool  #: whether the returner says if it comes straight back
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What the clock does if nobody acts."""

    at: datetime
    kind: Literal["expired", "closes", "reminder", "escalation", "clear", "resumes"]
    to: str | None = None  #: the state that follows, or who is told


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOutlook:
    task: Task
    may: bool
    why_not: Sentence | None
    edit: tuple[str, ...]
    triggers: tuple[TriggerOutlook, ...]
    coming: tuple[Coming, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is another since the case was returned."""

    field: str
    before: Any
    now: Any


def task_outlook(definition: Definition, case: Case, task: Task, context: Context) -> TaskOutlook:
    """Everything about one open task for whoever looks."""
    work = CaseWork(definition, context, case)
    reason = None if case.suspended is None else sentence("This case is suspended; nothing moves until it is resumed.")
    reason = reason or permit.why_not(definition, case, task, (case,), context)
    return TaskOutlook(
        task=task,
        may=reason is None,
        why_not=reason,
        edit=editable(work, task),
        triggers=tuple(_trigger(work, task, name) for name in deciding.offered(work, task)),
        coming=tuple(coming(work)),
    )


def editable(work: CaseWork, task: Task) -> tuple[str, ...]:
    """The fields that may be written with this task."""
    activity = work.state.activity
    if task.kind == "objection" and isinstance(activity, Notice) and activity.objections is not None:
        return activity.objections.correct
    if task.kind == "task":
        return deciding.task_rules(work, task).edit
    return work.state.edit if task.kind in ("record", "score") else ()


def coming(work: CaseWork) -> Iterator[Coming]:
    """What will happen if nobody acts, the next first."""
    found: list[Coming] = []
    for timer in work.entry.timers:
        match timer.kind:
            case "due" | "until":
                kind: Literal["expired", "closes"] = "expired" if "expired" in work.state.to else "closes"
                found.append(Coming(at=timer.at, kind=kind, to=_first(work, "expired")))
            case "notice_end":
                found.append(Coming(at=timer.at, kind="clear", to=_first(work, "clear")))
            case "reminder":
                found.append(Coming(at=timer.at, kind="reminder"))
            case "escalation":
                rule = work.state.escalate[timer.rule or 0]
                found.append(Coming(at=timer.at, kind="escalation", to="、".join(n for n in rule.to if n != UP) or UP))
            case "resume":
                found.append(Coming(at=timer.at, kind="resumes"))
    return iter(sorted(found, key=lambda one: one.at))


def differences(definition: Definition, before: Case, now: Case, *, clear: bool) -> tuple[Difference, ...]:
    """What was written since a return; personal values masked for those who need not know them."""
    found: list[Difference] = []
    for name, field in definition.fields.items():
        old, new = before.data.get(name), now.data.get(name)
        if old != new and not (is_empty(old) and is_empty(new)):
            show = shown if clear or not field.private else masked
            found.append(
                Difference(name, None if old is None else show(field, old), None if new is None else show(field, new))
            )
    return tuple(found)


def _trigger(work: CaseWork, task: Task, name: str) -> TriggerOutlook:
    definition = work.definition
    trigger = _plain_trigger(work, task, name)
    known = definition.triggers.get(trigger)
    label = known.label if known else ANSWERS.get(name, Label(name, name))
    sense: Sense = definition.sense(trigger) if known else "forward"
    targets = work.state.to.get(trigger, ()) if task.kind == "task" else ()
    leads_to, why_not = _leads_to(work, trigger) if targets and not _joined(work) else (None, None)
    rules = deciding.task_rules(work, task) if task.kind == "task" else None
    demands = sense != "forward" and trigger != "withdraw"
    if rules is not None and rules.opinion is not None:
        demands = name in rules.opinion
    if task.kind == "objection":
        demands = name == "upheld"
    if task.kind == "signer":
        demands = name == "disagree"
    return TriggerOutlook(
        trigger=name,
        label=label,
        sense=sense,
        leads_to=leads_to,
        why_not=why_not,
        opinion=demands,
        missing=tuple(_missing(work, rules.edit)) if rules and sense == "forward" else (),
        choose_state=_passed(work) if any(target.to == ANY_STATE for target in targets) else (),
        choose_then=any(target.then == "choice" for target in targets),
        conditions=tuple(_conditions(work, targets)),
    )


def _plain_trigger(work: CaseWork, task: Task, name: str) -> str:
    activity = work.state.activity
    if isinstance(activity, Tasks) and task.kind == "task":
        return tasks.entry_of(activity, task).answers.get(name, name)
    return name


def _joined(work: CaseWork) -> bool:
    """Whether an answer alone may not move the case."""
    return isinstance(work.state.activity, Tasks) and sum(work.entry.asked.values()) - len(work.entry.answers) > 1


def _leads_to(work: CaseWork, trigger: str) -> tuple[str | None, Sayable | None]:
    if any(target.to == ANY_STATE for target in work.state.to[trigger]):
        return None, None
    try:
        return pick(work.definition, work.case, trigger, replace(work.context, observe=None)).state, None
    except Refused as refused:
        return None, refused.because or sentence("A condition does not hold: {conditions}", **refused.facts)


def _conditions(work: CaseWork, targets: tuple[Target, ...]) -> Iterator[Condition]:
    for target in targets:
        if target.when is not None:
            try:
                held: bool | None = holds(target.when, work.values(), work.context)
            except ExpressionFailed:
                held = None
            yield Condition(source=target.when.source, say=target.say, holds=held, to=target.to)


def _missing(work: CaseWork, edit: tuple[str, ...]) -> Iterator[str]:
    for name in edit:
        field = work.definition.fields.get(name)
        if field is not None and is_empty(work.case.data.get(name)) and _may_be_needed(field, work):
            yield name


def _may_be_needed(field: Field, work: CaseWork) -> bool:
    try:
        return is_needed(field, work)
    except ExpressionFailed:
        return False


def _passed(work: CaseWork) -> tuple[str, ...]:
    return tuple(state for state in work.case.path if state != work.case.state)


def _first(work: CaseWork, trigger: str) -> str | None:
    targets = work.state.to.get(trigger, ())
    return targets[0].to if targets else None
