"""What acts order is done after them: once, again after a failure, given up in the end and told."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert, select

from tests.cases.federation import Federation, at_once
from workflow.cases.effects import MOST_ATTEMPTS, drain, try_again
from workflow.cases.listing import failed_effects
from workflow.cases.office import EffectToDo, Office
from workflow.cases.tables import EFFECTS, WAITS, cases, effect
from workflow.cases.verifying import verify
from workflow.engine.subject import Case
from workflow.errors import NotFound
from workflow.store.leases import lease
from workflow.store.tables import service


class Clerk:
    """Does what is ordered of one kind; each time it writes a line, so that a repeat would show."""

    def __init__(self, federation: Federation, kind: str, failures: int = 0) -> None:
        self.failures = failures
        self.federation = federation
        federation.office.recorders[kind] = self.record

    def record(self, _: Office, connection: Connection, todo: EffectToDo) -> None:
        line = f"{todo.case_id}/{todo.seq}/{todo.number}"
        connection.execute(insert(service).values(key=f"did {line}", value=str(todo.payload)))
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the printer is on fire")

    @property
    def done(self) -> int:
        with self.federation.database.read() as connection:
            keys = connection.scalars(select(service.c.key).where(service.c.key.startswith("did "))).all()
        return len(keys)


def granted(federation: Federation, **more: object) -> Case:
    """Whose member is told, and who gets 300 yuan and a letter."""
    case = federation.submitted(**{"amount": 300, **more})  # type: ignore[arg-type]  # data of a form
    federation.decide(case, "approve", by="李强")
    federation.decide(case, "approve", by="钱进")
    return federation.decide(case, "approve", by="孙丽").case


def benefits(federation: Federation) -> list[tuple[int, bool, str | None]]:
    """Attempts, whether it still waits, and the error."""
    rows = [row for row in federation.rows(effect) if row["kind"] == "benefit"]
    return [(row["attempts"], row["next_at"] is not None, row["error"]) for row in rows]


def test_effect_is_done_once_however_many_do_it(federation: Federation) -> None:
    clerk = Clerk(federation, "benefit")
    granted(federation)
    granted(federation, id_number=None, name="李伟")

    at_once(*[federation.tick] * 4)
    federation.tick()

    assert clerk.done == 2
    assert benefits(federation) == [(0, False, None)] * 2


def test_effect_that_failed_is_done_later_and_leaves_nothing_of_the_failure(federation: Federation) -> None:
    clerk = Clerk(federation, "benefit", failures=2)
    granted(federation)

    counts = []
    for minute in range(4):
        federation.set_clock(f"2026-03-09 11:{minute:02}")
        federation.tick()
        counts.append((clerk.done, benefits(federation)[0][0]))

    assert counts == [(0, 1), (0, 2), (1, 2), (1, 2)]


def test_effect_that_fails_does_not_stop_the_rest(federation: Federation) -> None:
    Clerk(federation, "benefit", failures=99)
    told = Clerk(federation, "tell")

    granted(federation)
    federation.tick()

    assert told.done > 0
    assert benefits(federation) == [(1, True, "ConnectionError: the printer is on fire")]


def test_effect_is_given_up_after_ten_failures_and_stands_on_the_list(federation: Federation) -> None:
    clerk = Clerk(federation, "benefit", failures=MOST_ATTEMPTS)
    case = granted(federation)
    for hour in range(MOST_ATTEMPTS + 2):
        federation.set_clock(f"2026-03-{10 + hour} 10:00")
        federation.tick()

    with federation.database.read() as connection:
        (given_up,) = failed_effects(connection)
    assert (given_up["case_id"], given_up["attempts"]) == (UUID(case.id), MOST_ATTEMPTS)
    assert "1 effects were given up" in verify(federation.office).summary.say("en")

    try_again(federation.office, given_up["case_id"], given_up["seq"], given_up["no"])
    federation.tick()

    assert clerk.done == 1
    with pytest.raises(NotFound):
        try_again(federation.office, given_up["case_id"], given_up["seq"], given_up["no"])


def test_documents_wait_for_their_room_and_verify_knows(federation: Federation) -> None:
    Clerk(federation, "tell")
    Clerk(federation, "benefit")
    granted(federation)

    federation.tick()

    waiting = [row["kind"] for row in federation.rows(effect) if row["error"] == WAITS]
    assert waiting == ["document"]
    found = verify(federation.office)
    assert found.broken == ()
    assert "1 documents wait for their room, 0 effects were given up" in found.summary.say("en")


def test_effects_of_a_killed_worker_are_done_by_another_a_minute_later(federation: Federation) -> None:
    clerk = Clerk(federation, "benefit")
    granted(federation)
    now = moment(federation)
    taken = lease(federation.database, EFFECTS, now)  # and then it was killed

    at_that_time = (drain(federation.office, now + timedelta(seconds=59)), clerk.done)
    later = drain(federation.office, now + timedelta(seconds=61))

    assert at_that_time == (0, 0)
    assert later == len(taken)
    assert clerk.done == 1


def moment(federation: Federation) -> datetime:
    with federation.database.read() as connection:
        return federation.database.now(connection)


# --- what acts upon other cases


def trips(federation: Federation) -> list[Case]:
    with federation.database.read() as connection:
        ids = connection.scalars(select(cases.c.id).where(cases.c.definition == "trip").order_by(cases.c.id)).all()
    return [
        federation.now(Case(id=str(one), definition="", version=0, unit=0, started_at=moment(federation)))
        for one in ids
    ]


def test_case_is_begun_for_each_of_several_people(federation: Federation) -> None:
    visit = federation.start("visit", by="赵敏")
    federation.decide(visit, "approve", by="赵敏")

    at_once(federation.tick, federation.tick)
    federation.tick()

    experts = {federation.people[name] for name in ("专家甲", "专家乙", "专家丙")}
    assert {trip.concerned for trip in trips(federation)} == experts
    assert len(trips(federation)) == 3
    assert {trip.starter for trip in trips(federation)} == {federation.people["赵敏"]}


def test_called_cases_are_waited_for_and_answered_once(federation: Federation) -> None:
    visit = federation.start("visit", by="赵敏")
    federation.decide(visit, "travel", by="赵敏")
    federation.tick()
    first, *others = trips(federation)

    federation.decide(first, "approve", by="赵敏")
    federation.tick()
    waiting = federation.now(visit).state
    for trip in others:
        federation.decide(trip, "approve", by="赵敏")
    at_once(federation.tick, federation.tick)
    federation.tick()

    now = federation.now(visit)
    assert (waiting, now.state) == ("travelling", "over")
    assert (now.left["travelling"]["asked"], now.left["travelling"]["gone"]) == (3, 3)
    assert federation.broken() == []


def test_case_opens_with_its_round_for_each_who_holds_the_honour(federation: Federation) -> None:
    holders = [federation.people["王芳"], federation.people["刘洋"]]
    found_in_register = [(holder, None) for holder in holders]
    federation.office.holders_of = lambda _, honour, __: found_in_register if honour == "model_worker" else []
    round_ = federation.round("checkup")

    at_once(federation.tick, federation.tick)
    federation.tick()

    found = [row for row in federation.cases() if row["round_id"] == UUID(round_.id)]
    with_case = {
        federation.now(
            Case(id=str(row["id"]), definition="", version=0, unit=0, started_at=moment(federation))
        ).concerned
        for row in found
    }
    assert (len(found), with_case) == (2, set(holders))
    assert federation.broken() == []


def test_honour_that_a_unit_holds_opens_a_case_of_the_unit_once(federation: Federation) -> None:
    """Held by the unit in two levels; and by a person beside it."""
    unit, person = federation.places["车业"], federation.people["王芳"]
    federation.office.holders_of = lambda *_: [(unit, unit), (unit, unit), (person, None)]
    round_ = federation.round("checkup")

    federation.tick()

    found = [row for row in federation.cases() if row["round_id"] == UUID(round_.id)]
    of_unit = [row["unit"] for row in found if row["unit"] == unit]
    assert (len(found), of_unit) == (2, [unit])
    assert federation.broken() == []


def test_round_whose_honour_nobody_holds_is_over_at_once(federation: Federation) -> None:
    round_ = federation.round("checkup")

    federation.tick()

    assert federation.now(round_).over_at is not None
