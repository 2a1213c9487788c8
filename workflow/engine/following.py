"""What a state orders on being entered: effects in order, and who is told. Each is done once, after the commit."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from workflow.calendar import day_of
from workflow.definition.expression import Expression, ExpressionFailed
from workflow.definition.form import kept_from, reckoned
from workflow.definition.model import PUBLIC, Do, Group, Tell
from workflow.definition.term.reckoning import reckon
from workflow.definition.term.values import Term
from workflow.engine.activities.call import evaluated, portable, unit_for
from workflow.engine.changes import Effect
from workflow.engine.subject import Holder
from workflow.engine.values import holds
from workflow.engine.who import everyone, resolve
from workflow.engine.work import CaseWork, Work, asking, tell
from workflow.engine.writing import put


def do_all(work: CaseWork, effects: Iterable[Do]) -> None:
    """The effects of a state for one case, `set` among them at its place."""
    for effect in effects:
        for row in _rows(work, effect):
            if _applies(work, effect.when, row, effect.each):
                if effect.kind == "set":
                    _set(work, effect, row)
                else:
                    order(work, effect, row)


def order(work: Work, effect: Do, row: Any = None) -> None:
    """One effect to be done after the commit, its arguments settled now."""
    arguments: dict[str, Any] = {}
    for key, value in effect.arguments.items():
        match key, value:
            case "to" | "from", tuple():
                arguments[key] = list(_persons(work, value, row, effect.each))
            case _, Term():
                found = reckon(value, work.anchors, work.context.calendar, work.context.now)
                arguments[key] = day_of(found.at).isoformat() if found else None
            case _, Expression():
                arguments[key] = portable(_evaluate(work, value, row, effect.each))
            case "with", dict():
                arguments[key] = evaluated(work, value, row, effect.each)
            case "unit", str():
                arguments[key] = unit_for(work, value, row)
            case "fields", tuple():
                arguments[key] = {name: work.data.get(name) for name in value}
            case _:
                arguments[key] = value
    if effect.kind == "start":
        arguments.setdefault("unit", work.unit)
        arguments["concerned"] = None
    assert effect.kind != "set"
    work.order(Effect(kind=effect.kind, arguments=arguments))


def tell_all(work: Work, rules: Iterable[Tell]) -> None:
    """A message to those whom the state tells; publication is how the public is told."""
    for rule in rules:
        group = tuple(name for name in rule.who if name != PUBLIC)
        if _applies(work, rule.when, None, None):
            tell(work, told(work, group), "state", text=rule.text)


def told(work: Work, group: Group) -> tuple[Holder, ...]:
    """People as they are told: recusal is not meant."""
    return resolve(group, asking(work, told=True)).persons if group else ()


def _rows(work: Work, effect: Do) -> Iterator[Any]:
    if effect.each is None:
        yield None
    elif effect.each in work.fields:
        yield from work.data.get(effect.each) or []
    else:
        for person in resolve((effect.each,), asking(work, told=True)).persons:
            yield {"person": person}


def _persons(work: Work, group: Group, row: Any, table: str | None) -> Iterator[Holder]:
    """Those named; `row.column` is the person in that column, who may be known by his contact."""
    for name in group:
        if name.startswith("row.") and isinstance(row, dict):
            value = row.get(name[4:])
            if isinstance(value, int | str):
                yield value
        elif table is not None and name == table and isinstance(row, dict):
            yield row["person"]
        else:
            yield from everyone(resolve((name,), asking(work, told=True)).holders, asking(work, told=True))


def _applies(work: Work, when: Expression | None, row: Any, table: str | None) -> bool:
    """A condition that fails does not apply: an effect is never done on a guess."""
    if when is None:
        return True
    try:
        return holds(when, replace(work.values(), row=_reckoned_row(work, row, table)), work.context)
    except ExpressionFailed:
        return False


def _evaluate(work: Work, expression: Expression, row: Any, table: str | None) -> object:
    try:
        return expression.evaluate(replace(work.values(), row=_reckoned_row(work, row, table)), work.context.calendar)
    except ExpressionFailed:
        return None


def _reckoned_row(work: Work, row: Any, table: str | None) -> object:
    if not isinstance(row, dict) or table is None or table not in work.definition.fields:
        return None
    columns = work.definition.fields[table].columns
    return {name: reckoned(column, row.get(name)) for name, column in columns.items()}


def _set(work: CaseWork, effect: Do, row: Any) -> None:
    """Write fields of the case now; those of the round by an effect, as no act touches a second subject."""
    values = effect.arguments["values"]
    assert isinstance(values, dict)
    own: dict[str, Any] = {}
    of_round: dict[str, Any] = {}
    for name, expression in values.items():
        value = _evaluate(work, expression, row, effect.each)
        if name.startswith("round."):
            of_round[name[6:]] = portable(value)
        else:
            own[name] = kept_from(work.definition.fields[name], value)
    if own:
        put(work, own)
    if of_round:
        work.order(Effect(kind="set_round", arguments={"values": of_round}))
