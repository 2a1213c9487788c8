"""What else is written when a case changes: inbox, right to read, wake, effects, the round's view, what the public sees."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from workflow.cases.entries import entries_of, timers_of
from workflow.cases.history import plain
from workflow.cases.rows import Write
from workflow.cases.tables import copied, effect, inbox, incident, notice, objection, round_case, search, visible, wake
from workflow.cases.words import words_of
from workflow.definition.form import mask, shown
from workflow.definition.model import Ballot, Definition, Notice
from workflow.engine import changes as c
from workflow.engine.context import Context
from workflow.engine.directory import Principal
from workflow.engine.facts import case_facts
from workflow.engine.names import name_of
from workflow.engine.permit import ADMINISTRATOR
from workflow.engine.sight import named_in
from workflow.engine.subject import Case, Entry, Holder, Subject, Task
from workflow.engine.who import Asking, resolve
from workflow.store.metadata import NEVER

#: Rooms that follow a step; the pure step knows no database.
_ORDERED = (c.Told, c.Effect, c.LateObjection, c.Arrived)


def projections(
    definition: Definition,
    before: Subject | None,
    after: Subject,
    changes: Sequence[c.Change],
    context: Context,
    seq: int,
) -> list[Write]:
    """Every row beside the case's own, its event and its disclosure."""
    writes = [
        *_inbox(definition, before, after),
        *_visible(definition, before, after, context),
        *_wake(before, after),
        *_incidents(before, after, context.now),
        *_effects(changes, seq, context.clock or context.now),
    ]
    if isinstance(after, Case):
        writes += _copied(before, after, context.clock or context.now)
        writes += _round_case(definition, before, after)
        writes += _notice(definition, before, after, context)
        writes += _objections(after, changes, context, seq)
        writes += _search(before, after, context)
    return [write for write in writes if write.rows]


# --- inbox


def _inbox(definition: Definition, before: Subject | None, after: Subject) -> Iterator[Write]:
    old = inbox_rows(definition, before) if before else {}
    new = inbox_rows(definition, after)
    gone = [{"task": task, "principal": who} for task, who in old if (task, who) not in new]
    come = [
        {
            "task": task,
            "principal": who,
            "due_at": due,
            "opened_at": opened,
            "definition": after.definition,
            "unit": after.unit,
        }
        for (task, who), (due, opened) in new.items()
        if old.get((task, who)) != (due, opened)
    ]
    yield Write(inbox, "delete", gone)
    yield Write(inbox, "upsert", come)


def inbox_rows(definition: Definition, subject: Subject) -> dict[tuple[int, Principal], tuple[datetime, datetime]]:
    """By task and principal: the deadline, and since when it is open."""
    rows: dict[tuple[int, Principal], tuple[datetime, datetime]] = {}
    if subject.suspended is not None:
        return rows
    for entry in entries_of(subject):
        for task in entry.tasks:
            for holder in acting(definition, entry, task):
                if isinstance(holder, int):
                    rows[task.id, holder] = (task.due or NEVER, task.opened_at)
    return rows


def acting(definition: Definition, entry: Entry, task: Task) -> tuple[Holder, ...]:
    """For whom a task is to be done now: not while it rests, not for who has voted, not for others once it is claimed."""
    if task.resting or task.decided is not None:
        return ()
    if task.delegate is not None and task.proposed is None:
        return (task.delegate,)
    if task.claimed_by is not None:
        return (task.claimed_by,)
    if task.kind == "ballot" and entry.ballot is not None:
        rules = definition.states[entry.state].activity
        again = isinstance(rules, Ballot) and rules.changeable
        return tuple(holder for holder in task.everyone if again or holder not in entry.ballot.voted)
    return task.everyone


# --- right to read


def _visible(definition: Definition, before: Subject | None, after: Subject, context: Context) -> Iterator[Write]:
    """Rows are added, never taken away: who held a task may read the case for good."""
    old = set(readers(before)) if before else set()
    new = set(readers(after)) - old
    if before is None or before.unit != after.unit:
        new |= set(standing_readers(definition, after, context))
    started = after.started_at if isinstance(after, Case) else after.opened_at
    rows = [{"principal": who, "opened_at": started, "definition": after.definition} for who in sorted(new)]
    yield Write(visible, "ignore", rows)


def readers(subject: Subject) -> Iterator[Principal]:
    """Who may read it because he stands in it."""
    if isinstance(subject, Case):
        yield from (holder for holder in named_in(subject) if isinstance(holder, int))
        return
    if subject.opened_by is not None:
        yield subject.opened_by
    for sitting in subject.sittings:
        for task in sitting.entry.tasks:
            yield from (holder for holder in task.everyone if isinstance(holder, int))


def standing_readers(definition: Definition, subject: Subject, context: Context) -> Iterator[Principal]:
    """Whom `see` names, as posts or persons, and the administrators of the branch."""
    directory = context.directory
    for organisation in directory.climb(subject.unit):
        post = directory.post(ADMINISTRATOR, organisation.id)
        if post is not None:
            yield post.id
    cases = (subject,) if isinstance(subject, Case) else ()
    asked = Asking(definition=definition, context=context, unit=subject.unit, cases=cases)
    rules = definition.round
    group = definition.see if isinstance(subject, Case) else (*definition.see, *(rules.opens_by if rules else ()))
    yield from (holder for holder in resolve(group, asked).holders if isinstance(holder, int))


def _copied(before: Subject | None, after: Case, now: datetime) -> Iterator[Write]:
    old = before.copied if isinstance(before, Case) else ()
    yield Write(copied, "ignore", [{"person": who, "at": now} for who in after.copied if who not in old])


# --- time, and what follows


def _wake(before: Subject | None, after: Subject) -> Iterator[Write]:
    old, new = (earliest(before) if before else None), earliest(after)
    if old == new:
        return
    if new is None:
        yield Write(wake, "delete", [{}] if before else [])
    else:
        yield Write(wake, "upsert", [{"due_at": new, "lease_until": None, "failures": 0}])


def earliest(subject: Subject) -> datetime | None:
    """When the subject wants to be woken; never while it is suspended."""
    return min((timer.at for timer in timers_of(subject)), default=None)


def _effects(changes: Sequence[c.Change], seq: int, now: datetime) -> Iterator[Write]:
    yield Write(effect, "insert", [{**row, "next_at": now, "attempts": 0} for row in ordered_rows(changes, seq)])


def ordered_rows(changes: Sequence[c.Change], seq: int) -> Iterator[dict[str, Any]]:
    """What an event orders to be done after it."""
    for number, change in enumerate(changes):
        if isinstance(change, _ORDERED):
            kind = change.kind if isinstance(change, c.Effect) else _kind_of(change)
            payload = plain(change.arguments if isinstance(change, c.Effect) else change)
            yield {"seq": seq, "no": number, "kind": kind, "payload": msgspec.json.encode(payload).decode()}


def _kind_of(change: c.Change) -> str:
    if isinstance(change, c.Told):
        return "tell"
    return "gather" if isinstance(change, c.Arrived) else "late_objection"


def _incidents(before: Subject | None, after: Subject, now: datetime) -> Iterator[Write]:
    old = {found.number: found for found in before.incidents} if before else {}
    new = {found.number: found for found in after.incidents}
    rows = [
        {
            "no": found.number,
            "code": found.code,
            "facts": msgspec.json.encode({"zh": found.zh, "en": found.en, "trigger": found.trigger}).decode(),
            "at": found.at,
            "ended_at": None,
        }
        for number, found in new.items()
        if old.get(number) != found
    ]
    yield Write(incident, "upsert", rows)
    gone = [old[number] for number in old if number not in new]
    yield Write(
        incident,
        "upsert",
        [{"no": found.number, "code": found.code, "facts": "{}", "at": found.at, "ended_at": now} for found in gone],
    )


# --- the round's view


def _round_case(definition: Definition, before: Subject | None, after: Case) -> Iterator[Write]:
    if after.round is None:
        return
    facts = case_facts(definition, after)
    if isinstance(before, Case) and msgspec.structs.replace(
        case_facts(definition, before), seq=0
    ) == msgspec.structs.replace(facts, seq=0):
        return
    row = {"round_id": after.round, "state": after.state, "facts": msgspec.json.encode(facts).decode()}
    yield Write(round_case, "upsert", [row])


# --- what the public sees


def _notice(definition: Definition, before: Subject | None, after: Case, context: Context) -> Iterator[Write]:
    """The publication that runs, and the end of one that does not run any more."""
    old, new = (before.entry if isinstance(before, Case) else None), after.entry
    ran = old is not None and old.notice is not None
    same = ran and new is not None and old is not None and new.number == old.number
    if ran and not same and old is not None:
        yield Write(notice, "upsert", [{**_notice_row(definition, after, old, context), "ended_at": context.now}])
    if new is not None and new.notice is not None and not (same and old is not None and old.notice == new.notice):
        yield Write(notice, "upsert", [{**_notice_row(definition, after, new, context), "ended_at": None}])


def _notice_row(definition: Definition, case: Case, entry: Entry, context: Context) -> dict[str, Any]:
    rules = definition.states[entry.state].activity
    assert isinstance(rules, Notice)
    assert entry.notice is not None
    return {
        "entry": entry.number,
        "round_id": case.round,
        "state": entry.state,
        "where": "public" if "public" in rules.where else "unit",
        "shown": msgspec.json.encode(published(definition, rules, case, context)).decode(),
        "begins": entry.notice.begins,
        "ends": entry.notice.ends,
        "held": entry.notice.held_since,
    }


def published(definition: Definition, rules: Notice, case: Case, context: Context) -> list[dict[str, Any]]:
    """The fields that are published, personal ones masked."""
    found: list[dict[str, Any]] = []
    for name in rules.show:
        if name == "unit":
            found.append(
                {"name": "unit", "label": {"zh": "单位", "en": "Unit"}, "value": context.directory.name_of(case.unit)}
            )
            continue
        if name == "concerned":
            person = {"name": name, "label": {"zh": "当事人", "en": "Person concerned"}}
            found.append({**person, "value": name_of(case.concerned, definition, case, context.directory)})
            continue
        field = definition.fields.get(name)
        if field is None:
            continue
        kept = case.data.get(name, field.constant)
        value = mask(field, kept) if field.private else shown(field, kept)
        label = {"zh": field.label.zh, "en": field.label.en}
        entry: dict[str, Any] = {"name": name, "label": label, "value": value}
        if isinstance(kept, str) and kept in field.options:
            entry["option"] = {"zh": field.options[kept].zh, "en": field.options[kept].en}
        found.append(entry)
    return found


def _objections(after: Case, changes: Sequence[c.Change], context: Context, seq: int) -> Iterator[Write]:
    """Those of the notice by their number; a late one, which has a case of its own, by its event, below zero."""
    entry = after.entry.number if after.entry else 0
    moved = sum(isinstance(change, c.Entered) for change in changes)
    taken = [change for change in changes if isinstance(change, c.ObjectionTaken)]
    rows: list[dict[str, Any]] = [
        {
            "no": change.objection.number,
            "receipt": bytes.fromhex(change.receipt or ""),
            "notice": entry - moved,
            "at": change.objection.at,
            "state": change.objection.state,
        }
        for change in taken
        if change.receipt
    ]
    rows += [
        {"no": -seq, "receipt": bytes.fromhex(change.receipt), "notice": 0, "at": context.now, "state": "late"}
        for change in changes
        if isinstance(change, c.LateObjection) and change.receipt
    ]
    yield Write(objection, "insert", rows)
    answered = [change.objection for change in changes if isinstance(change, c.ObjectionAnswered)]
    yield Write(objection, "update", [{"no": found.number, "state": found.state} for found in answered])


def _search(before: Subject | None, after: Case, context: Context) -> Iterator[Write]:
    old = before if isinstance(before, Case) else None
    if old is not None and (old.number, old.subject, old.unit) == (after.number, after.subject, after.unit):
        return
    known = _words(old, context) if old else ()
    words = _words(after, context)
    yield Write(search, "delete", [{"word": word} for word in known if word not in words])
    yield Write(search, "ignore", [{"word": word} for word in words if word not in known])


def _words(case: Case, context: Context) -> tuple[str, ...]:
    return words_of(case.number, case.subject, context.directory.name_of(case.unit))
