"""What is filled in: fields by heading, their limits, sources and checks."""

from collections.abc import Iterable, Iterator, Mapping

from workflow.calendar import local
from workflow.definition.explaining.expressions import clause, condition, quantity
from workflow.definition.explaining.moments import points, span
from workflow.definition.explaining.office import COLUMNS, OF_HONOURS, usual
from workflow.definition.explaining.operands import with_unit
from workflow.definition.explaining.page import Item, Section
from workflow.definition.explaining.people import who
from workflow.definition.explaining.phrases import chained, filled, marked, number, plain
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.form import Kept, as_moment, shown
from workflow.definition.model import Check, Field, Fields, Plausible, Source
from workflow.text import Label, Sayable, Sentence, sentence

_TYPES: Mapping[str, Sentence] = {
    "text": sentence("short text"),
    "long_text": sentence("long text"),
    "integer": sentence("whole number"),
    "number": sentence("decimal number"),
    "percent": sentence("percentage"),
    "money": sentence("amount in yuan"),
    "date": sentence("date"),
    "moment": sentence("date and time"),
    "yes_no": sentence("yes or no"),
    "choice": sentence("one choice"),
    "choices": sentence("one or more choices"),
    "person": sentence("person"),
    "persons": sentence("one or more persons"),
    "organisation": sentence("organisation"),
    "mobile": sentence("mobile number"),
    "email": sentence("e-mail address"),
    "id_number": sentence("ID number"),
    "files": sentence("files"),
    "table": sentence("table"),
}
#: What `min` and `max` count: characters, files, rows, or the value itself.
_BETWEEN: Mapping[str, Sentence] = {
    "characters": sentence("{least} to {most} characters"),
    "files": sentence("{least} to {most} files"),
    "rows": sentence("{least} to {most} rows"),
    "dates": sentence("not before {least} and not after {most}"),
    "value": sentence("from {least} to {most}"),
}
_LEAST: Mapping[str, Sentence] = {
    "characters": sentence("at least {least} characters"),
    "files": sentence("at least {least} files"),
    "rows": sentence("at least {least} rows"),
    "dates": sentence("not before {least}"),
    "value": sentence("not less than {least}"),
}
_MOST: Mapping[str, Sentence] = {
    "characters": sentence("at most {most} characters"),
    "files": sentence("at most {most} files"),
    "rows": sentence("at most {most} rows"),
    "dates": sentence("not after {most}"),
    "value": sentence("not more than {most}"),
}
_COUNTED: Mapping[str, str] = {
    **dict.fromkeys(("integer", "number", "percent", "money"), "value"),
    **dict.fromkeys(("date", "moment"), "dates"),
    "files": "files",
    "table": "rows",
}
_SIZES = ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB"))


def grouped(fields: Fields, words: Vocabulary) -> tuple[tuple[Item, ...], tuple[Section, ...]]:
    """The fields before the first heading, and a section for each heading; parameters stand elsewhere."""
    first: list[Item] = []
    groups: list[tuple[Label, list[Item]]] = []
    for field in fields.values():
        if field.heading is not None:
            groups.append((field.heading, []))
        if field.constant is None:
            (groups[-1][1] if groups else first).append(described(field, words))
    sections = (Section(heading=plain(heading), items=tuple(items)) for heading, items in groups)
    return tuple(first), tuple(section for section in sections if section.items)


def parameters(fields: Fields) -> Iterator[Item]:
    """The numbers that a federation sets itself: fields with a constant value."""
    for field in fields.values():
        if field.constant is not None:
            value = value_of(field, field.constant)
            yield Item(sentence("**{field}**: {value}", field=plain(field.label), value=value))


def described(field: Field, words: Vocabulary) -> Item:
    about = chained(
        [_type(field), *_asked(field, words), *_limits(field), *_origin(field, words), *_rights(field, words)]
    )
    below = [Item(note) for note in _notes(field, words)]
    columns = [described(column, words.over("row", field.columns)) for column in field.columns.values()]
    return Item(sentence("**{field}**: {about}.", field=plain(field.label), about=about), (*below, *columns))


def checks(found: Iterable[Check], words: Vocabulary) -> Iterator[Item]:
    for check in found:
        that = clause(check.that, words)
        if that is None and check.say is not None:
            templates = {
                "refuse": sentence("Looked at by the service, and refused if need be: “{say}”."),
                "ask": sentence("Looked at by the service; a remark is asked for if need be: “{say}”."),
                "warn": sentence("Looked at by the service, with a warning if need be: “{say}”."),
            }
            yield Item(filled(templates[check.otherwise], say=plain(check.say)))
            continue
        that = that or condition(check.that, words)
        if check.say is None:
            templates = {
                "refuse": sentence("It must hold that {that}."),
                "ask": sentence("A remark is asked for unless {that}."),
                "warn": sentence("A warning is shown unless {that}."),
            }
            yield Item(filled(templates[check.otherwise], that=that))
        else:
            templates = {
                "refuse": sentence("It must hold that {that}; otherwise: “{say}”."),
                "ask": sentence("A remark is asked for unless {that}: “{say}”."),
                "warn": sentence("A warning is shown unless {that}: “{say}”."),
            }
            yield Item(filled(templates[check.otherwise], that=that, say=plain(check.say)))


def value_of(field: Field, kept: Kept) -> Sayable:
    """A kept value as people read it, with its unit or its label."""
    value = shown(field, kept)
    match value:
        case bool():
            return sentence("yes") if value else sentence("no")
        case int() | float():
            return with_unit(field, number(value))
        case str() if value in field.options:
            return plain(field.options[value])
        case str() if field.type == "moment":
            return f"{local(as_moment(value)):%Y-%m-%d %H:%M}"
        case list():
            return sentence("{values}", values=[_entry(field, entry) for entry in value])
        case dict():
            return sentence("{values}", values=[_each(field, option, amount) for option, amount in value.items()])
    return marked(str(value))


def _entry(field: Field, entry: object) -> Sayable:
    if isinstance(entry, dict):
        parts = [_each_column(field.columns[name], part) for name, part in entry.items() if name in field.columns]
        return sentence("({values})", values=parts)
    return plain(field.options[entry]) if isinstance(entry, str) and entry in field.options else marked(str(entry))


def _each(field: Field, option: str, amount: object) -> Sayable:
    label = plain(field.options.get(option) or Label(option, option))
    return sentence("{option} {amount}", option=label, amount=amount)


def _each_column(column: Field, part: object) -> Sayable:
    return sentence("{option} {amount}", option=plain(column.label), amount=marked(str(part)))


def _type(field: Field) -> Sayable:
    labels = [plain(label) for label in field.options.values()]
    match field.type:
        case "choice":
            return sentence("one of: {options}", options=labels)
        case "choices":
            return sentence("one or more of: {options}", options=labels)
        case "number_each":
            return sentence("a whole number for each of: {options}", options=labels)
        case "table":
            return sentence("a table with these columns")
    return _TYPES[field.type]


def _asked(field: Field, words: Vocabulary) -> Iterator[Sayable]:
    if field.required is True:
        yield sentence("required")
    elif field.required is not False:
        yield sentence("required if {condition}", condition=condition(field.required, words))


def _limits(field: Field) -> Iterator[Sayable]:
    counted = _COUNTED.get(field.type, "characters")
    least = None if field.min is None else _bound(field, field.min)
    most = None if field.max is None else _bound(field, field.max)
    if least is not None and most is not None:
        yield filled(_BETWEEN[counted], least=least, most=most)
    elif least is not None:
        yield filled(_LEAST[counted], least=least)
    elif most is not None:
        yield filled(_MOST[counted], most=most)
    if field.accept:
        yield sentence("only {kinds}", kinds=[marked(kind) for kind in field.accept])
    if field.max_size is not None:
        yield sentence("each file at most {size}", size=_size(field.max_size))


def _bound(field: Field, bound: object) -> Sayable:
    return with_unit(field, number(bound)) if isinstance(bound, int | float) else str(bound)


def _size(size: int) -> str:
    for many, unit in _SIZES:
        if size >= many:
            return f"{number(round(size / many, 2))}{unit}"
    return f"{size}B"


def _origin(field: Field, words: Vocabulary) -> Iterator[Sayable]:
    if field.value is not None:
        yield sentence("computed: {value}", value=quantity(field.value, words, field))
    if field.term:
        yield sentence("set by itself to {moment}", moment=points(field.term, words))
    if field.source is not None:
        origin = _source(field.source, words)
        if field.override:
            yield sentence("filled in from {source}, and may be changed with a reason", source=origin)
        else:
            yield sentence("filled in from {source}, and locked", source=origin)
    if field.default is not None:
        yield sentence("{value} unless changed", value=value_of(field, field.default))


def _source(source: Source, words: Vocabulary) -> Sayable:
    match source.kind:
        case "register":
            path = tuple(source.name.split("."))
            return sentence("the register ({what})", what=words.called(path) or usual(path[-1], COLUMNS))
        case "previous":
            path = tuple(source.name.split("."))
            return sentence("“{field}” of the case before", field=words.called(path) or marked(source.name))
        case "indicator":
            return _narrowed(sentence("the indicator “{name}”", name=usual(source.name)), source, words)
        case "honours" if source.name == "all":
            return _narrowed(_taken(source, sentence("all honours in the register")), source, words)
        case "honours":
            honours = sentence("the honours “{name}” in the register", name=usual(source.name))
            return _narrowed(_taken(source, honours), source, words)
    cases = sentence("the cases “{name}”", name=words.definition_called(source.name))
    return _narrowed(_taken(source, cases, words.other(source.name)), source, words)


def _taken(source: Source, what: Sayable, other: Vocabulary | None = None) -> Sayable:
    name = source.value or ""
    value = (other.called(tuple(name.split("."))) if other else None) or usual(name, OF_HONOURS)
    match source.take:
        case "count":
            return sentence("the number of {what}", what=what)
        case "sum":
            return sentence("the sum of “{value}” of {what}", value=value, what=what)
    return sentence("“{value}” of the latest of {what}", value=value, what=what)


def _narrowed(said: Sayable, source: Source, words: Vocabulary) -> Sayable:
    """Which of them count."""
    whose: Mapping[str, Sentence] = {
        "unit": sentence("of this unit"),
        "concerned": sentence("of the person concerned"),
        "starter": sentence("of the starter"),
    }
    limits: list[Sayable] = [whose[source.of]]
    other = words.other(source.name) if source.kind == "cases" else None
    called = other.state_called if other else marked
    if source.states:
        limits.append(sentence("now in {states}", states=[called(state) for state in source.states]))
    if source.passed is not None:
        limits.append(sentence("having passed “{state}”", state=called(source.passed)))
    if source.overdue is not None:
        limits.append(sentence("late in “{state}”", state=called(source.overdue)))
    if source.same:
        limits.append(sentence("with the same {fields}", fields=words.fields_called(source.same)))
    if source.within is not None:
        limits.append(sentence("no older than {span}", span=span(source.within)))
    return sentence("{what} ({limits})", what=said, limits=limits)


def _rights(field: Field, words: Vocabulary) -> Iterator[Sayable]:
    if field.sensitive:
        yield sentence("sensitive: stored apart, and each look is recorded")
    elif field.personal:
        yield sentence("personal: others see it masked")
    if field.see:
        yield sentence("seen only by {who}", who=who(field.see, words))


def _notes(field: Field, words: Vocabulary) -> Iterator[Sayable]:
    if field.help is not None:
        yield plain(field.help)
    for rule in field.plausible:
        yield _plausible(field, rule, words)


def _plausible(field: Field, rule: Plausible, words: Vocabulary) -> Sayable:
    of = _compared_with(field, rule.of, words)
    match rule.rule:
        case "not below":
            return sentence("A remark is asked for where it is below {value}.", value=of)
        case "not above":
            return sentence("A remark is asked for where it is above {value}.", value=of)
    return sentence(
        "A remark is asked for where it differs from {value} by more than {percent}%.",
        value=of,
        percent=number(float((rule.percent or 0) * 100)),
    )


def _compared_with(field: Field, of: float | str, words: Vocabulary) -> Sayable:
    if isinstance(of, float):
        return with_unit(field, number(of))
    if of == "previous":
        return sentence("the value of the case before")
    return sentence("“{field}”", field=words.called(tuple(of.split("."))) or marked(of))
