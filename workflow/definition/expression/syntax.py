"""The text of an expression as a tree, and the tree as the CEL that the library runs.

The tree is what is checked and what proofs look at. Written out again, integers are doubles and a division is a call,
so that there is one kind of number and none is divided by zero.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workflow.text import Sentence, sentence

MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)
      | (?P<text>[rR]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[<>!+\-*/%?:.,()\[\]{}])
    )""",
    re.VERBOSE,
)
_STRENGTH = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 3,
    "<=": 3,
    ">": 3,
    ">=": 3,
    "in": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
}
_RESERVED = frozenset(
    {
        *("as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop"),
        *("namespace", "package", "return", "var", "void", "while"),
    }
)
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class SyntaxWrong(Exception):
    """The text is not an expression of this language."""

    def __init__(self, reason: Sentence) -> None:
        self.reason = reason
        super().__init__(reason.say("en"))


@dataclass(frozen=True, slots=True)
class Constant:
    value: float | str | bool | None
    source: str


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    of: "Tree"
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    of: "Tree"
    key: "Tree"


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple["Tree", ...]
    of: "Tree | None" = None  #: what a method is called on, `x.contains(…)`


@dataclass(frozen=True, slots=True)
class Comprehension:
    macro: str
    of: "Tree"
    variable: str
    body: "Tree"


@dataclass(frozen=True, slots=True)
class Unary:
    sign: str
    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Binary:
    sign: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Either:
    condition: "Tree"
    then: "Tree"
    otherwise: "Tree"


@dataclass(frozen=True, slots=True)
class Listed:
    entries: tuple["Tree", ...]


Tree = Constant | Name | Member | Index | Call | Comprehension | Unary | Binary | Either | Listed


def parse(source: str) -> Tree:
    """The tree of an expression; raises SyntaxWrong with the place."""
    reader = _Reader(source)
    tree = reader.either()
    if reader.kind != "end":
        raise reader.wrong()
    return tree


def children(tree: Tree) -> tuple[Tree, ...]:
    match tree:
        case Member(of=of):
            return (of,)
        case Index(of=of, key=key):
            return (of, key)
        case Call(arguments=arguments, of=of):
            return arguments if of is None else (of, *arguments)
        case Comprehension(of=of, body=body):
            return (of, body)
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Either(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Listed(entries=entries):
            return entries
    return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """The tree and all below it."""
    yield tree
    for child in children(tree):
        yield from walk(child)


def path_of(tree: Tree) -> tuple[str, ...] | None:
    """`round.heads` as ("round", "heads"); none for what is not a dotted name."""
    match tree:
        case Name(name=name):
            return (name,)
        case Member(of=of, name=name):
            path = path_of(of)
            return None if path is None else (*path, name)
    return None


def paths(tree: Tree, bound: frozenset[str] = frozenset()) -> frozenset[tuple[str, ...]]:
    """The longest dotted names that the tree reads, without those of a comprehension's own variable."""
    path = path_of(tree)
    if path is not None:
        return frozenset() if path[0] in bound else frozenset({path})
    if isinstance(tree, Comprehension):
        return paths(tree.of, bound) | paths(tree.body, bound | {tree.variable})
    return frozenset().union(*(paths(child, bound) for child in children(tree)))


def taken_as(name: str) -> str:
    """How the library takes a name: CEL keeps some words for itself, `return` among them. No name of a file begins so."""
    return f"_{name}" if name in _RESERVED else name


def written(tree: Tree) -> str:
    """The CEL that the library runs."""
    match tree:
        case Constant(source=source):
            return source
        case Name(name=name):
            return taken_as(name)
        case Member(of=of, name=name):
            return f"{written(of)}.{name}"
        case Index(of=of, key=key):
            return f"{written(of)}[{written(key)}]"
        case Call(function=function, arguments=arguments, of=of):
            listed = ", ".join(map(written, arguments))
            return f"{function}({listed})" if of is None else f"{written(of)}.{function}({listed})"
        case Comprehension(macro=macro, of=of, variable=variable, body=body):
            return f"{written(of)}.{macro}({taken_as(variable)}, {written(body)})"
        case Unary(sign=sign, operand=operand):
            return f"({sign}{written(operand)})"
        case Binary(sign="/", left=left, right=right):
            return f"divided({written(left)}, {written(right)})"
        case Binary(sign=sign, left=left, right=right):
            return f"({written(left)} {sign} {written(right)})"
        case Either(condition=condition, then=then, otherwise=otherwise):
            return f"({written(condition)} ? {written(then)} : {written(otherwise)})"
        case Listed(entries=entries):
            return f"[{', '.join(map(written, entries))}]"


class _Reader:
    """Reads one token after another; precedence as in CEL."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self.kind = "end"
        self.token = ""
        self._next()

    def either(self) -> Tree:
        condition = self._binary(1)
        if not self._take("?"):
            return condition
        then = self._binary(1)
        self._expect(":")
        return Either(condition, then, self.either())

    def wrong(self) -> SyntaxWrong:
        if self.kind == "end":
            return SyntaxWrong(sentence("The expression breaks off."))
        return SyntaxWrong(sentence("“{token}” is not expected here.", token=self.token))

    def _binary(self, strength: int) -> Tree:
        left = self._unary()
        while (own := _STRENGTH.get(self.token, 0) if self.kind in ("sign", "name") else 0) >= strength:
            sign = self.token
            self._next()
            left = Binary(sign, left, self._binary(own + 1))
        return left

    def _unary(self) -> Tree:
        for sign in ("!", "-"):
            if self._take(sign):
                return Unary(sign, self._unary())
        return self._postfix(self._primary())

    def _postfix(self, tree: Tree) -> Tree:
        while True:
            if self._take("."):
                name = self._name()
                tree = self._method(tree, name) if self._take("(") else Member(tree, name)
            elif self._take("["):
                tree = Index(tree, self.either())
                self._expect("]")
            else:
                return tree

    def _method(self, of: Tree, name: str) -> Tree:
        if name not in MACROS:
            return Call(name, self._arguments(")"), of)
        variable = self._name()
        self._expect(",")
        body = self.either()
        self._expect(")")
        return Comprehension(name, of, variable, body)

    def _primary(self) -> Tree:
        kind, token = self.kind, self.token
        if kind == "number":
            self._next()
            return Constant(float(token), repr(float(token)))
        if kind == "text":
            self._next()
            return Constant(_plain(token), token)
        if kind == "name":
            self._next()
            if token in _CONSTANTS:
                return Constant(_CONSTANTS[token], token)
            return Call(token, self._arguments(")")) if self._take("(") else Name(token)
        if self._take("("):
            inner = self.either()
            self._expect(")")
            return inner
        if self._take("["):
            return Listed(self._arguments("]"))
        raise self.wrong()

    def _arguments(self, closing: str) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while not self._take(closing):
            if found:
                self._expect(",")
            found.append(self.either())
        return tuple(found)

    def _name(self) -> str:
        if self.kind != "name":
            raise self.wrong()
        token = self.token
        self._next()
        return token

    def _take(self, token: str) -> bool:
        if self.kind == "sign" and self.token == token:
            self._next()
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise self.wrong()

    def _next(self) -> None:
        if not self._source[self._at :].strip():
            self.kind, self.token = "end", ""
            return
        match = _TOKEN.match(self._source, self._at)
        if match is None:
            raise SyntaxWrong(sentence("“{token}” is not expected here.", token=self._source[self._at :].strip()[:1]))
        self._at = match.end()
        self.kind = match.lastgroup or "end"
        self.token = match.group(self.kind)


def _plain(token: str) -> str:
    raw = token[0] in "rR"
    inner = token[2 if raw else 1 : -1]
    return inner if raw else re.sub(r"\\(.)", r"\1", inner)
