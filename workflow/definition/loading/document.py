"""YAML 1.2 as nodes that know their line. No anchors, tags or duplicate keys; size and depth are bounded."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from workflow.errors import Problem
from workflow.text import Sentence, sentence

MOST_BYTES = 200_000
MOST_DEPTH = 12
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d{1,3})?")
#: Read by YAML as the text it is, in flow style too.
_PLAIN = re.compile(
    r"(?!(?:true|false|null)$)[^\W\d][\w.]*(?: [\w.]+)*|\d{1,9}(?: [a-z]+)+|\d{4}-\d\d-\d\d(?: \d\d:\d\d)?"
)
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Scalar:
    value: str | int | float | bool | None
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    entries: dict[str, "Node"]
    lines: dict[str, int]  #: the line of each key
    line: int

    def get(self, key: str) -> "Node | None":
        return self.entries.get(key)


Node = Scalar | Listing | Mapping


class DocumentWrong(Exception):
    """The text is no document of this kind at all, or has keys twice."""

    def __init__(self, problems: list[Problem], whole: "Mapping | None" = None) -> None:
        self.problems = problems
        self.whole = whole  #: what could be read in spite of them
        super().__init__(problems[0].say("en"))


def read_document(text: str) -> Mapping:
    """The document's mapping; raises DocumentWrong."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise _wrong("too_large", 1, sentence("A definition may have {most} bytes.", most=MOST_BYTES))
    builder = _Builder(text)
    try:
        node = builder.document()
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        what = " ".join(filter(None, (wrong.context, wrong.problem)))
        raise _wrong(
            "wrong_type", mark.line + 1 if mark else 1, sentence("This is not YAML: {what}.", what=what)
        ) from wrong
    except (YAMLError, ValueError) as wrong:
        raise _wrong("wrong_type", 1, sentence("This is not YAML: {what}.", what=str(wrong)[:200])) from wrong
    if builder.problems:
        raise DocumentWrong(builder.problems, node if builder.whole and isinstance(node, Mapping) else None)
    if not isinstance(node, Mapping):
        raise _wrong("wrong_type", 1, sentence("A map of keys is wanted here."))
    return node


def plain(node: Node) -> object:
    """The node as plain values."""
    match node:
        case Scalar(value=value):
            return value
        case Listing(items=items):
            return [plain(item) for item in items]
        case Mapping(entries=entries):
            return {key: plain(entry) for key, entry in entries.items()}


def written(value: object) -> str:
    """Plain values in the flow style of YAML, quoted only where they must be."""
    match value:
        case dict():
            return "{" + ", ".join(f"{written(key)}: {written(entry)}" for key, entry in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case str() if not _PLAIN.fullmatch(value):
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


class _Builder:
    def __init__(self, text: str) -> None:
        self._events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
        self.problems: list[Problem] = []
        self.whole = True  #: whether all of it could be read, and once

    def document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.whole = False
                    self._problem("wrong_type", event, sentence("One file holds one document."))
            elif isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent | AliasEvent):
                node = self._node(event, 1, "")
        return node

    def _node(self, event: Event, depth: int, place: str) -> Node:
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self._problem("wrong_type", event, sentence("Anchors and aliases are not taken; write it out."), place)
            if isinstance(event, AliasEvent):
                self.whole = False
                return Scalar(None, "", line)
        if getattr(event, "tag", None) not in (None, "!"):
            self._problem("wrong_type", event, sentence("Tags are not taken."), place)
        if depth > MOST_DEPTH:
            raise _wrong("too_large", line, sentence("This is nested more than {most} deep.", most=MOST_DEPTH))
        if isinstance(event, ScalarEvent):
            return Scalar(_value(event), event.value, line)
        if isinstance(event, SequenceStartEvent):
            return Listing(tuple(self._items(depth, place)), line)
        return self._mapping(line, depth, place)

    def _items(self, depth: int, place: str) -> Iterator[Node]:
        for number, event in enumerate(self._events):
            if isinstance(event, SequenceEndEvent):
                return
            yield self._node(event, depth + 1, f"{place}[{number}]")

    def _mapping(self, line: int, depth: int, place: str) -> Mapping:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, depth + 1, place)
            at = f"{place}.{key.text if isinstance(key, Scalar) else ''}".strip(".")
            node = self._node(next(self._events), depth + 1, at)
            if isinstance(node, Scalar) and node.text == "":
                node = replace(node, line=key.line)
            if not isinstance(key, Scalar):
                self._problem("wrong_type", event, sentence("A key is a word."), place)
                continue
            if key.text in entries:
                first = sentence(
                    "“{key}” stands here a second time; the first is in line {line}.",
                    key=key.text,
                    line=lines[key.text],
                )
                self._problem("duplicate_key", event, first, at)
                continue
            entries[key.text] = node
            lines[key.text] = key.line
        return Mapping(entries, lines, line)

    def _problem(self, code: str, event: Event, text: Sentence, at: str = "") -> None:
        self.problems.append(Problem(at, code, text, line=event.start_mark.line + 1))


def _value(event: ScalarEvent) -> str | int | float | bool | None:
    text = event.value
    if event.style in ("'", '"', "|", ">"):
        return str(text)
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return str(text)


def _wrong(code: str, line: int, text: Sentence) -> DocumentWrong:
    return DocumentWrong([Problem("", code, text, line=line)])
