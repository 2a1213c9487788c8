"""What a round knows of its cases: the state, and just those fields and figures that figures, ranks, grades and funds read."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from workflow.definition.expression import Expression
from workflow.definition.model import Decided, Definition, InField, RoleAt
from workflow.engine.moving import is_stopped
from workflow.engine.subject import Case, CaseFacts


@lru_cache(maxsize=256)
def read_names(definition: Definition) -> frozenset[str]:
    """The root names that the round reads of a case."""
    found = {path[0] for expression in _expressions(definition) for path in expression.paths}
    found |= set(_plain_names(definition))
    return frozenset(found)


def case_facts(definition: Definition, case: Case) -> CaseFacts:
    names = read_names(definition)
    read = {name: value for name, value in case.data.items() if name in names}
    kept = {
        state: figures
        for state, figures in case.left.items()
        if state in names
        or state == case.state
        or {"seated", "place", "grade", "drawn", "allocated"} & figures.keys()
        or names & figures.keys()
    }
    return CaseFacts(
        id=case.id,
        number=case.number,
        unit=case.unit,
        state=case.state,
        entry=case.entry.number if case.entry else 0,
        waiting=_waits(case),
        left_first=case.entries > 1,
        ended=case.ended_at is not None,
        stopped=is_stopped(definition, case),
        starter=case.starter,
        concerned=case.concerned,
        data=read,
        left=kept,
        deciders={state: case.deciders[state] for state in definition.recuse.twice if state in case.deciders},
        declared=case.declared,
        seq=case.seq,
    )


def _waits(case: Case) -> bool:
    """For a sitting: not while it is suspended, and not where what a sitting decided stands on the incident list."""
    stuck = any(incident.trigger is not None for incident in case.incidents)
    return case.entry is not None and case.entry.waiting and case.suspended is None and not stuck


@lru_cache(maxsize=256)
def reads_figures(definition: Definition) -> frozenset[tuple[str, str]]:
    """The (state, trigger) pairs whose guards name a figure of the round: these lock the round first."""
    if definition.round is None:
        return frozenset()
    figures = {*definition.round.figures, "cases"}
    found = {
        (state.name, trigger)
        for state in definition.states.values()
        for trigger, targets in state.to.items()
        if any(target.when is not None and _names_figure(target.when, figures) for target in targets)
    }
    found |= {
        (state, rule.name)
        for rule in definition.anytime.values()
        for state in rule.states
        if any(target.when is not None and _names_figure(target.when, figures) for target in rule.targets)
    }
    return frozenset(found)


@lru_cache(maxsize=256)
def values_read_figures(definition: Definition) -> bool:
    """Whether a computed field, a check or a required rule reads figures: then every act of a case needs them."""
    if definition.round is None:
        return False
    figures = {*definition.round.figures, "cases"}
    expressions: list[Expression] = [check.that for check in definition.checks]
    for field in definition.fields.values():
        expressions += [found for found in (field.value, field.required) if isinstance(found, Expression)]
    return any(_names_figure(expression, figures) for expression in expressions)


def _names_figure(expression: Expression, figures: set[str]) -> bool:
    return any(path[0] == "round" and len(path) > 1 and path[1] in figures for path in expression.paths)


def _expressions(definition: Definition) -> Iterator[Expression]:
    rules = definition.round
    for figure in rules.figures.values() if rules else ():
        yield figure.expression
    for people in definition.people.values():
        yield from _given(entry.when for entry in people.entries)
    for state in definition.states.values():
        together = state.together
        if together is None:
            continue
        if together.rank is not None:
            yield from _given((together.rank.seats, *(grade.when for grade in together.rank.grades)))
        if together.allocate is not None:
            yield together.allocate.budget
            yield from (part.by for part in together.allocate.parts)
        ballot = state.activity
        yield from _given((getattr(ballot, "quorum", None), getattr(ballot, "passes", None)))
        yield from _given((*(rule.when for rule in state.tell), *(effect.when for effect in state.do)))
        yield from (found for effect in state.do for found in _in_arguments(effect.arguments))


def _in_arguments(arguments: Mapping[str, object]) -> Iterator[Expression]:
    for value in arguments.values():
        if isinstance(value, Expression):
            yield value
        elif isinstance(value, dict):
            yield from _in_arguments(value)


def _given(expressions: Iterable[Expression | None]) -> Iterator[Expression]:
    return (expression for expression in expressions if expression is not None)


def _plain_names(definition: Definition) -> Iterator[str]:
    rules = definition.round
    for figure in rules.figures.values() if rules else ():
        if figure.by is not None:
            yield figure.by
    for entry in (entry for people in definition.people.values() for entry in people.entries):
        match entry.spec:
            case InField(field=name, link=link):
                yield from (named.split(".")[0] for named in (name, link) if named)
            case RoleAt(of=str() as name) | Decided(state=name):
                yield name
    for state in definition.states.values():
        rank = state.together.rank if state.together else None
        if rank is not None:
            yield from (name.split(".")[0] for name, _ in rank.by)
            if rank.within is not None:
                yield rank.within
