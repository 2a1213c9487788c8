"""The public register of honours: what was granted, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from workflow.api.asking import office, page_size
from workflow.api.doors import Door, public
from workflow.api.paging import cursor, place_of
from workflow.api.schemas.common import page_of
from workflow.api.schemas.honours import STATES, HonourQuery, HonourSchema
from workflow.api.showing import label, named
from workflow.calendar import day_of
from workflow.definition.explaining.office import LEVELS, THINGS
from workflow.engine.directory import Directory
from workflow.errors import NotFound
from workflow.records.codes import slip
from workflow.records.honours import Honour
from workflow.records.published import Decision, HonourFilter, decisions, honour_page, published_honour
from workflow.text import Sentence, sentence

blueprint = Door("honours", __name__, url_prefix="/api/v1/honours", description="The register of honours, public")

UNKNOWN = sentence("No certificate of this register has this number.")
_KEPT = {shown: kept for kept, shown in STATES.items()}


@blueprint.get("")
@public
@blueprint.arguments(HonourQuery, location="query")
@blueprint.response(200, page_of(HonourSchema))
def honours(query: dict[str, Any]) -> dict[str, Any]:
    """What was granted, the newest first; what was suspended or withdrawn stays, marked as such."""
    return register(query)


def register(query: dict[str, Any]) -> dict[str, Any]:
    """A page of it."""
    filters = tuple(query.get(name) for name in ("q", "honour", "year", "unit", "state"))
    wanted = wanted_by(query)
    limit = page_size(query)
    place = place_of(query.get("after"), filters, (datetime, UUID))
    with office().database.read() as connection:
        now = office().database.now(connection)
        found = honour_page(connection, wanted, now, limit=limit + 1, after=place)
        items = _views(connection, found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return {"items": items, "next": cursor((last.granted_at, last.id), filters) if last else None}


@blueprint.get("/<code>")
@public
@blueprint.response(200, HonourSchema)
def one_honour(code: str) -> dict[str, Any]:
    """One honour by the number of its certificate, typed with or without hyphens. The page for people is /verify/{code}."""
    found = registered(code)
    if found is None:
        raise NotFound(why_unknown(code))
    return found


def wanted_by(query: dict[str, Any]) -> HonourFilter:
    return HonourFilter(
        words=query.get("q"),
        honour=query.get("honour"),
        year=query.get("year"),
        unit=query.get("unit"),
        state=_KEPT[query["state"]] if query.get("state") else None,
    )


def registered(code: str) -> dict[str, Any] | None:
    with office().database.read() as connection:
        found = published_honour(connection, code, office().database.now(connection))
        return _views(connection, (found,))[0] if found else None


def why_unknown(code: str) -> Sentence:
    """A slip of the pen first; a wrong certificate only where there was none."""
    return slip(code) or UNKNOWN


def _views(connection: Connection, shown: Sequence[Honour]) -> list[dict[str, Any]]:
    directory = office().directory(connection)
    decided = decisions(office(), connection, shown)
    return [_view(one, directory, decided) for one in shown]


def _view(one: Honour, directory: Directory, decided: Mapping[UUID, Decision]) -> dict[str, Any]:
    decision = decided.get(one.id)
    return {
        "code": one.code,
        "honour": one.name,
        "honour_label": label_of(one.name),
        "level": one.level,
        "level_label": _label(one.level, LEVELS) if one.level else None,
        "name": one.holder_name,
        "unit": named(one.unit, directory),
        "granted_on": _day(one.granted_at),
        "valid_until": _day(one.until),
        "state": STATES[one.state],
        "state_since": _day(_since(one)),
        "suspended_until": _day(one.suspended_until) if one.state == "suspended" else None,
        "decision": {"number": decision.number, "title": label(decision.title)} if decision else None,
    }


def _since(one: Honour) -> datetime | None:
    """Of one that was revoked and came back, nothing is said."""
    return {"revoked": one.ended_at, "suspended": one.suspended_at, "expired": one.until}.get(one.state)


def _day(moment: datetime | None) -> str | None:
    return day_of(moment).isoformat() if moment else None


def label_of(honour: str) -> dict[str, str]:
    """Of an honour by its name."""
    return _label(honour, THINGS)


def _label(word: str, words: Mapping[str, Sentence]) -> dict[str, str]:
    """As offices usually call it; another word says itself."""
    known, itself = words.get(word), word.replace("_", " ")
    return {"zh": known.say("zh"), "en": known.say("en")} if known else {"zh": itself, "en": itself}
