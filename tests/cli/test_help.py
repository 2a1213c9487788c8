"""What the program says about itself: in the reader's language, at once."""

import os
import subprocess
import sys

import click
import pytest

from tests.cli.conftest import ROOT, Yangguang
from workflow.cli.group import Commands
from workflow.cli.guide import COMMANDS
from workflow.text import LANGUAGES, Language

HEAVY = ("flask", "sqlalchemy", "marshmallow", "apscheduler", "cel", "openpyxl", "gunicorn", "alembic", "psycopg")


def told(text: str) -> str:
    """Without the breaks of lines."""
    return "".join(text.split())


def in_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_says_what_it_does(yangguang: Yangguang, path: str, language: Language) -> None:
    said = yangguang(*path.split(), "--help", language=language)

    assert said.code == 0
    assert told(COMMANDS[path].title.say(language)) in told(said.out)
    assert told(COMMANDS[path].about.say(language)) in told(said.out)


def test_list_has_every_command_with_its_title(yangguang: Yangguang) -> None:
    said = yangguang("--help")

    titles = {path: one.title.say("en") for path, one in COMMANDS.items() if " " not in path}
    listed = [line.strip().split(maxsplit=1) for line in said.lines[said.lines.index("Commands:") + 1 :]]
    assert listed == [[name, title] for name, title in titles.items()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_and_argument_is_explained(language: Language) -> None:
    unexplained = [
        f"{path} {parameter.name}"
        for path, command in all_commands(language)
        for parameter in command.params
        if isinstance(parameter, click.Option | click.Argument) and not parameter.help
    ]

    assert unexplained == []


def test_chinese_help_is_chinese_throughout() -> None:
    foreign = [
        line for line in help_of_all("zh") if line.strip() and not line.startswith("loaded") and not in_chinese(line)
    ]

    assert foreign == []


def test_help_loads_nothing_heavy() -> None:
    """Within half a second on a warm machine; what costs time is named instead of measured."""
    loaded = [line for line in help_of_all("en") if line.startswith("loaded")]

    assert loaded == ["loaded []"] * (len(COMMANDS) + 1)


def test_version_is_said(yangguang: Yangguang) -> None:
    said = yangguang("--version")

    assert (said.code, said.out) == (0, "yangguang 0.1.0\n")


def help_of_all(language: Language) -> list[str]:
    """The lines of the help of each command, and what it loaded, in a process of their own."""
    script = (
        "import contextlib, sys, service\n"
        "from workflow.cli.guide import COMMANDS\n"
        "for path in ['', *COMMANDS]:\n"
        "    sys.argv = ['yangguang', *path.split(), '--help']\n"
        "    with contextlib.suppress(SystemExit):\n"
        "        service.main()\n"
        f"    print('loaded', sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "YANGGUANG_LANGUAGE": language},
        check=True,
        capture_output=True,
        text=True,
    )
    return found.stdout.splitlines()


def all_commands(language: Language) -> list[tuple[str, click.Command]]:
    """Each with its help in the language, those of `import` too."""
    found: list[tuple[str, click.Command]] = []
    group = Commands(language)
    for name in group.list_commands(click.Context(group)):
        later = group.get_command(click.Context(group), name)
        assert later is not None
        command = later.make_context(name, ["--help"], resilient_parsing=True).command
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {below}", inner) for below, inner in command.commands.items()]
    return found
