"""Rounds that come again and again: which of them this reader may see, and what the turn of each is called."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from workflow.api.asking import office
from workflow.cases.listing import Held, round_after, round_page
from workflow.definition.model import Definition
from workflow.definition.term.values import DayOf, Repeat, Span, Weekday, WorkingDayOf
from workflow.engine.context import Context
from workflow.engine.sight import may_see_round
from workflow.engine.subject import Round
from workflow.text import Label, Language, say

#: So many rounds are looked through for one that the reader may see.
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """A place in the side bar."""

    name: str
    address: str
    image: str
    words: Label
    turn: str


def rhythms_of(connection: Connection, context: Context, speaks: Language) -> tuple[Rhythm, ...]:
    """The definitions whose rounds open each week or month and of which this reader sees one, by key."""
    found = []
    for version in office().versions.all_newest(connection):
        often = how_often(version.definition)
        latest = latest_seen(connection, context, version.key) if often else None
        if latest is not None:
            image = "calendar-week" if often == "week" else "chart-line"
            turn = turn_of(version.definition, latest, speaks)
            title = version.definition.title
            address = f"/reports/{version.key}"
            found.append(Rhythm(name=version.key, address=address, image=image, words=title, turn=turn))
    return tuple(found)


def how_often(definition: Definition) -> str:
    """`week`, `month`, or empty where its rounds come otherwise."""
    opens = definition.round.opens_at if definition.round else None
    match opens.every if isinstance(opens, Repeat) else opens.moment if opens else None:
        case Weekday() | WorkingDayOf(period="week") | Span(unit="weeks"):
            return "week"
        case DayOf() | WorkingDayOf(period="month") | Span(unit="months"):
            return "month"
    return ""


def turn_of(definition: Definition, round_: Round, speaks: Language) -> str:
    """Week 11, February; of other rounds the year."""
    nominal = date.fromisoformat(round_.nominal)
    match how_often(definition):
        case "week":
            return say("Week {number}", speaks, number=nominal.isocalendar().week)
        case "month":
            return say("Month {number}", speaks, number=nominal.month)
    return str(nominal.year)


def latest_seen(connection: Connection, context: Context, key: str) -> Round | None:
    """The latest round that the reader may see."""
    return next(_seen(connection, context, round_page(connection, key, limit=_LOOKED_AT)), None)


def rounds_until(connection: Connection, context: Context, round_: Round, most: int) -> list[Round]:
    """A round and those before it at the same organisation, the latest first."""
    after = round_.opened_at, UUID(round_.id)
    before = round_page(connection, round_.definition, limit=most * 2, after=after)
    own = (one for one in _seen(connection, context, before) if one.unit == round_.unit)
    return [round_, *own][:most]


def next_seen(connection: Connection, context: Context, round_: Round) -> Round | None:
    held = round_after(connection, round_)
    return next(_seen(connection, context, [held] if held else []), None)


def _seen(connection: Connection, context: Context, held: list[Held]) -> Iterator[Round]:
    for one in held:
        round_ = one.subject
        assert isinstance(round_, Round)
        version = office().versions.get(connection, round_.definition, round_.version)
        if may_see_round(version.definition, round_, context):
            yield round_
