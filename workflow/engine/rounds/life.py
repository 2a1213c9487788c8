"""The life of a round: opened, closed, its dates moved, its cases gathered, and when it is over."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workflow.calendar import day_of
from workflow.definition import words
from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Ballot, CalledBy, Definition, RoleAt, RoundRules, Task
from workflow.engine import permit
from workflow.engine.apply import apply
from workflow.engine.changes import (
    Effect,
    Noted,
    RoundClosed,
    RoundOpened,
    RoundTimerCleared,
    Told,
)
from workflow.engine.commands import CallTogether, CloseRound, OpenRound, Operate
from workflow.engine.context import Context, RoundView
from workflow.engine.moving import feeding
from workflow.engine.operations.tuning import tuned
from workflow.engine.rounds import closing, dates, deciding, sitting
from workflow.engine.rounds.fields import begin_round_fields, demand_of_round, set_round_terms, write_round
from workflow.engine.rounds.work import RoundWork, SittingWork
from workflow.engine.subject import CaseFacts, Holder, Round
from workflow.engine.who import Asking, resolve
from workflow.engine.work import Authority
from workflow.errors import (
    InvalidData,
    NotFound,
    NotOffered,
    NotPermitted,
    OpinionWanted,
    Problem,
    Refused,
)
from workflow.text import Label, sentence


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
        title_zh=title_of(rules, nominal).zh,
        title_en=title_of(rules, nominal).en,
    )
    round_ = apply(None, opened)
    assert isinstance(round_, Round)
    seen = context.round.cases if context.round else ()
    work = RoundWork(definition, replace(context, round=RoundView(round_, seen)), round_, [opened])
    begin_round_fields(work)
    write_round(work, command.data, [name for name, field in rules.fields.items() if not field.computed])
    set_round_terms(work)
    demand_of_round(work)
    _check_closing(work)
    if rules.cases is not None:
        work.order(RoundClosed(at=context.now))
        work.order(Effect(kind="open_cases", arguments={"round": round_.id}))
    dates.set_timers(work)
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
    for name, sources in feeding(work.definition).items():
        waiting = waiting_for(work, name, cases)
        if waiting and _ready(work, name, sources, cases):
            _sit(work, name, waiting)
    closing.look_whether_over(work)


def waiting_for(work: RoundWork, state: str, cases: Sequence[CaseFacts]) -> list[CaseFacts]:
    """Those that wait in a state and sit in no sitting yet."""
    sitting_now = {case for open_sitting in work.round.sittings for case in open_sitting.cases}
    return [case for case in cases if case.state == state and case.waiting and case.id not in sitting_now]


def _ready(work: RoundWork, state: str, sources: frozenset[str], cases: list[CaseFacts]) -> bool:
    together = work.definition.states[state].together
    assert together is not None
    if state in work.round.passed:
        return True
    if together.until != "all":
        return False
    return work.round.closed_at is not None and not any(case.state in sources and not case.ended for case in cases)


def _sit(work: RoundWork, state: str, waiting: list[CaseFacts]) -> None:
    """What a sitting cannot reckon is an incident of the round; the cases wait."""
    mark = work.savepoint()
    try:
        sitting.clear_incidents(work, state)
        sitting.open_sitting(work, state, waiting)
    except (Refused, ExpressionFailed) as failed:
        work.restore(mark)
        sitting.raise_incident(work, failed, state)


def try_again(work: RoundWork, state: str) -> None:
    """What could not be decided together in a state, once more. Raises what refuses it still."""
    for open_sitting in work.round.sittings:
        inner = SittingWork(work, open_sitting.number)
        if open_sitting.state == state:
            _try_sitting(inner)
    waiting = waiting_for(work, state, _cases(work))
    if waiting and not any(open_sitting.state == state for open_sitting in work.round.sittings):
        sitting.open_sitting(work, state, waiting)


def _try_sitting(inner: SittingWork) -> None:
    if isinstance(inner.state.activity, Task):
        sitting.reckon(inner)
    elif isinstance(inner.state.activity, Ballot):
        deciding.count_again(inner)


def title_of(rules: RoundRules, nominal: str) -> Label:
    """The name of the round of that date."""
    return Label(_title(rules.title.zh, nominal), _title(rules.title.en, nominal))


def _title(template: str, nominal: str) -> str:
    year, month, day = nominal.split("-")
    return template.replace("{year}", year).replace("{month}", str(int(month))).replace("{day}", str(int(day)))


def _cases(work: RoundWork) -> tuple[CaseFacts, ...]:
    view = work.context.round
    return (view.cases or ()) if view else ()


def call_together(work: RoundWork, command: CallTogether) -> Authority:
    """Whoever waits now sits; who comes later waits for the next call."""
    state = work.definition.states.get(command.state)
    if state is None or state.together is None:
        raise NotFound
    until = state.together.until
    if not isinstance(until, CalledBy):
        raise NotOffered(sentence("“{state}” is not called together by hand.", state=state.label))
    authority = permit.need_group(work.definition, until.who, work.round.unit, (), work.context)
    waiting = waiting_for(work, state.name, _cases(work))
    if not waiting:
        raise NotOffered(sentence("No case waits in “{state}”.", state=state.label))
    _sit(work, state.name, waiting)
    return authority


def correct(work: RoundWork, command: Operate) -> Authority:
    """Fields, dates above all, moved with a reason; all concerned are told."""
    if tuned(work.definition, None, "correct").never:
        raise NotOffered(sentence("“{operation}” is not offered here.", operation=words.OPERATIONS["correct"]))
    if not command.reason.strip():
        raise OpinionWanted("/reason")
    rules = rules_of(work.definition)
    authority = _may_correct(work, command.data)
    before = work.round.data
    write_round(work, command.data, [name for name, field in rules.fields.items() if not field.computed])
    if work.round.data == before:
        raise InvalidData((Problem("/data", "required", sentence("Which fields?")),))
    _check_closing(work)
    work.order(Noted(kind="reason", text=command.reason))
    dates.follow(work)
    gather(work)
    tell_concerned(work)
    return authority


def _may_correct(work: RoundWork, names: Iterable[str]) -> Authority:
    """Whoever may open such rounds; for the fields that `correct` names, whoever it names; administrators."""
    tuning = tuned(work.definition, None, "correct")
    groups = [rules_of(work.definition).opens_by]
    if tuning.by and all(f"round.{name}" in tuning.edit for name in names):
        groups.append(tuning.by)
    for group in groups:
        authority = permit.in_group(work.definition, group, work.round.unit, (), work.context) if group else None
        if authority is not None:
            return authority
    return permit.need_administrator(work.round.unit, work.context)


def _check_closing(work: RoundWork) -> None:
    rules, closes = rules_of(work.definition), dates.closing(work)
    if work.round.closed_at is None and closes is not None and closes <= work.context.now:
        raise InvalidData((Problem(f"/data/{rules.closes}", "data", sentence("This date has passed already.")),))


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
