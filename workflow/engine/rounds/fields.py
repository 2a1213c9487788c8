"""The fields of a round: at opening, in a sitting, by correction, and from one of its cases."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from workflow.definition.expression import ExpressionFailed
from workflow.definition.form import Kept, is_empty, kept_from
from workflow.definition.model import Definition, Field
from workflow.engine.changes import DataSet, Effect
from workflow.engine.context import Context
from workflow.engine.forms import clean, need, needs, of_term, round_form_of
from workflow.engine.rounds.work import RoundPlace, RoundWork, SittingWork, round_anchors
from workflow.engine.subject import Round
from workflow.engine.values import RoundValues
from workflow.engine.work import CaseWork, Place
from workflow.errors import InvalidData, Problem
from workflow.text import sentence


def set_round(work: Place, values: Mapping[str, Kept]) -> None:
    """Fields of the round: written by its own step; of a case by an effect, and seen by the case from now on."""
    if isinstance(work, SittingWork | RoundPlace):
        put_round(work.outer, values)
        return
    view = work.context.round
    if not isinstance(work, CaseWork) or view is None:
        return
    seen = RoundWork(work.definition, work.context, view.round)
    put_round(seen, values)
    if seen.round != view.round:
        work.order(Effect(kind="set_round", arguments={"values": dict(values)}))
        work.context = replace(work.context, round=replace(view, round=seen.round))


def demand_of_sitting(work: RoundWork, editable: Iterable[str]) -> None:
    """What a forward trigger of a sitting asks for: the required fields of the round that are written there."""
    need([(field.name, field) for field in lacking(work.round, editable, work.definition, work.context)])


def lacking(round_: Round, editable: Iterable[str], definition: Definition, context: Context) -> list[Field]:
    rules = definition.round
    names = [name.removeprefix("round.") for name in editable if name.startswith("round.")]
    fields = [rules.fields[name] for name in names if name in rules.fields] if rules else []
    values = RoundValues(definition, context)
    return [f for f in fields if is_empty(round_.data.get(f.name)) and needs(f, values, context)]


def for_round(work: CaseWork, data: Mapping[str, Any], allowed: set[str]) -> tuple[dict[str, Kept], list[Problem]]:
    """What a case's form holds of its round: `round.x`, where a state has it in `edit`."""
    rules = work.definition.round
    if not data or rules is None or work.context.round is None:
        return {}, [Problem(f"/data/{name}", "unknown", sentence("There is no such field.")) for name in data]
    plain = {name.removeprefix("round."): value for name, value in data.items()}
    own = {name.removeprefix("round.") for name in allowed}
    return clean(round_form_of(work.definition), rules.fields, plain, own, work.context)


def write_round(work: RoundWork, data: Mapping[str, Any], editable: Iterable[str]) -> None:
    """The fields of a round, at opening, in a sitting or by correction."""
    rules = work.definition.round
    if rules is None or not data:
        return
    kept, problems = clean(round_form_of(work.definition), rules.fields, data, set(editable), work.context)
    if problems:
        raise InvalidData(tuple(problems))
    put_round(work, kept)


def put_round(work: RoundWork, values: Mapping[str, Kept]) -> None:
    changed = {
        name: None if is_empty(value) else value for name, value in values.items() if work.round.data.get(name) != value
    }
    if changed:
        work.order(DataSet(values=changed))
    compute_round(work)


def begin_round_fields(work: RoundWork) -> None:
    rules = work.definition.round
    if rules is None:
        return
    put_round(work, {name: field.default for name, field in rules.fields.items() if field.default is not None})


def set_round_terms(work: RoundWork) -> None:
    """Dates by a time term, where whoever opens the round gave no other."""
    rules = work.definition.round
    for field in rules.fields.values() if rules else ():
        if field.term and is_empty(work.round.data.get(field.name)):
            anchors, values = round_anchors(work.definition, work.round), RoundValues(work.definition, work.context)
            put_round(work, {field.name: of_term(field, anchors, values, work.context)})


def compute_round(work: RoundWork) -> None:
    rules = work.definition.round
    if rules is None or work.context.round is None:
        return
    for field in rules.fields.values():
        if field.value is not None:
            try:
                found = field.value.evaluate(RoundValues(work.definition, work.context), work.context.calendar)
            except ExpressionFailed:
                found = None
            value = kept_from(field, found)
            if work.round.data.get(field.name) != value:
                work.order(DataSet(values={field.name: value}))


def demand_of_round(work: RoundWork) -> None:
    """At opening, the required fields that no state has in `edit`."""
    rules = work.definition.round
    if rules is None:
        return
    later = {name for state in work.definition.states.values() for name in state.edit}
    now = [f"round.{name}" for name in rules.fields if f"round.{name}" not in later]
    need([(field.name, field) for field in lacking(work.round, now, work.definition, work.context)])
