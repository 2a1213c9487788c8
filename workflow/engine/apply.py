"""Folding: the one function that alters a subject, change by change, without thinking.

`step` uses it while it decides, `verify` when it folds a history again; neither decides anything here.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from workflow.definition.form import Kept
from workflow.engine import changes as c
from workflow.engine import subject as s
from workflow.engine.changes import Change
from workflow.engine.subject import Case, Entry, Round, Sitting, Subject, Task

S = TypeVar("S", Case, Round)

#: Of so many closed tasks it is known who held them, to say “closed” and not “not yours”.
_MOST_CLOSED = 40


def fold(subject: Subject | None, changes: Iterable[Change]) -> Subject:
    """The subject after all changes, in order; the first of a history makes it."""
    for change in changes:
        subject = apply(subject, change)
    if subject is None:
        raise ValueError("an empty history has no subject")
    return subject


def apply(subject: Subject | None, change: Change) -> Subject:
    """The subject after one change."""
    kind = type(change)
    if isinstance(change, c.Started):
        return _started(change)
    if isinstance(change, c.RoundOpened):
        return _round_opened(change)
    if subject is None:
        raise ValueError("a history begins with its start")
    if isinstance(subject, Case):
        if kind in _CASE:
            return _CASE[kind](subject, change)
        if kind in _ENTRY:
            return _in_case(subject, change)
        return subject
    if kind in _ROUND:
        return _ROUND[kind](subject, change)
    return subject


# --- entries


def _in_case(case: Case, change: Change) -> Case:
    if case.entry is None:
        raise ValueError("the case has ended")
    entry = _ENTRY[type(change)](case.entry, change)
    if isinstance(change, c.TaskOpened):
        return replace(case, entry=entry, next_task=max(case.next_task, change.task.id + 1))
    if isinstance(change, c.TimerSet):
        return replace(case, entry=entry, next_timer=max(case.next_timer, change.timer.id + 1))
    if isinstance(change, c.TaskClosed):
        return replace(case, entry=entry, closed=_with_closed(case.closed, case.entry.tasks, change.task))
    if isinstance(change, c.TaskChanged) and change.task.claimed_by not in (None, *case.held):
        return replace(case, entry=entry, held=(*case.held, cast("int", change.task.claimed_by)))
    return replace(case, entry=entry)


def _with_closed(
    closed: dict[str, tuple[s.Holder, ...]], tasks: tuple[Task, ...], number: int
) -> dict[str, tuple[s.Holder, ...]]:
    held = next((task.everyone for task in tasks if task.id == number), ())
    return {**dict(list(closed.items())[1 - _MOST_CLOSED :]), str(number): held}


def _task_opened(entry: Entry, change: c.TaskOpened) -> Entry:
    return replace(entry, tasks=(*entry.tasks, change.task))


def _task_changed(entry: Entry, change: c.TaskChanged) -> Entry:
    return replace(entry, tasks=_with(entry.tasks, change.task))


def _task_closed(entry: Entry, change: c.TaskClosed) -> Entry:
    return replace(entry, tasks=tuple(task for task in entry.tasks if task.id != change.task))


def _with(tasks: tuple[Task, ...], changed: Task) -> tuple[Task, ...]:
    return tuple(changed if task.id == changed.id else task for task in tasks)


def _vote_taken(entry: Entry, change: c.VoteTaken) -> Entry:
    ballot = _ballot(entry)
    voted = ballot.voted if change.vote.by in ballot.voted else (*ballot.voted, change.vote.by)
    if ballot.secret:
        return replace(entry, ballot=replace(ballot, voted=voted), acted=True)
    others = tuple(vote for vote in ballot.votes if vote.by != change.vote.by)
    return replace(entry, ballot=replace(ballot, votes=(*others, change.vote), voted=voted), acted=True)


def _electorate(entry: Entry, change: c.ElectorateChanged) -> Entry:
    ballot = _ballot(entry)
    left = change.electorate
    return replace(
        entry,
        ballot=replace(
            ballot,
            electorate=left,
            votes=tuple(vote for vote in ballot.votes if vote.by in left),
            voted=tuple(person for person in ballot.voted if person in left),
        ),
    )


def _ballot(entry: Entry) -> s.Ballot:
    if entry.ballot is None:
        raise ValueError("no ballot is open")
    return entry.ballot


def _notice(entry: Entry) -> s.Notice:
    if entry.notice is None:
        raise ValueError("no notice runs")
    return entry.notice


def _held(entry: Entry, change: c.NoticeHeld) -> Entry:
    return replace(entry, notice=replace(_notice(entry), held_since=change.at, left=change.left))


def _went_on(entry: Entry, change: c.NoticeWentOn) -> Entry:
    notice = _notice(entry)
    held = (*notice.held, (notice.held_since, change.at)) if notice.held_since else notice.held
    return replace(entry, notice=replace(notice, ends=change.ends, held_since=None, left=None, held=held))


def _objection_taken(entry: Entry, change: c.ObjectionTaken) -> Entry:
    notice = _notice(entry)
    return replace(entry, notice=replace(notice, objections=(*notice.objections, change.objection)), acted=True)


def _objection_answered(entry: Entry, change: c.ObjectionAnswered) -> Entry:
    notice = _notice(entry)
    changed = change.objection
    objections = tuple(changed if old.number == changed.number else old for old in notice.objections)
    return replace(entry, notice=replace(notice, objections=objections))


def _call_ended(entry: Entry, change: c.CallEnded) -> Entry:
    calls = tuple(replace(call, ended=change.state) if call.number == change.number else call for call in entry.calls)
    return replace(entry, calls=calls)


_ENTRY: dict[type[Change], Callable[[Entry, Any], Entry]] = {
    c.TaskOpened: _task_opened,
    c.TaskChanged: _task_changed,
    c.TaskClosed: _task_closed,
    c.Asked: lambda entry, change: replace(entry, asked={**entry.asked, change.name: change.count}),
    c.Answered: lambda entry, change: replace(entry, answers={**entry.answers, change.key: change.answer}, acted=True),
    c.TimerSet: lambda entry, change: replace(entry, timers=(*entry.timers, change.timer)),
    c.TimerCleared: lambda entry, change: replace(entry, timers=tuple(t for t in entry.timers if t.id != change.timer)),
    c.BallotOpened: lambda entry, change: replace(entry, ballot=change.ballot),
    c.VoteTaken: _vote_taken,
    c.ElectorateChanged: _electorate,
    c.BallotClosed: lambda entry, _: replace(entry, ballot=None),
    c.CardTaken: lambda entry, change: replace(entry, cards=(*entry.cards, change.card), acted=True),
    c.NoticeBegan: lambda entry, change: replace(entry, notice=change.notice),
    c.NoticeHeld: _held,
    c.NoticeWentOn: _went_on,
    c.NoticeEnded: lambda entry, _: entry,
    c.ObjectionTaken: _objection_taken,
    c.ObjectionAnswered: _objection_answered,
    c.CallMade: lambda entry, change: replace(entry, calls=(*entry.calls, change.called)),
    c.CallEnded: _call_ended,
    c.Drawn: lambda entry, change: replace(entry, drawn={**entry.drawn, change.people: change.persons}),
    c.PauseBegan: lambda entry, change: replace(entry, paused=change.pause),
    c.PauseEnded: lambda entry, change: replace(entry, paused=None, paused_days=entry.paused_days + change.days),
    c.Acted: lambda entry, _: replace(entry, acted=True),
}


# --- cases


def _started(change: c.Started) -> Case:
    return Case(
        id=change.id,
        definition=change.definition,
        version=change.version,
        unit=change.unit,
        starter=change.starter,
        concerned=change.concerned,
        round=change.round,
        parent=change.parent,
        number=change.number,
        started_at=change.at,
    )


def _left(case: Case, change: c.Left) -> Case:
    clocks = {name: clock for name, clock in case.clocks.items() if name != change.state}
    if change.standing is not None:
        clocks[change.state] = change.standing
    undo = case.undo if case.undo and case.entry and case.undo.entry.number == case.entry.number else None
    if undo is not None and undo.by != change.by:
        undo = None
    return replace(case, clocks=clocks, undo=undo, urged={})


def _entered(case: Case, change: c.Entered) -> Case:
    number = case.entries + 1
    times = int(cast("int", case.left.get(change.state, {}).get("times") or 0)) + 1
    left = {**case.left, change.state: {**case.left.get(change.state, {}), "times": times}}
    path = case.path if change.came_from is None or change.came_from in case.path else (*case.path, change.came_from)
    return replace(
        case,
        state=change.state,
        undo=case.undo if case.undo and case.undo.entry.number == number - 1 else None,
        entries=number,
        left=left,
        path=path,
        back_to=change.back_to,
        entered={**case.entered, change.state: change.at},
        ended_at=change.at if change.end else None,
        entry=Entry(
            number=number,
            state=change.state,
            at=change.at,
            came_from=change.came_from,
            trigger=change.trigger,
            waiting=change.waiting,
        ),
    )


def _decided(case: Case, change: c.Decided) -> Case:
    before = case.deciders.get(change.state, ())
    others = tuple(person for person in before if person != change.by)
    deciders = {**case.deciders, change.state: (*others, change.by)}
    held = case.held if change.by in case.held else (*case.held, change.by)
    return replace(case, deciders=deciders, held=held, last_decider=change.by)


def _may_take_back(case: Case, change: c.MayTakeBack) -> Case:
    if case.entry is None:
        return case
    return replace(
        case,
        undo=s.Undo(
            by=change.by,
            entry=case.entry,
            back_to=case.back_to,
            left=case.left.get(case.state),
            path=case.path,
            deciders=case.deciders,
            last_decider=case.last_decider,
        ),
    )


def _taken_back(case: Case, _: c.TakenBack) -> Case:
    """The entry since is undone; what it counted is taken off again."""
    undo = case.undo
    if undo is None or case.entry is None:
        raise ValueError("there is nothing to take back")
    left = dict(case.left)
    times = int(cast("int", left[case.state].get("times") or 1)) - 1
    left[case.state] = {**left[case.state], "times": times}
    left[undo.entry.state] = undo.left or {}
    return replace(
        case,
        state=undo.entry.state,
        entry=replace(undo.entry, timers=()),
        back_to=undo.back_to,
        path=undo.path,
        left=left,
        deciders=undo.deciders,
        last_decider=undo.last_decider,
        undo=None,
    )


def _incident_cleared(subject: S, change: c.IncidentCleared) -> S:
    left = tuple(incident for incident in subject.incidents if incident.number != change.number)
    return replace(subject, incidents=left)


_CASE: dict[type[Change], Callable[[Case, Any], Case]] = {
    c.Titled: lambda case, change: replace(case, subject=change.subject),
    c.DataSet: lambda case, change: replace(case, data=_merged(case.data, change.values)),
    c.FigureSet: lambda case, change: replace(
        case, left={**case.left, change.state: {**case.left.get(change.state, {}), **change.figures}}
    ),
    c.Left: _left,
    c.Entered: _entered,
    c.Decided: _decided,
    c.ConcernedSet: lambda case, change: replace(case, concerned=change.concerned),
    c.Returned: lambda case, change: replace(case, returned=s.Returned(state=change.state, seq=case.seq + 1)),
    c.MayTakeBack: _may_take_back,
    c.TakenBack: _taken_back,
    c.Recused: lambda case, change: replace(case, declared=(*case.declared, change.person)),
    c.Copied: lambda case, change: replace(case, copied=(*case.copied, change.person)),
    c.PaperCame: lambda case, change: replace(case, papers=(*case.papers, change.paper)),
    c.Urged: lambda case, change: replace(case, urged={**case.urged, change.key: change.at}),
    c.Suspended: lambda case, change: replace(case, suspended=s.Suspended(since=change.at, standing=change.standing)),
    c.Resumed: lambda case, _: replace(case, suspended=None),
    c.IncidentRaised: lambda case, change: replace(case, incidents=(*case.incidents, change.incident)),
    c.IncidentCleared: _incident_cleared,
}


def _merged(data: dict[str, Kept], values: dict[str, Kept]) -> dict[str, Kept]:
    """An emptied field leaves the data."""
    return {name: value for name, value in {**data, **values}.items() if value is not None}


# --- rounds


def _round_opened(change: c.RoundOpened) -> Round:
    return Round(
        id=change.id,
        definition=change.definition,
        version=change.version,
        unit=change.unit,
        opened_by=change.opened_by,
        opened_at=change.at,
        nominal=change.nominal,
        title_zh=change.title_zh,
        title_en=change.title_en,
    )


def _sitting_opened(round_: Round, change: c.SittingOpened) -> Round:
    return replace(round_, sittings=(*round_.sittings, change.sitting), next_sitting=change.sitting.number + 1)


def _with_sitting(round_: Round, number: int, alter: Callable[[Sitting], Sitting]) -> Round:
    return replace(round_, sittings=tuple(alter(x) if x.number == number else x for x in round_.sittings))


def _in_sitting(round_: Round, change: c.InSitting) -> Round:
    inner = change.change
    done = _with_sitting(round_, change.number, lambda x: replace(x, entry=_ENTRY[type(inner)](x.entry, inner)))
    if isinstance(inner, c.TaskOpened):
        return replace(done, next_task=max(done.next_task, inner.task.id + 1))
    if isinstance(inner, c.TimerSet):
        return replace(done, next_timer=max(done.next_timer, inner.timer.id + 1))
    if isinstance(inner, c.TaskClosed):
        tasks = tuple(task for sitting in round_.sittings for task in sitting.entry.tasks)
        return replace(done, closed=_with_closed(round_.closed, tasks, inner.task))
    return done


def _released(round_: Round, change: c.FiguresReleased) -> Round:
    *before, last = round_.closings
    return replace(round_, closings=(*before, replace(last, reopened_at=change.at, reopened=change.cases)), fixed=None)


def _case_left(round_: Round, change: c.CaseLeftSitting) -> Round:
    return _with_sitting(
        round_, change.number, lambda x: replace(x, cases=tuple(case for case in x.cases if case != change.case))
    )


_ROUND: dict[type[Change], Callable[[Round, Any], Round]] = {
    c.DataSet: lambda round_, change: replace(round_, data=_merged(round_.data, change.values)),
    c.RoundClosed: lambda round_, change: replace(round_, closed_at=change.at),
    c.RoundOver: lambda round_, change: replace(round_, over_at=change.at),
    c.FiguresFixed: lambda round_, change: replace(
        round_, closings=(*round_.closings, s.Closing(at=change.at, sha256=change.sha256)), fixed=change.figures
    ),
    c.FiguresReleased: _released,
    c.SittingOpened: _sitting_opened,
    c.SittingFigures: lambda round_, change: _with_sitting(
        round_, change.number, lambda x: replace(x, figures=change.figures, lots=change.lots)
    ),
    c.CaseLeftSitting: _case_left,
    c.SittingClosed: lambda round_, change: replace(
        round_, sittings=tuple(x for x in round_.sittings if x.number != change.number)
    ),
    c.MomentPassed: lambda round_, change: replace(
        round_, passed=round_.passed if change.state in round_.passed else (*round_.passed, change.state)
    ),
    c.InSitting: _in_sitting,
    c.RoundTimerSet: lambda round_, change: replace(
        round_, timers=(*round_.timers, change.timer), next_timer=max(round_.next_timer, change.timer.id + 1)
    ),
    c.RoundTimerCleared: lambda round_, change: replace(
        round_, timers=tuple(timer for timer in round_.timers if timer.id != change.timer)
    ),
    c.IncidentRaised: lambda round_, change: replace(round_, incidents=(*round_.incidents, change.incident)),
    c.IncidentCleared: _incident_cleared,
    c.Suspended: lambda round_, change: replace(
        round_, suspended=s.Suspended(since=change.at, standing=change.standing)
    ),
    c.Resumed: lambda round_, _: replace(round_, suspended=None),
}
