"""The figures of a round that is over: fixed under a hash, released when a case is reopened, checked by `verify`."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import update

from tests.cases.federation import Federation
from workflow.calendar import chinese_calendar
from workflow.cases.facts import round_facts
from workflow.cases.history import unseal
from workflow.cases.tables import cases, event
from workflow.cases.versions import Texts, publish
from workflow.engine.changes import FiguresFixed
from workflow.engine.commands import Fire, Operate
from workflow.engine.subject import Amount, Case, Round
from workflow.people.organisations import change_organisation
from workflow.store.chain import event_hash, first_previous

MONTH = """
key: month
title: {zh: 月报, en: Month}
subject: "{unit}"
round:
  title: {zh: "{year}年{month}月", en: "{year}-{month}"}
  at: district
  opens: by office
  cases: {each: {unit: enterprise}}
  figures:
    closed: {label: {zh: 已关账, en: Closed}, count: true, in: [closed]}
    members: {label: {zh: 会员, en: Members}, sum: members, in: [closed]}
    workers: {label: {zh: 职工, en: Workers}, sum: workers, in: [closed]}
    rate: {label: {zh: 入会率, en: Rate}, value: "round_to(members * 100 / workers, 1)"}
    members_in: {label: {zh: 各镇会员, en: By township}, sum: members, in: [closed], by: township}
    workers_in: {label: {zh: 各镇职工, en: By township}, sum: workers, in: [closed], by: township}
    rate_in: {label: {zh: 各镇入会率, en: Rate by township}, value: "round_to(members_in * 100 / workers_in, 1)", by: township}
  tell: [office]
people:
  office: {role: officer, at: district}
  reporters: {role: union_chair, at: enterprise}
fields:
  members: {type: integer, label: {zh: 会员, en: Members}, required: true}
  workers: {type: integer, label: {zh: 职工, en: Workers}, required: true}
states:
  open:
    task: {who: reporters, edit: [members, workers]}
    to: {submit: closed}
  closed: {end: {zh: 已关账, en: Closed}}
anytime:
  reopen: {by: [office], in: [closed], to: open, opinion: true}
triggers:
  reopen: {label: {zh: 重新开报, en: Reopen}, sense: back}
operations:
  correct: {by: [office], edit: [members]}
"""


@pytest.fixture
def month(federation: Federation) -> Round:
    publish(federation.database, federation.office.versions, Texts(definition=MONTH), calendar=chinese_calendar())
    round_ = federation.round("month")
    federation.tick()
    for reporter, members, workers in (("王芳", 90, 120), ("刘洋", 30, 80)):
        federation.decide(
            the_case(federation, round_, reporter), "submit", by=reporter, data={"members": members, "workers": workers}
        )
    federation.tick()
    return round_


def the_case(federation: Federation, round_: Round, reporter: str) -> Case:
    unit = federation.places["车业" if reporter == "王芳" else "纺织"]
    with federation.database.read() as connection:
        found = next(one for one in round_facts(connection, round_.id) if one.unit == unit)
    case: Case = federation.now(
        Case(id=found.id, definition="month", version=1, unit=unit, started_at=round_.opened_at)
    )
    return case


def fixings(federation: Federation, round_: Round) -> list[FiguresFixed]:
    found = [unseal(row["body"].encode(), None)[1] for row in federation.events(round_)]
    return [change for changes in found for change in changes if isinstance(change, FiguresFixed)]


def test_figures_of_a_round_that_is_over_are_fixed_under_a_hash_that_anybody_reckons(
    federation: Federation, month: Round
) -> None:
    (closing,) = federation.now(month).closings
    (fixed,) = fixings(federation, month)

    assert federation.now(month).over_at is not None
    assert fixed.figures == {
        "closed": 2,
        "members": 120,
        "workers": 200,
        "rate": 60,
        "members_in": (("城东", 90), ("城西", 30)),
        "workers_in": (("城东", 120), ("城西", 80)),
        "rate_in": (("城东", 75), ("城西", Amount("37.5"))),
    }
    with federation.database.read() as connection:
        heads = [[one.id, one.seq, one.head] for one in round_facts(connection, month.id)]
    said = {"cases": sorted(heads), "figures": fixed.figures, "round": month.id}
    assert closing.sha256 == hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()
    assert (closing.reopened_at, federation.broken()) == (None, [])


def test_a_unit_that_moves_to_another_township_does_not_change_what_is_fixed(
    federation: Federation, month: Round
) -> None:
    change_organisation(federation.database, federation.places["纺织"], parent=federation.places["城东"])
    federation.tick()

    now = federation.now(month)

    assert dict(now.fixed["members_in"]) == {"城东": 90, "城西": 30}
    assert (len(now.closings), federation.broken()) == (1, [])


def test_a_reopened_report_releases_the_figures_and_a_later_closing_has_another_hash(
    federation: Federation, month: Round
) -> None:
    case = the_case(federation, month, "刘洋")
    federation.act(case, Fire(trigger="reopen", opinion="漏报一人"), by="赵敏")
    federation.tick()
    between = federation.now(month)
    federation.decide(case, "submit", by="刘洋", data={"members": 31, "workers": 80})
    federation.tick()
    after = federation.now(month)

    assert (between.over_at, between.fixed) == (None, None)
    first, second = after.closings
    assert first.reopened == (case.id,)
    assert (first.reopened_at is not None, second.reopened_at) == (True, None)
    assert first.sha256 != second.sha256
    assert [one.figures["members"] for one in fixings(federation, month)] == [120, 121]
    assert federation.broken() == []


def test_a_comment_keeps_the_hash_and_a_correction_of_a_figure_makes_another(
    federation: Federation, month: Round
) -> None:
    case = the_case(federation, month, "王芳")
    federation.act(case, Operate(operation="comment", reason="已核"), by="王芳")
    federation.tick()
    assert len(federation.now(month).closings) == 1
    assert federation.broken() == []

    federation.act(case, Operate(operation="correct", reason="笔误", data={"members": 91}), by="赵敏")
    assert federation.now(month).fixed["members"] == 120
    federation.tick()

    first, second = federation.now(month).closings
    assert first.reopened_at == second.at
    assert (federation.now(month).fixed["members"], federation.broken()) == (121, [])


def _rewritten(federation: Federation, month: Round, change: Callable[[dict[str, Any]], object]) -> None:
    """The last event of the round as somebody writes it who can write to the database, and reckons every hash anew."""
    rows = federation.events(month)
    body = msgspec.json.decode(rows[-1]["body"])
    change(next(one for one in body["changes"] if one["#"] == "figures_fixed"))
    text = msgspec.json.encode(body, order="sorted")
    previous = bytes(rows[-2]["hash"]) if len(rows) > 1 else first_previous(UUID(month.id))
    hashed = event_hash(previous, text)
    last = (event.c.case_id == UUID(month.id)) & (event.c.seq == rows[-1]["seq"])
    with federation.database.write() as connection:
        connection.execute(update(event).where(last).values(body=text.decode(), hash=hashed))
        connection.execute(update(cases).where(cases.c.id == UUID(month.id)).values(head=hashed))


def test_verify_finds_figures_that_were_written_anew(federation: Federation, month: Round) -> None:
    def more_members(fixed: dict[str, Any]) -> None:
        fixed["figures"]["members"] = 999
        fixed["figures"] = dict(sorted(fixed["figures"].items()))

    _rewritten(federation, month, more_members)

    found = federation.broken()

    assert any("the figures fixed on 2026-03-09 do not fit their hash" in what for what in found)
    assert any("its fixed figures are not the sums of its cases: members" in what for what in found)


def test_verify_finds_heads_that_are_of_no_case(federation: Federation, month: Round) -> None:
    def another_head(fixed: dict[str, Any]) -> None:
        fixed["cases"][0][2] = "00" * 32
        said = {"cases": fixed["cases"], "figures": fixed["figures"], "round": month.id}
        fixed["sha256"] = hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()

    _rewritten(federation, month, another_head)

    assert any("name heads that are not in these chains" in what for what in federation.broken())
