"""The diagram of a definition, as Mermaid text.

A flowchart rather than a state diagram: only there may an arrow be dotted and a label be quoted.
"""

import re
from collections.abc import Iterator

from workflow.definition.explaining import Vocabulary, condition, unmarked, who
from workflow.definition.model import ANY_STATE, CANCELLED, PREVIOUS, Anytime, Calls, Definition, State, Target, Tuning
from workflow.errors import said
from workflow.text import Language, Sayable, sentence

#: What Mermaid or HTML could read as a sign of its own; at the beginning also what would begin a list.
_SIGNS = re.compile(r"""["#&;<>`\\\[\]{}|'*~$@]|:(?=\S)|%(?=%)|(?<!\w)_|_(?!\w)|\.(?=\s)|^[-+]""")
#: A condition longer than this is cut: the guide has it in full.
_LONGEST = 40


def mermaid(definition: Definition, language: Language) -> str:
    """States with their labels, an arrow for each target; dotted what goes back or may happen at any time."""
    drawing = _Drawing(definition, language)
    lines = (*drawing.nodes(), *drawing.arrows(), *drawing.anytime(), *drawing.cancelling())
    return "\n".join(["flowchart TD", *(f"    {line}" for line in lines)]) + "\n"


class _Drawing:
    """A definition in one language. Ids of nodes begin with their kind, so that none is a word of Mermaid's own."""

    def __init__(self, definition: Definition, language: Language) -> None:
        self._definition = definition
        self._language = language
        self._words = Vocabulary(definition=definition)
        self._cancel = definition.operations.get("cancel", Tuning())

    def nodes(self) -> Iterator[str]:
        targets = {target.to for target in _targets(self._definition)}
        yield 'begin((" "))'
        for state in self._definition.states.values():
            if state.name != CANCELLED or CANCELLED in targets or not self._cancel.never:
                left, right = _shape(state)
                yield f"{_node(state.name)}{left}{self._quoted(self._words.state_called(state.name))}{right}"
        for name in (PREVIOUS, ANY_STATE):
            if name in targets:
                yield f"{_node(name)}([{self._quoted(self._words.state_called(name))}])"

    def arrows(self) -> Iterator[str]:
        yield _arrow("begin", self._definition.first_state, "", dotted=False)
        for state in self._definition.states.values():
            words = self._words.inside(state)
            for trigger, targets in state.to.items():
                back = self._definition.sense(trigger) == "back"
                for number, target in enumerate(targets):
                    facts = {"trigger": self._label(words.trigger_called(trigger))}
                    guard = self._guard(target, words, later=number > 0)
                    label = sentence("{trigger}: {guard}", guard=guard, **facts) if guard else facts["trigger"]
                    yield _arrow(_node(state.name), target.to, said(label, self._language), dotted=back)

    def anytime(self) -> Iterator[str]:
        """One node for each such trigger, not an arrow from each state where it is offered."""
        for trigger in self._definition.anytime.values():
            node = f"anytime_{trigger.name}"
            yield f"{node}{{{{{self._quoted(self._offer(trigger))}}}}}"
            for number, target in enumerate(trigger.targets):
                yield _arrow(node, target.to, self._guard(target, self._words, later=number > 0), dotted=True)

    def cancelling(self) -> Iterator[str]:
        if self._cancel.never:
            return
        people: Sayable = who(self._cancel.by, self._words) if self._cancel.by else sentence("the administrators")
        offer = sentence("At any time: {trigger} ({who})", trigger=sentence("Cancel"), who=people)
        yield f"operation_cancel{{{{{self._quoted(offer)}}}}}"
        yield _arrow("operation_cancel", CANCELLED, "", dotted=True)

    def _offer(self, trigger: Anytime) -> Sayable:
        facts = {"trigger": self._words.trigger_called(trigger.name), "who": who(trigger.by, self._words)}
        steps = [state.name for state in self._definition.states.values() if not state.is_end]
        without = [name for name in steps if name not in trigger.states]
        if set(trigger.states) == set(steps):
            return sentence("At any time: {trigger} ({who})", **facts)
        if set(trigger.states) < set(steps) and len(without) < len(trigger.states):
            states = [self._words.state_called(name) for name in without]
            return sentence("At any time except in {states}: {trigger} ({who})", states=states, **facts)
        states = [self._words.state_called(name) for name in trigger.states]
        return sentence("In {states}: {trigger} ({who})", states=states, **facts)

    def _guard(self, target: Target, words: Vocabulary, *, later: bool) -> str:
        if target.when is not None:
            return self._label(condition(target.when, words), longest=_LONGEST)
        return self._label(sentence("otherwise")) if later else ""

    def _quoted(self, text: Sayable) -> str:
        return f'"{self._label(text)}"'

    def _label(self, text: Sayable, *, longest: int | None = None) -> str:
        """One line that Mermaid shows as it is."""
        line = unmarked(" ".join(said(text, self._language).split()))
        if longest is not None and len(line) > longest:
            line = f"{line[: longest - 1]}…"
        return _SIGNS.sub(lambda sign: f"#{ord(sign[0])};", line)


def _targets(definition: Definition) -> Iterator[Target]:
    for state in definition.states.values():
        for targets in state.to.values():
            yield from targets
    for trigger in definition.anytime.values():
        yield from trigger.targets


def _node(name: str) -> str:
    return f"to_{name}" if name in (PREVIOUS, ANY_STATE) else f"state_{name}"


def _arrow(begin: str, to: str, label: str, *, dotted: bool) -> str:
    line = "-.->" if dotted or to in (PREVIOUS, ANY_STATE) else "-->"
    return f'{begin} {line}|"{label}"| {_node(to)}' if label else f"{begin} {line} {_node(to)}"


def _shape(state: State) -> tuple[str, str]:
    """Round for an end, with double sides for called cases."""
    if state.is_end:
        return "([", "])"
    return ("[[", "]]") if isinstance(state.activity, Calls) else ("[", "]")
