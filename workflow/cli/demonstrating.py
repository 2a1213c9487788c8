"""`demo`: a district that is played forward on a clock of its own, and then served."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from workflow.cli.authoring import definition_files
from workflow.cli.house import Call
from workflow.cli.options import database_option
from workflow.cli.progress import bar
from workflow.cli.serving import host_option, port_option, serve
from workflow.cli.texts import read_texts
from workflow.text import Language, say, sentence

if TYPE_CHECKING:  # `--help` loads none of it
    from workflow.demo.demonstration import Played


@click.command(help="")
@database_option
@host_option
@port_option
@click.option("--serve/--no-serve", "serving", default=True)
@click.pass_obj
def demo(call: Call, database: str | None, host: str, port: int, *, serving: bool) -> None:
    from workflow.cli.server import listen  # noqa: PLC0415 -- slow import
    from workflow.demo.demonstration import demonstrate  # noqa: PLC0415
    from workflow.demo.ground import clear_ground  # noqa: PLC0415

    if serving:
        listen(host, port).close()  # a port that is taken is said before the play, not after it
    found = call.address(database)
    clear_ground(found.url, found.folder)
    house = call.open_house(database, create=True, durable=False)
    texts = [read_texts(file) for file in definition_files(call.definitions)]
    with bar(say("A district and its year", call.language)) as far:
        played = demonstrate(house.office, house.delivery, texts, house.folder / "demo", far)
    house.office.database.dispose()
    for line in report(played, click.get_current_context().find_root().command_path, call.language):
        click.echo(line)
    if played.verified.broken:
        sys.exit(1)
    if serving:
        click.echo()
        serve(call, database, host, port, with_scheduler=True)


def report(played: "Played", program: str, language: Language) -> Iterator[str]:
    """What happened by month, what came of it as tables, and whom a visitor may be."""
    from workflow.demo.demonstration import PASSWORD  # noqa: PLC0415 -- slow import

    for month, told in played.months.items():
        yield month
        yield from (f"  {one.say(language)}" for one in told)
    yield ""
    yield played.narrowed.say(language)
    yield ""
    yield say("Cases by state", language)
    yield from (f"{number:>6}  {label.say(language)}" for label, number in played.states)
    yield ""
    yield say("Mails by kind", language)
    yield from (f"{count:>6}  {_KINDS[kind].say(language)}" for kind, count in played.mails.items())
    yield ""
    yield say("Timers fired: {count}", language, count=played.timers)
    yield say("Verified: {summary}", language, summary=played.verified.summary)
    yield from (one.say(language) for one in played.verified.broken)
    yield ""
    yield say(
        "Be one of them, with the password {password}: POST /api/v1/tokens, or `{program} token LOGIN`.",
        language,
        password=PASSWORD,
        program=program,
    )
    for one in played.logins:
        yield f"  {one.login:<10} {one.name}  {one.who.say(language)}"


_KINDS: Final = {
    "task": sentence("A task"),
    "reminder": sentence("Reminders"),
    "escalation": sentence("Escalations"),
    "returned": sentence("Returned for correction"),
    "ended": sentence("How it ended"),
    "state": sentence("Where it stands"),
    "objection": sentence("Objections"),
    "urged": sentence("Urged"),
    "copied": sentence("Copies"),
    "round": sentence("Calls and their dates"),
    "delegated": sentence("Stand-ins"),
    "invitation": sentence("Invitations"),
    "link": sentence("Links with a code"),
}
