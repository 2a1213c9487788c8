"""What kind of value each name has, and whether an expression fits them: found when the file is read."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflow.definition.expression.syntax import (
    Binary,
    Call,
    Comprehension,
    Constant,
    Either,
    Index,
    Listed,
    Member,
    Name,
    Tree,
    Unary,
    path_of,
    walk,
)
from workflow.text import Sentence, sentence

LONGEST_LIST = 200


class ExpressionWrong(Exception):
    """An expression that cannot be published, and why."""

    def __init__(self, reason: Sentence, code: str = "bad_expression", hint: Sentence | None = None) -> None:
        self.reason = reason
        self.code = code
        self.hint = hint
        super().__init__(reason.say("en"))


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a value; `members` of a record, `entries` of a list or map, `options` of a choice."""

    word: str
    entries: "Kind | None" = None
    members: "Mapping[str, Kind] | None" = None
    options: tuple[str, ...] = ()


#: The names an expression may read, each with its kind.
Names = Mapping[str, Kind]

ANY = Kind("any")
NULL = Kind("null")
NUMBER = Kind("number")
TEXT = Kind("text")
TRUTH = Kind("truth")
MOMENT = Kind("moment")  #: a date (its 24:00) or a moment


def list_of(entries: Kind) -> Kind:
    return Kind("list", entries=entries)


def map_of(entries: Kind, options: Iterable[str] = ()) -> Kind:
    return Kind("map", entries=entries, options=tuple(options))


def record_of(members: "Mapping[str, Kind] | None") -> Kind:
    """A record; of one without `members` any name may be asked."""
    return Kind("record", members=members)


def choice_of(options: Iterable[str]) -> Kind:
    return Kind("text", options=tuple(options))


@dataclass(frozen=True, slots=True)
class Signature:
    takes: tuple[Kind, ...]
    gives: Kind
    more: bool = False  #: the last kind may be repeated


FUNCTIONS: Mapping[str, Signature] = {
    "count": Signature((ANY,), NUMBER),
    "sum": Signature((list_of(NUMBER),), NUMBER),
    "least": Signature((NUMBER,), NUMBER, more=True),
    "greatest": Signature((NUMBER,), NUMBER, more=True),
    "round_to": Signature((NUMBER, NUMBER), NUMBER),
    "days": Signature((MOMENT, MOMENT), NUMBER),
    "working_days": Signature((MOMENT, MOMENT), NUMBER),
    "years": Signature((MOMENT, MOMENT), NUMBER),
    "add_months": Signature((MOMENT, NUMBER), MOMENT),
    "add_years": Signature((MOMENT, NUMBER), MOMENT),
}
METHODS = frozenset({"contains", "startsWith", "endsWith", "matches"})


def check(tree: Tree, names: Names) -> Kind:
    """The kind of the whole; raises ExpressionWrong at the first part that cannot fit."""
    comprehensions = sum(isinstance(part, Comprehension) for part in walk(tree))
    if comprehensions > 1:
        raise ExpressionWrong(
            sentence("One expression may have one comprehension, this has {count}.", count=comprehensions)
        )
    return _Checker(names).kind(tree)


def nearest(name: str, known: Iterable[str]) -> Sentence | None:
    """“did you mean …?” for a name that is not known."""
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return sentence("Did you mean “{name}”?", name=close[0]) if close else None


@dataclass(slots=True)
class _Checker:
    names: Names
    bound: dict[str, Kind] = field(default_factory=dict)

    def kind(self, tree: Tree) -> Kind:
        match tree:
            case Constant(value=value):
                return _kind_of(value)
            case Name(name=name):
                return self._name(name)
            case Member(of=of, name=name):
                return self._member(of, name)
            case Index(of=of, key=key):
                return self._entry(of, key)
            case Call():
                return self._call(tree)
            case Comprehension():
                return self._comprehension(tree)
            case Unary(sign=sign, operand=operand):
                wanted = TRUTH if sign == "!" else NUMBER
                self._want(operand, wanted)
                return wanted
            case Binary():
                return self._binary(tree)
            case Either(condition=condition, then=then, otherwise=otherwise):
                self._want(condition, TRUTH)
                return _common(self.kind(then), self.kind(otherwise))
            case Listed(entries=entries):
                if len(entries) > LONGEST_LIST:
                    raise ExpressionWrong(
                        sentence("A list may have {most} entries.", most=LONGEST_LIST), code="too_large"
                    )
                kind = NULL
                for entry in entries:
                    kind = _common(kind, self.kind(entry))
                return list_of(ANY if kind == NULL else kind)

    def _name(self, name: str) -> Kind:
        kind = self.bound.get(name) or self.names.get(name)
        if kind is None:
            raise _unknown(name, {*self.names, *self.bound})
        return kind

    def _member(self, of: Tree, name: str) -> Kind:
        kind = self.kind(of)
        if kind.word == "any" or (kind.word == "record" and kind.members is None):
            return ANY
        if kind.word != "record" or kind.members is None:
            raise ExpressionWrong(sentence("“{name}” is asked of something that has no parts.", name=name))
        if name not in kind.members:
            raise _unknown(".".join([*(path_of(of) or ("…",)), name]), kind.members, name)
        return kind.members[name]

    def _entry(self, of: Tree, key: Tree) -> Kind:
        kind = self.kind(of)
        if kind.word == "list":
            raise ExpressionWrong(sentence("A list has no index; use exists, filter or count."))
        if kind.word not in ("map", "any"):
            raise ExpressionWrong(sentence("[…] is asked of something that is no map."))
        self._want(key, TEXT)
        if isinstance(key, Constant) and kind.options and key.value not in kind.options:
            raise _unknown(str(key.value), kind.options)
        return kind.entries or ANY

    def _call(self, call: Call) -> Kind:
        if call.of is not None:
            return self._method(call)
        signature = FUNCTIONS.get(call.function)
        if signature is None:
            better = "count" if call.function in ("size", "length", "len") else ""
            raise _no_function(call.function, nearest(better or call.function, FUNCTIONS))
        takes = signature.takes
        if signature.more:
            takes = takes + takes[-1:] * (len(call.arguments) - len(takes))
        if len(takes) != len(call.arguments) or not call.arguments:
            raise ExpressionWrong(
                sentence("“{name}” takes {count} values.", name=call.function, count=len(signature.takes))
            )
        for argument, wanted in zip(call.arguments, takes, strict=True):
            self._want(argument, wanted)
        return signature.gives

    def _method(self, call: Call) -> Kind:
        if call.function not in METHODS:
            raise _no_function(call.function, nearest(call.function, METHODS))
        if len(call.arguments) != 1 or call.of is None:
            raise ExpressionWrong(sentence("“{name}” takes {count} values.", name=call.function, count=1))
        self._want(call.of, TEXT)
        self._want(call.arguments[0], TEXT)
        return TRUTH

    def _comprehension(self, tree: Comprehension) -> Kind:
        kind = self.kind(tree.of)
        if kind.word not in ("list", "any"):
            raise ExpressionWrong(sentence("“{name}” goes over a list.", name=tree.macro))
        self.bound[tree.variable] = kind.entries or ANY
        body = self.kind(tree.body)
        del self.bound[tree.variable]
        if tree.macro == "map":
            return list_of(body)
        _fits(body, TRUTH)
        return kind if tree.macro == "filter" else TRUTH

    def _binary(self, tree: Binary) -> Kind:
        match tree.sign:
            case "&&" | "||":
                self._want(tree.left, TRUTH)
                self._want(tree.right, TRUTH)
                return TRUTH
            case "-" | "*" | "/":
                self._want(tree.left, NUMBER)
                self._want(tree.right, NUMBER)
                if tree.sign == "/" and isinstance(tree.right, Constant) and tree.right.value == 0:
                    raise ExpressionWrong(
                        sentence("Nothing can be divided by 0."),
                        hint=sentence("Divide by a field or a figure; where that is 0, the result stays empty."),
                    )
                return NUMBER
            case "+":
                kind = _common(self.kind(tree.left), self.kind(tree.right))
                if kind.word not in ("number", "text", "any"):
                    raise ExpressionWrong(
                        sentence("Numbers are added, or texts joined; dates are reckoned by functions.")
                    )
                return kind
            case "in":
                self._in(tree)
                return TRUTH
            case _:
                self._compare(tree)
                return TRUTH

    def _in(self, tree: Binary) -> None:
        left, right = self.kind(tree.left), self.kind(tree.right)
        if right.word not in ("list", "map", "any"):
            raise ExpressionWrong(sentence("“in” looks into a list."))
        if right.word == "list" and right.entries is not None:
            _common(left, right.entries)
            self._options(left, tree.right)
            self._options(right.entries, tree.left)

    def _compare(self, tree: Binary) -> None:
        left, right = self.kind(tree.left), self.kind(tree.right)
        kind = _common(left, right)
        self._options(left, tree.right)
        self._options(right, tree.left)
        if tree.sign in ("==", "!="):
            return
        if NULL in (left, right) or kind.word not in ("number", "text", "moment", "any"):
            raise ExpressionWrong(sentence("These cannot be ordered by “{sign}”.", sign=tree.sign))

    def _options(self, kind: Kind, other: Tree) -> None:
        if kind.word != "text" or not kind.options:
            return
        for part in walk(other):
            if isinstance(part, Constant) and isinstance(part.value, str) and part.value not in kind.options:
                raise _unknown(part.value, kind.options)

    def _want(self, tree: Tree, wanted: Kind) -> None:
        _fits(self.kind(tree), wanted)


def _kind_of(value: float | str | bool | None) -> Kind:
    match value:
        case None:
            return NULL
        case bool():
            return TRUTH
        case str():
            return TEXT
        case _:
            return NUMBER


def _fits(kind: Kind, wanted: Kind) -> None:
    if "any" in (kind.word, wanted.word):
        return
    if kind.word != wanted.word:
        raise ExpressionWrong(
            sentence("A {wanted} is wanted, this is a {found}.", wanted=_word(wanted), found=_word(kind))
        )
    if kind.entries is not None and wanted.entries is not None:
        _fits(kind.entries, wanted.entries)


def _common(one: Kind, other: Kind) -> Kind:
    if one == NULL or other.word == "any":
        return other if one == NULL else one
    if other == NULL or one.word == "any":
        return one if other == NULL else other
    if one.word != other.word or one.word == "record":
        raise ExpressionWrong(
            sentence("A {one} and a {other} cannot be compared or joined.", one=_word(one), other=_word(other))
        )
    return one if one.options or not other.options else other


def _word(kind: Kind) -> Sentence:
    return {
        "number": sentence("number"),
        "text": sentence("text"),
        "truth": sentence("yes-or-no"),
        "moment": sentence("date"),
        "list": sentence("list"),
        "map": sentence("map"),
        "null": sentence("nothing"),
    }.get(kind.word, sentence("record"))


def _no_function(name: str, hint: Sentence | None) -> ExpressionWrong:
    return ExpressionWrong(sentence("There is no function “{name}”.", name=name), hint=hint)


def _unknown(name: str, known: Iterable[str], short: str | None = None) -> ExpressionWrong:
    hint = nearest(short or name, known)
    return ExpressionWrong(sentence("There is no “{name}”.", name=name), code="unknown_name", hint=hint)
