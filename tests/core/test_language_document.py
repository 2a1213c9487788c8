"""The authors' reference: each listing loads, its stories come out as told, and commands print what it shows."""

import contextlib
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.core.language_document import Block, Process, code, document, of_both, processes
from workflow.calendar import chinese_calendar
from workflow.cases.office import Office, Secrets
from workflow.cli.group import run
from workflow.cli.house import Address, Call, House
from workflow.definition.drawing import mermaid
from workflow.definition.loading import load_definition
from workflow.definition.loading.document import plain, read_document
from workflow.engine.checking import check
from workflow.store import open_database
from workflow.text import LANGUAGES, Language

#: What a fenced block may be: its language, and what it is.
KINDS = {
    "yaml": ("definition", "stories", "frame", "fragment", "wrong", "values", "moments"),
    "console": ("",),
    "mermaid": ("",),
    "text": ("", "file"),
}
#: Keys of the top whose names a fragment adds to; any other key it replaces.
ADDED_TO = ("people", "fields", "states", "triggers", "anytime")

WHOLE = [process for language in LANGUAGES for process in processes(language) if not process.wrong]
CONSOLES = [
    (language, block) for language in LANGUAGES for block in document(language).blocks if block.language == "console"
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_listing_says_what_it_is(language: Language) -> None:
    found = [(block.place, block.language, block.kind.partition(" ")[0]) for block in document(language).blocks]
    assert [block for block in found if block[2] not in KINDS.get(block[1], ())] == []


@pytest.mark.parametrize("process", WHOLE, ids=str)
def test_definition_is_sound_and_its_stories_come_out_as_told(process: Process) -> None:
    stories = process.stories.text if process.stories else None

    found = check(process.definition.text, stories, process.texts, chinese_calendar())

    problems = [*found.problems, *(found.story_problems if stories else ())]
    assert [f"{problem.line}: {problem.at}: {problem.say('en')}" for problem in problems] == []


@pytest.mark.parametrize("block", of_both("frame", "fragment"), ids=str)
def test_fragment_loads_in_the_frame(block: Block) -> None:
    loaded = load_definition(in_frame(block))
    assert [f"{problem.at}: {problem.say('en')}" for problem in loaded.problems] == []


@pytest.mark.parametrize(("language", "block"), CONSOLES, ids=str)
def test_command_prints_what_is_shown(
    language: Language,
    block: Block,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sqlite_url: str,
) -> None:
    write_folders(language, tmp_path)
    monkeypatch.chdir(tmp_path)

    def open_house(url: str | None, *, create: bool = False, durable: bool = True) -> House:
        assert url is None
        assert create
        assert durable
        return a_house(sqlite_url, tmp_path)

    call = Call(
        language=language,
        open_house=open_house,
        address=lambda _: Address(sqlite_url, tmp_path),
        definitions=tmp_path,
    )

    for arguments, shown in commands(block):
        with contextlib.suppress(SystemExit):
            run(call, arguments)
        captured = capsys.readouterr()
        printed = captured.out + captured.err
        assert is_shown(shown, printed), f"{block}: {' '.join(arguments)} prints\n{printed}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_diagrams_are_those_that_are_drawn(language: Language) -> None:
    diagrams = [(process.key, diagram) for process in processes(language) for diagram in process.diagrams]
    for key, diagram in diagrams:
        (process,) = (process for process in processes(language) if process.key == key)
        assert diagram.text.strip() == mermaid(load_definition(process.definition.text).sound(), language).strip()
    assert len(diagrams) == len([block for block in document(language).blocks if block.language == "mermaid"]) > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_wrong_definition_is_followed_by_what_check_says(language: Language) -> None:
    wrong = [process.key for process in processes(language) if process.wrong]
    checked = [
        arguments[-1]
        for block in document(language).blocks
        if block.language == "console"
        for arguments, shown in commands(block)
        if arguments[0] == "check" and shown
    ]
    assert [key for key in wrong if key not in checked] == []


def test_both_documents_have_the_same_listings() -> None:
    chinese, english = ([same_in_both(block) for block in document(language).blocks] for language in LANGUAGES)
    for one, other in zip(chinese, english, strict=True):
        assert one == other


def test_both_documents_are_laid_out_alike() -> None:
    chinese, english = (document(language) for language in LANGUAGES)
    assert chinese.headings() == english.headings()
    assert [(t.mark, t.names, [code(row[0]) for row in t.rows]) for t in chinese.tables] == [
        (t.mark, t.names, [code(row[0]) for row in t.rows]) for t in english.tables
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_table_of_contents_leads_to_headings(language: Language) -> None:
    links = re.findall(r"\]\(#([^)]+)\)", document(language).text)
    assert [link for link in links if link not in document(language).anchors()] == []
    assert len(links) > 18


# --- what a listing stands in


def in_frame(block: Block) -> str:
    """A fragment in the frame that its document shows; every state can be reached from the first."""
    (frame,) = document(block.document).of_kind("frame")
    whole, added = as_map(frame.text), as_map(block.text)
    for key, value in added.items():
        whole[key] = {**whole.get(key, {}), **value} if key in ADDED_TO else value
    ways = {f"to_{name}": name for name in whole["states"] if name != "draft"}
    whole["states"]["draft"]["to"] |= ways
    whole["triggers"] = whole.get("triggers", {}) | {way: {"label": {"zh": "去", "en": "Go"}} for way in ways}
    return json.dumps(whole, ensure_ascii=False)


def as_map(text: str) -> dict[str, Any]:
    found = plain(read_document(text))
    assert isinstance(found, dict)
    return found


def write_folders(language: Language, folder: Path) -> None:
    """All processes of a document as their authors have them on disk."""
    for process in processes(language):
        own = folder / process.key
        own.mkdir()
        (own / "definition.yaml").write_text(process.definition.text, "utf-8")
        if process.stories is not None:
            (own / "stories.yaml").write_text(process.stories.text, "utf-8")
        for name, text in process.texts.items():
            (own / name).write_text(text, "utf-8")


# --- commands


def a_house(url: str, folder: Path) -> House:
    """What opens for a command; publishing wants no more of it than the office."""
    office = Office(open_database(url), Secrets(b"thirty-two or more characters of it"), folder=folder)
    return cast("House", SimpleNamespace(office=office))


def commands(block: Block) -> Iterator[tuple[list[str], str]]:
    """The arguments of each command of a console, and what is shown of its output."""
    for command, shown in re.findall(r"^\$ python service\.py (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
        yield shlex.split(command), shown


def is_shown(shown: str, printed: str) -> bool:
    """Whether the output is as shown; a line … stands for any lines, and nothing shown for anything."""
    parts = re.split(r"^…\n", shown.strip("\n") + "\n", flags=re.MULTILINE)
    lines = "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())
    return not shown or re.fullmatch(r"(?:.*\n)*".join(map(re.escape, parts)), lines) is not None


# --- the same in both languages


def same_in_both(block: Block) -> object:
    """A listing without what is said in one language: comments, titles of stories, what commands print."""
    if block.language == "console":
        return [arguments for arguments, _ in commands(block)]
    if block.language != "yaml":
        return block.language, block.kind
    return block.kind, without_titles(as_map(block.text))


def without_titles(node: object) -> object:
    if isinstance(node, dict):
        return {key: without_titles(value) for key, value in node.items() if key != "story"}
    if isinstance(node, list):
        return [without_titles(item) for item in node]
    return node
