"""Writing data: rights and types first, then what is computed, then what a forward trigger asks for."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from workflow.calendar import day_of
from workflow.definition.expression import Expression, ExpressionFailed
from workflow.definition.form import Form, Kept, instant_text, is_empty, kept_from, mask, reckoned
from workflow.definition.model import Check, Definition, Field, Fields, Plausible
from workflow.definition.term.reckoning import reckon
from workflow.engine.changes import ConcernedSet, DataSet, Titled
from workflow.engine.context import Context
from workflow.engine.values import CaseValues, RoundValues, holds
from workflow.engine.who import Asking, resolve
from workflow.engine.work import CaseWork, RoundWork, case_anchors, note, round_anchors
from workflow.errors import InvalidData, OpinionWanted, Problem, RemarkWanted
from workflow.text import Sentence, sentence


def write(work: CaseWork, data: Mapping[str, Any], editable: Iterable[str], opinion: str = "") -> None:
    """Take what was sent for the fields that may be written here. Raises InvalidData by field."""
    if not data:
        return
    allowed = set(editable)
    kept, problems = form_of(work.definition).clean(data)
    problems += _forbidden(data, allowed, work.definition.fields)
    problems += _not_there(kept, work.definition.fields, work.context)
    if problems:
        raise InvalidData(tuple(problems))
    kept = _without_locked(work, kept, opinion)
    put(work, kept)


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
        if work.case.data.get(name) != value:
            work.order(DataSet(values={name: value}))
    _find_concerned(work)
    subject = subject_line(work)
    if subject != work.case.subject:
        work.order(Titled(subject=subject))


def begin_fields(work: CaseWork) -> None:
    """Defaults, terms and what is taken from the service, when a case starts."""
    values: dict[str, Kept] = {}
    for field in work.definition.fields.values():
        if field.source is not None:
            values[field.name] = _fact(work, field.name)
        elif field.term is not None:
            values[field.name] = _of_term(field, case_anchors(work.definition, work.case, work.context), work.context)
        elif field.default is not None:
            values[field.name] = field.default
    put(work, values)


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
    missing = [field for field in fields if is_empty(work.case.data.get(field.name)) and _is_required(field, work)]
    if missing:
        raise InvalidData(
            tuple(
                Problem(f"/data/{f.name}", "required", sentence("“{field}” is needed.", field=f.label)) for f in missing
            )
        )
    run_checks(work, names, opinion)


def run_checks(work: CaseWork, names: Iterable[str], opinion: str) -> None:
    """The checks that have one of these fields, and the sentences that ask for a remark."""
    written = set(names)
    unmet = [
        c for c in work.definition.checks if _names_of(c.that) & written and not is_met(c, work.values(), work.context)
    ]
    refused = [check for check in unmet if check.otherwise == "refuse"]
    if refused:
        raise InvalidData(tuple(_problem_of(check, written) for check in refused))
    asked = [_problem_of(check, written) for check in unmet if check.otherwise == "ask"]
    asked += [
        problem
        for name in written
        if name in work.definition.fields
        for problem in _implausible(work.definition.fields[name], work)
    ]
    if asked and not opinion.strip():
        raise RemarkWanted(tuple(asked))
    for check in unmet:
        if check.otherwise == "warn":
            note(work, "warning", _sentence_of(check).say("zh"))


def is_met(check: Check, values: CaseValues, context: Context) -> bool:
    """A check whose expression fails is not met."""
    try:
        return holds(check.that, values, context)
    except ExpressionFailed:
        return False


def demand_opinion(opinion: str, *, wanted: bool) -> None:
    if wanted and not opinion.strip():
        raise OpinionWanted


def subject_line(work: CaseWork) -> str:
    """The line that names the case in lists."""
    definition, case, directory = work.definition, work.case, work.context.directory
    template = definition.subject or "{unit}"
    round_ = work.context.round
    known: dict[str, str] = {
        "unit": directory.name_of(case.unit),
        "starter": directory.name_of(case.starter) if isinstance(case.starter, int) else "",
        "concerned": directory.name_of(case.concerned) if isinstance(case.concerned, int) else "",
        "round": round_.round.title_zh if round_ else "",
        "year": str(day_of(case.started_at).year),
    }
    for name, field in definition.fields.items():
        kept = case.data.get(name)
        known[name] = _as_text(field, mask(field, kept) if field.private else kept, work.context)
    line = template
    for name, text in known.items():
        line = line.replace(f"{{{name}}}", text)
    return line[:300]


# --- rounds


def write_round(work: RoundWork, data: Mapping[str, Any], editable: Iterable[str]) -> None:
    """The fields of a round, at opening, in a sitting or by correction."""
    rules = work.definition.round
    if rules is None or not data:
        return
    kept, problems = round_form_of(work.definition).clean(data)
    problems += _forbidden(data, set(editable), rules.fields)
    problems += _not_there(kept, rules.fields, work.context)
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
    anchors = round_anchors(work.definition, work.round)
    values = {
        name: _of_term(field, anchors, work.context) if field.term else field.default
        for name, field in rules.fields.items()
        if field.term or field.default is not None
    }
    put_round(work, values)


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
    missing = [
        field
        for name, field in rules.fields.items()
        if field.required is not False
        and f"round.{name}" not in later
        and is_empty(work.round.data.get(name))
        and not field.computed
    ]
    if missing:
        raise InvalidData(
            tuple(
                Problem(f"/data/{f.name}", "required", sentence("“{field}” is needed.", field=f.label)) for f in missing
            )
        )


# --- forms of a version, made once


@lru_cache(maxsize=256)
def form_of(definition: Definition) -> Form:
    return Form(definition.fields)


@lru_cache(maxsize=256)
def round_form_of(definition: Definition) -> Form:
    return Form(definition.round.fields if definition.round else {})


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


def _forbidden(data: Mapping[str, Any], allowed: set[str], fields: Fields) -> Iterator[Problem]:
    for name in data:
        if name in fields and name not in allowed and not fields[name].computed:
            yield Problem(
                f"/data/{name}", "read_only", sentence("“{field}” cannot be written here.", field=fields[name].label)
            )


def _not_there(kept: Mapping[str, Kept], fields: Fields, context: Context) -> Iterator[Problem]:
    """Persons, organisations and attachments that do not exist, or do not fit."""
    for name, value in kept.items():
        yield from _missing(fields[name], value, f"/data/{name}", context)


def _missing(field: Field, value: Any, at: str, context: Context) -> Iterator[Problem]:
    match field.type:
        case "person" | "persons":
            for person in value if isinstance(value, list) else [value]:
                if person is not None and person not in context.directory.persons:
                    yield Problem(at, "data", sentence("There is no such person."))
        case "organisation" if value is not None and value not in context.directory.organisations:
            yield Problem(at, "data", sentence("There is no such organisation."))
        case "files" if isinstance(value, list):
            for file in value:
                yield from _unfit_file(field, file, at, context)
        case "table" if isinstance(value, list):
            for number, row in enumerate(value):
                for name, column in field.columns.items():
                    yield from _missing(column, row.get(name), f"{at}/{number}/{name}", context)


def _unfit_file(field: Field, file: str, at: str, context: Context) -> Iterator[Problem]:
    context.need("files")
    if context.files is None:
        kind = file.rpartition(".")[2].lower()
    elif file not in context.files:
        yield Problem(at, "data", sentence("There is no such attachment of this case; upload it first."))
        return
    else:
        known = context.files[file]
        kind = known.name.rpartition(".")[2].lower()
        if field.max_size is not None and known.size > field.max_size:
            yield Problem(
                at, "data", sentence("“{file}” is larger than {most} bytes.", file=known.name, most=field.max_size)
            )
    if field.accept and _same_kind(kind) not in {_same_kind(accepted) for accepted in field.accept}:
        yield Problem(at, "data", sentence("These kinds of file are taken: {kinds}.", kinds=list(field.accept)))


def _same_kind(kind: str) -> str:
    return {"jpeg": "jpg", "tif": "tiff", "htm": "html"}.get(kind, kind)


def _without_locked(work: CaseWork, kept: dict[str, Kept], opinion: str) -> dict[str, Kept]:
    """A value that the service gave stays, unless `override` lets it be changed, with a reason."""
    problems: list[Problem] = []
    free: dict[str, Kept] = {}
    for name, value in kept.items():
        field = work.definition.fields[name]
        if field.source is None or value == work.case.data.get(name):
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


def _of_term(field: Field, anchors: Any, context: Context) -> Kept:
    assert field.term is not None
    found = reckon(field.term, anchors, context.calendar, context.now)
    if found is None:
        return None
    return day_of(found.at).isoformat() if field.type == "date" else instant_text(found.at)


def _is_required(field: Field, work: CaseWork) -> bool:
    if field.computed or isinstance(field.required, bool):
        return field.required is True and not field.computed
    try:
        return holds(field.required, work.values(), work.context)
    except ExpressionFailed:
        return False


def _names_of(expression: Expression) -> set[str]:
    return {path[0] for path in expression.paths}


def _problem_of(check: Check, written: set[str]) -> Problem:
    names = sorted(_names_of(check.that) & written)
    return Problem(f"/data/{names[0]}", "check" if check.otherwise == "refuse" else "ask", _sentence_of(check))


def _sentence_of(check: Check) -> Sentence:
    return (
        sentence("{say}", say=check.say)
        if check.say
        else sentence("“{source}” does not hold.", source=check.that.source)
    )


def _implausible(field: Field, work: CaseWork) -> Iterator[Problem]:
    value = reckoned(field, work.case.data.get(field.name))
    for rule in field.plausible:
        other = _compared_with(rule, field, work)
        if isinstance(value, float) and other is not None and not _is_plausible(rule, value, other):
            text = sentence(
                "“{field}” is {value}; expected was: {rule} ({other}).",
                field=field.label,
                value=_plain(value),
                rule=rule.source,
                other=_plain(other),
            )
            yield Problem(f"/data/{field.name}", "ask", text)


def _compared_with(rule: Plausible, field: Field, work: CaseWork) -> float | None:
    if isinstance(rule.of, float):
        return rule.of
    if rule.of == "previous":
        work.context.need("previous")
        before = work.context.previous
        value = reckoned(field, before.get(field.name)) if before is not None else None
    else:
        value = work.values()(rule.of, frozenset())
    return value if isinstance(value, float) else None


def _is_plausible(rule: Plausible, value: float, other: float) -> bool:
    match rule.rule:
        case "not below":
            return value >= other
        case "not above":
            return value <= other
        case "within":
            assert rule.percent is not None
            return (
                abs(Decimal(repr(value)) - Decimal(repr(other)))
                <= abs(Decimal(repr(other))) * rule.percent.numerator / rule.percent.denominator
            )


def _plain(number: float) -> str:
    return format(Decimal(repr(number)).normalize(), "f")


def _as_text(field: Field, kept: Kept, context: Context) -> str:
    if kept is None:
        return ""
    if field.options and isinstance(kept, str):
        return field.options[kept].zh if kept in field.options else kept
    if field.type in ("person", "organisation") and isinstance(kept, int):
        return context.directory.name_of(kept)
    return str(kept)


def _find_concerned(work: CaseWork) -> None:
    concerns = work.definition.concerns
    if concerns is None:
        return
    asking = Asking(definition=work.definition, context=work.context, unit=work.case.unit, cases=(work.case,))
    persons = resolve((concerns,), asking).persons
    found = persons[0] if persons else None
    if found is not None and found != work.case.concerned:
        work.order(ConcernedSet(concerned=found))
