"""Reading a claim: a sentence of a few forms over the names of the definition."""

import re
from collections.abc import Iterable

from workflow.definition.expression.kinds import nearest
from workflow.definition.model import STARTER, Definition
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
from workflow.definition.term.reading import TermWrong, parse_span
from workflow.definition.term.values import Span
from workflow.text import Sentence, sentence

#: The person whom the case is about, where `concerns` gives no name to say.
CONCERNED = "concerned"

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
_WORDS = frozenset(
    [
        "only",
        "after",
        "since",
        "never",
        "at",
        "most",
        "times",
        "within",
        "of",
        "if",
        "nobody",
        "is",
        "late",
        "every",
        "path",
        "ends",
        "in",
        "decides",
        "by",
        "and",
        "or",
    ]
)


_COUNT = re.compile(r"[0-9]{1,6}")


class ClaimWrong(Exception):
    """The sentence is no claim, or names what is not there."""

    def __init__(self, reason: Sentence, hint: Sentence | None = None) -> None:
        self.reason = reason
        self.hint = hint
        super().__init__(reason.say("en"))


def read_claim(source: str, definition: Definition) -> Claim:
    """Raises ClaimWrong with what is not understood."""
    reader = _Reader(source, definition)
    claim = reader.claim()
    reader.end()
    return claim


def events_of(definition: Definition) -> frozenset[Event]:
    """All events that a claim may name."""
    left = {f"{state.name}.{trigger}" for state in definition.states.values() for trigger in state.to}
    left |= {f"{state}.{rule.name}" for rule in definition.anytime.values() for state in rule.states}
    return frozenset({*definition.states, *left})


class _Reader:
    def __init__(self, source: str, definition: Definition) -> None:
        self._source = source
        self._definition = definition
        self._words = source.split()
        self._at = 0

    def claim(self) -> Claim:
        if self._take("every"):
            return self._ends()
        if self._take("nobody"):
            return self._nobody()
        if self._take("never"):
            return self._never()
        if self._words[1:3] == ["never", "decides"]:
            people = self._people()
            self._at += 2
            return NeverDecides(people, self._state())
        if self._words[1:3] == ["only", "by"]:
            state = self._state()
            self._at += 2
            return OnlyBy(state, self._people())
        return self._of_events(self._either())

    def end(self) -> None:
        if self._at < len(self._words):
            raise self._wrong()

    def _ends(self) -> Ends:
        self._expect("path", "ends")
        return Ends(self._either() if self._take("in") else ())

    def _nobody(self) -> NobodyTwice:
        self._expect("decides")
        one = self._state()
        self._expect("and")
        other = self._state()
        if one == other:
            raise ClaimWrong(sentence("“{source}”: two different states are wanted.", source=self._source))
        return NobodyTwice(one, other)

    def _never(self) -> NeverBoth | NeverAfter:
        one = self._event()
        if self._take("after"):
            return NeverAfter(one, self._event())
        self._expect("and")
        return NeverBoth(one, self._event())

    def _of_events(self, events: tuple[Event, ...]) -> Claim:
        if self._take("only"):
            return self._only_after(events)
        if self._take("within"):
            return self._within(events)
        if len(events) == 1 and self._take("at"):
            self._expect("most")
            count = self._next()
            if not _COUNT.fullmatch(count) or self._next() not in ("times", "time"):
                self._at -= 1
                raise self._wrong()
            return AtMost(events[0], int(count))
        raise self._wrong()

    def _only_after(self, firsts: tuple[Event, ...]) -> OnlyAfter:
        self._expect("after")
        groups = [self._either()]
        while self._take("and"):
            groups.append(self._either())
        return OnlyAfter(firsts, tuple(groups), self._state() if self._take("since") else None)

    def _within(self, lasts: tuple[Event, ...]) -> Within:
        span = self._span()
        self._expect("of")
        first = self._event()
        kept = self._take("if")
        if kept:
            self._expect("nobody", "is", "late")
        return Within(lasts, span, first, kept)

    def _span(self) -> Span:
        rest = self._words[self._at :]
        words = rest[: rest.index("of")] if "of" in rest else rest
        if not words:
            raise self._wrong()
        text = " ".join(words)
        try:
            span = parse_span(text)
        except TermWrong as wrong:
            told = sentence(
                "“{source}”: “{text}” is no span such as “10 working days”.", source=self._source, text=text
            )
            raise ClaimWrong(told) from wrong
        self._at += len(words)
        return span

    def _either(self) -> tuple[Event, ...]:
        events = [self._event()]
        while self._take("or"):
            events.append(self._event())
        return tuple(events)

    def _event(self) -> Event:
        name = self._name()
        state, _, trigger = name.partition(".")
        known = events_of(self._definition)
        if name in known:
            return name
        if trigger and state in self._definition.states:
            triggers = [event.partition(".")[2] for event in known if event.startswith(f"{state}.")]
            raise self._unknown(
                sentence("“{state}” is never left by “{name}”.", state=state, name=trigger), trigger, triggers
            )
        raise self._unknown(sentence("There is no state “{name}”.", name=state), name, known)

    def _state(self) -> str:
        name = self._name()
        if name not in self._definition.states:
            raise self._unknown(sentence("There is no state “{name}”.", name=name), name, self._definition.states)
        return name

    def _people(self) -> str:
        name = self._name()
        known = {*self._definition.people, STARTER, CONCERNED}
        if name not in known:
            raise self._unknown(sentence("There are no people “{name}”.", name=name), name, known)
        return name

    def _name(self) -> str:
        name = self._next()
        if not _NAME.fullmatch(name):
            self._at -= 1
            raise self._wrong()
        return name

    def _take(self, word: str) -> bool:
        if self._words[self._at : self._at + 1] == [word]:
            self._at += 1
            return True
        return False

    def _expect(self, *words: str) -> None:
        for word in words:
            if not self._take(word):
                raise self._wrong()

    def _next(self) -> str:
        self._at += 1
        return self._words[self._at - 1] if self._at <= len(self._words) else ""

    def _unknown(self, reason: Sentence, name: str, known: Iterable[str]) -> ClaimWrong:
        return ClaimWrong(sentence("“{source}”: {reason}", source=self._source, reason=reason), nearest(name, known))

    def _wrong(self) -> ClaimWrong:
        like = sentence(
            "A claim would read like “paid only after review.approve since draft”, “never paid and refused”, "
            "“review at most 3 times”, “paid within 10 working days of draft.submit”, “every path ends”, "
            "“nobody decides review and approval”, “starter never decides review” or “review only by office”."
        )
        if self._at >= len(self._words):
            return ClaimWrong(sentence("“{source}” breaks off. {like}", source=self._source, like=like))
        word = self._words[self._at]
        told = sentence("“{source}”: “{word}” is not expected here. {like}", source=self._source, word=word, like=like)
        return ClaimWrong(told, None if word in _WORDS else nearest(word, _WORDS))
