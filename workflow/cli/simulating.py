"""`simulate`: what becomes of a case if nobody acts, and how long it takes if people act as they often do."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from workflow.calendar import day_of, is_end_of_day, is_reckoned_with, local
from workflow.cli.authoring import book_of, definition_of
from workflow.cli.house import Call
from workflow.errors import CannotRun
from workflow.text import Label, Language, Sayable, Sentence, sentence

if TYPE_CHECKING:
    from workflow.engine.simulating import Forecast, Happening, Spread, Stage, Wait

_DAYS: Final = 60
_MOST_DAYS: Final = 3_650
_MOST_RUNS: Final = 10_000
_WEEKDAYS: Final = tuple(
    Label(f"周{zh}", en)
    for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)
_KINDS: Final = {
    "due": sentence("deadline"),
    "overdue": sentence("deadline passed, the work stays open"),
    "reminder": sentence("reminder"),
    "escalation": sentence("escalation"),
    "notice_end": sentence("the notice ends"),
    "until": sentence("the waiting ends"),
    "resume": sentence("the clock goes on"),
    "opening": sentence("the round opens"),
    "announce": sentence("the round is announced"),
    "closes": sentence("the round closes"),
    "sitting": sentence("decided together"),
}
_OF_DAY: Final = {
    "rest": sentence("day of rest"),
    "make_up": sentence("worked instead of another day"),
    "provisional": sentence("holidays of this year not published yet"),
}


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
    begins = stage.begins.isoformat()
    yield sentence(
        "{title}: each step entered on {day}, and nobody acts for {days} days",
        title=stage.definition.title,
        day=begins,
        days=days,
    )
    for wait in waits:
        yield ""
        yield _called(stage, wait.state.name)
        if wait.not_shown is not None:
            yield sentence("  not shown by the data of the first story: {reason}", reason=wait.not_shown)
        elif not wait.happenings:
            yield sentence("  nothing happens by itself")
        for happening in wait.happenings:
            yield _line(stage, happening)


def _line(stage: "Stage", happening: "Happening") -> Sentence:
    parts: list[Sayable] = [_KINDS[kind] for kind in happening.kinds]
    if happening.moved:
        parts.append(sentence("→ {state}", state=_called(stage, happening.state)))
    if happening.told:
        parts.append(sentence("told: {names}", names=list(happening.told)))
    if happening.stuck is not None:
        parts.append(sentence("cannot go on: {reason}", reason=happening.stuck))
    if happening.day:
        parts.append(sentence("({note})", note=_OF_DAY[happening.day]))
    if happening.repeated and happening.last is not None:
        last = day_of(happening.last).isoformat()
        parts.append(sentence("and {count} more, the last on {day}", count=happening.repeated, day=last))
    day = day_of(happening.at)
    return sentence(
        "  {day} {weekday} {time}  {what}",
        day=day.isoformat(),
        weekday=_WEEKDAYS[day.weekday()],
        time=_time(happening.at),
        what=_chained(parts),
    )


def _time(at: datetime) -> str:
    return "24:00" if is_end_of_day(at) else f"{local(at):%H:%M}"


def _chained(parts: list[Sayable]) -> Sayable:
    found = parts[0]
    for part in parts[1:]:
        found = sentence("{one}; {other}", one=found, other=part)
    return found


def _called(stage: "Stage", state: str) -> Sentence:
    return sentence("{label} ({name})", label=stage.definition.states[state].label, name=state)


def _forecast(stage: "Stage", found: "Forecast") -> Iterator[str | Sayable]:
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
            state=_called(stage, state),
            count=spread.count,
            **_spread(spread),
        )
    for state, count in found.ended.items():
        yield sentence("  ended in {state}: {count}", state=_called(stage, state), count=count)
    for state, count in found.unfinished.items():
        yield sentence("  not ended, in {state}: {count}", state=_called(stage, state), count=count)


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
