"""What comes after a form is handed in: the next stages along the way forward, who acts there, and by when. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.definition.explaining import Vocabulary, begun, who
from workflow.definition.explaining.moments import deadlines, lengths
from workflow.definition.model import Ballot, Definition, Notice, State, Task, Tasks
from workflow.errors import said
from workflow.text import Language, Sayable, sentence

_MOST = 6


@dataclass(frozen=True, slots=True)
class Stage:
    label: str
    words: str


def stages_after(definition: Definition, state: str, language: Language) -> tuple[Stage, ...]:
    words, found = Vocabulary(definition=definition), list[Stage]()
    for one in forward(definition, state):
        parts = [said(part, language) for part in _about(one, words)]
        found.append(Stage(one.label.say(language), begun(("，" if language == "zh" else ", ").join(parts))))
        if len(found) == _MOST:
            break
    return tuple(found)


def forward(definition: Definition, name: str) -> Iterator[State]:
    """The first target of the first trigger that leads forward, until an end."""
    seen = {name}
    while True:
        state = definition.states[name]
        targets = [found for trigger, found in state.to.items() if definition.sense(trigger) == "forward" and found]
        name = targets[0][0].to if targets else name
        if name in seen or name not in definition.states:
            return
        seen.add(name)
        yield definition.states[name]


def _about(state: State, words: Vocabulary) -> Iterator[Sayable]:
    match state.activity:
        case Task(who=people, due=due):
            yield who(people, words)
            if due:
                yield deadlines(due, words)
        case Tasks(entries=(one,)) if not one.each:
            yield who(one.task.who, words)
        case Tasks(entries=entries):
            yield (
                sentence("several are asked")
                if len(entries) == 1
                else sentence("{count} are asked", count=len(entries))
            )
        case Notice(length=length):
            yield lengths(length, words)
        case Ballot(recorded_by=people) if people:
            yield who(people, words)
