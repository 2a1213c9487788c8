"""What may be done with a case outside its tasks."""

from datetime import datetime, time

from workflow.calendar import ZONE, Calendar, day_of
from workflow.definition.model import CANCELLED, Wait
from workflow.definition.term.reckoning import end_of_span
from workflow.definition.term.values import Clock, Span
from workflow.engine import permit
from workflow.engine.activities.notice import run_until
from workflow.engine.changes import Copied, Effect, PaperCame, Recused, Resumed, Suspended, TakenBack, Told, Urged
from workflow.engine.checks import run_checks
from workflow.engine.clocks import clock_of_wait, follows_round, put_back, resumed, standing_of, standing_of_tasks
from workflow.engine.commands import Operate
from workflow.engine.deciding import complete
from workflow.engine.moving import clear_incidents, enter, leave, run, tell_round
from workflow.engine.operations import of_tasks
from workflow.engine.operations.of_tasks import named_person
from workflow.engine.operations.tuning import tuning
from workflow.engine.resolving import resolve_again
from workflow.engine.sight import may_see
from workflow.engine.subject import Paper, Standing, Timer
from workflow.engine.timing import those_who_act
from workflow.engine.who import everyone
from workflow.engine.work import Authority, CaseWork, asking, clear_timers, close_task, note, set_timer, tell
from workflow.engine.writing import write
from workflow.errors import InvalidData, NotOffered, NotPermitted, Problem, Refused
from workflow.text import sentence


def remove_signer(work: CaseWork, command: Operate) -> Authority:
    authority, done = of_tasks.remove_signer(work, command)
    if done is not None:
        complete(work, *done)
    return authority


def recuse(work: CaseWork, command: Operate) -> Authority:
    """Taken out and replaced; an interest that was declared counts for the whole case."""
    task, authority = of_tasks.take_out(work, command)
    names = permit.group_of(work.definition, work.case.state, task)
    if authority.by is not None and set(names) & set(work.definition.recuse.declared):
        work.order(Recused(person=authority.by))
    resolve_again(work)
    return authority


def take_back(work: CaseWork, command: Operate) -> Authority:
    """The last decision is undone while nobody has acted in the state entered since."""
    del command
    undo, entry = work.case.undo, work.entry
    if undo is None or undo.entry.number != entry.number - 1 or work.state.is_end:
        raise NotOffered(sentence("There is nothing to take back here."))
    if undo.by != work.context.actor.person:
        raise NotPermitted(sentence("Only who decided takes it back."))
    ballot = entry.ballot
    if entry.acted or work.state.do or (ballot is not None and ballot.secret) or _sits(work):
        raise NotOffered(sentence("Somebody has acted since; it cannot be taken back any more."))
    for task in entry.tasks:
        close_task(work, task, "not_needed")
    clear_timers(work)
    before = work.case
    work.order(TakenBack())
    run(work)
    tell_round(work, before)
    return Authority(by=undo.by)


def _sits(work: CaseWork) -> bool:
    view = work.context.round
    return view is not None and any(work.case.id in sitting.cases for sitting in view.round.sittings)


def urge(work: CaseWork, command: Operate) -> Authority:
    """A reminder now, from the starter or the last decider, at most once in a working day."""
    del command
    me = work.context.actor.person
    starters = everyone((work.case.starter,), asking(work)) if work.case.starter is not None else ()
    if me is None or (me not in starters and me != work.case.last_decider):
        raise NotPermitted(sentence("The starter and the last decider may urge."))
    before, now = work.case.urged.get(str(me)), work.context.now
    again = before and _again_from(tuning(work, "urge").span or Span(1, "working days"), before, work.context.calendar)
    if again and again > now:
        raise Refused(sentence("It was urged already; once more from {moment} on.", moment=again.isoformat()))
    if not work.entry.tasks:
        raise NotOffered(sentence("Nobody has a task here."))
    work.order(Urged(key=str(me), at=now))
    for task in work.entry.tasks:
        tell(work, those_who_act(work, task), "urged", task=task)
    return Authority(by=me)


def _again_from(span: Span, before: datetime, calendar: Calendar) -> datetime:
    """Hours exactly; in days, from the beginning of the day that is so many later."""
    end = end_of_span(span, before, calendar)
    return end if span.exact else datetime.combine(day_of(end), time(), ZONE)


def copy(work: CaseWork, command: Operate) -> Authority:
    _need_sight(work)
    person = named_person(work, command)
    if person not in work.case.copied:
        work.order(Copied(person=person))
        tell_copied(work, person)
    return Authority(by=work.context.actor.person)


def tell_copied(work: CaseWork, person: int) -> None:
    work.order(Told(who=(person,), kind="copied", state=work.case.state))


def comment(work: CaseWork, command: Operate) -> Authority:
    _need_sight(work)
    if not command.reason.strip():
        raise InvalidData((Problem("/reason", "required", sentence("What do you want to say?")),))
    note(work, "comment", command.reason)
    return Authority(by=work.context.actor.holder)


def _need_sight(work: CaseWork) -> None:
    if not may_see(work.definition, work.case, work.context):
        raise NotPermitted(sentence("Who may see this case may do this."))


def correct(work: CaseWork, command: Operate) -> Authority:
    """Fields outside any task, with a reason; the checks are run."""
    rule = tuning(work, "correct")
    if rule.by is None:
        raise NotOffered(sentence("Nothing is corrected here outside a task."))
    authority = permit.need_group(work.definition, rule.by, work.case.unit, work.cases, work.context)
    if not command.data:
        raise InvalidData((Problem("/data", "required", sentence("Which fields?")),))
    write(work, command.data, rule.edit, command.reason)
    run_checks(work, command.data, command.reason)
    if work.case.ended_at is None and work.case.suspended is None:
        resolve_again(work)
    if work.case.ended_at is not None and work.case.round is not None:
        work.order(Effect(kind="gather", arguments={"round": work.case.round}))
    return authority


def paper(work: CaseWork, command: Operate) -> Authority:
    """A sealed original came in, with date and archive number."""
    me = work.context.actor.person
    mine = permit.principals(work.definition, work.context).keys()
    held_once = (holders for holders in work.case.closed.values())
    holding = any(mine & set(holders) for holders in (*held_once, *(task.everyone for task in work.entry.tasks)))
    if me is None or not (holding or me in work.case.held):
        raise NotPermitted(sentence("Who holds or held a task of this case may do this."))
    if not command.date or not command.archive:
        raise InvalidData((Problem("/date", "required", sentence("The date and the archive number are wanted.")),))
    work.order(PaperCame(paper=Paper(date=command.date, archive=command.archive[:100], by=me)))
    return Authority(by=me)


def cancel_by_hand(work: CaseWork, command: Operate) -> Authority:
    del command
    if work.case.ended_at is not None:
        raise NotOffered(sentence("This case has ended."))
    rule = tuning(work, "cancel")
    if rule.by is not None:
        authority = permit.need_group(work.definition, rule.by, work.case.unit, work.cases, work.context)
    else:
        authority = permit.need_administrator(work.case.unit, work.context)
    cancel(work)
    return authority


def cancel(work: CaseWork) -> None:
    before = work.case
    leave(work, "cancel")
    enter(work, CANCELLED, "cancel")
    tell_round(work, before)


def suspend(work: CaseWork, command: Operate) -> Authority:
    """No trigger, and all clocks stand."""
    del command
    authority = permit.need_administrator(work.case.unit, work.context)
    if work.case.suspended is not None or work.case.ended_at is not None:
        raise NotOffered(sentence("This case is suspended already, or has ended."))
    standing = standing_of_tasks(work)
    for timer in work.entry.timers:
        if timer.kind in ("notice_end", "until", "resume"):
            standing[timer.kind] = standing_of(work, timer.at, _clock_of(work, timer))
    before = work.case
    clear_timers(work)
    work.order(Suspended(at=work.context.now, standing=standing))
    tell_round(work, before)
    return authority


def _clock_of(work: CaseWork, timer: Timer) -> Clock:
    """How what is left is counted: as the term says; of a pause, in days."""
    if timer.kind == "until":
        return clock_of_wait(work)
    return work.entry.notice.clock if timer.kind == "notice_end" and work.entry.notice else "days"


def resume(work: CaseWork, command: Operate) -> Authority:
    """A suspended case goes on with what was left of its clocks."""
    del command
    authority = permit.need_administrator(work.case.unit, work.context)
    suspended = work.case.suspended
    if suspended is None:
        raise NotOffered(sentence("This case is not suspended."))
    before = work.case
    work.order(Resumed())
    put_back(work, suspended.standing)
    for kind in ("notice_end", "until", "resume"):
        if kind in suspended.standing:
            _go_on(work, kind, suspended.standing[kind])
    run(work)
    tell_round(work, before)
    return authority


def go_on(work: CaseWork, command: Operate) -> Authority:
    """A holder ends a pause before its time."""
    authority = of_tasks.go_on(work, command)
    run(work)
    return authority


def _go_on(work: CaseWork, kind: str, standing: Standing) -> None:
    at = resumed(work, standing)
    if kind == "until" and isinstance(rules := work.state.activity, Wait):
        at = follows_round(work, rules.until) or at
    if kind == "notice_end":
        run_until(work, at)
    else:
        set_timer(work, kind, at)  # type: ignore[arg-type]  # until or resume


def reassign(work: CaseWork, command: Operate) -> Authority:
    authority = of_tasks.reassign(work, command)
    clear_incidents(work, "vacant", None, command.task)
    return authority
