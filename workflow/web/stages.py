"""What the public may know of how a case came to its notice: the stages it passed, in counts and without a name. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from workflow.calendar import day_of
from workflow.cases.history import unseal
from workflow.definition.model import Ballot, Definition
from workflow.definition.term.values import Clock
from workflow.engine import changes as c
from workflow.engine.changes import Change
from workflow.engine.subject import Objection
from workflow.messages.wording import Count, Wording
from workflow.text import sentence

_UNDISPUTED = sentence("nobody objected")
_OBJECTIONS = Count(sentence("{count} objection examined"), sentence("{count} objections examined"))
_CARDS = Count(sentence("{count} gave marks"), sentence("{count} gave marks"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    label: str
    said: str  #: what it came to, in counts
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a notice has run until now."""

    clock: Clock = "working days"
    held: tuple[tuple[date, date | None], ...] = ()  #: from the day it was stopped to the day it went on
    objections: tuple[Objection, ...] = ()


def stays(stored: Iterable[tuple[bytes, str | None]]) -> list[list[Change]]:
    """The changes of each stay in a state, the first first; each begins with its entering."""
    found: list[list[Change]] = []
    for body, _ in stored:
        for change in unseal(body, None)[1]:
            if isinstance(change, c.Entered):
                found.append([])
            if found:
                found[-1].append(change)
    return found


def stages(passed: list[list[Change]], definition: Definition, wording: Wording) -> tuple[Stage, ...]:
    """Of what was passed going forward, the last time counts; the filling in is none."""
    found: dict[str, Stage] = {}
    for stay, following in pairwise(passed):
        entered, left = stay[0], following[0]
        assert isinstance(entered, c.Entered)
        assert isinstance(left, c.Entered)
        found.pop(entered.state, None)
        if entered.state != definition.first_state and _is_forward(left.trigger, definition):
            found[entered.state] = Stage(
                label=definition.states[entered.state].label.say(wording.language),
                said=wording.clauses(list(_said(stay, entered.state, definition, wording))),
                on=wording.day(day_of(left.at)),
            )
    return tuple(found.values())


def run_of(stay: list[Change]) -> Run:
    """Of the stay that published it."""
    clock: Clock = "working days"
    held: list[tuple[date, date | None]] = []
    for change in stay:
        match change:
            case c.NoticeBegan(notice=notice):
                clock = notice.clock
            case c.NoticeHeld(at=at) if not held or held[-1][1] is not None:
                held.append((day_of(at), None))
            case c.NoticeWentOn(at=at) if held and held[-1][1] is None:
                held[-1] = (held[-1][0], day_of(at))
    return Run(clock=clock, held=tuple(held), objections=_objections(stay))


def _objections(stay: list[Change]) -> tuple[Objection, ...]:
    found: dict[int, Objection] = {}
    for change in stay:
        if isinstance(change, c.ObjectionTaken | c.ObjectionAnswered):
            found[change.objection.number] = change.objection
    return tuple(found.values())


def _is_forward(trigger: str | None, definition: Definition) -> bool:
    return trigger is None or trigger not in definition.triggers or definition.sense(trigger) == "forward"


def _said(stay: list[Change], state: str, definition: Definition, wording: Wording) -> Iterator[str]:
    cards = sum(isinstance(change, c.CardTaken) for change in stay)
    if cards:
        yield wording.count(_CARDS, cards)
    for change in stay:
        match change:
            case c.BallotClosed(counts=counts):
                yield from _counted(counts, state, definition, wording)
            case c.NoticeEnded():
                objections = len(_objections(stay))
                yield wording.count(_OBJECTIONS, objections) if objections else wording.say(_UNDISPUTED)


def _counted(counts: dict[str, int], state: str, definition: Definition, wording: Wording) -> Iterator[str]:
    if "cast" in counts and "electorate" in counts:
        voted = sentence("{cast} of {electorate} voted")
        yield wording.say(voted, cast=counts["cast"], electorate=counts["electorate"])
    rules = definition.states[state].activity
    if isinstance(rules, Ballot):
        first = next(iter(rules.choices), None)
        if first in counts:
            yield wording.say(sentence("{choice}: {count}"), choice=rules.choices[first], count=counts[first])
