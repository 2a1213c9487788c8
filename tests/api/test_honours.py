"""The public register: what anybody may read of it, and what a certificate is checked by."""

from typing import Any

import pytest

from tests.api.house import House, task_of
from workflow.calendar import chinese_calendar
from workflow.cases.versions import Texts, publish
from workflow.records.codes import SIGNS, slip

AWARD = """
key: award
title: {zh: 表彰, en: Award}
start: {role: union_chair, at: enterprise}
people: {candidate: {person: who, link: mobile}}
fields:
  who: {type: text, label: {zh: 姓名, en: Name}, required: true}
  mobile: {type: mobile, label: {zh: 手机号, en: Mobile}, personal: true}
  holds_until: {type: date, label: {zh: 有效期, en: Until}}
states:
  draft:
    task: {who: starter, edit: [who, mobile, holds_until]}
    to: {submit: [{to: lasting, when: holds_until != null}, awarded]}
  awarded: {end: {zh: 已命名, en: Awarded}, do: [{grant: {honour: model_worker, level: district, to: candidate}}]}
  lasting: {end: {zh: 已命名, en: Awarded}, do: [{grant: {honour: craftsman, to: candidate, until: holds_until}}, {benefit: {kind: bonus, to: candidate}}]}
"""
REVOCATION = """
key: revocation
title: {zh: 撤销荣誉, en: Withdrawal of an honour}
number: CX-{year}-{seq:04}
start: {role: union_chair, at: enterprise}
people: {holder: {person: who, link: mobile}}
fields:
  who: {type: text, label: {zh: 姓名, en: Name}, required: true}
  mobile: {type: mobile, label: {zh: 手机号, en: Mobile}, personal: true}
  ground: {type: text, label: {zh: 事由, en: Ground}}
  decision_number: {type: text, label: {zh: 决定文号, en: Decision number}}
states:
  draft:
    task: {who: starter, edit: [who, mobile, ground]}
    to: {halt: halted}
  halted:
    do: [{suspend: {honour: model_worker, to: holder}}]
    task: {who: starter, edit: [decision_number]}
    to: {take: taken, give_back: kept}
  taken: {end: {zh: 已撤销, en: Withdrawn}, do: [{revoke: {honour: model_worker, from: holder}}]}
  kept: {end: {zh: 保留, en: Kept}, do: [{restore: {honour: model_worker, to: holder}}]}
"""
HONOURS = "/api/v1/honours"
MOBILE = "13812345678"


@pytest.fixture
def register(stored_house: House) -> House:
    """Two who were awarded on different days, at different units, and one whose honour ends."""
    house = stored_house
    for text in (AWARD, REVOCATION):
        publish(house.office.database, house.office.versions, Texts(definition=text), calendar=chinese_calendar())
    award(house, "王芳", "张伟")
    house.at("2027-03-09T10:00:00+08:00")
    award(house, "刘洋", "李娜")
    award(house, "王芳", "Li Wei", holds_until="2027-12-31")
    return house


def award(house: House, by: str, who: str, **data: Any) -> None:
    data |= {"who": who, "mobile": MOBILE}
    case = house.by(by).do("/api/v1/cases", {"definition": "award", "data": data}, status=201)
    house.by(by).do(f"{task_of(case)}/decision", {"trigger": "submit"})
    house.tick()


def halted(house: House, who: str) -> Any:
    """The honour is suspended while the case is open."""
    wang, data = house.by("王芳"), {"who": who, "mobile": MOBILE, "ground": "不可外传"}
    case = wang.do("/api/v1/cases", {"definition": "revocation", "data": data}, status=201)
    case = wang.do(f"{task_of(case)}/decision", {"trigger": "halt"})
    house.tick()
    return case


def decided(house: House, case: Any, trigger: str, **data: Any) -> None:
    house.by("王芳").do(f"{task_of(case)}/decision", {"trigger": trigger, "data": data, "opinion": "属实"})
    house.tick()


def names(house: House, query: str = "") -> list[str]:
    return [one["name"] for one in house.by(None).each(f"{HONOURS}?{query}", limit=1)]


def of(house: House, who: str) -> Any:
    (found,) = house.by(None).read(f"{HONOURS}?q={who}")["items"]
    return found


def page(house: House, code: str, language: str = "en") -> tuple[int, str]:
    answer = house.app.test_client().get(f"/verify/{code}?language={language}")
    return answer.status_code, answer.text


# --- the list


def test_anybody_reads_the_register_the_newest_first_page_by_page(register: House) -> None:
    assert set(names(register)[:2]) == {"李娜", "Li Wei"}
    assert names(register)[2:] == ["张伟"]
    assert names(register) == [one["name"] for one in register.by(None).read(HONOURS)["items"]]


def test_the_register_tells_name_unit_honour_level_dates_and_nothing_else(register: House) -> None:
    found = of(register, "张伟")
    assert found.pop("unit")["name"] == "金彭车业"
    assert slip(found.pop("code")) is None
    assert found == {
        "honour": "model_worker",
        "honour_label": {"zh": "劳动模范", "en": "model worker"},
        "level": "district",
        "level_label": {"zh": "区", "en": "district"},
        "name": "张伟",
        "granted_on": "2026-03-09",
        "valid_until": None,
        "state": "valid",
        "state_since": None,
        "suspended_until": None,
        "decision": None,
    }
    assert MOBILE not in register.by(None).get(HONOURS).text


NARROWED: dict[str, set[str]] = {
    "honour=model_worker": {"张伟", "李娜"},
    "honour=bonus": set(),
    "year=2026": {"张伟"},
    "year=2025": set(),
    "q=li": {"Li Wei"},
    "q=WEI li": {"Li Wei"},
    "q=伟": {"张伟"},
    "q=%25": set(),
    "q=_": set(),
    "q=": {"张伟", "李娜", "Li Wei"},
    "state=valid": {"张伟", "李娜", "Li Wei"},
    "state=withdrawn": set(),
    "year=2027&state=valid&honour=craftsman&q=li": {"Li Wei"},
}


def test_the_register_is_narrowed(register: House) -> None:
    assert {query: set(names(register, query)) for query in NARROWED} == NARROWED


def test_the_register_of_a_unit(register: House) -> None:
    assert names(register, f"unit={register.places['渤海果业']}") == ["李娜"]


def test_what_the_register_does_not_know_is_refused(house: House) -> None:
    for query in ("state=revoked", "year=0", "year=99999", "unit=x", "after=abc", "of=1"):
        assert house.by(None).get(f"{HONOURS}?{query}").status_code == 422, query


# --- what becomes of an honour


def test_a_suspended_honour_is_marked_and_comes_back(register: House) -> None:
    case = halted(register, "张伟")

    found = of(register, "张伟")
    assert (found["state"], found["state_since"]) == ("suspended", "2027-03-09")
    assert found["decision"] == {
        "number": "CX-2027-0001",
        "title": {"zh": "撤销荣誉", "en": "Withdrawal of an honour"},
    }
    assert names(register, "state=suspended") == ["张伟"]
    assert "suspended since 2027-03-09" in page(register, found["code"])[1]

    decided(register, case, "give_back")
    found = of(register, "张伟")
    assert (found["state"], found["state_since"], found["decision"]) == ("valid", None, None)


def test_a_withdrawn_honour_stays_with_its_date_and_the_number_of_the_decision(register: House) -> None:
    case = halted(register, "张伟")
    register.at("2027-04-01T10:00:00+08:00")
    decided(register, case, "take", decision_number="示工发〔2027〕5号")

    found = of(register, "张伟")
    assert (found["state"], found["state_since"]) == ("withdrawn", "2027-04-01")
    assert found["decision"]["number"] == "示工发〔2027〕5号"
    assert names(register, "state=withdrawn") == ["张伟"]
    assert set(names(register, "state=valid")) == {"李娜", "Li Wei"}
    status, text = page(register, found["code"])
    assert status == 200
    assert "withdrawn on 2027-04-01" in text
    assert 'class="answer red"' in text
    assert "示工发〔2027〕5号" in text
    assert "不可外传" not in text


def test_an_honour_that_ran_out_says_until_when_it_held(register: House) -> None:
    register.at("2028-01-01T00:00:00+08:00")

    found = of(register, "Li Wei")
    assert (found["state"], found["valid_until"], found["state_since"]) == ("expired", "2027-12-31", "2027-12-31")
    assert names(register, "state=expired") == ["Li Wei"]
    assert "held until 2027-12-31 only" in page(register, found["code"])[1]


# --- the number


def test_one_honour_by_its_number_however_it_is_typed(register: House) -> None:
    found = of(register, "李娜")
    for typed in (
        found["code"],
        found["code"].lower(),
        found["code"].replace("-", ""),
        found["code"].replace("-", " "),
    ):
        assert register.by(None).read(f"{HONOURS}/{typed}") == found


def test_a_page_answers_first_and_then_says_what_to_compare(register: House) -> None:
    found = of(register, "张伟")

    status, text = page(register, found["code"].lower())
    assert status == 200
    assert text.index("the honour holds") < text.index("Compare")
    for shown in ("张伟", "金彭车业", "model worker", "district", "2026-03-09", found["code"]):
        assert shown in text
    assert "2026年3月9日" in page(register, found["code"], "zh")[1]
    assert MOBILE not in text


def test_a_number_with_a_slip_of_the_pen_is_told_what_is_wrong_and_names_nobody(register: House) -> None:
    code = of(register, "张伟")["code"]
    other = next(sign for sign in SIGNS if sign != code[0])
    turned = next(
        code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        for at in (0, 1, 2, 5, 6, 7)
        if code[at] != code[at + 1] and "-" not in code[at : at + 2]
    )
    slips = {
        other + code[1:]: "One sign is wrong",
        turned: "two have changed places",
        code[:-1]: "16 signs, this one 15",
        "O" + code[1:]: "The signs 0, 1, I, L and O never occur",
        "%3Cscript%3E": "never occur",
        "x" * 300: "16 signs, this one 64",
    }
    for typed, because in slips.items():
        status, text = page(register, typed)
        assert (status, because in text, "张伟" in text) == (404, True, False), typed
        answer = register.by(None, **{"Accept-Language": "en"}).get(f"{HONOURS}/{typed}")
        assert (answer.status_code, because in answer.json["detail"]) == (404, True)


def test_a_number_that_could_be_one_is_not_in_the_register(register: House) -> None:
    assert slip("2222-2222-2222-2222") is None
    status, text = page(register, "2222-2222-2222-2222")
    assert (status, "No certificate of this register has this number." in text) == (404, True)


def test_the_number_of_a_benefit_is_nothing_for_the_public(register: House) -> None:
    with register.office.database.read() as connection:
        code = connection.exec_driver_sql("select code from honour where kind = 'benefit'").scalar()

    assert register.by(None).get(f"{HONOURS}/{code}").status_code == 404
    assert page(register, str(code))[0] == 404


def test_a_number_is_asked_for_by_a_form(house: House) -> None:
    client = house.app.test_client()

    assert "in four groups of four signs" in client.get("/verify?language=en").text
    answer = client.get("/verify?language=en&code=abcd efgh")
    assert (answer.status_code, answer.location) == (302, "/verify/ABCD-EFGH?language=en")
    assert 'href="/verify"' in client.get("/").text


def test_every_single_slip_is_noticed() -> None:
    """Each sign replaced by each other, and any two that change places."""
    code = "7Q2M9XKD4HTRV3BW"
    whole = next(code[:-1] + sign for sign in SIGNS if slip(code[:-1] + sign) is None)

    wrong = [whole[:at] + sign + whole[at + 1 :] for at in range(len(whole)) for sign in SIGNS if sign != whole[at]] + [
        whole[:a] + whole[b] + whole[a + 1 : b] + whole[a] + whole[b + 1 :]
        for a in range(len(whole))
        for b in range(a + 1, len(whole))
        if whole[a] != whole[b]
    ]

    assert [one for one in wrong if slip(one) is None] == []
