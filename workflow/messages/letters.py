"""One message in words: heading, what it is about, what to do, and where; in the reader's language.

What people wrote stands in it as they wrote it, in one line; nothing else of a case does.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from workflow.messages import addresses
from workflow.messages.addresses import one_line
from workflow.messages.content import Content
from workflow.messages.own_texts import filled
from workflow.messages.rendering import rendered
from workflow.messages.settings import MailSettings
from workflow.messages.standards import SUBJECT, Standard, Tone, standard_of
from workflow.messages.wording import Count, Wording
from workflow.people.credentials import RESET_LASTS
from workflow.text import Label, Sentence, sentence

HOUSE = Label("阳光", "Yangguang")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it goes out, by whichever way."""

    subject: str
    html: str
    text: str
    sms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom it is put into words, and what stands around it."""

    wording: Wording
    settings: MailSettings
    number: str  #: of the message
    name: str | None = None  #: none of who has no account
    template: str | None = None  #: the definition's own text, if there is one

    def base(self, content: Content) -> str:
        return content.base_url or self.settings.base_url


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Foot:
    """What stands under every message."""

    house: str
    away: str | None  #: how somebody else can act meanwhile
    away_label: str
    away_address: str
    discretion: str
    number: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A message for one thing, as the templates lay it out."""

    language: str
    title: str
    house: str
    today: str
    heading: str
    lead: tuple[str, ...]
    band: str
    tone: Tone
    line: str
    kind: str
    details: tuple[tuple[str, str], ...]
    alert: str | None
    button: Button
    foot: Foot


_WHAT = sentence("{line}, {title}")
_REASON = sentence("A reason was given; sign in to read it.")
_ABSENT = sentence("You stand in for {absent}.")
CHANGED = Count(
    sentence("It was sent back; {count} field was changed since."),
    sentence("It was sent back; {count} fields were changed since."),
)
CHANGED_FOR_YOU = Count(
    sentence("You had sent it back; {count} field was changed since."),
    sentence("You had sent it back; {count} fields were changed since."),
)
#: So many working days ahead is it said what happens if nobody acts.
NEAR = 2
ESCALATES = Count(
    sentence("In {count} working day it goes to others as well."),
    sentence("In {count} working days it goes to others as well."),
)
_LATE = sentence("This comes late: the service was interrupted.")
_ESCALATES_TODAY = sentence("Today it goes to others as well.")
_NUMBER = sentence("Number")
_UNIT = sentence("Unit")
_STATE = sentence("Step")
_DUE = sentence("Due")
_RESULT = sentence("Result")
_CLOSES = sentence("Closes")
OPEN = sentence("Open it")
LOOK = sentence("Look at it")
_REVISE = sentence("Revise it")
_ANSWER = sentence("Answer")
_PASSWORD = sentence("Set password")
_OBJECTION = sentence("Look it up")
_AWAY = sentence("Away or on leave?")
_AWAY_LABEL = sentence("Let somebody stand in")
_DISCRETION = sentence(
    "This mail holds no ID number and nothing from the form; its links open after signing in. No. {number}"
)
_DISCRETION_LINK = sentence("The link is yours alone: pass it on to nobody. No. {number}")
_DISCRETION_PUBLIC = sentence("This mail says neither what you wrote nor who you are. No. {number}")
_RECORD = sentence("Record: {of}, entry {seq}, {head}")
_RECORD_ALONE = sentence("Record: entry {seq}, {head}")


def letter(content: Content, reader: Reader) -> Letter:
    """The standard message, with the definition's own text where it has one."""
    wording = reader.wording
    standard = standard_of(content)
    facts = _facts(content, reader)
    subject = wording.say(SUBJECT, subject=wording.say(standard.subject, **facts))
    heading = wording.say(standard.heading if reader.name else standard.unnamed, **facts)
    lead = _lead(content, standard, facts, reader)
    button = button_of(content, reader)
    if content.text is not None and reader.template is not None:
        subject, lead = _own(content, reader, button)
    page = Page(
        language=wording.language,
        title=subject,
        house=house(reader),
        today=wording.today(),
        heading=heading,
        lead=tuple(lead),
        band=wording.say(standard.band),
        tone=standard.tone,
        line=str(facts["line"]),
        kind=_said(content.title, reader) if content.kind != "round" else "",
        details=tuple(_details(content, reader)),
        alert=alert_of(content, wording),
        button=button,
        foot=foot((content,), reader),
    )
    sms = f"{subject} {button.address}"
    return Letter(subject, rendered("letter.html", page), rendered("letter.txt", page), sms)


def what(content: Content, wording: Wording) -> str:
    """The case and what kind of case it is, in one line."""
    title = content.title.say(wording.language) if content.title else ""
    line = line_of(content, wording)
    if not line or not title or line == title:
        return line or title
    return wording.say(_WHAT, line=line, title=title)


def line_of(content: Content, wording: Wording) -> str:
    """What a case is called; without a subject line by its number."""
    if content.round is not None:
        return one_line(content.round.say(wording.language))
    return one_line(content.line) or content.number or ""


def alert_of(content: Content, wording: Wording) -> str | None:
    """What happens if nobody acts, where that is near."""
    if content.escalates is None or content.escalates <= wording.now:
        return None
    days = wording.working_days_until(content.escalates)
    if days > NEAR:
        return None
    return wording.count(ESCALATES, days) if days > 0 else wording.say(_ESCALATES_TODAY)


def button_of(content: Content, reader: Reader) -> Button:
    """Each message leads to the one thing that it is about."""
    wording, base = reader.wording, reader.base(content)
    if content.kind == "invitation":
        return Button(wording.say(_PASSWORD), addresses.password_page(base, content.code or ""))
    if content.code is not None:
        label = _ANSWER if content.task is not None or content.kind == "link" else LOOK
        return Button(wording.say(label), addresses.link_page(base, content.code))
    if content.kind == "objection":
        return Button(wording.say(_OBJECTION), addresses.objection_page(base))
    if content.task is not None and content.subject is not None:
        revising = content.kind == "returned"
        page = addresses.task_page(base, content.subject, content.task)
        return Button(wording.say(_REVISE if revising else OPEN), page)
    page = addresses.subject_page(base, content.subject or "", is_round=content.round is not None)
    return Button(wording.say(LOOK), page)


def house(reader: Reader) -> str:
    return reader.settings.house or HOUSE.say(reader.wording.language)


def foot(contents: tuple[Content, ...], reader: Reader) -> Foot:
    wording, first = reader.wording, contents[0]
    discretion = _DISCRETION
    if first.code is not None:
        discretion = _DISCRETION_LINK
    elif first.kind == "objection":
        discretion = _DISCRETION_PUBLIC
    return Foot(
        house=house(reader),
        away=wording.say(_AWAY) if discretion is _DISCRETION else None,
        away_label=wording.say(_AWAY_LABEL),
        away_address=addresses.own_page(reader.base(first)),
        discretion=wording.say(discretion, number=reader.number),
        number=reader.number,
        records=tuple(_record(content, wording) for content in contents if content.seq is not None),
    )


def _record(content: Content, wording: Wording) -> str:
    """By which the history can be compared: a forger of it would have to change this mail as well."""
    seq, head = str(content.seq), content.head or ""
    if content.number is None or content.kind == "objection":
        return wording.say(_RECORD_ALONE, seq=seq, head=head)
    return wording.say(_RECORD, of=content.number, seq=seq, head=head)


def _facts(content: Content, reader: Reader) -> dict[str, Any]:
    wording = reader.wording
    return {
        "what": what(content, wording),
        "line": line_of(content, wording),
        "name": reader.name or "",
        "state": _said(content.state, reader),
        "outcome": _said(content.outcome, reader),
        "round": _said(content.round, reader),
        "hours": RESET_LASTS // timedelta(hours=1),
    }


def _said(label: Label | None, reader: Reader) -> str:
    return one_line(label.say(reader.wording.language)) if label is not None else ""


def _lead(content: Content, standard: Standard, facts: dict[str, Any], reader: Reader) -> list[str]:
    """The standard sentence, and what this reader should know before he opens it."""
    wording = reader.wording
    found = [wording.say(standard.says, **facts)] if standard.says is not None else []
    if content.reason:
        found.append(wording.say(_REASON))
    return [*found, *remarks(content, wording)]


def remarks(content: Content, wording: Wording) -> list[str]:
    found = []
    if content.changed is not None:
        found.append(wording.count(CHANGED_FOR_YOU if content.own_return else CHANGED, content.changed))
    if content.absent is not None:
        found.append(wording.say(_ABSENT, absent=one_line(content.absent)))
    if content.late:
        found.append(wording.say(_LATE))
    return found


def _own(content: Content, reader: Reader, button: Button) -> tuple[str, list[str]]:
    """The definition's own words in place of the standard ones."""
    assert content.text is not None
    assert reader.template is not None
    due = reader.wording.deadline(content.due) if content.due is not None else ""
    values = {**content.text.values, "due": due, "link": button.address}
    return filled(reader.template, values)


def _details(content: Content, reader: Reader) -> list[tuple[str, str]]:
    """What is known of the case in a glance; of a case that an objector objected to, nothing."""
    wording = reader.wording
    if content.kind == "objection":
        return [(wording.say(_RESULT), _said(content.outcome, reader))]
    found: list[tuple[Sentence, str | None]] = [
        (_NUMBER, content.number),
        (_UNIT, content.unit),
        (_STATE, _said(content.state, reader) if content.kind != "ended" else None),
        (_RESULT, _said(content.outcome, reader)),
        (_DUE, wording.deadline(content.due) if content.due is not None else None),
        (_CLOSES, _closing(content, wording)),
    ]
    return [(wording.say(label), value) for label, value in found if value]


def _closing(content: Content, wording: Wording) -> str | None:
    """Of a round that still takes cases."""
    return wording.deadline(content.closes) if content.closes is not None and content.news != "over" else None
