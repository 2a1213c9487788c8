"""The decision bar: what may be done with a task, where each answer leads, what happens if nobody acts; and what it sends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from workflow.api.bodies import taken, unfit
from workflow.api.schemas.tasks import DecisionBody
from workflow.definition.explaining import Vocabulary, who
from workflow.definition.model import UP, Definition, Fields, Tasks
from workflow.errors import InvalidData, ProblemsFound, WorkflowError, said
from workflow.messages.wording import Wording
from workflow.text import Language, Sentence, say, sentence
from workflow.web.inputs import Filled, Input, inputs_of, sent_values
from workflow.web.looking import CaseShown, instant

_DATA = "/data/"
#: More to fill in than that is no matter of a glance.
_MOST_INPUTS = 4
#: Before the id of a case of a sitting: what is decided for it in place of what is decided for all.
_EXCEPT = "except."


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was refused: at its field where there is one, else above."""

    above: tuple[dict[str, str], ...] = ()
    fields: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Typed:
    form: MultiDict[str, str]
    wrong: Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A trigger as a button."""

    trigger: str
    label: str
    sense: str
    opinion: bool
    leads: str | None  #: what happens next, in a sentence
    why_not: str | None
    states: tuple[tuple[str, str], ...]
    choose_then: bool
    missing: bool  #: fields of the form that it wants are still empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A condition in words, as it stands now."""

    words: str
    holds: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    answers: tuple[Answer, ...]
    inputs: tuple[Input, ...]
    checks: tuple[Check, ...]
    idle: tuple[str, ...]
    opinion: str
    wrong: Wrong

    @property
    def long(self) -> bool:
        """Whether its form has a page of its own."""
        return len(self.inputs) > _MOST_INPUTS or any(one.kind in ("table", "elsewhere") for one in self.inputs)


def bar_of(definition: Definition, task: dict[str, Any], case: CaseShown, typed: Typed | None, speaks: Language) -> Bar:
    answers = tuple(answers_of(definition, task, speaks))
    fields = [definition.fields[name] for name in task["edit"] if name in definition.fields]
    sent = sent_values(fields, typed.form) if typed else {}
    wrong = typed.wrong if typed else Wrong()
    filled = Filled({**case.view["data"], **sent}, wrong.fields)
    return Bar(
        answers=tuple(sorted(answers, key=lambda one: ("stop", "back", "forward").index(one.sense))),
        inputs=tuple(inputs_of(fields, filled, speaks)) if task["may"] else (),
        checks=tuple(_checks(task, speaks)),
        idle=tuple(_idle(definition, task, case.wording, speaks)),
        opinion=typed.form.get("opinion", "") if typed else "",
        wrong=wrong,
    )


def body_of(known: Fields, form: MultiDict[str, str]) -> dict[str, Any]:
    """What the page sent, as a program would send it; `known` are the case's fields or the round's. Raises InvalidData."""
    if wrong := list(unfit(form.to_dict(), "")):
        raise InvalidData(tuple(wrong))
    fields = [one for name, one in known.items() if f"has.{name}" in form]
    body: dict[str, Any] = {
        "trigger": form.get("trigger", ""),
        "opinion": form.get("opinion", ""),
        "data": sent_values(fields, form),
        "except": {
            name.removeprefix(_EXCEPT): trigger
            for name, trigger in form.items()
            if name.startswith(_EXCEPT) and trigger not in ("", form.get("trigger"))
        },
    }
    body |= {name: form[name] for name in ("to", "then") if form.get(name)}
    return taken(DecisionBody(), body)


def wrong_of(error: WorkflowError, speaks: Language) -> Wrong:
    if not isinstance(error, ProblemsFound):
        because = said(error.because, speaks) if error.because is not None else error.say(speaks)
        return Wrong(above=({"words": because, "field": ""},))
    fields: dict[str, list[str]] = {}
    above: list[dict[str, str]] = []
    for problem in error.problems:
        name = problem.at.removeprefix(_DATA).replace("/", ".") if problem.at.startswith(_DATA) else ""
        if name:
            fields.setdefault(name, []).append(problem.say(speaks))
        above.append({"words": problem.say(speaks), "field": name or problem.at.strip("/")})
    return Wrong(above=tuple(above), fields=fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What may happen next: an answer and where it leads, or what the clock does."""

    icon: str
    tone: str
    words: str
    leads: str


_TONES = {"forward": ("arrow-right", "good"), "back": ("arrow-back-up", "soon"), "stop": ("x", "late")}


def what_may_come(definition: Definition, case: CaseShown, speaks: Language) -> Iterator[Coming]:
    """Each answer once, whoever may give it; then what happens if nobody acts."""
    seen: set[str] = set()
    for task in case.view["tasks"]:
        for answer in answers_of(definition, task, speaks):
            if answer.trigger not in seen:
                seen.add(answer.trigger)
                icon, tone = _TONES[answer.sense]
                yield Coming(icon=icon, tone=tone, words=answer.label, leads=answer.leads or answer.why_not or "")
    for words in dict.fromkeys(w for t in case.view["tasks"] for w in _idle(definition, t, case.wording, speaks)):
        yield Coming(icon="clock", tone="quiet", words="", leads=words)


def answers_of(definition: Definition, task: dict[str, Any], speaks: Language) -> Iterator[Answer]:
    for one in task["outlook"]:
        yield Answer(
            trigger=one["trigger"],
            label=one["label"][speaks],
            sense=one["sense"],
            opinion=one["opinion"],
            leads=_leads(definition, one["leads_to"], speaks),
            why_not=one["why_not"],
            states=tuple((name, definition.states[name].label.say(speaks)) for name in one["choose_state"]),
            choose_then=one["choose_then"],
            missing=bool(one["missing"]),
        )


def _leads(definition: Definition, state: str | None, speaks: Language) -> str | None:
    """To which state; how many are asked there."""
    if state is None:
        return None
    found = definition.states[state]
    label = found.label.say(speaks)
    if isinstance(found.activity, Tasks) and len(found.activity.entries) > 1:
        return say("{state}, {count} are asked", speaks, state=label, count=len(found.activity.entries))
    return label


def _checks(task: dict[str, Any], speaks: Language) -> Iterator[Check]:
    """What the service has looked at for whoever decides; each once."""
    seen: set[str] = set()
    for one in task["outlook"]:
        for condition in one["conditions"]:
            words = condition["say"][speaks] if condition["say"] else None
            if words and words not in seen:
                seen.add(words)
                yield Check(words=words, holds=condition["holds"])


_IDLE: dict[str, Sentence] = {
    "expired": sentence("If nobody acts by {at}: {state}."),
    "closes": sentence("It closes at {at}."),
    "escalation": sentence("{at}: passed on to {state}."),
    "reminder": sentence("{at}: a reminder."),
    "clear": sentence("Without an objection by {at}: {state}."),
    "resumes": sentence("{at}: its clock goes on."),
}


def _idle(definition: Definition, task: dict[str, Any], wording: Wording, speaks: Language) -> Iterator[str]:
    """What happens if nobody acts: what counts stands before reminders."""
    coming = sorted(task["coming"], key=lambda one: (one["kind"] == "reminder", one["at"]))
    for one in coming[:2]:
        kind, at = _IDLE[one["kind"]], wording.moment(instant(one["at"]))
        yield wording.say(kind, at=at, state=_towards(definition, one["to"] or "", speaks))


def _towards(definition: Definition, name: str, speaks: Language) -> str:
    """A state, or who is told."""
    if name in definition.states:
        return definition.states[name].label.say(speaks)
    if name == UP:
        return say("the next level", speaks)
    return said(who(tuple(name.split("、")), Vocabulary(definition=definition)), speaks) if name else ""
