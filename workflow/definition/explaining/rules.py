"""What holds for the whole: who may start and see, what may happen at any time, recusal, built-in operations."""

import re
from collections.abc import Iterator, Mapping

from workflow.definition.explaining.moments import span
from workflow.definition.explaining.page import Item
from workflow.definition.explaining.people import concerned, people_of, posts, who
from workflow.definition.explaining.phrases import filled, marked
from workflow.definition.explaining.targets import leading, step_called
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import CANCELLED, PUBLIC, Anytime, Named, Tuning
from workflow.definition.words import OPERATIONS
from workflow.errors import said
from workflow.text import Label, Language, Sayable, Sentence, sentence

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SIGNERS: Mapping[str, Sentence] = {
    "before": sentence("before one's own answer"),
    "beside": sentence("beside one's own answer"),
    "after": sentence("after one's own answer"),
}
_OWN_CASE = sentence("Nobody acts in a case that they started themselves, as one of these: {who}.")
_OWN_MATTER = sentence("Nobody acts in a case about themselves, as one of these: {who}.")
_OWN_UNIT = sentence("Nobody acts for the unit where they work or are a member, as one of these: {who}.")
_OWN_BRANCH = sentence("Nobody acts where their post is at the unit itself or above it, as one of these: {who}.")
_DECLARED = sentence("These first declare whether they have an interest (family), and then may not act: {who}.")
#: Few exceptions are named; of more, the steps are listed instead.
_FEW = 3


def starting(words: Vocabulary) -> Iterator[Item]:
    definition = words.definition
    yield from map(Item, _started(words))
    person = concerned(words)
    if person is not None:
        yield Item(sentence("The person concerned: {who}.", who=person))
    if definition.once:
        names = words.fields_called(definition.once)
        text = sentence(
            "No second case in which all of these are the same, unless the first was cancelled or ended with a refusal: "
            "{names}.",
            names=names,
        )
        yield Item(text)
    if definition.number:
        yield Item(sentence("Its number reads “{number}”.", number=in_words(definition.number, words)))
    if definition.subject:
        yield Item(sentence("In lists it stands as “{subject}”.", subject=in_words(definition.subject, words)))
    yield Item(_seen(words))


def anytime(words: Vocabulary) -> Iterator[Item]:
    for trigger in words.definition.anytime.values():
        yield Item(_offered(trigger, words), tuple(_about_anytime(trigger, words)))
    yield Item(_cancelling(words))


def recusal(words: Vocabulary) -> Iterator[Item]:
    rules = words.definition.recuse
    if rules.concerned == ():
        yield Item(sentence("Nobody decides, votes, scores or examines in a case that is about themselves."))
    for group, template in (
        (rules.starter, _OWN_CASE),
        (rules.concerned, _OWN_MATTER),
        (rules.same_unit, _OWN_UNIT),
        (rules.same_branch, _OWN_BRANCH),
        (rules.declared, _DECLARED),
    ):
        if group:
            yield Item(filled(template, who=posts(group, words)))
    if rules.twice:
        states = [step_called(name, words) for name in rules.twice]
        yield Item(sentence("Nobody decides in more than one of these steps of one case: {steps}.", steps=states))


def operations(words: Vocabulary) -> Iterator[Item]:
    for name, tuning in words.definition.operations.items():
        if name != "cancel":
            yield operation(name, tuning, words)


def operation(name: str, tuning: Tuning, words: Vocabulary) -> Item:
    """How a built-in operation is forbidden or limited."""
    called = OPERATIONS[name]
    if tuning.never:
        return Item(sentence("“{operation}” is not allowed.", operation=called))
    if tuning.kinds is not None:
        kinds = [_SIGNERS[kind] for kind in tuning.kinds]
        return Item(sentence("“{operation}” only: {kinds}.", operation=called, kinds=kinds))
    if tuning.span is not None:
        return Item(sentence("“{operation}” at most once in {span}.", operation=called, span=span(tuning.span)))
    people = who(tuning.by or (), words)
    if tuning.edit:
        fields = words.fields_called(tuning.edit)
        text = sentence("“{operation}” of {fields}, with a reason: {who}.", operation=called, fields=fields, who=people)
        return Item(text)
    return Item(sentence("“{operation}”, with a reason: {who}.", operation=called, who=people))


def in_words(template: str, words: Vocabulary) -> Label:
    """A number, subject or title with its places in words: “LV-(year)”."""

    def replaced(language: Language) -> str:
        return _PLACEHOLDER.sub(lambda found: said(_place(found[1], words), language), marked(template))

    return Label(replaced("zh"), replaced("en"))


def _started(words: Vocabulary) -> Iterator[Sayable]:
    """By whom, by anyone too, or by no one."""
    definition = words.definition
    named = tuple(entry for entry in definition.start if entry.spec != Named(PUBLIC))
    if named:
        yield sentence("A case is started by {who}.", who=people_of(named, words))
    if len(named) < len(definition.start):
        yield sentence("Anyone may start a case, by a link with a code.")
    if not definition.start and definition.round and definition.round.cases:
        yield sentence("Cases open together with each round; nobody starts them by hand.")
    elif not definition.start:
        yield sentence("Nobody starts a case by hand: another procedure or a round does.")


def _seen(words: Vocabulary) -> Sayable:
    people: list[Sayable] = [sentence("the starter")]
    if words.definition.concerns is not None:
        people.append(sentence("the person concerned"))
    people += [sentence("those who act or acted in it"), sentence("the administrators")]
    if words.definition.see:
        people.append(who(words.definition.see, words))
    return sentence("It is seen by: {people}.", people=people)


def _place(name: str, words: Vocabulary) -> Sayable:
    head, _, digits = name.partition(":")
    match head:
        case "year":
            return sentence("(year)")
        case "month":
            return sentence("(month)")
        case "day":
            return sentence("(day)")
        case "seq" if digits:
            return sentence("(serial number, {digits} digits)", digits=digits.lstrip("0"))
        case "seq":
            return sentence("(serial number)")
        case "round":
            return sentence("(round)")
    return words.called((head,)) or marked(head)


def _offered(trigger: Anytime, words: Vocabulary) -> Sayable:
    sense = words.definition.sense(trigger.name)
    return sentence(
        "**{trigger}**, by {who}, {where}: {leads}.",
        trigger=words.trigger_called(trigger.name),
        who=who(trigger.by, words),
        where=_where(trigger, words),
        leads=leading(trigger.targets, sense, words, picked=True),
    )


def _where(trigger: Anytime, words: Vocabulary) -> Sayable:
    steps = [state.name for state in words.definition.states.values() if not state.is_end]
    without = [name for name in steps if name not in trigger.states]
    if set(trigger.states) <= set(steps) and not without:
        return sentence("at any time before the end")
    if set(trigger.states) <= set(steps) and len(without) <= min(_FEW, len(steps) // 2):
        return sentence(
            "at any time before the end except in {steps}", steps=[step_called(name, words) for name in without]
        )
    return sentence("in {steps}", steps=[step_called(name, words) for name in trigger.states])


def _about_anytime(trigger: Anytime, words: Vocabulary) -> Iterator[Item]:
    if trigger.edit:
        yield Item(sentence("Filled in here: {fields}.", fields=words.fields_called(trigger.edit)))
    by_sense = words.definition.sense(trigger.name) != "forward" and trigger.name != "withdraw"
    if by_sense if trigger.opinion is None else trigger.opinion:
        yield Item(sentence("An opinion is wanted."))


def _cancelling(words: Vocabulary) -> Sayable:
    tuning = words.definition.operations.get("cancel", Tuning())
    if tuning.never:
        return sentence("Nobody may cancel a case.")
    people: Sayable = who(tuning.by, words) if tuning.by else sentence("the administrators")
    return sentence(
        "**Cancel**, by {who}, at any time, with a reason: ends as “{state}”.",
        who=people,
        state=words.state_called(CANCELLED),
    )
