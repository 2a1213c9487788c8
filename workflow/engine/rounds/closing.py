"""When a round is over: its figures are fixed under a hash, until a case of it is reopened or corrected."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
from msgspec.structs import replace as replaced

from workflow.definition.model import Definition, RoundRules
from workflow.engine.changes import FiguresFixed, FiguresReleased, RoundOver
from workflow.engine.context import Context
from workflow.engine.following import do_all, tell_all
from workflow.engine.rounds.work import RoundPlace, RoundWork
from workflow.engine.subject import FixedFigure
from workflow.engine.values import keep_figure, round_figure


def look_whether_over(work: RoundWork) -> None:
    """Over is a round that is closed and whose last case has ended."""
    round_, now = work.round, work.context.now
    running = [case.id for case in RoundPlace(work).cases if not case.ended]
    all_ended = not running and not round_.sittings
    if round_.closed_at is not None and all_ended and round_.over_at is None:
        work.order(RoundOver(at=now))
        _fix(work)
        _announce(work)
    elif round_.over_at is not None and not all_ended:
        work.order(RoundOver(at=None))
        if round_.fixed is not None:
            work.order(FiguresReleased(at=now, cases=tuple(running)))
    elif round_.fixed is not None and live_figures(work.definition, work.context) != round_.fixed:
        work.order(FiguresReleased(at=now))
        _fix(work)
        tell_all(RoundPlace(work), _rules(work.definition).tell)


def live_figures(definition: Definition, context: Context) -> dict[str, FixedFigure]:
    """All figures as they are reckoned now, whatever was fixed: whole numbers, or decimal text with six digits."""
    assert context.round is not None
    live = replace(context, round=replace(context.round, round=replaced(context.round.round, fixed=None)))
    return {
        name: _kept(round_figure(definition, rule, live)) for name, rule in sorted(_rules(definition).figures.items())
    }


def digest_of(round_id: str, figures: Mapping[str, FixedFigure], cases: Iterable[tuple[str, int, str]]) -> str:
    """The SHA-256 of the canonical `{"cases": …, "figures": …, "round": …}`: sorted keys, no blanks, UTF-8, no floats."""
    said: dict[str, Any] = {"cases": list(cases), "figures": figures, "round": round_id}
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def _fix(work: RoundWork) -> None:
    figures = live_figures(work.definition, work.context)
    cases = tuple(sorted((case.id, case.seq, case.head) for case in RoundPlace(work).cases))
    digest = digest_of(work.round.id, figures, cases)
    work.order(FiguresFixed(at=work.context.now, figures=figures, cases=cases, sha256=digest))


def _announce(work: RoundWork) -> None:
    place, rules = RoundPlace(work), _rules(work.definition)
    tell_all(place, rules.tell)
    do_all(place, rules.do)


def _rules(definition: Definition) -> RoundRules:
    assert definition.round is not None
    return definition.round


def _kept(value: object) -> FixedFigure:
    if isinstance(value, dict):
        return tuple((group, keep_figure(one)) for group, one in sorted(value.items()))
    return keep_figure(value)
