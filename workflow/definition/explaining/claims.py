"""What a claim says, with the labels of the definition."""

from workflow.definition.explaining.moments import span
from workflow.definition.explaining.people import who
from workflow.definition.explaining.phrases import plain
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import Definition
from workflow.definition.proving.claims import (
    AtMost,
    Claim,
    Ends,
    Event,
    NeverAfter,
    NeverBoth,
    NeverDecides,
    NobodyTwice,
    OnlyAfter,
    OnlyBy,
    Within,
)
from workflow.definition.proving.reading import CONCERNED, ClaimWrong, read_claim
from workflow.text import Label, Sayable, sentence


def claim_in_words(source: str, definition: Definition) -> Sayable:
    """In words; what cannot be read, as it is written."""
    try:
        return _Claims(Vocabulary(definition=definition)).say(read_claim(source, definition))
    except ClaimWrong:
        return plain(Label(source, source))


class _Claims:
    def __init__(self, words: Vocabulary) -> None:
        self._words = words

    def say(self, claim: Claim) -> Sayable:
        match claim:
            case OnlyAfter():
                return self._only_after(claim)
            case NeverBoth():
                return sentence("{one} and {other} never both happen.", **self._two(claim.one, claim.other))
            case NeverAfter():
                return sentence("{other} never follows {one}.", **self._two(claim.earlier, claim.later))
            case AtMost(times=1):
                return sentence("{event} happens at most once.", event=self._event(claim.event))
            case AtMost():
                return sentence(
                    "{event} happens at most {count} times.", event=self._event(claim.event), count=claim.times
                )
            case Ends():
                return self._ends(claim)
            case Within():
                return self._within(claim)
            case NobodyTwice():
                return sentence("Nobody decides both {one} and {other}.", **self._two(claim.one, claim.other))
            case NeverDecides():
                people, state = self._people(claim.people), self._event(claim.state)
                return sentence("{state} is never decided by {people} of the same case.", people=people, state=state)
            case OnlyBy():
                people, state = self._people(claim.people), self._event(claim.state)
                return sentence("{state} is decided by {people} alone.", people=people, state=state)

    def _people(self, name: str) -> Sayable:
        return sentence("the person concerned") if name == CONCERNED else who((name,), self._words)

    def _two(self, one: Event, other: Event) -> dict[str, Sayable]:
        return {"one": self._event(one), "other": self._event(other)}

    def _only_after(self, claim: OnlyAfter) -> Sayable:
        first = self._either(claim.firsts)
        befores = [self._either(group) for group in claim.groups]
        if claim.since is None:
            return sentence("{first} only after {befores}.", first=first, befores=befores)
        since = self._event(claim.since)
        return sentence(
            "{first} only after {befores}, anew each time after {since}.", first=first, befores=befores, since=since
        )

    def _ends(self, claim: Ends) -> Sayable:
        if not claim.events:
            return sentence("Every way comes to an end.")
        return sentence("Every way ends in {ends}.", ends=self._either(claim.events))

    def _within(self, claim: Within) -> Sayable:
        facts = {"last": self._either(claim.lasts), "span": span(claim.span), "first": self._event(claim.first)}
        if claim.kept:
            return sentence("{last} within {span} of {first}, if nobody is late.", **facts)
        return sentence("{last} within {span} of {first}.", **facts)

    def _either(self, events: tuple[Event, ...]) -> Sayable:
        found = self._event(events[-1])
        for event in reversed(events[:-1]):
            found = sentence("{one} or {other}", one=self._event(event), other=found)
        return found

    def _event(self, event: Event) -> Sayable:
        """A state by its label; leaving it by a trigger, with what that is called."""
        state, _, trigger = event.partition(".")
        label = self._words.state_called(state)
        if not trigger:
            return sentence("“{state}”", state=label)
        return sentence("“{trigger}” in “{state}”", trigger=self._words.trigger_called(trigger), state=label)
