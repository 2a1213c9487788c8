"""Reminders of one moment, joined into one mail a person: what is late, due today, tomorrow, later; each one tap away."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from workflow.messages import addresses
from workflow.messages.content import Content
from workflow.messages.letters import (
    LOOK,
    OPEN,
    Button,
    Foot,
    Letter,
    Reader,
    alert_of,
    button_of,
    foot,
    house,
    line_of,
    remarks,
)
from workflow.messages.rendering import rendered
from workflow.messages.standards import SUBJECT, Tone
from workflow.messages.wording import Count, Urgency, Wording
from workflow.text import Sentence, sentence

#: More than this is not counted (the inbox, too, says 99+).
COUNTED = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    number: int
    line: str
    kind: str
    says: str
    alert: str | None
    button: Button


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    tone: Tone
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    language: str
    title: str
    house: str
    today: str
    heading: str
    summary: str
    groups: tuple[Group, ...]
    button: Button
    foot: Foot


@dataclass(frozen=True, slots=True)
class _Kind:
    label: Sentence
    tone: Tone
    first: Count  #: how many, where these lead the subject line
    more: Count  #: how many, in a clause


Heading = Urgency | Literal["attention"]

#: In the order in which they are to be done; what only others have to do comes last.
_KINDS: dict[Heading, _Kind] = {
    "late": _Kind(
        sentence("Overdue"),
        "red",
        Count(sentence("{count} is late"), sentence("{count} are late")),
        Count(sentence("{count} late"), sentence("{count} late")),
    ),
    "today": _Kind(
        sentence("Due today"),
        "sun",
        Count(sentence("{count} to do today"), sentence("{count} to do today")),
        Count(sentence("{count} due today"), sentence("{count} due today")),
    ),
    "tomorrow": _Kind(
        sentence("Due tomorrow"),
        "plain",
        Count(sentence("{count} due by tomorrow"), sentence("{count} due by tomorrow")),
        Count(sentence("{count} due tomorrow"), sentence("{count} due tomorrow")),
    ),
    "later": _Kind(
        sentence("Later"),
        "plain",
        Count(sentence("{count} due soon"), sentence("{count} due soon")),
        Count(sentence("{count} later"), sentence("{count} later")),
    ),
    "attention": _Kind(
        sentence("For your attention"),
        "plain",
        Count(sentence("{count} for your attention"), sentence("{count} for your attention")),
        Count(sentence("{count} for your attention"), sentence("{count} for your attention")),
    ),
}
#: What has to be done before the day ends, as the subject line says it.
_PRESSING: tuple[Urgency, ...] = ("today", "late")
_FIRST = Count(sentence("{name}, this one first today"), sentence("{name}, these {count} first today"))
_COMING = Count(sentence("{name}, a deadline comes near"), sentence("{name}, {count} deadlines come near"))
_ATTENTION = Count(
    sentence("{name}, one thing for your attention"), sentence("{name}, {count} things for your attention")
)
_AND_MORE = sentence("{first}; besides {more}.")
_THAT_IS_ALL = sentence("{first}.")
_IN_ALL = sentence("{count} to do in all")
_OVER = sentence("over {count} to do in all")
_SAYS_STATE = sentence("{state}.")
_SAYS_LATE = sentence("{state}, was due {day}, {left}.")
_SAYS_TODAY = sentence("{state}, by {clock} today.")
_SAYS_LATER = sentence("{state}, due {day}, {left}.")
_OPEN_ALL = Count(sentence("Open your task"), sentence("Open all {count} tasks"))
_OPEN_INBOX = sentence("Open your tasks")


def digest(contents: Sequence[Content], reader: Reader, open_tasks: int) -> Letter:
    """`open_tasks` are all that he has, counted no further than one more than 99."""
    wording = reader.wording
    grouped = _grouped(contents, wording)
    subject = wording.say(SUBJECT, subject=_subject(grouped, wording))
    button = Button(_open_all(open_tasks, wording), addresses.inbox_page(reader.settings.base_url))
    page = Page(
        language=wording.language,
        title=subject,
        house=house(reader),
        today=wording.today(),
        heading=_heading(grouped, reader),
        summary=_summary(grouped, open_tasks, wording),
        groups=tuple(_groups(grouped, reader)),
        button=button,
        foot=foot(tuple(contents), reader),
    )
    return Letter(subject, rendered("digest.html", page), rendered("digest.txt", page), f"{subject} {button.address}")


Grouped = dict[Heading, list[Content]]


def _grouped(contents: Sequence[Content], wording: Wording) -> Grouped:
    ordered = sorted(contents, key=lambda one: (one.due is None, one.due or wording.now, one.number or ""))
    headings = [(_heading_of(content, wording), content) for content in ordered]
    found = {heading: [content for own, content in headings if own == heading] for heading in _KINDS}
    return {heading: group for heading, group in found.items() if group}


def _heading_of(content: Content, wording: Wording) -> Heading:
    if content.task is None:
        return "attention"
    return "later" if content.due is None else wording.urgency(content.due)


def _subject(grouped: Grouped, wording: Wording) -> str:
    """Begins with the number that is due."""
    pressing: list[Heading] = [heading for heading in _PRESSING if heading in grouped]
    first, *more = pressing or list(grouped)[:1]
    clauses = [wording.count(_KINDS[first].first, len(grouped[first]))]
    return wording.clauses([*clauses, *(wording.count(_KINDS[one].more, len(grouped[one])) for one in more)])


def _heading(grouped: Grouped, reader: Reader) -> str:
    pressing = sum(len(grouped.get(heading, ())) for heading in _PRESSING)
    attention = len(grouped.get("attention", ()))
    own = sum(map(len, grouped.values())) - attention
    template = _FIRST if pressing else _COMING if own else _ATTENTION
    return reader.wording.count(template, pressing or own or attention, name=reader.name or "")


def _summary(grouped: Grouped, open_tasks: int, wording: Wording) -> str:
    """How many of each, and how many he has in all."""
    clauses = {heading: wording.count(_KINDS[heading].more, len(group)) for heading, group in grouped.items()}
    pressing = [clause for heading, clause in clauses.items() if heading in _PRESSING]
    others = [clause for heading, clause in clauses.items() if heading not in _PRESSING]
    (others or pressing).extend(_in_all(grouped, open_tasks, wording))
    if pressing and others:
        return wording.say(_AND_MORE, first=wording.clauses(pressing), more=wording.clauses(others))
    return wording.say(_THAT_IS_ALL, first=wording.clauses(pressing or others))


def _in_all(grouped: Grouped, open_tasks: int, wording: Wording) -> list[str]:
    """Said where it is more than stands here."""
    if open_tasks > COUNTED:
        return [wording.say(_OVER, count=COUNTED)]
    return [wording.say(_IN_ALL, count=open_tasks)] if open_tasks > sum(map(len, grouped.values())) else []


def _open_all(open_tasks: int, wording: Wording) -> str:
    return wording.count(_OPEN_ALL, open_tasks) if 0 < open_tasks <= COUNTED else wording.say(_OPEN_INBOX)


def _groups(grouped: Grouped, reader: Reader) -> list[Group]:
    numbers = count(1)
    return [
        Group(
            reader.wording.say(_KINDS[heading].label),
            _KINDS[heading].tone,
            tuple(_entry(next(numbers), content, reader) for content in group),
        )
        for heading, group in grouped.items()
    ]


def _entry(number: int, content: Content, reader: Reader) -> Entry:
    wording = reader.wording
    button = button_of(content, reader)
    return Entry(
        number=number,
        line=line_of(content, wording),
        kind=content.title.say(wording.language) if content.title and content.round is None else "",
        says=wording.sentences([_says(content, wording), *remarks(content, wording)]),
        alert=alert_of(content, wording),
        button=Button(wording.say(OPEN if content.task is not None else LOOK), button.address),
    )


def _says(content: Content, wording: Wording) -> str:
    """Where it stands and until when."""
    state = content.state.say(wording.language) if content.state is not None else ""
    if content.due is None:
        return wording.say(_SAYS_STATE, state=state)
    urgency = wording.urgency(content.due)
    if urgency == "today":
        return wording.say(_SAYS_TODAY, state=state, clock=wording.clock(content.due))
    day = wording.moment(content.due)
    template = _SAYS_LATE if urgency == "late" else _SAYS_LATER
    return wording.say(template, state=state, day=day, left=wording.left(content.due))
