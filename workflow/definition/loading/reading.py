"""Reading values from nodes; what is wrong is collected, and reading goes on."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeVar

from workflow.definition.expression import ANY, TRUTH, Expression, ExpressionWrong, Kind, Names, compile_expression
from workflow.definition.expression.kinds import nearest
from workflow.definition.loading import document
from workflow.definition.loading.document import Listing, Node, Scalar
from workflow.definition.loading.grammar import KEYS
from workflow.definition.loading.scope import Scope
from workflow.definition.model import Alternative, People
from workflow.definition.term.reading import WEEKDAYS, AnchorNames, TermWrong, parse_repeat, parse_span, parse_term
from workflow.definition.term.values import Repeat, Span, Term
from workflow.errors import Problem
from workflow.text import Label, Sayable, sentence

T = TypeVar("T")

NAME = re.compile(r"[a-z][a-z0-9_]*")
_SIZES = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that a definition names and that is no part of its file."""

    kind: Literal["text", "template", "definition"]
    name: str
    place: str
    line: int


class Reader:
    """One file being read: its names, its problems, and the people that stand in it without a name."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.problems: list[Problem] = []
        self.unnamed: dict[str, People] = {}
        self.outside: list[Outside] = []
        self.compiled: list[tuple[Expression, str, int]] = []  #: each with its place and line

    # --- problems

    def problem(self, code: str, node: Node | int, place: str, text: Sayable, hint: Sayable | None = None) -> None:
        line = node if isinstance(node, int) else node.line
        self.problems.append(Problem(place, code, text, hint, line))

    def warning(self, code: str, node: Node | int, place: str, text: Sayable, hint: Sayable | None = None) -> None:
        line = node if isinstance(node, int) else node.line
        self.problems.append(Problem(place, code, text, hint, line, warning=True))

    def has_problem_below(self, place: str) -> bool:
        """Whether something is wrong at a place or within it."""
        return any(
            not problem.warning and (problem.at == place or problem.at.startswith((f"{place}.", f"{place}[")))
            for problem in self.problems
        )

    def unknown(self, what: str, name: str, node: Node, place: str, known: Iterable[str]) -> None:
        told = {
            "state": sentence("There is no state “{name}”.", name=name),
            "people": sentence("There are no people “{name}”.", name=name),
            "field": sentence("There is no field “{name}”.", name=name),
            "trigger": sentence("There is no trigger “{name}”.", name=name),
        }.get(what, sentence("“{name}” is not known here.", name=name))
        self.problem("unknown_name", node, place, told, nearest(name, known))

    def wrong_type(self, node: Node, place: str, wanted: Sayable) -> None:
        self.problem("wrong_type", node, place, sentence("{wanted} is wanted here.", wanted=wanted))

    # --- shapes

    def mapping(self, node: Node | None, kind: str, place: str) -> document.Mapping | None:
        """The mapping, its keys checked against the grammar."""
        if node is None:
            return None
        if not isinstance(node, document.Mapping):
            self.wrong_type(node, place, sentence("A map of keys"))
            return None
        allowed = KEYS[kind]
        for key in node.entries:
            if key not in allowed:
                text = sentence("There is no key “{key}” here.", key=key)
                self.problem("unknown_key", node.lines[key], f"{place}.{key}".lstrip("."), text, nearest(key, allowed))
        return node

    def entries(self, node: Node | None, place: str) -> Iterator[tuple[str, Node, str]]:
        """Name, node and place of each entry of a map of named things."""
        if node is None:
            return
        if not isinstance(node, document.Mapping):
            self.wrong_type(node, place, sentence("A map of names"))
            return
        for name, entry in node.entries.items():
            if NAME.fullmatch(name):
                yield name, entry, f"{place}.{name}"
            else:
                text = sentence("“{name}” is no name: small letters, digits and _ only.", name=name)
                self.problem("wrong_type", node.lines[name], f"{place}.{name}", text)

    def items(self, node: Node | None, place: str) -> Iterator[tuple[Node, str]]:
        """The items of a list; one thing alone counts as a list of it."""
        if isinstance(node, Listing):
            for number, item in enumerate(node.items):
                yield item, f"{place}[{number}]"
        elif node is not None:
            yield node, place

    def text(self, node: Node | None, place: str) -> str | None:
        if node is None:
            return None
        if isinstance(node, Scalar) and node.value is not None:
            return node.text
        self.wrong_type(node, place, sentence("A text"))
        return None

    def name(self, node: Node | None, place: str) -> str | None:
        text = self.text(node, place)
        if text is None or node is None:
            return None
        if not NAME.fullmatch(text):
            self.problem(
                "wrong_type", node, place, sentence("“{name}” is no name: small letters, digits and _ only.", name=text)
            )
            return None
        return text

    def named_outside(
        self, node: Node | None, place: str, kind: Literal["text", "template", "definition"]
    ) -> str | None:
        """The name of a text or template of the folder, or of another definition."""
        name = self.name(node, place)
        if name is not None and node is not None:
            self.outside.append(Outside(kind, name, place, node.line))
        return name

    def texts(self, node: Node | None, place: str) -> tuple[str, ...]:
        found = (self.text(item, at) for item, at in self.items(node, place))
        return tuple(text for text in found if text is not None)

    def truth(self, node: Node | None, place: str, *, default: bool = False) -> bool:
        if node is None:
            return default
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self.wrong_type(node, place, sentence("true or false"))
        return default

    def count(self, node: Node | None, place: str, least: int = 1) -> int | None:
        if node is None:
            return None
        if (
            isinstance(node, Scalar)
            and isinstance(node.value, int)
            and not isinstance(node.value, bool)
            and node.value >= least
        ):
            return node.value
        self.wrong_type(node, place, sentence("A whole number from {least} on", least=least))
        return None

    def portion(self, node: Node | None, place: str) -> Fraction | None:
        """`20 %` as a fraction."""
        text = self.text(node, place)
        if text is None or node is None:
            return None
        found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)\s*%", text)
        if found and Fraction(found[1]) <= 100:  # noqa: PLR2004 -- per cent
            return Fraction(found[1]) / 100
        self.wrong_type(node, place, sentence("A portion such as 20 %"))
        return None

    def size(self, node: Node | None, place: str) -> int | None:
        text = self.text(node, place)
        if text is None or node is None:
            return None
        found = re.fullmatch(r"(\d{1,6})\s*(KB|MB|GB)?", text)
        if found:
            return int(found[1]) * _SIZES.get(found[2] or "", 1)
        self.wrong_type(node, place, sentence("A size such as 20MB"))
        return None

    def word(self, node: Node | None, place: str, words: tuple[T, ...], default: T) -> T:
        """One of a few words."""
        text = self.text(node, place)
        if text is None or node is None:
            return default
        for known in words:
            if known == text:
                return known
        listed = [str(known) for known in words]
        self.problem(
            "wrong_type",
            node,
            place,
            sentence("“{text}” is none of: {words}.", text=text, words=listed),
            nearest(text, listed),
        )
        return default

    def label(self, node: Node | None, place: str, default: Label | None = None) -> Label | None:
        """`{zh, en}`; where one language is missing, the other stands for it and a warning says so."""
        if node is None:
            return default
        if isinstance(node, Scalar) and node.value is not None:
            self.warning("no_label", node, place, sentence("The label stands in one language only."))
            return Label(node.text, node.text)
        if not isinstance(node, document.Mapping):
            self.wrong_type(node, place, sentence("A label {{zh, en}}"))
            return default
        found = {}
        for language, entry in node.entries.items():
            if language in ("zh", "en"):
                found[language] = self.text(entry, f"{place}.{language}") or ""
            else:
                text = sentence("There is no key “{key}” here.", key=language)
                self.problem("unknown_key", node.lines[language], f"{place}.{language}", text)
        if not any(found.values()):
            self.wrong_type(node, place, sentence("A label {{zh, en}}"))
            return default
        if not (found.get("zh") and found.get("en")):
            self.warning("no_label", node, place, sentence("The label stands in one language only."))
        return Label(found.get("zh") or found["en"], found.get("en") or found["zh"])

    def labels(self, node: Node | None, place: str) -> dict[str, Label]:
        """Names with labels; a bare list of names is taken, with a warning."""
        if isinstance(node, document.Mapping):
            found = {name: self.label(entry, at) for name, entry, at in self.entries(node, place)}
            return {name: label for name, label in found.items() if label is not None}
        names = self.texts(node, place)
        for name in names:
            if node is not None:
                self.warning("no_label", node, place, sentence("“{name}” has no label.", name=name))
        return {name: Label(name, name) for name in names}

    # --- what stands for something else

    def expression(self, node: Node | None, place: str, names: Names, wanted: Kind = TRUTH) -> Expression | None:
        text = self.text(node, place)
        if text is None or node is None:
            return None
        try:
            expression = compile_expression(text, names, wanted)
        except ExpressionWrong as wrong:
            reason = sentence("“{source}”: {reason}", source=text, reason=wrong.reason)
            self.problem(wrong.code, node, place, reason, wrong.hint)
            return None
        self.compiled.append((expression, place, node.line))
        return expression

    def expressions(self, node: Node | None, place: str, names: Names) -> dict[str, Expression]:
        found = {name: self.expression(entry, at, names, ANY) for name, entry, at in self.entries(node, place)}
        return {name: expression for name, expression in found.items() if expression is not None}

    def term(self, node: Node | None, place: str, anchors: AnchorNames) -> Term | None:
        return self._timed(node, place, lambda text: parse_term(text, anchors), anchors)

    def term_or_repeat(self, node: Node | None, place: str, anchors: AnchorNames) -> Term | Repeat | None:
        def parse(text: str) -> Term | Repeat:
            return parse_repeat(text, anchors) if text.split()[:1] == ["every"] else parse_term(text, anchors)

        return self._timed(node, place, parse, anchors)

    def span(self, node: Node | None, place: str) -> Span | None:
        return self._timed(node, place, parse_span, AnchorNames())

    def terms(
        self, node: Node | None, place: str, anchors: AnchorNames, names: Names, keys: tuple[str, ...]
    ) -> tuple[Alternative[Term], ...]:
        """A term, or a list of `{term, when}` of which the first that holds is taken."""
        found: list[Alternative[Term]] = []
        for item, at in self.items(node, place):
            term_node, when = item, None
            if isinstance(item, document.Mapping):
                known = next((key for key in (*keys, "term", "at") if key in item.entries), None)
                extra = item.entries.keys() - {known, "when"}
                if known is None or extra:
                    self.problem("unknown_key", item, at, sentence("Here stands {{{key}, when}}.", key=keys[0]))
                    continue
                term_node = item.entries[known]
                when = self.expression(item.get("when"), f"{at}.when", names)
            term = self.term(term_node, at, anchors)
            if term is not None:
                found.append(Alternative(term, when))
        return tuple(found)

    def state_names(self, node: Node | None, place: str) -> tuple[str, ...]:
        return self.known(node, place, "state", (*self.scope.states, "cancelled"))

    def field_names(self, node: Node | None, place: str, more: Iterable[str] = ()) -> tuple[str, ...]:
        return self.known(node, place, "field", (*self.scope.fields, *more))

    def known(self, node: Node | None, place: str, what: str, names: Iterable[str]) -> tuple[str, ...]:
        """Names that must be among those that are known."""
        allowed = tuple(names)
        found: list[str] = []
        for item, at in self.items(node, place):
            name = self.text(item, at)
            if name is None:
                continue
            if name in allowed:
                found.append(name)
            else:
                self.unknown(what, name, item, at, allowed)
        return tuple(found)

    def known_one(self, node: Node | None, place: str, what: str, names: Iterable[str]) -> str | None:
        found = self.known(node, place, what, names) if node is not None else ()
        return found[0] if found else None

    def _timed(self, node: Node | None, place: str, parse: Callable[[str], T], anchors: AnchorNames) -> T | None:
        text = self.text(node, place)
        if text is None or node is None:
            return None
        try:
            return parse(text)
        except TermWrong as wrong:
            if wrong.anchor is not None:
                known = {
                    "due",
                    "entered",
                    "started",
                    "opened",
                    *anchors.states,
                    *anchors.fields,
                    *(f"round.{name}" for name in anchors.round_fields),
                    *WEEKDAYS,
                }
                self.problem("unknown_name", node, place, wrong.reason, nearest(wrong.anchor, known))
            else:
                self.problem("bad_term", node, place, wrong.reason)
            return None
