"""The inbox's lists over HTTP: what each holds, how it is narrowed, and that it grows without more statements."""

from sqlalchemy import Engine, event

from tests.api.caller import Caller
from tests.api.house import House, task_of
from workflow.cases.tables import copied
from workflow.cases.verifying import verify
from workflow.store import upgrade


def text_of(caller: Caller, path: str) -> str:
    answer = caller.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def copy_to(house: House, case: str, name: str) -> None:
    house.by("王芳").do(f"/api/v1/cases/{case}/copy", {"person": house.people[name]})


def test_each_list_holds_its_own(stored_house: House) -> None:
    case = stored_house.leave(reason="参加技能比赛")
    copy_to(stored_house, case["id"], "刘洋")
    stored_house.by("李强").do(f"{task_of(case)}/decision", {"trigger": "approve"})

    found = {
        (who, part): "参加技能比赛" in text_of(stored_house.by(who), f"/inbox?list={part}")
        for who in ("王芳", "刘洋", "李强")
        for part in ("started", "copied", "done")
    }

    assert {place for place, there in found.items() if there} == {
        ("王芳", "started"),
        ("王芳", "done"),
        ("刘洋", "copied"),
        ("李强", "done"),
    }
    assert "准假" in text_of(stored_house.by("李强"), "/inbox?list=done")
    assert not verify(stored_house.office).broken


def test_copy_that_is_not_listed_is_found_by_verifying(stored_house: House) -> None:
    case = stored_house.leave()
    copy_to(stored_house, case["id"], "刘洋")

    with stored_house.office.database.write() as connection:
        connection.execute(copied.delete())

    assert len(verify(stored_house.office).broken) == 1


def test_copies_of_the_release_before_are_listed(stored_house: House) -> None:
    case = stored_house.leave()
    copy_to(stored_house, case["id"], "刘洋")
    with stored_house.office.database.read() as connection:
        before = connection.execute(copied.select()).all()
    with stored_house.office.database.write() as connection:
        connection.exec_driver_sql("drop table copied")
        connection.exec_driver_sql("drop index ix_event_beginning")
        connection.exec_driver_sql("update alembic_version set version_num = '0003'")

    upgrade(stored_house.office.database)

    with stored_house.office.database.read() as connection:
        assert connection.execute(copied.select()).all() == before
    assert len(before) == 1


def test_inbox_is_narrowed_by_its_address(house: House) -> None:
    house.leave(reason="参加技能比赛")
    house.leave(reason="回老家探亲")
    li = house.by("李强")

    assert "回老家探亲" not in text_of(li, "/inbox?q=技能")
    assert "参加技能比赛" in text_of(li, "/inbox?q=技能")
    assert "参加技能比赛" in text_of(li, "/inbox?definition=leave_request")
    assert "参加技能比赛" not in text_of(li, "/inbox?definition=hearing")
    assert "参加技能比赛" not in text_of(li, "/inbox?late=1")
    house.at("2026-03-20T10:00:00+08:00")
    assert "参加技能比赛" in text_of(li, "/inbox?late=1")


def test_pages_are_turned_by_key(house: House) -> None:
    for number in range(32):
        house.leave(reason=f"第{number + 1}件事")
    li = house.by("李强")

    first = text_of(li, "/inbox")
    after = first.split('href="/inbox?after=')[1].split('"')[0]
    second = text_of(li, f"/inbox?after={after}")

    assert (first.count("data-row="), second.count("data-row=")) == (30, 2)
    assert li.get("/inbox?after=bad").status_code == 422


def test_list_costs_the_same_with_one_row_and_with_many(house: House) -> None:
    li = house.by("李强")
    house.leave()
    counts = {}
    for more in (0, 9):
        for _ in range(more):
            house.leave()
        for path in ("/inbox?many=1", "/inbox?list=done", "/inbox?list=started"):
            li.get(path)
            said: list[str] = []

            def note(*given: object, said: list[str] = said) -> None:
                said.append(str(given[2]))

            event.listen(Engine, "before_cursor_execute", note)
            li.get(path)
            event.remove(Engine, "before_cursor_execute", note)
            counts[path, more] = len(said)

    assert {path: counts[path, 9] - counts[path, 0] for path, more in counts if more} == {
        "/inbox?many=1": 0,
        "/inbox?list=done": 0,
        "/inbox?list=started": 0,
    }
