"""The head of a mail: what it says, and that nobody can write into it."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.messages.office import House, at, html_of, parsed, text_of
from workflow.errors import InvalidData
from workflow.messages.addresses import channel_of, is_address, masked, one_line
from workflow.messages.envelopes import _written, mail, message_id
from workflow.messages.letters import Letter
from workflow.messages.settings import MailSettings
from workflow.people.persons import change_person

ATTACKS = (
    "x\r\nBcc: everybody@union.example",
    "x\nBcc: everybody@union.example",
    "x\rBcc: everybody@union.example",
    "x\r\n\r\n<b>a body</b>",
    "x\u2028Bcc: everybody@union.example",
    "x\u0085Bcc: everybody@union.example",
    "x\x0bBcc: everybody@union.example",
    "x\x00y",
    "=?utf-8?q?x=0D=0ABcc:_everybody@union.example?=",
    '"x" <everybody@union.example>',
    "x, everybody@union.example",
)
SETTINGS = MailSettings(
    sender="彭湖区总工会 <yangguang@phqzgh.example>",
    base_url="https://yg.phqzgh.example",
    folder=Path("unused"),
    reply_to="办公室 <office@phqzgh.example>",
)
NOW = at("2026-03-12 08:30")


def made(subject: str = "主题", name: str | None = "李强", to: str = "li@union.example", **more: Any) -> bytes:
    letter = Letter(subject=subject, html="<p>正文</p>", text="正文\n", sms="")
    given = {"language": "zh", "settings": SETTINGS, "identity": message_id(b"\1" * 32), "thread": None, "now": NOW}
    return mail(letter, to=to, name=name, **{**given, **more})


def test_head() -> None:
    found = parsed(made(thread="<case@case.message.yangguang>"))

    assert {name: str(found[name]) for name in found} == {
        "Subject": "主题",
        "From": "彭湖区总工会 <yangguang@phqzgh.example>",
        "To": "李强 <li@union.example>",
        "Reply-To": "办公室 <office@phqzgh.example>",
        "Date": "Thu, 12 Mar 2026 08:30:00 +0800",
        "Message-ID": f"<{'01' * 20}@message.yangguang>",
        "In-Reply-To": "<case@case.message.yangguang>",
        "References": "<case@case.message.yangguang>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "zh-CN",
        "MIME-Version": "1.0",
        "Content-Type": str(found["Content-Type"]),
    }
    assert [part.get_content_type() for part in found.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert (text_of(found), html_of(found)) == ("正文\n", "<p>正文</p>\n")


def test_mail_is_plain_ascii_with_short_lines() -> None:
    """So that every server passes it on unchanged."""
    subject = "很长的主题𠮷" * 30
    content = made(subject=subject)

    assert parsed(content)["Subject"] == subject
    assert max(content) < 128
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("where", ["subject", "name"])
def test_what_people_write_adds_no_line_and_no_recipient(attack: str, where: str) -> None:
    content = made(**{where: attack})

    found = parsed(content)
    assert sorted(set(found.keys())) == sorted(set(parsed(made()).keys()))
    assert found["Bcc"] is None
    assert [address.addr_spec for address in found["To"].addresses] == ["li@union.example"]
    assert text_of(found) == "正文\n"
    assert "\n" not in str(message_from_bytes(content)[where.title() if where == "subject" else "To"]).replace(
        "\n ", ""
    )


@pytest.mark.parametrize(
    "attack", [*ATTACKS, "li@union.example\r\nRCPT TO:<x@y.example>", "li@union.example>", "a b@c.de"]
)
def test_address_that_is_none_is_refused(attack: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        made(to=attack)


@pytest.mark.parametrize("attack", ATTACKS)
def test_name_in_the_directory_and_field_of_a_case_add_nothing(attack: str, small_house: House) -> None:
    """All the way from what was written to the file that goes out; registers and forms refuse the worst already."""
    house = small_house
    with suppress(InvalidData):
        change_person(house.database, house.people["李强"], name=attack)
    with suppress(InvalidData):
        house.submitted(name=attack, reason=attack)
    house.submitted()
    house.tell()

    found = house.deliver()

    assert found
    assert {mail["Bcc"] for mail in found} == {None}
    assert {address.addr_spec for mail in found for address in mail["To"].addresses} == {"liqiang@union.example"}
    assert not any("<b>a body</b>" in html_of(mail) for mail in found)


def test_head_that_got_a_line_of_its_own_is_refused() -> None:
    """The second net, should something be set that was not made one line before."""
    with pytest.raises(ValueError, match="added a line"):
        _written([("X-More", "x\r\nBcc: everybody@union.example")])


def test_sender_with_a_line_break_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="sender"):
        replace(SETTINGS, sender="x <y@z.example\r\nBcc: a@b.example>")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"sender": "nobody"}, "sender"),
        ({"reply_to": "nobody"}, "reply_to"),
        ({"base_url": "yg.example"}, "base_url"),
        ({"user": "a"}, "password"),
        ({"password": "a"}, "password"),
    ],
)
def test_settings_that_cannot_be_meant_name_their_field(values: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(SETTINGS, **values)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("张\u202e伟", "张伟"),
        ("张 \t\n 伟", "张 伟"),
        ("\u200b张伟\ufeff", "张伟"),
        ("\U00020bb7野家\ue000", "\U00020bb7野家\ue000"),
        ("甲" * 300, "甲" * 200),
        ("\ufdd0张", "张"),
    ],
)
def test_one_line_shows_what_is_there(text: str, seen: str) -> None:
    assert one_line(text) == seen


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("li.qiang+yg@union.example", True),
        ("a@b", False),
        ("a@b..c", False),
        (".a@b.cn", False),
        ("a@-b.cn", False),
        ("李强@union.example", False),
        ("a" * 250 + "@b.cn", False),
        ("a@b.cn\n", False),
    ],
)
def test_address(text: str, found: bool) -> None:
    assert is_address(text) is found


def test_contact_says_how_it_is_reached() -> None:
    assert [channel_of(text) for text in ("a@b.cn", "13800000001", "010-12345678", "", None)] == [
        "mail",
        "sms",
        None,
        None,
        None,
    ]
    assert (masked("zhang@b.cn"), masked("13800000001")) == ("z***@b.cn", "138****0001")


def test_date_is_of_the_organisations_zone() -> None:
    assert str(parsed(made(now=NOW.astimezone(UTC)))["Date"]) == "Thu, 12 Mar 2026 08:30:00 +0800"
