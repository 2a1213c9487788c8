"""What is open in a subject: its entries with their tasks, and its timers, of which one is due first."""

from datetime import datetime

from workflow.engine.subject import Case, Entry, Round, Subject, Timer

#: Of several timers at one instant, which first.
_ORDER = ("due", "reminder", "escalation", "notice_end", "until", "resume", "opening", "announce", "closes", "sitting")


def entries_of(subject: Subject) -> tuple[Entry, ...]:
    """Of a case the one it is in, of a round those of its sittings."""
    if isinstance(subject, Case):
        return (subject.entry,) if subject.entry else ()
    return tuple(sitting.entry for sitting in subject.sittings)


def timers_of(subject: Subject) -> list[Timer]:
    """All that will fire; none while it is suspended."""
    if subject.suspended is not None:
        return []
    own = subject.timers if isinstance(subject, Round) else ()
    return [*own, *(timer for entry in entries_of(subject) for timer in entry.timers)]


def due_timer(subject: Subject, now: datetime) -> Timer | None:
    due = [timer for timer in timers_of(subject) if timer.at <= now]
    return min(due, key=lambda timer: (timer.at, _ORDER.index(timer.kind), timer.id), default=None)


def timer_of(subject: Subject, number: int) -> Timer | None:
    return next((timer for timer in timers_of(subject) if timer.id == number), None)
