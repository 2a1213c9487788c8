"""Effects: what acts ordered, done after their commit. Leased, repeatable, and in the order in which they were ordered.

A *recorder* does its effect within the transaction that marks it as done (a message, an honour). A *doer* acts upon other
cases, each act being repeatable by its key; then the effect is marked.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
import structlog
from sqlalchemy import RowMapping, and_, bindparam, update

from workflow.cases.acting import act
from workflow.cases.contexts import context_of
from workflow.cases.facts import round_facts
from workflow.cases.office import EffectToDo, Office
from workflow.cases.reading import load
from workflow.cases.starting import NewCase, open_round, start_case, start_cases
from workflow.cases.tables import EFFECTS, WAITS, effect, undone
from workflow.engine.commands import CallHasEnded, Gather, Lapse, ReckonAgain, SetRound
from workflow.engine.context import Actor
from workflow.engine.opening import Opening, cases_to_open
from workflow.engine.subject import Case, Round
from workflow.errors import NotFound, WorkflowError
from workflow.store.leases import Queue, as_held, failed, held, lease

log = structlog.get_logger()

SERVICE = Actor(service="effect")
#: After so many failures an effect is given up and stands on the administrators' list.
MOST_ATTEMPTS = 10
_OF_ONE = Queue(
    effect,
    EFFECTS.due,
    EFFECTS.lease,
    EFFECTS.failures,
    EFFECTS.again,
    and_(effect.c.next_at.is_not(None), effect.c.case_id == bindparam("case", type_=effect.c.case_id.type)),
)
_DONE = update(effect).where(held(EFFECTS)).values(next_at=None, lease_until=None, error=None)
#: Cases that open with a round, in one transaction.
_OPENED_AT_ONCE = 200


def drain(office: Office, now: datetime, *, only: UUID | None = None, limit: int = 100) -> int:
    """Does the effects that are due, of one case or of all; how many there were. Any number may drain at once."""
    if only is None:
        rows = lease(office.database, EFFECTS, now, limit)
    else:
        rows = lease(office.database, _OF_ONE, now, limit, only={"case": only})
    for row in _gathers_once(office, rows):
        _do(office, row, now)
    return len(rows)


def follow(office: Office, case_id: UUID) -> None:
    """What an act ordered, at once: whoever asked for the act should find it done. The scheduler does what is left."""
    with office.database.read() as connection:
        now = office.database.now(connection)
    drain(office, now, only=case_id)


def try_again(office: Office, case_id: UUID, seq: int, number: int) -> None:
    """An effect that was given up is due again. Raises NotFound where there is none."""
    given_up = and_(undone, effect.c.error != WAITS)
    keys = and_(effect.c.case_id == case_id, effect.c.seq == seq, effect.c.no == number)
    with office.database.write() as connection:
        now = office.database.now(connection)
        again = update(effect).where(keys, given_up).values(next_at=now, attempts=0, error=None)
        if connection.execute(again).rowcount == 0:
            raise NotFound


def wake_waiting(office: Office, now: datetime) -> int:
    """Effects that waited for a room that is there now are due; how many there were."""
    waited = and_(undone, effect.c.error == WAITS, effect.c.kind.in_(sorted(office.recorders)))
    with office.database.write() as connection:
        return connection.execute(update(effect).where(waited).values(next_at=now, attempts=0, error=None)).rowcount


def _gathers_once(office: Office, rows: Iterable[RowMapping]) -> list[RowMapping]:
    """A thousand arrivals at one round are one look at it: the others are marked with the first."""
    seen: set[str] = set()
    todo: list[RowMapping] = []
    joined: list[RowMapping] = []
    for row in rows:
        round_id = str(msgspec.json.decode(row["payload"]).get("round")) if row["kind"] == "gather" else None
        (joined if round_id in seen else todo).append(row)
        if round_id is not None:
            seen.add(round_id)
    if joined:
        _mark(office, *joined)
    return todo


def _do(office: Office, row: RowMapping, now: datetime) -> None:
    todo = EffectToDo(
        case_id=row["case_id"],
        seq=row["seq"],
        number=row["no"],
        kind=row["kind"],
        payload=msgspec.json.decode(row["payload"]),
        at=now,
    )
    try:
        recorder = office.recorders.get(todo.kind)
        if recorder is not None:
            with office.database.write() as connection:
                recorder(office, connection, todo)
                connection.execute(_DONE, as_held(EFFECTS, row))
            return
        doer = _DOERS.get(todo.kind)
        if doer is None:
            _wait_for_room(office, row, now)
            return
        doer(office, todo)
        _mark(office, row)
    except Exception as error:  # noqa: BLE001 -- one effect that fails must not stop the rest
        _fail(office, row, now, error)


def _mark(office: Office, *rows: RowMapping) -> None:
    with office.database.write() as connection:
        for row in rows:
            connection.execute(_DONE, as_held(EFFECTS, row))


def _wait_for_room(office: Office, row: RowMapping, now: datetime) -> None:
    """An effect whose room does not exist yet (documents) waits for it; `verify` knows it."""
    with office.database.one_statement() as connection:
        connection.execute(_DONE.values(error=WAITS), as_held(EFFECTS, row))
    log.info("effect_waits", case_id=str(row["case_id"]), kind=row["kind"], at=now.isoformat())


def _fail(office: Office, row: RowMapping, now: datetime, error: Exception) -> None:
    code = error.code if isinstance(error, WorkflowError) else type(error).__name__
    log.warning("effect_failed", case_id=str(row["case_id"]), kind=row["kind"], seq=row["seq"], error=code)
    count = failed(office.database, EFFECTS, row, now, error=f"{code}: {error}"[:500])
    if count is not None and count >= MOST_ATTEMPTS:
        with office.database.one_statement() as connection:
            keys = and_(effect.c.case_id == row["case_id"], effect.c.seq == row["seq"], effect.c.no == row["no"])
            connection.execute(update(effect).where(keys).values(next_at=None, lease_until=None))


# --- doers


def _key(todo: EffectToDo) -> str:
    return f"{todo.case_id}/{todo.seq}/{todo.number}"


def _gather(office: Office, todo: EffectToDo) -> None:
    outcome = act(office, UUID(todo.payload["round"]), Gather(), actor=SERVICE, key=_key(todo))
    if outcome.changes:
        follow(office, UUID(outcome.subject.id))


def _lapse(office: Office, todo: EffectToDo) -> None:
    for case in todo.payload["cases"]:
        act(office, UUID(case), Lapse(), actor=SERVICE, key=_key(todo))
        follow(office, UUID(case))


def _set_round(office: Office, todo: EffectToDo) -> None:
    case = _case(office, todo.case_id)
    if case is not None and case.round is not None:
        act(office, UUID(case.round), SetRound(values=todo.payload["values"]), actor=SERVICE, key=_key(todo))


def _reckon_again(office: Office, todo: EffectToDo) -> None:
    with office.database.read() as connection:
        facts = round_facts(connection, todo.payload["round"])
    for case in facts:
        if not case.ended:
            act(office, UUID(case.id), ReckonAgain(), actor=SERVICE, key=_key(todo))


def _open_cases(office: Office, todo: EffectToDo) -> None:
    """The cases that open with a round; each has an id of its own, so that a killed opener is taken over."""
    with office.database.read() as connection:
        found = load(connection, todo.case_id)
        if found is None or not isinstance(found[0], Round):
            return
        round_ = found[0]
        version = office.versions.get(connection, round_.definition, round_.version)
        context = context_of(office, connection, SERVICE, round_)
        each = version.definition.round.cases if version.definition.round else None
        honoured = office.holders_of(connection, each.name, context.now) if each and each.kind == "honour" else ()
    openings = list(cases_to_open(version.definition, round_.unit, context, honoured))
    for first in range(0, len(openings), _OPENED_AT_ONCE):
        batch = openings[first : first + _OPENED_AT_ONCE]
        news = [_of_round(round_, opening) for opening in batch]
        for opening, answer in zip(batch, start_cases(office, news, actor=SERVICE), strict=True):
            if isinstance(answer, WorkflowError):
                log.info("case_not_opened", round_id=round_.id, key=opening.key, code=answer.code)
    act(office, todo.case_id, Gather(), actor=SERVICE, key=_key(todo))


def _of_round(round_: Round, opening: Opening) -> NewCase:
    return NewCase(
        definition=round_.definition,
        unit=opening.unit,
        round_id=UUID(round_.id),
        starter=opening.starter,
        concerned=opening.concerned,
        id=uuid5(UUID(round_.id), opening.key),
        due=round_.opened_at,
    )


def _call(office: Office, todo: EffectToDo) -> None:
    """A called case, whose end is answered to the caller."""
    case = _case(office, todo.case_id)
    if case is None:
        return
    arguments = todo.payload
    new = NewCase(
        definition=arguments["definition"],
        unit=arguments.get("unit") or case.unit,
        starter=case.starter,
        concerned=arguments.get("concerned") or case.concerned,
        given=arguments.get("values") or {},
        parent=f"{case.id}#{arguments['number']}",
        id=uuid5(todo.case_id, f"{todo.seq}/{todo.number}"),
    )
    _begin(office, new, _key(todo))


def _start(office: Office, todo: EffectToDo) -> None:
    """A case of another definition that is not waited for; of a sitting or a round nobody is its starter."""
    case = _case(office, todo.case_id)
    arguments = todo.payload
    new = NewCase(
        definition=arguments["definition"],
        unit=arguments.get("unit") or _unit_of(office, todo.case_id),
        starter=case.starter if case else None,
        concerned=arguments.get("concerned") or (case.concerned if case else None),
        given=arguments.get("with") or {},
        id=uuid5(todo.case_id, f"{todo.seq}/{todo.number}"),
    )
    _begin(office, new, _key(todo))


def _begin(office: Office, new: NewCase, key: str) -> None:
    """Once: the id says what it is for, whatever else has changed since it was ordered."""
    assert new.id is not None
    if _case(office, new.id) is None:
        start_case(office, new, actor=SERVICE, key=key)


def _open(office: Office, todo: EffectToDo) -> None:
    """A round of another definition, at the organisation of its level."""
    case = _case(office, todo.case_id)
    with office.database.read() as connection:
        version = office.versions.newest(connection, todo.payload["round"])
        directory = office.directory(connection)
    rules = version.definition.round
    start = case.unit if case is not None else _unit_of(office, todo.case_id)
    above = [o.id for o in directory.climb(start) if rules is not None and rules.at in (o.level, o.kind)]
    open_round(
        office,
        version.key,
        actor=SERVICE,
        unit=above[0] if above else start,
        data=todo.payload.get("with") or {},
        key=_key(todo),
    )


def _answer_caller(office: Office, todo: EffectToDo) -> None:
    """A called case has ended: its caller is told the end, and of a single one the fields."""
    case = _case(office, todo.case_id)
    if case is None:
        return
    parent, _, number = str(todo.payload["parent"]).partition("#")
    command = CallHasEnded(number=int(number), state=str(todo.payload["state"]), data=case.data)
    act(office, UUID(parent), command, actor=SERVICE, key=_key(todo))
    follow(office, UUID(parent))


def _late_objection(office: Office, todo: EffectToDo) -> None:
    """What was said after a notice had ended begins a case with the objection as its matter."""
    case = _case(office, todo.case_id)
    if case is None:
        return
    with office.database.read() as connection:
        version = office.versions.newest(connection, todo.payload["definition"])
    first = version.definition.states[version.definition.first_state]
    fields = [version.definition.fields[name] for name in first.edit if name in version.definition.fields]
    matter = next((f for kind in ("long_text", "text") for f in fields if f.type == kind), None)
    new = NewCase(
        definition=version.key,
        unit=case.unit,
        concerned=case.concerned,
        given={matter.name: str(todo.payload["text"])[: 200 if matter.type == "text" else 20_000]} if matter else {},
        id=uuid5(todo.case_id, f"{todo.seq}/{todo.number}"),
    )
    _begin(office, new, _key(todo))


def _case(office: Office, case_id: UUID) -> Case | None:
    with office.database.read() as connection:
        found = load(connection, case_id)
    return found[0] if found and isinstance(found[0], Case) else None


def _unit_of(office: Office, subject: UUID) -> int:
    with office.database.read() as connection:
        found = load(connection, subject)
    assert found is not None
    return found[0].unit


_DOERS = {
    "gather": _gather,
    "lapse": _lapse,
    "set_round": _set_round,
    "reckon_again": _reckon_again,
    "open_cases": _open_cases,
    "call": _call,
    "start": _start,
    "open": _open,
    "answer_caller": _answer_caller,
    "late_objection": _late_objection,
}
