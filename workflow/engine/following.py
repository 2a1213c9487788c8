"""What a state orders on being entered: effects in order, and who is told. Each is done once, after the commit.

The same for a case, for a sitting, whose effects are done once for all its cases, and for a round when it is over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Literal

from workflow.calendar import day_of
from workflow.definition.expression import Expression
from workflow.definition.form import kept_from
from workflow.definition.model import PUBLIC, UNIT, Do, Group, Tell
from workflow.definition.term.reckoning import reckon
from workflow.definition.term.values import Term
from workflow.engine.activities.call import evaluated, portable, unit_for
from workflow.engine.changes import Effect, Told
from workflow.engine.rounds.fields import set_round
from workflow.engine.subject import Holder, Kept
from workflow.engine.values import CaseValues, RoundValues, Row, holds, with_row
from workflow.engine.who import everyone, resolve
from workflow.engine.work import CaseWork, Place, asking_to_tell
from workflow.engine.writing import put


def do_all(place: Place, effects: Iterable[Do]) -> None:
    """The effects in order, `set` among them at its place."""
    for effect in effects:
        for row in _rows(place, effect):
            if _applies(place, effect.when, row, effect.each):
                if effect.kind == "set":
                    _set(place, effect, row)
                else:
                    _order(place, effect, row)


def tell_all(place: Place, rules: Iterable[Tell]) -> None:
    """A message to those whom the file names; publication is how the public is told."""
    for rule in rules:
        group = tuple(name for name in rule.who if name != PUBLIC)
        kind: Literal["round", "state"] = "round" if place.state_name is None else "state"
        for case, who in told_apart(place, group) if _applies(place, rule.when, None, None) else ():
            said = Told(who=who, kind=kind, text=rule.text, state=place.state_name, late=place.context.late, case=case)
            place.order(said)


def told(place: Place, group: Group) -> tuple[Holder, ...]:
    """People as they are told: recusal is not meant."""
    return resolve(group, asking_to_tell(place)).persons if group else ()


def told_apart(place: Place, group: Group) -> Iterator[tuple[str | None, tuple[Holder, ...]]]:
    """The same; where several cases are meant, whoever is known by a link is told of the case that names him."""
    asked = asking_to_tell(place)
    who = resolve(group, asked).persons if group else ()
    if isinstance(place, CaseWork):
        yield from [(None, who)] if who else []
        return
    with_account = tuple(holder for holder in who if isinstance(holder, int))
    if with_account:
        yield None, with_account
    for case in asked.cases if len(with_account) < len(who) else ():
        found = resolve(group, replace(asked, cases=(case,))).persons
        links = tuple(holder for holder in found if isinstance(holder, str))
        if links:
            yield case.id, links


def _order(place: Place, effect: Do, row: Any) -> None:
    """One effect to be done after the commit, its arguments settled now."""
    arguments: dict[str, Any] = {}
    for key, value in effect.arguments.items():
        match key, value:
            case "to" | "from", tuple():
                arguments[key] = list(dict.fromkeys(_persons(place, value, row, effect.each)))
            case _, Term():
                found = reckon(value, place.anchors, place.context.calendar, place.context.now)
                arguments[key] = day_of(found.at).isoformat() if found else None
            case _, Expression():
                arguments[key] = portable(_evaluate(place, value, row, effect.each))
            case "with", dict():
                arguments[key] = evaluated(place, value, row, effect.each)
            case "unit", str():
                arguments[key] = unit_for(place, value, row)
            case "fields", tuple():
                arguments[key] = {name: place.data.get(name) for name in value}
            case _:
                arguments[key] = value
    if effect.kind == "start":
        arguments.setdefault("unit", place.unit)
        arguments["concerned"] = row["person"] if _is_people(place, effect) else None
    assert effect.kind != "set"
    place.order(Effect(kind=effect.kind, arguments=arguments))


def _rows(place: Place, effect: Do) -> Iterator[Any]:
    if effect.each is None:
        yield None
    elif _is_people(place, effect):
        for person in resolve((effect.each,), asking_to_tell(place)).persons:
            yield {"person": person}
    else:
        yield from place.data.get(effect.each) or []


def _is_people(place: Place, effect: Do) -> bool:
    return effect.each in place.definition.people


def _persons(place: Place, group: Group, row: Any, each: str | None) -> Iterator[Holder]:
    """Those named; `row.column` is the person in that column; the people of `each`, the one whose turn it is."""
    asked = asking_to_tell(place)
    for name in group:
        if name.startswith("row.") and isinstance(row, dict):
            value = row.get(name.removeprefix("row."))
            yield from (who for who in (value if isinstance(value, list) else [value]) if isinstance(who, int | str))
        elif name == each and isinstance(row, dict):
            yield row["person"]
        elif name == UNIT and name not in place.definition.people:
            yield place.unit
        else:
            yield from everyone(resolve((name,), asked).holders, asked)


def _applies(place: Place, when: Expression | None, row: Any, table: str | None) -> bool:
    return when is None or holds(when, _values(place, row, table), place.context)


def _evaluate(place: Place, expression: Expression, row: Any, table: str | None) -> object:
    """What an effect writes or gives; one that fails is never done on a guess."""
    return expression.evaluate(_values(place, row, table), place.context.calendar)


def _values(place: Place, row: Any, table: str | None) -> CaseValues | RoundValues:
    if not isinstance(row, dict) or table is None or table not in place.fields:
        return place.values()
    columns = place.fields[table].columns
    return with_row(place.values(), Row(columns, row))


def _set(place: Place, effect: Do, row: Any) -> None:
    """Write fields of the case now; those of the round as it may be done: by its own step, or by an effect."""
    values = effect.arguments["values"]
    assert isinstance(values, dict)
    own: dict[str, Kept] = {}
    of_round: dict[str, Kept] = {}
    rules = place.definition.round
    for name, expression in values.items():
        value = _evaluate(place, expression, row, effect.each)
        if name.startswith("round.") and rules is not None:
            of_round[name.removeprefix("round.")] = kept_from(rules.fields[name.removeprefix("round.")], value)
        else:
            own[name] = kept_from(place.definition.fields[name], value)
    if own and isinstance(place, CaseWork):
        put(place, own)
    if of_round:
        set_round(place, of_round)
