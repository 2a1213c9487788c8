"""Time: what is due fires once, however many look and however late; and the clock does not go back."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import delete, update

from tests.cases.federation import Federation, at, at_once, reopened
from workflow.cases.drafts import save_draft
from workflow.cases.links import Link, find, issue
from workflow.cases.office import Office
from workflow.cases.tables import cases, definition_version, draft, wake
from workflow.clock.settable import Delivery, go_to, mark
from workflow.clock.ticking import next_due
from workflow.engine.commands import Fire, Operate
from workflow.engine.subject import Case
from workflow.errors import InvalidData, NotOffered, Refused

NO_MAILS = Delivery(lambda: 0, lambda: None)


def fired(federation: Federation, case: Case) -> list[dict[str, object]]:
    """The events of the clock."""
    bodies = [msgspec.json.decode(row["body"]) for row in federation.events(case)]
    return [body for body in bodies if body["command"]["kind"] == "fire_timer"]


def test_two_schedulers_fire_each_timer_once(federation: Federation, federation_url: str) -> None:
    waiting = [federation.submitted(id_number=None, name=f"人{n}") for n in range(6)]
    second = reopened(federation, federation_url)
    federation.set_clock("2026-03-12 09:00")  # after the reminder, before the deadline

    at_once(federation.tick, second.tick, federation.tick, second.tick)
    second.database.dispose()

    assert [len(fired(federation, case)) for case in waiting] == [1] * 6
    assert [federation.now(case).seq for case in waiting] == [3] * 6
    assert federation.broken() == []


def test_act_that_comes_before_the_scheduler_finds_what_is_due_done(federation: Federation) -> None:
    case = federation.decide(federation.submitted(), "wait", by="李强").case
    federation.set_clock("2026-03-24 09:00")

    with pytest.raises(Refused):
        federation.act(case, Fire(trigger="withdraw"), by="王芳")

    assert federation.now(case).state == "granted"
    assert len(fired(federation, case)) == 1


def test_what_was_slept_through_fires_once_and_says_how_late(federation: Federation) -> None:
    """A reminder before the deadline, three after it, an escalation; the service wakes eight days later."""
    case = federation.submitted()
    federation.set_clock("2026-03-17 15:00")

    federation.tick()
    again = federation.tick()

    found = fired(federation, case)
    assert again == 0
    assert len({event["command"]["timer"] for event in found}) == len(found)  # type: ignore[index]  # as it is stored
    assert [event["as_of"] for event in found] == sorted(str(event["as_of"]) for event in found)
    assert all(str(event["as_of"]) < str(event["at"]) for event in found)
    told = [change for event in found for change in event["changes"] if change["#"] == "told"]  # type: ignore[attr-defined]
    assert [(change["kind"], change["late"]) for change in told] == [
        ("reminder", True),
        ("reminder", True),  # of those of every working day the last
        ("escalation", True),
    ]
    assert federation.broken() == []


def test_deadline_is_reckoned_from_when_the_timer_was_due(federation: Federation) -> None:
    """However late it fires, what follows began then."""
    case = federation.decide(federation.submitted(), "wait", by="李强").case
    federation.set_clock("2026-04-20 10:00")

    federation.tick()

    assert federation.now(case).ended_at == at("2026-03-24 00:00")


def test_scheduler_goes_on_where_one_case_cannot(federation: Federation) -> None:
    broken, sound = (federation.submitted(id_number=None, name=name) for name in ("张伟", "李伟"))
    row = next(row for row in federation.cases() if row["id"] == UUID(broken.id))
    altered = row["open"].replace('"version":1', '"version":99')
    with federation.database.write() as connection:
        connection.execute(update(cases).where(cases.c.id == UUID(broken.id)).values(open=altered))
    federation.set_clock("2026-03-12 09:00")

    federation.tick()
    federation.tick()

    assert len(fired(federation, sound)) == 1
    failures = {row["case_id"]: row["failures"] for row in federation.rows(wake)}
    assert (failures[UUID(broken.id)], failures[UUID(sound.id)]) == (1, 0)


def test_suspended_case_wakes_nobody(federation: Federation) -> None:
    case = federation.submitted()
    federation.act(case, Operate(operation="suspend", reason="核查"), by="管理员")
    federation.set_clock("2026-03-20 10:00")

    federation.tick()

    assert fired(federation, case) == []
    assert federation.rows(wake) == []


# --- the settable clock


def test_clock_goes_from_due_time_to_due_time(federation: Federation) -> None:
    mark(federation.office, "demo")
    case = federation.submitted()
    seen: list[datetime] = []

    go_to(federation.office, at("2026-03-17 15:00"), NO_MAILS, seen.append)

    assert [late(event) < timedelta(minutes=1) for event in fired(federation, case)] == [True] * 5
    assert sorted(set(seen)) == [at(f"2026-03-{day} 08:30") for day in (11, 13, 16, 17)]


def late(event: dict[str, object]) -> timedelta:
    if "as_of" not in event:
        return timedelta()
    return datetime.fromisoformat(str(event["at"])) - datetime.fromisoformat(str(event["as_of"]))


def test_clock_that_is_set_backwards_changes_nothing_and_is_answered(federation: Federation) -> None:
    mark(federation.office, "demo")
    case = federation.submitted()
    go_to(federation.office, at("2026-03-10 10:00"), NO_MAILS)

    with pytest.raises(InvalidData, match="does not go back: it is 2026-03-10"):
        go_to(federation.office, at("2026-03-09 10:00"), NO_MAILS)

    federation.tick()
    with federation.database.read() as connection:
        assert at("2026-03-10 10:00") <= federation.database.now(connection) < at("2026-03-10 10:05")
    assert federation.now(case).seq == 2


def test_clock_of_a_real_service_is_not_set(federation: Federation) -> None:
    mark(federation.office, "real")

    with pytest.raises(NotOffered):
        go_to(federation.office, at("2026-03-10 10:00"), NO_MAILS)


def test_event_is_never_earlier_than_the_one_before(federation: Federation) -> None:
    """Though the clock of the machine was put back by a month."""
    case = federation.submitted()
    federation.set_clock("2026-02-09 10:00")

    federation.decide(case, "approve", by="李强")

    times = [row["at"] for row in federation.events(case)]
    assert times == sorted(times)
    assert federation.now(case).state == "signing"
    assert federation.broken() == []


def test_next_due_is_the_earliest_of_all(federation: Federation) -> None:
    federation.submitted()
    federation.tick()

    assert next_due(federation.office) == at("2026-03-12 08:30") or next_due(federation.office) == at(
        "2026-03-11 08:30"
    )


# --- once a day


def test_chores_are_done_once_a_day_whoever_ticks_first(federation: Federation, federation_url: str) -> None:
    done: list[datetime] = []
    federation.office.chores["count"] = lambda _, now: done.append(now) or 1  # type: ignore[func-returns-value]
    second = reopened(federation, federation_url)
    second.office.chores |= federation.office.chores

    for day in ("2026-03-10 00:30", "2026-03-10 23:00", "2026-03-11 06:00"):
        federation.set_clock(day)
        at_once(federation.tick, second.tick)
    second.database.dispose()

    assert [moment.astimezone(at("2026-03-10 00:00").tzinfo).day for moment in done] == [10, 11]


def test_chore_that_fails_stops_no_other(federation: Federation) -> None:
    done: list[str] = []

    def fails(_: Office, __: datetime) -> int:
        raise OSError("the disk is away")

    federation.office.chores |= {"fails": fails, "works": lambda _, __: done.append("works") or 1}  # type: ignore[func-returns-value]
    federation.set_clock("2026-03-10 10:00")

    federation.tick()

    assert done == ["works"]


def test_drafts_of_ended_cases_and_links_that_hold_no_more_are_forgotten(federation: Federation) -> None:
    open_one, ended = (federation.submitted(id_number=None, name=name) for name in ("张伟", "李伟"))
    person = federation.people["李强"]
    with federation.database.write() as connection:
        now = federation.database.now(connection)
        for case in (open_one, ended):
            save_draft(connection, UUID(case.id), person, {"amount": 100}, now)
        code = issue(connection, Link(case_id=UUID(open_one.id), task=2, holder="link:mobile"), now)
    federation.decide(ended, "reject", by="周涛", opinion="不属实")
    federation.set_clock("2026-12-31 10:00")

    federation.tick()

    assert [row["case_id"] for row in federation.rows(draft)] == [UUID(open_one.id)]
    with federation.database.read() as connection:
        assert find(connection, code, at("2026-03-10 10:00")) is None


def test_version_that_is_gone_does_not_stop_the_tick(federation: Federation, tmp_path: Path) -> None:
    federation.submitted()
    with federation.database.write() as connection:
        connection.execute(delete(definition_version).where(definition_version.c.key == "trip"))
    federation.set_clock("2026-03-12 09:00")

    assert federation.tick() > 0
