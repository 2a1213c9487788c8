"""Messages that no case tells: invitations, and links for people without an account."""

import pytest

from tests.messages.office import House, html_of, text_of
from workflow.errors import InvalidData, NotFound
from workflow.messages.enqueuing import enqueue_invitation, enqueue_link
from workflow.people.persons import change_person
from workflow.text import Label

BASE = "https://yg.phqzgh.example"


def test_invitation_lets_him_give_himself_a_password(house: House) -> None:
    with house.database.write() as connection:
        enqueue_invitation(connection, house.people["李强"], "a-code_1", BASE, now=house.now)

    (mail,) = house.deliver()

    assert mail["Subject"] == "【阳光】请设置您的密码"
    assert str(mail["To"]) == "李强 <liqiang@union.example>"
    assert mail["In-Reply-To"] is None
    assert text_of(mail).startswith(
        "李强，请设置您的密码\n链接只能用一次，24 小时内有效。不是您要的，不必理会，什么都不会改变。\n"
    )
    assert f"设置密码：{BASE}/password/a-code_1" in text_of(mail)
    assert f'href="{BASE}/password/a-code_1"' in html_of(mail)


def test_invitation_is_in_his_language(house: House) -> None:
    with house.database.write() as connection:
        enqueue_invitation(connection, house.people["孙丽"], "a-code_1", BASE, now=house.now)

    (mail,) = house.deliver()

    assert mail["Subject"] == "[Yangguang] Give yourself a password"
    assert "The link works once, for 24 hours." in text_of(mail)


def test_invitation_goes_by_mobile_where_there_is_no_mail(house: House) -> None:
    with house.database.write() as connection:
        enqueue_invitation(connection, house.people["周涛"], "a-code_1", BASE, now=house.now)

    house.deliver()

    (text,) = house.settings.folder.glob("*.txt")
    assert text.read_text() == f"13900000002\n\n【阳光】请设置您的密码 {BASE}/password/a-code_1\n"


def test_invitation_without_address_is_refused(house: House) -> None:
    with pytest.raises(InvalidData), house.database.write() as connection:
        enqueue_invitation(connection, house.people["吴刚"], "a-code_1", BASE, now=house.now)
    with pytest.raises(NotFound), house.database.write() as connection:
        enqueue_invitation(connection, 999, "a-code_1", BASE, now=house.now)


def test_code_that_was_enqueued_is_not_enqueued_again(house: House) -> None:
    for _ in range(2):
        with house.database.write() as connection:
            enqueue_invitation(connection, house.people["李强"], "a-code_1", BASE, now=house.now)
            enqueue_link(connection, "someone@home.example", "ABCD", "请假", house.now)

    assert len(house.rows()) == 2


def test_invitation_to_who_has_left_meanwhile_is_dead(house: House) -> None:
    with house.database.write() as connection:
        enqueue_invitation(connection, house.people["李强"], "a-code_1", BASE, now=house.now)
    change_person(house.database, house.people["李强"], email=None)

    assert house.deliver() == []

    (row,) = house.rows()
    assert (row["state"], row["error"]) == ("dead", "no_address")


def test_link_says_what_it_is_for(house: House) -> None:
    with house.database.write() as connection:
        enqueue_link(
            connection, "someone@home.example", "ABCDEFGH23456789", Label("困难补助", "Hardship aid"), house.now
        )

    (mail,) = house.deliver()

    assert mail["Subject"] == "【阳光】请您看一看：困难补助"
    assert str(mail["To"]) == "someone@home.example"
    assert f"去答复：{BASE}/l/ABCDEFGH23456789" in text_of(mail)
    assert "链接只给您本人，请不要转发。" in text_of(mail)
    assert "委托别人代办" not in text_of(mail)


def test_link_in_english(house: House) -> None:
    title = Label("困难补助", "Hardship aid")
    with house.database.write() as connection:
        enqueue_link(connection, "someone@home.example", "ABCD", title, house.now, language="en")

    (mail,) = house.deliver()

    assert mail["Subject"] == "[Yangguang] For you: Hardship aid"


@pytest.mark.parametrize("contact", ["", "nobody", "010-12345678", "a@b", "x@y.example\r\nBcc: z@y.example"])
def test_contact_that_is_none_is_refused(contact: str, house: House) -> None:
    with pytest.raises(InvalidData), house.database.write() as connection:
        enqueue_link(connection, contact, "ABCD", "请假", house.now)


def test_title_of_people_is_one_line(house: House) -> None:
    with house.database.write() as connection:
        enqueue_link(connection, "someone@home.example", "ABCD", "请假\r\nBcc: all@union.example", house.now)

    (mail,) = house.deliver()

    assert mail["Bcc"] is None
    assert mail["Subject"] == "【阳光】请您看一看：请假 Bcc: all@union.example"
