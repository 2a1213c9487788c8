"""The group of commands: which there are, and where each is found when it is called."""

import importlib
import sys

import click

from workflow.cli.house import Call
from workflow.errors import WorkflowError
from workflow.text import Language, Sentence, sentence

#: name → module, function, what it does.
COMMANDS: dict[str, tuple[str, str, Sentence]] = {
    "run": ("serving", "run", sentence("Web and scheduler in one process.")),
    "web": ("serving", "web", sentence("Web processes, for several machines.")),
    "scheduler": ("serving", "scheduler", sentence("A scheduler process; any number may run.")),
    "demo": ("demonstrating", "demo", sentence("A district with people and cases, played forward, then served.")),
    "check": ("authoring", "check", sentence("Validate definitions, prove their claims, run their stories.")),
    "draw": ("authoring", "draw", sentence("The diagram of a definition, as Mermaid.")),
    "explain": ("authoring", "explain", sentence("The procedure of a definition in plain words.")),
    "publish": ("authoring", "publish", sentence("Publish a version of a definition.")),
    "import": ("importing", "import_group", sentence("Import organisations, people or nominations from xlsx or csv.")),
    "token": ("administering", "token", sentence("A bearer token of a person, for the API.")),
    "verify": ("administering", "verify", sentence("Fold every history, check every chain.")),
    "upgrade": ("administering", "upgrade", sentence("Bring the tables of a database to this version.")),
}


class Commands(click.Group):
    """Commands that are imported when they are called; for the list of them their titles are enough."""

    def __init__(self, language: Language) -> None:
        title = sentence("Approvals and recognition decided in the sunlight.")
        super().__init__(name="yangguang", help=title.say(language), no_args_is_help=True)
        self._language = language

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's shape
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's shape
        known = COMMANDS.get(cmd_name)
        if known is None:
            return None
        module, name, title = known
        return _Later(cmd_name, module, name, title.say(self._language))


class _Later(click.Command):
    """A command that is loaded once it is really called."""

    def __init__(self, name: str, module: str, function: str, title: str) -> None:
        super().__init__(name, help=title, short_help=title)
        self._module, self._function = module, function

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        found: click.Command = getattr(importlib.import_module(f"workflow.cli.{self._module}"), self._function)
        return found.make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        return ctx.command.invoke(ctx)


def run(call: Call, arguments: list[str] | None = None) -> None:
    """Runs a command; what cannot run is one line and exit 2."""
    try:
        Commands(call.language).main(args=arguments, prog_name="yangguang", obj=call, standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except WorkflowError as error:
        click.echo(error.say(call.language), err=True)
        sys.exit(2)
