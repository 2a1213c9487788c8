"""Requests for aid at each of their states, and the links that went out."""

from email import message_from_bytes
from email.policy import SMTP
from typing import Any, cast

from tests.api.house import House, task_of

EMAIL = "zhangwei@home.example"
OBJECTION = "他那天并不在场"

FORM: dict[str, Any] = {"name": "张伟", "contact": EMAIL, "amount": 800, "secret_note": 7}


def at_consent(house: House) -> dict[str, Any]:
    """A case that waits for the person's word; he was sent a link."""
    wang = house.by("王芳")
    case = wang.do("/api/v1/cases", {"definition": "hearing", "data": FORM}, status=201)
    case = wang.do(f"{task_of(case)}/decision", {"trigger": "submit"})
    house.tick()
    return cast("dict[str, Any]", case)


def at_meeting(house: House) -> dict[str, Any]:
    at_consent(house)
    house.by(None).do(f"/api/v1/links/{code_of(house)}", {"trigger": "agree", "data": {"account": "6222 0000"}})
    (case,) = house.by("王芳").read("/api/v1/cases?definition=hearing&state=meeting")["items"]
    return cast("dict[str, Any]", case)


def at_notice(house: House) -> dict[str, Any]:
    case = at_meeting(house)
    for leader in ("郑书记", "Ann"):
        case = house.by(leader).do(f"{task_of(case)}/ballot", {"vote": "yes"})
    for leader in ("郑书记", "Ann"):
        own = house.by(leader).read("/api/v1/tasks?definition=hearing")["items"]
        case = house.by(leader).do(f"/api/v1/tasks/{own[0]['id']}/score", {"score": {"need": 8}})
    assert case["state"] == "published"
    return case


def code_of(house: House, number: int = -1) -> str:
    """The code of the last link that went out."""
    mails = sorted(house.mails.folder.glob("*.eml"), key=lambda mail: mail.stat().st_mtime_ns)
    codes = [code for mail in mails if (code := _code(mail.read_bytes()))]
    return codes[number]


def _code(mail: bytes) -> str | None:
    body = message_from_bytes(mail, policy=SMTP).get_body(("plain",))
    assert body is not None
    for line in body.get_content().split():
        if "/l/" in line:
            return str(line.rpartition("/l/")[2])
    return None
