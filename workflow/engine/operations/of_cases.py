"""What may be done with a case outside its tasks."""

from datetime import datetime
from typing import Literal

from workflow.definition.model import CANCELLED
from workflow.definition.term.reckoning import add_span
from workflow.definition.term.values import Span
from workflow.engine import permit
from workflow.engine.activities.notice import run_until
from workflow.engine.changes import Copied, PaperCame, Resumed, Suspended, TakenBack, Told, Urged
from workflow.engine.clocks import put_back, resumed, standing_of, synchronise
from workflow.engine.commands import Operate
from workflow.engine.moving import clear_incidents, enter, leave, run, tell_round
from workflow.engine.operations.of_tasks import able, end_pause, held, named_person, put_on
from workflow.engine.operations.tuning import tuning
from workflow.engine.subject import Paper, Standing
from workflow.engine.who import everyone
from workflow.engine.work import Authority, CaseWork, asking, clear_timers, close_task, note, set_timer, tell
from workflow.engine.writing import run_checks, write
from workflow.errors import InvalidData, NotOffered, NotPermitted, Problem, Refused
from workflow.text import sentence


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
    synchronise(work)
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
    last = next(
        (
            left.get("decider")
            for state in reversed(work.case.path)
            if (left := work.case.left.get(state, {})).get("decider")
        ),
        None,
    )
    if me is None or (me not in starters and me != last):
        raise NotPermitted(sentence("The starter and the last decider may urge."))
    span = tuning(work, "urge").span or Span(1, "working days")
    before = work.case.urged.get(str(me))
    now = work.context.now
    if before is not None and _again_from(work, span, before) > now:
        raise Refused(
            sentence(
                "It was urged already; once more from {moment} on.", moment=_again_from(work, span, before).isoformat()
            )
        )
    if not work.entry.tasks:
        raise NotOffered(sentence("Nobody has a task here."))
    work.order(Urged(key=str(me), at=now))
    for task in work.entry.tasks:
        tell(work, task.everyone, "urged", task=task)
    return Authority(by=me)


def _again_from(work: CaseWork, span: Span, before: datetime) -> datetime:
    return add_span(span, before, work.context.calendar)


def copy(work: CaseWork, command: Operate) -> Authority:
    person = named_person(work, command)
    if person not in work.case.copied:
        work.order(Copied(person=person))
        tell_copied(work, person)
    return Authority(by=work.context.actor.person)


def tell_copied(work: CaseWork, person: int) -> None:
    work.order(Told(who=(person,), kind="copied", state=work.case.state))


def comment(work: CaseWork, command: Operate) -> Authority:
    if not command.reason.strip():
        raise InvalidData((Problem("/reason", "required", sentence("What do you want to say?")),))
    note(work, "comment", command.reason)
    return Authority(by=work.context.actor.person)


def correct(work: CaseWork, command: Operate) -> Authority:
    """Fields outside any task, with a reason; the checks are run."""
    rule = tuning(work, "correct")
    if rule.by is None:
        raise NotOffered(sentence("Nothing is corrected here outside a task."))
    authority = permit.need_group(work.definition, rule.by, work.case.unit, work.cases, work.context)
    editable = tuple(name for name in rule.edit if not name.startswith("round."))
    if not command.data:
        raise InvalidData((Problem("/data", "required", sentence("Which fields?")),))
    write(work, command.data, editable, command.reason)
    run_checks(work, command.data, command.reason)
    return authority


def paper(work: CaseWork, command: Operate) -> Authority:
    """A sealed original came in, with date and archive number."""
    me = work.context.actor.person
    holding = any(
        permit.principals(work.definition, work.context).keys() & set(task.everyone) for task in work.entry.tasks
    )
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
    standing: dict[str, Standing] = {}
    for task in work.entry.tasks:
        if task.due is not None:
            standing[str(task.id)] = standing_of(work, task.due, task.clock)
    for timer in work.entry.timers:
        if timer.kind in ("notice_end", "until", "resume"):
            clock: Literal["working days", "exact"] = "exact"
            notice = work.entry.notice
            standing[timer.kind] = standing_of(
                work, timer.at, notice.clock if notice and timer.kind == "notice_end" else clock
            )
    clear_timers(work)
    work.order(Suspended(at=work.context.now, standing=standing))
    return authority


def resume(work: CaseWork, command: Operate) -> Authority:
    if work.entry.paused is not None and work.case.suspended is None:
        _, authority = held(work, command) if command.task is not None else (None, _holder_of_any(work))
        end_pause(work)
        synchronise(work)
        return authority
    authority = permit.need_administrator(work.case.unit, work.context)
    suspended = work.case.suspended
    if suspended is None:
        raise NotOffered(sentence("This case is not suspended."))
    work.order(Resumed())
    put_back(work, suspended.standing)
    for kind in ("notice_end", "until", "resume"):
        if kind in suspended.standing:
            _go_on(work, kind, suspended.standing[kind])
    run(work)
    return authority


def _go_on(work: CaseWork, kind: str, standing: Standing) -> None:
    at = resumed(work, standing)
    if kind == "notice_end":
        run_until(work, at)
    else:
        set_timer(work, kind, at)  # type: ignore[arg-type]  # until or resume


def _holder_of_any(work: CaseWork) -> Authority:
    for task in work.entry.tasks:
        if permit.why_not(work.definition, work.case, task, work.cases, work.context) is None:
            return permit.authority_of(work.definition, task.everyone, work.context)
    raise NotPermitted


def reassign(work: CaseWork, command: Operate) -> Authority:
    authority = permit.need_administrator(work.case.unit, work.context)
    task = permit.open_task(work.case, command.task or 0)
    if task is None:
        raise NotOffered(sentence("This task is not open."))
    put_on(work, task, able(work, command, task))
    clear_incidents(work, "vacant", None, task.id)
    return authority
