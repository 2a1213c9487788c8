"""A publication for some days, and what is said against it.

While an objection is open the clock stands (hold), starts anew after each answer (again), or runs on without an end (run).
"""

from datetime import datetime

from msgspec.structs import replace

from workflow.calendar import day_of, end_of
from workflow.definition.model import Notice, Objections
from workflow.definition.term.reckoning import go_on, what_is_left
from workflow.definition.term.values import Reckoned
from workflow.engine import subject as s
from workflow.engine.activities.task import keep_lots
from workflow.engine.changes import (
    NoticeBegan,
    NoticeEnded,
    NoticeHeld,
    NoticeWentOn,
    ObjectionAnswered,
    ObjectionTaken,
)
from workflow.engine.clocks import deadline
from workflow.engine.commands import Object
from workflow.engine.subject import Holder, Objection, Task
from workflow.engine.work import Fired, Work, clear_timers, close_task, find, open_task, set_timer, tell
from workflow.errors import Closed, GuardFailed, InvalidData, NotOffered, Problem
from workflow.text import sentence

ANSWERS = ("dismissed", "joined", "partly", "upheld")


def open(work: Work, rules: Notice) -> None:  # noqa: A001 -- the activities' common word
    """Publish from now on; nothing else of it runs before."""
    end = _end_of(work, rules)
    work.do(NoticeBegan(notice=s.Notice(begins=work.context.now, ends=end.at, clock=end.clock)))
    set_timer(work, "notice_end", end.at)


def take_objection(work: Work, rules: Notice, command: Object) -> Objection:
    """Anyone who can see the notice may object while it runs."""
    notice = work.entry.notice
    if notice is None or rules.objections is None:
        raise NotOffered(trigger=sentence("objection"))
    if work.context.now > notice.ends and notice.held_since is None:
        raise closed(notice)
    if not rules.objections.anonymous and not command.name:
        raise InvalidData((Problem("/name", "required", sentence("An objection here carries a name.")),))
    if not command.text.strip():
        raise InvalidData((Problem("/text", "required", sentence("What is said against it?")),))
    task = _open_examination(work, rules.objections)
    objection = Objection(number=task.id, at=work.context.now, task=task.id)
    work.do(
        ObjectionTaken(
            objection=objection,
            text=command.text,
            name=command.name,
            contact=command.contact,
            evidence=command.evidence,
            receipt=command.receipt,
        )
    )
    if rules.objections.clock != "run":
        _hold(work)
    return objection


def answer(work: Work, rules: Notice, task: Task, given: str, person: Holder, to: str | None) -> bool:
    """An examiner's answer; true when enough now say the same and the objection is answered."""
    assert rules.objections is not None
    objection = of_task(work, task)
    answers = {**objection.answers, str(person): given}
    same = sum(answer == given for answer in answers.values())
    joined = _joined(work, objection, to) if given == "joined" else None
    if same < rules.objections.sign:
        work.do(ObjectionAnswered(objection=replace(objection, answers=answers, joined=joined)))
        return False
    close_task(work, task, "decided", person, given)
    done = replace(objection, answers=answers, state=given, joined=joined, answered_at=work.context.now)
    work.do(ObjectionAnswered(objection=done))
    tell(work, (f"objection:{objection.number}",), "objection", task=task)
    return True


def is_last(work: Work, rules: Notice, task: Task, given: str, person: Holder) -> bool:
    """Whether this answer would be the one that decides."""
    assert rules.objections is not None
    answers = {**of_task(work, task).answers, str(person): given}
    return sum(answer == given for answer in answers.values()) >= rules.objections.sign


def follow(work: Work, rules: Notice, given: str) -> Fired | None:
    """What an answered objection does to the notice."""
    assert rules.objections is not None
    if given == "upheld":
        _close_others(work)
        return Fired("upheld", figures(work))
    if given == "partly":
        if "corrected" in work.state.to:
            _close_others(work)
            return Fired("corrected", figures(work))
        _begin_again(work, rules)
        return None
    if _open_ones(work):
        return None
    if rules.objections.clock == "again":
        _begin_again(work, rules)
    else:
        _go_on(work)
    return combine(work, rules)


def retract(work: Work, rules: Notice, number: int) -> Fired | None:
    """The objector takes it back: as dismissed."""
    objection = (
        next((o for o in work.entry.notice.objections if o.number == number), None) if work.entry.notice else None
    )
    if objection is None or objection.state != "open":
        raise Closed(sentence("This objection has been answered already."))
    for task in work.entry.tasks:
        if task.objection == number:
            close_task(work, task, "not_needed")
    work.do(ObjectionAnswered(objection=replace(objection, state="retracted", answered_at=work.context.now)))
    return follow(work, rules, "dismissed")


def combine(work: Work, rules: Notice) -> Fired | None:
    """Clear, when a notice that runs on has passed its end and no objection is open any more."""
    notice = work.entry.notice
    runs_on = rules.objections is not None and rules.objections.clock == "run"
    if notice is None or not runs_on or _open_ones(work) or notice.ends > work.context.now or not notice.objections:
        return None
    return end(work)


def end(work: Work) -> Fired | None:
    """The end of the last day: clear, unless an objection is still open."""
    if _open_ones(work) or work.entry.notice is None:
        return None
    work.do(NoticeEnded(at=work.context.now))
    return Fired("clear", figures(work))


def closed(notice: s.Notice) -> Closed:
    return Closed(
        sentence(
            "The notice ran from {begins} to {ends}; it takes no objection any more.",
            begins=day_of(notice.begins).isoformat(),
            ends=day_of(notice.ends).isoformat(),
        )
    )


def of_task(work: Work, task: Task) -> Objection:
    assert work.entry.notice is not None
    return next(objection for objection in work.entry.notice.objections if objection.number == task.objection)


def figures(work: Work) -> dict[str, s.Figure]:
    notice = work.entry.notice
    return {"objections": len(notice.objections) if notice else 0}


def _open_examination(work: Work, rules: Objections) -> Task:
    """An objection has the number of its task, which is unique within the case."""
    found = find(work, rules.who)
    keep_lots(work, found)
    due = deadline(work, rules.due, work.context.now)
    task = Task(
        id=work.next_task,
        name="objection",
        kind="objection",
        holders=found.holders,
        opened_at=work.context.now,
        due=due.at if due else None,
        clock=due.clock if due else "fixed",
        objection=work.next_task,
    )
    open_task(work, task)
    return task


def _hold(work: Work) -> None:
    notice = work.entry.notice
    if notice is None or notice.held_since is not None:
        return
    left = what_is_left(notice.clock, notice.ends, work.context.now, work.context.calendar)
    work.do(NoticeHeld(at=work.context.now, left=left))
    clear_timers(work, "notice_end")


def _go_on(work: Work) -> None:
    """With what was left, at least to the end of the day of the answer."""
    notice = work.entry.notice
    if notice is None or notice.held_since is None:
        return
    now = work.context.now
    ends = go_on(notice.clock, notice.left or 0, notice.ends, now, work.context.calendar)
    run_until(work, max(ends, end_of(day_of(now))))


def _begin_again(work: Work, rules: Notice) -> None:
    """The notice runs in full once more, when no other objection is open."""
    if _open_ones(work):
        _hold(work)
        notice = work.entry.notice
        assert notice is not None
        full = _end_of(work, rules)
        left = what_is_left(full.clock, full.at, work.context.now, work.context.calendar)
        work.do(NoticeHeld(at=notice.held_since or work.context.now, left=left))
        return
    run_until(work, _end_of(work, rules).at)


def _end_of(work: Work, rules: Notice) -> Reckoned:
    """The end of a notice that begins now: of its last day."""
    found = deadline(work, rules.length, work.context.now)
    if found is None:
        raise GuardFailed(sentence("No length of the notice applies."))
    return Reckoned(end_of(day_of(found.at)), found.clock)


def run_until(work: Work, ends: datetime) -> None:
    clear_timers(work, "notice_end")
    work.do(NoticeWentOn(at=work.context.now, ends=ends))
    set_timer(work, "notice_end", ends)


def _open_ones(work: Work) -> list[Objection]:
    return [o for o in work.entry.notice.objections if o.state == "open"] if work.entry.notice else []


def _close_others(work: Work) -> None:
    for objection in _open_ones(work):
        for task in work.entry.tasks:
            if task.objection == objection.number:
                close_task(work, task, "not_needed")
        work.do(ObjectionAnswered(objection=replace(objection, state="closed", answered_at=work.context.now)))
        tell(work, (f"objection:{objection.number}",), "objection")


def _joined(work: Work, objection: Objection, to: str | None) -> int:
    assert work.entry.notice is not None
    earlier = [o.number for o in work.entry.notice.objections if o.number < objection.number]
    if to is None and len(earlier) == 1:
        return earlier[0]
    named = {str(number): number for number in earlier}
    if to in named:
        return named[to]
    raise InvalidData(
        (
            Problem(
                "/to",
                "data",
                sentence("To which earlier objection? Its number is wanted: {numbers}.", numbers=earlier or "–"),
            ),
        )
    )
