"""Reading states: the activity, what is around it, and where each trigger leads."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from workflow.definition import words
from workflow.definition.expression import NUMBER, Expression, Names, both
from workflow.definition.loading import document
from workflow.definition.loading.activities import (
    OpenNames,
    decide_names,
    left_behind,
    read_activity,
    read_extend,
)
from workflow.definition.loading.document import Node, Scalar
from workflow.definition.loading.effects import read_dos, read_tells
from workflow.definition.loading.grammar import ACTIVITIES
from workflow.definition.loading.people import read_group
from workflow.definition.loading.reading import Reader
from workflow.definition.model import (
    ANY_STATE,
    CANCELLED,
    PREVIOUS,
    PUBLIC,
    UP,
    Allocate,
    Anytime,
    CalledBy,
    Decide,
    End,
    Escalate,
    Grade,
    Part,
    Rank,
    Remind,
    State,
    Target,
    Together,
    Tuning,
)
from workflow.definition.term.values import Term
from workflow.text import Label, sentence

#: The built-in operations that a definition may forbid or tune.
OPERATIONS = (
    "claim",
    "release",
    "delegate",
    "transfer",
    "add_signer",
    "remove_signer",
    "take_back",
    "urge",
    "copy",
    "comment",
    "recuse",
    "correct",
    "paper",
    "cancel",
    "suspend",
    "resume",
    "reassign",
)
#: Of these, the administrators' and the sealed original, no definition takes anything away.
_ALWAYS = ("paper", "suspend", "resume", "reassign")


def read_state(reader: Reader, name: str, node: Node, place: str) -> State | None:
    keys = reader.mapping(node, "state", place)
    if keys is None:
        return None
    kinds = [kind for kind in ACTIVITIES if kind in keys.entries]
    if len(kinds) > 1 or (not kinds and "together" not in keys.entries):
        text = sentence(
            "A state has one activity, this has {found}: {kinds}.", found=len(kinds), kinds=list(ACTIVITIES)
        )
        reader.problem("wrong_type", node, place, text)
        return None
    kind = kinds[0] if kinds else None
    activity = read_activity(reader, kind, keys.get(kind) if kind else None, place)
    if activity is None:
        return None
    names = _names_of_state(reader, keys)
    label = reader.label(keys.get("label"), f"{place}.label")
    if label is None:
        label = activity.label if isinstance(activity, End) else words.STATES.get(name)
    return State(
        name=name,
        label=label or Label(name, name),
        activity=activity,
        together=_together(reader, keys.get("together"), f"{place}.together"),
        decide=_decide(reader, keys, place),
        remind=tuple(_reminds(reader, keys, f"{place}.remind")),
        escalate=tuple(_escalates(reader, keys, f"{place}.escalate")),
        extend=read_extend(reader, keys.get("extend"), f"{place}.extend"),
        pause=_pause(reader, keys.get("pause"), f"{place}.pause"),
        clock=reader.word(keys.get("clock"), f"{place}.clock", ("again", "goes_on"), "again"),
        operations=read_operations(reader, keys.get("operations"), f"{place}.operations"),
        tell=tuple(read_tells(reader, keys.get("tell"), f"{place}.tell", names)),
        do=tuple(read_dos(reader, keys.get("do"), f"{place}.do", names)),
        to={
            trigger: read_targets(reader, entry, at, names)
            for trigger, entry, at in reader.entries(keys.get("to"), f"{place}.to")
        },
    )


def read_targets(reader: Reader, node: Node | None, place: str, names: Names) -> tuple[Target, ...]:
    found = (_target(reader, item, at, names) for item, at in reader.items(node, place))
    return tuple(target for target in found if target is not None)


def read_operations(reader: Reader, node: Node | None, place: str) -> dict[str, Tuning]:
    found: dict[str, Tuning] = {}
    for name, entry, at in reader.entries(node, place):
        if name not in OPERATIONS:
            reader.unknown("operation", name, entry, at, OPERATIONS)
            continue
        tuning = _tuning(reader, name, entry, at)
        if tuning is not None:
            found[name] = tuning
    return found


def read_anytime(reader: Reader, name: str, node: Node, place: str, ends: frozenset[str]) -> Anytime | None:
    keys = reader.mapping(node, "anytime", place)
    if keys is None:
        return None
    names = reader.scope.names()
    targets = read_targets(reader, keys.get("to"), f"{place}.to", names)
    if not targets or keys.get("by") is None:
        reader.problem("wrong_type", keys, place, sentence("Who may (`by`), and where does it lead (`to`)?"))
        return None
    when = reader.expression(keys.get("when"), f"{place}.when", names)
    say = reader.label(keys.get("say"), f"{place}.say")
    if when is not None:
        targets = tuple(replace(target, when=both(when, target.when), say=target.say or say) for target in targets)
    only = reader.state_names(keys.get("in"), f"{place}.in")
    without = reader.state_names(keys.get("except"), f"{place}.except")
    offered = only or tuple(state for state in reader.scope.states if state not in ends and state not in without)
    opinion = keys.get("opinion")
    return Anytime(
        name=name,
        by=read_group(reader, keys.get("by"), f"{place}.by", builtin=("starter", PUBLIC)),
        targets=targets,
        states=offered,
        edit=reader.field_names(keys.get("edit"), f"{place}.edit"),
        opinion=None if opinion is None else reader.truth(opinion, f"{place}.opinion"),
    )


def _names_of_state(reader: Reader, keys: document.Mapping) -> Names:
    own = left_behind(keys)
    names = reader.scope.names_in_state(own)
    return OpenNames(names) if isinstance(own, OpenNames) else names


def _target(reader: Reader, node: Node, place: str, names: Names) -> Target | None:
    if isinstance(node, Scalar):
        to = _state(reader, node, place)
        return None if to is None else Target(to=to)
    keys = reader.mapping(node, "target", place)
    if keys is None:
        return None
    to = _state(reader, keys.get("to"), f"{place}.to")
    if to is None:
        if keys.get("to") is None:
            reader.problem("wrong_type", keys, place, sentence("Where does it lead? `to` is missing."))
        return None
    return Target(
        to=to,
        when=reader.expression(keys.get("when"), f"{place}.when", names),
        say=reader.label(keys.get("say"), f"{place}.say"),
        then=reader.word(keys.get("then"), f"{place}.then", ("again", "resume", "choice"), "again"),
    )


def _state(reader: Reader, node: Node | None, place: str) -> str | None:
    return reader.known_one(node, place, "state", (*reader.scope.states, CANCELLED, PREVIOUS, ANY_STATE))


def _decide(reader: Reader, keys: document.Mapping, place: str) -> Decide:
    node = keys.get("decide")
    if not isinstance(node, document.Mapping):
        return reader.word(node, f"{place}.decide", ("all", "any", "in_turn", "most"), "all")
    names = reader.scope.names_in_state(decide_names(keys))
    to = keys.get("to")
    known = tuple(to.entries) if isinstance(to, document.Mapping) else ()
    rules: list[tuple[str, Expression]] = []
    for trigger, entry, at in reader.entries(node, f"{place}.decide"):
        if trigger not in known:
            reader.unknown("trigger", trigger, entry, at, known)
        rule = reader.expression(entry, at, names)
        if rule is not None:
            rules.append((trigger, rule))
    return tuple(rules)


def _together(reader: Reader, node: Node | None, place: str) -> Together | None:
    keys = reader.mapping(node, "together", place)
    if keys is None:
        return None
    anchors = reader.scope.round_anchors()
    until_node = keys.get("until")
    until: Literal["all"] | Term | CalledBy = "all"
    if isinstance(until_node, document.Mapping):
        reader.mapping(until_node, "called_by", f"{place}.until")
        until = CalledBy(read_group(reader, until_node.get("called_by"), f"{place}.until.called_by"))
    elif until_node is not None and reader.text(until_node, f"{place}.until") != "all":
        until = reader.term(until_node, f"{place}.until", anchors) or "all"
    return Together(
        until=until,
        latest=reader.term(keys.get("latest"), f"{place}.latest", anchors),
        rank=_rank(reader, keys.get("rank"), f"{place}.rank"),
        draw=reader.portion(keys.get("draw"), f"{place}.draw"),
        allocate=_allocate(reader, keys.get("allocate"), f"{place}.allocate"),
    )


def _rank(reader: Reader, node: Node | None, place: str) -> Rank | None:
    keys = reader.mapping(node, "rank", place)
    if keys is None:
        return None
    by: list[tuple[str, bool]] = []
    for item, at in reader.items(keys.get("by"), f"{place}.by"):
        name = reader.text(item, at) or ""
        plain = name.removeprefix("-")
        if plain.split(".")[0] not in {**reader.scope.names(), **_ballot_counts()} and not _is_choice(reader, plain):
            reader.unknown("figure", plain, item, at, reader.scope.names())
        by.append((plain, name.startswith("-")))
    tie = reader.texts(keys.get("tie"), f"{place}.tie")
    if not set(tie) <= {"ballot", "lot"}:
        reader.problem(
            "wrong_type",
            keys.entries["tie"],
            f"{place}.tie",
            sentence("“{text}” is none of: {words}.", text=", ".join(tie), words=["ballot", "lot"]),
        )
        tie = ()
    names = reader.scope.names()
    return Rank(
        by=tuple(by),
        within=reader.known_one(keys.get("within"), f"{place}.within", "field", reader.scope.fields),
        seats=reader.expression(keys.get("seats"), f"{place}.seats", names, NUMBER),
        tie=tie,  # type: ignore[arg-type]  # looked at above
        grades=tuple(_grades(reader, keys.get("grades"), f"{place}.grades")),
    )


def _ballot_counts() -> dict[str, object]:
    return dict.fromkeys((*words.CHOICES, "cast", "present", "electorate", "votes"))


def _is_choice(reader: Reader, name: str) -> bool:
    return any(figures is not None and name in figures for figures in reader.scope.left.values())


def _grades(reader: Reader, node: Node | None, place: str) -> Iterator[Grade]:
    names = reader.scope.names(*(figures for figures in reader.scope.left.values() if figures))
    for name, entry, at in reader.entries(node, place):
        keys = reader.mapping(entry, "grade", at) if isinstance(entry, document.Mapping) else None
        if keys is None:
            yield Grade(name=name)
        else:
            yield Grade(
                name=name,
                when=reader.expression(keys.get("when"), f"{at}.when", names),
                at_most=reader.portion(keys.get("at_most"), f"{at}.at_most"),
            )


def _allocate(reader: Reader, node: Node | None, place: str) -> Allocate | None:
    keys = reader.mapping(node, "allocate", place)
    if keys is None:
        return None
    names = reader.scope.names(*(figures for figures in reader.scope.left.values() if figures))
    parts: list[Part] = []
    for name, entry, at in reader.entries(keys.get("parts"), f"{place}.parts"):
        part = reader.mapping(entry, "part", at)
        portion = reader.portion(part.get("portion"), f"{at}.portion") if part else None
        by = reader.expression(part.get("by"), f"{at}.by", names, NUMBER) if part else None
        if portion is not None and by is not None:
            parts.append(Part(name=name, portion=portion, by=by))
    if parts and sum(part.portion for part in parts) != 1:
        reader.problem("wrong_type", keys, f"{place}.parts", sentence("The portions must sum to 100 %."))
    budget = reader.expression(keys.get("budget"), f"{place}.budget", reader.scope.names(), NUMBER)
    if budget is None or not parts:
        reader.problem("wrong_type", keys, place, sentence("A budget and its parts are wanted."))
        return None
    return Allocate(budget=budget, parts=tuple(parts))


def _has_deadline(keys: document.Mapping) -> bool:
    """Whether the state has a deadline to speak of: a `due`, the end of a wait, that of a notice."""
    inner = [node for kind in ACTIVITIES if isinstance(node := keys.get(kind), document.Mapping)]
    tasks = [task for node in inner for task in node.entries.values() if isinstance(task, document.Mapping)]
    return keys.get("notice") is not None or any(node.get(key) for node in inner + tasks for key in ("due", "until"))


def _reminds(reader: Reader, keys_of_state: document.Mapping, place: str) -> Iterator[Remind]:
    anchors = reader.scope.anchors(due=_has_deadline(keys_of_state))
    for item, at in reader.items(keys_of_state.get("remind"), place):
        if isinstance(item, Scalar):
            moment = reader.term_or_repeat(item, at, anchors)
            if moment is not None:
                yield Remind(at=moment)
            continue
        keys = reader.mapping(item, "remind", at)
        moment = reader.term_or_repeat(keys.get("at"), f"{at}.at", anchors) if keys else None
        if keys is not None and moment is not None:
            to = read_group(reader, keys.get("to"), f"{at}.to")
            yield Remind(at=moment, to=to, text=reader.named_outside(keys.get("text"), f"{at}.text", "text"))


def _escalates(reader: Reader, keys_of_state: document.Mapping, place: str) -> Iterator[Escalate]:
    anchors = reader.scope.anchors(due=_has_deadline(keys_of_state))
    for item, at in reader.items(keys_of_state.get("escalate"), place):
        keys = reader.mapping(item, "escalate", at)
        moment = reader.term(keys.get("at"), f"{at}.at", anchors) if keys else None
        if keys is not None and moment is not None:
            yield Escalate(at=moment, to=read_group(reader, keys.get("to"), f"{at}.to", builtin=("starter", UP)))


def _pause(reader: Reader, node: Node | None, place: str) -> int | None:
    span = reader.span(node, place)
    if span is not None and span.unit != "days" and node is not None:
        reader.problem("bad_term", node, place, sentence("A pause is counted in calendar days, such as 60 days."))
    return span.count if span is not None else None


def _tuning(reader: Reader, name: str, node: Node, place: str) -> Tuning | None:
    if name in _ALWAYS:
        reader.problem("wrong_type", node, place, sentence("“{name}” can neither be forbidden nor tuned.", name=name))
        return None
    if isinstance(node, Scalar) and node.text == "never":
        return Tuning(never=True)
    match name:
        case "add_signer":
            kinds = reader.texts(node, place)
            if not set(kinds) <= {"before", "beside", "after"}:
                reader.wrong_type(node, place, sentence("A list of before, beside, after"))
            return Tuning(kinds=kinds)
        case "urge":
            span = reader.span(node, place)
            return None if span is None else Tuning(span=span)
        case "cancel":
            return Tuning(by=read_group(reader, node, place))
        case "correct":
            keys = reader.mapping(node, "tuning", place)
            if keys is None:
                return None
            edit = reader.field_names(
                keys.get("edit"), f"{place}.edit", more=[f"round.{field}" for field in reader.scope.round_fields]
            )
            return Tuning(by=read_group(reader, keys.get("by"), f"{place}.by"), edit=edit)
    reader.problem("wrong_type", node, place, sentence("“{name}” can be forbidden (never), nothing else.", name=name))
    return None
