"""For authors of definitions: check, draw, explain, publish. None of the first three touches a database."""

import sys
from functools import cache, partial
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import click

from workflow.cli.house import Call
from workflow.cli.options import database_option, said_option
from workflow.errors import CannotRun, DefinitionWrong, Problem
from workflow.text import Language, say, sentence

if TYPE_CHECKING:  # `--help` loads none of it
    from collections.abc import Callable, Mapping

    from workflow.definition.model import Definition
    from workflow.engine.checking import Checked
    from workflow.engine.stories.book import Book

_TEXTS = (".txt", ".html", ".yaml", ".md")
_MERMAID = (".mmd", ".mermaid")
_COLUMNS = "columns.yaml"
_MOST_TEXT = 400_000
_LONGEST_STORY = 60


@click.command(help="")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def check(call: Call, path: Path | None) -> None:
    where = path if path is not None else call.definitions
    files = definition_files(where)
    if not files:
        raise CannotRun(sentence("There is no definition.yaml in {path}.", path=str(where)))
    wrong = False
    for file in files:
        found = _checked(file)
        columns = _wrong_columns(file, found)
        _print(file, found, columns, call.language)
        wrong = wrong or bool(found.errors or columns)
    sys.exit(1 if wrong else 0)


@click.command(help="")
@click.argument("key")
@click.option("--to", "target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), default=None)
@click.option("--mermaid", "as_mermaid", is_flag=True)
@click.option("--width", metavar="PX", type=click.IntRange(320, 4000), default=1122, show_default=True)
@said_option
@click.pass_obj
def draw(call: Call, key: str, target: Path | None, width: int, language: Language | None, *, as_mermaid: bool) -> None:
    from workflow.api.drawings import drawn  # noqa: PLC0415 -- slow import
    from workflow.definition.drawing import mermaid  # noqa: PLC0415

    if target is not None:
        as_mermaid = _is_mermaid(target, asked=as_mermaid)
    definition, speaks = definition_of(call, key), language or call.language
    text = mermaid(definition, speaks) if as_mermaid else drawn(definition, speaks, _beside_it(call, key), width)
    if target is None:
        click.echo(text, nl=as_mermaid)
        return
    try:
        target.write_text(text, "utf-8")
    except OSError as wrong:
        raise CannotRun(sentence("{path} cannot be written: {reason}", path=str(target), reason=str(wrong))) from wrong


@click.command(help="")
@click.argument("key")
@click.option("--rights", is_flag=True)
@said_option
@click.pass_obj
def explain(call: Call, key: str, language: Language | None, *, rights: bool) -> None:
    from workflow.definition.explaining import explain as guide  # noqa: PLC0415 -- slow import
    from workflow.definition.explaining import explain_rights  # noqa: PLC0415 -- slow import

    definition, speaks = definition_of(call, key), language or call.language
    click.echo(explain_rights(definition, speaks) if rights else guide(definition, speaks, _beside_it(call, key)))


@click.command(help="")
@click.argument("path", type=click.Path(path_type=Path))
@database_option
@click.pass_obj
def publish(call: Call, path: Path, database: str | None) -> None:
    from workflow.calendar import chinese_calendar  # noqa: PLC0415 -- slow import
    from workflow.cases.versions import publish as publish_texts  # noqa: PLC0415 -- with a database only
    from workflow.cli.texts import read_texts  # noqa: PLC0415 -- with a database only

    files = definition_files(path)
    if not files:
        raise CannotRun(sentence("There is no definition.yaml in {path}.", path=str(path)))
    house = call.open_house(database, create=True)
    for file in files:
        try:
            done = publish_texts(
                house.office.database, house.office.versions, read_texts(file), calendar=chinese_calendar()
            )
        except DefinitionWrong as wrong:
            for problem in wrong.problems:
                click.echo(_line(file, problem, call.language), err=True)
            sys.exit(1)
        text = (
            sentence("{key}: version {number} is published.")
            if done.new
            else sentence("{key}: version {number} has these texts already.")
        )
        click.echo(say(text.template, call.language, key=done.version.key, number=done.version.number))


def texts_of(file: Path) -> tuple[str, str | None, dict[str, str]]:
    """All that a version holds: the definition, its stories, and the texts beside them."""
    stories = file.with_name("stories.yaml")
    return read_text(file), read_text(stories) if stories.is_file() else None, _beside(file)


def definition_files(path: Path) -> list[Path]:
    """A file, a folder, or a folder of folders."""
    if path.is_file():
        return [path]
    own = path / "definition.yaml"
    if own.is_file():
        return [own]
    return sorted(path.glob("*/definition.yaml"))


def _is_mermaid(target: Path, *, asked: bool) -> bool:
    """By how its name ends."""
    ending = target.suffix.lower()
    if ending not in (".svg", *_MERMAID) or (asked and ending == ".svg"):
        raise CannotRun(
            sentence("{path}: the name of a diagram ends with .svg, of one in Mermaid with .mmd.", path=str(target))
        )
    return ending in _MERMAID


def _checked(file: Path) -> "Checked":
    from workflow.calendar import chinese_calendar  # noqa: PLC0415 -- slow import
    from workflow.engine.checking import check as checked  # noqa: PLC0415

    return checked(*texts_of(file), chinese_calendar(), _others(file))


def _beside_it(call: Call, key: str) -> "Callable[[str], Definition | None]":
    """What is read of definitions that another names: those in the folders beside its own."""
    others = _others(file_of(call, key))
    return lambda name: others[name]() if name in others else None


def _others(file: Path) -> "Mapping[str, Callable[[], Definition | None]]":
    """The definitions whose folders lie beside this one's, each read when it is asked for."""
    found = file.resolve().parent.parent.glob("*/definition.yaml")
    return {other.parent.name: cache(partial(_read, other)) for other in found}


def _read(file: Path) -> "Definition | None":
    from workflow.definition.loading import load_definition  # noqa: PLC0415 -- slow import

    return load_definition(read_text(file)).definition


def _wrong_columns(file: Path, found: "Checked") -> tuple[Problem, ...]:
    """What is wrong with the file by which nominations are imported."""
    columns = file.with_name(_COLUMNS)
    if found.definition is None or not columns.is_file():
        return ()
    from workflow.records.columns import read_columns  # noqa: PLC0415 -- slow import

    try:
        read_columns(found.definition, read_text(columns))
    except DefinitionWrong as wrong:
        return wrong.problems
    return ()


def read_text(file: Path) -> str:
    """Raises CannotRun where it is too large, or no text."""
    try:
        if file.stat().st_size > _MOST_TEXT:
            raise CannotRun(sentence("{path} is larger than {most} bytes.", path=str(file), most=_MOST_TEXT))
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise CannotRun(sentence("{path} cannot be read: {reason}", path=str(file), reason=str(wrong))) from wrong


def _beside(file: Path) -> dict[str, str]:
    """Templates of mails and documents, and what an import needs; nothing else of the folder is read."""
    own = {"definition.yaml", "stories.yaml"}
    found = [
        text
        for text in sorted(file.parent.iterdir())
        if text.suffix in _TEXTS and text.name not in own and text.is_file()
    ]
    return {text.name: read_text(text) for text in found if text != file}


def _print(file: Path, found: "Checked", columns: tuple[Problem, ...], language: Language) -> None:
    for problem in found.problems:
        click.echo(_line(file, problem, language))
        if problem.at in found.counterexamples:
            click.echo(indent(_in_short(found.counterexamples[problem.at]), "  "))
    for problem in found.story_problems:
        click.echo(_line(file.with_name("stories.yaml"), problem, language))
    for problem in columns:
        click.echo(_line(file.with_name(_COLUMNS), problem, language))
    if found.errors or columns or found.definition is None:
        return
    claims = sentence("{count} claim proved") if found.claims == 1 else sentence("{count} claims proved")
    stories = sentence("{count} story told") if found.stories == 1 else sentence("{count} stories told")
    summary = sentence(
        "{key}: sound; {claims}, {stories}.",
        key=found.definition.key,
        claims=sentence(claims.template, count=found.claims),
        stories=sentence(stories.template, count=found.stories),
    )
    click.echo(summary.say(language))
    if found.uncovered:
        click.echo(sentence("  not shown by any story: {names}", names=list(found.uncovered)).say(language))


def _in_short(story: str) -> str:
    """A long way is told by its beginning and its end."""
    lines = story.splitlines()
    if len(lines) > _LONGEST_STORY:
        lines[_LONGEST_STORY // 2 : -_LONGEST_STORY // 4] = ["      …"]
    return "\n".join(lines)


def _line(file: Path, problem: Problem, language: Language) -> str:
    mark = say("warning: ", language) if problem.warning else ""
    where = file if problem.file == "definition.yaml" else file.with_name(problem.file)
    return f"{where}:{problem.line or 1}: {problem.at or problem.code}: {mark}{problem.say(language)}"


def definition_of(call: Call, key: str) -> "Definition":
    """By its key among those that are shipped, or by its path."""
    from workflow.definition.loading import load_definition  # noqa: PLC0415 -- slow import

    return load_definition(read_text(file_of(call, key))).sound()


def file_of(call: Call, key: str) -> Path:
    for path in (Path(key), call.definitions / key):
        files = definition_files(path) if path.exists() else []
        if files:
            return files[0]
    raise CannotRun(sentence("There is no definition “{key}”.", key=key))


def book_of(call: Call, key: str) -> "Book":
    """The stories beside it."""
    from workflow.engine.stories.book import read_book  # noqa: PLC0415 -- slow import

    file = file_of(call, key).with_name("stories.yaml")
    if not file.is_file():
        raise CannotRun(sentence("There are no stories: {path} is missing.", path=str(file)))
    book, problems = read_book(read_text(file))
    if book is None:
        raise DefinitionWrong(tuple(problems))
    return book
