"""The register of honours: granted once, never deleted, found again by person, by code and by other cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.records.books import DEEDS, ID_NUMBERS
from tests.records.district import SERVICE, District
from workflow.calendar import chinese_calendar
from workflow.cases.acting import act
from workflow.cases.effects import drain
from workflow.cases.office import EffectToDo
from workflow.cases.reading import load
from workflow.cases.starting import NewCase, start_case
from workflow.cases.versions import Texts, publish
from workflow.definition.model import Source
from workflow.definition.term.values import Span
from workflow.engine.commands import Decide
from workflow.engine.context import Actor
from workflow.engine.subject import Case
from workflow.people.persons import add_person
from workflow.records.honours import RECORDERS, Honour, holders_of, honour_by_code, honours_found, honours_of
from workflow.records.tables import honour

LATER = datetime(2099, 1, 1, tzinfo=UTC)

FOLLOW_UP = """
key: follow_up
title: {zh: 复核, en: Review of an honour}
start: {role: officer, at: district}
concerns: holder
people: {holder: {person: who, link: mobile}}
fields:
  who: {type: text, label: {zh: 姓名, en: Name}}
  mobile: {type: mobile, label: {zh: 手机号, en: Mobile}}
  id_number: {type: id_number, label: {zh: 身份证号, en: ID number}}
  before: {type: integer, label: {zh: 已获, en: Honours before}, from: {honours: model_worker, of: concerned, same: [id_number]}}
states:
  draft:
    task: {who: starter, edit: [who, mobile, id_number]}
    to: {submit: over}
  over: {end: {zh: 完成, en: Over}}
"""


@pytest.fixture
def person(district: District) -> int:
    """One with an account, known by his mobile."""
    district.office.recorders |= RECORDERS
    return add_person(district.office.database, name="王建军", login="wangjianjun", mobile="13800000001")


def awarded(
    district: District, mobile: str = "13800000001", id_number: str = ID_NUMBERS[0], name: str = "王建军"
) -> Case:
    """A case on the way it goes: started, handed in, approved; and what it ordered is done."""
    data = {
        "name": name,
        "sex": "male",
        "born_on": "1986-09-17",
        "id_number": id_number,
        "industry": "manufacturing",
        "category": "worker",
        "deeds": DEEDS,
        "mobile": mobile,
    }
    unit, chair = district.townships["旧城镇"], Actor(person=district.chairs["旧城镇"])
    new = NewCase(definition="model_worker", unit=unit, round_id=district.round_id, data=data, starter=chair.person)
    case = start_case(district.office, new, actor=SERVICE).case
    act(district.office, UUID(case.id), Decide(task=1, trigger="submit"), actor=chair)
    done = act(district.office, UUID(case.id), Decide(task=2, trigger="approve"), actor=chair)
    drain(district.office, LATER)
    return done.case


def todo(case: Case, effect: str, /, **payload: Any) -> EffectToDo:
    return EffectToDo(case_id=UUID(case.id), seq=case.seq, number=50, kind=effect, payload=payload, at=LATER)


def record(district: District, one: EffectToDo) -> None:
    with district.office.database.write() as connection:
        RECORDERS[one.kind](district.office, connection, one)


def honours(district: District, person: int, now: datetime | None = None) -> tuple[Honour, ...]:
    with district.office.database.read() as connection:
        return honours_of(connection, person, now or district.office.database.now(connection))


def states(district: District, person: int, now: datetime | None = None) -> list[tuple[str, str]]:
    return [(one.name, one.state) for one in honours(district, person, now)]


# --- granting


def test_a_case_grants_an_honour_to_the_person_with_the_account(district: District, person: int) -> None:
    case = awarded(district)

    (found,) = honours(district, person)
    assert (found.kind, found.name, found.holder, found.holder_name) == ("honour", "model_worker", person, "王建军")
    assert (found.unit, found.case_id, found.state) == (district.townships["旧城镇"], UUID(case.id), "valid")
    assert case.ended_at is not None
    assert abs(found.granted_at - case.ended_at) < timedelta(seconds=5)


def test_one_without_an_account_is_named_as_in_the_form(district: District, person: int) -> None:
    awarded(district, mobile="13800000002", name="李明")

    with district.office.database.read() as connection:
        row = connection.execute(select(honour.c.holder, honour.c.name)).one()
    assert tuple(row) == (None, "李明")
    assert honours(district, person) == ()


def test_recording_again_changes_nothing(district: District, person: int) -> None:
    case = awarded(district)
    grant = todo(case, "grant", honour="model_worker", level="district", to=[person, "link:mobile"], until="2031-05-01")

    record(district, grant)
    first = honours(district, person)
    record(district, grant)
    record(district, replace(grant, at=LATER + timedelta(days=1)))

    assert honours(district, person) == first
    with district.office.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(honour)) == 3
    newest = next(one for one in first if one.level == "district")
    assert newest.until == datetime(2031, 5, 1, 16, tzinfo=UTC)


def test_a_benefit_has_its_amount_in_fen(district: District, person: int) -> None:
    case = awarded(district)

    record(district, todo(case, "benefit", kind="hardship_aid", to=[person], amount="1234.56"))

    assert {(one.kind, one.name, one.amount) for one in honours(district, person)} == {
        ("honour", "model_worker", None),
        ("benefit", "hardship_aid", 123456),
    }


# --- checking a certificate


def test_a_certificate_is_found_by_its_code_alone(district: District, person: int) -> None:
    awarded(district)
    (found,) = honours(district, person)
    written = found.code.lower().replace("-", " ")

    with district.office.database.read() as connection:
        assert honour_by_code(connection, written, LATER) == found
        assert honour_by_code(connection, "AAAA-AAAA-AAAA-AAAA", LATER) is None
        assert honour_by_code(connection, "", LATER) is None
    assert [len(part) for part in found.code.split("-")] == [4, 4, 4, 4]


# --- what becomes of it


def test_a_revoked_honour_stays_and_says_by_which_case(district: District, person: int) -> None:
    awarded(district)
    later = awarded(district, id_number=ID_NUMBERS[1], mobile="13800000009", name="另一人")

    record(district, todo(later, "revoke", honour="model_worker", **{"from": [person]}))

    (found,) = honours(district, person)
    assert (found.state, found.ended_by) == ("revoked", UUID(later.id))
    assert found.ended_at is not None
    with district.office.database.read() as connection:
        assert holders_of(connection, "model_worker", LATER) == ()


def test_an_appeal_brings_back_what_the_same_case_revoked(district: District, person: int) -> None:
    awarded(district)
    later = awarded(district, id_number=ID_NUMBERS[1], mobile="13800000009", name="另一人")
    other = awarded(district, id_number=ID_NUMBERS[2], mobile="13800000008", name="第三人")
    record(district, todo(later, "revoke", honour="model_worker", **{"from": [person]}))

    record(district, todo(other, "restore", honour="model_worker", to=[person]))
    assert states(district, person) == [("model_worker", "revoked")]

    record(district, todo(later, "restore", honour="model_worker", to=[person]))
    (found,) = honours(district, person)
    assert found.state == "valid"
    assert (found.ended_by, found.ended_at is not None) == (UUID(later.id), True)
    with district.office.database.read() as connection:
        assert holders_of(connection, "model_worker", LATER) == ((person, district.townships["旧城镇"]),)


def test_what_is_granted_after_a_revocation_stands(district: District, person: int) -> None:
    earlier = awarded(district, id_number=ID_NUMBERS[1], mobile="13800000009", name="另一人")
    awarded(district)

    record(district, todo(earlier, "revoke", honour="model_worker", **{"from": [person]}))

    assert states(district, person) == [("model_worker", "valid")]


def test_one_without_an_account_loses_his_own_only(district: District, person: int) -> None:
    case = awarded(district, mobile="13800000002", name="李明")
    awarded(district, mobile="13800000003", id_number=ID_NUMBERS[1], name="李强")

    record(district, todo(case, "revoke", honour="model_worker", **{"from": ["link:mobile"]}))

    with district.office.database.read() as connection:
        found = connection.execute(select(honour.c.name, honour.c.state).order_by(honour.c.name)).all()
    assert {tuple(row) for row in found} == {("李明", "revoked"), ("李强", "valid")}


def test_a_suspension_holds_until_its_date_or_until_it_is_restored(district: District, person: int) -> None:
    case = awarded(district)
    record(district, todo(case, "benefit", kind="newspapers", to=[person]))

    record(district, todo(case, "suspend", honour="model_worker", to=[person], until="2098-12-30"))

    before = datetime(2098, 12, 30, 15, 59, tzinfo=UTC)
    assert sorted(states(district, person, before)) == [("model_worker", "suspended"), ("newspapers", "valid")]
    assert sorted(states(district, person, LATER)) == [("model_worker", "valid"), ("newspapers", "valid")]
    record(district, todo(case, "suspend", honour="model_worker", to=[person]))
    assert ("model_worker", "suspended") in states(district, person, LATER)
    record(district, todo(case, "restore", honour="model_worker", to=[person]))
    assert ("model_worker", "valid") in states(district, person, before)


def test_what_was_granted_until_a_date_expires(district: District, person: int) -> None:
    case = awarded(district)
    record(district, todo(case, "benefit", kind="newspapers", to=[person], until="2030-12-31"))

    at = datetime(2030, 12, 31, 15, 59, tzinfo=UTC)
    assert ("newspapers", "valid") in states(district, person, at)
    assert ("newspapers", "expired") in states(district, person, at + timedelta(minutes=1))


def test_holders_now(district: District, person: int) -> None:
    awarded(district)

    with district.office.database.read() as connection:
        assert holders_of(connection, "model_worker", LATER) == ((person, district.townships["旧城镇"]),)
        assert holders_of(connection, "pioneer", LATER) == ()


# --- facts for forms


def found(district: District, case: Case, **source: Any) -> object:
    known: dict[str, Any] = {"kind": "honours", "name": "model_worker", "of": "concerned"}
    with district.office.database.read() as connection:
        return honours_found(district.office, connection, Source(**(known | source)), case)


def test_a_form_counts_the_honours_that_hold(district: District, person: int) -> None:
    awarded(district)
    asking = awarded(district, id_number=ID_NUMBERS[1])

    assert asking.concerned == person
    assert found(district, asking) == 1
    assert found(district, asking, name="all") == 1
    assert found(district, asking, name="pioneer") == 0
    assert found(district, asking, of="unit") == 1
    assert found(district, asking, take="latest", value="honour") == "model_worker"
    assert found(district, asking, within=Span(1, "years")) == 1
    assert found(district, asking, same=("industry",)) == 1
    assert found(district, asking, same=("id_number",)) == 0


def test_one_without_an_account_is_known_again_by_what_is_the_same(district: District, person: int) -> None:
    awarded(district, mobile="13800000002")
    district.office.sources["honours"] = honours_found
    publish(
        district.office.database, district.office.versions, Texts(definition=FOLLOW_UP), calendar=chinese_calendar()
    )
    officer = Actor(person=district.officer)
    data = {"who": "王建军", "mobile": "13800000003", "id_number": ID_NUMBERS[0]}

    case = start_case(district.office, NewCase(definition="follow_up", data=data), actor=officer).case

    assert found(district, case) == 0
    assert found(district, case, same=("id_number",)) == 1
    with district.office.database.read() as connection:
        loaded = load(connection, UUID(case.id))
    assert loaded is not None
    assert loaded[0].data["before"] == 1  # by the ID number that the start itself brings
