"""The rights that a definition gives, by state and name of people."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.definition.model import (
    PUBLIC,
    STARTER,
    UP,
    Ballot,
    CalledBy,
    Definition,
    Group,
    Notice,
    Score,
    State,
    Task,
    Tasks,
    Wait,
)
from workflow.definition.words import ANSWERS, FIRED
from workflow.text import Sayable, sentence

_OF_TASK = ("claim", "delegate", "transfer", "add_signer", "recuse", "paper")
_OF_RECORD = ("claim", "transfer", "paper")
_OF_OBJECTION = ("claim", "delegate", "transfer", "recuse", "paper")
_PERSONAL = ("recuse", "paper")
_ADMINISTRATORS = ("cancel", "suspend", "resume", "reassign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What some people may do; `who` is a name of people, or one of those that every definition has."""

    who: str
    sees: bool = True
    holds: bool = False  #: they hold work here
    hide: Group = ()
    edit: Group = ()
    triggers: Group = ()
    deeds: tuple[Sayable, ...] = ()  #: what is no trigger: a vote, a card, an objection
    operations: Group = ()


def everywhere(definition: Definition) -> tuple[Right, ...]:
    """What needs no task."""
    found = [Right(who=STARTER, operations=_allowed(definition, None, ("urge",)))]
    if definition.concerns not in (None, STARTER):
        found.append(Right(who="concerned"))
    found += [Right(who=name) for name in definition.see]
    found.append(Right(who="last", operations=_allowed(definition, None, ("take_back", "urge"))))
    found.append(Right(who="readers", sees=False, operations=_allowed(definition, None, ("copy", "comment"))))
    cancel, correct = definition.operations.get("cancel"), definition.operations.get("correct")
    others = cancel.by if cancel is not None else None
    usual = _ADMINISTRATORS if others is None else _ADMINISTRATORS[1:]
    found.append(Right(who="administrators", operations=_allowed(definition, None, usual)))
    if others is not None:
        found += [Right(who=name, sees=False, operations=("cancel",)) for name in others]
    if correct is not None and not correct.never:
        found += [Right(who=name, sees=False, edit=correct.edit, operations=("correct",)) for name in correct.by or ()]
    return _merged(found)


def rights_of(definition: Definition, state: State) -> tuple[Right, ...]:
    """What the state gives to whom: its work, what may be done at any time, who is added when nobody acts."""
    holding = list(_holding(definition, state))
    shared = [
        replace(right, who=name)
        for escalate in state.escalate
        for name in escalate.to
        if name != UP
        for right in holding
        if right.holds
    ]
    return _merged([*holding, *shared, *_calling(definition, state), *_anytime(definition, state)])


def _holding(definition: Definition, state: State) -> Iterator[Right]:
    def right(who: Group, operations: Group, **rights: object) -> Iterator[Right]:
        allowed = _allowed(definition, state, (*operations, *_clock(state)))
        for name in who:
            yield Right(who=name, holds=True, operations=allowed, **rights)  # type: ignore[arg-type]  # by its name

    chosen = tuple(trigger for trigger in state.to if trigger not in FIRED)
    match state.activity:
        case Task(who=who, edit=edit, hide=hide):
            yield from right(who, _OF_TASK, edit=edit, hide=hide, triggers=chosen)
        case Tasks(entries=entries):
            for entry in entries:
                task = entry.task
                own = tuple(entry.answers)
                triggers = (*chosen, *own)
                yield from right(task.who, _OF_TASK, edit=task.edit, hide=task.hide, triggers=triggers)
        case Ballot(recorded_by=recorded_by) as ballot if recorded_by:
            yield from right(recorded_by, _OF_RECORD, edit=ballot.edit, deeds=(sentence("enters the tally"),))
        case Ballot(who=who, closed_by=closed_by):
            yield from right(who, _PERSONAL, deeds=(sentence("votes"),))
            closing = (sentence("closes the ballot"),)
            yield from (Right(who=name, sees=_reads(definition, name), deeds=closing) for name in closed_by)
        case Score(who=who, edit=edit, hide=hide):
            yield from right(who, _PERSONAL, edit=edit, hide=hide, deeds=(sentence("marks"),))
        case Notice() as notice:
            yield from _of_notice(notice, right)
        case Wait(signals=signals) if signals:
            yield Right(who="outside", sees=False, triggers=signals)


def _of_notice(notice: Notice, right: object) -> Iterator[Right]:
    if notice.objections is None:
        return
    rules = notice.objections
    if "public" in notice.where:
        yield Right(who=PUBLIC, sees=False, deeds=(sentence("objects"),))
    assert callable(right)
    operations = (*_OF_OBJECTION, *(("extend",) if rules.extend is not None else ()))
    yield from right(rules.who, operations, edit=rules.correct, deeds=tuple(ANSWERS[name] for name in _ANSWERS))


_ANSWERS = ("dismissed", "joined", "partly", "upheld")


def _calling(definition: Definition, state: State) -> Iterator[Right]:
    if state.together is not None and isinstance(state.together.until, CalledBy):
        for name in state.together.until.who:
            yield Right(who=name, sees=_reads(definition, name), deeds=(sentence("calls the cases together"),))


def _anytime(definition: Definition, state: State) -> Iterator[Right]:
    for rule in definition.anytime.values():
        if state.name in rule.states:
            for name in rule.by:
                yield Right(who=name, sees=_reads(definition, name), edit=rule.edit, triggers=(rule.name,))


def _reads(definition: Definition, name: str) -> bool:
    """Whether these people may read a case without holding work of it."""
    return name in (STARTER, definition.concerns, *definition.see)


def _clock(state: State) -> Group:
    return (*(("extend",) if state.extend is not None else ()), *(("pause",) if state.pause is not None else ()))


def _allowed(definition: Definition, state: State | None, operations: Group) -> Group:
    """Those that neither the state nor the definition forbids."""

    def forbidden(name: str) -> bool:
        own = state.operations.get(name) if state is not None else None
        tuning = own or definition.operations.get(name)
        return tuning is not None and tuning.never

    return tuple(name for name in operations if not forbidden(name))


def _merged(rights: list[Right]) -> tuple[Right, ...]:
    """One line for each name."""
    found: dict[str, Right] = {}
    for right in rights:
        known = found.get(right.who)
        found[right.who] = right if known is None else _both(known, right)
    return tuple(found.values())


def _both(one: Right, other: Right) -> Right:
    def together(first: Group, second: Group) -> Group:
        return tuple(dict.fromkeys((*first, *second)))

    return Right(
        who=one.who,
        sees=one.sees or other.sees,
        holds=one.holds or other.holds,
        hide=together(one.hide, other.hide),
        edit=together(one.edit, other.edit),
        triggers=together(one.triggers, other.triggers),
        deeds=(*one.deeds, *(deed for deed in other.deeds if deed not in one.deeds)),
        operations=together(one.operations, other.operations),
    )
