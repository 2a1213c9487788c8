"""Beginning cases and opening rounds: each with an id that its request gives, so that a repeat meets its own row."""

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace as altered
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.calendar import day_of
from workflow.cases.acting import Outcome, fingerprint_of, request_of
from workflow.cases.contexts import context_of
from workflow.cases.desk import Desk, stored_events, transaction
from workflow.cases.facts import case_before, facts_for, round_facts
from workflow.cases.history import folded
from workflow.cases.office import Office
from workflow.cases.once import number_of_first, numbers_of_first
from workflow.cases.reading import load
from workflow.cases.storing import Stored, store
from workflow.cases.tables import cases, event, number
from workflow.cases.versions import Version
from workflow.definition.model import Definition
from workflow.engine import changes as c
from workflow.engine.commands import OpenRound, Start
from workflow.engine.context import Actor, Context, Fact, Missing, RoundView, SeededLot
from workflow.engine.directory import Principal
from workflow.engine.once import OnceKey, once_values
from workflow.engine.permit import may_start
from workflow.engine.rounds.step import step_round
from workflow.engine.sight import may_see_round
from workflow.engine.step import Step, step
from workflow.engine.subject import Case, Holder, Round
from workflow.errors import Busy, InvalidData, KeyReused, NotFound, Problem, Twice, WorkflowError
from workflow.store.failures import violated
from workflow.text import sentence

#: Ids that follow from what they are for.
NAMESPACE = UUID("6f1c4a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c")
#: What a beginning case is looked up for, when its step asks.
_LOOKED_UP: frozenset[Fact] = frozenset({"figures", "facts", "previous"})
_TRIES = 3
_SEQUENCE = re.compile(r"\{seq(?::0?(\d))?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case to begin. `given` are values that the service hands over, whatever the first state may edit."""

    definition: str
    unit: Principal | None = None
    round_id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    starter: Holder | None = None
    concerned: Holder | None = None
    parent: str | None = None
    id: UUID | None = None  #: where it follows from what the case is for


def start_case(office: Office, new: NewCase, *, actor: Actor, key: str | None = None) -> Outcome:
    """Begins a case of the newest version, or of its round's. Raises what refuses it; with a key, once."""
    derived = uuid5(NAMESPACE, request_of(actor, key).hex()) if key is not None else new_uuid()
    command, mark = _command(new, new.id or derived)
    try:
        with transaction(office) as desk:
            return _start(desk, new, command, actor, request_of(actor, key or "start"), mark)
    except Exception as error:
        said = violated(error)
        if said is None:
            raise
        if "once" in said:
            raise Twice(number=_first_number(office, new, command, actor)) from error
        raise Busy from error


def start_cases(
    office: Office,
    news: Sequence[NewCase],
    *,
    actor: Actor,
    record: Callable[[Connection, Sequence[Outcome | WorkflowError]], None] | None = None,
) -> list[Outcome | WorkflowError]:
    """Begins many cases of one definition and round in one transaction, each once by the id that it was given.

    What refuses one is its answer, and hinders no other; the figures of the round are those from before them all.
    `record` writes what is to be kept together with them. Raises Busy where others begin the same at the same time.
    """
    last = Busy()
    for _ in range(_TRIES):
        try:
            with transaction(office) as desk:
                answers = _start_all(desk, news, actor)
                if record is not None:
                    record(desk.connection_or_fail, answers)
                return answers
        except Busy as busy:  # somebody was first: what he began is seen the next time
            last = busy
        except Exception as error:
            if violated(error) is None:
                raise
    raise last


def open_round(
    office: Office,
    definition: str,
    *,
    actor: Actor,
    unit: Principal | None = None,
    data: Mapping[str, Any] | None = None,
    nominal: str | None = None,
    key: str | None = None,
) -> Outcome:
    """Opens a round of the newest version; without a unit, at the one organisation where the actor may."""
    new_id = uuid5(NAMESPACE, request_of(actor, key).hex()) if key is not None else new_uuid()
    request = request_of(actor, key or "open")
    with transaction(office) as desk:
        version = office.versions.newest(desk.connection_or_fail, definition)
        context = _context(desk, actor, version, new_id)
        owner = unit if unit is not None else _owner(version.definition, context)
        command = OpenRound(id=str(new_id), unit=owner, data=dict(data or {}), nominal=nominal)
        mark = fingerprint_of(replace(command, id=definition))
        there = _there_already(desk, new_id, mark)
        if there is not None:
            return there
        done = step_round(version.definition, None, command, context)
        stored = store(
            desk,
            Stored(
                version=version,
                before=None,
                after=done.subject,
                changes=done.changes,
                authority=done.authority,
                command=command,
                context=context,
                actor=actor,
                request=request,
                fingerprint=mark,
                head=b"",
            ),
        )
        if stored is None:
            raise Busy
        return Outcome(subject=stored.subject, version=version, head=stored.head, changes=done.changes)


def new_uuid() -> UUID:
    """Version 7: in the order of time, so that an index grows at its end."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def _command(new: NewCase, new_id: UUID) -> tuple[Start, bytes]:
    """The command, and its fingerprint, by which a repeat is known whatever id it would have given."""
    command = Start(
        id=str(new_id),
        unit=new.unit,
        data=dict(new.data),
        given=dict(new.given),
        starter=new.starter,
        concerned=new.concerned,
        parent=new.parent,
    )
    return command, fingerprint_of(replace(command, id=f"{new.definition}/{new.round_id}"))


def _start(desk: Desk, new: NewCase, command: Start, actor: Actor, request: bytes, mark: bytes) -> Outcome:
    new_id = UUID(command.id)
    version, view = _version_and_round(desk, new.definition, new.round_id)
    there = _there_already(desk, new_id, mark)
    if there is not None:
        return there
    context = _context_of_start(desk, actor, version, view, new_id)
    context, done = _begin(desk, version, command, context)
    (numbered,) = _numbers(desk, version.definition, context, 1)
    return _store(desk, _Begun(version, command, context, done, mark), request, numbered)


def _start_all(desk: Desk, news: Sequence[NewCase], actor: Actor) -> list[Outcome | WorkflowError]:
    """Every step first, as they are pure; then the numbers as one block; then they are stored one after another."""
    if not news:
        return []
    version, view = _version_and_round(desk, news[0].definition, news[0].round_id)
    context = _context_of_start(desk, actor, version, view, news[0].id or new_uuid())
    there = set(desk.connection_or_fail.scalars(select(cases.c.id).where(cases.c.id.in_([new.id for new in news]))))
    answers: list[_Begun | Outcome | WorkflowError] = [
        _begun(desk, version, new, context, there=new.id in there) for new in news
    ]
    begun = _without_twice(desk, version.definition, answers)
    numbers = _numbers(desk, version.definition, context, len(begun))
    request = request_of(actor, "start")
    for place, numbered in zip(begun, numbers, strict=True):
        found = answers[place]
        assert isinstance(found, _Begun)
        answers[place] = _store(desk, found, request, numbered)
    return [answer for answer in answers if not isinstance(answer, _Begun)]


@dataclass(frozen=True, slots=True)
class _Begun:
    """A first step that is still to be stored."""

    version: Version
    command: Start
    context: Context
    done: Step
    mark: bytes


def _begun(
    desk: Desk, version: Version, new: NewCase, context: Context, *, there: bool
) -> _Begun | Outcome | WorkflowError:
    command, mark = _command(new, new.id or new_uuid())
    try:
        before = _there_already(desk, UUID(command.id), mark) if there else None
        if before is not None:
            return before
        context, done = _begin(desk, version, command, replace(context, lot=SeededLot(command.id)))
    except WorkflowError as error:
        return error
    return _Begun(version, command, context, done, mark)


def _without_twice(desk: Desk, definition: Definition, answers: list[_Begun | Outcome | WorkflowError]) -> list[int]:
    """The places of those to be stored; the others, whose values a case has that was first, are answered so."""
    begun = {place: answer.done.subject for place, answer in enumerate(answers) if isinstance(answer, _Begun)}
    held = numbers_of_first(desk.connection_or_fail, definition, list(begun.values()), desk.office.secrets)
    seen: set[OnceKey] = set()
    for place, case in list(begun.items()):
        values = once_values(definition, case)
        if case.id in held or values in seen:
            answers[place] = Twice(number=held.get(case.id, "–"))
            del begun[place]
        elif values is not None:
            seen.add(values)
    return list(begun)


def _begin(desk: Desk, version: Version, command: Start, context: Context) -> tuple[Context, Step]:
    """The first step; what it wants to know beside is looked up when it asks."""
    while True:
        try:
            return context, step(version.definition, None, command, context)
        except Missing as missing:
            context = _with_fact(desk, context, version, command, missing.fact)


def _store(desk: Desk, begun: _Begun, request: bytes, numbered: str | None) -> Outcome:
    done = begun.done
    changes = tuple(
        altered(change, number=numbered) if isinstance(change, c.Started) else change for change in done.changes
    )
    stored = store(
        desk,
        Stored(
            version=begun.version,
            before=None,
            after=altered(done.subject, number=numbered),
            changes=changes,
            authority=done.authority,
            command=begun.command,
            context=begun.context,
            actor=begun.context.actor,
            request=request,
            fingerprint=begun.mark,
            head=b"",
        ),
    )
    if stored is None:
        raise Busy
    return Outcome(subject=stored.subject, version=begun.version, head=stored.head, changes=changes)


def _version_and_round(desk: Desk, definition: str, round_id: UUID | None) -> tuple[Version, RoundView | None]:
    """A round keeps its version for all its cases."""
    connection, office = desk.connection_or_fail, desk.office
    if round_id is None:
        version = office.versions.newest(connection, definition)
        if version.definition.round is not None:
            return version, _only_round(desk, version)
        return version, None
    found = load(connection, round_id)
    if found is None or not isinstance(found[0], Round) or found[0].definition != definition:
        raise InvalidData((Problem("/round", "data", sentence("There is no such round of this definition.")),))
    return office.versions.get(connection, definition, found[0].version), RoundView(found[0])


def _only_round(desk: Desk, version: Version) -> RoundView | None:
    """The round that still takes cases, if it is one; of several one must be named."""
    rows = (
        select(cases.c.id, cases.c.subject)
        .where(cases.c.definition == version.key, cases.c.kind == "round", cases.c.state == "open")
        .order_by(cases.c.opened_at)
        .limit(20)
    )
    found = desk.connection_or_fail.execute(rows).all()
    if not found:
        return None
    if len(found) > 1:
        listed = [f"{row.subject} ({row.id})" for row in found]
        raise InvalidData(
            (Problem("/round", "required", sentence("Several rounds take cases; name one: {rounds}.", rounds=listed)),)
        )
    loaded = load(desk.connection_or_fail, found[0].id)
    return RoundView(loaded[0]) if loaded and isinstance(loaded[0], Round) else None


def _there_already(desk: Desk, new_id: UUID, mark: bytes) -> Outcome | None:
    """The answer of then, where this very request has begun it before."""
    first = desk.connection_or_fail.execute(
        select(event.c.fingerprint).where(event.c.case_id == new_id, event.c.seq == 1)
    ).one_or_none()
    if first is None:
        return None
    if bytes(first.fingerprint) != mark:
        raise KeyReused
    events, head = stored_events(desk.connection_or_fail, new_id, 1)
    subject = folded(events)
    own = desk.office.versions.get(desk.connection_or_fail, subject.definition, subject.version)
    return Outcome(subject=subject, version=own, head=head, replayed=True)


def _context(desk: Desk, actor: Actor, version: Version, new_id: UUID) -> Context:
    context = context_of(desk.office, desk.connection_or_fail, actor)
    return replace(context, lot=SeededLot(str(new_id)), version=version.number, files={})


def _context_of_start(desk: Desk, actor: Actor, version: Version, view: RoundView | None, new_id: UUID) -> Context:
    context = replace(_context(desk, actor, version, new_id), round=view, unread=_LOOKED_UP)
    known = actor.link or actor.public  # what the public may start, `may_start` says
    if view is not None and not known and not may_see_round(version.definition, view.round, context):
        raise NotFound
    return context


def _with_fact(desk: Desk, context: Context, version: Version, command: Start, fact: Fact) -> Context:
    """What a beginning case finds: the figures of its round, facts for `from`, the case before."""
    connection, definition = desk.connection_or_fail, version.definition
    context = replace(context, unread=context.unread - {fact})
    if fact == "figures":
        assert context.round is not None
        known = round_facts(connection, context.round.round.id)
        return replace(context, round=RoundView(context.round.round, known))
    probe = _probe(version, command, context)
    if fact == "facts":
        return replace(context, facts=facts_for(connection, desk.office, definition, probe, context.now))
    before = case_before(connection, definition, probe)
    return replace(context, previous=before.data if before else None)


def _probe(version: Version, command: Start, context: Context) -> Case:
    """The case as far as it is known before its first step."""
    unit = command.unit
    if unit is None and context.round is not None and context.actor.person is None:
        unit = context.round.round.unit
    unit, _ = may_start(version.definition, unit, context)
    starter = command.starter if context.actor.service is not None else context.actor.holder
    return Case(
        id=command.id,
        definition=version.key,
        version=version.number,
        unit=unit,
        starter=starter,
        concerned=command.concerned if command.concerned is not None else starter,
        started_at=context.now,
        data={},
    )


def _numbers(desk: Desk, definition: Definition, context: Context, count: int) -> list[str | None]:
    """The next numbers, without gaps: reserved in the same transaction, as the last thing before the write."""
    if definition.number is None or not count:
        return [None] * count
    today = day_of(context.now)
    template = definition.number.replace("{year}", str(today.year)).replace("{month}", f"{today.month:02}")
    key = _SEQUENCE.sub("", template)
    dialect = sqlite if desk.office.database.dialect == "sqlite" else postgresql
    insert = dialect.insert(number).values(key=f"{definition.key} {key}", n=count)
    last = desk.connection_or_fail.execute(
        insert.on_conflict_do_update(index_elements=[number.c.key], set_={"n": number.c.n + count}).returning(
            number.c.n
        )
    ).scalar_one()
    return [_numbered(template, n) for n in range(last - count + 1, last + 1)]


def _numbered(template: str, n: int) -> str:
    return _SEQUENCE.sub(lambda found: f"{n:0{found[1] or 1}}", template)


def _owner(definition: Definition, context: Context) -> Principal:
    """The one organisation of the round's level where the actor holds a post, or above it."""
    rules = definition.round
    person = context.actor.person
    if rules is None or person is None:
        raise InvalidData((Problem("/unit", "required", sentence("For which organisation?")),))
    directory = context.directory
    found: dict[Principal, str] = {}
    for post in directory.posts_of(person, context.now):
        for organisation in directory.climb(post.organisation):
            if rules.at in (organisation.level, organisation.kind):
                found[organisation.id] = organisation.name
    if len(found) != 1:
        raise InvalidData((Problem("/unit", "required", sentence("For which organisation?")),))
    return next(iter(found))


def _first_number(office: Office, new: NewCase, command: Start, actor: Actor) -> str:
    with transaction(office) as desk:
        version, view = _version_and_round(desk, new.definition, new.round_id)
        context = _context_of_start(desk, actor, version, view, UUID(command.id))
        _, done = _begin(desk, version, command, context)
        return number_of_first(desk.connection_or_fail, version.definition, done.subject, office.secrets)
