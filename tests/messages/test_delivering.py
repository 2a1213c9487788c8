"""What waits goes out, at least once and under one Message-ID; what cannot is dead, with its cause; nothing blocks the rest."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.messages.mailserver import (
    DROP,
    LOOPBACK,
    MailServer,
    drips,
    free_port,
    is_closing,
    no_mail_server,
    says_nothing,
)
from tests.messages.office import MINUTE, POSTS, House, a_house, at, mails, text_of
from workflow.errors import NotFound, Refused
from workflow.messages.carriers import CAUSES, Undelivered
from workflow.messages.delivering import DELAYS, MOST_ATTEMPTS, deliver_due, next_due, retry
from workflow.messages.enqueuing import enqueue_link
from workflow.messages.forgetting import forget_old
from workflow.messages.listing import Message, list_messages, outbox
from workflow.messages.tables import MESSAGES, message
from workflow.people.persons import change_person
from workflow.people.posts import dismiss
from workflow.store import Database
from workflow.store.leases import LEASE, lease

LI = "liqiang@union.example"
ZHAO = "zhaomin@union.example"
TWO_CHAIRS = (*POSTS, ("赵敏", "chair", "城东镇"))
DAY = timedelta(days=1)


@pytest.fixture
def house(database: Database, tmp_path: Path, server: MailServer) -> House:
    """Its mails go to a mail server; two people are told of each task."""
    made = a_house(database, tmp_path / "mail", posts=TWO_CHAIRS)
    made.settings = replace(made.settings, host=LOOPBACK, port=server.port, security="none", timeout=5.0)
    return made


def test_mail_is_delivered_once(house: House, server: MailServer) -> None:
    told(house)

    assert sent(house) == 2
    assert sent(house) == 0

    assert sorted(server.to) == [LI, ZHAO]
    assert [(row["state"], row["attempts"], row["error"]) for row in house.rows()] == [("delivered", 1, None)] * 2
    assert {row["delivered_at"] for row in house.rows()} == {house.now + MINUTE}
    assert [row["subject"] for row in house.rows()] == ["【阳光】请办理：张伟（探亲），请假"] * 2


def test_a_batch_is_one_connection(house: House, server: MailServer) -> None:
    told(house)
    told(house)

    sent(house)

    assert len(server.received) == 4
    assert server.connections == 1


def test_message_id_is_the_rows(house: House, server: MailServer) -> None:
    told(house)

    sent(house)

    assert sorted(str(mail["Message-ID"]) for _, mail in server.received) == sorted(
        row["message_id"] for row in house.rows()
    )


def test_nothing_goes_before_it_is_due(house: House, server: MailServer) -> None:
    told(house)

    assert deliver_due(house.office, house.settings, house.now - MINUTE) == 0


# --- one recipient's trouble is his own


@pytest.mark.parametrize(
    ("answer", "cause", "words"),
    [
        ("550 5.1.1 no such user", "mailbox", "邮箱不存在。"),
        ("551 user not local", "mailbox", "邮箱不存在。"),
        ("552 5.2.2 mailbox full", "full", "对方邮箱已满。"),
        ("554 5.7.1 relaying denied", "refused", "邮件服务器拒收这封邮件。"),
    ],
)
def test_permanent_refusal_of_a_recipient_is_dead_at_once(
    answer: str, cause: str, words: str, house: House, server: MailServer
) -> None:
    server.at_rcpt[LI] = [answer]
    told(house)

    sent(house)

    assert server.to == [ZHAO]
    dead = row_of(house, "李强")
    assert (dead["state"], dead["attempts"], dead["next_at"]) == ("dead", 1, None)
    assert dead["error"] == f"{cause}: {answer}"
    assert row_of(house, "赵敏")["state"] == "delivered"
    (listed,) = listing(house, state="dead")
    assert listed.cause is not None
    assert (listed.cause.say("zh"), listed.reply) == (words, answer)


def test_mail_that_is_refused_after_it_was_read_is_dead_at_once(house: House, server: MailServer) -> None:
    server.at_data[LI] = ["554 5.6.0 content rejected"]
    told(house)

    sent(house)

    assert row_of(house, "李强")["error"] == "refused: 554 5.6.0 content rejected"
    assert server.to == [ZHAO]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [("450 4.2.1 greylisted", "later"), ("452 4.2.2 over quota", "full"), ("421 4.3.2 closing", "closing")],
)
def test_temporary_refusal_is_tried_again(answer: str, cause: str, house: House, server: MailServer) -> None:
    server.at_rcpt[LI] = [answer, "250 OK"]
    told(house)
    sent(house)
    assert server.to == [ZHAO]
    waiting = row_of(house, "李强")
    assert (waiting["state"], waiting["attempts"]) == ("pending", 1)
    assert waiting["error"] == f"{cause}: {answer}"

    assert deliver_due(house.office, house.settings, waiting["next_at"] - timedelta(seconds=1)) == 0
    assert deliver_due(house.office, house.settings, waiting["next_at"]) == 1

    assert sorted(server.to) == [LI, ZHAO]
    done = row_of(house, "李强")
    assert (done["state"], done["attempts"], done["error"]) == ("delivered", 2, None)


def test_answer_that_was_lost_makes_a_repeat_with_the_same_message_id(house: House, server: MailServer) -> None:
    """The server has the mail, and we do not know it."""
    server.at_data[LI] = [DROP, "250 OK"]
    told(house)
    sent(house)
    assert row_of(house, "李强")["error"].startswith("dropped")

    deliver_due(house.office, house.settings, row_of(house, "李强")["next_at"])

    to_li = [mail for address, mail in server.received if address == LI]
    assert len(to_li) == 2
    assert len({str(mail["Message-ID"]) for mail in to_li}) == 1
    assert server.to.count(ZHAO) == 1


def test_message_is_given_up_after_six_tries(house: House, server: MailServer) -> None:
    server.at_rcpt[LI] = ["450 not now"]
    told(house)
    moment = house.now + MINUTE
    waits = []
    while row_of(house, "李强")["state"] == "pending":
        deliver_due(house.office, house.settings, moment)
        next_at = row_of(house, "李强")["next_at"]
        if next_at is not None:
            waits.append(next_at - moment)
            moment = next_at

    assert (row_of(house, "李强")["state"], row_of(house, "李强")["attempts"]) == ("dead", MOST_ATTEMPTS)
    assert all(0.8 * delay <= wait <= 1.2 * delay for wait, delay in zip(waits, DELAYS, strict=True))


def test_messages_come_back_at_different_times(house: House, server: MailServer) -> None:
    server.at_rcpt = {LI: ["450 not now"], ZHAO: ["450 not now"]}
    told(house)

    sent(house)

    assert len({row["next_at"] for row in house.rows()}) == 2


def test_address_that_is_none_is_not_asked_for(house: House, server: MailServer) -> None:
    """It was one when the message was told."""
    told(house)
    change_person(house.database, house.people["李强"], email=None)

    sent(house)

    assert row_of(house, "李强")["error"] == "no_address"
    assert server.to == [ZHAO]


def test_mail_goes_to_the_address_of_now(house: House, server: MailServer) -> None:
    told(house)
    change_person(house.database, house.people["李强"], email="new@union.example")

    sent(house)

    assert sorted(server.to) == ["new@union.example", ZHAO]


def test_message_that_cannot_be_composed_never_stops_the_rest(house: House, server: MailServer) -> None:
    told(house)
    spoil(house, row_of(house, "李强")["id"])

    sent(house)

    assert (row_of(house, "李强")["state"], row_of(house, "李强")["error"]) == ("pending", "not_composed")
    assert server.to == [ZHAO]


def test_way_that_breaks_in_an_unknown_manner_never_stops_the_rest(house: House, server: MailServer) -> None:
    case = told(house)
    house.decide(case, 2, "approve", by="李强")
    house.tell()
    told(house)

    deliver_due(house.office, house.settings, house.now + MINUTE, sms=BrokenSms())

    row = next(row for row in house.rows() if row["channel"] == "sms")
    assert (row["state"], row["attempts"], row["error"]) == ("pending", 1, "unexpected")
    assert sorted(server.to) == [LI, ZHAO]


def test_who_may_not_see_the_case_any_more_gets_nothing(house: House, server: MailServer) -> None:
    told(house)
    dismiss(house.database, person=house.people["李强"], role="chair", organisation=house.places["城东镇"])

    sent(house)

    assert server.to == [ZHAO]
    assert row_of(house, "李强")["state"] == "dropped"


# --- the server's trouble


def test_server_that_is_not_there_is_asked_once_a_batch(house: House) -> None:
    house.settings = replace(house.settings, port=free_port())
    told(house)

    sent(house)

    assert [(row["state"], row["attempts"]) for row in house.rows()] == [("pending", 1)] * 2
    assert {row["error"].partition(":")[0] for row in house.rows()} == {"unreachable"}


@pytest.mark.parametrize(("conversation", "cause"), [(says_nothing, "slow"), (drips, "slow"), (is_closing, "closing")])
def test_server_that_does_not_greet(conversation: Any, cause: str, house: House) -> None:
    """Silent, or one byte at a time, so that no single wait is long."""
    told(house)
    with no_mail_server(conversation) as port:
        house.settings = replace(house.settings, port=port, timeout=0.3)

        sent(house)

    assert {row["error"].partition(":")[0] for row in house.rows()} == {cause}
    assert {row["state"] for row in house.rows()} == {"pending"}


def test_server_that_breaks_off_each_time_is_left_alone(house: House, server: MailServer) -> None:
    for _ in range(3):
        told(house)
    server.at_data = {LI: [DROP], ZHAO: [DROP]}

    sent(house)

    assert server.connections == 3
    assert [row["attempts"] for row in house.rows()] == [1] * 6


def test_sender_that_is_refused_is_the_services_trouble(house: House, server: MailServer) -> None:
    server.at_mail = ["550 5.7.1 not you", "250 OK"]
    told(house)

    sent(house)

    assert sorted((row["state"], (row["error"] or "").partition(":")[0]) for row in house.rows()) == [
        ("delivered", ""),
        ("pending", "sender"),
    ]


def test_server_without_tls_gets_nothing_where_it_is_wanted(house: House, server: MailServer) -> None:
    house.settings = replace(house.settings, security="starttls")
    told(house)

    sent(house)

    assert server.received == []
    assert {row["error"].partition(":")[0] for row in house.rows()} == {"unreachable"}


def test_every_cause_has_its_words() -> None:
    assert all(CAUSES[cause].say("zh") != CAUSES[cause].say("en") for cause in CAUSES)


# --- many workers


def test_workers_at_once_deliver_each_message_once(house: House, server: MailServer) -> None:
    for _ in range(6):
        told(house)

    def work(_: int) -> int:
        taken = 0
        while found := deliver_due(house.office, house.settings, house.now + MINUTE):
            taken += found
        return taken

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 12

    assert sorted(server.to) == sorted([LI, ZHAO] * 6)
    assert len({str(mail["Message-ID"]) for _, mail in server.received}) == 12


def test_killed_workers_messages_go_out_later(house: House, server: MailServer) -> None:
    told(house)
    lease(house.database, MESSAGES, house.now + MINUTE)
    assert sent(house) == 0

    assert deliver_due(house.office, house.settings, house.now + MINUTE + LEASE) == 2

    assert sorted(server.to) == [LI, ZHAO]


# --- dead letters


def test_dead_letter_is_sent_again_with_its_message_id(house: House, server: MailServer) -> None:
    server.at_rcpt[LI] = ["550 no such user", "250 OK"]
    told(house)
    sent(house)
    dead = row_of(house, "李强")

    retry(house.office, dead["id"], house.now + DAY)
    assert row_of(house, "李强")["state"] == "pending"
    deliver_due(house.office, house.settings, house.now + DAY)

    (mail,) = [mail for address, mail in server.received if address == LI]
    assert mail["Message-ID"] == dead["message_id"]
    assert (row_of(house, "李强")["state"], row_of(house, "李强")["attempts"]) == ("delivered", 1)


def test_only_a_dead_letter_is_sent_again(house: House, server: MailServer) -> None:
    told(house)
    sent(house)

    with pytest.raises(Refused, match="given up"):
        retry(house.office, row_of(house, "李强")["id"])
    with pytest.raises(NotFound):
        retry(house.office, b"\0" * 32)


def test_dead_letter_about_work_that_is_done_is_not_sent(house: House, server: MailServer) -> None:
    server.at_rcpt[LI] = ["550 no such user", "250 OK"]
    case = told(house)
    sent(house)
    house.decide(case, 2, "reject", by="赵敏", opinion="…")

    retry(house.office, row_of(house, "李强")["id"], house.now + DAY)
    deliver_due(house.office, house.settings, house.now + DAY)

    assert LI not in server.to
    assert row_of(house, "李强")["state"] == "dropped"


# --- what is kept


def test_bodies_are_erased_a_month_after_delivery(house: House, server: MailServer) -> None:
    server.at_rcpt[LI] = ["550 5.1.1 <liqiang@union.example> unknown"]
    told(house)
    with house.database.write() as connection:
        enqueue_link(connection, "someone@home.example", "ABCD", "请假", house.now)
    sent(house)

    assert forget_old(house.office, house.now + 30 * DAY) == 0
    assert forget_old(house.office, house.now + 30 * DAY + 2 * MINUTE) == 3
    assert forget_old(house.office, house.now + 31 * DAY) == 0

    assert {(row["subject"], row["body"]) for row in house.rows()} == {(None, None)}
    assert row_of(house, "李强")["error"] == "mailbox"
    assert [row["recipient"] for row in house.rows() if row["kind"] == "link"] == ["contact:"]
    assert len(listing(house)) == 3


def test_code_is_erased_with_the_delivery(house: House, server: MailServer) -> None:
    with house.database.write() as connection:
        enqueue_link(connection, "someone@home.example", "ABCDEFGH23456789", "请假", house.now)

    sent(house)

    (row,) = house.rows()
    assert row["body"] is None
    assert "ABCDEFGH23456789" in text_of(server.received[0][1])


def test_message_whose_text_was_erased_is_not_sent_again(house: House, server: MailServer) -> None:
    server.at_rcpt[LI] = ["550 no such user"]
    told(house)
    sent(house)
    forget_old(house.office, house.now + 31 * DAY)

    with pytest.raises(Refused, match="erased"):
        retry(house.office, row_of(house, "李强")["id"])


# --- the operators' list


def test_list_is_the_latest_first_page_by_page(house: House, server: MailServer) -> None:
    for minute in range(3):
        house.set_clock(f"2026-03-09 10:0{minute}")
        told(house)

    whole = listing(house, limit=100)
    pages = [listing(house, limit=4)]
    pages.append(listing(house, limit=4, after=(pages[0][-1].created_at, pages[0][-1].id)))

    assert [one.created_at for one in whole] == sorted((one.created_at for one in whole), reverse=True)
    assert [*pages[0], *pages[1]] == whole
    assert len(whole) == 6


def test_list_tells_whom_and_about_what_but_nothing_of_the_case(house: House, server: MailServer) -> None:
    server.at_rcpt[LI] = ["550 no such user"]
    told(house)
    sent(house)

    (dead,) = listing(house, state="dead")

    assert (dead.person, dead.contact, dead.kind, dead.channel) == (house.people["李强"], None, "task", "mail")
    assert dead.about is not None
    assert dead.about.zh == "请假"
    assert "张伟" not in repr(dead)
    assert len(listing(house, state="delivered")) == 1
    assert listing(house, state="pending") == []


def test_contact_without_account_is_masked(house: House, server: MailServer) -> None:
    with house.database.write() as connection:
        enqueue_link(connection, "13800000001", "ABCD", "请假", house.now)
        enqueue_link(connection, "someone@home.example", "ABCD", "请假", house.now)

    assert sorted(str(one.contact) for one in listing(house)) == ["138****0001", "s***@home.example"]


def test_outbox_counts_what_waits_and_what_was_given_up(house: House, server: MailServer) -> None:
    server.at_rcpt[LI] = ["550 no such user"]
    told(house)
    with house.database.read() as connection:
        before = outbox(connection)
    assert (before.pending, before.dead) == (2, 0)
    assert before.oldest is not None
    assert next_due(house.office) == min(row["next_at"] for row in house.rows())

    sent(house)

    with house.database.read() as connection:
        after = outbox(connection)
    assert (after.pending, after.oldest, after.dead) == (0, None, 1)
    assert next_due(house.office) is None


# --- without a server


def test_without_a_server_mails_lie_in_a_folder_by_time_and_id(house: House, tmp_path: Path) -> None:
    house.settings = replace(house.settings, host=None)
    told(house)

    sent(house)

    names = sorted(path.name for path in house.settings.folder.iterdir())
    assert names == sorted(f"20260309T100000-{row['id'].hex()[:16]}.eml" for row in house.rows())
    assert {str(mail["To"]) for mail in mails(house.settings.folder)} == {f"李强 <{LI}>", f"赵敏 <{ZHAO}>"}
    assert {path.stat().st_mode & 0o777 for path in house.settings.folder.iterdir()} == {0o600}


def test_folder_that_cannot_be_written_is_tried_again(house: House) -> None:
    house.settings = replace(house.settings, host=None)
    house.settings.folder.write_text("a file in its place")
    told(house)

    sent(house)

    assert {row["error"].partition(":")[0] for row in house.rows()} == {"folder"}
    assert {row["state"] for row in house.rows()} == {"pending"}


def test_texts_to_mobiles_lie_in_the_folder(house: House) -> None:
    case = told(house)
    house.decide(case, 2, "approve", by="李强")
    house.tell()

    sent(house)

    (text,) = house.settings.folder.glob("*.txt")
    number, _, words = text.read_text().partition("\n\n")
    assert number == "13800000001"
    assert words.startswith("【阳光】请办理：张伟（探亲），请假 https://yg.phqzgh.example/l/")


@dataclass
class RefusingSms:
    """Another way to mobiles."""

    tried: int = 0

    def send(self, mobile: str, text: str, name: str) -> None:
        self.tried += 1
        raise Undelivered("sms", f"no credit for {name[:8]}: {len(mobile)} {len(text) > 0}")


@dataclass
class BrokenSms:
    """A way that was not written well."""

    def send(self, mobile: str, text: str, name: str) -> None:
        raise KeyError(mobile, text, name)


def test_way_to_mobiles_that_refuses_is_tried_again(house: House, server: MailServer) -> None:
    case = told(house)
    house.decide(case, 2, "approve", by="李强")
    house.tell()
    way = RefusingSms()

    deliver_due(house.office, house.settings, house.now + MINUTE, sms=way)

    row = next(row for row in house.rows() if row["channel"] == "sms")
    assert (way.tried, row["state"], row["error"]) == (1, "pending", "sms: no credit for 20260309: 11 True")


def test_mail_that_is_sent_late_says_what_is_left_then(house: House, server: MailServer) -> None:
    """Composed when it goes, not when it was told."""
    told(house)

    deliver_due(house.office, house.settings, at("2026-03-11 09:00"))

    assert "期限：3月12日 周四，剩 1 个工作日" in text_of(server.received[0][1])


# --- helpers of these tests


def told(house: House) -> Any:
    case = house.submitted()
    house.tell()
    return case


def sent(house: House) -> int:
    return deliver_due(house.office, house.settings, house.now + MINUTE)


def row_of(house: House, name: str) -> Any:
    (found,) = [row for row in house.rows() if row["recipient"] == f"person:{house.people[name]}"]
    return found


def listing(house: House, *, state: Any = None, limit: int = 50, after: Any = None) -> list[Message]:
    with house.database.read() as connection:
        return list_messages(connection, state, limit=limit, after=after)


def spoil(house: House, key: bytes) -> None:
    with house.database.write() as connection:
        connection.execute(message.update().where(message.c.id == key).values(body="{"))
