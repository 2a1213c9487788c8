"""Where each trigger leads, and under which condition."""

from collections.abc import Iterator, Sequence

from workflow.definition.explaining.expressions import condition
from workflow.definition.explaining.page import Item
from workflow.definition.explaining.phrases import chained, plain
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import ANY_STATE, PREVIOUS, Sense, State, Target, Task, Tasks
from workflow.definition.words import FIRED
from workflow.text import Sayable, sentence


def outcomes(state: State, words: Vocabulary) -> Iterator[Item]:
    for trigger, targets in state.to.items():
        leads = leading(targets, words.definition.sense(trigger), words, picked=_is_picked(state, trigger))
        facts = {"trigger": words.trigger_called(trigger), "leads": leads}
        if _wants_opinion(state, trigger, words):
            yield Item(sentence("**{trigger}** (with an opinion): {leads}.", **facts))
        else:
            yield Item(sentence("**{trigger}**: {leads}.", **facts))


def leading(targets: Sequence[Target], sense: Sense, words: Vocabulary, *, picked: bool) -> Sayable:
    """The targets in order: the first whose condition holds is taken."""
    parts: list[Sayable] = []
    for number, target in enumerate(targets):
        goes = _goes(target, sense, words)
        if target.when is not None:
            when = condition(target.when, words)
            parts.append(sentence("if {condition}, {goes}", condition=when, goes=goes))
        else:
            parts.append(sentence("otherwise {goes}", goes=goes) if number else goes)
    if targets and targets[-1].when is not None:
        parts.append(_otherwise(targets, picked))
    return chained(parts)


def step_called(name: str, words: Vocabulary) -> Sayable:
    """A step by its number and label."""
    number = number_of(name, words)
    label = words.state_called(name)
    if number is None:
        return sentence("“{state}”", state=label)
    return sentence("step {number} “{state}”", number=number, state=label)


def number_of(name: str, words: Vocabulary) -> int | None:
    steps = [state.name for state in words.definition.states.values() if not state.is_end]
    return steps.index(name) + 1 if name in steps else None


def _otherwise(targets: Sequence[Target], picked: bool) -> Sayable:
    say = next((target.say for target in reversed(targets) if target.say is not None), None)
    if not picked:
        return sentence("otherwise the administrators are told")
    if say is None:
        return sentence("otherwise this is refused")
    return sentence("otherwise this is refused: “{say}”", say=plain(say))


def _goes(target: Target, sense: Sense, words: Vocabulary) -> Sayable:
    goes = _to(target.to, sense, words)
    if target.then == "resume":
        return sentence("{goes} (once mended, straight back to this step)", goes=goes)
    if target.then == "choice":
        return sentence(
            "{goes} (whoever sends it back chooses: once mended straight back to this step, or through everything "
            "again, which holds if nothing is chosen)",
            goes=goes,
        )
    if sense == "back" and target.to not in (PREVIOUS, ANY_STATE):
        return sentence("{goes} (then through everything again)", goes=goes)
    return goes


def _to(name: str, sense: Sense, words: Vocabulary) -> Sayable:
    if name == PREVIOUS:
        return sentence("back to the step before")
    if name == ANY_STATE:
        return sentence("back to a step already passed, which the decider picks")
    state = words.definition.states[name]
    if state.is_end:
        return sentence("ends as “{state}”", state=words.state_called(name))
    if words.state is not None and name == words.state.name:
        return sentence("this step once more")
    step = step_called(name, words)
    if sense == "back":
        return sentence("back to {step}", step=step)
    return sentence("on to {step}", step=step)


def _is_picked(state: State, trigger: str) -> bool:
    """Whether a person picks it, rather than the clock, a count or an answer."""
    return isinstance(state.activity, Task | Tasks) and trigger not in FIRED


def _wants_opinion(state: State, trigger: str, words: Vocabulary) -> bool:
    if not _is_picked(state, trigger) or trigger == "withdraw":
        return False
    match state.activity:
        case Task(opinion=tuple() as named):
            return trigger in named
        case Tasks(entries=entries):
            named = tuple(name for entry in entries for name in entry.task.opinion or ())
            if any(entry.task.opinion is not None for entry in entries):
                return trigger in named
    return words.definition.sense(trigger) != "forward"
