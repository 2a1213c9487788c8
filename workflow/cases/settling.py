"""A sitting in one transaction: the round is locked, then its cases, then each answers with a step of its own.

What is settled is settled upon cases that cannot move meanwhile. Each case sees the round as the sitting leaves it, and the
cases that have answered before it: so a quota of the whole list counts those that were stopped a moment ago as gone.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec

from workflow.cases.desk import Desk, Held
from workflow.cases.requests import fingerprint_of, request_of
from workflow.cases.storing import Kept, Stored, store
from workflow.cases.versions import Version
from workflow.engine.commands import RoundCommand, Settle
from workflow.engine.context import Actor, Context, Fact, Missing, RoundView
from workflow.engine.rounds.step import RoundStep, answer_of, as_settled, step_round
from workflow.engine.step import Step, step
from workflow.engine.subject import Case, Round
from workflow.errors import Busy, GuardFailed, Refused
from workflow.text import sentence

#: What is looked up for each case of a sitting, if its step asks for it.
_OF_CASE: frozenset[Fact] = frozenset({"figures", "facts", "previous", "files"})
_SITTING = Actor(service="sitting")

Locked = dict[str, Held]


def step_with_cases(
    desk: Desk, version: Version, round_: Round, command: RoundCommand, context: Context
) -> tuple[RoundStep, Locked, Context]:
    """The step of a round, whose cases are locked by id and read before it counts."""
    locked: Locked = {}
    while True:
        done = step_round(version.definition, round_, command, context)
        new = sorted({settled.case for settled in done.settled} - locked.keys())
        if not new:
            return done, locked, context
        desk.lock(*map(UUID, new))
        locked |= desk.load_cases(new)
        context = as_settled(version.definition, context, round_, [held.case for held in locked.values()])


def settle(desk: Desk, done: RoundStep, locked: Locked, version: Version, context: Context, by: Kept) -> None:
    """Every case of a sitting answers, in the order in which the round's step has put them."""
    assert isinstance(by.subject, Round)
    now = as_settled(version.definition, replace(context, actor=_SITTING, tally=None, unread=_OF_CASE), by.subject, ())
    answers = _Answers(desk, version, by.subject, now, [])
    for settled in done.settled:
        answers.take(locked[settled.case], answer_of(settled, chosen=done.chosen))


def digest_of(cases: Locked) -> str | None:
    """What a sitting was decided upon: the hash of its (case, seq, head) list."""
    if not cases:
        return None
    listed = [[number, held.case.seq, held.head.hex()] for number, held in sorted(cases.items())]
    return hashlib.sha256(msgspec.json.encode(listed)).hexdigest()


@dataclass(slots=True)
class _Answers:
    """The answers of a sitting so far. Their facts are put together only when a step asks for figures."""

    desk: Desk
    version: Version
    round: Round
    context: Context
    answered: list[Case]

    def take(self, held: Held, command: Settle) -> None:
        """One case answers; what leaders decided and one case refuses, refuses the whole."""
        case = held.case
        try:
            context, done = self._step(held, command)
        except Refused as refused:
            named = sentence("{case}: {reason}", case=case.subject, reason=refused.because or str(refused))
            raise GuardFailed(named) from refused
        stored = store(
            self.desk,
            Stored(
                version=self.version,
                before=case,
                after=done.subject,
                changes=done.changes,
                authority=done.authority,
                command=command,
                context=context,
                actor=_SITTING,
                request=request_of(_SITTING, f"{self.round.id}/{self.round.seq}/{case.id}"),
                fingerprint=fingerprint_of(command),
                head=held.head,
            ),
        )
        if stored is None:
            raise Busy
        assert isinstance(stored.subject, Case)
        self.answered.append(stored.subject)

    def _step(self, held: Held, command: Settle) -> tuple[Context, Step]:
        """The step of a case; what it wants to know beside is looked up when it asks."""
        case = held.case
        context = replace(_not_before(held.at, self.context), lot=self.desk.lot(case, held.head))
        while True:
            try:
                return context, step(self.version.definition, case, command, context)
            except Missing as missing:
                wanted = frozenset((missing.fact,))
                if missing.fact == "figures":
                    context = replace(context, round=self._with_answers())
                else:
                    context = self.desk.with_facts(context, wanted, case, command, self.version)
                context = replace(context, unread=context.unread - wanted)

    def _with_answers(self) -> RoundView | None:
        """The round's view, with the cases that have answered since it was last put together."""
        answered, self.answered = self.answered, []
        self.context = as_settled(self.version.definition, self.context, self.round, answered)
        return self.context.round


def _not_before(at: datetime, context: Context) -> Context:
    """No event is earlier than the one before it, whatever was done to the clock."""
    if context.clock is not None:
        return replace(context, clock=max(context.clock, at))
    return replace(context, now=max(context.now, at))
