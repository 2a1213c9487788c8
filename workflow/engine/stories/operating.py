"""The built-in operations, by their names as verbs of a story."""

from collections.abc import Callable, Mapping
from typing import Any

from workflow.definition.term.reading import TermWrong, parse_span
from workflow.engine.commands import Operate
from workflow.engine.stories.aiming import ANY_KIND, Aim
from workflow.engine.stories.doing import Act, Doing
from workflow.engine.stories.wrong import StoryWrong
from workflow.text import sentence

_NAMES_PERSON = frozenset({"delegate", "transfer", "add_signer", "remove_signer", "copy", "reassign"})
_OF_TASKS = frozenset({"claim", "release", "delegate", "transfer", "add_signer", "recuse", "extend", "pause"})


#: Of several tasks, the one whose deadline can be meant: first that which somebody wants to put off already.
_WANTED: Mapping[str, Callable[[Aim], int]] = {
    "extend": lambda aim: 0 if aim.task is None or aim.task.due is None else 2 if aim.task.agreed else 1,
    "pause": lambda aim: int(aim.task is not None and aim.task.due is not None),
}


def operate(doing: Doing, verb: str) -> list[Act]:
    """An operation by its name, with its object or reason."""
    if verb == "remove_signer":
        return [_operation(doing, verb, aim) for aim in _signed(doing)]
    if verb == "reassign":
        return [_operation(doing, verb, aim) for aim in _to_be_given(doing)]
    if verb in _OF_TASKS:
        return [_operation(doing, verb, aim) for aim in doing.aiming.aims(ANY_KIND, _WANTED.get(verb, lambda _: 0))]
    if verb == "correct" and _is_of_round(doing):
        return [_operation(doing, verb, Aim(doing.round()))]
    paused = _paused(doing) if verb == "resume" else None
    return [_operation(doing, "go_on", paused) if paused else _operation(doing, verb, Aim(doing.aiming.case()))]


def _paused(doing: Doing) -> Aim | None:
    """A task whose clock was stopped, where no administrator has suspended the whole."""
    aims = doing.aiming.open(ANY_KIND)
    here = (aim for aim in aims if doing.world.subject(aim.place).suspended is None)
    return next((aim for aim in here if aim.entry and aim.entry.paused), None)


def _operation(doing: Doing, operation: str, aim: Aim) -> Act:
    value = doing.does.get("resume" if operation == "go_on" else operation)
    person, kind = _person(doing, operation, value)
    data = dict(doing.does.get("with") or (value if isinstance(value, dict) and operation == "correct" else {}))
    rules = doing.definition.round
    fields = rules.fields if aim.place in doing.world.rounds and rules else doing.definition.fields
    own = value if isinstance(value, dict) and operation == "paper" else {}
    archive = doing.does.get("archive", own.get("archive", value if isinstance(value, str) else None))
    command = Operate(
        operation=operation,  # type: ignore[arg-type]  # looked up in the table
        task=aim.number or None,
        person=person,
        kind=kind,  # type: ignore[arg-type]  # before, beside, after
        reason=_reason(doing, value, person),
        data=doing.naming.values(fields, {name.removeprefix("round."): kept for name, kept in data.items()}),
        date=str(doing.does.get("date", own.get("date", doing.world.today))),
        archive=str(archive or "") or None,
        days=_days(value) if operation == "pause" else None,
    )
    return doing.act(aim.place, command)


def _reason(doing: Doing, value: Any, person: int | None) -> str:
    """The reason beside it, else its own word; one that a step leaves out is given, unless its want is the point."""
    for key in ("reason", "opinion"):
        if key in doing.does:
            return str(doing.does[key] or "")
    if isinstance(value, str) and person is None:
        return value
    return "" if doing.does.get("refused") == "opinion" else "理由"


def _person(doing: Doing, operation: str, value: Any) -> tuple[int | None, str | None]:
    if operation not in _NAMES_PERSON:
        return None, None
    kind, name = doing.does.get("kind", "before"), value
    if isinstance(value, dict) and "person" in value:
        kind, name = value.get("kind", kind), value["person"]
    elif isinstance(value, dict):
        kind, name = next(iter(value.items()))
    if kind not in ("before", "beside", "after"):
        raise StoryWrong(sentence("a signer is asked before, beside or after, not “{kind}”", kind=str(kind)))
    return doing.naming.person(name), str(kind)


def _signed(doing: Doing) -> list[Aim]:
    """The task whose signer is meant."""
    person, _ = _person(doing, "remove_signer", doing.does["remove_signer"])
    aims = list(doing.aiming.open(ANY_KIND))
    for aim in aims:
        signers = [task for task in aim.entry.tasks if task.signs == aim.number] if aim.entry else []
        asked = aim.task.after_signers if aim.task else ()
        if person in asked or any(task.holders == (person,) for task in signers):
            return [aim]
    return aims[:1] or [Aim(doing.aiming.case())]


def _to_be_given(doing: Doing) -> list[Aim]:
    """The open task that is to be given to somebody: one that nobody holds before others."""
    aims = sorted(doing.aiming.open(ANY_KIND), key=lambda aim: bool(aim.task and aim.task.everyone))
    return aims[:1] or [Aim(doing.aiming.case())]


def _is_of_round(doing: Doing) -> bool:
    value, rules = doing.does["correct"], doing.definition.round
    names = {*(doing.does.get("with") or {}), *(value if isinstance(value, dict) else ())}
    own = set(rules.fields) - set(doing.definition.fields) if rules else set()
    return bool(names) and all(name.startswith("round.") or name in own for name in names)


def _days(value: Any) -> int | None:
    """A number of days, or `30 days`; none where it is a reason."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return parse_span(str(value)).count
    except TermWrong:
        return None
