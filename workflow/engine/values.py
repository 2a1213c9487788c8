"""What expressions see: fields, people and units, what states left behind, figures of the round.

Of two things with one name the nearest is meant: `row`, the state's own figures, fields, what sittings gave, states, the rest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from workflow.calendar import day_of, end_of, whole_years
from workflow.definition.expression import Expression, ExpressionFailed
from workflow.definition.form import Kept, reckoned
from workflow.definition.model import Calls, Definition, Field, Fields, Figure
from workflow.engine.context import Context
from workflow.engine.directory import Directory, Principal
from workflow.engine.subject import Amount, Case, CaseFacts, Holder
from workflow.engine.subject import Figure as Left

#: How this state was entered, how often, as which entry, and who decided in it: never meant as a figure that it leaves.
_OF_ENTERING = frozenset({"trigger", "times", "entry", "decider"})
_FROM_TOGETHER = frozenset({"place", "seated", "grade", "drawn", "allocated"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table as it is kept, of an effect or a call with `each`."""

    columns: Fields
    kept: Mapping[str, Kept]

    def seen(self, context: Context, members: frozenset[str]) -> dict[str, object]:
        return {name: _seen(context, column, self.kept.get(name), members) for name, column in self.columns.items()}


@dataclass(frozen=True, slots=True)
class CaseValues:
    """The names of a case, or of what a round knows of one."""

    definition: Definition
    case: Case | CaseFacts
    context: Context
    own: Mapping[str, Left] = field(default_factory=dict)  #: the figures that the state is about to leave
    row: Row | None = None

    def __call__(self, name: str, members: frozenset[str]) -> object:
        if name == "row" and self.row is not None:
            return self.row.seen(self.context, members)
        if name not in _OF_ENTERING and _has(self.own, name):
            return _figure_or_record(self.own, name)
        if name in self.definition.fields:
            return self._field(self.definition.fields[name], members)
        left = self.case.left.get(self.case.state, {})
        if name not in _OF_ENTERING and _has(left, name):
            return _figure_or_record(left, name)
        if name in _FROM_TOGETHER:
            given = [figures for figures in self.case.left.values() if name in figures]
            return reckon_figure(max(given, key=_entry_of)[name]) if given else None
        if name in self.definition.states:
            return self._left_behind(name, members)
        return self._rest(name, members)

    def _field(self, field: Field, members: frozenset[str]) -> object:
        kept = self.case.data.get(field.name)
        return _seen(self.context, field, field.constant if kept is None else kept, members)

    def _left_behind(self, state: str, members: frozenset[str]) -> dict[str, object]:
        figures = self.case.left.get(state, {})
        nothing = self._of_no_call(state, figures)
        found = {member: _figure_or_record(figures, member) if _has(figures, member) else nothing for member in members}
        if "times" in members:
            found["times"] = reckon_figure(figures.get("times", 0))
        return found

    def _of_no_call(self, state: str, figures: Mapping[str, Left]) -> float | None:
        """Ends that no called case came to count 0 once all have ended; other figures are null."""
        called = isinstance(self.definition.states[state].activity, Calls)
        return 0.0 if called and "asked" in figures else None

    def _rest(self, name: str, members: frozenset[str]) -> object:
        entry = self.case.entry if isinstance(self.case, Case) else None
        match name:
            case "unit":
                return unit_record(self.context.directory, self.case.unit, members)
            case "starter" | "concerned":
                who = self.case.starter if name == "starter" else self.case.concerned
                return None if who is None else person_record(self.context, who, members)
            case "previous":
                self.context.need("previous")
                before = self.context.previous
                fields = {m: field for m, field in self.definition.fields.items() if m in members}
                return None if before is None else Row(fields, before).seen(self.context, members)
            case "today":
                return end_of(day_of(self.context.now))
            case "now":
                return self.context.now
            case "times":
                return reckon_figure(self.case.left.get(self.case.state, {}).get("times", 0))
            case "trigger":
                return entry.trigger if entry else None
            case "came_from":
                return entry.came_from if entry else None
            case "round":
                return round_record(self.definition, self.context, members, self.case)
        return self._of_no_call(self.case.state, {**self.case.left.get(self.case.state, {}), **self.own})


@dataclass(frozen=True, slots=True)
class RoundValues:
    """The names of a round: its fields and figures, bare and by `round.`."""

    definition: Definition
    context: Context
    more: Mapping[str, object] = field(default_factory=dict)
    own: Case | CaseFacts | None = None  #: a case that asks, counted as it is now
    row: Row | None = None

    def __call__(self, name: str, members: frozenset[str]) -> object:
        if name == "row" and self.row is not None:
            return self.row.seen(self.context, members)
        if name in self.more:
            found = self.more[name]
            return {m: found.get(m) for m in members} if isinstance(found, Mapping) and members else found
        match name:
            case "round":
                return round_record(self.definition, self.context, members, self.own)
            case "today":
                return end_of(day_of(self.context.now))
            case "now":
                return self.context.now
            case "unit" if self.context.round is not None:
                return unit_record(self.context.directory, self.context.round.round.unit, members)
        found_in_round = round_record(self.definition, self.context, members | {name}, self.own)
        return None if found_in_round is None else found_in_round.get(name)


def _entry_of(figures: Mapping[str, Left]) -> int:
    """Which entry of the case left them: of several sittings the last is meant."""
    entry = figures.get("entry")
    return entry if isinstance(entry, int) else 0


def with_row(values: CaseValues | RoundValues, row: Row | None) -> CaseValues | RoundValues:
    """The same names, and `row`, of an effect or a call with `each`."""
    return replace(values, row=row)


def _seen(context: Context, field: Field, kept: Kept, members: frozenset[str]) -> object:
    """A kept value, of persons and organisations what the register has of them, in the rows of a table too."""
    match field.type:
        case "person" if isinstance(kept, int):
            return person_record(context, kept, members)
        case "organisation" if isinstance(kept, int):
            return unit_record(context.directory, kept, members)
        case "table" if isinstance(kept, list):
            return [Row(field.columns, row).seen(context, members) for row in kept]
    return reckoned(field, kept)


def unit_record(directory: Directory, unit: Principal, members: frozenset[str]) -> dict[str, object] | None:
    """An organisation as the register has it; a column that it has not is empty."""
    found = directory.organisations.get(unit)
    if found is None:
        return None
    known: dict[str, object] = {"name": found.name, "level": found.level, "kind": found.kind, **found.columns}
    known["id"] = float(found.id)
    return {member: column_value(known.get(member)) for member in members | {"id"}}


def person_record(context: Context, who: Holder, members: frozenset[str]) -> dict[str, object]:
    """A person as the register has him; of a post, or of one without an account, nothing is known."""
    found = context.directory.persons.get(who) if isinstance(who, int) else None
    if found is None:
        return dict.fromkeys(members)
    known: dict[str, object] = {"name": found.name, "born_on": found.born_on, **found.columns, "id": float(found.id)}
    if found.born_on is not None:
        known["age"] = whole_years(found.born_on, day_of(context.now))
    if found.employer is not None:
        known["unit"] = context.directory.name_of(found.employer)
    return {member: column_value(known.get(member)) for member in members | {"id"}}


def round_record(
    definition: Definition, context: Context, members: frozenset[str], own: Case | CaseFacts | None = None
) -> dict[str, object] | None:
    """The round's fields and figures that are asked for; the case that asks is counted as it is now."""
    view, rules = context.round, definition.round
    if view is None or rules is None:
        return None
    found: dict[str, object] = {}
    for member in members:
        if member in rules.fields:
            field = rules.fields[member]
            kept = view.round.data.get(member)
            found[member] = _seen(context, field, field.constant if kept is None else kept, members)
        elif member in rules.figures:
            found[member] = round_figure(definition, rules.figures[member], context, own)
        elif member == "cases":
            context.need("figures")
            found[member] = float(len(view.cases or ()))
        elif member == "title":
            found[member] = view.round.title_zh
        elif member == "year":
            found[member] = float(view.round.nominal[:4])
    return found


def round_figure(definition: Definition, rule: Figure, context: Context, own: Case | CaseFacts | None = None) -> object:
    """A figure over the cases of the round, each seen by its own fields; one whose expression fails is left out.

    Of a round that is over the figures are those that were fixed.
    """
    context.need("figures")
    assert context.round is not None
    fixed = context.round.round.fixed
    if fixed is not None and rule.name in fixed:
        kept = fixed[rule.name]
        return {group: reckon_figure(one) for group, one in kept} if isinstance(kept, tuple) else reckon_figure(kept)
    if rule.kind == "value":
        return _value_of(definition, rule, context, own)
    view = context.round
    if rule not in view.groups:
        view.groups[rule] = tuple(_groups_of(definition, rule, context))
    sums = dict.fromkeys(view.groups[rule], Decimal(0))
    known = view.added.setdefault(rule, {}) if _stands_alone(rule) else {}
    for facts in view.cases or ():
        if own is not None and own.id == facts.id:
            added = added_by(definition, rule, own, context)
        else:
            if facts.id not in known or known[facts.id][0] is not facts:
                known[facts.id] = facts, added_by(definition, rule, facts, context)
            added = known[facts.id][1]
        if added is not None:
            group, amount = added
            sums[group] = sums.get(group, Decimal(0)) + amount
    if rule.by is not None:
        return {group: float(total) for group, total in sums.items()}
    return float(sums.get("", Decimal(0)))


@lru_cache(maxsize=1024)
def _stands_alone(rule: Figure) -> bool:
    """Whether what a case adds follows from its own facts, whatever becomes of the others and of the round."""
    return not {"round", "previous"} & {path[0] for path in rule.expression.paths}


def added_by(
    definition: Definition, rule: Figure, case: Case | CaseFacts, context: Context
) -> tuple[str, Decimal] | None:
    """What a case adds to a figure, and to which of its groups."""
    if rule.states is not None and case.state not in rule.states:
        return None
    amount = _amount_of(definition, rule, case, context)
    return None if amount is None else (_group_of(definition, rule, case, context), amount)


def _value_of(definition: Definition, rule: Figure, context: Context, own: Case | CaseFacts | None) -> object:
    """Reckoned from other figures; a group of which it cannot be reckoned is left out."""
    found = {group: _evaluated(rule.expression, values) for group, values in values_of(definition, rule, context, own)}
    return found[""] if rule.by is None else {group: value for group, value in found.items() if value is not None}


def values_of(
    definition: Definition, rule: Figure, context: Context, own: Case | CaseFacts | None = None
) -> Iterator[tuple[str, RoundValues]]:
    """What a figure reckons from; with `by` once for each group, of which figures with the same `by` are then meant."""
    values = RoundValues(definition, context, own=own)
    if rule.by is None:
        yield "", values
        return
    figures = definition.round.figures if definition.round else {}
    alike = {
        name: found
        for name, other in figures.items()
        if other.by == rule.by and other.kind != "value" and isinstance(found := values(name, frozenset()), dict)
    }
    for group in dict.fromkeys(group for found in alike.values() for group in found):
        yield group, replace(values, more={name: found.get(group) for name, found in alike.items()})


def _evaluated(expression: Expression, values: RoundValues) -> object:
    try:
        return expression.evaluate(values, values.context.calendar)
    except ExpressionFailed:
        return None


def _groups_of(definition: Definition, rule: Figure, context: Context) -> Iterator[str]:
    """Groups that are there without a case, at 0: each organisation of the level, each option of the field."""
    if rule.by is None or context.round is None:
        return
    for organisation in context.directory.branch(context.round.round.unit):
        if rule.by in (organisation.level, organisation.kind):
            yield organisation.name
    if rule.by in definition.fields:
        yield from definition.fields[rule.by].options


def _amount_of(definition: Definition, rule: Figure, case: Case | CaseFacts, context: Context) -> Decimal | None:
    try:
        value = rule.expression.evaluate(CaseValues(definition, case, context), context.calendar)
    except ExpressionFailed:
        return None
    if rule.kind == "count":
        return Decimal(1) if value is True else None
    return Decimal(repr(value)) if isinstance(value, float) else None


def _group_of(definition: Definition, rule: Figure, case: Case | CaseFacts, context: Context) -> str:
    """By a level of the tree, else by a field, a person or organisation by name."""
    if rule.by is None:
        return ""
    for organisation in context.directory.climb(case.unit):
        if rule.by in (organisation.level, organisation.kind):
            return organisation.name
    value = case.data.get(rule.by)
    if isinstance(value, bool):
        return str(value).lower()
    field = definition.fields.get(rule.by)
    if isinstance(value, int) and field is not None and field.type in ("person", "organisation"):
        return context.directory.name_of(value)
    return "" if value is None else str(value)


def reckon_figure(kept: Left) -> object:
    """What a state left, as an expression sees it."""
    match kept:
        case bool() | None | str():
            return kept
        case int():
            return float(kept)
        case Amount(text=text):
            return float(Decimal(text))


def keep_figure(value: object) -> Left:
    """A number as it is kept: whole ones as integers, others as decimal text with six digits."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return keep_number(Decimal(repr(value)) if isinstance(value, float) else Decimal(str(value)))


def keep_number(exact: Decimal) -> Left:
    number = exact.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return int(number) if number == number.to_integral_value() else Amount(format(number.normalize(), "f"))


def holds(expression: Expression | None, values: CaseValues | RoundValues, context: Context) -> bool:
    """Whether a condition holds; none always does. Raises ExpressionFailed."""
    return expression is None or expression.holds(values, context.calendar)


def _has(figures: Mapping[str, Left], name: str) -> bool:
    return name in figures or any(
        key.startswith(name) and key[len(name)] == "." for key in figures if len(key) > len(name)
    )


def _figure_or_record(figures: Mapping[str, Left], name: str) -> object:
    """A figure, or those under `name.` as a record."""
    if name in figures:
        return reckon_figure(figures[name])
    prefix = f"{name}."
    record: dict[str, object] = {}
    for key, kept in figures.items():
        if key.startswith(prefix):
            _put(record, key[len(prefix) :].split("."), reckon_figure(kept))
    return record


def _put(record: dict[str, Any], path: list[str], value: object) -> None:
    for part in path[:-1]:
        record = record.setdefault(part, {})
    record[path[-1]] = value


def column_value(value: Kept) -> object:
    """A register's column as a number, a date or a text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return end_of(value)
    if isinstance(value, str):
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value
        return float(number) if number.is_finite() else value
    return value
