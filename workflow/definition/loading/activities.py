"""Reading what a state opens: one function an activity."""

from collections.abc import Callable

from workflow.definition import words
from workflow.definition.expression import ANY, NUMBER, TRUTH, Kind, compile_expression, record_of
from workflow.definition.loading import document
from workflow.definition.loading.document import Node, Scalar
from workflow.definition.loading.people import read_group
from workflow.definition.loading.reading import Reader
from workflow.definition.model import (
    Activity,
    Alternatives,
    Automatic,
    Ballot,
    Call,
    Calls,
    End,
    Extend,
    Gather,
    Notice,
    Objections,
    Score,
    Task,
    TaskOf,
    Tasks,
    Wait,
)
from workflow.definition.term.values import Term
from workflow.text import Label, sentence


def read_activity(reader: Reader, kind: str | None, node: Node | None, place: str) -> Activity | None:
    if kind is None or node is None:
        return Gather()
    return _READERS[kind](reader, node, f"{place}.{kind}")


def left_behind(keys: document.Mapping) -> dict[str, Kind]:
    """The figures that a state leaves under its name, by what its keys say."""
    figures: dict[str, Kind] = {}
    for kind, entry in keys.entries.items():
        if kind == "ballot" and isinstance(entry, document.Mapping):
            figures |= _counts(entry)
        elif kind == "score" and isinstance(entry, document.Mapping):
            criteria = entry.get("criteria")
            named = criteria.entries if isinstance(criteria, document.Mapping) else {}
            figures |= dict.fromkeys(("score", "spread", "cards", *named), NUMBER)
        elif kind == "tasks" and isinstance(entry, document.Mapping):
            figures |= decide_names(keys)
        elif kind == "notice":
            figures |= {"objections": NUMBER}
        elif kind == "wait":
            figures |= {"data": record_of(None)}
        elif kind == "call":
            return OpenNames(figures)
        elif kind == "together" and isinstance(entry, document.Mapping):
            figures |= _of_together(entry)
    return figures


def decide_names(keys: document.Mapping) -> dict[str, Kind]:
    """The counts of the answers to `tasks`, of all and of each entry."""
    to = keys.get("to")
    triggers = list(to.entries) if isinstance(to, document.Mapping) else []
    counts = dict.fromkeys((*triggers, "expired", "asked", "answered"), NUMBER)
    entries = keys.get("tasks")
    named = list(entries.entries) if isinstance(entries, document.Mapping) else []
    return {**counts, **{name: record_of(dict(counts)) for name in named if name not in counts}}


def ballot_names(keys: document.Mapping) -> dict[str, Kind]:
    """What `quorum` and `pass` see."""
    return {**_counts(keys), "votes": NUMBER}


class OpenNames(dict[str, Kind]):
    """The figures of called cases are named by their end states, which stand in another file: any name may be asked."""

    def get(self, name: str, default: Kind | None = None) -> Kind:  # type: ignore[override]
        return super().get(name) or default or ANY


def _counts(ballot: document.Mapping) -> dict[str, Kind]:
    choices = _names(ballot.get("choices")) or list(words.CHOICES)
    counts: dict[str, Kind] = dict.fromkeys((*choices, "cast", "present", "electorate", "elected"), NUMBER)
    for item in _names(ballot.get("items")):
        counts[item] = record_of(dict.fromkeys((*choices, "cast"), NUMBER))
    return counts


def _of_together(together: document.Mapping) -> dict[str, Kind]:
    figures: dict[str, Kind] = {}
    rank = together.get("rank")
    if isinstance(rank, document.Mapping):
        figures |= {"place": NUMBER, "seated": TRUTH}
        if rank.get("grades") is not None:
            figures["grade"] = Kind("text", options=tuple(_names(rank.get("grades"))))
    if together.get("draw") is not None:
        figures["drawn"] = TRUTH
    allocate = together.get("allocate")
    if isinstance(allocate, document.Mapping):
        figures["allocated"] = NUMBER
        figures |= dict.fromkeys(_names(allocate.get("parts")), NUMBER)
    return figures


def _names(node: Node | None) -> list[str]:
    match node:
        case document.Mapping(entries=entries):
            return list(entries)
        case document.Listing(items=items):
            return [item.text for item in items if isinstance(item, Scalar)]
        case Scalar(text=text):
            return [text]
    return []


def _task(reader: Reader, node: Node, place: str, kind: str = "task") -> Task | None:
    keys = reader.mapping(node, kind, place)
    if keys is None:
        return None
    if keys.get("who") is None and keys.get("each") is None:
        reader.problem("wrong_type", keys, place, sentence("Nobody is named: `who` is missing."))
    if keys.get("who") is not None and keys.get("each") is not None:
        reader.problem("wrong_type", keys, place, sentence("Either `who` has one task, or `each` of them has his own."))
    opinion = keys.get("opinion")
    automatic = reader.mapping(keys.get("automatic"), "automatic", f"{place}.automatic")
    return Task(
        who=read_group(reader, keys.get("who") or keys.get("each"), f"{place}.who"),
        edit=_edit(reader, keys.get("edit"), f"{place}.edit"),
        hide=reader.field_names(keys.get("hide"), f"{place}.hide"),
        due=_due(reader, keys.get("due"), f"{place}.due"),
        opinion=None if opinion is None else reader.texts(opinion, f"{place}.opinion"),
        automatic=Automatic()
        if automatic is None
        else Automatic(
            vacant=reader.text(automatic.get("vacant"), f"{place}.automatic.vacant"),
            decided_before=reader.text(automatic.get("decided_before"), f"{place}.automatic.decided_before"),
        ),
    )


def _tasks(reader: Reader, node: Node, place: str) -> Tasks | None:
    found: list[TaskOf] = []
    names = [name for name, _, _ in reader.entries(node, place)]
    for name, entry, at in reader.entries(node, place):
        task = _task(reader, entry, at, "task_of")
        if task is None or not isinstance(entry, document.Mapping):
            continue
        answers = entry.get("answers")
        found.append(
            TaskOf(
                name=name,
                task=task,
                each=entry.get("each") is not None,
                per_organisation=entry.get("per") is not None
                and reader.word(entry.get("per"), f"{at}.per", ("organisation",), "") == "organisation",
                when=reader.expression(entry.get("when"), f"{at}.when", reader.scope.names()),
                after=reader.known_one(
                    entry.get("after"), f"{at}.after", "task", [other for other in names if other != name]
                ),
                answers={}
                if not isinstance(answers, document.Mapping)
                else {
                    word: reader.text(trigger, f"{at}.answers.{word}") or ""
                    for word, trigger in answers.entries.items()
                },
            )
        )
    if not found:
        reader.wrong_type(node, place, sentence("At least one task"))
        return None
    return Tasks(tuple(found))


def _ballot(reader: Reader, node: Node, place: str) -> Ballot | None:
    keys = reader.mapping(node, "ballot", place)
    if keys is None:
        return None
    if (keys.get("who") is None) == (keys.get("recorded_by") is None):
        reader.problem(
            "wrong_type", keys, place, sentence("A ballot has either `who` votes or who records it, `recorded_by`.")
        )
    choices = reader.labels(keys.get("choices"), f"{place}.choices") or dict(words.CHOICES)
    table = reader.known_one(keys.get("of"), f"{place}.of", "field", reader.scope.tables)
    own = ballot_names(keys)
    if table is not None:
        own["row"] = record_of(reader.scope.tables[table])
    names = reader.scope.names_in_state(own)
    passes = reader.expression(keys.get("pass"), f"{place}.pass", names)
    if passes is None and keys.get("pass") is None:
        usual = "yes * 2 > cast" if "yes" in choices and table is None else "true"
        passes = compile_expression(usual, names, TRUTH)
    return Ballot(
        who=read_group(reader, keys.get("who"), f"{place}.who"),
        recorded_by=read_group(reader, keys.get("recorded_by"), f"{place}.recorded_by"),
        secret=reader.truth(keys.get("secret"), f"{place}.secret"),
        choices=choices,
        items=reader.labels(keys.get("items"), f"{place}.items"),
        of=table,
        choose=reader.count(keys.get("choose"), f"{place}.choose"),
        seats=reader.expression(keys.get("seats"), f"{place}.seats", reader.scope.names(), NUMBER),
        quorum=reader.expression(keys.get("quorum"), f"{place}.quorum", names),
        passes=passes,
        due=_due(reader, keys.get("due"), f"{place}.due"),
        closed_by=read_group(reader, keys.get("closed_by"), f"{place}.closed_by"),
        changeable=reader.truth(keys.get("changeable"), f"{place}.changeable"),
        hide_groups_under=reader.count(keys.get("hide_groups_under"), f"{place}.hide_groups_under"),
        edit=_edit(reader, keys.get("edit"), f"{place}.edit"),
    )


def _score(reader: Reader, node: Node, place: str) -> Score | None:
    keys = reader.mapping(node, "score", place)
    if keys is None:
        return None
    if keys.get("who") is None:
        reader.problem("wrong_type", keys, place, sentence("Nobody is named: `who` is missing."))
    criteria: dict[str, int] = {}
    labels: dict[str, Label] = {}
    for name, entry, at in reader.entries(keys.get("criteria"), f"{place}.criteria"):
        points: int | None
        if isinstance(entry, document.Mapping):
            inner = reader.mapping(entry, "criterion", at)
            points = reader.count(entry.get("points"), f"{at}.points")
            label = reader.label(inner.get("label"), f"{at}.label") if inner else None
            if label:
                labels[name] = label
        else:
            points = reader.count(entry, at)
        if points is not None:
            criteria[name] = points
    if not criteria:
        reader.problem("wrong_type", keys, place, sentence("A score card has criteria with their most points."))
    drop = reader.texts(keys.get("drop"), f"{place}.drop")
    if not set(drop) <= {"highest", "lowest"}:
        reader.problem(
            "wrong_type",
            keys.entries["drop"],
            f"{place}.drop",
            sentence("“{text}” is none of: {words}.", text=", ".join(drop), words=["highest", "lowest"]),
        )
        drop = ()
    return Score(
        who=read_group(reader, keys.get("who"), f"{place}.who"),
        criteria=criteria,
        labels=labels,
        drop=drop,  # type: ignore[arg-type]  # looked at above
        at_least=reader.count(keys.get("at_least"), f"{place}.at_least") or 1,
        due=_due(reader, keys.get("due"), f"{place}.due"),
        edit=_edit(reader, keys.get("edit"), f"{place}.edit"),
        hide=reader.field_names(keys.get("hide"), f"{place}.hide"),
    )


def _notice(reader: Reader, node: Node, place: str) -> Notice | None:
    keys = reader.mapping(node, "notice", place)
    if keys is None:
        return None
    if keys.get("length") is None:
        reader.problem("wrong_type", keys, place, sentence("A notice has a length, such as 5 working days."))
    anchors = reader.scope.anchors(due=False)
    return Notice(
        length=reader.terms(keys.get("length"), f"{place}.length", anchors, reader.scope.names(), ("length",)),
        where=reader.texts(keys.get("where"), f"{place}.where") or ("public",),
        show=reader.field_names(keys.get("show"), f"{place}.show", more=("unit", "concerned")),
        objections=_objections(reader, keys.get("objections"), f"{place}.objections"),
    )


def _objections(reader: Reader, node: Node | None, place: str) -> Objections | None:
    keys = reader.mapping(node, "objections", place)
    if keys is None:
        return None
    if keys.get("who") is None:
        reader.problem("wrong_type", keys, place, sentence("Nobody is named: `who` is missing."))
    return Objections(
        who=read_group(reader, keys.get("who"), f"{place}.who"),
        sign=reader.count(keys.get("sign"), f"{place}.sign") or 1,
        due=_due(reader, keys.get("due"), f"{place}.due"),
        extend=read_extend(reader, keys.get("extend"), f"{place}.extend"),
        clock=reader.word(keys.get("clock"), f"{place}.clock", ("hold", "again", "run"), "hold"),
        anonymous=reader.truth(keys.get("anonymous"), f"{place}.anonymous"),
        correct=reader.field_names(keys.get("correct"), f"{place}.correct"),
        late=reader.named_outside(keys.get("late"), f"{place}.late", "definition"),
    )


def _wait(reader: Reader, node: Node, place: str) -> Wait | None:
    keys = reader.mapping(node, "wait", place)
    if keys is None:
        return None
    if keys.get("until") is None and keys.get("for") is None:
        reader.problem("wrong_type", keys, place, sentence("A wait is for a time (`until`) or for a signal (`for`)."))
        return None
    anchors = reader.scope.anchors(due=False)
    return Wait(
        until=reader.terms(keys.get("until"), f"{place}.until", anchors, reader.scope.names(), ("until",)),
        signals=reader.texts(keys.get("for"), f"{place}.for"),
    )


def _calls(reader: Reader, node: Node, place: str) -> Calls | None:
    found = [_call(reader, item, at) for item, at in reader.items(node, place)]
    calls = tuple(call for call in found if call is not None)
    return Calls(calls) if calls else None


def _call(reader: Reader, node: Node, place: str) -> Call | None:
    keys = reader.mapping(node, "call", place)
    if keys is None:
        return None
    definition = reader.named_outside(keys.get("definition"), f"{place}.definition", "definition")
    if definition is None:
        reader.problem("wrong_type", keys, place, sentence("Which definition is called? `definition` is missing."))
        return None
    each, each_people, row = read_each(reader, keys.get("each"), f"{place}.each")
    names = reader.scope.names({} if row is None else {"row": row})
    return Call(
        definition=definition,
        each=each,
        each_people=each_people,
        unit=read_unit(reader, keys.get("unit"), f"{place}.unit", each),
        values=reader.expressions(keys.get("with"), f"{place}.with", names),
    )


def read_unit(reader: Reader, node: Node | None, place: str, each: str | None) -> str | None:
    """A field with an organisation, a column of the row, or a level of the tree, which may be any word."""
    name = reader.text(node, place)
    if name is None or node is None or not name.startswith("row."):
        return name
    columns = reader.scope.tables.get(each or "", {})
    if name.removeprefix("row.") not in columns:
        reader.unknown("field", name, node, place, [f"row.{column}" for column in columns])
    return name


def read_each(reader: Reader, node: Node | None, place: str) -> tuple[str | None, bool, Kind | None]:
    """A table or a name of people: its name, whether it is people, and what `row` is."""
    name = reader.text(node, place)
    if name is None or node is None:
        return None, False, None
    if name in reader.scope.tables:
        return name, False, record_of(reader.scope.tables[name])
    if name in reader.scope.people:
        return name, True, record_of(None)
    reader.unknown("field", name, node, place, {*reader.scope.tables, *reader.scope.people})
    return None, False, None


def read_extend(reader: Reader, node: Node | None, place: str) -> Extend | None:
    if node is None:
        return None
    if isinstance(node, Scalar):
        span = reader.span(node, place)
        return None if span is None else Extend(by=span)
    keys = reader.mapping(node, "extend", place)
    span = reader.span(keys.get("by"), f"{place}.by") if keys else None
    if keys is None or span is None:
        if keys is not None and keys.get("by") is None:
            reader.problem("wrong_type", keys, place, sentence("By how much? `by` is missing."))
        return None
    times = reader.count(keys.get("times"), f"{place}.times") or 1
    return Extend(by=span, times=times, agreed_by=read_group(reader, keys.get("agreed_by"), f"{place}.agreed_by"))


def _end(reader: Reader, node: Node, place: str) -> End:
    state = place.split(".")[1]
    return End(reader.label(node, place) or Label(state, state))


def _due(reader: Reader, node: Node | None, place: str) -> Alternatives[Term]:
    return reader.terms(node, place, reader.scope.anchors(due=False), reader.scope.names(), ("due",))


def _edit(reader: Reader, node: Node | None, place: str) -> tuple[str, ...]:
    return reader.field_names(node, place, more=[f"round.{name}" for name in reader.scope.round_fields])


_READERS: dict[str, Callable[[Reader, Node, str], Activity | None]] = {
    "task": _task,
    "tasks": _tasks,
    "ballot": _ballot,
    "score": _score,
    "notice": _notice,
    "wait": _wait,
    "call": _calls,
    "end": _end,
}
