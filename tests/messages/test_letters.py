"""What messages say: the case's subject line and what to do, in the reader's language; and nothing else of anybody."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.extract import extract_from_dir
from sqlalchemy import RowMapping, select

from tests.messages.office import (
    LEAVE,
    MINUTE,
    OBJECTION,
    OBJECTOR,
    OPINION,
    POSTS,
    PRIVATE,
    House,
    a_house,
    at,
    html_of,
    text_of,
)
from workflow import messages
from workflow.calendar import chinese_calendar
from workflow.cases.acting import act
from workflow.cases.starting import open_round
from workflow.cases.tables import cases
from workflow.cases.versions import Texts, publish
from workflow.engine.commands import CloseRound, Object, Operate
from workflow.engine.context import PUBLIC_ACTOR
from workflow.messages.content import Kind, from_body
from workflow.messages.enqueuing import enqueue_invitation, enqueue_link
from workflow.people.delegations import delegate
from workflow.people.persons import change_person
from workflow.store import open_database
from workflow.text import LANGUAGES, say

HAN = re.compile("[\u4e00-\u9fff]")

CALL = """
key: call
title: {zh: 劳模推荐, en: Nomination}
start: {role: union_chair, at: enterprise}
round:
  title: {zh: "{year}年度推荐", en: "Nominations {year}"}
  at: district
  opens: by office
  closes: closes_on
  fields:
    closes_on: {type: date, label: {zh: 截止, en: Closes}, required: true}
  tell: [office]
people:
  office: {role: officer, at: district}
fields:
  name: {type: text, label: {zh: 姓名, en: Name}}
states:
  draft: {task: {who: starter, edit: [name]}, to: {submit: done}}
  done: {end: {zh: 办结, en: Done}}
"""


def test_task(small_house: House) -> None:
    small_house.submitted()
    small_house.tell()

    (mail,) = small_house.deliver()

    (row,) = small_house.rows()
    content = from_body(row["body"])
    assert mail["Subject"] == "【阳光】请办理：张伟（探亲），请假"
    assert text_of(mail).splitlines()[:10] == [
        "李强，这一件请您办理",
        "已到“镇街审核”环节，等您办理。",
        "",
        "张伟（探亲）  请假",
        "编号：LV-2026-0001",
        "单位：金彭车业",
        "环节：镇街审核",
        "期限：3月12日 周四，剩 3 个工作日",
        "",
        f"去办理：https://yg.phqzgh.example/t/{content.subject}.2",
    ]
    assert text_of(mail).splitlines()[11:14] == [
        "-- ",
        "彭湖区总工会",
        "出差、休假？委托别人代办：https://yg.phqzgh.example/me",
    ]
    assert f'href="https://yg.phqzgh.example/t/{content.subject}.2"' in html_of(mail)


def test_task_in_english(small_house: House) -> None:
    change_person(small_house.database, small_house.people["李强"], language="en")
    small_house.submitted()
    small_house.tell()

    (mail,) = small_house.deliver()

    assert mail["Subject"] == "[Yangguang] To do: 张伟（探亲）, Leave"
    assert mail["Content-Language"] == "en"
    assert text_of(mail).splitlines()[:8] == [
        "李强, this is waiting for you",
        'It has come to you at "Township review".',
        "",
        "张伟（探亲）  Leave",
        "Number: LV-2026-0001",
        "Unit: 金彭车业",
        "Step: Township review",
        "Due: Thu 12 March, 3 working days left",
    ]
    assert '<html lang="en">' in html_of(mail)
    assert '<span lang="zh-CN">张伟（探亲）</span>' in html_of(mail)


def test_return_says_that_there_is_a_reason_but_not_which(small_house: House) -> None:
    case = small_house.submitted()
    small_house.forget()
    small_house.decide(case, 2, "return", by="李强", opinion=OPINION)
    small_house.tell()

    (mail,) = small_house.deliver()

    assert mail["Subject"] == "【阳光】退回修改：张伟（探亲），请假"
    assert text_of(mail).startswith(
        "王芳，这一件退回给您了\n由“镇街审核”环节退回修改。\n对方写了理由，请登录后查看。\n"
    )
    assert f"去修改：https://yg.phqzgh.example/t/{case}.3" in text_of(mail)


def test_foot_lets_the_history_be_compared(small_house: House) -> None:
    case = small_house.submitted()
    small_house.tell()

    (mail,) = small_house.deliver()

    with small_house.database.read() as connection:
        found = connection.execute(select(cases.c.head, cases.c.seq).where(cases.c.id == case)).one()
    assert f"记录：LV-2026-0001 第 {found.seq} 条 {found.head.hex()[:16]}" in text_of(mail)
    assert found.head.hex()[:16] in html_of(mail)


def test_mails_of_a_case_are_one_thread(small_house: House) -> None:
    case = small_house.submitted()
    small_house.tell()
    small_house.deliver()
    small_house.decide(case, 2, "return", by="李强", opinion=OPINION)
    small_house.tell()

    found = small_house.deliver()

    assert len(found) == 2
    assert {str(mail["In-Reply-To"]) for mail in found} == {f"<{case}@case.message.yangguang>"}
    assert {str(mail["References"]) for mail in found} == {f"<{case}@case.message.yangguang>"}


def test_stand_in_reads_for_whom(small_house: House) -> None:
    house = small_house
    li, zhao = house.people["李强"], house.people["赵敏"]
    delegate(house.database, from_person=li, to_person=zhao, begins=house.now - MINUTE, ends=at("2026-04-01 00:00"))
    house.submitted()
    house.tell()

    (mail,) = [mail for mail in house.deliver() if "赵敏" in str(mail["To"])]

    assert "您现在代理李强。" in text_of(mail)


def test_task_that_comes_back_says_what_was_changed(small_house: House) -> None:
    house = small_house
    case = house.submitted()
    house.decide(case, 2, "return", by="李强", opinion=OPINION)
    house.forget()
    house.decide(case, 3, "submit", by="王芳", data={"reason": "探望父母", "days": 3})
    house.tell()

    (mail,) = house.deliver()

    assert "您退回过，已改 2 处。" in text_of(mail)


# --- a walk over all kinds, in both languages


@dataclass(frozen=True)
class Walk:
    """All that can be told, and to everybody."""

    house: House
    kinds: set[str]
    rows: list[str]  #: as they stood before and after the delivery
    mails: list[EmailMessage]
    texts: list[str]  #: to mobiles, without the number


@pytest.fixture(scope="module", params=LANGUAGES)
def walk(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("walk")
    database = open_database(f"sqlite:///{shutil.copy(sqlite_template, folder / 'yangguang.db')}")
    house = a_house(database, folder / "mail", posts=(*POSTS, ("周涛", "chair", "城东镇")))
    for person in house.people.values():
        change_person(house.database, person, language=request.param)
    rows = [str(dict(row)) for step in STEPS for row in taken(house, step)]
    yield Walk(
        house=house,
        kinds={row["kind"] for row in house.rows()},
        rows=rows,
        mails=house.deliver(),
        texts=[path.read_text().partition("\n\n")[2] for path in house.settings.folder.glob("*.txt")],
    )
    database.dispose()


def taken(house: House, step: Callable[[House], None]) -> list[RowMapping]:
    step(house)
    house.tell()
    before = list(house.rows())
    house.deliver()
    return [*before, *house.rows()]


def returned_and_refused(house: House) -> None:
    case = house.submitted()
    house.tell()
    house.decide(case, 2, "return", by="李强", opinion=OPINION)
    house.tell()
    house.decide(case, 3, "submit", by="王芳")
    house.tell()
    house.decide(case, 4, "reject", by="李强", opinion=OPINION)


def granted_with_consent(house: House) -> None:
    case = house.submitted()
    house.decide(case, 2, "approve", by="李强")
    house.tell()
    other = house.submitted()
    house.decide(other, 2, "ask_member", by="李强")


def operations(house: House) -> None:
    case = house.submitted()
    house.act(case, Operate(operation="urge"), by="王芳")
    house.act(case, Operate(operation="copy", person=house.people["赵敏"]), by="王芳")
    house.act(case, Operate(operation="comment", reason=OPINION), by="王芳")
    house.act(case, Operate(operation="delegate", task=2, person=house.people["孙丽"]), by="李强")
    house.decide(case, 2, "approve", by="孙丽", opinion=OPINION)
    signed = house.submitted()
    house.act(signed, Operate(operation="add_signer", task=2, kind="before", person=house.people["赵敏"]), by="李强")


def objections(house: House) -> None:
    for answer, task in (("dismissed", 3), ("upheld", 3)):
        case = house.submitted()
        house.decide(case, 2, "publish", by="李强")
        act(house.office, case, Object(text=OBJECTION, contact=OBJECTOR), actor=PUBLIC_ACTOR)
        house.tell()
        house.decide(case, task, answer, by="赵敏", opinion=OPINION)


def the_clock(house: House) -> None:
    house.submitted()
    for moment in ("2026-03-11 08:30", "2026-03-13 08:30", "2026-03-17 08:30"):
        house.set_clock(moment)
        house.tell()
        house.deliver()


def rounds(house: House) -> None:
    publish(house.database, house.office.versions, Texts(definition=CALL), calendar=chinese_calendar())
    data = {"closes_on": "2026-04-30"}
    opened = open_round(house.office, "call", actor=house.actor("孙丽"), data=data)
    key = house.uuid(opened.round.id)
    moved = Operate(operation="correct", data={"closes_on": "2026-05-15"}, reason=OPINION)
    act(house.office, key, moved, actor=house.actor("孙丽"))
    house.tell()
    act(house.office, key, CloseRound(), actor=house.actor("孙丽"))


def direct(house: House) -> None:
    with house.database.write() as connection:
        now = house.database.now(connection)
        enqueue_invitation(connection, house.people["李强"], "reset-code", house.settings.base_url, now=now)
        enqueue_link(connection, "someone@else.example", "ABCDEFGH23456789", "请假", now)


def own_state(house: House) -> None:
    """A state that tells somebody who has nothing to do there."""
    told = LEAVE.replace("key: leave", "key: told").replace("LV-", "TO-")
    told = told.replace("who: member, due: 5 working days}", "who: member, due: 5 working days}\n    tell: [office]")
    told = told.replace(
        "    tell: [office]\n    remind: [1 working day before due]",
        "    remind: [1 working day before due]\n    tell: [office]",
    )
    publish(house.database, house.office.versions, Texts(definition=told), calendar=chinese_calendar())
    case = house.start("told")
    house.decide(case, 1, "submit", by="王芳")
    house.decide(case, 2, "approve", by="李强")


STEPS = (returned_and_refused, granted_with_consent, operations, objections, own_state, rounds, direct, the_clock)


def test_walk_tells_every_kind(walk: Walk) -> None:
    assert walk.kinds == set(get_args(Kind))
    assert {row["state"] for row in walk.house.rows()} == {"delivered", "dropped"}
    assert len(walk.mails) > 25
    assert len(walk.texts) > 5


@pytest.mark.parametrize("private", PRIVATE)
def test_no_message_holds_anything_of_anybody(private: str, walk: Walk) -> None:
    """Of the form nothing but the subject line, of what others wrote nothing: in no head, text, HTML, and no row.

    Where it goes stands in `To` alone.
    """
    heads = [f"{name}: {value}" for mail in walk.mails for name, value in mail.items() if name != "To"]
    bodies = [part for mail in walk.mails for part in (text_of(mail), html_of(mail))]

    assert [text for text in (*heads, *bodies, *walk.texts, *walk.rows) if private in text] == []


def test_no_message_fetches_anything(walk: Walk) -> None:
    """No picture, style or script from elsewhere, and nothing that tells that it was read; styles stand in the tags."""
    html = "".join(html_of(mail) for mail in walk.mails)

    assert [word for word in ("<img", "src=", "<link", "<script", "url(", "@import", "<style") if word in html] == []
    assert html.count("<h1") == html.count('<h1 class="heading" style="') == len(walk.mails)


def test_each_message_says_the_same_in_both_parts(walk: Walk) -> None:
    for mail in walk.mails:
        addresses = set(re.findall(r"https://[^\s\"<]+", text_of(mail)))

        assert addresses == set(re.findall(r'href="(https://[^"]+)"', html_of(mail)))


def test_messages_are_in_the_readers_language(walk: Walk) -> None:
    """But for names and what people wrote; who has no account reads Chinese."""
    english = [mail for mail in walk.mails if mail["Content-Language"] == "en"]
    named = "|".join(["张伟（探亲）", "彭湖区总工会", "金彭车业", "城东镇", *walk.house.people])

    assert [
        line for mail in english for line in text_of(mail).splitlines() if HAN.search(re.sub(named, "", line))
    ] == []
    assert len(english) in (0, sum("union.example" in str(mail["To"]) for mail in walk.mails))


# --- the catalogue


def test_each_sentence_has_its_chinese() -> None:
    room = str(Path(messages.__file__).parent)
    found = extract_from_dir(room, [("**.py", "python")], keywords={"sentence": None})
    templates = {str(message) for _, _, message, _, _ in found} - {"{day} {clock}"}
    facts = dict.fromkeys(("count", "name", "what", "state", "outcome", "round", "line", "title", "first", "more"), "x")
    facts |= dict.fromkeys(("day", "clock", "month", "weekday", "year", "left", "absent", "number", "of", "seq"), "x")
    facts |= dict.fromkeys(("head", "hours", "subject"), "x")

    assert len(templates) > 150
    assert [template for template in templates if say(template, "zh", **facts) == say(template, "en", **facts)] == []
