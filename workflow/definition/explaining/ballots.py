"""How is voted: who, in secret or not, what must hold for a valid vote and for a pass."""

from collections.abc import Iterator

from workflow.definition import words as usual_words
from workflow.definition.explaining.expressions import condition, quantity
from workflow.definition.explaining.moments import deadlines
from workflow.definition.explaining.operands import is_always
from workflow.definition.explaining.page import Item
from workflow.definition.explaining.people import who
from workflow.definition.explaining.phrases import plain
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import Ballot
from workflow.text import Sayable, sentence


def ballot(found: Ballot, words: Vocabulary) -> Iterator[Item]:
    own = _over_rows(found, words)
    yield Item(_held(found, words))
    yield from _choices(found)
    if found.edit:
        yield Item(sentence("Filled in here: {fields}.", fields=words.fields_called(found.edit)))
    yield from _rows(found, own)
    yield from _valid(found, own)
    yield from _closing(found, words)


def _over_rows(found: Ballot, words: Vocabulary) -> Vocabulary:
    table = words.definition.fields.get(found.of) if found.of else None
    return words if table is None else words.over("row", table.columns)


def _held(found: Ballot, words: Vocabulary) -> Sayable:
    if found.recorded_by:
        return sentence(
            "A meeting votes; its tally (entitled, present, votes) is recorded by {who}.",
            who=who(found.recorded_by, words),
        )
    people = who(found.who, words)
    if found.secret:
        return sentence("A secret ballot: each has one vote. Who votes: {who}.", who=people)
    return sentence("An open ballot: each has one vote. Who votes: {who}.", who=people)


def _choices(found: Ballot) -> Iterator[Item]:
    if dict(found.choices) != usual_words.CHOICES:
        yield Item(sentence("Choices: {choices}.", choices=[plain(label) for label in found.choices.values()]))
    if found.items:
        items = [plain(label) for label in found.items.values()]
        yield Item(sentence("Also asked, without deciding: {items}.", items=items))


def _rows(found: Ballot, words: Vocabulary) -> Iterator[Item]:
    if found.of is None:
        return
    table = words.called((found.of,))
    if found.choose is None:
        yield Item(sentence("Votes are for the rows of “{table}”.", table=table))
    else:
        text = sentence("Votes are for the rows of “{table}”, at most {count} each.", table=table, count=found.choose)
        yield Item(text)
    if found.seats is not None:
        yield Item(sentence("Elected are those with most votes, up to {seats}.", seats=quantity(found.seats, words)))


def _valid(found: Ballot, words: Vocabulary) -> Iterator[Item]:
    if found.quorum is not None and not is_always(found.quorum.tree):
        quorum = condition(found.quorum, words)
        yield Item(sentence("Valid only if {condition}.", condition=quorum))
    if found.passes is not None and not is_always(found.passes.tree):
        passes = condition(found.passes, words)
        if found.of is not None:
            yield Item(sentence("A row is elected only if {condition}.", condition=passes))
        else:
            yield Item(sentence("Passed if {condition}.", condition=passes))


def _closing(found: Ballot, words: Vocabulary) -> Iterator[Item]:
    if found.due:
        yield Item(sentence("The ballot closes when all have voted, {deadline}.", deadline=deadlines(found.due, words)))
    if found.closed_by:
        yield Item(sentence("It may be closed by {who}.", who=who(found.closed_by, words)))
    if found.changeable:
        yield Item(sentence("A vote may be changed until the ballot closes."))
    if found.who:
        yield Item(sentence("Results are hidden until the ballot closes."))
    if found.hide_groups_under is not None:
        count = found.hide_groups_under
        yield Item(sentence("A branch with fewer than {count} votes is shown only with the next.", count=count))
