"""What follows: who is told, and what is granted, written, started."""

from collections.abc import Iterable, Iterator, Mapping

from workflow.definition.explaining.expressions import condition, quantity
from workflow.definition.explaining.moments import point
from workflow.definition.explaining.office import LEVELS, usual
from workflow.definition.explaining.page import Item
from workflow.definition.explaining.people import who
from workflow.definition.explaining.phrases import marked, plain
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.expression import Expression
from workflow.definition.expression.syntax import Constant
from workflow.definition.model import Do, Fields, Tell
from workflow.definition.term.values import Term
from workflow.text import Sayable, Sentence, sentence


def told(tells: Iterable[Tell], words: Vocabulary) -> Iterator[Item]:
    """Those told without a condition on one line, each of the others on a line of its own."""
    tells = tuple(tells)
    always = tuple(name for tell in tells if tell.when is None for name in tell.who)
    if always:
        yield Item(sentence("Told: {who}.", who=who(always, words)))
    for tell in tells:
        if tell.when is not None:
            when = condition(tell.when, words)
            yield Item(sentence("Told if {condition}: {who}.", condition=when, who=who(tell.who, words)))


def done(effects: Iterable[Do], words: Vocabulary) -> Iterator[Item]:
    for effect in effects:
        yield Item(_limited(effect, words))


def fields_of(key: str, words: Vocabulary) -> Fields:
    """The fields of another definition, where it is known."""
    other = words.other(key)
    return other.definition.fields if other else {}


def values_given(values: Mapping[str, Expression], words: Vocabulary, fields: Fields) -> list[Sayable]:
    """`with`: which values the fields of another get."""
    return [
        sentence(
            "{field} = {value}",
            field=plain(fields[name].label) if name in fields else marked(name),
            value=quantity(value, words, fields.get(name)),
        )
        for name, value in values.items()
    ]


def _limited(effect: Do, words: Vocabulary) -> Sayable:
    own = words
    table = words.definition.fields.get(effect.each) if effect.each else None
    if table is not None:
        own = words.over("row", table.columns)
    said = _EFFECTS[effect.kind](effect.arguments, own)
    if effect.each is not None:
        said = _repeated(effect.each, said, own, table is not None)
    if effect.when is not None:
        said = sentence("if {condition}: {effect}", condition=condition(effect.when, own), effect=said)
    return sentence("{effect}.", effect=said)


def _repeated(each: str, said: Sayable, words: Vocabulary, of_table: bool) -> Sayable:
    if of_table:
        return sentence("for each row of “{table}”: {effect}", table=words.called((each,)), effect=said)
    return sentence("for each of {who}: {effect}", who=who((each,), words), effect=said)


def _grant(arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    facts = {"honour": _thing(arguments, "honour"), "who": _people(arguments, "to", words)}
    said = sentence("the honour “{honour}” is granted to {who}", **facts)
    if "level" in arguments:
        known = usual(str(arguments["level"]), LEVELS)
        said = sentence("the honour “{honour}” ({level}) is granted to {who}", level=known, **facts)
    return _until(said, arguments, words)


def _revoke(arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    facts = {"honour": _thing(arguments, "honour"), "who": _people(arguments, "from", words)}
    return sentence("the honour “{honour}” is withdrawn from {who}", **facts)


def _suspend(arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    facts = {"thing": _standing(arguments), "who": _people(arguments, "to", words)}
    return _until(sentence("“{thing}” of {who} is suspended", **facts), arguments, words)


def _restore(arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    facts = {"thing": _standing(arguments), "who": _people(arguments, "to", words)}
    return _until(sentence("“{thing}” of {who} is restored", **facts), arguments, words)


def _benefit(arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    facts = {"benefit": _thing(arguments, "kind"), "who": _people(arguments, "to", words)}
    amount = arguments.get("amount")
    said = sentence("the benefit “{benefit}” is given to {who}", **facts)
    if isinstance(amount, Expression):
        said = sentence("the benefit “{benefit}” of {amount} is given to {who}", amount=_yuan(amount, words), **facts)
    return _until(said, arguments, words)


def _yuan(amount: Expression, words: Vocabulary) -> Sayable:
    said = quantity(amount, words)
    return sentence("{amount} yuan", amount=said) if isinstance(amount.tree, Constant) else said


def _start(arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    key = str(arguments["definition"])
    said = sentence("a case “{definition}” is started", definition=words.definition_called(key))
    if "unit" in arguments:
        unit = unit_called(str(arguments["unit"]), words)
        said = sentence("{what} (unit: {unit})", what=said, unit=unit)
    return _with(said, arguments, words, fields_of(key, words))


def _open(arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    key = str(arguments["round"])
    said = sentence("a round of “{definition}” is opened", definition=words.definition_called(key))
    other = words.other(key)
    rules = other.definition.round if other else None
    return _with(said, arguments, words, rules.fields if rules else {})


def _document(arguments: Mapping[str, object], _: Vocabulary) -> Sayable:
    return sentence("the document “{document}” is made", document=_thing(arguments, "template"))


def _indicators(arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    names = arguments.get("fields")
    fields = words.fields_called(names) if isinstance(names, tuple) else []
    return sentence("these figures are written into the unit's indicators of the month: {fields}", fields=fields)


def _set(arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    values = arguments.get("values")
    found: list[Sayable] = []
    for name, value in values.items() if isinstance(values, Mapping) else ():
        path = tuple(name.split("."))
        facts = {"field": words.called(path) or marked(name), "value": quantity(value, words, words.field(path))}
        found.append(sentence("“{field}” becomes {value}", **facts))
    return sentence("{values}", values=found)


_EFFECTS = {
    "grant": _grant,
    "revoke": _revoke,
    "suspend": _suspend,
    "restore": _restore,
    "benefit": _benefit,
    "start": _start,
    "open": _open,
    "document": _document,
    "indicators": _indicators,
    "set": _set,
}


def unit_called(unit: str, words: Vocabulary) -> Sayable:
    """An organisation field, a column of the row, or a level."""
    return words.called(tuple(unit.split("."))) or usual(unit, LEVELS)


def _until(said: Sentence, arguments: Mapping[str, object], words: Vocabulary) -> Sayable:
    until = arguments.get("until")
    if not isinstance(until, Term):
        return said
    return sentence("{what}, until {moment}", what=said, moment=point(until, words))


def _with(said: Sentence, arguments: Mapping[str, object], words: Vocabulary, fields: Fields) -> Sayable:
    values = arguments.get("with")
    if not isinstance(values, Mapping) or not values:
        return said
    return sentence("{what}, with {values}", what=said, values=values_given(values, words, fields))


def _thing(arguments: Mapping[str, object], key: str) -> Sayable:
    return usual(str(arguments.get(key, "")))


def _standing(arguments: Mapping[str, object]) -> Sayable:
    return _thing(arguments, "honour" if "honour" in arguments else "benefit")


def _people(arguments: Mapping[str, object], key: str, words: Vocabulary) -> Sayable:
    group = arguments.get(key)
    return who(group, words) if isinstance(group, tuple) else sentence("nobody")
