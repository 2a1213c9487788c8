"""The checks across fields, and the sentences that ask for a remark."""

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

from workflow.definition.expression import ExpressionFailed
from workflow.definition.form import is_empty, reckoned
from workflow.definition.model import Check, Definition, Field, Fields, Plausible
from workflow.engine.context import Context
from workflow.engine.subject import Case
from workflow.engine.values import CaseValues, holds
from workflow.engine.work import CaseWork, note
from workflow.errors import InvalidData, Problem, RemarkWanted
from workflow.text import Sentence, sentence


def run_checks(work: CaseWork, names: Iterable[str], opinion: str) -> None:
    """The checks that have one of these fields, and the sentences that ask for a remark."""
    written = set(names)
    fields = work.definition.fields
    looked_at = [(check, _written_for(check, fields) & written) for check in work.definition.checks]
    unmet = [(check, own) for check, own in looked_at if own and not is_met(check, work.values(), work.context)]
    refused = [_problem_of(check, own) for check, own in unmet if check.otherwise == "refuse"]
    if refused:
        raise InvalidData(tuple(refused))
    asked = [_problem_of(check, own) for check, own in unmet if check.otherwise == "ask"]
    asked += [
        problem
        for name in written
        if name in work.definition.fields
        for problem in _implausible(work.definition.fields[name], work)
    ]
    if asked and not opinion.strip():
        raise RemarkWanted(tuple(asked))
    for check, _ in unmet:
        if check.otherwise == "warn":
            note(work, "warning", _sentence_of(check).say("zh"))


def failed_checks(work: CaseWork, names: Collection[str]) -> Iterator[Problem]:
    """The checks that would refuse, of those whose fields all have a value: before the form is handed in."""
    fields, data = work.definition.fields, work.case.data
    for check in work.definition.checks:
        read = _written_for(check, fields) & fields.keys()
        own = read & set(names)
        known = all(fields[name].computed or not is_empty(data.get(name)) for name in read)
        if check.otherwise == "refuse" and own and known and not is_met(check, work.values(), work.context):
            yield _problem_of(check, own)


def doubts(definition: Definition, case: Case, context: Context) -> Iterator[Problem]:
    """What a form as it stands wants a remark on, whether or not one was made when it was handed in."""
    work = CaseWork(definition, context, case)
    for check in definition.checks:
        own = _written_for(check, definition.fields) & definition.fields.keys()
        if check.otherwise == "ask" and own and not is_met(check, work.values(), context):
            yield _problem_of(check, own)
    for field in definition.fields.values():
        yield from _implausible(field, work)


def is_met(check: Check, values: CaseValues, context: Context) -> bool:
    """A check whose expression fails is not met."""
    try:
        return holds(check.that, values, context)
    except ExpressionFailed:
        return False


def _written_for(check: Check, fields: Fields) -> set[str]:
    """The fields that a check reads, and of computed ones those that they are reckoned from."""
    todo = [path[0] for path in check.that.paths]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            value = fields[name].value if name in fields else None
            todo += [path[0] for path in value.paths] if value is not None else []
    return found


def _problem_of(check: Check, own: set[str]) -> Problem:
    return Problem(f"/data/{min(own)}", "check" if check.otherwise == "refuse" else "ask", _sentence_of(check))


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
