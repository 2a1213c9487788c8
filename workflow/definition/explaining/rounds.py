"""The round: who opens it and when, its dates, quotas and figures."""

from collections.abc import Iterator, Mapping

from workflow.definition.explaining.effects import done, told
from workflow.definition.explaining.expressions import condition, quantity
from workflow.definition.explaining.forms import described
from workflow.definition.explaining.moments import point, regularly
from workflow.definition.explaining.office import LEVELS, usual
from workflow.definition.explaining.operands import is_always
from workflow.definition.explaining.page import Item
from workflow.definition.explaining.people import level, role, who
from workflow.definition.explaining.phrases import marked, plain
from workflow.definition.explaining.rules import in_words
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import CANCELLED, EachCase, Figure, RoundRules
from workflow.text import Label, Sayable, Sentence, sentence

_REST_DAYS: Mapping[str, Sentence] = {
    "next": sentence("A day of rest moves it to the next working day."),
    "previous": sentence("A day of rest moves it to the working day before."),
    "keep": sentence("A day of rest does not move it."),
}


def round_rules(rules: RoundRules, words: Vocabulary) -> Iterator[Item]:
    own = words.inside_round()
    title = Label(in_words(rules.title.zh, words).zh, in_words(rules.title.en, words).en)
    facts = {"title": title, "level": level(rules.at)}
    yield Item(sentence("Cases belong to a round, “{title}”; each {level} has its own.", **facts))
    yield from _opening(rules, own)
    if rules.cases is not None:
        yield Item(_cases(rules.cases, own))
    if rules.closes is not None:
        yield Item(_closing(rules.closes, own))
    fields = [field for field in rules.fields.values() if field.constant is None]
    if fields:
        below = tuple(described(field, own) for field in fields)
        yield Item(sentence("Set for each round:"), below)
    if rules.figures:
        below = tuple(_figure(figure, own) for figure in rules.figures.values())
        yield Item(sentence("Counted as the round goes on:"), below)
    after = (*told(rules.tell, own), *done(rules.do, own))
    if after:
        yield Item(sentence("When the round is over:"), after)


def _opening(rules: RoundRules, words: Vocabulary) -> Iterator[Item]:
    if rules.opens_by:
        yield Item(sentence("It is opened by {who}.", who=who(rules.opens_by, words)))
        if rules.closes is None and rules.cases is None:
            yield Item(sentence("It stays open until whoever opened it closes it."))
    if rules.opens_at is not None:
        yield Item(sentence("It opens by itself: {moment}.", moment=regularly(rules.opens_at, words)))
        yield Item(_REST_DAYS[rules.rest_day])
    if rules.announce is not None:
        yield Item(sentence("It is announced to those concerned {moment}.", moment=point(rules.announce, words)))


def _cases(each: EachCase, words: Vocabulary) -> Sayable:
    said = _one_for(each)
    if each.when is None:
        return sentence("{what}.", what=said)
    return sentence("{what}, if {condition}.", what=said, condition=condition(each.when, words))


def _one_for(each: EachCase) -> Sentence:
    match each.kind:
        case "role" if each.at:
            return sentence("With it opens a case for each {level} {role}", role=role(each.name), level=level(each.at))
        case "role":
            return sentence("With it opens a case for each {role}", role=role(each.name))
        case "unit":
            return sentence("With it opens a case for each {level}", level=usual(each.name, LEVELS))
    return sentence("With it opens a case for each holder of the honour “{honour}”", honour=usual(each.name))


def _closing(name: str, words: Vocabulary) -> Sayable:
    return sentence(
        "After “{field}” no case is started, and cases that never left the first step lapse.",
        field=words.called((name,)) or marked(name),
    )


def _figure(figure: Figure, words: Vocabulary) -> Item:
    of_cases = Vocabulary(definition=words.definition)
    label = plain(figure.label)
    counted = _counted(figure, of_cases if figure.kind != "value" else words)
    if figure.states is not None:
        counted = _in_states(counted, figure.states, of_cases)
    if figure.by is not None:
        by = of_cases.called((figure.by,)) or usual(figure.by, LEVELS)
        counted = sentence("{what}, for each {by}", what=counted, by=by)
    return Item(sentence("**{figure}**: {what}.", figure=label, what=counted))


def _in_states(counted: Sayable, states: tuple[str, ...], words: Vocabulary) -> Sayable:
    """The shorter of both: which states count, or which do not."""
    without = [n for n in words.definition.states if n not in states and n != CANCELLED] or [CANCELLED]
    if len(without) < len(states):
        return sentence("{what} (cases not in {states})", what=counted, states=[*map(words.state_called, without)])
    return sentence("{what} (cases in {states})", what=counted, states=[*map(words.state_called, states)])


def _counted(figure: Figure, words: Vocabulary) -> Sayable:
    match figure.kind:
        case "count" if is_always(figure.expression.tree):
            return sentence("the number of cases")
        case "count":
            return sentence("the number of cases where {condition}", condition=condition(figure.expression, words))
        case "sum":
            return sentence("the sum of {value}", value=quantity(figure.expression, words))
    return quantity(figure.expression, words)
