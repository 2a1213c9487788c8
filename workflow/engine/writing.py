"""Writing data: rights and types first, then what is computed, then what a forward trigger asks for."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from workflow.calendar import day_of, local
from workflow.definition.expression import Expression, ExpressionFailed
from workflow.definition.form import Kept, as_moment, is_empty, kept_from, mask, shown
from workflow.definition.model import Definition, Field
from workflow.engine.changes import ConcernedSet, DataSet, Titled
from workflow.engine.checks import run_checks
from workflow.engine.context import Context
from workflow.engine.forms import clean, form_of, need, needs, of_term
from workflow.engine.names import name_of
from workflow.engine.rounds.fields import for_round, lacking, set_round
from workflow.engine.who import Asking, resolve
from workflow.engine.work import CaseWork, case_anchors
from workflow.errors import InvalidData, OpinionWanted, Problem, RemarkWanted
from workflow.text import sentence

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def write(work: CaseWork, data: Mapping[str, Any], editable: Iterable[str], opinion: str = "") -> None:
    """Take what was sent for the fields that may be written here. Raises InvalidData by field."""
    if not data:
        return
    allowed = set(editable)
    own = {name: value for name, value in data.items() if not name.startswith("round.")}
    kept, problems = clean(form_of(work.definition), work.definition.fields, own, allowed, work.context)
    of_round, more = for_round(work, {name: value for name, value in data.items() if name not in own}, allowed)
    if problems or more:
        raise InvalidData((*problems, *more))
    kept = _without_locked(work, kept, opinion)
    put(work, kept)
    if of_round:
        set_round(work, of_round)


def put(work: CaseWork, values: Mapping[str, Kept]) -> None:
    """Set kept values as they are, and what follows from them."""
    changed = {
        name: value
        for name, value in values.items()
        if work.case.data.get(name) != value and not (is_empty(value) and name not in work.case.data)
    }
    changed = {name: None if is_empty(value) else value for name, value in changed.items()}
    if changed:
        work.order(DataSet(values=changed))
    compute(work)


def compute(work: CaseWork) -> None:
    """Computed fields, the person concerned and the subject line, as they are now."""
    for name in order_of_values(work.definition):
        field = work.definition.fields[name]
        assert field.value is not None
        value = kept_from(field, _value_of(field.value, work))
        stands = name in work.context.stated and work.context.stated[name] == value
        if work.case.data.get(name) != value and not stands:
            work.order(DataSet(values={name: value}))
    _find_concerned(work)
    subject = subject_line(work)
    if subject != work.case.subject:
        work.order(Titled(subject=subject))


def begin_fields(work: CaseWork) -> None:
    """Defaults and what is taken from the service, when a case starts."""
    values: dict[str, Kept] = {}
    for field in work.definition.fields.values():
        if field.source is not None:
            values[field.name] = _fact(work, field.name)
        elif field.default is not None:
            values[field.name] = field.default
    put(work, values)


def set_terms(work: CaseWork) -> None:
    """Dates by a time term, once and for all, as the start left the other fields; in the order of the file."""
    for field in work.definition.fields.values():
        if field.term and is_empty(work.case.data.get(field.name)):
            anchors = case_anchors(work.definition, work.case, work.context)
            put(work, {field.name: of_term(field, anchors, work.values(), work.context)})


def read_sources(work: CaseWork) -> None:
    """On entering a state that has such a field in `edit`, it is read again."""
    fields = work.definition.fields
    values = {n: _fact(work, n) for n in work.state.edit if n in fields and fields[n].source is not None}
    if values:
        put(work, values)


def demand(work: CaseWork, editable: Iterable[str], opinion: str) -> None:
    """What a forward trigger asks for: required fields, checks, and remarks to what is unlikely."""
    names = [name for name in editable if name in work.definition.fields]
    fields = [work.definition.fields[name] for name in names]
    missing = [field for field in fields if is_empty(work.case.data.get(field.name)) and is_needed(field, work)]
    view = work.context.round
    of_round = lacking(view.round, editable, work.definition, work.context) if view else []
    need([*((field.name, field) for field in missing), *((f"round.{field.name}", field) for field in of_round)])
    run_checks(work, names, opinion)


def demand_opinion(opinion: str, *, wanted: bool) -> None:
    if wanted and not opinion.strip():
        raise OpinionWanted


def subject_line(work: CaseWork) -> str:
    """The line that names the case in lists."""
    template = work.definition.subject or "{unit}"
    return _PLACEHOLDER.sub(lambda found: _in_subject(found[1], found[0], work), template)[:300]


def _in_subject(name: str, otherwise: str, work: CaseWork) -> str:
    definition, case, directory = work.definition, work.case, work.context.directory
    field = definition.fields.get(name)
    if field is not None:
        kept = case.data.get(name, field.constant)
        return str(mask(field, kept) or "") if field.private else _as_text(field, kept, work.context)
    match name:
        case "unit":
            return directory.name_of(case.unit)
        case "starter":
            return name_of(case.starter, definition, case, directory)
        case "concerned":
            return name_of(case.concerned, definition, case, directory)
        case "round":
            return work.context.round.round.title_zh if work.context.round else ""
        case "year":
            return str(day_of(case.started_at).year)
    return otherwise


@lru_cache(maxsize=256)
def order_of_values(definition: Definition) -> tuple[str, ...]:
    """Computed fields, each after those that it reads."""
    reads = {
        name: {path[0] for path in field.value.paths}
        for name, field in definition.fields.items()
        if field.value is not None
    }
    done: list[str] = []
    while len(done) < len(reads):
        ready = [name for name in reads if name not in done and not (reads[name] & reads.keys()) - set(done)]
        if not ready:
            break
        done += ready
    return tuple(done)


# --- parts


def _fact(work: CaseWork, name: str) -> Kept:
    """What the service knows for a field with `from`."""
    work.context.need("facts")
    return work.context.facts.get(name)


def _without_locked(work: CaseWork, kept: dict[str, Kept], opinion: str) -> dict[str, Kept]:
    """A value that the service gave stays, unless `override` lets it be changed, with a reason where it knew one."""
    problems: list[Problem] = []
    free: dict[str, Kept] = {}
    for name, value in kept.items():
        field, known = work.definition.fields[name], work.case.data.get(name)
        if field.source is None or value == known or (field.override and is_empty(known)):
            free[name] = value
        elif not field.override:
            problems.append(
                Problem(f"/data/{name}", "read_only", sentence("The service knows this value; it is not written."))
            )
        elif not opinion.strip():
            raise RemarkWanted(
                (
                    Problem(
                        f"/data/{name}",
                        "ask",
                        sentence("Why is “{field}” another value than the service knows?", field=field.label),
                    ),
                )
            )
        else:
            free[name] = value
    if problems:
        raise InvalidData(tuple(problems))
    return free


def _value_of(expression: Expression, work: CaseWork) -> object:
    try:
        return expression.evaluate(work.values(), work.context.calendar)
    except ExpressionFailed:
        return None


def is_needed(field: Field, work: CaseWork) -> bool:
    """Whether a forward trigger asks for it. Raises ExpressionFailed where its rule cannot be reckoned."""
    return needs(field, work.values(), work.context)


def _as_text(field: Field, kept: Kept, context: Context) -> str:
    if kept is None:
        return ""
    if isinstance(kept, list):
        return "、".join(_as_text(field, part, context) for part in kept)
    if field.options and isinstance(kept, str):
        return field.options[kept].zh if kept in field.options else kept
    match field.type:
        case "person" | "persons" | "organisation" if isinstance(kept, int):
            return context.directory.name_of(kept)
        case "moment":
            return f"{local(as_moment(kept)):%Y-%m-%d %H:%M}"
        case "yes_no":
            return "是" if kept is True else "否"
    return str(shown(field, kept))


def _find_concerned(work: CaseWork) -> None:
    concerns = work.definition.concerns
    if concerns is None:
        return
    asking = Asking(definition=work.definition, context=work.context, unit=work.case.unit, cases=(work.case,))
    persons = resolve((concerns,), asking).persons
    found = persons[0] if persons else None
    if found is not None and found != work.case.concerned:
        work.order(ConcernedSet(concerned=found))
