"""The calendar's overrides: days on which this office decides otherwise than the public holidays that are known."""

from typing import Any

from workflow.api.asking import expected_version, language, office, operator, signed_in
from workflow.api.doors import HEADERS, IF_MATCH, Door, refuses
from workflow.api.schemas.operators import CalendarBody, CalendarSchema
from workflow.calendar import day_of
from workflow.cases.calendars import Day, Overrides, overrides, replace_overrides
from workflow.text import sentence

blueprint = Door("calendar", __name__, url_prefix="/api/v1/calendar", description="Working days")

Answer = tuple[dict[str, Any], int, dict[str, str]]
_HEADERS = {"ETag": HEADERS["ETag"]}


@blueprint.get("")
@blueprint.response(200, CalendarSchema, headers=_HEADERS)
def calendar() -> Answer:
    """The days that differ from the public holidays, and for which years those are not published yet."""
    signed_in()
    with office().database.read() as connection:
        return _answer(overrides(connection))


@blueprint.put("")
@refuses(403, 412)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(
    CalendarBody, example={"days": [{"day": "2026-05-09", "kind": "work", "name": "五一调休"}]}, required=True
)
@blueprint.response(200, CalendarSchema, headers=_HEADERS)
def replace_calendar(body: dict[str, Any]) -> Answer:
    """Have these days differ and no others; for administrators at the top.

    Deadlines that were reckoned before stay as they were announced; what is reckoned from now on sees the new days. A year
    with days that are worked counts as published.
    """
    actor = operator()
    days = [Day(one["day"], one["kind"] == "work", one["name"]) for one in body["days"]]
    return _answer(replace_overrides(office().database, days, by=actor.person, expected=expected_version()))


def _answer(found: Overrides) -> Answer:
    with office().database.read() as connection:
        today = day_of(office().database.now(connection))
    shown = {
        "days": [
            {"day": one.day.isoformat(), "kind": "work" if one.working else "rest", "name": one.name or ""}
            for one in found.days
        ],
        "published": found.published,
        "warnings": [
            sentence("The make-up days of {year} are not published yet; moments in it may still move.", year=year).say(
                language()
            )
            for year in found.provisional(today)
        ],
    }
    return shown, 200, {"ETag": f'"{found.number}"'}
