"""The life of a round: opened, closed, its dates moved, its cases gathered, and when it is over."""

from dataclasses import replace
from datetime import datetime

from workflow.calendar import day_of
from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import CalledBy, Definition, RoleAt, RoundRules
from workflow.definition.term.reckoning import reckon
from workflow.definition.term.values import Term
from workflow.engine import permit
from workflow.engine.apply import apply
from workflow.engine.changes import (
    Effect,
    MomentPassed,
    Noted,
    RoundClosed,
    RoundOpened,
    RoundOver,
    RoundTimerCleared,
    RoundTimerSet,
    Told,
)
from workflow.engine.commands import CallTogether, CloseRound, OpenRound, Operate
from workflow.engine.context import Context, RoundView
from workflow.engine.moving import feeding
from workflow.engine.rounds import sitting
from workflow.engine.subject import CaseFacts, Holder, Round, Timer, TimerKind
from workflow.engine.who import Asking, resolve
from workflow.engine.work import Authority, RoundWork, SittingWork, field_moment, round_anchors
from workflow.engine.writing import begin_round_fields, demand_of_round, write_round
from workflow.errors import (
    GuardFailed,
    InvalidData,
    NotFound,
    NotOffered,
    NotPermitted,
    OpinionWanted,
    Problem,
    Refused,
)
from workflow.text import sentence


def open_round(definition: Definition, command: OpenRound, context: Context) -> tuple[RoundWork, Authority]:
    """Open a round with its fields; raises InvalidData where one that is needed is missing."""
    rules = rules_of(definition)
    authority = _may_open(definition, rules, command.unit, context)
    nominal = command.nominal or day_of(context.now).isoformat()
    opened = RoundOpened(
        id=command.id,
        definition=definition.key,
        version=context.version,
        unit=command.unit,
        opened_by=context.actor.person,
        at=context.now,
        nominal=nominal,
        title_zh=_title(rules.title.zh, nominal),
        title_en=_title(rules.title.en, nominal),
    )
    round_ = apply(None, opened)
    assert isinstance(round_, Round)
    seen = context.round.cases if context.round else ()
    work = RoundWork(definition, replace(context, round=RoundView(round_, seen)), round_, [opened])
    begin_round_fields(work)
    write_round(work, command.data, [name for name, field in rules.fields.items() if not field.computed])
    demand_of_round(work)
    _set_timers(work)
    if rules.cases is not None:
        work.order(RoundClosed(at=context.now))
        work.order(Effect(kind="open_cases", arguments={"round": round_.id}))
    closes = _closing(work)
    if closes is not None and closes <= context.now:
        raise InvalidData((Problem(f"/data/{rules.closes}", "data", sentence("This date has passed already.")),))
    return work, authority


def rules_of(definition: Definition) -> RoundRules:
    if definition.round is None:
        raise NotOffered(sentence("“{title}” has no rounds.", title=definition.title))
    return definition.round


def _may_open(definition: Definition, rules: RoundRules, unit: int, context: Context) -> Authority:
    organisation = context.directory.organisations.get(unit)
    if organisation is None or rules.at not in (organisation.level, organisation.kind):
        text = sentence(
            "A round of “{title}” belongs to an organisation of level {level}.", title=definition.title, level=rules.at
        )
        raise InvalidData((Problem("/unit", "data", text),))
    if context.actor.service is not None:
        return Authority(by=None)
    if rules.opens_by:
        authority = permit.in_group(definition, rules.opens_by, unit, (), context)
        if authority is not None:
            return authority
        raise NotPermitted(sentence("You may not open a round of “{title}” here.", title=definition.title))
    return permit.need_administrator(unit, context)


def close_by_hand(work: RoundWork, _: CloseRound) -> Authority:
    context, round_ = work.context, work.round
    if round_.closed_at is not None:
        raise NotOffered(sentence("This round is closed already."))
    authority = Authority(by=context.actor.person)
    if context.actor.service is None and context.actor.person != round_.opened_by:
        rules = rules_of(work.definition)
        group = permit.in_group(work.definition, rules.opens_by, round_.unit, (), context) if rules.opens_by else None
        authority = group or permit.need_administrator(round_.unit, context)
    close(work)
    return authority


def close(work: RoundWork) -> None:
    """No case is started any more; those that never left their first state lapse."""
    now = work.context.now
    for timer in work.round.timers:
        if timer.kind == "closes":
            work.order(RoundTimerCleared(timer=timer.id))
    work.order(RoundClosed(at=now))
    first = work.definition.first_state
    lapsing = [case.id for case in _cases(work) if case.state == first and not case.left_first and not case.ended]
    if lapsing:
        work.order(Effect(kind="lapse", arguments={"round": work.round.id, "cases": lapsing}))
    gather(work, lapsing)


def gather(work: RoundWork, lapsing: list[str] | None = None) -> None:
    """Open the sittings that can sit now, state by state; and see whether the round is over."""
    for open_sitting in work.round.sittings:
        sitting.refresh(SittingWork(work, open_sitting.number))
    cases = [case for case in _cases(work) if case.id not in (lapsing or ())]
    sitting_now = {case for open_sitting in work.round.sittings for case in open_sitting.cases}
    for name, sources in feeding(work.definition).items():
        waiting = [c for c in cases if c.state == name and c.waiting and c.id not in sitting_now]
        if waiting and _ready(work, name, sources, cases):
            _sit(work, name, waiting)
    _look_whether_over(work, cases)


def _ready(work: RoundWork, state: str, sources: frozenset[str], cases: list[CaseFacts]) -> bool:
    together = work.definition.states[state].together
    assert together is not None
    if state in work.round.passed:
        return True
    if together.until != "all":
        return False
    return work.round.closed_at is not None and not any(case.state in sources and not case.ended for case in cases)


def _sit(work: RoundWork, state: str, waiting: list[CaseFacts]) -> None:
    """What a sitting without a person cannot settle is an incident of the round."""
    mark = work.savepoint()
    try:
        sitting.open_sitting(work, state, waiting)
    except (Refused, ExpressionFailed) as failed:
        work.restore(mark)
        refused = failed if isinstance(failed, Refused) else GuardFailed(failed.reason)
        if not any(incident.trigger == state for incident in work.round.incidents):
            sitting.raise_incident(work, refused, state)


def _look_whether_over(work: RoundWork, cases: list[CaseFacts]) -> None:
    round_ = work.round
    all_ended = all(case.ended for case in cases) and not round_.sittings
    if round_.closed_at is not None and all_ended and round_.over_at is None:
        work.order(RoundOver(at=work.context.now))
        _at_the_end(work)
    elif round_.over_at is not None and not all_ended:
        work.order(RoundOver(at=None))


def _at_the_end(work: RoundWork) -> None:
    rules = rules_of(work.definition)
    cases = _cases(work)
    asked = Asking(definition=work.definition, context=work.context, unit=work.round.unit, cases=cases)
    for rule in rules.tell:
        who = resolve(rule.who, asked).persons
        if who:
            work.order(Told(who=who, kind="round", text=rule.text))
    for effect in rules.do:
        arguments = {key: value for key, value in effect.arguments.items() if isinstance(value, str | int)}
        assert effect.kind != "set"
        work.order(Effect(kind=effect.kind, arguments={**arguments, "round": work.round.id}))


def _set_timers(work: RoundWork) -> None:
    """When it closes, when it is announced, when its sittings are due."""
    rules, now = rules_of(work.definition), work.context.now
    for timer in work.round.timers:
        if timer.kind in ("closes", "announce", "sitting"):
            work.order(RoundTimerCleared(timer=timer.id))
    wanted: list[tuple[TimerKind, datetime | None, str | None]] = []
    if work.round.closed_at is None:
        wanted.append(("closes", _closing(work), None))
    if rules.announce is not None:
        wanted.append(("announce", _moment(work, rules.announce), None))
    for name, state in work.definition.states.items():
        if state.together is not None and name not in work.round.passed:
            until = state.together.until if isinstance(state.together.until, Term) else None
            wanted += [
                ("sitting", _moment(work, term), name) for term in (until, state.together.latest) if term is not None
            ]
    for kind, at, state_name in wanted:
        if at is not None and (at > now or kind != "announce"):
            timer = Timer(id=work.round.next_timer, kind=kind, at=at, name=state_name)
            work.order(RoundTimerSet(timer=timer))


def _closing(work: RoundWork) -> datetime | None:
    rules = rules_of(work.definition)
    return field_moment(rules.fields, work.round.data, rules.closes) if rules.closes else None


def _moment(work: RoundWork, term: Term) -> datetime | None:
    anchors = round_anchors(work.definition, work.round)
    found = reckon(term, anchors, work.context.calendar, work.round.opened_at)
    return found.at if found else None


def _title(template: str, nominal: str) -> str:
    year, month, day = nominal.split("-")
    return template.replace("{year}", year).replace("{month}", str(int(month))).replace("{day}", str(int(day)))


def _cases(work: RoundWork) -> tuple[CaseFacts, ...]:
    view = work.context.round
    return (view.cases or ()) if view else ()


def call_together(work: RoundWork, command: CallTogether) -> Authority:
    state = work.definition.states.get(command.state)
    if state is None or state.together is None:
        raise NotFound
    until = state.together.until
    if isinstance(until, CalledBy):
        authority = permit.need_group(work.definition, until.who, work.round.unit, (), work.context)
    else:
        raise NotOffered(sentence("“{state}” is not called together by hand.", state=state.label))
    sitting_now = {case for open_sitting in work.round.sittings for case in open_sitting.cases}
    waiting = [c for c in _cases(work) if c.state == state.name and c.waiting and c.id not in sitting_now]
    if not waiting:
        raise NotOffered(sentence("No case waits in “{state}”.", state=state.label))
    work.order(MomentPassed(state=state.name))
    _sit(work, state.name, waiting)
    return authority


def correct(work: RoundWork, command: Operate) -> Authority:
    """Dates moved with a reason; all concerned are told."""
    if not command.reason.strip():
        raise OpinionWanted("/reason")
    rules = rules_of(work.definition)
    group = rules.opens_by
    authority = None
    if group:
        authority = permit.in_group(work.definition, group, work.round.unit, (), work.context)
    if authority is None:
        authority = permit.need_administrator(work.round.unit, work.context)
    before = work.round.data
    write_round(work, command.data, [name for name, field in rules.fields.items() if not field.computed])
    if work.round.data == before:
        raise InvalidData((Problem("/data", "required", sentence("Which fields?")),))
    closes = _closing(work)
    if work.round.closed_at is None and closes is not None and closes <= work.context.now:
        raise InvalidData((Problem(f"/data/{rules.closes}", "data", sentence("This date has passed already.")),))
    work.order(Noted(kind="reason", text=command.reason))
    _set_timers(work)
    work.order(Effect(kind="reckon_again", arguments={"round": work.round.id}))
    tell_concerned(work)
    return authority


def tell_concerned(work: RoundWork) -> None:
    """All who have to do with the round: who opened it, whoever starts its cases, and those who have one in it."""
    cases = _cases(work)
    people = ("starter", *(name for name in (work.definition.concerns,) if name))
    asked = Asking(definition=work.definition, context=work.context, unit=work.round.unit, cases=cases)
    who: list[Holder] = list(resolve(people, asked).persons) if cases else []
    rules = rules_of(work.definition)
    who += resolve(
        rules.opens_by, Asking(definition=work.definition, context=work.context, unit=work.round.unit)
    ).persons
    who += _starters(work)
    if who:
        work.order(Told(who=tuple(dict.fromkeys(who)), kind="round"))


def _starters(work: RoundWork) -> list[Holder]:
    """Holders of the roles that start cases, in the round's branch."""
    directory, now = work.context.directory, work.context.now
    roles = {
        (entry.spec.role, entry.spec.at)
        for entry in permit.start_entries(work.definition)
        if isinstance(entry.spec, RoleAt)
    }
    found: list[Holder] = []
    for organisation in directory.branch(work.round.unit):
        for role, at in roles:
            post = directory.post(role, organisation.id) if at in (organisation.level, organisation.kind) else None
            found += directory.holders(post.id, now) if post else ()
    return found
