"""Putting the parts together: names first, then each part against them, then the whole."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflow.definition import words
from workflow.definition.loading import document, fields, rounds
from workflow.definition.loading.activities import OpenNames, left_behind
from workflow.definition.loading.document import DocumentWrong, Node, read_document
from workflow.definition.loading.people import read_group, read_people, read_recuse
from workflow.definition.loading.reading import Outside, Reader
from workflow.definition.loading.scope import Scope
from workflow.definition.loading.soundness import look_at_the_whole
from workflow.definition.loading.sources import Others, look_at_sources
from workflow.definition.loading.states import read_anytime, read_operations, read_state
from workflow.definition.model import (
    CANCELLED,
    PUBLIC,
    Anytime,
    Definition,
    End,
    Entry,
    Field,
    Named,
    People,
    State,
    Trigger,
)
from workflow.errors import DefinitionWrong, Problem
from workflow.text import Label, sentence

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SEQUENCE = re.compile(r"\{seq(:0?\d)?\}")
_LONGEST_TEMPLATE = 200


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file gave: the definition where it is sound, and every problem and warning by line."""

    definition: Definition | None
    problems: tuple[Problem, ...]
    claim_lines: Mapping[str, int] = field(default_factory=dict)  #: the line of each `prove[i]`
    outside: tuple[Outside, ...] = ()  #: texts and templates of the folder that it names
    draft: Definition | None = None  #: what could be read in spite of problems, with all its states

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.warning)

    def sound(self) -> Definition:
        """The definition; raises DefinitionWrong with all problems at once."""
        if self.definition is None:
            raise DefinitionWrong(self.errors)
        return self.definition

    def published(self) -> Definition:
        """Of a version: it was sound when it was published, and its cases go on whatever is looked at since."""
        return self.draft if self.draft is not None else self.sound()


def _alone(_: str) -> None:
    """No other definition is at hand."""


def load_definition(text: str, others: Others = _alone) -> Loaded:
    """Reads a definition; every problem is found in one go. `others`: definitions that it may take values from."""
    of_document: list[Problem] = []
    try:
        whole = read_document(text)
    except DocumentWrong as wrong:
        if wrong.whole is None:
            return Loaded(None, tuple(wrong.problems))
        whole, of_document = wrong.whole, wrong.problems
    return load_document(whole, of_document, others)


def load_document(whole: document.Mapping, of_document: Iterable[Problem] = (), others: Others = _alone) -> Loaded:
    """The same of a text that was read as YAML already."""
    reader = Reader(_scope(whole))
    reader.problems += of_document
    definition = _read(reader, whole)
    if definition is not None:
        look_at_the_whole(reader, definition, whole)
        look_at_sources(reader, definition, whole, others)
    problems = tuple(sorted(_unique(reader.problems), key=lambda problem: (problem.line or 0, problem.at)))
    sound = definition is not None and all(problem.warning for problem in problems)
    claims = reader.items(whole.get("prove"), "prove")
    lines = {f"prove[{number}]": node.line for number, (node, _) in enumerate(claims)}
    draft = definition if definition is not None and CANCELLED in definition.states else None
    return Loaded(definition if sound else None, problems, lines, tuple(reader.outside), draft)


def _scope(whole: document.Mapping) -> Scope:
    scope = Scope()
    for key, names in (("people", scope.people), ("states", scope.states)):
        node = whole.get(key)
        if isinstance(node, document.Mapping):
            names.extend(node.entries)
    return scope


def _read(reader: Reader, whole: document.Mapping) -> Definition | None:
    scope = reader.scope
    reader.mapping(whole, "definition", "")
    outlined, in_round = _outline_fields(reader, whole)
    _outline_states(reader, whole.get("states"))

    key = reader.name(whole.get("key"), "key")
    title = reader.label(whole.get("title"), "title")
    _demand(reader, whole)
    names = scope.names()
    people = _people(reader, whole.get("people"))
    states = _states(reader, whole.get("states"))
    anytime = _anytime(reader, whole.get("anytime"), states)
    start = _start(reader, whole.get("start"))
    concerns = reader.known_one(whole.get("concerns"), "concerns", "people", (*scope.people, "starter"))
    anchors = scope.anchors(due=False)
    fields_read = fields.read_fields(reader, whole.get("fields"), "fields", outlined, names, anchors)
    round_read = rounds.read_round(reader, whole.get("round"), in_round)
    see_read = read_group(reader, whole.get("see"), "see")
    recuse_read = read_recuse(reader, whole.get("recuse"), "recuse")
    checks_read = fields.read_checks(reader, whole.get("checks"), "checks", names)
    once_read = _once(reader, whole.get("once"))
    operations_read = read_operations(reader, whole.get("operations"), "operations")
    triggers_read = _triggers(reader, whole, anytime)
    number_read = _number(reader, whole.get("number"))
    subject_read = _template(reader, whole.get("subject"), "subject", _subject_names(scope))
    renames_read = _renames(reader, whole.get("renames"))
    if key is None or title is None or not states:
        return None
    return Definition(
        key=key,
        title=title,
        about=reader.label(whole.get("about"), "about"),
        start=start,
        concerns=concerns,
        people={**people, **reader.unnamed},
        states=states,
        anytime=anytime,
        claims=reader.texts(whole.get("prove"), "prove"),
        fields=fields_read,
        round=round_read,
        see=see_read,
        recuse=recuse_read,
        checks=checks_read,
        once=once_read,
        operations=operations_read,
        triggers=triggers_read,
        number=number_read,
        subject=subject_read,
        renames=renames_read,
    )


def _outline_fields(reader: Reader, whole: document.Mapping) -> tuple[dict[str, Field], dict[str, Field]]:
    """The fields of the case and of its round by name and type, so that expressions can be checked while they are read."""
    scope, node, round_node = reader.scope, whole.get("fields"), whole.get("round")
    outlined = fields.outline(reader, node, "fields")
    in_round = rounds.outline(reader, round_node)
    outlined = fields.with_options(reader, node, "fields", outlined, outlined)
    own = round_node.get("fields") if isinstance(round_node, document.Mapping) else None
    in_round = fields.with_options(reader, own, "round.fields", in_round, {**outlined, **in_round})
    scope.fields, scope.types = fields.kinds(outlined), {name: field.type for name, field in outlined.items()}
    scope.tables = {name: fields.kinds(field.columns) for name, field in outlined.items() if field.columns}
    scope.round_fields = fields.kinds(in_round)
    return outlined, in_round


def _demand(reader: Reader, whole: document.Mapping) -> None:
    for needed in ("key", "title", "states"):
        if whole.get(needed) is None:
            reader.problem("wrong_type", whole, needed, sentence("“{key}” is missing.", key=needed))


def _people(reader: Reader, node: Node | None) -> dict[str, People]:
    return {name: People(name, read_people(reader, entry, at)) for name, entry, at in reader.entries(node, "people")}


def _anytime(reader: Reader, node: Node | None, states: Mapping[str, State]) -> dict[str, Anytime]:
    ends = frozenset(name for name, state in states.items() if state.is_end)
    read = ((name, read_anytime(reader, name, entry, at, ends)) for name, entry, at in reader.entries(node, "anytime"))
    return {name: found for name, found in read if found is not None}


def _outline_states(reader: Reader, node: Node | None) -> None:
    for name, entry, _ in reader.entries(node, "states"):
        if name in (CANCELLED, "previous", "any"):
            reader.problem(
                "wrong_type", entry, f"states.{name}", sentence("No state may be called “{name}”.", name=name)
            )
        if isinstance(entry, document.Mapping):
            figures = left_behind(entry)
            reader.scope.left[name] = None if isinstance(figures, OpenNames) else figures


def _states(reader: Reader, node: Node | None) -> dict[str, State]:
    found = {name: read_state(reader, name, entry, at) for name, entry, at in reader.entries(node, "states")}
    states = {name: state for name, state in found.items() if state is not None}
    if states and len(states) == len(reader.scope.states):
        states[CANCELLED] = State(name=CANCELLED, label=words.CANCELLED, activity=End(words.CANCELLED))
    return states


def _start(reader: Reader, node: Node | None) -> tuple[Entry, ...]:
    if node is None:
        return ()
    if isinstance(node, document.Scalar) and node.text == PUBLIC:
        return (Entry(spec=Named(PUBLIC)),)
    group = read_group(reader, node, "start", builtin=("starter", PUBLIC))
    entries: list[Entry] = []
    for name in group:
        entries.extend(reader.unnamed.pop(name).entries if name in reader.unnamed else [Entry(spec=Named(name))])
    return tuple(entries)


def _once(reader: Reader, node: Node | None) -> tuple[str, ...]:
    return reader.known(node, "once", "field", (*reader.scope.fields, "unit", "starter", "concerned", "round"))


def _triggers(reader: Reader, whole: document.Mapping, anytime: Iterable[str]) -> dict[str, Trigger]:
    used = dict.fromkeys([*_triggers_written(whole), *anytime])
    found: dict[str, Trigger] = {}
    for name in used:
        label, sense = words.TRIGGERS.get(name, (Label(name, name), "forward"))
        found[name] = Trigger(name=name, label=label, sense=sense)
    node = whole.get("triggers")
    for name, entry, at in reader.entries(node, "triggers"):
        keys = reader.mapping(entry, "trigger", at)
        if name not in used:
            reader.unknown("trigger", name, entry, at, used)
        elif keys is not None:
            known = found[name]
            found[name] = Trigger(
                name=name,
                label=reader.label(keys.get("label"), f"{at}.label") or known.label,
                sense=reader.word(keys.get("sense"), f"{at}.sense", ("forward", "back", "stop"), known.sense),
            )
    for name, trigger in found.items():
        if trigger.label.zh == name:
            place = _line_of_trigger(whole, name)
            reader.warning("no_label", place, f"triggers.{name}", sentence("“{name}” has no label.", name=name))
    return found


def _triggers_written(whole: document.Mapping) -> dict[str, int]:
    """The triggers of all `to`, each with the line where it stands first."""
    found: dict[str, int] = {}
    states = whole.get("states")
    for state in states.entries.values() if isinstance(states, document.Mapping) else ():
        to = state.get("to") if isinstance(state, document.Mapping) else None
        if isinstance(to, document.Mapping):
            found = {**to.lines, **found}
    return found


def _line_of_trigger(whole: document.Mapping, name: str) -> int:
    anytime = whole.get("anytime")
    lines = anytime.lines if isinstance(anytime, document.Mapping) else {}
    return _triggers_written(whole).get(name) or lines.get(name) or whole.line


def _template(reader: Reader, node: Node | None, place: str, known: re.Pattern[str]) -> str | None:
    text = reader.text(node, place)
    if text is None or node is None:
        return None
    if len(text) > _LONGEST_TEMPLATE:
        most = sentence("At most {most} characters; this has {found}.", most=_LONGEST_TEMPLATE, found=len(text))
        reader.problem("too_large", node, place, most)
    for name in _PLACEHOLDER.findall(text):
        if not known.fullmatch(name):
            reader.problem("unknown_name", node, place, sentence("There is no “{name}” for this text.", name=name))
    return text


def _number(reader: Reader, node: Node | None) -> str | None:
    text = _template(reader, node, "number", re.compile(r"year|month|seq(:0?\d)?"))
    told_already = reader.has_problem_below("number")
    if text is not None and node is not None and not told_already and not _SEQUENCE.search(text):
        told = sentence("Cases are told apart by {{seq}}, such as LV-{{year}}-{{seq:04}}.")
        reader.problem("wrong_type", node, "number", told)
    return text


def _subject_names(scope: Scope) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, (*scope.fields, "unit", "starter", "concerned", "round", "year"))))


def _renames(reader: Reader, node: Node | None) -> dict[str, dict[str, str]]:
    keys = reader.mapping(node, "renames", "renames")
    found: dict[str, dict[str, str]] = {}
    for kind, known in (("states", reader.scope.states), ("fields", list(reader.scope.fields))):
        entry = keys.get(kind) if keys else None
        found[kind] = {}
        for old, new, at in reader.entries(entry, f"renames.{kind}"):
            name = reader.known_one(new, at, kind.removesuffix("s"), known)
            if name is not None:
                found[kind][old] = name
    return found


def _unique(problems: Iterable[Problem]) -> Iterable[Problem]:
    seen: set[tuple[str, str, int | None]] = set()
    for problem in problems:
        mark = (problem.at, problem.code, problem.line)
        if mark not in seen:
            seen.add(mark)
            yield problem
