"""For operators: messages, incidents, health, figures."""

from sqlalchemy import update

from tests.api.caller import problem
from tests.api.house import House, task_of
from workflow.calendar import chinese_calendar
from workflow.cases.versions import Texts, publish
from workflow.messages.tables import message

STUCK = """
key: stuck
title: {zh: 卡住, en: Stuck}
subject: "{amount}"
start: {role: union_chair, at: enterprise}
fields:
  amount: {type: integer, label: {zh: 数, en: Amount}, required: true}
  limit: {type: integer, label: {zh: 上限, en: Limit}}
states:
  draft: {task: {who: starter, edit: [amount]}, to: {submit: waiting}}
  waiting: {wait: {until: 1 working day}, to: {expired: {to: done, when: amount > 5, say: {zh: 数不够, en: Not enough}}}}
  done: {end: {zh: 完, en: Done}}
operations: {correct: {by: [starter], edit: [amount]}}
"""


def test_dead_letter_is_sent_again_under_its_message_id(stored_house: House) -> None:
    house = stored_house
    house.leave()
    house.tick()
    admin = house.by("管理员")
    sent = next(
        one for one in admin.each("/api/v1/messages") if one["kind"] == "task" and one["person"] == house.people["李强"]
    )
    with house.office.database.write() as connection:
        connection.execute(update(message).values(state="dead", error="refused: 550 no such user"))
    dead = admin.read("/api/v1/messages?state=dead")["items"]
    assert sent["id"] in {one["id"] for one in dead}

    assert admin.post(f"/api/v1/messages/{sent['id']}/retry", {}).status_code == 204
    house.tick()

    again = next(one for one in admin.each("/api/v1/messages") if one["id"] == sent["id"])
    assert (again["state"], again["message_id"]) == ("delivered", sent["message_id"])


def test_messages_say_nothing_of_a_case(house: House) -> None:
    house.leave(reason="家里出了急事")
    house.tick()
    listed = house.by("管理员").get("/api/v1/messages")
    assert "家里出了急事" not in listed.text
    assert {one["about"]["zh"] for one in listed.json["items"] if one["about"]} <= {"请假"}


def test_incident_stands_on_the_list_until_it_can_go_on(stored_house: House) -> None:
    house = stored_house
    publish(house.office.database, house.office.versions, Texts(definition=STUCK), calendar=chinese_calendar())
    wang, admin = house.by("王芳"), house.by("管理员")
    case = wang.do("/api/v1/cases", {"definition": "stuck", "data": {"amount": 3}}, status=201)
    wang.do(f"{task_of(case)}/decision", {"trigger": "submit"})

    admin.do("/api/v1/clock", {"now": "2026-03-11T09:00:00+08:00"}, method="PUT")

    (incident,) = admin.read("/api/v1/incidents")["items"]
    assert (incident["case"], incident["code"], "数不够" in incident["message"]) == (case["id"], "guard", True)
    assert wang.read(f"/api/v1/cases/{case['id']}")["incidents"][0]["id"] == incident["id"]
    path = f"/api/v1/incidents/{incident['id']}/retry"
    assert admin.refused(path) == (409, "guard")
    wang.do(f"/api/v1/cases/{case['id']}/correct", {"data": {"amount": 9}, "reason": "写错了"})
    assert admin.post(path, {}).status_code == 204
    assert wang.read(f"/api/v1/cases/{case['id']}")["state"] == "done"
    assert admin.read("/api/v1/incidents")["items"] == []
    assert problem(admin.post(path, {}))[0] in (404, 409)


def test_health_and_figures_need_no_token_and_name_nobody(stored_house: House) -> None:
    stored_house.leave()
    anybody = stored_house.by(None)
    assert anybody.get("/healthz").json == {"status": "ok"}
    assert anybody.get("/readyz").json == {"status": "ok"}
    figures = anybody.get("/metrics")
    assert figures.mimetype == "text/plain"
    read = dict(line.split(" ") for line in figures.text.splitlines() if not line.startswith("#"))
    assert int(read["yangguang_effects_waiting"]) + int(read["yangguang_messages_pending"]) >= 1
    assert "王芳" not in figures.text
