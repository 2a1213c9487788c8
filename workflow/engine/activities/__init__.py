"""What a state opens: a file an activity, each with the same functions.

`open` opens its work, the functions named by a command take an answer, `combine` says whether the activity has a trigger now,
`expire` what its deadline does.
"""

from workflow.definition.model import Ballot, Calls, Notice, Score, Task, Tasks, Wait
from workflow.engine.activities import ballot, call, notice, score, task, tasks, wait
from workflow.engine.work import Fired, Work


def open_activity(work: Work) -> None:
    """Open what the state opens."""
    match work.state.activity:
        case Task() as rules:
            task.open(work, rules)
        case Tasks() as rules:
            tasks.open(work, rules)
        case Ballot() as rules:
            ballot.open(work, rules)
        case Score() as rules:
            score.open(work, rules)
        case Notice() as rules:
            notice.open(work, rules)
        case Wait() as rules:
            wait.open(work, rules)
        case Calls() as rules:
            call.open(work, rules)


def combine(work: Work) -> Fired | None:
    """The trigger that the activity has now, if it has one."""
    match work.state.activity:
        case Task() as rules:
            return task.combine(work, rules)
        case Tasks() as rules:
            return tasks.combine(work, rules)
        case Ballot() as rules:
            return ballot.combine(work, rules)
        case Score() as rules:
            return score.combine(work, rules)
        case Notice() as rules:
            return notice.combine(work, rules)
        case Calls() as rules:
            return call.combine(work, rules)
    return None


def expire(work: Work) -> Fired | None:
    """What happens when a deadline of the entry is reached."""
    match work.state.activity:
        case Task():
            return task.expire(work)
        case Tasks() as rules:
            return tasks.expire(work, rules)
        case Ballot() as rules:
            return ballot.close(work, rules)
        case Score() as rules:
            return score.combine(work, rules)
        case Notice():
            return notice.end(work)
        case Wait():
            return wait.end(work)
    return None
