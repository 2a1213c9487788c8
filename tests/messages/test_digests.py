"""Reminders of 08:30 are one mail a person: what is late, due today, tomorrow, later; each one tap away."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert

from tests.messages.mailserver import LOOPBACK, MailServer
from tests.messages.office import LEAVE, MINUTE, POSTS, House, a_house, at, html_of, mails, text_of
from workflow.cases.tables import inbox, wake
from workflow.messages.content import from_body
from workflow.messages.delivering import deliver_due, next_due, retry
from workflow.messages.joining import LONGEST_WAIT, join_reminders
from workflow.messages.tables import message
from workflow.people.persons import change_person
from workflow.store import Database

#: As the picture 12-email has it: each has another due date, and all are reminded every working day.
DAILY = LEAVE.replace(
    "remind: [1 working day before due, every working day after due]",
    "remind: [every working day before due, every working day after due]",
).replace("due: 3 working days", "due: begins")


def test_reminders_of_one_moment_are_one_mail(house: House) -> None:
    remind(house, "2026-03-11 08:30", count=3)

    (mail,) = house.deliver()

    assert mail["Subject"] == "【阳光】3 件明天到期"
    assert text_of(mail).count("https://yg.phqzgh.example/t/") == 3
    assert [row["state"] for row in house.rows()] == ["delivered"] * 3
    assert {row["message_id"] for row in house.rows()} == {str(mail["Message-ID"])}
    assert {row["delivered_at"] for row in house.rows()} == {house.now + MINUTE}


def test_reminder_alone_has_the_same_layout(house: House) -> None:
    remind(house, "2026-03-11 08:30", count=1)

    (mail,) = house.deliver()

    assert text_of(mail).startswith(
        "李强，这一件快到期了\n1 件明天到期。\n\n【明天到期】\n1. 张伟0（探亲）  请假\n   镇街审核，3月12日 周四到期，剩 1 个工作日。\n"
    )


def test_mail_is_grouped_by_what_presses(small_house_daily: House) -> None:
    house = small_house_daily
    for number, begins in enumerate(("2026-03-11", "2026-03-12", "2026-03-13", "2026-03-20")):
        house.submitted(name=f"甲{number}", begins=begins)
    for _ in range(3):
        house.submitted(name="不急", begins="2026-05-20")
    wait_until(house, "2026-03-12 08:30")
    keep_only(house, "甲")

    (mail,) = house.deliver()

    assert mail["Subject"] == "【阳光】今天要办 1 件，1 件已逾期"
    assert lines(text_of(mail), until="打开") == [
        "李强，今天请先办这 2 件",
        "1 件已逾期，1 件今天到期；另有 1 件明天到期，1 件以后到期，待办共 7 件。",
        "【已逾期】",
        "1. 甲0（探亲）  请假",
        "镇街审核，3月11日 周三到期，逾期 1 个工作日。再过 2 个工作日将上报。",
        "【今天到期】",
        "2. 甲1（探亲）  请假",
        "镇街审核，今天 24:00 前。",
        "【明天到期】",
        "3. 甲2（探亲）  请假",
        "镇街审核，3月13日 周五到期，剩 1 个工作日。",
        "【以后】",
        "4. 甲3（探亲）  请假",
        "镇街审核，3月20日 周五到期，剩 6 个工作日。",
    ]
    assert "打开全部 7 件待办：https://yg.phqzgh.example/inbox" in text_of(mail)
    assert [word in html_of(mail) for word in ("#FBEAE6", "#FFF3D6", "#EFEDE7", "打开全部 7 件待办")] == [True] * 4


def test_english_digest(small_house_daily: House) -> None:
    house = small_house_daily
    change_person(house.database, house.people["李强"], language="en")
    for number, begins in enumerate(("2026-03-11", "2026-03-12", "2026-03-13", "2026-03-20")):
        house.submitted(name=f"甲{number}", begins=begins)
    wait_until(house, "2026-03-12 08:30")

    (mail,) = house.deliver()

    assert mail["Subject"] == "[Yangguang] 1 to do today, 1 late"
    assert lines(text_of(mail), until="Open all") == [
        "李强, these 2 first today",
        "1 late, 1 due today; besides 1 due tomorrow, 1 later.",
        "[Overdue]",
        "1. 甲0（探亲）  Leave",
        "Township review, was due Wed 11 March, 1 working day late. In 2 working days it goes to others as well.",
        "[Due today]",
        "2. 甲1（探亲）  Leave",
        "Township review, by 24:00 today.",
        "[Due tomorrow]",
        "3. 甲2（探亲）  Leave",
        "Township review, due Fri 13 March, 1 working day left.",
        "[Later]",
        "4. 甲3（探亲）  Leave",
        "Township review, due Fri 20 March, 6 working days left.",
    ]


def test_what_was_done_meanwhile_is_left_out(house: House) -> None:
    first, *_ = remind(house, "2026-03-11 08:30", count=2)
    house.decide(first, 2, "approve", by="李强")
    house.tell()

    (mail,) = [mail for mail in house.deliver() if "李强" in str(mail["To"])]

    assert text_of(mail).count("https://yg.phqzgh.example/t/") == 1
    assert str(first) not in text_of(mail)


def test_empty_digest_is_not_sent(house: House) -> None:
    (case,) = remind(house, "2026-03-11 08:30", count=1)
    house.decide(case, 2, "reject", by="李强", opinion="…")
    house.tell()

    house.deliver()

    assert [(row["kind"], row["state"]) for row in house.rows()] == [("reminder", "dropped"), ("ended", "delivered")]


def test_reminders_of_two_people_are_two_mails(database: Database, tmp_path: Path) -> None:
    house = a_house(database, tmp_path, posts=(*POSTS, ("赵敏", "chair", "城东镇")))
    remind(house, "2026-03-11 08:30", count=3)

    assert [text_of(mail).count("/t/") for mail in house.deliver()] == [3, 3]


def test_reminders_of_two_moments_are_two_mails(house: House) -> None:
    remind(house, "2026-03-11 08:30", count=1)
    retell(house, at=house.now - timedelta(hours=1))

    assert len(house.deliver()) == 2


def test_who_has_a_mobile_only_gets_one_text(database: Database, tmp_path: Path) -> None:
    house = a_house(database, tmp_path, posts=(POSTS[0], ("周涛", "chair", "城东镇")))
    remind(house, "2026-03-11 08:30", count=3)

    house.deliver()

    (text,) = tmp_path.glob("*.txt")
    assert text.read_text() == "13900000002\n\n【阳光】3 件明天到期 https://yg.phqzgh.example/inbox\n"


# --- when a mail is whole


def test_mail_waits_for_timers_of_its_moment(house: House) -> None:
    """A scheduler fires one case after the other; half a digest would be two."""
    remind(house, "2026-03-11 08:30", count=2)
    still_to_fire(house, due="2026-03-11 08:30")

    assert house.deliver() == []


def test_mail_does_not_wait_for_what_comes_later_or_fails(house: House) -> None:
    remind(house, "2026-03-11 08:30", count=2)
    still_to_fire(house, due="2026-03-11 08:31")
    still_to_fire(house, due="2026-03-11 08:30", failures=1)

    assert len(house.deliver()) == 1


def test_mail_does_not_wait_for_ever(house: House) -> None:
    remind(house, "2026-03-11 08:30", count=2)
    still_to_fire(house, due="2026-03-11 08:30")
    latest = next_due(house.office)

    assert latest is not None
    assert latest > house.now + LONGEST_WAIT
    assert len(house.deliver(latest)) == 1


def test_mail_that_waits_for_nothing_is_due(house: House) -> None:
    """A settable clock goes from due time to due time."""
    remind(house, "2026-03-11 08:30", count=2)
    due = next_due(house.office)

    assert due is not None
    assert house.now <= due < house.now + MINUTE
    house.deliver()
    assert next_due(house.office) is None


def test_reminder_that_comes_after_the_mail_is_a_mail_of_its_own(house: House) -> None:
    remind(house, "2026-03-11 08:30", count=2)
    house.deliver()
    retell(house)

    assert len(house.deliver()) == 2


def test_mail_that_is_sent_again_is_the_same(house: House) -> None:
    """What came since goes out by itself: who throws away the repeat of a Message-ID must lose nothing."""
    remind(house, "2026-03-11 08:30", count=2)
    join_reminders(house.office, house.now + MINUTE)
    retell(house)

    found = house.deliver()

    assert sorted(text_of(mail).count("/t/") for mail in found) == [1, 2]


def test_processes_that_join_at_once_make_one_mail(house: House) -> None:
    remind(house, "2026-03-11 08:30", count=5)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: deliver_due(house.office, house.settings, house.now + MINUTE), range(4)))
    house.deliver()

    assert len(mails(house.settings.folder)) == 1
    assert [row["state"] for row in house.rows()] == ["delivered"] * 5


def test_reminder_of_a_link_is_a_mail_of_its_own(house: House) -> None:
    for _ in range(2):
        case = house.submitted()
        house.decide(case, 2, "approve", by="李强")
    house.forget()
    house.set_clock("2026-03-13 08:30")
    house.tell()

    house.deliver()

    assert len(list(house.settings.folder.glob("*.txt"))) == 2


def test_digest_that_was_given_up_is_sent_again_whole(house: House, server: MailServer) -> None:
    server.at_rcpt["liqiang@union.example"] = ["550 no such user", "250 OK"]
    house.settings = replace(house.settings, host=LOOPBACK, port=server.port, security="none")
    remind(house, "2026-03-11 08:30", count=3)
    house.deliver()
    dead = house.rows()
    assert {(row["state"], row["error"]) for row in dead} == {("dead", "mailbox: 550 no such user")}

    retry(house.office, dead[2]["id"], house.now + MINUTE)
    house.deliver()

    ((_, mail),) = server.received
    assert text_of(mail).count("/t/") == 3
    assert {row["message_id"] for row in dead} == {str(mail["Message-ID"])}
    assert {row["state"] for row in house.rows()} == {"delivered"}


# --- what it says beside


def test_reminder_that_came_late_says_so(small_house: House) -> None:
    house = small_house
    house.submitted()
    house.forget()
    house.set_clock("2026-03-11 11:00")
    house.tell()

    (mail,) = house.deliver()

    assert "服务曾经中断，这封邮件发晚了。" in text_of(mail)


def test_more_than_99_tasks_are_not_counted(small_house: House) -> None:
    house = small_house
    remind(house, "2026-03-11 08:30", count=1)
    with house.database.write() as connection:
        rows = [
            {
                "case_id": UUID(int=number),
                "task": 1,
                "principal": house.people["李强"],
                "due_at": house.now,
                "opened_at": house.now,
                "definition": "leave",
                "unit": house.places["城东镇"],
            }
            for number in range(120)
        ]
        connection.execute(insert(inbox), rows)

    (mail,) = house.deliver()

    assert "1 件明天到期，待办超过 99 件。" in text_of(mail)
    assert "打开全部待办：" in text_of(mail)


# --- helpers of these tests


@pytest.fixture
def small_house_daily(sqlite_database: Database, tmp_path: Path) -> House:
    return a_house(sqlite_database, tmp_path / "mail", posts=POSTS, definition=DAILY)


def remind(house: House, moment: str, *, count: int) -> list[UUID]:
    """Cases whose chair is reminded at that moment, and of nothing else."""
    cases = [house.submitted(name=f"张伟{number}") for number in range(count)]
    house.forget()
    house.set_clock(moment)
    house.tell()
    return cases


def retell(house: House, **values: object) -> None:
    """The first reminder once more."""
    row = next(row for row in house.rows() if row["kind"] == "reminder")
    fresh = {"id": bytes(reversed(row["id"])), "state": "pending", "joined": None, "next_at": house.now, "attempts": 0}
    with house.database.write() as connection:
        connection.execute(insert(message).values({**row, **fresh, **values}))


def wait_until(house: House, moment: str) -> None:
    """All but the last morning's reminders have gone out before."""
    for day in ("2026-03-10", "2026-03-11"):
        house.forget()
        house.set_clock(f"{day} 08:30")
    house.forget()
    house.set_clock(moment)
    house.tell()


def keep_only(house: House, beginning: str) -> None:
    """Of the reminders those whose case is so called."""
    with house.database.write() as connection:
        for row in house.rows():
            if not from_body(row["body"]).line.startswith(beginning):
                connection.execute(message.delete().where(message.c.id == row["id"]))


def still_to_fire(house: House, *, due: str, failures: int = 0) -> None:
    with house.database.write() as connection:
        connection.execute(
            insert(wake).values(case_id=UUID(int=failures + 7), due_at=at(due), lease_until=None, failures=failures)
        )


def lines(text: str, *, until: str) -> list[str]:
    """Those of people, without addresses."""
    said = text.partition(f"\n{until}")[0].splitlines()
    return [line.strip() for line in said if line.strip() and "https://" not in line]
