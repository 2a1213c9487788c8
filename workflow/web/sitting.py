"""The work of a sitting as the inbox shows it: the whole list, decided at once, with exceptions case by case."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from workflow.api.showing import sitting_task_view
from workflow.cases.listing import Held, subjects
from workflow.cases.versions import Version
from workflow.definition.model import Field
from workflow.engine.context import Context
from workflow.engine.sight import may_see
from workflow.engine.subject import Amount, Case, Figure, Round, Sitting, Task, number_order
from workflow.text import Language, say
from workflow.web.deadlines import Deadline, deadline_of
from workflow.web.deciding import Answer, Typed, Wrong, answers_of
from workflow.web.inputs import Filled, Input, inputs_of, sent_values
from workflow.web.looking import named_apart, wording_of
from workflow.web.quotas import Quota, quotas
from workflow.web.values import chosen

_MOST_TAGS = 3
EXCEPT = "except."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """One case of the list."""

    id: str
    number: str
    name: str
    rest: str
    tags: tuple[str, ...]
    figures: tuple[str, ...]
    readable: bool
    other: str  #: the exception that was chosen for it


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingShown:
    task: dict[str, Any]
    title: str
    unit: str
    rows: tuple[Sat, ...]
    answers: tuple[Answer, ...]
    inputs: tuple[Input, ...]
    quotas: tuple[Quota, ...]
    deadline: Deadline | None
    opinion: str
    wrong: Wrong


def sitting_shown(
    connection: Connection,
    held: Held,
    version: Version,
    context: Context,
    task: Task,
    typed: Typed | None,
    speaks: Language,
) -> SittingShown:
    round_ = held.subject
    assert isinstance(round_, Round)
    sitting = next(one for one in round_.sittings if any(open_task.id == task.id for open_task in one.entry.tasks))
    view = sitting_task_view(version, round_, sitting, task, context, speaks)
    fields = fields_of(version, view["edit"])
    sent = sent_values(fields, typed.form) if typed else {}
    wrong = typed.wrong if typed else Wrong()
    return SittingShown(
        task=view,
        title=round_.title_zh if speaks == "zh" else round_.title_en,
        unit=context.directory.name_of(round_.unit),
        rows=tuple(_rows(connection, version, sitting, context, typed, speaks)),
        answers=tuple(sorted(answers_of(version.definition, view, speaks), key=_turn)),
        inputs=tuple(inputs_of(fields, Filled({**round_.data, **sent}, wrong.fields), speaks)) if view["may"] else (),
        quotas=quotas(version.definition, context, speaks, sitting.state),
        deadline=deadline_of(task.due, task.opened_at, wording_of(context, speaks)),
        opinion=typed.form.get("opinion", "") if typed else "",
        wrong=wrong,
    )


def fields_of(version: Version, names: list[str]) -> list[Field]:
    """Fields of the round by either name."""
    rules = version.definition.round
    return [rules.fields[name.removeprefix("round.")] for name in names] if rules is not None else []


def figures_in_words(own: dict[str, Figure], speaks: Language) -> Iterator[str]:
    """What a ranking, a ballot, a lot or a fund gave a case."""
    if isinstance(own.get("place"), int):
        yield say("place {place}", speaks, place=own["place"])
    if own.get("seated") is True:
        yield say("seated", speaks)
    if isinstance(own.get("yes"), int):
        yield say("{yes} of {cast} votes", speaks, yes=own["yes"], cast=own.get("cast", "–"))
    if own.get("drawn") is True:
        yield say("was drawn by lot", speaks)
    if own.get("grade"):
        yield say("grade {grade}", speaks, grade=str(own["grade"]))
    allocated = own.get("allocated")
    if allocated is not None:
        yield say("{amount} yuan", speaks, amount=allocated.text if isinstance(allocated, Amount) else str(allocated))


def _rows(
    connection: Connection, version: Version, sitting: Sitting, context: Context, typed: Typed | None, speaks: Language
) -> Iterator[Sat]:
    """The best first, where they are ranked; else by number."""
    known = subjects(connection, [UUID(one) for one in sitting.cases])
    found = [one.subject for one in known.values() if isinstance(one.subject, Case)]
    for case in sorted(found, key=lambda one: (_place(sitting, one), number_order(one))):
        name, rest = named_apart(case.subject)
        readable = may_see(version.definition, case, context)
        own = {**_left(case), **sitting.figures.get(case.id, {})}
        yield Sat(
            id=case.id,
            number=case.number or "",
            name=name or case.number or "–",
            rest=rest or context.directory.name_of(case.unit),
            tags=tuple(chosen(version.definition, case.data, speaks))[:_MOST_TAGS] if readable else (),
            figures=tuple(figures_in_words(own, speaks)),
            readable=readable,
            other=typed.form.get(f"{EXCEPT}{case.id}", "") if typed else "",
        )


def _turn(answer: Answer) -> int:
    """Refusal stands furthest left, approval rightmost."""
    return ("stop", "back", "forward").index(answer.sense)


def _left(case: Case) -> dict[str, Figure]:
    """What an earlier sitting gave it, as the place in which it comes to the leaders."""
    given = [figures for figures in case.left.values() if "place" in figures]
    return given[-1] if given else {}


def _place(sitting: Sitting, case: Case) -> int:
    place = {**_left(case), **sitting.figures.get(case.id, {})}.get("place")
    return place if isinstance(place, int) else 10**9
