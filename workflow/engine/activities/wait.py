"""Waiting for a time, or for what an outside program says."""

from workflow.definition.model import Wait
from workflow.engine.clocks import deadline
from workflow.engine.commands import Signal
from workflow.engine.subject import Figure
from workflow.engine.values import keep_figure
from workflow.engine.work import Fired, Work, set_timer
from workflow.errors import NotOffered


def open(work: Work, rules: Wait) -> None:  # noqa: A001 -- the activities' common word
    until = deadline(work, rules.until)
    if until is not None:
        set_timer(work, "until", until.at)


def take_signal(rules: Wait, command: Signal) -> Fired:
    """The signal's name is the trigger; plain values of its data are left behind."""
    if command.name not in rules.signals:
        raise NotOffered(trigger=command.name)
    figures: dict[str, Figure] = {}
    for name, value in command.data.items():
        if isinstance(value, bool | int | float | str) or value is None:
            figures[f"data.{name}"] = keep_figure(value)
    return Fired(command.name, figures, chosen=True)


def end(work: Work) -> Fired | None:
    return Fired("expired") if "expired" in work.state.to else None
