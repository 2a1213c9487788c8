"""Rounds that open by themselves: what is coming, as a list and for a calendar program; paused, resumed, skipped."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, request
from icalendar import Calendar, Event
from sqlalchemy import Connection

from workflow.api.asking import context_for, language, office, operator, page_size, signed_in
from workflow.api.doors import Door, public, refuses
from workflow.api.paging import cursor, place_of
from workflow.api.schemas.cadences import CadenceSchema, OccurrenceQuery, OccurrenceSchema, ReasonBody, SkipBody
from workflow.api.schemas.common import PageQuery, page_of
from workflow.api.showing import label, moment, named
from workflow.calendar import ZONE
from workflow.clock.cadences import Cadence, Coming, all_cadences, coming, one_cadence, pause, resume, skip
from workflow.engine.rounds.life import title_of
from workflow.errors import InvalidData, Problem
from workflow.text import sentence

blueprint = Door("cadences", __name__, url_prefix="/api/v1/cadences", description="Rounds that open by themselves")

_AHEAD, _MOST_AHEAD = timedelta(days=92), timedelta(days=400)


@blueprint.get("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(CadenceSchema))
def cadences(query: dict[str, Any]) -> dict[str, Any]:
    """The definitions whose rounds open by themselves, by key."""
    signed_in()
    limit = page_size(query)
    place = place_of(query.get("after"), None, (str,))
    with office().database.read() as connection:
        found = [one for one in all_cadences(office(), connection) if place is None or one.version.key > place[0]]
        shown = [_cadence(connection, one) for one in found[:limit]]
    return {"items": shown, "next": cursor((found[limit - 1].version.key,), None) if len(found) > limit else None}


@blueprint.get("/coming")
@blueprint.arguments(OccurrenceQuery, location="query")
@blueprint.response(200, page_of(OccurrenceSchema))
def coming_rounds(query: dict[str, Any]) -> dict[str, Any]:
    """What opens by itself from now on, in order, what is skipped included."""
    signed_in()
    limit = page_size(query)
    until: datetime | None = query.get("until")
    filters = until.isoformat() if until else None
    place = place_of(query.get("after"), filters, (datetime, str))
    with office().database.read() as connection:
        found = [one for one in _coming(connection, until) if place is None or _place(one) > place]
    shown = [_coming_view(one) for one in found[:limit]]
    return {"items": shown, "next": cursor(_place(found[limit - 1]), filters) if len(found) > limit else None}


@blueprint.get("/feed.ics")
@public
@blueprint.response(200, {"type": "string"}, content_type="text/calendar")
def calendar_feed() -> Response:
    """The same for calendar programs, which subscribe to this address; nothing in it is personal."""
    feed = Calendar()
    feed.add("prodid", "-//Yangguang//Cadences//ZH")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", sentence("What opens by itself").say(language()))
    with office().database.read() as connection:
        now = office().database.now(connection)
        for one in _coming(connection, now + _MOST_AHEAD):
            if not one.skipped:
                feed.add_component(_event(one, now))
    return Response(feed.to_ical(), mimetype="text/calendar")


@blueprint.post("/<key>/pause")
@refuses(403, 409)
@blueprint.arguments(ReasonBody)
@blueprint.response(200, CadenceSchema)
def pause_one(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Let no occurrence open until it is resumed; those in between are left out. For administrators at the top."""
    pause(office(), key, by=operator().person, reason=body["reason"])
    return _shown(key)


@blueprint.post("/<key>/resume")
@refuses(403, 409)
@blueprint.arguments(ReasonBody)
@blueprint.response(200, CadenceSchema)
def resume_one(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Go on from now; a past period is opened by `POST /api/v1/rounds` with its `nominal` date."""
    resume(office(), key, by=operator().person, reason=body["reason"])
    return _shown(key)


@blueprint.post("/<key>/skip")
@refuses(403, 409)
@blueprint.arguments(SkipBody)
@blueprint.response(200, CadenceSchema)
def skip_one(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Leave out one occurrence, everywhere or at one organisation. For administrators at the top."""
    skip(office(), key, body["nominal"], by=operator().person, reason=body["reason"], unit=body.get("unit"))
    return _shown(key)


def _coming(connection: Connection, until: datetime | None) -> list[Coming]:
    now = office().database.now(connection)
    if until is not None and until - now > _MOST_AHEAD:
        text = sentence("At most {days} days ahead.", days=_MOST_AHEAD.days)
        raise InvalidData((Problem("/until", "data", text),))
    return coming(office(), connection, until or now + _AHEAD)


def _place(one: Coming) -> tuple[datetime, str]:
    return one.occurrence.opens_at, one.version.key


def _shown(key: str) -> dict[str, Any]:
    with office().database.read() as connection:
        return _cadence(connection, one_cadence(office(), connection, key))


def _cadence(connection: Connection, one: Cadence) -> dict[str, Any]:
    rules = one.version.definition.round
    assert rules is not None
    assert rules.opens_at is not None
    directory = context_for(connection).directory
    return {
        "definition": one.version.key,
        "title": label(one.version.definition.title),
        "opens": rules.opens_at.source,
        "at": rules.at,
        "next_at": moment(one.next_at),
        "paused_at": moment(one.paused_at),
        "acts": [
            {
                "at": moment(act.at),
                "by": named(act.by, directory),
                "kind": act.kind,
                "nominal": act.nominal.isoformat() if act.nominal else None,
                "unit": named(act.unit, directory),
                "reason": act.reason,
            }
            for act in one.acts
        ],
    }


def _coming_view(one: Coming) -> dict[str, Any]:
    return {
        "definition": one.version.key,
        "title": label(_title(one)),
        "nominal": one.occurrence.nominal.isoformat(),
        "opens_at": moment(one.occurrence.opens_at),
        "moved": one.occurrence.moved,
        "skipped": one.skipped,
        "provisional": one.provisional,
        "units": [{"id": unit.id, "name": unit.name, "kind": "organisation"} for unit in one.units],
    }


def _title(one: Coming) -> Any:
    rules = one.version.definition.round
    assert rules is not None
    return title_of(rules, one.occurrence.nominal.isoformat())


def _event(one: Coming, now: datetime) -> Event:
    opens_at = one.occurrence.opens_at.astimezone(ZONE)
    event = Event()
    event.add("uid", f"{one.version.key}-{one.occurrence.nominal:%Y%m%d}@{request.host}")
    event.add("dtstamp", now)
    event.add("dtstart", opens_at)
    event.add("dtend", opens_at + timedelta(minutes=30))
    event.add("summary", _title(one).say(language()))
    event.add("description", one.version.definition.title.say(language()))
    return event
