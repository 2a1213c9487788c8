"""Rounds that open by themselves: once at each organisation, on working days, paused, skipped, after a long sleep."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import RowMapping, insert, select

from tests.cases.federation import Federation, at, at_once, reopened
from workflow.calendar import ZONE, chinese_calendar
from workflow.cases.starting import open_round
from workflow.cases.tables import calendar_day, cases, event
from workflow.cases.versions import Texts, Versions, publish
from workflow.clock.cadences import acts_of, coming, next_opening, pause, resume, skip
from workflow.errors import InvalidData, NotFound, NotOffered
from workflow.store.service import set_service_value

WEEKLY = """
key: weekly
title: {zh: 周调度, en: Weekly dispatch}
subject: "{unit}"
round:
  title: {zh: "{year}-{month}-{day}", en: "{year}-{month}-{day}"}
  at: OWNER
  opens: every Monday at 09:00
  cases: {each: {unit: enterprise}}
people:
  unit: {role: union_chair, at: enterprise}
fields:
  done: {type: long_text, label: {zh: 本周工作, en: Done this week}}
states:
  report:
    task: {who: unit, due: 2 working days, edit: [done]}
    to: {submit: filed}
  filed: {end: {zh: 已报, en: Filed}}
"""


def begin(federation: Federation, owner: str = "district") -> None:
    """Published on Monday, 9 March 2026, at ten: an hour after an occurrence."""
    federation.office.versions = Versions()
    texts = Texts(definition=WEEKLY.replace("OWNER", owner))
    publish(federation.database, federation.office.versions, texts, calendar=chinese_calendar())
    federation.tick()


def rounds(federation: Federation) -> Sequence[RowMapping]:
    with federation.database.read() as connection:
        mine = select(cases).where(cases.c.definition == "weekly", cases.c.kind == "round").order_by(cases.c.opened_at)
        return connection.execute(mine).mappings().all()


def opened_at(federation: Federation) -> list[str]:
    return [f"{row['opened_at'].astimezone(ZONE):%m-%d %H:%M}" for row in rounds(federation)]


def goes_to(federation: Federation, *moments: str) -> None:
    for moment in moments:
        federation.set_clock(moment)
        federation.tick()


def test_what_was_due_before_publishing_does_not_open(federation: Federation) -> None:
    begin(federation)
    assert opened_at(federation) == []
    assert next_opening(federation.office) == at("2026-03-16 09:00")


def test_each_monday_opens_one_round_with_a_case_for_each_unit(federation: Federation) -> None:
    begin(federation)
    goes_to(federation, "2026-03-16 08:59", "2026-03-16 09:00", "2026-03-16 09:01", "2026-03-23 09:00")
    assert opened_at(federation) == ["03-16 09:00", "03-23 09:00"]
    for row in rounds(federation):
        mine = [case for case in federation.cases() if case["round_id"] == row["id"]]
        assert {case["unit"] for case in mine} == {federation.places["车业"], federation.places["纺织"]}
        assert len(mine) == 2
    assert federation.broken() == []


def test_each_organisation_of_the_level_has_its_own(federation: Federation) -> None:
    begin(federation, "township")
    goes_to(federation, "2026-03-16 09:00")
    assert [row["unit"] for row in rounds(federation)] == sorted(federation.places[name] for name in ("城东", "城西"))


def test_a_holiday_moves_it_and_of_two_on_one_day_the_later_opens(federation: Federation) -> None:
    """In 2026 Monday, 6 April is a day of rest."""
    begin(federation)
    goes_to(federation, "2026-04-06 12:00")
    assert opened_at(federation)[-1] == "03-30 09:00"
    goes_to(federation, "2026-04-07 09:00")
    assert opened_at(federation)[-1] == "04-07 09:00"


def test_who_slept_through_opens_each_once_and_says_how_late(federation: Federation) -> None:
    begin(federation)
    goes_to(federation, "2026-03-31 15:00")
    assert opened_at(federation) == ["03-16 09:00", "03-23 09:00", "03-30 09:00"]
    with federation.database.read() as connection:
        first = connection.scalars(select(event.c.body).where(event.c.case_id == rounds(federation)[0]["id"])).first()
    assert first is not None
    assert '"as_of":"2026-03-16T01:00:00' in first
    assert '"at":"2026-03-31T07:00' in first


@pytest.mark.parametrize("federation_url", ["postgresql"], indirect=True)
def test_two_schedulers_open_it_once(federation: Federation, federation_url: str) -> None:
    begin(federation)
    federation.set_clock("2026-03-23 09:00")
    other = reopened(federation, federation_url)
    at_once(federation.tick, other.tick, federation.tick, other.tick)
    federation.tick()
    other.database.dispose()
    assert opened_at(federation) == ["03-16 09:00", "03-23 09:00"]
    assert len([case for case in federation.cases() if case["definition"] == "weekly" and case["kind"] == "case"]) == 4


def test_what_falls_into_a_pause_is_left_out(federation: Federation) -> None:
    begin(federation)
    pause(federation.office, "weekly", by=federation.people["管理员"], reason="机构改革期间暂停")
    assert next_opening(federation.office) is None
    goes_to(federation, "2026-03-17 09:00")
    with pytest.raises(NotOffered):
        pause(federation.office, "weekly", by=federation.people["管理员"], reason="再停")
    resume(federation.office, "weekly", by=federation.people["管理员"], reason="恢复")
    goes_to(federation, "2026-03-17 09:01", "2026-03-23 09:00")
    assert opened_at(federation) == ["03-23 09:00"]
    with federation.database.read() as connection:
        assert [(act.kind, act.reason) for act in acts_of(connection, "weekly")] == [
            ("resumed", "恢复"),
            ("paused", "机构改革期间暂停"),
        ]


def test_a_skipped_occurrence_does_not_open(federation: Federation) -> None:
    begin(federation)
    skip(federation.office, "weekly", date(2026, 3, 16), by=federation.people["管理员"], reason="全区集中培训")
    goes_to(federation, "2026-03-23 09:00")
    assert opened_at(federation) == ["03-23 09:00"]


def test_at_one_organisation_alone_it_may_be_skipped(federation: Federation) -> None:
    begin(federation, "township")
    skip(
        federation.office,
        "weekly",
        date(2026, 3, 16),
        by=federation.people["管理员"],
        reason="换届",
        unit=federation.places["城西"],
    )
    goes_to(federation, "2026-03-16 09:00")
    assert [row["unit"] for row in rounds(federation)] == [federation.places["城东"]]


def test_only_what_is_due_can_be_skipped_and_once(federation: Federation) -> None:
    begin(federation)
    with pytest.raises(InvalidData, match="2026-03-16"):
        skip(federation.office, "weekly", date(2026, 3, 18), by=None, reason="无")
    skip(federation.office, "weekly", date(2026, 3, 16), by=None, reason="培训")
    with pytest.raises(NotOffered):
        skip(federation.office, "weekly", date(2026, 3, 16), by=None, reason="培训")
    with pytest.raises(NotFound):
        pause(federation.office, "aid", by=None, reason="无")


def test_a_past_period_is_opened_by_hand_once(federation: Federation) -> None:
    begin(federation)
    opened = open_round(federation.office, "weekly", actor=federation.actor("管理员"), nominal="2026-03-02").round
    goes_to(federation, "2026-03-16 09:00")
    assert rounds(federation)[0]["id"] == UUID(opened.id)
    assert len(rounds(federation)) == 2


def test_what_is_coming_is_listed_with_what_is_skipped(federation: Federation) -> None:
    begin(federation, "township")
    skip(federation.office, "weekly", date(2026, 3, 23), by=None, reason="培训")
    with federation.database.read() as connection:
        listed = coming(federation.office, connection, at("2026-04-08 00:00"))
    assert [(f"{one.occurrence.opens_at.astimezone(ZONE):%m-%d}", one.skipped) for one in listed] == [
        ("03-16", False),
        ("03-23", True),
        ("03-30", False),
        ("04-07", False),
    ]
    assert [unit.name for unit in listed[0].units] == ["城东", "城西"]


def test_a_new_version_that_opens_on_other_days_counts_from_its_publishing(federation: Federation) -> None:
    begin(federation)
    goes_to(federation, "2026-03-16 09:00", "2026-03-18 10:00")
    texts = Texts(definition=WEEKLY.replace("OWNER", "district").replace("every Monday", "every Friday"))
    publish(federation.database, federation.office.versions, texts, calendar=chinese_calendar())
    federation.tick()
    assert next_opening(federation.office) == at("2026-03-20 09:00")
    goes_to(federation, "2026-03-20 09:00", "2026-03-23 10:00")
    assert opened_at(federation) == ["03-16 09:00", "03-20 09:00"]


def test_a_day_off_that_is_declared_later_moves_the_next(federation: Federation) -> None:
    begin(federation)
    with federation.database.write() as connection:
        day = {"day": date(2026, 3, 16), "working": False, "at": at("2026-03-10 09:00")}
        connection.execute(insert(calendar_day).values(day))
        set_service_value(connection, "calendar", "1")
    federation.tick()
    assert next_opening(federation.office) == at("2026-03-17 09:00")


def test_what_cannot_open_is_noted_and_does_not_stop_the_others(federation: Federation) -> None:
    begin(federation)
    wanting = WEEKLY.replace("key: weekly", "key: wanting").replace("OWNER", "district")
    wanting = wanting.replace(
        "  cases:", "  fields: {place: {type: text, label: {zh: 地点, en: Place}, required: true}}\n  cases:"
    )
    publish(federation.database, federation.office.versions, Texts(definition=wanting), calendar=chinese_calendar())
    federation.tick()
    goes_to(federation, "2026-03-16 09:00", "2026-03-16 09:05")
    with federation.database.read() as connection:
        noted = acts_of(connection, "wanting")
    assert [(act.kind, act.nominal) for act in noted] == [("failed", date(2026, 3, 16))]
    assert opened_at(federation) == ["03-16 09:00"]


def test_an_hour_later_nothing_is_left_to_do(federation: Federation) -> None:
    begin(federation)
    goes_to(federation, "2026-03-16 09:00")
    federation.set_clock("2026-03-16 10:00")
    assert federation.tick() == 0
    assert next_opening(federation.office) == at("2026-03-16 09:00") + timedelta(days=7)


def test_who_pauses_while_it_opens_has_it_paused(federation: Federation) -> None:
    begin(federation)
    holding = WEEKLY.replace("OWNER", "district").replace("{unit: enterprise}", "{honour: model_worker}")
    publish(federation.database, federation.office.versions, Texts(definition=holding), calendar=chinese_calendar())
    federation.tick()

    def holders(*_: object) -> Sequence[tuple[int, int | None]]:
        pause(federation.office, "weekly", by=None, reason="停")
        return ()

    federation.office.holders_of = holders
    goes_to(federation, "2026-03-16 09:00", "2026-03-23 09:00")
    assert opened_at(federation) == ["03-16 09:00"]
    assert next_opening(federation.office) is None
