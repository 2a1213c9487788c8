"""Cases of another definition that are waited for."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from workflow.definition.expression import Expression, ExpressionFailed
from workflow.definition.expression.syntax import path_of
from workflow.definition.form import instant_text
from workflow.definition.model import Call, Calls
from workflow.engine.changes import CallEnded, CallMade, Effect
from workflow.engine.commands import CallHasEnded
from workflow.engine.subject import Called, Figure, Holder
from workflow.engine.values import Row, keep_figure, with_row
from workflow.engine.work import Fired, Place, Work, find


def open(work: Work, rules: Calls) -> None:  # noqa: A001 -- the activities' common word
    """Each call is made after the commit, under a number of its own."""
    number = 0
    for call in rules.calls:
        for row, person in _each(work, call):
            number += 1
            work.do(CallMade(called=Called(number=number, definition=call.definition)))
            arguments = {
                "definition": call.definition,
                "number": number,
                "concerned": person,
                **_given(work, call, row),
            }
            work.order(Effect(kind="call", arguments=arguments))


def take_end(work: Work, command: CallHasEnded) -> dict[str, Figure]:
    """A called case has ended; of a single one its fields are left as `data`."""
    known = next((call for call in work.entry.calls if call.number == command.number), None)
    if known is None or known.ended is not None:
        return {}
    work.do(CallEnded(number=command.number, state=command.state))
    if len(work.entry.calls) > 1:
        return {}
    plain = {n: v for n, v in command.data.items() if isinstance(v, bool | int | float | str) or v is None}
    return {f"data.{name}": keep_figure(value) for name, value in plain.items()}


def combine(work: Work, rules: Calls, more: dict[str, Figure] | None = None) -> Fired | None:
    """`done` when all have ended, with a count for each of their ends."""
    del rules
    if any(call.ended is None for call in work.entry.calls):
        return None
    ends = Counter(call.ended for call in work.entry.calls if call.ended)
    return Fired("done", {**ends, "asked": len(work.entry.calls), **(more or {})})


def _each(work: Work, call: Call) -> Iterator[tuple[object, Holder | None]]:
    """A row and nobody, nothing and a person, or once."""
    if call.each is None:
        yield None, None
    elif call.each_people:
        for person in find(work, (call.each,)).persons:
            yield None, person
    else:
        for row in work.cases[0].data.get(call.each) or []:
            yield row, None


def _given(work: Work, call: Call, row: Any) -> dict[str, Any]:
    """Unit and values; a number as decimal text, as events have no floats."""
    return {"unit": unit_for(work, call.unit, row), "values": evaluated(work, call.values, row, call.each)}


def unit_for(place: Place, unit: str | None, row: Any) -> int | None:
    """An organisation field, a column of the row, or the organisation of a level found by climbing."""
    if unit is None:
        return place.unit
    name = unit.removeprefix("row.")
    value = row.get(name) if isinstance(row, dict) else place.data.get(unit)
    if isinstance(value, int):
        return value
    directory = place.context.directory
    return next((o.id for o in directory.climb(place.unit) if unit in (o.level, o.kind)), place.unit)


def evaluated(place: Place, expressions: Mapping[str, Expression], row: Any, table: str | None) -> dict[str, Any]:
    """The values of `with`, as JSON; one that fails is null. A bare field is handed on as it is kept."""
    values: dict[str, Any] = {}
    for name, expression in expressions.items():
        match path_of(expression.tree):
            case (field,) if field in place.fields:
                values[name] = place.data.get(field)
            case ("row", column) if isinstance(row, dict):
                values[name] = row.get(column)
            case _:
                values[name] = _value(place, expression, row, table)
    return values


def _value(place: Place, expression: Expression, row: Any, table: str | None) -> Any:
    columns = place.fields[table].columns if table and table in place.fields else {}
    seen = Row(columns, row) if isinstance(row, dict) else None
    try:
        return portable(expression.evaluate(with_row(place.values(), seen), place.context.calendar))
    except ExpressionFailed:
        return None


def portable(value: object) -> Any:
    """A reckoned value as JSON without floats: numbers as integers or decimal text, moments as text."""
    match value:
        case bool() | None | str():
            return value
        case float():
            number = Decimal(repr(value))
            return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")
        case datetime():
            return instant_text(value)
        case list():
            return [portable(part) for part in value]
        case dict():
            return {str(key): portable(part) for key, part in value.items()}
    return str(value)
