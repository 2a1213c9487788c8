"""One's own settings from the page."""

from typing import Any

from tests.api.contract import Answer
from tests.api.house import House


def send(house: House, by: str, path: str, **form: Any) -> Answer:
    return house.by(by).post(path, data=form, checked=False)


def test_settings_are_kept_or_come_back_as_typed(house: House) -> None:
    kept = send(house, "王芳", "/me", email="fang@union.example", mobile="", language="en")
    refused = send(house, "王芳", "/me", email="no address", mobile="", language="zh")

    assert kept.status_code == 303
    assert (refused.status_code, "no address" in refused.text) == (422, True)
    known = house.by("王芳").read(f"/api/v1/people/{house.people['王芳']}")
    assert (known["email"], known["language"]) == ("fang@union.example", "en")


def test_letters_are_switched_off_on_this_browser(house: House) -> None:
    wang = house.by("王芳")
    assert 'data-keys="off"' not in wang.get("/me").text
    wang.post("/me/keys", data={"keys": "off"}, checked=False)
    assert 'data-keys="off"' in wang.get("/me").text


def test_stand_in_is_found_named_and_ended(house: House) -> None:
    looked = send(house, "李强", "/me/stand-ins", who="刘", look="1")
    backwards = send(
        house, "李强", "/me/stand-ins", who="刘", to=str(house.people["刘洋"]), begins="2026-03-12", ends="2026-03-10"
    )
    done = send(
        house, "李强", "/me/stand-ins", who="刘", to=str(house.people["刘洋"]), begins="2026-03-10", ends="2026-03-12"
    )

    assert ("刘洋" in looked.text, backwards.status_code, done.status_code) == (True, 422, 303)
    (one,) = house.by("李强").read("/api/v1/delegations")["items"]
    assert one["to"] == house.people["刘洋"]
    assert send(house, "路人", f"/me/stand-ins/{one['id']}/end").status_code == 404
    assert send(house, "李强", f"/me/stand-ins/{one['id']}/end").status_code == 303
    assert house.by("李强").read("/api/v1/delegations")["items"][0]["ended_at"] is not None
