"""What is decided about all cases at once: gathering, ranking, grades, lots, funds."""

from collections.abc import Iterator

from workflow.definition.explaining.comparisons import percent
from workflow.definition.explaining.expressions import condition, quantity
from workflow.definition.explaining.moments import point
from workflow.definition.explaining.office import usual
from workflow.definition.explaining.page import Item
from workflow.definition.explaining.people import who
from workflow.definition.explaining.phrases import chained, marked
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import Allocate, CalledBy, Grade, Rank, Together
from workflow.text import Sayable, sentence


def sitting(together: Together, words: Vocabulary) -> Iterator[Item]:
    yield Item(_gathering(together, words))
    if together.rank is not None:
        yield from _ranking(together.rank, words)
    if together.draw is not None:
        yield Item(sentence("By lot, {portion} of the cases are drawn, rounded up.", portion=percent(together.draw)))
    if together.allocate is not None:
        yield _allocation(together.allocate, words)


def _gathering(together: Together, words: Vocabulary) -> Sayable:
    rules = words.definition.round
    latest = None if together.latest is None else point(together.latest, words)
    match together.until:
        case CalledBy(who=group):
            people = who(group, words)
            said = sentence("Decided together, for all cases that wait here when {who} calls the sitting", who=people)
        case "all":
            closes = rules.fields.get(rules.closes) if rules and rules.closes else None
            if closes is None:
                said = sentence("Decided together, for all cases of the round, as soon as all have come")
            else:
                said = sentence(
                    "Decided together, for all cases of the round, as soon as all have come and “{field}” is past",
                    field=words.called(("round", closes.name)),
                )
        case term:
            said = sentence("Decided together, for all cases that wait here at {moment}", moment=point(term, words))
    if latest is not None:
        return sentence("{what}; no later than {moment}.", what=said, moment=latest)
    return sentence("{what}.", what=said)


def _ranking(rank: Rank, words: Vocabulary) -> Iterator[Item]:
    by = [_ranked_by(name, lowest, words) for name, lowest in rank.by]
    if rank.within is None:
        yield Item(sentence("Ranked by {names}.", names=by))
    else:
        within = words.called((rank.within,)) or marked(rank.within)
        yield Item(sentence("Ranked within the same “{field}” by {names}.", field=within, names=by))
    if rank.seats is not None:
        yield Item(sentence("Seats: {seats}.", seats=quantity(rank.seats, words)))
    yield Item(_tie(rank))
    if rank.grades:
        grades = [_grade(grade, words) for grade in rank.grades]
        yield Item(sentence("Grades, in the order of the ranking: {grades}.", grades=chained(grades)))


def _ranked_by(name: str, lowest: bool, words: Vocabulary) -> Sayable:
    called = words.called(tuple(name.split("."))) or marked(name)
    if lowest:
        return sentence("{figure}, lowest first", figure=called)
    return sentence("{figure}, highest first", figure=called)


def _tie(rank: Rank) -> Sayable:
    match rank.tie:
        case ("ballot",):
            return sentence("A tie at the last seat: a second ballot among the tied.")
        case ("lot",):
            return sentence("A tie: by lot.")
        case ("ballot", "lot"):
            return sentence("A tie at the last seat: a second ballot among the tied; what is still equal then, by lot.")
    if rank.seats is None:
        return sentence("A tie: equal places.")
    return sentence("A tie: equal places, and nobody of the tied is seated beyond the seats.")


def _grade(grade: Grade, words: Vocabulary) -> Sayable:
    name = usual(grade.name)
    when = None if grade.when is None else condition(grade.when, words)
    most = None if grade.at_most is None else percent(grade.at_most)
    if when is not None and most is not None:
        return sentence("“{grade}” if {condition}, at most {portion}", grade=name, condition=when, portion=most)
    if when is not None:
        return sentence("“{grade}” if {condition}", grade=name, condition=when)
    if most is not None:
        return sentence("“{grade}” at most {portion}", grade=name, portion=most)
    return sentence("“{grade}” for the rest", grade=name)


def _allocation(allocate: Allocate, words: Vocabulary) -> Item:
    budget = quantity(allocate.budget, words)
    parts = (
        Item(
            sentence(
                "“{part}”: {portion}, in proportion to {value}.",
                part=usual(part.name),
                portion=percent(part.portion),
                value=quantity(part.by, words),
            )
        )
        for part in allocate.parts
    )
    text = sentence("{budget} is shared out, exact to the fen, in these parts:", budget=budget)
    return Item(text, tuple(parts))
