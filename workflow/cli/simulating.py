"""`simulate`: what becomes of a case if nobody acts, and how long it takes if people act as they often do."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from workflow.calendar import is_reckoned_with
from workflow.cli.authoring import book_of, definition_of
from workflow.cli.house import Call
from workflow.errors import CannotRun
from workflow.text import Language, Sayable, sentence

if TYPE_CHECKING:
    from workflow.engine.simulating import Forecast, Happening, Spread, Stage, Wait

_DAYS: Final = 60
_MOST_DAYS: Final = 3_650
_MOST_RUNS: Final = 10_000


@click.command(help="")
@click.argument("key")
@click.option("--from", "begins", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), default=None)
@click.option("--days", metavar="N", type=click.IntRange(1, _MOST_DAYS), default=_DAYS, show_default=True)
@click.option("--runs", metavar="N", type=click.IntRange(1, _MOST_RUNS), default=None)
@click.option("--seed", metavar="N", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def simulate(
    call: Call, key: str, begins: datetime | None, days: int, runs: int | None, seed: int, *, as_json: bool
) -> None:
    from workflow.calendar import chinese_calendar  # noqa: PLC0415 -- slow import
    from workflow.engine.simulating import forecast, if_nobody_acts, stage_of  # noqa: PLC0415

    definition = definition_of(call, key)
    stage = stage_of(definition, book_of(call, key), chinese_calendar(), _day(begins))
    waits = list(if_nobody_acts(stage, days))
    found = forecast(stage, runs=runs, seed=seed) if runs is not None else None
    if as_json:
        click.echo(json.dumps(_data(stage, waits, found, call.language), ensure_ascii=False, indent=2))
        return
    for line in (*_calendar(stage, waits, days), *(_forecast(stage, found) if found else ())):
        click.echo(line if isinstance(line, str) else line.say(call.language))


def _day(begins: datetime | None) -> date | None:
    if begins is not None and not is_reckoned_with(begins.date()):
        raise CannotRun(sentence("{day} is not a day that is reckoned with.", day=begins.date().isoformat()))
    return begins.date() if begins else None


# --- in words


def _calendar(stage: "Stage", waits: "list[Wait]", days: int) -> Iterator[str | Sayable]:
    from workflow.engine.simulating.words import called, dated  # noqa: PLC0415 -- slow import

    begins = stage.begins.isoformat()
    yield sentence(
        "{title}: each step entered on {day}, and nobody acts for {days} days",
        title=stage.definition.title,
        day=begins,
        days=days,
    )
    for wait in waits:
        yield ""
        yield called(stage, wait.state.name)
        if wait.not_shown is not None:
            yield sentence("  not shown by the data of the first story: {reason}", reason=wait.not_shown)
        elif not wait.happenings:
            yield sentence("  nothing happens by itself")
        for happening in wait.happenings:
            yield dated(stage, happening)


def _forecast(stage: "Stage", found: "Forecast") -> Iterator[str | Sayable]:
    from workflow.engine.simulating.words import called  # noqa: PLC0415 -- slow import

    yield ""
    yield sentence(
        "{runs} cases from {day} on, seed {seed}; in working days, and calendar days in brackets",
        runs=found.runs,
        day=stage.begins.isoformat(),
        seed=found.seed,
    )
    if found.whole is not None:
        whole = found.whole
        yield sentence("  all that ended ({count}): p50 {half}, p90 {most}", count=whole.count, **_spread(whole))
    for state, spread in found.states.items():
        yield sentence(
            "  {state}: {count} times, p50 {half}, p90 {most}",
            state=called(stage, state),
            count=spread.count,
            **_spread(spread),
        )
    for state, count in found.ended.items():
        yield sentence("  ended in {state}: {count}", state=called(stage, state), count=count)
    for state, count in found.unfinished.items():
        yield sentence("  not ended, in {state}: {count}", state=called(stage, state), count=count)


def _spread(spread: "Spread") -> dict[str, str]:
    pairs = zip(("half", "most"), spread.working, spread.calendar, strict=True)
    return {name: f"{working} ({calendar})" for name, working, calendar in pairs}


# --- as data


def _data(stage: "Stage", waits: "list[Wait]", found: "Forecast | None", language: Language) -> dict[str, Any]:
    return {
        "definition": stage.definition.key,
        "from": stage.begins.isoformat(),
        "if_nobody_acts": [_wait(wait, language) for wait in waits],
        **({"forecast": asdict(found)} if found is not None else {}),
    }


def _wait(wait: "Wait", language: Language) -> dict[str, Any]:
    reason = wait.not_shown
    return {
        "state": wait.state.name,
        "entered": wait.entered.isoformat(),
        "happenings": [_happening(one, language) for one in wait.happenings],
        **({"not_shown": reason if isinstance(reason, str) else reason.say(language)} if reason is not None else {}),
    }


def _happening(one: "Happening", language: Language) -> dict[str, Any]:
    return {
        "at": one.at.isoformat(),
        "kinds": list(one.kinds),
        "state": one.state,
        "moved": one.moved,
        "told": list(one.told),
        "day": one.day or "working",
        **({"stuck": one.stuck.say(language)} if one.stuck else {}),
        **({"repeated": one.repeated, "last": one.last.isoformat()} if one.last else {}),
    }
