"""What the history of a round says of its figures: those that were fixed, the hash over them, and the cases they came from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, and_, select, tuple_

from workflow.cases.contexts import context_of
from workflow.cases.facts import round_facts
from workflow.cases.history import Event, folded
from workflow.cases.office import Office
from workflow.cases.tables import disclosure, event
from workflow.definition.model import Definition, Figure
from workflow.engine.changes import Change, FiguresFixed
from workflow.engine.context import Actor, RoundView
from workflow.engine.facts import case_facts
from workflow.engine.rounds.closing import digest_of, live_figures
from workflow.engine.subject import Amount, Case, CaseFacts, FixedFigure, Round
from workflow.text import Sentence, sentence

_AT_ONCE = 200
_VERIFYING = Actor(service="verify")


def of_closings(
    office: Office,
    connection: Connection,
    definition: Definition,
    round_: Round,
    events: Sequence[tuple[Event, Sequence[Change]]],
) -> Iterator[Sentence]:
    """Each time it was over: the hash fits, every case had that head; and what holds now are the sums of its cases."""
    fixed = [change for _, changes in events for change in changes if isinstance(change, FiguresFixed)]
    for one in fixed:
        day = f"{one.at:%Y-%m-%d}"
        if digest_of(round_.id, one.figures, one.cases) != one.sha256:
            yield sentence("the figures fixed on {day} do not fit their hash", day=day)
        strangers = {case for case, _, _ in _not_theirs(connection, one)}
        if strangers:
            yield sentence(
                "the figures fixed on {day} name heads that are not in these chains: {cases}",
                day=day,
                cases=sorted(strangers),
            )
    if round_.fixed is not None and fixed:
        wrong = _other_sums(office, connection, definition, round_, fixed[-1])
        if wrong:
            yield sentence("its fixed figures are not the sums of its cases: {names}", names=wrong)


def _not_theirs(connection: Connection, fixed: FiguresFixed) -> set[tuple[str, int, str]]:
    """Heads that no event of the case has."""
    found: set[tuple[str, int, str]] = set()
    for first in range(0, len(fixed.cases), _AT_ONCE):
        part = fixed.cases[first : first + _AT_ONCE]
        keys = [(UUID(case), seq) for case, seq, _ in part]
        rows = select(event.c.case_id, event.c.seq, event.c.hash).where(tuple_(event.c.case_id, event.c.seq).in_(keys))
        found |= {(str(row.case_id), row.seq, bytes(row.hash).hex()) for row in connection.execute(rows)}
    return set(fixed.cases) - found


def _other_sums(
    office: Office, connection: Connection, definition: Definition, round_: Round, fixed: FiguresFixed
) -> list[str]:
    """Counts and sums that the cases, as they were then, do not come to; of groups, as units move, the total."""
    context = replace(context_of(office, connection, _VERIFYING), now=fixed.at)
    cases = tuple(_as_they_were(connection, definition, round_, fixed))
    live = live_figures(definition, replace(context, round=RoundView(round_, cases)))
    figures = definition.round.figures if definition.round else {}
    return [
        name
        for name, rule in figures.items()
        if name in fixed.figures and _of_fields(definition, rule) and _total(live[name]) != _total(fixed.figures[name])
    ]


def _as_they_were(
    connection: Connection, definition: Definition, round_: Round, fixed: FiguresFixed
) -> Iterator[CaseFacts]:
    known = {one.id: one for one in round_facts(connection, round_.id)}
    for case, seq, _ in fixed.cases:
        now = known.get(case)
        if now is not None and now.seq == seq:
            yield now
        elif now is not None:  # it has gone on since: a comment, or an opening whose round has not looked yet
            yield _then(connection, definition, case, seq)


def _then(connection: Connection, definition: Definition, case: str, seq: int) -> CaseFacts:
    same = and_(disclosure.c.case_id == event.c.case_id, disclosure.c.seq == event.c.seq)
    rows = (
        select(event.c.body, disclosure.c["values"])
        .select_from(event.outerjoin(disclosure, same))
        .where(event.c.case_id == UUID(case), event.c.seq <= seq)
        .order_by(event.c.seq)
    )
    found = folded((body.encode(), disclosed) for body, disclosed in connection.execute(rows))
    assert isinstance(found, Case)
    return case_facts(definition, found)


def _of_fields(definition: Definition, rule: Figure) -> bool:
    """Registers change; forms and states of cases that have ended do not."""
    names = {path[0] for path in rule.expression.paths}
    return rule.kind != "value" and names <= definition.fields.keys() | definition.states.keys()


def _total(kept: FixedFigure) -> Decimal | None:
    if isinstance(kept, tuple):
        return sum((_total(one) or Decimal(0) for _, one in kept), Decimal(0))
    if isinstance(kept, Amount):
        return Decimal(kept.text)
    return Decimal(kept) if isinstance(kept, int) else None
