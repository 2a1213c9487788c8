"""When people come, leave, or stand in for another, open tasks follow."""

from uuid import UUID

import pytest

from tests.cases.federation import Federation, an_office
from workflow.cases.acting import Outcome
from workflow.cases.listing import inbox_page, reader_of
from workflow.engine.commands import Decide
from workflow.engine.subject import Case
from workflow.errors import NotFound
from workflow.people.changing import touched
from workflow.people.delegations import delegate
from workflow.people.persons import end_person
from workflow.people.posts import appoint, dismiss
from workflow.store import DatabaseSettings, open_database


def inbox(federation: Federation, who: str) -> set[str]:
    with federation.database.read() as connection:
        now = federation.database.now(connection)
        reader = reader_of(federation.office.directory(connection), federation.people[who], now)
        return {f"{row.held.subject.id}.{row.task}" for row in inbox_page(connection, reader, limit=50)}


def leaves(federation: Federation, who: str, role: str, place: str) -> None:
    dismiss(federation.database, person=federation.people[who], role=role, organisation=federation.places[place])
    federation.tick()


def comes(federation: Federation, who: str, role: str, place: str) -> None:
    appoint(federation.database, person=federation.people[who], role=role, organisation=federation.places[place])
    federation.tick()


def test_task_goes_to_whoever_holds_the_post_now(federation: Federation) -> None:
    case = federation.submitted()
    task = f"{case.id}.2"
    leaves(federation, "李强", "reviewer", "城东")
    comes(federation, "外人", "reviewer", "城东")

    assert (inbox(federation, "李强"), inbox(federation, "外人")) == (set(), {task})
    with pytest.raises(NotFound):  # he only held the post, and had done nothing with the task
        federation.act(case, Decide(task=2, trigger="approve"), by="李强")
    assert federation.act(case, Decide(task=2, trigger="approve"), by="外人").case.state == "signing"


def test_task_that_nobody_holds_is_an_incident_until_somebody_comes(federation: Federation) -> None:
    case = federation.submitted()
    leaves(federation, "李强", "reviewer", "城东")
    leaves(federation, "周涛", "reviewer", "城东")
    vacant = federation.now(case)

    comes(federation, "外人", "reviewer", "城东")

    assert [incident.code for incident in vacant.incidents] == ["vacant"]
    assert federation.now(case).incidents == ()
    assert inbox(federation, "外人") == {f"{case.id}.2"}
    assert federation.broken() == []


def test_signer_who_leaves_is_not_waited_for(federation: Federation) -> None:
    case = federation.decide(federation.submitted(), "approve", by="李强").case
    federation.decide(case, "approve", by="钱进")

    leaves(federation, "孙丽", "leader", "区总")

    assert federation.now(case).state == "granted"
    assert inbox(federation, "孙丽") == set()
    assert federation.broken() == []


def test_person_who_leaves_the_federation_holds_nothing(federation: Federation) -> None:
    case = federation.decide(federation.submitted(), "approve", by="李强").case
    end_person(federation.database, federation.people["孙丽"])

    federation.tick()

    assert [task.part for task in federation.now(case).entry.tasks] == [federation.people["钱进"]]


def test_stand_in_acts_for_the_absent_and_the_event_names_both(federation: Federation) -> None:
    case = federation.decide(federation.submitted(), "approve", by="李强").case
    with federation.database.read() as connection:
        now = federation.database.now(connection)
    delegate(
        federation.database,
        from_person=federation.people["钱进"],
        to_person=federation.people["外人"],
        begins=now,
        ends=now.replace(month=4),
    )
    federation.tick()

    outcome = federation.decide(case, "approve", by="外人")

    body = federation.events(case)[-1]["body"]
    assert isinstance(outcome, Outcome)
    assert f'"by":{federation.people["外人"]}' in body
    assert f'"for":{federation.people["钱进"]}' in body
    assert federation.broken() == []


def test_stand_in_for_one_definition_has_its_tasks_and_no_others(federation: Federation) -> None:
    case = federation.decide(federation.submitted(), "approve", by="李强").case
    other = federation.start("visit", by="赵敏")
    with federation.database.read() as connection:
        now = federation.database.now(connection)
    for absent in ("钱进", "赵敏"):
        delegate(
            federation.database,
            from_person=federation.people[absent],
            to_person=federation.people["外人"],
            begins=now,
            ends=now.replace(month=4),
            definition="aid",
        )

    assert inbox(federation, "赵敏") == {f"{other.id}.1"}
    assert inbox(federation, "外人") == {f"{case.id}.{federation.task(case, '钱进').id}"}


def test_nothing_is_written_where_nothing_is_another(federation: Federation) -> None:
    case = federation.submitted()

    comes(federation, "外人", "reviewer", "城东")

    assert federation.now(case).seq == case.seq
    assert inbox(federation, "外人") == {f"{case.id}.2"}


@pytest.mark.parametrize("federation_url", ["postgresql"], indirect=True)
def test_case_that_was_busy_is_looked_at_by_the_next_tick(federation: Federation, federation_url: str) -> None:
    case: Case = federation.decide(federation.submitted(), "approve", by="李强").case
    impatient = open_database(federation_url, DatabaseSettings(lock=0.2))
    office = an_office(impatient, federation.office.folder, federation.office.versions)
    dismiss(
        federation.database, person=federation.people["孙丽"], role="leader", organisation=federation.places["区总"]
    )

    with federation.database.write() as connection:
        connection.exec_driver_sql("select 1 from cases where id = %s for update", (UUID(case.id),))
        Federation(office=office, people=federation.people, places=federation.places).tick()
        with impatient.read() as other:
            assert touched(other) != []
    federation.tick()
    impatient.dispose()

    assert len(federation.now(case).entry.tasks) == 1
    with federation.database.read() as connection:
        assert touched(connection) == []
