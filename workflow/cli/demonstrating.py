"""`demo`: a district that is played forward on a clock of its own, and then served."""

import sys
from collections.abc import Iterable, Iterator, Mapping

import click

from workflow.cases.versions import Texts
from workflow.cli.authoring import definition_files
from workflow.cli.house import Call
from workflow.cli.options import database_option
from workflow.cli.progress import bar
from workflow.cli.serving import host_option, port_option, serve
from workflow.cli.texts import read_texts
from workflow.definition.loading import load_definition
from workflow.demo.demonstration import PASSWORD, Played, demonstrate
from workflow.demo.ground import clear_ground
from workflow.text import Label, Language, say


@click.command(help="")
@database_option
@host_option
@port_option
@click.option("--serve/--no-serve", "serving", default=True)
@click.pass_obj
def demo(call: Call, database: str | None, host: str, port: int, *, serving: bool) -> None:
    found = call.address(database)
    clear_ground(found.url, found.folder)
    house = call.open_house(database, create=True, durable=False)
    texts = [read_texts(file) for file in definition_files(call.definitions)]
    with bar(say("Playing", call.language)) as far:
        played = demonstrate(house.office, house.delivery, texts, house.folder / "demo", lambda share, _: far(share))
    house.office.database.dispose()
    for line in report(played, texts, call.language):
        click.echo(line)
    if played.verified.broken:
        sys.exit(1)
    if serving:
        serve(call, database, host, port, with_scheduler=True)


def report(played: Played, texts: Iterable[Texts], language: Language) -> Iterator[str]:
    """What came of the play, as tables; and whom a visitor may be."""
    labels = _labels(texts)
    yield from _table(
        say("Cases by state", language), {labels[state].say(language): n for state, n in played.states.items()}
    )
    yield from _table(say("Mails by kind", language), played.mails)
    yield ""
    yield say("Timers fired: {count}", language, count=played.timers)
    yield say("Verified: {summary}", language, summary=played.verified.summary)
    yield ""
    yield say(
        "Be one of them: POST /api/v1/tokens, or `token LOGIN`. The password is {password}.",
        language,
        password=PASSWORD,
    )
    for one in played.logins:
        yield f"  {one.login:<10} {one.name}  {one.who.say(language)}"


def _labels(texts: Iterable[Texts]) -> dict[str, Label]:
    found: dict[str, Label] = {}
    for one in texts:
        for name, state in load_definition(one.definition).sound().states.items():
            found[name] = state.label
    return found


def _table(title: str, rows: Mapping[str, int]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {count:>5}  {name}" for name, count in rows.items())
