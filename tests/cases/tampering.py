"""Each way to tamper with a federation that has a case of every kind, and what `verify` says of it."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from tests.cases.furnished import Furnished
from workflow.cases.tables import (
    ballot,
    cases,
    definition_version,
    disclosure,
    effect,
    envelope,
    event,
    inbox,
    notice,
    number,
    once,
    poll,
    round_case,
    visible,
    voter,
    wake,
)
from workflow.engine.subject import Case, Round
from workflow.store.chain import event_hash, first_previous
from workflow.store.metadata import metadata

# --- events

Tampering = Callable[[Connection, Furnished], object]


def events_of(connection: Connection, case: Case | Round) -> Sequence[RowMapping]:
    rows = select(event).where(event.c.case_id == UUID(case.id)).order_by(event.c.seq)
    return connection.execute(rows).mappings().all()


def at(case: Case | Round, seq: int) -> Any:
    return (event.c.case_id == UUID(case.id)) & (event.c.seq == seq)


def of(table: Any, case: Case | Round) -> Any:
    return table.c.case_id == UUID(case.id)


def body_changed(c: Connection, f: Furnished) -> None:
    body = events_of(c, f.granted)[2]["body"].replace("approve", "approvE")
    c.execute(update(event).where(at(f.granted, 3)).values(body=body))


def body_and_hash_changed(c: Connection, f: Furnished) -> None:
    rows = events_of(c, f.granted)
    body = rows[2]["body"].replace("approve", "approvE")
    hashed = event_hash(bytes(rows[1]["hash"]), body.encode())
    c.execute(update(event).where(at(f.granted, 3)).values(body=body, hash=hashed))


def whole_chain_forged(c: Connection, f: Furnished) -> None:
    """Every hash reckoned anew from there on, the head too; but the case is still what it was."""
    previous = first_previous(UUID(f.granted.id))
    for row in events_of(c, f.granted):
        body = row["body"]
        if row["seq"] == 3:
            body = body.replace('"state":"signing"', '"state":"waiting"')
        previous = event_hash(previous, body.encode())
        c.execute(update(event).where(at(f.granted, row["seq"])).values(body=body, hash=previous))
    c.execute(update(cases).where(cases.c.id == UUID(f.granted.id)).values(head=previous))


def deleted(c: Connection, f: Furnished) -> None:
    c.execute(delete(event).where(at(f.granted, 2)))


def last_deleted(c: Connection, f: Furnished) -> None:
    c.execute(delete(event).where(at(f.granted, 5)))


def swapped(c: Connection, f: Furnished) -> None:
    rows = events_of(c, f.granted)
    for seq, other in ((3, rows[3]), (4, rows[2])):
        c.execute(update(event).where(at(f.granted, seq)).values(body=other["body"]))


def of_another_case(c: Connection, f: Furnished) -> None:
    other = events_of(c, f.in_review)[1]
    c.execute(update(event).where(at(f.granted, 2)).values(body=other["body"]))


def inserted(c: Connection, f: Furnished) -> None:
    last = events_of(c, f.granted)[-1]
    body = last["body"].replace('"seq":5', '"seq":6')
    hashed = event_hash(bytes(last["hash"]), body.encode())
    c.execute(insert(event).values(**(dict(last) | {"seq": 6, "request": bytes(16), "body": body, "hash": hashed})))


def inserted_and_counted(c: Connection, f: Furnished) -> None:
    """A decision that nobody took, the row moved on with it."""
    inserted(c, f)
    hashed = events_of(c, f.granted)[-1]["hash"]
    c.execute(update(cases).where(cases.c.id == UUID(f.granted.id)).values(seq=6, head=hashed))


def back_dated(c: Connection, f: Furnished) -> None:
    earlier = events_of(c, f.granted)[0]["at"]
    c.execute(update(event).where(at(f.granted, 3)).values(at=earlier))


def by_another(c: Connection, f: Furnished) -> None:
    c.execute(update(event).where(at(f.granted, 3)).values(actor=f.federation.people["外人"]))


def value_changed(c: Connection, f: Furnished) -> None:
    kept = c.scalar(select(disclosure.c["values"]).where(of(disclosure, f.granted), disclosure.c.seq == 1))
    changed = str(kept).replace("张伟", "李伟")
    c.execute(update(disclosure).where(of(disclosure, f.granted), disclosure.c.seq == 1).values({"values": changed}))


def salt_changed(c: Connection, f: Furnished) -> None:
    rows = msgspec.json.decode(
        c.scalar(select(disclosure.c["values"]).where(of(disclosure, f.granted), disclosure.c.seq == 1)) or "[]"
    )
    rows[0][1] = "00" * 16
    text = msgspec.json.encode(rows).decode()
    c.execute(update(disclosure).where(of(disclosure, f.granted), disclosure.c.seq == 1).values({"values": text}))


def without_its_case(c: Connection, f: Furnished) -> None:
    c.execute(delete(cases).where(cases.c.id == UUID(f.in_review.id)))


def gone_with_everything(c: Connection, f: Furnished) -> None:
    for table in metadata.sorted_tables:
        if "case_id" in table.c:
            c.execute(delete(table).where(table.c.case_id == UUID(f.in_review.id)))
    c.execute(delete(cases).where(cases.c.id == UUID(f.in_review.id)))


# --- the row


def row_of(c: Connection, case: Case | Round, **values: Any) -> None:
    c.execute(update(cases).where(cases.c.id == UUID(case.id)).values(**values))


def state_changed(c: Connection, f: Furnished) -> None:
    row_of(c, f.in_review, state="granted")


def open_work_changed(c: Connection, f: Furnished) -> None:
    text = str(c.scalar(select(cases.c.open).where(cases.c.id == UUID(f.in_review.id))))
    mine = f.federation.people["外人"]
    row_of(c, f.in_review, open=text.replace('"holders":[', f'"holders":[{mine},'))


def data_changed(c: Connection, f: Furnished) -> None:
    row_of(c, f.granted, data='{"amount":9999900}')


def unit_changed(c: Connection, f: Furnished) -> None:
    row_of(c, f.in_review, unit=f.federation.places["纺织"])


def number_changed(c: Connection, f: Furnished) -> None:
    row_of(c, f.in_review, number="HA-2026-0099")


def round_closed(c: Connection, f: Furnished) -> None:
    row_of(c, f.round, state="over")


# --- versions


def version_changed(c: Connection, f: Furnished) -> None:
    aid = definition_version.c.key == "aid"
    text = str(c.scalar(select(definition_version.c.text).where(aid)))
    c.execute(update(definition_version).where(aid).values(text=text.replace("decide: all", "decide: any")))


def version_exchanged(c: Connection, f: Furnished) -> None:
    """The digest as well, so that it fits."""
    version_changed(c, f)
    aid = definition_version.c.key == "aid"
    text = str(c.scalar(select(definition_version.c.text).where(aid)))
    c.execute(update(definition_version).where(aid).values(sha256=sha256(text.encode()).digest()))


def version_deleted(c: Connection, f: Furnished) -> None:
    c.execute(delete(definition_version).where(definition_version.c.key == "selection"))


# --- ballots


def envelope_changed(c: Connection, f: Furnished) -> None:
    sealed = bytes(c.scalars(select(envelope.c.sealed).where(of(envelope, f.voting))).first() or b"")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    c.execute(update(envelope).where(envelope.c.sealed == sealed).values(sealed=changed))


def envelope_given_to_another(c: Connection, f: Furnished) -> None:
    """A vote that somebody did cast, in the name of one who has not."""
    first, other = str(f.federation.people["专家甲"]), str(f.federation.people["专家丙"])
    c.execute(update(envelope).where(of(envelope, f.voting), envelope.c.person == first).values(person=other))


def envelope_put_in(c: Connection, f: Furnished) -> None:
    row = dict(c.execute(select(envelope).where(of(envelope, f.voting))).mappings().first() or {})
    c.execute(insert(envelope).values(**(row | {"person": "999"})))


def key_kept(c: Connection, f: Furnished) -> None:
    c.execute(update(poll).where(of(poll, f.voted)).values(secret=b"the key"))


def ballot_changed(c: Connection, f: Furnished) -> None:
    c.execute(update(ballot).where(ballot.c.choice.contains("no")).values(choice='{"choice":"yes"}'))


def ballot_deleted(c: Connection, f: Furnished) -> None:
    c.execute(delete(ballot).where(ballot.c.choice.contains("no")))


def ballot_added(c: Connection, f: Furnished) -> None:
    row = dict(c.execute(select(ballot)).mappings().first() or {})
    c.execute(insert(ballot).values(**(row | {"nonce": bytes(16)})))


def voter_added(c: Connection, f: Furnished) -> None:
    row = dict(c.execute(select(voter).where(of(voter, f.voting))).mappings().first() or {})
    c.execute(insert(voter).values(**(row | {"person": "999"})))


def voter_marked(c: Connection, f: Furnished) -> None:
    c.execute(update(voter).where(of(voter, f.voted)).values(voted=False))


# --- what stands beside a case


def task_hidden(c: Connection, f: Furnished) -> None:
    c.execute(delete(inbox).where(of(inbox, f.in_review)))


def task_of_a_stranger(c: Connection, f: Furnished) -> None:
    c.execute(update(inbox).where(of(inbox, f.in_review)).values(principal=f.federation.people["外人"]))


def deadline_moved(c: Connection, f: Furnished) -> None:
    c.execute(update(inbox).where(of(inbox, f.in_review)).values(due_at=inbox.c.opened_at))


def never_woken(c: Connection, f: Furnished) -> None:
    c.execute(delete(wake).where(of(wake, f.in_review)))


def woken_late(c: Connection, f: Furnished) -> None:
    later = events_of(c, f.granted)[0]["at"].replace(year=2099)
    c.execute(update(wake).where(of(wake, f.in_review)).values(due_at=later))


def not_listed(c: Connection, f: Furnished) -> None:
    mine = visible.c.principal == f.federation.people["王芳"]
    c.execute(delete(visible).where(of(visible, f.in_review), mine))


def order_deleted(c: Connection, f: Furnished) -> None:
    c.execute(delete(effect).where(of(effect, f.granted), effect.c.kind == "benefit"))


def order_changed(c: Connection, f: Furnished) -> None:
    """The money goes to somebody else."""
    benefit = of(effect, f.granted) & (effect.c.kind == "benefit")
    payload = str(c.scalar(select(effect.c.payload).where(benefit)))
    mine = f.federation.people["外人"]
    c.execute(update(effect).where(benefit).values(payload=payload.replace('"link:mobile"', str(mine))))


def order_added(c: Connection, f: Furnished) -> None:
    row = dict(c.execute(select(effect).where(of(effect, f.granted))).mappings().first() or {})
    c.execute(insert(effect).values(**(row | {"no": 99})))


def known_otherwise(c: Connection, f: Furnished) -> None:
    facts = str(c.scalar(select(round_case.c.facts).where(of(round_case, f.listed))))
    head = facts.replace('"head":false', '"head":true')
    assert head != facts
    c.execute(update(round_case).where(of(round_case, f.listed)).values(facts=head))


def notice_shortened(c: Connection, f: Furnished) -> None:
    c.execute(update(notice).where(of(notice, f.published)).values(ends=notice.c.begins))


def notice_taken_down(c: Connection, f: Furnished) -> None:
    c.execute(update(notice).where(of(notice, f.published)).values(ended_at=notice.c.begins))


def values_freed(c: Connection, f: Furnished) -> None:
    c.execute(delete(once).where(of(once, f.granted)))


def number_taken(c: Connection, f: Furnished) -> None:
    c.execute(update(number).where(number.c.key.startswith("aid")).values(n=number.c.n + 1))


FOUND: dict[Tampering, tuple[str, ...]] = {
    body_changed: ("the chain breaks at event 3",),
    body_and_hash_changed: ("the chain breaks at event 4",),
    whole_chain_forged: ("the stored case is not the fold of its events", "what is to be done after it"),
    deleted: ("event 2 is missing",),
    last_deleted: ("4 events, but version 5",),
    swapped: ("the chain breaks at event 3",),
    of_another_case: ("the chain breaks at event 2",),
    inserted: ("6 events, but version 5",),
    inserted_and_counted: ("the stored case is not the fold of its events", "what is to be done after it"),
    back_dated: ("the row of event 3 says another time or actor",),
    by_another: ("the row of event 3 says another time or actor",),
    value_changed: ("a value of event 1 does not fit its digest",),
    salt_changed: ("a value of event 1 does not fit its digest",),
    without_its_case: ("there are events of it, but no such case", "numbers “aid 2026”: 5 were given, 4 cases"),
    gone_with_everything: ("numbers “aid 2026”: 5 were given, 4 cases",),
    state_changed: ("columns of its row say otherwise than its events: state",),
    open_work_changed: ("the stored case is not the fold of its events: entry",),
    data_changed: ("the stored case is not the fold of its events: data",),
    unit_changed: ("columns of its row say otherwise than its events: unit",),
    number_changed: ("the stored case is not the fold of its events: number", "columns of its row"),
    round_closed: ("columns of its row say otherwise than its events: state",),
    version_changed: ("version 1 of “aid” is not what was published",),
    version_exchanged: ("its definition is another than that with which it began",) * 5,
    version_deleted: ("its definition is another than that with which it began",) * 2,
    envelope_changed: ("an envelope is not as it was sealed",),
    envelope_given_to_another: ("its inbox rows are not those", "an envelope is not as it was sealed"),
    envelope_put_in: ("there is an envelope of somebody who has no vote", "an envelope is not as it was sealed"),
    key_kept: ("it is closed, but envelopes or the key are still there",),
    ballot_changed: ("its ballots are not those that were counted",),
    ballot_deleted: ("2 ballots of 3 voters", "its ballots are not those that were counted"),
    ballot_added: ("4 ballots of 3 voters", "its ballots are not those that were counted"),
    voter_added: ("its voters are others than at its opening",),
    voter_marked: ("3 ballots of 0 voters",),
    task_hidden: ("its inbox rows are not those of its open tasks",),
    task_of_a_stranger: ("its inbox rows are not those of its open tasks",),
    deadline_moved: ("its inbox rows are not those of its open tasks",),
    never_woken: ("its wake is not that of its earliest timer",),
    woken_late: ("its wake is not that of its earliest timer",),
    not_listed: ("somebody who may read it cannot find it in his list",),
    order_deleted: ("what is to be done after it is not what its events ordered",),
    order_changed: ("what is to be done after it is not what its events ordered",),
    order_added: ("what is to be done after it is not what its events ordered",),
    known_otherwise: ("its round knows it otherwise than it is",),
    notice_shortened: ("its notice is published with other dates",),
    notice_taken_down: ("the notices that run are not its own",),
    values_freed: ("the values that only it may have are not kept for it",),
    number_taken: ("numbers “aid 2026”: 6 were given, 5 cases",),
}
