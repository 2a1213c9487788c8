"""A definition's own texts: names are replaced, nothing else happens; what cannot be used gives way to the standard."""

from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.messages.office import DEEDS, ID_NUMBER, LEAVE, House, a_house, html_of, text_of
from workflow.messages.content import from_body
from workflow.people.persons import change_person
from workflow.store import Database

#: The chair is reminded, and the starter told of the end, in the definition's own words.
OWN = LEAVE.replace(
    "remind: [1 working day before due, every working day after due]",
    "remind: [{at: 1 working day before due, text: hurry}]",
).replace("tell: [office, member]}", "tell: [{who: [starter], text: good_news}]}")
GOOD_NEWS = """{subject}：{state}

{unit}的{name}请假{days}天，自{begins}起。
请到 {link} 查看。
"""
HURRY = "还没办：{subject}\n\n期限{due}。\n"


@pytest.fixture
def house(sqlite_database: Database, tmp_path: Path) -> House:
    return a_house(sqlite_database, tmp_path / "mail", definition=OWN, good_news__txt=GOOD_NEWS, hurry__zh__txt=HURRY)


def granted(house: House, **data: Any) -> Any:
    """A case that has just ended well, told to its starter alone."""
    case = house.submitted(mobile="13900000002", **data)
    house.decide(case, 2, "approve", by="李强")
    house.forget()
    house.decide(case, 3, "agree", by="周涛")
    house.tell()
    return case


def test_own_text_takes_the_place_of_the_standard_one(house: House) -> None:
    case = granted(house)

    (mail,) = house.deliver()

    assert mail["Subject"] == "张伟（探亲）：准假"
    assert text_of(mail).startswith(
        f"王芳，这一件办结了：准假\n金彭车业的张伟请假2天，自3月20日 周五起。\n请到 https://yg.phqzgh.example/cases/{case} 查看。\n\n"
    )
    assert "金彭车业的张伟请假2天" in html_of(mail)


def test_own_reminder_is_a_mail_of_its_own(house: House) -> None:
    for _ in range(2):
        house.submitted()
    house.forget()
    house.set_clock("2026-03-11 08:30")
    house.tell()

    found = house.deliver()

    assert [mail["Subject"] for mail in found] == ["还没办：张伟（探亲）"] * 2
    assert "期限3月12日 周四，剩 1 个工作日。" in text_of(found[0])


def test_text_of_another_language_is_not_used(house: House) -> None:
    """The standard one is at least understood."""
    change_person(house.database, house.people["李强"], language="en")
    house.submitted()
    house.forget()
    house.set_clock("2026-03-11 08:30")
    house.tell()

    (mail,) = house.deliver()

    assert mail["Subject"] == "[Yangguang] 1 due by tomorrow"


@pytest.mark.parametrize(
    "text",
    [
        "{subject}\n\n{id_number}",
        "{subject}\n\n{mobile}",
        "{subject}\n\n{illness}",
        "{subject}\n\n{deeds}",
        "{subject}\n\n{nobody}",
        "{subject}\n\n{name.upper}",
        "{nobody}",
        "   \n",
    ],
)
def test_text_that_names_what_may_not_be_said_gives_way(text: str, sqlite_database: Database, tmp_path: Path) -> None:
    house = a_house(sqlite_database, tmp_path / "mail", definition=OWN, good_news__txt=text)
    with structlog.testing.capture_logs() as logged:
        granted(house)

    (mail,) = house.deliver()

    assert mail["Subject"] == "【阳光】办结：张伟（探亲），请假，准假"
    assert ID_NUMBER not in text_of(mail)
    assert DEEDS not in text_of(mail)
    assert [(line["event"], line["text"]) for line in logged if line["event"] == "own_text_unusable"] == [
        ("own_text_unusable", "good_news")
    ]


def test_text_that_is_missing_gives_way(sqlite_database: Database, tmp_path: Path) -> None:
    house = a_house(sqlite_database, tmp_path / "mail", definition=OWN)
    with structlog.testing.capture_logs() as logged:
        granted(house)

    (mail,) = house.deliver()

    assert mail["Subject"] == "【阳光】办结：张伟（探亲），请假，准假"
    assert [line["why"] for line in logged if line["event"] == "own_text_unusable"] == ["missing"]


@pytest.mark.parametrize(
    "attack",
    ["{{ 7 * 7 }}", "{% for x in y %}", "{link}{id_number}", "{0.__class__}", "%(name)s", "${name}", "<b>x</b>"],
)
def test_what_people_write_is_never_a_template(attack: str, house: House) -> None:
    granted(house, name=attack)

    (mail,) = house.deliver()

    assert f"金彭车业的{attack}请假2天" in text_of(mail)
    (line,) = {from_body(row["body"]).line for row in house.rows()}
    assert mail["Subject"] == f"{line}：准假"
    assert "<b>x</b>" not in html_of(mail)


@pytest.mark.parametrize("attack", ["{{ 7 * 7 }} {subject}", "{% include 'mail.css' %} {subject}"])
def test_text_itself_is_no_template_either(attack: str, sqlite_database: Database, tmp_path: Path) -> None:
    house = a_house(sqlite_database, tmp_path / "mail", definition=OWN, good_news__txt=f"{attack}\n\n{attack}")
    granted(house)

    (mail,) = house.deliver()

    assert mail["Subject"] == attack.replace("{subject}", "张伟（探亲）")


def test_values_are_those_of_the_moment_it_was_told(house: House) -> None:
    granted(house)

    (row,) = [row for row in house.rows() if row["kind"] == "ended"]

    text = from_body(row["body"]).text
    assert text is not None
    assert text.values == {
        "subject": "张伟（探亲）",
        "state": "准假",
        "unit": "金彭车业",
        "name": "张伟",
        "days": "2",
        "begins": "3月20日 周五",
    }
