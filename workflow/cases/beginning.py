"""What a case or a round begins upon: its version, its round, and what the first step may know."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from workflow.cases.contexts import context_of
from workflow.cases.desk import Desk
from workflow.cases.reading import load, subject_of
from workflow.cases.tables import cases
from workflow.cases.versions import Version
from workflow.engine.context import Actor, Context, Fact, RoundView, SeededLot
from workflow.engine.directory import Principal
from workflow.engine.sight import may_see_round
from workflow.engine.subject import Round
from workflow.errors import InvalidData, NotFound, Problem
from workflow.text import sentence

#: What a beginning case is looked up for, when its step asks.
_LOOKED_UP: frozenset[Fact] = frozenset({"figures", "facts", "previous"})
_MOST_ROUNDS = 200


def ground(
    desk: Desk,
    definition: str,
    round_id: UUID | None,
    unit: Principal | None,
    actor: Actor,
    new_id: UUID,
    *,
    alone: bool,
) -> tuple[Version, Context]:
    """The version by which a case begins, and what its first step may know; a round keeps its version for all its cases.

    The round is kept from closing meanwhile, or, `alone`, from all else. Raises NotFound where it is not to be seen.
    """
    connection, versions = desk.connection_or_fail, desk.office.versions
    version = versions.newest(connection, definition)
    context = context_to_begin(desk, actor, version, new_id)
    if round_id is None and version.definition.round is not None:
        round_id = _only_round(desk, version, unit, context)
    if round_id is None:
        return version, replace(context, unread=_LOOKED_UP)
    desk.lock(round_id, alone=alone)
    found = load(connection, round_id)
    if found is None or not isinstance(found[0], Round) or found[0].definition != definition:
        raise InvalidData((Problem("/round", "data", sentence("There is no such round of this definition.")),))
    version = versions.get(connection, definition, found[0].version)
    context = replace(context, version=version.number, round=RoundView(found[0]), unread=_LOOKED_UP)
    if not _may_begin_in(version, found[0], context):
        raise NotFound
    return version, context


def context_to_begin(desk: Desk, actor: Actor, version: Version, new_id: UUID) -> Context:
    context = context_of(desk.office, desk.connection_or_fail, actor)
    return replace(context, lot=SeededLot(str(new_id)), version=version.number, files={})


def reckoned_from(due: datetime | None, context: Context) -> Context:
    """The context with the moment at which something was due as its own, where the clock is later."""
    return context if due is None or due >= context.now else replace(context, now=due, clock=context.now)


def _only_round(desk: Desk, version: Version, unit: Principal | None, context: Context) -> UUID | None:
    """The round that still takes cases, if it is one for this person and unit; of several one must be named."""
    rows = (
        select(cases)
        .where(cases.c.definition == version.key, cases.c.kind == "round", cases.c.state == "open")
        .order_by(cases.c.opened_at)
        .limit(_MOST_ROUNDS)
    )
    found = [subject_of(row) for row in desk.connection_or_fail.execute(rows).mappings()]
    rounds = [one for one in found if isinstance(one, Round) and _may_begin_in(version, one, context)]
    if unit is not None:
        rounds = [one for one in rounds if context.directory.is_within(unit, one.unit)]
    if len(rounds) > 1:
        listed = [f"{one.title_zh} ({one.id})" for one in rounds]
        raise InvalidData(
            (Problem("/round", "required", sentence("Several rounds take cases; name one: {rounds}.", rounds=listed)),)
        )
    return UUID(rounds[0].id) if rounds else None


def _may_begin_in(version: Version, round_: Round, context: Context) -> bool:
    """What the public may start, and whoever has a link, `may_start` says."""
    known = context.actor.link or context.actor.public
    return bool(known) or may_see_round(version.definition, round_, context)
