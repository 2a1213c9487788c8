"""The names and constants of an expression: what they are called beside one another."""

from workflow.definition.explaining.office import LEVELS, usual
from workflow.definition.explaining.phrases import marked, number, plain
from workflow.definition.explaining.vocabulary import Path, Vocabulary
from workflow.definition.expression.syntax import Call, Constant, Tree, path_of
from workflow.definition.model import Field
from workflow.text import Sayable, Sentence, sentence

_MOMENTS = frozenset({("today",), ("now",)})
_OFFICE_COLUMNS = frozenset({"level", "kind"})


class NoWords(Exception):
    """A part of an expression that has no words."""


def named(path: Path, words: Vocabulary) -> Sayable:
    called = words.called(path)
    if called is None:
        raise NoWords
    return sentence("“{name}”", name=called) if words.is_of_round(path) else called


def truth(path: Path, words: Vocabulary, *, holds: bool) -> Sayable:
    """A name that alone says yes or no."""
    if not words.is_truth(path):
        raise NoWords
    if words.field(path) is not None:
        called = named(path, words)
        return sentence("{field} is “yes”", field=called) if holds else sentence("{field} is “no”", field=called)
    if path[-1] == "retired":
        return _retired(named(path[:-1], words), holds)
    said = _seated(holds) if path[-1] == "seated" else _drawn(holds)
    own = len(path) == 1 or words.state is None or path[0] == words.state.name
    return said if own else sentence("{clause} in “{state}”", clause=said, state=words.state_called(path[0]))


def constant(value: float | str | bool | None) -> Sayable:
    match value:
        case None:
            return sentence("an empty value")
        case bool():
            return sentence("yes") if value else sentence("no")
        case str():
            return sentence("“{text}”", text=marked(value))
    return number(value)


def beside(value: float | str | bool | None, path: Path | None, words: Vocabulary) -> Sayable:
    """A constant in the terms of the name it stands beside: an option's label, yuan, per cent, a state's name."""
    if path is None:
        return constant(value)
    known = words.field(path)
    if known is not None:
        return of_field(value, known)
    if not isinstance(value, str):
        return constant(value)
    if path[-1] == "trigger" and value in words.definition.triggers:
        return sentence("“{text}”", text=words.trigger_called(value))
    if path == ("came_from",) and value in words.definition.states:
        return sentence("“{text}”", text=words.state_called(value))
    if path[-1] == "grade":
        return sentence("“{text}”", text=usual(value))
    return usual(value, LEVELS) if path[-1] in _OFFICE_COLUMNS else constant(value)


def of_field(value: float | str | bool | None, field: Field) -> Sayable:
    if isinstance(value, str) and value in field.options:
        return plain(field.options[value])
    return with_unit(field, number(value)) if isinstance(value, float) else constant(value)


def with_unit(field: Field, value: Sayable) -> Sayable:
    match field.type:
        case "money":
            return sentence("{amount} yuan", amount=value)
        case "percent":
            return sentence("{number}%", number=value)
    return value


def is_moment(tree: Tree, words: Vocabulary) -> bool:
    if isinstance(tree, Call):
        return tree.function in ("add_months", "add_years") and tree.of is None
    path = path_of(tree)
    known = words.field(path) if path else None
    return path in _MOMENTS or (known is not None and known.type in ("date", "moment"))


def is_always(tree: Tree) -> bool:
    """Whether it says nothing: the constant true."""
    return isinstance(tree, Constant) and tree.value is True


def _seated(holds: bool) -> Sentence:
    return sentence("the case is within the seats") if holds else sentence("the case is not within the seats")


def _retired(who: Sayable, holds: bool) -> Sentence:
    return sentence("{who} is retired", who=who) if holds else sentence("{who} is not retired", who=who)


def _drawn(holds: bool) -> Sentence:
    return sentence("the case was drawn by lot") if holds else sentence("the case was not drawn by lot")
