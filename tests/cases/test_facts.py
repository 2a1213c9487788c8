"""Fields that the service fills: about whom the case is, as the data of the very act say, account or not."""

from typing import Any
from uuid import UUID

from tests.cases.federation import Federation
from workflow.calendar import chinese_calendar
from workflow.cases.starting import NewCase, start_case
from workflow.cases.versions import Texts, publish
from workflow.engine.subject import Case, Round
from workflow.people.organisations import change_organisation
from workflow.people.persons import add_person

OTHER = "13800000009"


def granted(federation: Federation, **data: Any) -> Case:
    """A case of 张伟 that was granted before."""
    case = federation.submitted(**{"id_number": None, "amount": 500, **data})
    federation.decide(case, "approve", by="李强")
    federation.decide(case, "approve", by="钱进")
    found = federation.decide(case, "approve", by="孙丽").case
    federation.set_clock("2026-03-10 10:00")
    return found


def test_start_finds_what_was_before_for_one_without_an_account(federation: Federation) -> None:
    granted(federation)

    case = federation.start(id_number=None)

    assert (case.data["had"], case.data["last"]) == (1, 50000)


def test_another_without_an_account_is_another(federation: Federation) -> None:
    granted(federation)

    case = federation.start(mobile=OTHER, id_number=None)

    assert case.data.get("had") == 0
    assert "last" not in case.data


def test_start_finds_what_was_before_for_one_with_an_account(federation: Federation) -> None:
    person = add_person(federation.database, name="张伟", mobile="13800000001")
    first = granted(federation)

    case = federation.start(id_number=None)

    assert (first.concerned, case.concerned) == (person, person)
    assert (case.data["had"], case.data["last"]) == (1, 50000)


def test_starter_who_is_not_meant_does_not_count(federation: Federation) -> None:
    """王芳 has begun cases for others before; that is nothing about this one."""
    granted(federation)
    granted(federation, mobile="13800000002")

    assert federation.start(mobile=OTHER, id_number=None).data.get("had") == 0


def test_decision_finds_it_for_the_person_whom_it_names_itself(federation: Federation) -> None:
    """Begun without a person; the same act names him and enters the state that reads what is known of him."""
    granted(federation)
    case = federation.start(name="", mobile=None, id_number=None)
    assert case.data["had"] == 0

    federation.decide(case, "submit", by="王芳", data={"name": "张伟", "mobile": "13800000001"})

    assert federation.now(case).data["had"] == 1


def test_case_before_is_that_of_the_same_person_whoever_begins(federation: Federation) -> None:
    """Another chair holds the post by then."""
    from workflow.people.posts import appoint  # noqa: PLC0415 -- for this alone

    granted(federation)
    appoint(
        federation.database,
        person=federation.people["外人"],
        role="union_chair",
        organisation=federation.places["车业"],
    )

    case = federation.start(by="外人", id_number=None)

    assert case.data["last"] == 50000


WEEKLY = """
key: weekly
title: {zh: 周报, en: Weekly}
start: {role: union_chair, at: enterprise}
round:
  title: {zh: 周, en: Week}
  at: district
  opens: by office
  fields: {minutes: {type: text, label: {zh: 纪要, en: Minutes}}}
people: {office: {role: officer, at: district}}
fields:
  plan: {type: text, label: {zh: 计划, en: Plan}, required: true}
  promised: {type: text, label: {zh: 上周计划, en: Promised}, from: {previous: plan}}
  said: {type: text, label: {zh: 上次纪要, en: Said}, from: {previous: round.minutes}}
states:
  draft:
    task: {who: starter, edit: [plan]}
    to: {submit: done}
  done: {end: {zh: 办结, en: Done}}
"""


def test_field_of_the_case_before_and_one_of_its_round(federation: Federation) -> None:
    publish(federation.database, federation.office.versions, Texts(definition=WEEKLY), calendar=chinese_calendar())
    first = federation.round("weekly", minutes="加快建会")
    begun = in_round(federation, first, plan="走访六家")
    federation.decide(begun, "submit", by="王芳")
    federation.set_clock("2026-03-16 10:00")

    second = in_round(federation, federation.round("weekly"))

    assert begun.data == {"plan": "走访六家"}
    assert (second.data["promised"], second.data["said"]) == ("走访六家", "加快建会")


def in_round(federation: Federation, round_: Round, **data: Any) -> Case:
    new = NewCase(definition="weekly", round_id=UUID(round_.id), data=data)
    return start_case(federation.office, new, actor=federation.actor("王芳")).case


LATE = """
key: report
title: {zh: 报送, en: Report}
start: {role: union_chair, at: enterprise}
people: {township: {role: reviewer, at: township}}
fields:
  late: {type: integer, label: {zh: 逾期次数, en: Late}, from: {cases: report, overdue: review}}
states:
  draft:
    task: {who: starter}
    to: {submit: review}
  review:
    task: {who: township, due: 1 working day}
    pause: 10 days
    to: {approve: done}
  done: {end: {zh: 办结, en: Done}}
"""


def late_before(federation: Federation) -> object:
    return federation.start("report", by="王芳").data["late"]


def test_case_that_was_late_in_a_state_is_counted_after_it_has_left_it(federation: Federation) -> None:
    publish(federation.database, federation.office.versions, Texts(definition=LATE), calendar=chinese_calendar())
    late, in_time = (federation.start("report", by="王芳") for _ in range(2))
    for case in (late, in_time):
        federation.decide(case, "submit", by="王芳")
    federation.decide(in_time, "approve", by="李强")
    before = late_before(federation)
    federation.set_clock("2026-03-13 10:00")
    while_late = late_before(federation)
    federation.decide(late, "approve", by="李强")

    assert (before, while_late, late_before(federation)) == (0, 1, 1)


TAKEN = """
key: taken
title: {zh: 取数, en: Taken}
start: {role: union_chair, at: enterprise}
fields:
  paid:   {type: money, label: {zh: 金额, en: Paid}}
  hours:  {type: number, label: {zh: 小时, en: Hours}}
  any:    {type: yes_no, label: {zh: 有, en: Any}, from: {cases: taken, in: [done]}}
  share:  {type: percent, label: {zh: 占比, en: Share}, from: {cases: taken, in: [done]}}
  yuan:   {type: number, label: {zh: 元, en: Yuan}, from: {cases: taken, in: [done], take: sum, value: paid}}
  whole:  {type: integer, label: {zh: 整数, en: Whole}, from: {cases: taken, in: [done], take: sum, value: hours}}
  latest: {type: money, label: {zh: 最近, en: Latest}, from: {cases: taken, in: [done], take: latest, value: paid}}
states:
  draft: {task: {who: starter, edit: [paid, hours]}, to: {submit: done}}
  done:  {end: {zh: 办结, en: Done}}
"""


def test_value_of_other_cases_is_kept_as_the_field_keeps_it(federation: Federation) -> None:
    publish(federation.database, federation.office.versions, Texts(definition=TAKEN), calendar=chinese_calendar())
    first = federation.start("taken", paid=120.5, hours=2.5)
    federation.decide(first, "submit", by="王芳")
    federation.set_clock("2026-03-10 10:00")

    second = federation.start("taken")

    names = ("any", "share", "yuan", "whole", "latest")
    assert {name: first.data.get(name) for name in names} == {
        "any": False,
        "share": "0",
        "yuan": "0",
        "whole": 0,
        "latest": None,
    }
    assert {name: second.data[name] for name in names} == {
        "any": True,
        "share": "1",
        "yuan": "120.5",
        "whole": 3,
        "latest": 12050,
    }


DUES = """
key: dues
title: {zh: 会费, en: Dues}
start: {role: union_chair, at: enterprise}
people: {office: {role: officer, at: district}}
fields:
  paid: {type: money, label: {zh: 缴纳, en: Paid}}
  heads: {type: integer, label: {zh: 人数, en: Heads}, from: {register: unit.members}}
  each: {type: money, label: {zh: 每人一元, en: A yuan each}, from: {register: unit.members}}
  before: {type: money, label: {zh: 上次, en: Before}, from: {previous: paid}}
  in_yuan: {type: number, label: {zh: 上次（元）, en: Before in yuan}, from: {previous: paid}}
states:
  draft: {task: {who: starter, edit: [paid]}, to: {submit: done}}
  done: {end: {zh: 办结, en: Done}}
"""


def test_numbers_of_register_and_case_before_are_yuan_in_money_and_in_numbers(federation: Federation) -> None:
    publish(federation.database, federation.office.versions, Texts(definition=DUES), calendar=chinese_calendar())
    change_organisation(federation.database, federation.places["车业"], members=120)
    new = NewCase(definition="dues", data={"paid": 12.5})
    first = start_case(federation.office, new, actor=federation.actor("王芳")).case
    federation.set_clock("2026-03-16 10:00")

    second = start_case(federation.office, NewCase(definition="dues"), actor=federation.actor("王芳")).case

    assert (first.data["paid"], second.data["heads"], second.data["each"]) == (1250, 120, 12000)
    assert (second.data["before"], second.data["in_yuan"]) == (1250, "12.5")
