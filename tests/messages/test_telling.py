"""Who is told what: one row a recipient, for those who may see the case and can be reached."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import func, select, update

from tests.messages.office import (
    EMAIL,
    LEAVE,
    MINUTE,
    MOBILE,
    OBJECTION,
    OBJECTOR,
    OPINION,
    POSTS,
    House,
    a_house,
    at,
    text_of,
)
from workflow.cases.acting import act
from workflow.cases.links import find
from workflow.cases.office import EffectToDo
from workflow.cases.starting import open_round
from workflow.cases.tables import disclosure, effect, link
from workflow.engine.commands import CallTogether, Decide, Object, Operate
from workflow.engine.context import PUBLIC_ACTOR, Actor
from workflow.messages.content import Content, from_body
from workflow.messages.telling import Counted, enqueue_told, tell
from workflow.people.delegations import delegate
from workflow.people.persons import end_person
from workflow.people.posts import appoint, dismiss
from workflow.store import Database
from workflow.text import Label

LANGUAGE = Path(__file__).parents[1] / "core" / "language"
SITTING = LANGUAGE / "sitting_task" / "definition.yaml"
TWO_CHAIRS = (*POSTS, ("周涛", "chair", "城东镇"), ("吴刚", "chair", "城东镇"))


def test_task_is_told_to_who_holds_the_post(house: House) -> None:
    house.submitted()

    house.tell()

    assert house.told() == [("task", "李强")]
    (row,) = house.rows()
    assert (row["channel"], row["state"], row["attempts"]) == ("mail", "pending", 0)
    assert row["message_id"] == f"<{row['id'].hex()[:40]}@message.yangguang>"


def test_post_is_told_as_it_is_held_when_it_is_told(house: House) -> None:
    house.submitted()
    place = house.places["城东镇"]
    appoint(house.database, person=house.people["赵敏"], role="chair", organisation=place)
    dismiss(house.database, person=house.people["李强"], role="chair", organisation=place)

    told_all(house)

    assert house.told() == [("task", "赵敏")]


def test_who_has_no_mail_is_told_by_mobile_and_who_has_neither_is_counted(database: Database, tmp_path: Path) -> None:
    house = a_house(database, tmp_path, posts=TWO_CHAIRS)
    house.submitted()

    counted = told_all(house)

    assert counted == {"told": 2, "unreachable": 1}
    assert {row["recipient"]: row["channel"] for row in house.rows()} == {
        f"person:{house.people['李强']}": "mail",
        f"person:{house.people['周涛']}": "sms",
    }


def test_who_has_left_is_not_told(house: House) -> None:
    house.start()
    end_person(house.database, house.people["王芳"])

    told_all(house)

    assert house.told() == []


def test_who_may_not_see_the_case_is_not_told(database: Database, tmp_path: Path) -> None:
    house = a_house(database, tmp_path, definition=LEAVE.replace("see: [office]", "see: [chair]"))
    case = house.submitted()
    house.decide(case, 2, "approve", by="李强")
    house.forget()
    link_answers(house, case, 3, "agree")

    counted = told_all(house)

    assert counted["unseen"] == 1
    assert house.told() == [("ended", "link:mobile"), ("ended", "王芳")]


def test_work_that_was_done_before_anybody_was_told_is_not_told(house: House) -> None:
    case = house.submitted()
    house.decide(case, 2, "reject", by="李强", opinion=OPINION)

    told_all(house)

    assert house.told() == [("ended", "王芳")]


def test_repeat_makes_no_second_row_and_no_second_code(house: House) -> None:
    case = house.submitted()
    house.decide(case, 2, "approve", by="李强")
    first = told_all(house)

    again = told_all(house, forced=True)

    assert first["told"] == 1
    assert again["told"] == 0
    assert house.told() == [("task", "link:mobile")]
    with house.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(link)) == 1


def test_rows_are_written_within_the_transaction_of_their_effect(house: House) -> None:
    """If it is not committed nothing was told, and nobody has a code."""
    case = house.submitted()
    house.decide(case, 2, "approve", by="李强")
    (order,) = [todo for todo in orders(house) if todo.seq == 3]

    def tell_and_break() -> None:
        with house.database.write() as connection:
            tell(house.office, connection, order)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tell_and_break()

    assert house.rows() == []
    with house.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(link)) == 0


# --- stand-ins


def test_stand_in_is_told_too_and_for_whom(house: House) -> None:
    stands_in(house, "赵敏", "李强")
    house.submitted()

    house.tell()

    assert house.told() == [("task", "李强"), ("task", "赵敏")]
    assert {name: content.absent for name, content in contents(house).items()} == {"李强": None, "赵敏": "李强"}


def test_stand_in_who_is_recused_is_not_told(house: House) -> None:
    """王芳 started the case: she may not approve it for the chair either."""
    stands_in(house, "王芳", "李强")
    house.submitted()

    house.tell()

    assert house.told() == [("task", "李强")]


def test_stand_in_of_another_kind_of_case_is_not_told(house: House) -> None:
    stands_in(house, "赵敏", "李强", definition="another")
    house.submitted()

    house.tell()

    assert house.told() == [("task", "李强")]


# --- of one event nobody is told twice


def test_return_brings_the_task_with_it(house: House) -> None:
    case = house.submitted()
    house.forget()
    house.decide(case, 2, "return", by="李强", opinion=OPINION)

    house.tell()

    assert house.told() == [("returned", "王芳")]
    told = contents(house)["王芳"]
    assert (told.task, told.reason, told.state) == (3, True, Label("镇街审核", "Township review"))
    assert OPINION not in (house.rows()[0]["body"] or "")


def test_end_is_told_once_to_each(house: House) -> None:
    case = house.submitted()
    house.decide(case, 2, "approve", by="李强")
    house.forget()
    link_answers(house, case, 3, "agree")

    house.tell()

    assert house.told() == [("ended", "link:mobile"), ("ended", "孙丽"), ("ended", "王芳")]


def test_what_was_changed_since_a_return_is_counted(house: House) -> None:
    case = house.submitted()
    house.decide(case, 2, "return", by="李强", opinion=OPINION)
    house.forget()
    house.decide(case, 3, "submit", by="王芳", data={"reason": "探望父母", "days": 3})

    house.tell()

    told = contents(house)["李强"]
    assert (told.changed, told.own_return) == (2, True)


# --- people without an account


def test_link_goes_to_the_mobile_in_the_form(house: House) -> None:
    case = house.submitted()
    house.decide(case, 2, "approve", by="李强")

    house.tell()

    (row,) = house.rows()
    assert (row["recipient"], row["channel"]) == ("link:mobile", "sms")
    assert MOBILE not in str(dict(row))
    code = from_body(row["body"]).code
    assert code is not None
    with house.database.read() as connection:
        found = find(connection, code, house.now)
    assert found is not None
    assert (found.case_id, found.task, found.holder) == (case, 3, "link:mobile")


def test_link_goes_to_the_mail_in_the_form(house: House) -> None:
    case = house.submitted()
    house.decide(case, 2, "ask_member", by="李强")

    house.tell()

    (row,) = house.rows()
    assert (row["recipient"], row["channel"]) == ("link:email", "mail")
    assert EMAIL not in str(dict(row))


def test_who_has_an_account_with_that_contact_is_told_as_himself(house: House) -> None:
    case = house.submitted(mobile="13900000002")
    house.decide(case, 2, "approve", by="李强")

    house.tell()

    assert house.told() == [("task", "周涛")]


# --- objectors


@pytest.mark.parametrize(("contact", "channel"), [(OBJECTOR, "mail"), ("13700000003", "sms")])
def test_objector_is_told_of_the_answer(contact: str, channel: str, house: House) -> None:
    case, task = objected(house, contact)
    house.forget()
    house.decide(case, task, "dismissed", by="赵敏", opinion=OPINION)

    house.tell()

    row = next(row for row in house.rows() if row["kind"] == "objection")
    assert (row["recipient"], row["channel"]) == (f"objection:{task}", channel)
    assert contact not in str(dict(row))
    told = from_body(row["body"])
    assert told.outcome is not None
    assert (told.outcome.zh, told.line, told.number) == ("不成立", "", None)


def test_objector_is_told_of_the_answer_that_ends_the_notice(house: House) -> None:
    case, task = objected(house, OBJECTOR)
    house.forget()
    house.decide(case, task, "upheld", by="赵敏", opinion=OPINION)

    house.tell()

    told = next(from_body(row["body"]) for row in house.rows() if row["kind"] == "objection")
    assert told.outcome is not None
    assert told.outcome.zh == "成立"


@pytest.mark.parametrize("contact", ["my neighbour knows", "a@b", "x@y.example\r\nBcc: all@union.example", None])
def test_objector_who_left_no_contact_cannot_be_told(contact: str | None, house: House) -> None:
    case, task = objected(house, contact)
    house.forget()
    house.decide(case, task, "dismissed", by="赵敏", opinion=OPINION)

    assert told_all(house)["unreachable"] == 1


def test_objector_whose_contact_was_erased_cannot_be_told(house: House) -> None:
    case, task = objected(house, OBJECTOR)
    house.forget()
    with house.database.write() as connection:
        connection.execute(disclosure.delete().where(disclosure.c.case_id == case))
    house.decide(case, task, "dismissed", by="赵敏", opinion=OPINION)

    assert told_all(house)["unreachable"] == 1


# --- the clock


def test_reminder_says_of_which_moment_it_is(house: House) -> None:
    house.submitted()
    house.forget()
    house.set_clock("2026-03-11 08:47")

    house.tell()

    (row,) = house.rows()
    assert (row["kind"], row["at"], row["joined"]) == ("reminder", at("2026-03-11 08:30"), None)
    told = from_body(row["body"])
    assert (told.due, told.escalates, told.late) == (at("2026-03-13 00:00"), at("2026-03-17 08:30"), True)


def test_escalation_is_told_to_those_who_get_it_too(house: House) -> None:
    house.submitted()
    house.set_clock("2026-03-13 08:30")
    house.forget()
    house.set_clock("2026-03-17 08:30")

    house.tell()

    assert ("escalation", "孙丽") in house.told()
    assert ("reminder", "李强") in house.told()


# --- operations


def test_operations_tell(house: House) -> None:
    case = house.submitted()
    house.forget()

    house.act(case, Operate(operation="urge"), by="王芳")
    house.act(case, Operate(operation="copy", person=house.people["赵敏"]), by="王芳")
    house.act(case, Operate(operation="delegate", task=2, person=house.people["周涛"]), by="李强")
    house.decide(case, 2, "approve", by="周涛")
    house.tell()

    assert house.told() == [("copied", "赵敏"), ("delegated", "李强"), ("task", "周涛"), ("urged", "李强")]


# --- rounds


def test_sitting_is_told_as_a_task_of_the_round(database: Database, tmp_path: Path) -> None:
    leader = ("周涛", "leader", "彭湖区总工会")
    house = a_house(database, tmp_path, posts=(*POSTS, leader), definition=SITTING.read_text())
    stands_in(house, "赵敏", "周涛")
    stands_in(house, "王芳", "周涛")  # who started the case, and is recused
    round_ = open_round(house.office, "list", actor=house.actor("孙丽")).round
    case = house.start("list", data={"name": "甲"})
    house.decide(case, 1, "submit", by="王芳")
    house.forget()
    act(house.office, UUID(round_.id), CallTogether(state="meeting"), actor=house.actor("孙丽"))

    house.tell()

    assert house.told() == [("task", "周涛"), ("task", "赵敏")]
    (mail,) = house.deliver()
    assert mail["Subject"] == "【阳光】请办理：2026，名单审批"
    assert f"https://yg.phqzgh.example/t/{round_.id}.1" in text_of(mail)
    assert "期限：3月16日 周一，剩 5 个工作日" in text_of(mail)


def test_sitting_tells_each_who_has_a_link_of_his_own_case(database: Database, tmp_path: Path) -> None:
    definition = (LANGUAGE / "sitting_tells" / "definition.yaml").read_text()
    house = a_house(database, tmp_path, definition=definition)
    round_ = open_round(house.office, "sitting_tells", actor=house.actor("孙丽")).round
    mobiles = {"张伟": "13800000001", "李娜": "13800000002"}
    cases = {}
    for name, mobile in mobiles.items():
        cases[name] = house.start("sitting_tells", data={"name": name, "mobile": mobile})
        house.decide(cases[name], 1, "submit", by="王芳")
    house.forget()
    act(house.office, UUID(round_.id), CallTogether(state="meeting"), actor=house.actor("孙丽"))

    house.tell()

    rows = [row for row in house.rows() if row["recipient"] == "link:mobile"]
    assert {row["case_id"] for row in rows} == set(cases.values())
    assert {row["channel"] for row in rows} == {"sms"}
    assert {from_body(row["body"]).line for row in rows} == set(mobiles)


# --- helpers of these tests


def orders(house: House, *, forced: bool = False) -> list[EffectToDo]:
    """What was ordered to be told, as `drain` hands it over."""
    with house.database.read() as connection:
        now = house.database.now(connection)
        rows = select(effect).where(effect.c.kind == "tell").order_by(effect.c.case_id, effect.c.seq, effect.c.no)
        if not forced:
            rows = rows.where(effect.c.next_at.is_not(None))
        found = connection.execute(rows).mappings().all()
    return [
        EffectToDo(
            case_id=row["case_id"],
            seq=row["seq"],
            number=row["no"],
            kind="tell",
            payload=msgspec.json.decode(row["payload"]),
            at=now,
        )
        for row in found
    ]


def told_all(house: House, *, forced: bool = False) -> Counted:
    """Tells what was ordered, each in its transaction, and counts."""
    counted: Counted = Counted()
    for todo in orders(house, forced=forced):
        with house.database.write() as connection:
            counted += enqueue_told(house.office, connection, todo)
    with house.database.write() as connection:
        connection.execute(update(effect).where(effect.c.kind == "tell").values(next_at=None))
    return counted


def contents(house: House) -> dict[str, Content]:
    names = {f"person:{key}": name for name, key in house.people.items()}
    return {names[row["recipient"]]: from_body(row["body"]) for row in house.rows()}


def stands_in(house: House, person: str, absent: str, **more: Any) -> None:
    delegate(
        house.database,
        from_person=house.people[absent],
        to_person=house.people[person],
        begins=house.now - MINUTE,
        ends=at("2026-04-01 00:00"),
        **more,
    )


def link_answers(house: House, case: UUID, task: int, trigger: str) -> None:
    act(house.office, case, Decide(task=task, trigger=trigger), actor=Actor(link="link:mobile"))


def objected(house: House, contact: str | None) -> tuple[UUID, int]:
    """A case under notice with an objection; its task."""
    case = house.submitted()
    house.decide(case, 2, "publish", by="李强")
    act(house.office, case, Object(text=OBJECTION, contact=contact), actor=PUBLIC_ACTOR)
    return case, 3
