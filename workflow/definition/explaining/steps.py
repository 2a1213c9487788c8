"""The procedure step by step, and its ends."""

from collections.abc import Iterator

from workflow.definition.explaining.activities import activity
from workflow.definition.explaining.effects import done, told
from workflow.definition.explaining.moments import point, when
from workflow.definition.explaining.notices import extension
from workflow.definition.explaining.page import Item, Section
from workflow.definition.explaining.people import who
from workflow.definition.explaining.rules import operation
from workflow.definition.explaining.sittings import sitting
from workflow.definition.explaining.targets import outcomes
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import UP, Escalate, State
from workflow.text import Sayable, sentence


def steps(words: Vocabulary) -> tuple[Section, ...]:
    states = [state for state in words.definition.states.values() if not state.is_end]
    return tuple(
        Section(
            heading=sentence("Step {number}: {state}", number=number, state=words.state_called(state.name)),
            items=tuple(_step(state, words.inside(state))),
        )
        for number, state in enumerate(states, 1)
    )


def ends(words: Vocabulary) -> Iterator[Item]:
    for state in words.definition.states.values():
        if state.is_end:
            own = words.inside(state)
            below = (*told(state.tell, own), *done(state.do, own))
            yield Item(sentence("**{state}**", state=words.state_called(state.name)), below)
    yield Item(sentence("The starter is told of each return and of the end."))


def _step(state: State, words: Vocabulary) -> Iterator[Item]:
    if state.together is not None:
        yield from sitting(state.together, words)
    yield from activity(state, words)
    yield from _clock(state, words)
    yield from _reminders(state, words)
    yield from _escalations(state, words)
    yield from told(state.tell, words)
    effects = tuple(done(state.do, words))
    if effects:
        yield Item(sentence("At its beginning:"), effects)
    yield from (operation(name, tuning, words) for name, tuning in state.operations.items())
    yield Item(sentence("What may come of it:"), tuple(outcomes(state, words)))


def _clock(state: State, words: Vocabulary) -> Iterator[Item]:
    if state.extend is not None:
        yield Item(extension(state.extend, words))
    if state.pause is not None:
        yield Item(sentence("The clock may be stopped for {count} days in all, with a reason.", count=state.pause))
    if state.clock == "goes_on":
        yield Item(sentence("When this step is entered again, its clock goes on with what was left."))


def _reminders(state: State, words: Vocabulary) -> Iterator[Item]:
    own = [when(remind.at, words) for remind in state.remind if not remind.to]
    if own:
        yield Item(sentence("Reminders: {moments}.", moments=own))
    for remind in state.remind:
        if remind.to:
            facts = {"who": who(remind.to, words), "moment": when(remind.at, words)}
            yield Item(sentence("Also told: {who} ({moment}).", **facts))


def _escalations(state: State, words: Vocabulary) -> Iterator[Item]:
    for escalate in state.escalate:
        yield Item(_escalation(escalate, words))


def _escalation(escalate: Escalate, words: Vocabulary) -> Sayable:
    facts = {"moment": point(escalate.at, words), "who": who(escalate.to, words)}
    if escalate.to == (UP,):
        return sentence("Escalation ({moment}): if it is still open, {who} are told, and may act as well.", **facts)
    return sentence("Escalation ({moment}): if it is still open, these are told, and may act as well: {who}.", **facts)
