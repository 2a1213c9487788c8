"""The group of commands: which there are, and where each is found when it is called."""

import gettext
import importlib
import os
import sys
from pathlib import Path
from typing import Final

import click

from workflow.cli.guide import guided, title_of
from workflow.cli.house import Call
from workflow.errors import CannotRun, WorkflowError
from workflow.text import Language, sentence

#: In which module each is, under the same name but for a word of Python.
_MODULES: Final = {
    "run": "serving",
    "web": "serving",
    "scheduler": "serving",
    "demo": "demonstrating",
    "check": "authoring",
    "draw": "authoring",
    "explain": "authoring",
    "simulate": "simulating",
    "mutate": "mutating",
    "publish": "authoring",
    "import": "importing",
    "export": "exporting",
    "token": "administering",
    "verify": "administering",
    "upgrade": "administering",
}
_NAMES: Final = {"import": "import_group", "export": "export_group"}
_STOPPED: Final = 130  #: what shells expect after Ctrl-C
_CATALOGUES: Final = Path(__file__).parents[1] / "translations"


class Commands(click.Group):
    """Commands that are imported when they are called; for the list of them their titles are enough."""

    def __init__(self, language: Language) -> None:
        title = sentence("Approvals and recognition decided in the sunlight.")
        version = click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_say_version,
            help=sentence("Say which version this is.").say(language),
        )
        super().__init__(name="yangguang", help=title.say(language), no_args_is_help=True, params=[version])
        self._language = language

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's shape
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's shape
        return _Later(cmd_name, self._language) if cmd_name in _MODULES else None


class _Later(click.Command):
    """A command that is loaded once it is really called."""

    def __init__(self, name: str, language: Language) -> None:
        super().__init__(name, short_help=title_of(name, language))
        self._language = language

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        name = str(self.name)
        module = importlib.import_module(f"workflow.cli.{_MODULES[name]}")
        found: click.Command = getattr(module, _NAMES.get(name, name))
        return guided(found, name, self._language).make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        return ctx.command.invoke(ctx)


def run(call: Call, arguments: list[str] | None = None) -> None:
    """Runs a command; what cannot run is one line and exit 2."""
    _speak(call.language)
    try:
        Commands(call.language).main(args=arguments, prog_name=_program(), obj=call, standalone_mode=False)
    except click.exceptions.Abort:
        click.echo(sentence("Stopped.").say(call.language), err=True)
        sys.exit(_STOPPED)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        sys.exit(2)
    except click.ClickException as wrong:
        _cannot(_usage(wrong, call.language))
    except WorkflowError as error:
        _cannot(error.say(call.language))
    except OSError as error:
        _cannot(_of_system(error).say(call.language))


def _speak(language: Language) -> None:
    """Click says its own few sentences by gettext's one domain of the process, in the language of this variable."""
    gettext.bindtextdomain("click", str(_CATALOGUES))
    gettext.textdomain("click")
    os.environ["LANGUAGE"] = language


def _say_version(ctx: click.Context, _: click.Parameter, asked: object) -> None:
    if not asked:
        return
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 -- slow import

    try:
        click.echo(f"yangguang {version('yangguang')}")
    except PackageNotFoundError as missing:
        raise CannotRun(
            sentence("The program is not installed, so its version is not known; `make` does it.")
        ) from missing
    ctx.exit()


def _program() -> str:
    """As it was called, so that what is said can be typed again in the same folder."""
    called = Path(sys.argv[0])
    if called.suffix != ".py":
        return "yangguang"
    python = Path(sys.executable)
    shown = python.relative_to(Path.cwd()) if python.is_relative_to(Path.cwd()) else python.name
    return f"{shown} {called.name}"


def _usage(wrong: click.ClickException, language: Language) -> str:
    said = wrong.format_message()
    if not isinstance(wrong, click.UsageError) or wrong.ctx is None:
        return said
    more = sentence("See `{command} --help`.", command=wrong.ctx.command_path)
    return f"{said} {more.say(language)}"


def _of_system(error: OSError) -> CannotRun:
    reason = error.strerror or str(error)
    if error.filename is None:
        return CannotRun(sentence("The system refused: {reason}", reason=reason))
    return CannotRun(sentence("{path} cannot be used: {reason}", path=str(error.filename), reason=reason))


def _cannot(line: str) -> None:
    click.echo(line, err=True)
    sys.exit(2)
