"""What can only be seen of the whole: dead ends, triggers that never fire, values that go round in a circle."""

import re
from collections.abc import Collection, Iterator, Mapping

from workflow.definition import words
from workflow.definition.expression import Expression
from workflow.definition.expression.syntax import Binary, path_of, walk
from workflow.definition.loading import document
from workflow.definition.loading.reading import Reader
from workflow.definition.model import (
    ANY_STATE,
    CANCELLED,
    PREVIOUS,
    Ballot,
    Calls,
    Definition,
    Do,
    Fields,
    Gather,
    Named,
    Notice,
    Score,
    State,
    Task,
    Tasks,
    Wait,
)
from workflow.text import sentence

_WHEN = re.compile(r"(\[\d+\])?\.when$")
#: Where an expression that fails is empty, unmet or left out, and nothing is refused.
_MAY_BE_EMPTY = re.compile(r"\.value$|^checks|\.with\.|^round\.|\.together\.")


def look_at_the_whole(reader: Reader, definition: Definition, whole: document.Mapping) -> None:
    states = whole.get("states")
    for name, state in definition.states.items():
        node = states.get(name) if isinstance(states, document.Mapping) else None
        if isinstance(node, document.Mapping):
            _State(reader, definition, state, node).look()
    if isinstance(states, document.Mapping):
        _unreachable(reader, definition, states)
    for fields, place in (
        (definition.fields, "fields"),
        (definition.round.fields if definition.round else {}, "round.fields"),
    ):
        _cycles(reader, fields, place, whole)
    _once_and_people(reader, definition, whole)
    _may_fail(reader, definition.fields)


class _State:
    def __init__(self, reader: Reader, definition: Definition, state: State, node: document.Mapping) -> None:
        self._reader = reader
        self._definition = definition
        self._state = state
        self._node = node
        self._place = f"states.{state.name}"
        self._to = node.get("to")

    def look(self) -> None:
        state = self._state
        if state.is_end:
            self._end()
            return
        if not state.to:
            text = sentence("Nothing leads out of “{state}”.", state=state.label)
            self._reader.problem("dead_end", self._node, self._place, text)
        self._together()
        self._fired()
        self._one_forward()
        self._in_order()
        self._shadowed()
        for trigger, at in self._named():
            if trigger not in state.to:
                self._reader.unknown("trigger", trigger, _node_at(self._node, at, self._place), at, state.to)

    def _end(self) -> None:
        for key in ("to", "decide", "remind", "escalate", "extend", "pause", "together"):
            if key in self._node.entries:
                text = sentence("An end has no “{key}”.", key=key)
                self._reader.problem("unknown_key", self._node.lines[key], f"{self._place}.{key}", text)

    def _together(self) -> None:
        state = self._state
        if state.together is None:
            return
        if self._definition.round is None:
            text = sentence("`together` needs a `round`: there is nothing whose cases could be decided together.")
            self._reader.problem(
                "together_without_round", self._node.lines["together"], f"{self._place}.together", text
            )
        if not isinstance(state.activity, Task | Ballot | Gather):
            text = sentence("What is decided together is a task, a ballot, or nothing.")
            self._reader.problem("wrong_type", self._node, self._place, text)
        written = [name for effect in state.do if effect.kind == "set" for name in _written_by(effect)]
        for name in (*state.edit, *written):
            if not name.startswith("round."):
                text = sentence("A sitting writes fields of the round only, not “{field}”.", field=name)
                self._reader.problem("wrong_type", self._node, self._place, text)

    def _fired(self) -> None:
        """What the activity fires must lead somewhere, and what leads somewhere must be fired."""
        needed, possible, persons = self._triggers()
        for trigger in sorted(needed - self._state.to.keys()):
            text = sentence("The activity fires “{trigger}”, but `to` does not say where it leads.", trigger=trigger)
            self._reader.problem("missing_trigger", self._line_of_to, f"{self._place}.to", text)
        for trigger in self._state.to:
            if trigger == "expired" and trigger not in possible:
                text = sentence("“expired” needs a deadline: `due` or `until`.")
                self._reader.problem("expired_without_due", self._line(trigger), f"{self._place}.to.{trigger}", text)
            elif trigger not in possible and (not persons or trigger in words.FIRED):
                text = sentence("Nothing here ever fires “{trigger}”.", trigger=trigger)
                self._reader.problem("never_fired", self._line(trigger), f"{self._place}.to.{trigger}", text)

    def _triggers(self) -> tuple[set[str], set[str], bool]:
        """What must lead somewhere, what may, and whether persons pick others."""
        match self._state.activity:
            case Task(due=due):
                return set(), {"expired"} if due else set(), True
            case Tasks(entries=entries):
                return set(), {"expired"} if any(entry.task.due for entry in entries) else set(), True
            case Ballot():
                return {"pass", "fail"}, {"pass", "fail", "invalid"}, False
            case Score():
                return {"scored"}, {"scored"}, False
            case Notice(objections=None):
                return {"clear"}, {"clear"}, False
            case Notice(objections=objections):
                corrected = {"corrected"} if objections is not None and objections.correct else set()
                return {"clear", "upheld"}, {"clear", "upheld"} | corrected, False
            case Wait(until=until, signals=signals):
                possible = {*signals, *(["expired"] if until else [])}
                return possible, possible, False
            case Calls():
                return {"done"}, {"done"}, False
            case _:
                return {"gathered"}, {"gathered"}, False

    def _one_forward(self) -> None:
        if not isinstance(self._state.activity, Tasks) or self._state.decide not in ("all", "in_turn"):
            return
        forward = [name for name in self._state.to if name != "expired" and self._definition.sense(name) == "forward"]
        if len(forward) != 1:
            text = sentence(
                "`decide: {rule}` needs just one forward trigger in `to`; these are {found}.",
                rule=str(self._state.decide),
                found=forward or "0",
            )
            self._reader.problem("not_one_forward", self._line_of_to, f"{self._place}.to", text)

    def _in_order(self) -> None:
        """Tasks that wait for each other would never open."""
        entries = self._state.activity.entries if isinstance(self._state.activity, Tasks) else ()
        after = {entry.name: {entry.after} for entry in entries if entry.after is not None}
        for name in _going_round(after):
            at = f"{self._place}.tasks.{name}"
            text = sentence("“{task}” opens after itself.", task=name)
            self._reader.problem("dead_end", _node_at(self._node, at, self._place), at, text)

    def _shadowed(self) -> None:
        for trigger, targets in self._state.to.items():
            wrong = self._reader.has_problem_below(f"{self._place}.to.{trigger}")
            for target in targets[:-1] if not wrong else ():
                if target.when is None:
                    text = sentence("What follows a target without `when` is never reached.")
                    self._reader.warning("shadowed", self._line(trigger), f"{self._place}.to.{trigger}", text)
                    break

    def _named(self) -> Iterator[tuple[str, str]]:
        """Triggers that tasks name: automatic ones, those that want an opinion, those that own words count as."""
        match self._state.activity:
            case Task() as task:
                yield from ((trigger, f"{self._place}.task") for trigger in _named_by(task))
            case Tasks(entries=entries):
                for entry in entries:
                    named = [trigger for trigger in _named_by(entry.task) if trigger not in entry.answers]
                    for trigger in (*named, *entry.answers.values()):
                        yield trigger, f"{self._place}.tasks.{entry.name}"

    @property
    def _line_of_to(self) -> int:
        return self._node.lines.get("to", self._node.line)

    def _line(self, trigger: str) -> int:
        return self._to.lines.get(trigger, self._to.line) if isinstance(self._to, document.Mapping) else self._node.line


def _may_fail(reader: Reader, fields: Fields) -> None:
    """Expressions that refuse an act when they fail, and read what may be empty."""
    for expression, place, line in reader.compiled:
        if _MAY_BE_EMPTY.search(place):
            continue
        for name in sorted(_may_be_empty(expression, fields)):
            text = sentence("“{field}” may be empty here; compare it with null first, or require it.", field=name)
            reader.warning("may_fail", line, _WHEN.sub("", place), text)


def _named_by(task: Task) -> tuple[str, ...]:
    named = (task.automatic.vacant, task.automatic.decided_before, *(task.opinion or ()))
    return tuple(trigger for trigger in named if trigger is not None)


def _node_at(state: document.Mapping, at: str, place: str) -> document.Node:
    """The node of a state's task."""
    node: document.Node = state
    for key in at.removeprefix(f"{place}.").split("."):
        node = (node.get(key) if isinstance(node, document.Mapping) else None) or node
    return node


def _written_by(effect: Do) -> Collection[str]:
    values = effect.arguments.get("values")
    return values if isinstance(values, Mapping) else ()


def _may_be_empty(expression: Expression, fields: Fields) -> Iterator[str]:
    """Fields that the expression reckons with, neither required, given nor compared with null."""
    compared = set()
    for part in walk(expression.tree):
        if isinstance(part, Binary) and part.sign in ("==", "!=", "in"):
            compared |= {path_of(side) for side in (part.left, part.right)}
    for path in expression.paths:
        field = fields.get(path[0])
        if field is None or len(path) > 1 or path in compared:
            continue
        empties = field.type in ("choices", "files", "table", "persons", "number_each")
        if (
            not empties
            and field.required is not True
            and field.default is None
            and not field.computed
            and field.source is None
        ):
            yield field.name


def _unreachable(reader: Reader, definition: Definition, states: document.Mapping) -> None:
    """Looked at only where each target could be read: else it is the one that was misspelt."""
    places = [*(f"states.{name}.to" for name in states.entries), *(f"anytime.{name}" for name in definition.anytime)]
    if len(definition.states) <= len(states.entries) or any(map(reader.has_problem_below, places)):
        return
    reached: set[str] = set()
    todo = [definition.first_state]
    by_anytime = {name: {t.to for t in rule.targets} for name, rule in definition.anytime.items()}
    while todo:
        name = todo.pop()
        if name in reached or name not in definition.states:
            continue
        reached.add(name)
        state = definition.states[name]
        todo += [
            target.to for targets in state.to.values() for target in targets if target.to not in (PREVIOUS, ANY_STATE)
        ]
        for trigger, targets in by_anytime.items():
            if name in definition.anytime[trigger].states:
                todo += [to for to in targets if to not in (PREVIOUS, ANY_STATE)]
    for name in definition.states:
        if name not in reached and name not in (CANCELLED, PREVIOUS, ANY_STATE):
            text = sentence("Nothing leads to “{state}”.", state=name)
            reader.problem("unreachable", states.lines[name], f"states.{name}", text)


def _cycles(reader: Reader, fields: Fields, place: str, whole: document.Mapping) -> None:
    reads = {
        name: {path[0] for path in field.value.paths if path[0] in fields}
        for name, field in fields.items()
        if field.value is not None
    }
    for name in _going_round(reads):
        text = sentence("The value of “{field}” depends on itself.", field=name)
        node = _find(whole, place, name)
        reader.problem("cyclic_value", node.line if node else whole.line, f"{place}.{name}", text)


def _find(whole: document.Mapping, place: str, name: str) -> document.Node | None:
    node: document.Node | None = whole
    for key in (*place.split("."), name):
        node = node.get(key) if isinstance(node, document.Mapping) else None
    return node


def _once_and_people(reader: Reader, definition: Definition, whole: document.Mapping) -> None:
    if "round" in definition.once and definition.round is None:
        text = sentence("`once` names the round, but there is none.")
        reader.problem("unknown_name", whole.lines["once"], "once", text)
    people = whole.get("people")
    within = {
        name: {entry.spec.name for entry in group.entries if isinstance(entry.spec, Named)}
        for name, group in definition.people.items()
    }
    for name in _going_round(within):
        text = sentence("The people “{people}” are made of themselves.", people=name)
        line = people.lines[name] if isinstance(people, document.Mapping) and name in people.lines else whole.line
        reader.problem("cyclic_value", line, f"people.{name}", text)


def _going_round(reads: Mapping[str, set[str]]) -> Iterator[str]:
    """The names that lead back to themselves."""
    for name, read in reads.items():
        seen: set[str] = set()
        todo = set(read)
        while todo:
            other = todo.pop()
            if other == name:
                yield name
                break
            if other not in seen:
                seen.add(other)
                todo |= reads.get(other, set())
