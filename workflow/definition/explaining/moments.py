"""Time terms in words: how long, by when, how often."""

from collections.abc import Callable, Mapping

from workflow.definition.explaining.expressions import condition
from workflow.definition.explaining.phrases import chained, filled
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import Alternatives
from workflow.definition.term.values import (
    Anchor,
    CalendarPoint,
    DateOf,
    DayOf,
    Moment,
    Offset,
    Repeat,
    Span,
    Term,
    Weekday,
    WorkingDayOf,
)
from workflow.text import Sayable, Sentence, sentence

_ONE: Mapping[str, Sentence] = {
    "working days": sentence("{count} working day"),
    "days": sentence("{count} day"),
    "weeks": sentence("{count} week"),
    "months": sentence("{count} month"),
    "years": sentence("{count} year"),
    "hours": sentence("{count} hour"),
    "minutes": sentence("{count} minute"),
}
_MANY: Mapping[str, Sentence] = {
    "working days": sentence("{count} working days"),
    "days": sentence("{count} days"),
    "weeks": sentence("{count} weeks"),
    "months": sentence("{count} months"),
    "years": sentence("{count} years"),
    "hours": sentence("{count} hours"),
    "minutes": sentence("{count} minutes"),
}
_EACH: Mapping[str, Sentence] = {
    "days": sentence("every day"),
    "weeks": sentence("every week"),
    "months": sentence("every month"),
    "years": sentence("every year"),
    "hours": sentence("every hour"),
    "minutes": sentence("every minute"),
}
_WEEKDAYS = (
    sentence("Monday"),
    sentence("Tuesday"),
    sentence("Wednesday"),
    sentence("Thursday"),
    sentence("Friday"),
    sentence("Saturday"),
    sentence("Sunday"),
)
_MONTHS = (
    sentence("January"),
    sentence("February"),
    sentence("March"),
    sentence("April"),
    sentence("May"),
    sentence("June"),
    sentence("July"),
    sentence("August"),
    sentence("September"),
    sentence("October"),
    sentence("November"),
    sentence("December"),
)
_PERIODS: Mapping[str, tuple[Sentence, Sentence, Sentence]] = {
    "week": (sentence("the week"), sentence("the next week"), sentence("each week")),
    "month": (sentence("the month"), sentence("the next month"), sentence("each month")),
    "quarter": (sentence("the quarter"), sentence("the next quarter"), sentence("each quarter")),
    "year": (sentence("the year"), sentence("the next year"), sentence("each year")),
}
_ANCHORS: Mapping[str, Sentence] = {
    "due": sentence("the deadline"),
    "entered": sentence("this step begins"),
    "started": sentence("the case is started"),
    "opened": sentence("the round opens"),
}
_LATE = Anchor("due")
_ORDINALS: Mapping[int, Sentence] = {
    -1: sentence("last working day"),
    1: sentence("first working day"),
    2: sentence("second working day"),
    3: sentence("third working day"),
}


def span(length: Span) -> Sentence:
    return filled((_ONE if length.count == 1 else _MANY)[length.unit], count=length.count)


def deadlines(terms: Alternatives[Term], words: Vocabulary) -> Sayable:
    """By when; of several, each with its condition."""
    return _each(terms, words, deadline)


def points(terms: Alternatives[Term], words: Vocabulary) -> Sayable:
    """When; of several, each with its condition."""
    return _each(terms, words, point)


def _each(terms: Alternatives[Term], words: Vocabulary, one: Callable[[Term, Vocabulary], Sayable]) -> Sayable:
    said: list[Sayable] = []
    for term in terms:
        if term.when is not None:
            when = condition(term.when, words)
            said.append(sentence("{deadline} if {condition}", condition=when, deadline=one(term.value, words)))
        elif said:
            said.append(sentence("otherwise {deadline}", deadline=one(term.value, words)))
        else:
            said.append(one(term.value, words))
    return chained(said)


def deadline(term: Term, words: Vocabulary) -> Sayable:
    """“within 3 working days”, “no later than the last working day of the month”."""
    match term:
        case Term(moment=Span() as length, at=None):
            return sentence("within {span}", span=span(length))
        case Term(moment=Span() as length):
            return sentence("within {span}, at {clock} of the last day", span=span(length), clock=_clock(term))
        case Term(moment=Anchor(kind="field" | "round"), at=None):
            return sentence("by the end of {moment}", moment=moment(term.moment, words))
    return sentence("no later than {moment}", moment=point(term, words))


def lengths(terms: Alternatives[Term], words: Vocabulary) -> Sayable:
    """How long a notice runs."""
    said: list[Sayable] = []
    for term in terms:
        length = _length(term.value, words)
        if term.when is not None:
            when = condition(term.when, words)
            said.append(sentence("{length} if {condition}", condition=when, length=length))
        else:
            said.append(sentence("otherwise {length}", length=length) if said else length)
    return chained(said)


def point(term: Term, words: Vocabulary) -> Sayable:
    """When: “1 working day before the deadline”, “the meeting, at 09:00”."""
    said = moment(term.moment, words)
    if term.at is None:
        return said
    if isinstance(term.moment, Anchor):
        return sentence("{moment} at {clock}", moment=said, clock=_clock(term))
    return sentence("{moment}, at {clock}", moment=said, clock=_clock(term))


def moment(what: Moment, words: Vocabulary) -> Sayable:
    match what:
        case Span():
            return _from_beginning(what, words)
        case Offset(span=length, direction="before", of=of):
            return sentence("{span} before {moment}", span=span(length), moment=moment(of, words))
        case Offset(span=length, of=Anchor(kind="due")):
            return sentence("{span} after the deadline", span=span(length))
        case Offset(span=length, of=of):
            return sentence("{span} after {moment}", span=span(length), moment=moment(of, words))
        case Anchor():
            return _anchor(what, words)
    return _calendar(what)


def often(every: Repeat, words: Vocabulary) -> Sayable:
    """How often, and from or until when."""
    said = _every(every.every)
    if every.at is not None:
        said = sentence("{every}, at {clock}", every=said, clock=f"{every.at:%H:%M}")
    if every.moment is None:
        return said
    if every.direction == "before":
        return sentence("{every} before {moment}", every=said, moment=moment(every.moment, words))
    if every.moment == _LATE:
        return sentence("{every} after the deadline", every=said)
    return sentence("{every} after {moment}", every=said, moment=moment(every.moment, words))


def when(term: Term | Repeat, words: Vocabulary) -> Sayable:
    return often(term, words) if isinstance(term, Repeat) else point(term, words)


def regularly(term: Term | Repeat, words: Vocabulary) -> Sayable:
    """When rounds open: a calendar point comes again each period."""
    if isinstance(term, Term) and isinstance(term.moment, WorkingDayOf | DayOf | DateOf | Weekday):
        return often(Repeat(term.source, term.moment, at=term.at), words)
    return when(term, words)


def _from_beginning(length: Span, words: Vocabulary) -> Sayable:
    if words.of_round:
        return sentence("{span} after the round opens", span=span(length))
    if words.state is None:
        return sentence("{span} after the case is started", span=span(length))
    return sentence("{span} after this step begins", span=span(length))


def _length(term: Term, words: Vocabulary) -> Sayable:
    match term:
        case Term(moment=Span() as length, at=None):
            return span(length)
    return sentence("until {moment}", moment=point(term, words))


def _clock(term: Term) -> str:
    return f"{term.at:%H:%M}" if term.at is not None else ""


def _anchor(anchor: Anchor, words: Vocabulary) -> Sayable:
    match anchor.kind:
        case "state":
            return sentence("“{state}” begins", state=words.state_called(anchor.name))
        case "field":
            return sentence("“{field}”", field=words.called((anchor.name,)) or anchor.name)
        case "round":
            return sentence("“{field}”", field=words.called(("round", anchor.name)) or anchor.name)
    return _ANCHORS[anchor.kind]


def _calendar(what: CalendarPoint) -> Sayable:
    match what:
        case WorkingDayOf():
            return _working_day(what)
        case DayOf(day=day, following=following):
            return sentence("day {day} of {month}", day=day, month=_PERIODS["month"][1 if following else 0])
        case DateOf(day=day, month=month):
            return sentence("{day} {month}", day=day, month=_MONTHS[month - 1])
        case Weekday(weekday=weekday, following=True):
            return sentence("{weekday} of the next week", weekday=_WEEKDAYS[weekday])
        case Weekday(weekday=weekday):
            return _WEEKDAYS[weekday]


def _working_day(what: WorkingDayOf) -> Sayable:
    day = _ordinal(what.ordinal)
    if isinstance(what.period, int):
        return sentence("the {working_day} of {month}", working_day=day, month=_MONTHS[what.period - 1])
    period = _PERIODS[what.period][1 if what.following else 0]
    return sentence("the {working_day} of {period}", working_day=day, period=period)


def _every(what: str | Span | CalendarPoint) -> Sayable:
    match what:
        case "working day":
            return sentence("every working day")
        case "day":
            return _EACH["days"]
        case Span(count=1, unit=unit) if unit in _EACH:
            return _EACH[unit]
        case Span():
            return sentence("every {span}", span=span(what))
        case WorkingDayOf(ordinal=ordinal, period=str() as period):
            return sentence("the {working_day} of {period}", working_day=_ordinal(ordinal), period=_PERIODS[period][2])
        case DayOf(day=day):
            return sentence("day {day} of {month}", day=day, month=_PERIODS["month"][2])
        case Weekday(weekday=weekday):
            return sentence("every {weekday}", weekday=_WEEKDAYS[weekday])
        case WorkingDayOf() | DateOf():
            return sentence("each year on {day}", day=_calendar(what))
    return str(what)


def _ordinal(ordinal: int) -> Sentence:
    return _ORDINALS.get(ordinal) or sentence("{ordinal}th working day", ordinal=ordinal)
