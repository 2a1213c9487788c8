"""Beginning cases and opening rounds: each with an id that its request gives, so that a repeat meets its own row."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

from msgspec.structs import replace as altered
from sqlalchemy import Connection, select

from workflow.cases.acting import Outcome
from workflow.cases.beginning import context_to_begin, ground, reckoned_from
from workflow.cases.desk import Desk, stored_events, transaction
from workflow.cases.history import folded
from workflow.cases.numbering import reserve
from workflow.cases.office import Office
from workflow.cases.once import is_once, number_of_first, numbers_of_first
from workflow.cases.requests import fingerprint_of, request_of
from workflow.cases.storing import Stored, store
from workflow.cases.tables import cases, event
from workflow.cases.versions import Version
from workflow.definition.model import Definition
from workflow.engine import changes as c
from workflow.engine.commands import OpenRound, Start
from workflow.engine.context import Actor, Context, Fact, Missing, SeededLot
from workflow.engine.directory import Principal
from workflow.engine.once import OnceKey, once_values
from workflow.engine.rounds.step import step_round
from workflow.engine.step import Step, step
from workflow.engine.subject import Holder, Round
from workflow.errors import Busy, InvalidData, KeyReused, Problem, Twice, WorkflowError
from workflow.store import retrying
from workflow.store.failures import violated
from workflow.text import Label, sentence

#: Ids that follow from what they are for.
NAMESPACE = UUID("6f1c4a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c")
_TRIES = 3
#: What is looked up together, as whoever asks for one of it mostly asks for the other.
_FOUND: frozenset[Fact] = frozenset({"facts", "previous"})
Result = TypeVar("Result")


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
    due: datetime | None = None  #: of what the clock begins: the moment from which it is reckoned, however late it is


def start_case(office: Office, new: NewCase, *, actor: Actor, key: str | None = None) -> Outcome:
    """Begins a case of the newest version, or of its round's. Raises what refuses it; with a key, once."""
    derived = uuid5(NAMESPACE, request_of(actor, key).hex()) if key is not None else new_uuid()
    command, mark = _command(new, new.id or derived)
    request = request_of(actor, key or "start")

    def once() -> Outcome:
        try:
            return _in_transaction(office, lambda desk, alone: _start(desk, new, command, actor, request, mark, alone))
        except Exception as error:
            said = violated(error)
            if said is None:
                raise
            if is_once(said):
                raise Twice(number=_first_number(office, new, command, actor)) from error
            raise _raced() from error

    return retrying(once)


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

    def begin(desk: Desk, alone: bool) -> list[Outcome | WorkflowError]:
        answers = _start_all(desk, news, actor, alone)
        if record is not None:
            record(desk.connection_or_fail, answers)
        return answers

    last = Busy()
    for _ in range(_TRIES):
        try:
            return _in_transaction(office, begin)
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
    due: datetime | None = None,
) -> Outcome:
    """Opens a round of the newest version; without a unit, at the one organisation where the actor may.

    What was `due` earlier is reckoned from that moment. Raises Twice where it was opened before: a definition, an organisation and a date have one round.
    """
    new_id = uuid5(NAMESPACE, request_of(actor, key).hex()) if key is not None else new_uuid()
    request = request_of(actor, key or "open")
    command = OpenRound(id=str(new_id), unit=unit or 0, data=dict(data or {}), nominal=nominal)

    def once() -> Outcome:
        begun: list[Round] = []
        try:
            with transaction(office) as desk:
                return _open(desk, definition, command, actor, request, due, begun.append)
        except Exception as error:
            said = violated(error)
            if said is None:
                raise
            if not is_once(said):
                raise _raced() from error
            title = Label(begun[0].title_zh, begun[0].title_en)
            raise Twice(sentence("This round is open already: {number}.", number=title)) from error

    return retrying(once)


def _open(
    desk: Desk,
    definition: str,
    command: OpenRound,
    actor: Actor,
    request: bytes,
    due: datetime | None,
    begun: Callable[[Round], None],
) -> Outcome:
    mark = fingerprint_of(replace(command, id=definition))
    there = _there_already(desk, UUID(command.id), mark)
    if there is not None:
        return there
    version = desk.office.versions.newest(desk.connection_or_fail, definition)
    context = reckoned_from(due, context_to_begin(desk, actor, version, UUID(command.id)))
    if not command.unit:
        command = replace(command, unit=_owner(version.definition, context))
    done = step_round(version.definition, None, command, context)
    begun(done.subject)
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
        raise _raced()
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


class _Alone(Exception):
    """The figures of a round are asked for: whoever reads them must be alone with it."""


def _in_transaction(office: Office, doing: Callable[[Desk, bool], Result]) -> Result:
    """Many may begin cases of a round at once, but none while it closes; and those that read its figures one by one."""
    try:
        with transaction(office) as desk:
            return doing(desk, False)
    except _Alone:
        with transaction(office) as desk:
            return doing(desk, True)


def _raced() -> Busy:
    """Somebody was first by a hair: what he did is seen when it is tried again."""
    return Busy(cause="serialisation")


def _start(desk: Desk, new: NewCase, command: Start, actor: Actor, request: bytes, mark: bytes, alone: bool) -> Outcome:
    new_id = UUID(command.id)
    there = _there_already(desk, new_id, mark)
    if there is not None:
        return there
    version, context = ground(desk, new.definition, new.round_id, new.unit, actor, new_id, alone=alone)
    context = reckoned_from(new.due, context)
    context, done = _begin(desk, version, command, context, alone)
    (numbered,) = reserve(desk.connection_or_fail, version.definition, context.now, 1)
    return _store(desk, _Begun(version, command, context, done, mark), request, numbered)


def _start_all(desk: Desk, news: Sequence[NewCase], actor: Actor, alone: bool) -> list[Outcome | WorkflowError]:
    """Every step first, as they are pure; then the numbers as one block; then they are stored one after another."""
    if not news:
        return []
    first = news[0]
    version, context = ground(
        desk, first.definition, first.round_id, first.unit, actor, first.id or new_uuid(), alone=alone
    )
    context = reckoned_from(first.due, context)
    there = set(desk.connection_or_fail.scalars(select(cases.c.id).where(cases.c.id.in_([new.id for new in news]))))
    answers: list[_Begun | Outcome | WorkflowError] = [
        _begun(desk, version, new, context, alone, there=new.id in there) for new in news
    ]
    begun = _without_twice(desk, version.definition, answers)
    numbers = reserve(desk.connection_or_fail, version.definition, context.now, len(begun))
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
    desk: Desk, version: Version, new: NewCase, context: Context, alone: bool, *, there: bool
) -> _Begun | Outcome | WorkflowError:
    command, mark = _command(new, new.id or new_uuid())
    try:
        before = _there_already(desk, UUID(command.id), mark) if there else None
        if before is not None:
            return before
        context, done = _begin(desk, version, command, replace(context, lot=SeededLot(command.id)), alone)
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


def _begin(desk: Desk, version: Version, command: Start, context: Context, alone: bool) -> tuple[Context, Step]:
    """The first step; what it wants to know beside is looked up when it asks."""
    while True:
        try:
            return context, step(version.definition, None, command, context)
        except Missing as missing:
            if missing.fact == "figures" and not alone:
                raise _Alone from missing
            wanted = _FOUND if missing.fact in _FOUND else frozenset((missing.fact,))
            context = desk.with_facts(context, wanted, None, command, version)
            context = replace(context, unread=context.unread - wanted)


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
        raise _raced()
    return Outcome(subject=stored.subject, version=begun.version, head=stored.head, changes=changes)


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
        version, context = ground(desk, new.definition, new.round_id, new.unit, actor, UUID(command.id), alone=True)
        _, done = _begin(desk, version, command, context, alone=True)
        return number_of_first(desk.connection_or_fail, version.definition, done.subject, office.secrets)
