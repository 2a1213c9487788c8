"""What each stage said of a case, as a paper has it: opinion, name, date, and the organisation whose seal stands there. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workflow.calendar import day_of
from workflow.cases.history import Event, unseal
from workflow.definition.model import Ballot, Definition, Notice, Score, Task, Tasks
from workflow.definition.words import ANSWERS
from workflow.engine import changes as c
from workflow.engine.changes import Change
from workflow.engine.directory import Directory
from workflow.engine.subject import Case
from workflow.errors import said
from workflow.text import Language, say
from workflow.web.following import forward


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    words: str
    answer: str
    name: str
    place: str  #: the organisation that acted; empty where it was a person for himself
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A stage on the paper; without opinions it waits for ink and a seal."""

    label: str
    opinions: tuple[Opinion, ...]


def boxes(
    stored: Iterable[tuple[bytes, str | None]],
    definition: Definition,
    case: Case,
    directory: Directory,
    language: Language,
) -> tuple[Box, ...]:
    """In the order of the definition: the stages passed, and those on the way forward that are still to come."""
    reading = _Reading(definition, directory, language)
    found: dict[str, list[Opinion]] = {}
    for body, disclosed in stored:
        reading.read(*unseal(body, disclosed), found)
    coming = {
        case.state,
        *(state.name for start in (definition.first_state, case.state) for state in forward(definition, start)),
    }
    coming = coming if case.ended_at is None else set()
    return tuple(
        Box(label=state.label.say(language), opinions=tuple(found.get(name, ())))
        for name, state in definition.states.items()
        if name != definition.first_state
        and isinstance(state.activity, Task | Tasks | Ballot | Notice | Score)
        and (found.get(name) or name in coming)
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    definition: Definition
    directory: Directory
    language: Language

    def read(self, event: Event, changes: Sequence[Change], found: dict[str, list[Opinion]]) -> None:
        """One event; whoever comes back to a stage starts its box anew."""
        words = " ".join(one.text for one in changes if isinstance(one, c.Noted) and one.kind == "opinion")
        decided = [one for one in changes if isinstance(one, c.Decided) and self._says(one.state)]
        for one in decided:
            found.setdefault(one.state, []).append(self._opinion(event, words, next(self._triggers(changes), None)))
        for move in (one for one in changes if isinstance(one, c.Entered)):
            if move.came_from is not None and not any(one.state == move.came_from for one in decided):
                found.setdefault(move.came_from, []).append(self._opinion(event, "", move.trigger))
            found.pop(move.state, None)

    def _says(self, state: str) -> bool:
        """Where many vote or mark, what they came to stands on the paper, not who did."""
        match self.definition.states[state].activity:
            case Ballot(recorded_by=recorders):
                return bool(recorders)
            case Score():
                return False
        return True

    def _opinion(self, event: Event, words: str, trigger: str | None) -> Opinion:
        post = self.directory.posts.get(event.as_) if isinstance(event.as_, int) else None
        return Opinion(
            words=words,
            answer=self._label(trigger),
            name=self._name(event),
            place=self.directory.name_of(post.organisation) if post else "",
            day=day_of(event.at),
        )

    def _name(self, event: Event) -> str:
        if isinstance(event.by, str):
            return say("by a link", self.language)
        return self.directory.name_of(event.by) if event.by is not None else ""

    def _triggers(self, changes: Sequence[Change]) -> Iterator[str]:
        yield from (one.answer.trigger for one in changes if isinstance(one, c.Answered))
        yield from (one.trigger for one in changes if isinstance(one, c.TaskClosed) and one.trigger)
        yield from (one.trigger for one in changes if isinstance(one, c.Entered) and one.trigger)

    def _label(self, name: str | None) -> str:
        known = self.definition.triggers.get(name or "")
        return said(known.label if known else ANSWERS.get(name or "", name or ""), self.language)
