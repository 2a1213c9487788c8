"""Who sees what: denied unless something says otherwise, in the list as in the single call, its history and its files."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.door import Door, a_door
from tests.cases.federation import ID_NUMBER, MOBILE, Federation, at_once
from workflow.cases.tables import draft
from workflow.engine.commands import Operate
from workflow.engine.subject import Case
from workflow.people.persons import add_person
from workflow.people.posts import appoint, dismiss
from workflow.records.attachments import files_of

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def door(federation: Federation, tmp_path: Path) -> Door:
    federation.office.files_of = files_of
    return a_door(federation, tmp_path / "mails")


def seers(door: Door, case: Case) -> dict[str, set[str]]:
    """Who sees it in his list, alone, in its history, and its timers."""
    people = door.federation.people
    return {
        "list": {name for name in people if case.id in {one["id"] for one in door.get("/cases", by=name)["items"]}},
        "case": {name for name in people if door.get(f"/cases/{case.id}", by=name) is not None},
        "events": {name for name in people if door.get(f"/cases/{case.id}/events", by=name) is not None},
        "timers": {name for name in people if door.get(f"/cases/{case.id}/timers", by=name) is not None},
    }


def everywhere(*names: str) -> dict[str, set[str]]:
    return {key: set(names) for key in ("list", "case", "events", "timers")}


def test_starter_readers_and_administrators_of_the_branch_see_it(door: Door) -> None:
    case = door.federation.start()

    assert seers(door, case) == everywhere("王芳", "审计", "管理员")


def test_holders_see_it_from_then_on(door: Door) -> None:
    federation = door.federation
    case = federation.submitted()
    of_the_task = seers(door, case)
    federation.decide(case, "approve", by="李强")

    assert of_the_task == everywhere("王芳", "审计", "管理员", "李强", "周涛")
    assert seers(door, case) == everywhere("王芳", "审计", "管理员", "李强", "周涛", "钱进", "孙丽")


def test_who_decided_sees_it_after_he_has_left_the_post(door: Door) -> None:
    federation = door.federation
    case = federation.decide(federation.submitted(), "reject", by="李强", opinion="不属实").case
    for name in ("李强", "周涛"):
        dismiss(
            federation.database, person=federation.people[name], role="reviewer", organisation=federation.places["城东"]
        )
    federation.tick()

    assert seers(door, case) == everywhere("王芳", "审计", "管理员", "李强")


def test_who_comes_into_a_post_sees_what_it_holds_and_held(door: Door) -> None:
    federation = door.federation
    case = federation.decide(federation.submitted(), "reject", by="李强", opinion="不属实").case
    appoint(
        federation.database, person=federation.people["外人"], role="reviewer", organisation=federation.places["城东"]
    )
    federation.tick()

    assert seers(door, case) == everywhere("王芳", "审计", "管理员", "李强", "周涛", "外人")


def test_person_concerned_sees_it_once_he_has_an_account(door: Door) -> None:
    federation = door.federation
    add_person(federation.database, name="张伟", login="zhangwei", mobile=MOBILE)
    case = federation.start()
    assert isinstance(case.concerned, int)
    named = {**federation.people, "张伟": case.concerned}
    door.federation = Federation(office=federation.office, people=named, places=federation.places)

    assert seers(door, case) == everywhere("王芳", "审计", "管理员", "张伟")


def test_copied_person_sees_it(door: Door) -> None:
    federation = door.federation
    case = federation.submitted()
    federation.act(case, Operate(operation="copy", person=federation.people["外人"]), by="李强")

    assert "外人" in seers(door, case)["case"] & seers(door, case)["list"]


def test_administrator_of_another_branch_does_not_see_it(door: Door) -> None:
    federation = door.federation
    east, west = federation.start(), federation.start(by="刘洋", id_number=None)

    assert "城西管理员" not in seers(door, east)["case"] | seers(door, east)["list"]
    assert "城西管理员" in seers(door, west)["case"] & seers(door, west)["list"]


def test_stranger_sees_nothing_of_it_anywhere(door: Door) -> None:
    case = door.federation.submitted()
    task = f"{case.id}.2"

    for method, path, body in (
        ("GET", f"/cases/{case.id}", None),
        ("GET", f"/cases/{case.id}/events", None),
        ("GET", f"/cases/{case.id}/timers", None),
        ("GET", f"/cases/{case.id}/draft", None),
        ("PUT", f"/cases/{case.id}/draft", {"data": {"name": "x"}}),
        ("GET", f"/tasks/{task}", None),
        ("POST", f"/tasks/{task}/decision", {"trigger": "approve"}),
        ("POST", f"/tasks/{task}/claim", {}),
        ("POST", f"/cases/{case.id}/comment", {"text": "?"}),
        ("POST", f"/cases/{case.id}/cancel", {"reason": "?"}),
        ("POST", f"/cases/{case.id}/withdraw", {}),
        ("POST", f"/cases/{case.id}/triggers/withdraw", {}),
        ("POST", f"/cases/{case.id}/signals", {"name": "x"}),
    ):
        answer = door.ask(method, path, by="外人", json=body)
        assert (path, answer.status_code, answer.json["code"]) == (path, 404, "not_found")  # type: ignore[index]  # a problem
    assert door.get("/tasks", by="外人")["items"] == []
    assert door.get("/cases?q=张", by="外人")["items"] == []
    assert door.get("/cases?q=HA-2026", by="外人")["items"] == []


def test_personal_values_are_masked_for_who_need_not_know_them(door: Door) -> None:
    case = door.federation.submitted()

    clear = door.get(f"/cases/{case.id}", by="王芳")["data"]["id_number"]
    masked = door.get(f"/cases/{case.id}", by="李强")["data"]["id_number"]

    assert (clear, masked == ID_NUMBER) == (ID_NUMBER, False)
    history = door.ask("GET", f"/cases/{case.id}/events", by="李强").text
    assert ID_NUMBER not in history
    assert MOBILE not in history


def test_list_page_by_page_is_complete_and_without_doubles_while_cases_come_in(door: Door) -> None:
    federation = door.federation
    there = [federation.start(id_number=None, name=f"人{n}") for n in range(7)]
    names: Iterator[int] = iter(range(100))

    found = door.all_pages(
        "/cases", by="王芳", limit=2, between=lambda: federation.start(id_number=None, name=f"后来{next(names)}")
    )

    ids = [one["id"] for one in found]
    assert len(ids) == len(set(ids))
    assert {case.id for case in there} <= set(ids)


def test_inbox_page_by_page_is_complete_and_without_doubles_while_tasks_are_done(door: Door) -> None:
    federation = door.federation
    there = [federation.submitted(id_number=None, name=f"人{n}") for n in range(7)]
    ready = iter(there)

    def done() -> None:
        case = next(ready, None)
        if case is not None:
            federation.decide(case, "reject", by="周涛", opinion="不属实")

    found = door.all_pages("/tasks", by="李强", limit=2, between=done)

    ids = [one["id"] for one in found]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {f"{case.id}.2" for case in there}
    assert len(ids) >= 5


def test_list_is_narrowed_by_what_is_looked_for(door: Door) -> None:
    federation = door.federation
    first = federation.submitted()
    second = federation.start(by="刘洋", name="李伟", id_number=None)

    def found(query: str) -> set[str]:
        return {one["id"] for one in door.get(f"/cases?{query}", by="审计")["items"]}

    assert found("") == {first.id, second.id}
    assert found("state=review") == {first.id}
    assert found("q=zhangwei") == {first.id}
    assert found(f"unit={federation.places['纺织']}") == {second.id}
    assert found("q=HA-2026-0002") == {second.id}
    assert found("definition=trip") == set()


# --- drafts


def saved(door: Door, case: Case, by: str) -> object:
    return door.get(f"/cases/{case.id}/draft", by=by)["data"]


def put(door: Door, case: Case, by: str, **data: object) -> int:
    return door.ask("PUT", f"/cases/{case.id}/draft", by=by, json={"data": data}).status_code


def test_draft_is_kept_changed_and_gone_when_it_is_handed_in(door: Door) -> None:
    federation = door.federation
    case = federation.start()
    before = federation.now(case)

    assert put(door, case, "王芳", name="张小伟", mobile="138") == 200  # half typed is kept as it is
    assert put(door, case, "王芳", name="张大伟") == 200
    assert saved(door, case, "王芳") == {"name": "张大伟"}
    assert federation.now(case) == before

    answer = door.ask(
        "POST", f"/tasks/{case.id}.1/decision", by="王芳", json={"trigger": "submit", "data": {"name": "张大伟"}}
    )

    assert answer.status_code == 200
    assert federation.rows(draft) == []
    assert federation.now(case).data["name"] == "张大伟"


def test_draft_is_his_own_and_only_for_whom_the_task_is(door: Door) -> None:
    case = door.federation.submitted()

    assert put(door, case, "李强", amount=100) == 200
    assert put(door, case, "周涛", amount=200) == 200
    assert put(door, case, "审计", amount=300) == 403
    assert (saved(door, case, "李强"), saved(door, case, "周涛"), saved(door, case, "审计")) == (
        {"amount": 100},
        {"amount": 200},
        {},
    )


def test_draft_that_is_emptied_is_empty(door: Door) -> None:
    case = door.federation.start()
    put(door, case, "王芳", name="张小伟")

    assert put(door, case, "王芳") == 200
    assert saved(door, case, "王芳") == {}


def test_draft_saved_at_once_by_two_windows_is_one_of_the_two(door: Door) -> None:
    case = door.federation.start()

    at_once(*[lambda n=n: put(door, case, "王芳", name=f"张{n}") for n in range(4)])

    assert len(door.federation.rows(draft)) == 1
    assert door.federation.rows(draft)[0]["n"] == 4


# --- files


def test_file_of_a_case_is_for_those_who_see_the_case(door: Door) -> None:
    case = door.federation.submitted()
    answer = door.ask("POST", f"/cases/{case.id}/attachments", by="李强", data={"file": (io.BytesIO(PDF), "证明.pdf")})
    assert answer.status_code == 201, answer.text
    there = f"/cases/{case.id}/attachments/{answer.json['id']}"  # type: ignore[index]  # as it is shown

    statuses = {name: door.ask("GET", there, by=name).status_code for name in door.federation.people}

    may = {"王芳", "李强", "周涛", "审计", "管理员"}
    assert statuses == {name: 200 if name in may else 404 for name in door.federation.people}
    assert door.ask("GET", there, by="李强").data == PDF
    assert (
        door.ask(
            "POST", f"/cases/{case.id}/attachments", by="外人", data={"file": (io.BytesIO(PDF), "x.pdf")}
        ).status_code
        == 404
    )
