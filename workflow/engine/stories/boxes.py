"""The boxes of secret ballots: envelopes that are opened when the ballot closes, and in no one's order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.engine.commands import Command, FireTimer, Retry
from workflow.engine.context import Tally
from workflow.engine.subject import Case, Entry, Holder, Round, Vote
from workflow.engine.voting import SealedVote, entry_of_task
from workflow.errors import Closed
from workflow.text import sentence

Envelopes = Mapping[Holder, Vote]


@dataclass(slots=True)
class Boxes:
    """By case or round, entry, and ballot of that entry."""

    envelopes: Mapping[tuple[str, int, int], Envelopes] = field(default_factory=dict)

    def put(self, subject: str, sealed: SealedVote) -> bool:
        """Put an envelope in; whether it was the last. Raises Closed where his is in already and stays."""
        key = (subject, sealed.entry, sealed.poll)
        box = self.envelopes.get(key, {})
        if sealed.vote.by in box and not sealed.changeable:
            raise Closed(sentence("You have voted already; a vote cannot be changed here."))
        full = {**box, sealed.vote.by: sealed.vote}
        self.envelopes = {**self.envelopes, key: full}
        return set(sealed.electorate) <= full.keys()

    def voted(self, subject: str, entry: Entry) -> tuple[Holder, ...]:
        """Whose envelopes are in."""
        return tuple(self._of(subject, entry))

    def tally(self, subject: str, held: Case | Round, task: int) -> Tally | None:
        """The opened box of a secret ballot that may close by this act."""
        entry = entry_of_task(held, task)
        if entry is None or entry.ballot is None or not entry.ballot.secret:
            return None
        electorate = entry.ballot.electorate
        able = {voter: vote for voter, vote in self._of(subject, entry).items() if voter in electorate}
        return Tally(votes=tuple(able.values()), voted=tuple(able))

    def _of(self, subject: str, entry: Entry) -> Envelopes:
        return self.envelopes.get((subject, entry.number, entry.ballot.poll), {}) if entry.ballot is not None else {}


def ballot_of(held: Case | Round, command: Command) -> int | None:
    """The task of the ballot that an act may close: that of the command, of its timer, or which could not be counted."""
    entries = [held.entry] if isinstance(held, Case) else [sitting.entry for sitting in held.sittings]
    open_ones = [entry for entry in entries if entry is not None and entry.ballot is not None]
    match command:
        case FireTimer(timer=number):
            open_ones = [entry for entry in open_ones if any(timer.id == number for timer in entry.timers)]
        case Retry(incident=number):
            states = {incident.trigger for incident in held.incidents if incident.number == number}
            open_ones = [entry for entry in open_ones if entry.state in states]
        case _:
            return getattr(command, "task", None)
    return next((task.id for entry in open_ones for task in entry.tasks if task.kind == "ballot"), None)
