"""Waiting for a time, or for what an outside program says."""

from workflow.definition.form import Wrong, keep
from workflow.definition.model import Field, FieldType, Wait
from workflow.engine.clocks import deadline
from workflow.engine.commands import Signal
from workflow.engine.subject import Figure
from workflow.engine.values import keep_figure
from workflow.engine.work import Fired, Work, set_timer
from workflow.errors import InvalidData, NotOffered, Problem
from workflow.text import Label


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
            figures[f"data.{name}"] = keep_figure(_fitting(name, value))
    return Fired(command.name, figures, chosen=True)


def _fitting(name: str, value: bool | float | str | None) -> object:
    """What a program sends is no larger than what a form takes. Raises InvalidData."""
    if value is None or isinstance(value, bool):
        return value
    kind: FieldType = "long_text" if isinstance(value, str) else "number"
    try:
        keep(Field(name=name, type=kind, label=Label(name, name)), value)
    except Wrong as wrong:
        texts = wrong.found if isinstance(wrong.found, list) else []
        raise InvalidData(tuple(Problem(f"/data/{name}", "data", text) for text in texts)) from wrong
    return value


def end(work: Work) -> Fired | None:
    return Fired("expired") if "expired" in work.state.to else None
