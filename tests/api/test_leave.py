"""A request for leave, from start to end, over HTTP; on both databases."""

from hashlib import sha256
from io import BytesIO
from typing import Any

from tests.api.caller import places
from tests.api.house import LEAVE, House, task_of


def test_leave_is_asked_granted_and_told(stored_house: House) -> None:
    house = stored_house
    wang, li = house.by("王芳"), house.by("李强")

    started = wang.post("/api/v1/cases", {"definition": "leave_request", "data": LEAVE})
    assert started.status_code == 201
    case = started.json
    assert started.headers["Location"] == f"/api/v1/cases/{case['id']}"
    assert started.headers["ETag"] == f'"{case["version"]}"'
    assert (case["number"], case["state"], case["subject"]) == ("QJ-2026-0001", "draft", "王芳：回老家探亲")
    assert [(task["triggers"], task["may"], task["why_not"]) for task in case["tasks"]] == [(["submit"], True, None)]
    assert case["unit"]["name"] == "金彭车业"

    case = wang.do(f"{task_of(case)}/decision", {"trigger": "submit"})
    (task,) = case["tasks"]
    assert (case["state"], task["may"], task["due_at"]) == ("township_review", False, "2026-03-12T16:00:00.000000Z")
    assert task["why_not"]

    (waiting,) = li.read("/api/v1/tasks?mine=true")["items"]
    assert (waiting["id"], waiting["may"], waiting["triggers"]) == (task["id"], True, ["approve", "return", "reject"])
    outlook = {one["trigger"]: one for one in waiting["outlook"]}
    assert outlook["approve"]["leads_to"] == "granted"
    assert (outlook["return"]["opinion"], outlook["return"]["label"]["zh"]) == (True, "退回修改")
    assert [one["kind"] for one in waiting["coming"]][:1] == ["reminder"]

    case = li.do(f"{task_of(case)}/decision", {"trigger": "approve"})
    assert (case["state"], case["tasks"], li.read("/api/v1/tasks")["items"]) == ("granted", [], [])
    assert case["ended_at"] is not None
    house.tick()
    told = {(one["kind"], one["person"]) for one in house.by("管理员").each("/api/v1/messages")}
    assert ("task", house.people["李强"]) in told
    assert ("ended", house.people["王芳"]) in told


def test_history_can_be_reckoned_again_by_whoever_reads_it(stored_house: House) -> None:
    house = stored_house
    case = house.leave()
    house.by("李强").do(f"{task_of(case)}/decision", {"trigger": "approve"})

    events = list(house.by("王芳").each(f"/api/v1/cases/{case['id']}/events", limit=1))

    assert [event["seq"] for event in events] == [1, 2, 3]
    for before, event in zip([None, *events], events, strict=False):
        if before is not None:
            assert event["previous"] == before["hash"]
        body = b"event\n" + bytes.fromhex(event["previous"]) + event["body"].encode()
        assert event["hash"] == sha256(body).hexdigest()
    assert [event["by"]["name"] for event in events] == ["王芳", "王芳", "李强"]
    assert [move["state"] for move in events[2]["moves"]] == ["granted"]
    assert "回老家探亲" not in str([event["body"] for event in events])


def test_return_says_why_and_shows_what_was_changed(stored_house: House) -> None:
    house = stored_house
    wang, li = house.by("王芳"), house.by("李强")
    case = house.leave()

    wanted = li.post(f"{task_of(case)}/decision", {"trigger": "return"})
    assert (wanted.status_code, wanted.json["code"], places(wanted)) == (422, "opinion", ["/opinion"])
    case = li.do(f"{task_of(case)}/decision", {"trigger": "return", "opinion": "工作交给谁，请写明"})
    assert (case["state"], case["changed"]) == ("draft", [])
    case = wang.do(f"{task_of(case)}/decision", {"trigger": "submit", "data": {"stand_in": "孙燕"}})
    assert case["changed"] == [{"field": "stand_in", "before": None, "now": "孙燕"}]
    events = wang.read(f"/api/v1/cases/{case['id']}/events")["items"]
    assert [text for event in events for text in event["texts"]] == [{"kind": "opinion", "text": "工作交给谁，请写明"}]


def test_form_says_what_is_wrong_by_field(house: House) -> None:
    wang = house.by("王芳")
    case = wang.do("/api/v1/cases", {"definition": "leave_request", "data": {"kind": "annual"}}, status=201)
    data = {"days": "many", "reason": "急" * 41, "from_on": "9.3.2026", "kind": "leisure", "when": 1}

    refused = wang.post(f"{task_of(case)}/decision", {"trigger": "submit", "data": data})

    assert refused.status_code == 422
    assert set(places(refused)) == {f"/data/{name}" for name in data}
    again = wang.read(f"/api/v1/cases/{case['id']}")
    assert (again["version"], again["data"]) == (case["version"], case["data"])


def test_draft_is_kept_without_an_event_and_forgotten_with_the_decision(stored_house: House) -> None:
    wang = stored_house.by("王芳")
    case = wang.do("/api/v1/cases", {"definition": "leave_request"}, status=201)
    path = f"/api/v1/cases/{case['id']}"

    assert wang.do(f"{path}/draft", {"data": {"reason": "探"}}, method="PUT") == {"data": {"reason": "探"}, "saved": 1}
    assert wang.do(f"{path}/draft", {"data": {"reason": "探亲"}}, method="PUT")["saved"] == 2
    assert wang.read(f"{path}/draft")["data"] == {"reason": "探亲"}
    assert wang.read(path)["version"] == case["version"]
    wang.do(f"{task_of(case)}/decision", {"trigger": "submit", "data": LEAVE})
    assert wang.read(f"{path}/draft") == {"data": {}, "saved": 0}
    assert stored_house.by("路人").refused(f"{path}/draft", {"data": {}}, method="PUT") == (404, "not_found")
    assert stored_house.by("郑书记").refused(f"{path}/draft", {"data": {}}, method="PUT") == (403, "not_permitted")


def test_timers_say_what_is_due_when(house: House) -> None:
    case = house.leave()
    timers = house.by("王芳").read(f"/api/v1/cases/{case['id']}/timers")["items"]
    assert [(timer["kind"], timer["at"], timer["state"]) for timer in timers] == [
        ("reminder", "2026-03-11T00:30:00.000000Z", "township_review"),
        ("reminder", "2026-03-13T00:30:00.000000Z", "township_review"),
        ("escalation", "2026-03-17T00:30:00.000000Z", "township_review"),
    ]


def test_clock_goes_on_and_everything_due_has_happened_before_it_answers(stored_house: House) -> None:
    house = stored_house
    admin = house.by("管理员")
    case = house.leave()

    now = admin.do("/api/v1/clock", {"now": "2026-03-17T09:00:00+08:00"}, method="PUT")

    assert now["now"] >= "2026-03-17T01:00:00"
    assert admin.read("/api/v1/clock")["now"] >= now["now"]
    shared = house.by("王芳").read(f"/api/v1/cases/{case['id']}")["tasks"][0]["assignees"]
    assert len(shared) == 2
    kinds = [one["kind"] for one in admin.each("/api/v1/messages")]
    assert {"task", "reminder", "escalation"} <= set(kinds)
    assert {one["state"] for one in admin.each("/api/v1/messages")} <= {"delivered", "dropped"}


def test_operations_upon_a_task(house: House) -> None:
    wang, li, zheng = house.by("王芳"), house.by("李强"), house.by("郑书记")
    case = house.leave(days=6)
    case = li.do(f"{task_of(case)}/decision", {"trigger": "approve"})
    path = task_of(case)

    assert zheng.do(f"{path}/claim")["tasks"][0]["claimed_by"]["name"] == "郑书记"
    assert house.by("Ann").refused(f"{path}/decision", {"trigger": "approve"}) == (403, "not_permitted")
    assert zheng.do(f"{path}/release")["tasks"][0]["claimed_by"] is None
    added = zheng.do(f"{path}/add-signer", {"kind": "before", "person": house.people["李强"]})
    signer = next(task for task in added["tasks"] if task["kind"] == "signer")
    assert signer["assignees"][0]["name"] == "李强"
    assert zheng.refused(f"{path}/decision", {"trigger": "approve"}) == (403, "not_permitted")
    li.do(f"/api/v1/tasks/{signer['id']}/decision", {"trigger": "agree", "opinion": "无异议"})
    given = zheng.do(f"{path}/delegate", {"person": house.people["Ann"]})
    assert given["tasks"][0]["delegate"]["name"] == "Ann"
    proposed = house.by("Ann").do(f"{path}/decision", {"trigger": "approve"})
    assert (proposed["state"], proposed["tasks"][0]["proposed"]) == ("district_review", "approve")
    assert zheng.refused(f"{path}/transfer", {"person": house.people["Ann"]}) == (422, "opinion")
    assert zheng.do(f"{path}/decision", {"trigger": "approve"})["state"] == "granted"
    assert wang.refused(f"{path}/decision", {"trigger": "approve"}) == (403, "not_permitted")


def test_operations_upon_a_case(house: House) -> None:
    wang, li, admin = house.by("王芳"), house.by("李强"), house.by("管理员")
    case = house.leave()
    path = f"/api/v1/cases/{case['id']}"

    assert house.by("路人").get(path).status_code == 404
    wang.do(f"{path}/copy", {"person": house.people["路人"]})
    assert house.by("路人").read(path)["data"]["reason"] == LEAVE["reason"]
    wang.do(f"{path}/comment", {"text": "请尽快"})
    wang.do(f"{path}/urge")
    assert wang.refused(f"{path}/urge") == (409, "refused")
    assert wang.refused(f"{path}/correct", {"data": {"days": 1}, "reason": "写错"})[0] == 409
    li.do(f"{path}/paper", {"date": "2026-03-09", "archive": "2026-17"})
    assert li.refused(f"{path}/suspend", {"reason": "核实"}) == (403, "not_permitted")
    assert admin.do(f"{path}/suspend", {"reason": "核实"})["suspended"] is True
    assert li.refused(f"{task_of(case)}/decision", {"trigger": "approve"}) == (409, "suspended")
    assert admin.do(f"{path}/resume", {"reason": "核实完毕"})["suspended"] is False
    moved = admin.do(f"{path}/reassign", {"person": house.people["郑书记"], "reason": "李强出差"})
    assert [holder["name"] for holder in moved["tasks"][0]["assignees"]] == ["郑书记"]
    assert admin.refused(f"{path}/cancel") == (422, "opinion")
    assert admin.do(f"{path}/cancel", {"reason": "重复申请"})["state"] == "cancelled"


def test_last_decision_is_taken_back(house: House) -> None:
    wang = house.by("王芳")
    case = house.leave()
    back = wang.do(f"/api/v1/cases/{case['id']}/take-back")
    assert (back["state"], back["tasks"][0]["may"]) == ("draft", True)


def test_withdraw_names_what_is_open_instead(house: House) -> None:
    wang, li = house.by("王芳"), house.by("李强")
    case = house.leave()
    refused = li.post(f"/api/v1/cases/{case['id']}/withdraw", {})
    assert (refused.status_code, refused.json["code"]) == (409, "not_offered")
    assert wang.do(f"/api/v1/cases/{case['id']}/withdraw", {})["state"] == "withdrawn"
    other = house.leave()
    assert wang.do(f"/api/v1/cases/{other['id']}/triggers/withdraw", {})["state"] == "withdrawn"
    assert wang.refused(f"/api/v1/cases/{other['id']}/triggers/withdraw", {}) == (409, "not_offered")
    assert wang.refused(f"/api/v1/cases/{other['id']}/signals", {"name": "paid"})[0] in (403, 409)


def test_many_decisions_are_each_checked_alone(stored_house: House) -> None:
    house = stored_house
    li = house.by("李强")
    cases = [house.leave() for _ in range(3)]
    ids = [case["tasks"][0]["id"] for case in cases]
    items: list[dict[str, Any]] = [{"task": one, "trigger": "approve"} for one in ids]
    items[1]["trigger"] = "return"
    items.append({"task": f"{cases[0]['id']}.77", "trigger": "approve"})

    first = li.post("/api/v1/decisions", {"items": items}, headers={"Idempotency-Key": "many"})
    again = li.post("/api/v1/decisions", {"items": items}, headers={"Idempotency-Key": "many"})

    for answered in (first, again):
        assert answered.status_code == 200
        assert [(item["task"], item["status"]) for item in answered.json["items"]] == [
            (ids[0], 200),
            (ids[1], 422),
            (ids[2], 200),
            (items[3]["task"], 403),
        ]
    assert first.json["items"][0]["case"]["state"] == "granted"
    assert first.json["items"][1]["problem"]["code"] == "opinion"
    histories = [list(li.each(f"/api/v1/cases/{case['id']}/events")) for case in cases]
    assert [len(history) for history in histories] == [3, 2, 3]


def test_files_are_what_their_bytes_say(stored_house: House) -> None:

    house = stored_house
    wang = house.by("王芳")
    case = wang.do("/api/v1/cases", {"definition": "leave_request", "data": {**LEAVE, "kind": "sick"}}, status=201)
    path = f"/api/v1/cases/{case['id']}/attachments"
    scan = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

    needed = wang.post(f"{task_of(case)}/decision", {"trigger": "submit"})
    assert places(needed) == ["/data/proof"]
    sent = wang.call("POST", path, data={"file": (BytesIO(scan), "../病假 证明.pdf")})
    assert (sent.status_code, sent.json["name"], sent.json["media_type"]) == (201, "病假 证明.pdf", "application/pdf")
    back = wang.get(f"{path}/{sent.json['id']}")
    assert (back.data, back.headers["X-Content-Type-Options"]) == (scan, "nosniff")
    assert back.headers["Content-Disposition"].startswith("attachment;")
    wang.do(f"{task_of(case)}/decision", {"trigger": "submit", "data": {"proof": [sent.json["id"]]}})
    other = house.leave()
    assert wang.get(f"/api/v1/cases/{other['id']}/attachments/{sent.json['id']}").status_code == 404
    assert house.by("路人").get(f"{path}/{sent.json['id']}").status_code == 404
    assert wang.refused(path, {"file": "x"}) == (422, "data")
    wrong = wang.call("POST", path, data={"file": (BytesIO(b"MZ\x90\x00" * 20), "a.pdf")})
    assert wrong.status_code in (400, 422)
