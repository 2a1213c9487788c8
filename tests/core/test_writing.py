"""What follows from the data of a case: the line that names it in lists."""

from datetime import datetime

import pytest

from workflow.calendar import ZONE, chinese_calendar
from workflow.definition.loading import load_definition
from workflow.engine.commands import Start
from workflow.engine.context import Actor, Context, SeededLot
from workflow.engine.directory import Directory, Organisation, Person
from workflow.engine.step import step

TOWN, CLERK = 1, 2
DIRECTORY = Directory(
    organisations={TOWN: Organisation(id=TOWN, name="城东镇", level="township")},
    persons={CLERK: Person(id=CLERK, name="李强", employer=TOWN)},
    posts={},
)
DATA = {
    "text": "路灯{kind}",
    "kind": "lamp",
    "topics": ["lamp", "road"],
    "amount": 1234.5,
    "share": 80.2,
    "day": "2026-03-09",
    "instant": "2026-03-09 14:00",
    "agreed": True,
    "who": CLERK,
    "whom": [CLERK],
    "place": TOWN,
    "mobile": "13800000001",
}


def subject(template: str, more: str = "", /, **data: object) -> str:
    definition = load_definition(f"""\
key: small
{more}
title: {{zh: 小, en: Small}}
subject: "{template}"
start: {{members: unit}}
fields:
  text:    {{type: text, label: {{zh: 文, en: Text}}}}
  kind:    {{type: choice, label: {{zh: 类, en: Kind}}, options: {{lamp: {{zh: 灯, en: Lamp}}, road: {{zh: 路, en: Road}}}}}}
  topics:  {{type: choices, label: {{zh: 题, en: Topics}}, options: {{lamp: {{zh: 灯, en: Lamp}}, road: {{zh: 路, en: Road}}}}}}
  amount:  {{type: money, label: {{zh: 额, en: Amount}}}}
  share:   {{type: percent, label: {{zh: 比, en: Share}}}}
  limit:   {{type: integer, label: {{zh: 限, en: Limit}}, value: 25}}
  day:     {{type: date, label: {{zh: 日, en: Day}}}}
  instant: {{type: moment, label: {{zh: 时, en: Instant}}}}
  agreed:  {{type: yes_no, label: {{zh: 意, en: Agreed}}}}
  who:     {{type: person, label: {{zh: 人, en: Who}}}}
  whom:    {{type: persons, label: {{zh: 人们, en: Whom}}}}
  place:   {{type: organisation, label: {{zh: 处, en: Place}}}}
  mobile:  {{type: mobile, label: {{zh: 机, en: Mobile}}, personal: true}}
states:
  draft: {{task: {{who: starter, edit: [{", ".join(DATA)}]}}, to: {{submit: done}}}}
  done: {{end: {{zh: 办结, en: Done}}}}
""").sound()
    context = Context(
        now=datetime(2026, 3, 2, 9, 0, tzinfo=ZONE),
        directory=DIRECTORY,
        calendar=chinese_calendar(),
        actor=Actor(person=CLERK),
        lot=SeededLot("test"),
    )
    return step(definition, None, Start(id="case-1", data=data), context).subject.subject


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{unit} {starter} {concerned} {year}", "城东镇 李强 李强 2026"),
        ("{text}", "路灯{kind}"),
        ("{kind}: {topics}", "灯: 灯、路"),
        ("{amount} {share} {limit}", "1234.5 80.2 25"),
        ("{day} {instant}", "2026-03-09 2026-03-09 14:00"),
        ("{agreed} {who} {whom} {place}", "是 李强 李强 城东镇"),
        ("{mobile}", "138****0001"),
    ],
)
def test_subject_names_the_case_in_words(template: str, line: str) -> None:
    assert line == subject(template, **DATA)


def test_person_concerned_without_an_account_is_called_as_the_form_calls_him() -> None:
    concerned = "concerns: holder\npeople: {holder: {person: text, link: mobile}}"

    assert subject("{concerned}", concerned, text="张伟", mobile="13800000009") == "张伟"


def test_subject_leaves_out_what_is_empty() -> None:
    assert subject("{text}/{kind}/{topics}/{mobile}/{round}") == "////"


def test_case_without_a_subject_is_named_by_its_unit() -> None:
    assert subject("") == "城东镇"
