"""The history of a case in sentences: who did what, where it led, what was said. The latest stands first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from workflow.cases.history import Event, unseal
from workflow.definition.model import Definition
from workflow.definition.words import ANSWERS, OPERATIONS
from workflow.engine import changes as c
from workflow.engine.changes import Change
from workflow.engine.directory import Directory
from workflow.engine.subject import Holder
from workflow.messages.wording import Wording
from workflow.text import Sayable, sentence

Tone = Literal["done", "back", "stop", "hold", "sun", "plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    who: str
    did: str
    at: str
    instant: str  #: for `datetime`
    tone: Tone
    icon: str
    texts: tuple[str, ...]
    weighty: bool  #: whether the case moved, or somebody said something


def timeline(
    stored: Iterable[tuple[bytes, str | None]], definition: Definition, directory: Directory, wording: Wording
) -> tuple[Line, ...]:
    teller = _Teller(definition, directory, wording)
    lines = [line for body, disclosed in stored for line in teller.lines(*unseal(body, disclosed))]
    return tuple(reversed(lines))


@dataclass(frozen=True, slots=True)
class _Teller:
    definition: Definition
    directory: Directory
    wording: Wording

    def lines(self, event: Event, changes: Sequence[Change]) -> Iterator[Line]:
        """One for an act; several where it moved the case more than once."""
        texts = tuple(change.text for change in changes if isinstance(change, c.Noted) and change.text)
        moves = [change for change in changes if isinstance(change, c.Entered)]
        if not moves:
            yield self._line(event, self._who(event), self._did_without_move(event, changes), texts, *_aspect(changes))
        for number, move in enumerate(moves):
            own = number == 0
            who = self._who(event) if own else self.wording.say(sentence("The service"))
            tone, icon = self._aspect_of(move)
            yield self._line(event, who, self._moved(event, move, own=own), texts if own else (), tone, icon)

    def _line(self, event: Event, who: str, did: str, texts: tuple[str, ...], tone: Tone, icon: str) -> Line:
        moved = any(change["#"] in ("entered", "objection_taken", "objection_answered") for change in event.changes)
        return Line(
            who=who,
            did=did,
            at=self.wording.moment(event.at),
            instant=event.at.isoformat(),
            tone=tone,
            icon=icon,
            texts=texts,
            weighty=moved or bool(texts),
        )

    def _who(self, event: Event) -> str:
        if event.by is None:
            together = event.command["kind"] == "settle"
            return self.wording.say(sentence("Decided together") if together else sentence("The service"))
        name = self._name(event.by)
        if event.for_ is not None:
            return self.wording.say(sentence("{name} for {other}"), name=name, other=self._name(event.for_))
        post = self.directory.posts.get(event.as_) if isinstance(event.as_, int) else None
        if post is not None:
            place = self.directory.name_of(post.organisation)
            return self.wording.say(sentence("{name} ({place})"), name=name, place=place)
        return name

    def _name(self, holder: Holder) -> str:
        if isinstance(holder, str):
            return self.wording.say(sentence("Somebody by a link"))
        return self.directory.name_of(holder)

    def _moved(self, event: Event, move: c.Entered, *, own: bool) -> str:
        state = self._state(move.state)
        if move.came_from is None:
            return self.wording.say(sentence("began it: {state}"), state=state)
        if own and event.command["kind"] == "operate":
            return self.wording.say(sentence("{did}: {state}"), did=self._operation(event), state=state)
        return self.wording.say(sentence("{trigger} → {state}"), trigger=self._trigger(move.trigger), state=state)

    def _did_without_move(self, event: Event, changes: Sequence[Change]) -> str:
        kinds = {type(change) for change in changes}
        answer = next((change.answer.trigger for change in changes if isinstance(change, c.Answered)), None)
        if answer is not None:
            return self.wording.say(sentence("answered: {answer}"), answer=self._trigger(answer))
        for kind, words in _WITHOUT_MOVE:
            if kind in kinds:
                return self.wording.say(words)
        if event.command["kind"] == "operate":
            return self._operation(event)
        return self.wording.say(_BY_COMMAND.get(event.command["kind"], sentence("reckoned anew")))

    def _operation(self, event: Event) -> str:
        found = OPERATIONS.get(event.command.get("operation", ""))
        return self.wording.say(found) if found is not None else str(event.command.get("operation", ""))

    def _trigger(self, name: str | None) -> str:
        known = self.definition.triggers.get(name or "")
        label: Sayable = known.label if known else ANSWERS.get(name or "", name or "")
        return label if isinstance(label, str) else label.say(self.wording.language)

    def _state(self, name: str) -> str:
        return self.definition.states[name].label.say(self.wording.language)

    def _aspect_of(self, move: c.Entered) -> tuple[Tone, str]:
        if move.trigger is None:
            return "plain", "plus"
        sense = self.definition.sense(move.trigger) if move.trigger in self.definition.triggers else "forward"
        if sense == "back":
            return "back", "arrow-back-up"
        if sense == "stop":
            return "stop", "x"
        return "done", "check"


_WITHOUT_MOVE = (
    (c.ObjectionTaken, sentence("An objection came in; the notice stands still.")),
    (c.ObjectionAnswered, sentence("answered an objection")),
    (c.NoticeWentOn, sentence("The notice goes on.")),
    (c.VoteTaken, sentence("A vote was given.")),
    (c.CardTaken, sentence("handed in a score card")),
    (c.RoundOpened, sentence("opened the round")),
    (c.FiguresFixed, sentence("The round is over; its figures are fixed.")),
    (c.SittingOpened, sentence("All that wait are decided together now.")),
    (c.RoundClosed, sentence("closed the round: no case is begun any more")),
    (c.Arrived, sentence("It waits for the others of its round.")),
)
_BY_COMMAND = {
    "decide": sentence("answered"),
    "fire_timer": sentence("reminded, or passed it on, as it was due"),
    "resolve_again": sentence("People or posts changed; who holds it was found anew."),
    "object": sentence("An objection came in."),
    "retract": sentence("An objection was taken back."),
    "close_ballot": sentence("closed the ballot"),
    "cast_vote": sentence("A vote was given."),
    "record_tally": sentence("recorded a tally"),
    "gather": sentence("It was looked who waits to be decided together."),
    "call_has_ended": sentence("A case that was waited for has ended."),
    "move": sentence("It was moved to a newer version of its definition."),
}


def _aspect(changes: Sequence[Change]) -> tuple[Tone, str]:
    kinds = {type(change) for change in changes}
    if c.ObjectionTaken in kinds or c.NoticeHeld in kinds:
        return "hold", "hand-stop"
    if c.ObjectionAnswered in kinds or c.NoticeWentOn in kinds:
        return "hold", "message"
    if c.TaskChanged in kinds and c.Told in kinds:
        return "sun", "trending-up"
    if c.Noted in kinds:
        return "plain", "message"
    return "plain", "dots"
