"""`mutate`: which rules of a definition its claims and stories look at."""

from collections import Counter
from typing import TYPE_CHECKING

import click

from workflow.cli.authoring import book_of, file_of, read_text
from workflow.cli.house import Call
from workflow.text import say

if TYPE_CHECKING:
    from workflow.engine.mutating import Outcome


@click.command(help="")
@click.argument("key")
@click.option("--limit", metavar="N", type=click.IntRange(1), default=None)
@click.pass_obj
def mutate(call: Call, key: str, limit: int | None) -> None:
    from workflow.calendar import chinese_calendar  # noqa: PLC0415 -- slow import
    from workflow.engine.mutating import mutate as mutated  # noqa: PLC0415

    file = file_of(call, key)
    found: list[Outcome] = []
    for outcome in mutated(read_text(file), book_of(call, key), chinese_calendar(), limit=limit):
        found.append(outcome)
        if outcome.caught is None:
            told = outcome.mutation
            click.echo(f"{file}:{told.line}: {told.place}: {told.what.say(call.language)}")
    counted = Counter(outcome.caught for outcome in found)
    tried = len(found) - counted["refused"]
    caught = tried - counted[None]
    click.echo(
        say(
            "{caught} of {tried} changed rules were noticed ({percent} %): {claims} by claims, {stories} by stories. {refused} more could not be read at all.",
            call.language,
            caught=caught,
            tried=tried,
            percent=f"{100 * caught / tried:.1f}" if tried else "100",
            claims=counted["claim"],
            stories=counted["story"],
            refused=counted["refused"],
        )
    )
