"""The authors' reference as data: its listings, and its tables by the mark above each.

A listing is a fenced block whose info string says what it is: ```yaml definition, ```yaml stories, ```yaml fragment. A
mark is a comment such as `<!-- keys: task -->`; readers do not see it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from workflow.text import LANGUAGES, Language

FOLDER = Path(__file__).parents[2] / "docs"
FILES: dict[Language, Path] = {"en": FOLDER / "language.md", "zh": FOLDER / "language.zh.md"}

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(
    r"^<!-- (?P<mark>[a-z]+)(?:: (?P<names>[a-z_, ]+))? -->\n\n?(?P<table>(?:\|[^\n]*\n)+)", re.MULTILINE
)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language (yaml, console …), what it is, and where it stands."""

    language: str
    kind: str
    text: str
    line: int
    document: Language

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        return f"{FILES[self.document].name}:{self.line}"


@dataclass(frozen=True, slots=True)
class Table:
    mark: str
    names: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    place: str

    def __str__(self) -> str:
        return self.place

    def column(self, number: int) -> tuple[str, ...]:
        return tuple(row[number] for row in self.rows)


@dataclass(slots=True)
class Process:
    """A definition with its stories and the texts of its folder, as the document shows them."""

    definition: Block
    stories: Block | None = None
    texts: dict[str, str] = field(default_factory=dict)
    diagrams: list[Block] = field(default_factory=list)
    wrong: bool = False

    @property
    def key(self) -> str:
        found = re.search(r"^key: (\w+)$", self.definition.text, re.MULTILINE)
        assert found, f"{self.definition}: no key"
        return found[1]

    def __str__(self) -> str:
        return self.definition.place


@dataclass(frozen=True, slots=True)
class Document:
    language: Language
    text: str
    blocks: tuple[Block, ...]
    tables: tuple[Table, ...]

    def of_kind(self, *kinds: str) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.kind in kinds)

    def marked(self, mark: str, name: str | None = None) -> tuple[Table, ...]:
        return tuple(table for table in self.tables if table.mark == mark and (name is None or name in table.names))

    def headings(self) -> list[int]:
        """The levels of all headings, in order."""
        return [len(level) for level, _ in _HEADING.findall(_FENCE.sub("", self.text))]

    def anchors(self) -> set[str]:
        """Where links within the document may lead, as Git servers make them of headings."""
        titles = (title.lower() for _, title in _HEADING.findall(_FENCE.sub("", self.text)))
        return {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}


@cache
def document(language: Language) -> Document:
    text = FILES[language].read_text("utf-8")
    return Document(language, text, tuple(_blocks(language, text)), tuple(_tables(language, text)))


def processes(language: Language) -> list[Process]:
    """Each whole definition, with what belongs to it: it comes after it, and before the next."""
    found: list[Process] = []
    for block in document(language).blocks:
        kind, _, name = block.kind.partition(" ")
        if kind in ("definition", "wrong"):
            found.append(Process(block, wrong=kind == "wrong"))
        elif kind == "stories":
            assert found[-1].stories is None, f"{block}: {found[-1].definition} has stories already"
            found[-1].stories = block
        elif kind == "file":
            found[-1].texts[name] = block.text
        elif block.language == "mermaid":
            found[-1].diagrams.append(block)
    return found


def of_both(*kinds: str) -> list[Block]:
    return [block for language in LANGUAGES for block in document(language).of_kind(*kinds)]


def code(cell: str) -> list[str]:
    """What stands in a cell as code."""
    return re.findall(r"`([^`]+)`", cell)


def _blocks(language: Language, text: str) -> Iterator[Block]:
    for found in _FENCE.finditer(text):
        name, _, kind = found["info"].strip().partition(" ")
        line = text.count("\n", 0, found.start()) + 1
        yield Block(name, kind, found["text"], line, language)


def _tables(language: Language, text: str) -> Iterator[Table]:
    for found in _MARK.finditer(text):
        header, _, *rows = [_cells(line) for line in found["table"].splitlines()]
        names = tuple(name.strip() for name in (found["names"] or "").split(",") if name.strip())
        line = text.count("\n", 0, found.start()) + 1
        yield Table(found["mark"], names, header, tuple(rows), f"{FILES[language].name}:{line}")


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().replace("\\|", "|") for cell in _CELL.split(line.strip().strip("|")))
