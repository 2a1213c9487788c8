"""What is published for how long, and how to object."""

from collections.abc import Iterator, Mapping

from workflow.definition.explaining.moments import deadlines, lengths, span
from workflow.definition.explaining.office import PLACES, usual
from workflow.definition.explaining.page import Item
from workflow.definition.explaining.people import who
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import Extend, Notice, Objections, State
from workflow.text import Sayable, Sentence, sentence

_CLOCKS: Mapping[str, Sentence] = {
    "hold": sentence("While an objection is open the notice stands still; then it goes on with what was left."),
    "again": sentence("After each answer to an objection the notice begins again in full."),
    "run": sentence("The notice runs on while an objection is open, but does not end before it is answered."),
}


def notice(found: Notice, state: State, words: Vocabulary) -> Iterator[Item]:
    places = [usual(place, PLACES) for place in found.where]
    yield Item(
        sentence("A notice ({length}) is published at: {places}.", length=lengths(found.length, words), places=places)
    )
    if found.show:
        yield Item(sentence("What is published: {fields}.", fields=words.fields_called(found.show)))
    if found.objections is None:
        yield Item(sentence("No objections are taken."))
    else:
        yield Item(_how_to_object(found.objections), tuple(_about(found.objections, state, words)))


def extension(extend: Extend, words: Vocabulary) -> Sayable:
    """How often and by how much a deadline may be put off."""
    length = span(extend.by)
    if extend.agreed_by:
        people = who(extend.agreed_by, words)
        return sentence(
            "Before it is reached, the deadline may be put off by {span}, {count} times at most, with a reason, "
            "if one of each of these agrees: {who}.",
            span=length,
            count=extend.times,
            who=people,
        )
    if extend.times == 1:
        return sentence("Before it is reached, the deadline may be put off once by {span}, with a reason.", span=length)
    return sentence(
        "Before it is reached, the deadline may be put off by {span}, {count} times at most, with a reason.",
        span=length,
        count=extend.times,
    )


def _how_to_object(objections: Objections) -> Sayable:
    if objections.anonymous:
        return sentence(
            "How to object: whoever can see the notice may do so while it runs, with evidence, by name or without, "
            "and gets a receipt code."
        )
    return sentence(
        "How to object: whoever can see the notice may do so while it runs, with evidence and by name, "
        "and gets a receipt code."
    )


def _about(objections: Objections, state: State, words: Vocabulary) -> Iterator[Item]:
    yield Item(_examined(objections, words))
    yield Item(sentence("Answers: upheld, partly upheld, not upheld, joined to an earlier one; the objector is told."))
    if objections.extend is not None:
        yield Item(extension(objections.extend, words))
    yield Item(_CLOCKS[objections.clock])
    if objections.correct:
        fields = words.fields_called(objections.correct)
        yield Item(sentence("Where it is partly upheld, these are corrected: {fields}.", fields=fields))
    if "corrected" not in state.to:
        yield Item(sentence("After it is partly upheld, the notice begins again in full."))
    if objections.late is None:
        yield Item(sentence("After the end no objection is taken."))
    else:
        text = sentence(
            "An objection after the end opens a case “{definition}”.",
            definition=words.definition_called(objections.late),
        )
        yield Item(text)


def _examined(objections: Objections, words: Vocabulary) -> Sayable:
    facts: dict[str, object] = {"who": who(objections.who, words), "count": objections.sign}
    if objections.sign == 1:
        if objections.due:
            due = deadlines(objections.due, words)
            return sentence("Each objection is examined by {who}, {deadline}.", deadline=due, **facts)
        return sentence("Each objection is examined by {who}.", **facts)
    if objections.due:
        due = deadlines(objections.due, words)
        return sentence(
            "Each objection is examined by {who}, {deadline}; {count} of them must answer the same.",
            deadline=due,
            **facts,
        )
    return sentence("Each objection is examined by {who}; {count} of them must answer the same.", **facts)
