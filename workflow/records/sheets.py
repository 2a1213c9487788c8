"""The sheet of a round: its cases as a table, the figures of the round, and how many have reported.

The dispatch sheet of a week and the month of the federation are this, as is any other round.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from workflow.cases.contexts import context_of
from workflow.cases.listing import every_case_of_round
from workflow.cases.office import Office
from workflow.cases.reading import load
from workflow.definition.model import Definition, Field, Figure
from workflow.engine.context import Actor, Context
from workflow.engine.directory import Principal
from workflow.engine.names import name_of
from workflow.engine.sight import may_see, may_see_round, shown_data
from workflow.engine.subject import Case, CaseFacts, Closing, Round, number_order
from workflow.engine.values import round_figure
from workflow.errors import NotFound
from workflow.text import Label, sentence

#: Figures by which a definition itself says who should report and who has.
_EXPECTED: Final = "expected"
_REPORTED: Final = "reported"
#: Fields of which a meeting speaks first, whoever has something in them.
SPOKEN_OF_FIRST: Final = ("problems", "help")
#: States whose name says that a report was not there in time.
LATE: Final = frozenset({"late", "missing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One case, as the reader sees it."""

    case: Case
    state: Label
    unit: Principal
    starter: str
    late: bool  #: not handed in though its time is over, or once in a state that says so
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFigure:
    rule: Figure
    value: float | None  #: of a figure by groups, none
    groups: tuple[tuple[Label, float], ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    reported: int
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    title: Label
    definition: Definition
    at: datetime
    columns: tuple[Field, ...]
    lines: tuple[Line, ...]
    figures: tuple[ShownFigure, ...]
    coverage: Coverage
    closing: Closing | None  #: none: the figures still move


def readable_sheet(office: Office, connection: Connection, round_id: UUID, actor: Actor) -> Sheet:
    """The sheet as this actor sees it. Raises NotFound alike where there is no round and where it is not his to see."""
    found = load(connection, round_id)
    if found is None or not isinstance(found[0], Round):
        raise NotFound(sentence("There is no round {id}.", id=str(round_id)))
    round_ = found[0]
    definition = office.versions.get(connection, round_.definition, round_.version).definition
    context = context_of(office, connection, actor, round_)
    if not may_see_round(definition, round_, context):
        raise NotFound(sentence("There is no round {id}.", id=str(round_id)))
    return sheet_of(connection, round_, definition, context)


def sheet_of(connection: Connection, round_: Round, definition: Definition, context: Context) -> Sheet:
    """What this reader may see of it; the figures are those of the whole round, which the context has with it."""
    rules = definition.round
    assert rules is not None
    lines = tuple(sorted(_lines(connection, round_, definition, context), key=_place))
    return Sheet(
        title=Label(round_.title_zh, round_.title_en),
        definition=definition,
        at=context.now,
        columns=tuple(field for field in definition.fields.values() if _is_column(field, lines)),
        lines=lines,
        figures=tuple(_figure(definition, rule, context) for rule in rules.figures.values()),
        coverage=_coverage(definition, context),
        closing=round_.closings[-1] if round_.fixed is not None else None,
    )


def _lines(connection: Connection, round_: Round, definition: Definition, context: Context) -> Iterator[Line]:
    for held in every_case_of_round(connection, UUID(round_.id)):
        case = held.subject
        if isinstance(case, Case) and may_see(definition, case, context):
            yield Line(
                case=case,
                state=definition.states[case.state].label,
                unit=case.unit,
                starter=name_of(case.starter, definition, case, context.directory),
                late=_is_late(definition, case, context.now),
                values=shown_data(definition, case, context),
            )


def _place(line: Line) -> tuple[object, ...]:
    """Late ones on top, then what the meeting has to speak about; else by number."""
    quiet = (not line.values.get(name) for name in SPOKEN_OF_FIRST)
    return not line.late, *quiet, line.case.number is None, *number_order(line.case)


def _is_late(definition: Definition, case: Case, now: datetime) -> bool:
    if case.state in LATE or LATE & case.left.keys():
        return True
    still = case.state == next(iter(definition.states)) and case.entries == 1
    return still and any(task.due is not None and task.due < now for task in (case.entry.tasks if case.entry else ()))


def _is_column(field: Field, lines: tuple[Line, ...]) -> bool:
    """Not the parameters of the definition, nor what this reader sees of no case."""
    return field.constant is None and (not field.see or any(field.name in line.values for line in lines))


def _figure(definition: Definition, rule: Figure, context: Context) -> ShownFigure:
    found = round_figure(definition, rule, context)
    if isinstance(found, dict):
        groups = tuple((_group(definition, rule, name), float(value)) for name, value in found.items())
        return ShownFigure(rule=rule, value=None, groups=groups)
    return ShownFigure(rule=rule, value=found if isinstance(found, float) else None, groups=None)


def _group(definition: Definition, rule: Figure, name: str) -> Label:
    """An organisation by its name, an option by its label."""
    field = definition.fields.get(rule.by or "")
    return field.options.get(name, Label(name, name)) if field is not None else Label(name, name)


def _coverage(definition: Definition, context: Context) -> Coverage:
    """As the definition counts it; else of the cases that were not stopped, those that have left their first state."""
    assert definition.round is not None
    assert context.round is not None
    figures = definition.round.figures
    if _EXPECTED in figures and _REPORTED in figures:
        reported, expected = (round_figure(definition, figures[name], context) for name in (_REPORTED, _EXPECTED))
        if isinstance(reported, float) and isinstance(expected, float):
            return Coverage(reported=int(reported), expected=int(expected))
    cases: list[CaseFacts] = [one for one in context.round.cases or () if not one.stopped]
    return Coverage(reported=sum(one.left_first for one in cases), expected=len(cases))
