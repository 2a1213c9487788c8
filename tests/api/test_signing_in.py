"""Tokens for passwords, codes for first and forgotten ones, and the pages for it that need no scripts."""

from email import message_from_bytes
from email.policy import SMTP

from tests.api.caller import places, problem
from tests.api.house import House
from workflow.people.credentials import set_password

PASSWORD = "correct horse battery"


def code_of(house: House) -> str:
    """The code of the last mail that had one."""
    mails = sorted(house.mails.folder.glob("*.eml"), key=lambda mail: mail.stat().st_mtime_ns)
    body = message_from_bytes(mails[-1].read_bytes(), policy=SMTP).get_body(("plain",))
    assert body is not None
    return next(str(word.rpartition("/password/")[2]) for word in body.get_content().split() if "/password/" in word)


def test_password_is_given_by_invitation_and_gives_a_token(stored_house: House) -> None:
    house = stored_house
    anybody, admin = house.by(None), house.by("管理员")
    assert admin.post(f"/api/v1/people/{house.people['王芳']}/invitation", {}).status_code == 202
    house.tick()
    code = code_of(house)

    short = anybody.post("/api/v1/passwords", {"code": code, "password": "short"})
    assert (problem(short), places(short)) == ((422, "data"), ["/password"])
    assert anybody.post("/api/v1/passwords", {"code": code, "password": PASSWORD}).status_code == 204
    again = anybody.post("/api/v1/passwords", {"code": code, "password": PASSWORD})
    assert (problem(again), places(again)) == ((422, "data"), ["/code"])
    token = anybody.do("/api/v1/tokens", {"login": "wangfang", "password": PASSWORD}, status=201)["token"]
    header = {"Authorization": f"Bearer {token}"}
    assert anybody.read("/api/v1/me", headers=header)["person"]["login"] == "wangfang"
    assert anybody.call("DELETE", "/api/v1/tokens", headers=header).status_code == 204
    assert problem(anybody.get("/api/v1/me", headers=header)) == (401, "not_signed_in")


def test_wrong_passwords_lock_a_login_for_a_while(stored_house: House) -> None:
    house = stored_house
    set_password(house.office.database, house.people["王芳"], PASSWORD)
    anybody = house.by(None)
    for login in ("wangfang", "nobody"):
        for _ in range(5):
            assert anybody.refused("/api/v1/tokens", {"login": login, "password": "x"}) == (401, "not_signed_in")
        locked = anybody.post("/api/v1/tokens", {"login": login, "password": PASSWORD})
        assert problem(locked) == (429, "too_often")
        assert 0 < int(locked.headers["Retry-After"]) <= 900


def test_forgotten_password_is_answered_alike_for_everybody(stored_house: House) -> None:
    house = stored_house
    anybody = house.by(None)
    for login in ("wangfang", "nobody", "luren", "wangfang"):
        assert anybody.post("/api/v1/passwords/forgotten", {"login": login}).status_code == 202
    house.tick()
    assert len(list(house.mails.folder.glob("*.eml"))) == 1
    assert anybody.post("/api/v1/passwords", {"code": code_of(house), "password": PASSWORD}).status_code == 204


def test_invitation_of_somebody_who_cannot_be_reached_is_told(house: House) -> None:
    admin = house.by("管理员")
    nowhere = admin.post(f"/api/v1/people/{house.people['东镇管理员']}/invitation", {})
    assert (problem(nowhere), places(nowhere)) == ((422, "data"), ["/email"])
    nobody = admin.do("/api/v1/people", {"name": "无登录", "email": "a@b.example"}, status=201)
    nameless = admin.post(f"/api/v1/people/{nobody['id']}/invitation", {})
    assert (problem(nameless), places(nameless)) == ((422, "data"), ["/login"])


def test_code_that_is_none_sets_nothing(house: House) -> None:
    for code in ("x", "a" * 200, "中文"):
        refused = house.by(None).post("/api/v1/passwords", {"code": code, "password": PASSWORD})
        assert (problem(refused), places(refused)) == ((422, "data"), ["/code"])


# --- the pages


def test_page_of_an_invitation_sets_the_password(stored_house: House) -> None:
    house = stored_house
    house.by("管理员").post(f"/api/v1/people/{house.people['王芳']}/invitation", {})
    house.tick()
    client, path = house.app.test_client(), f"/password/{code_of(house)}"

    shown = client.get(path)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert 'type="password"' in shown.text
    other = client.post(path, data={"password": PASSWORD, "again": PASSWORD + "x"})
    assert (other.status_code, 'role="alert"' in other.text) == (422, True)
    short = client.post(path, data={"password": "short", "again": "short"})
    assert short.status_code == 422
    assert client.post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 200
    used = client.post(path, data={"password": PASSWORD, "again": PASSWORD})
    assert (used.status_code, 'href="/password?' in used.text) == (422, True)
    token = house.by(None).do("/api/v1/tokens", {"login": "wangfang", "password": PASSWORD}, status=201)
    assert token["token"]


def test_page_for_a_forgotten_password_sends_a_code(house: House) -> None:
    client = house.app.test_client()
    for login in ("liqiang", "nobody", "", "x" * 300):
        asked = client.post("/password?language=en", data={"login": login})
        assert (asked.status_code, "a mail is on its way" in asked.text) == (200, True)
    house.tick()
    assert len(list(house.mails.folder.glob("*.eml"))) == 1
