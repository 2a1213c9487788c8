"""Who sees a case, and what of its form: denied unless something says otherwise."""

from collections.abc import Iterable, Iterator
from typing import Any

from workflow.definition.form import mask, shown
from workflow.definition.model import STARTER, Definition, Field, State, Tasks
from workflow.definition.model import Task as TaskRules
from workflow.engine import permit
from workflow.engine.context import Context
from workflow.engine.subject import Case, Holder, Round
from workflow.engine.who import Asking, everyone, resolve


def may_see(definition: Definition, case: Case, context: Context) -> bool:
    """Whom `see` names, the starter, the person concerned, holders past and present, the copied, administrators."""
    actor = context.actor
    if actor.service is not None:
        return True
    mine: set[Holder] = set(permit.principals(definition, context))
    if actor.link is not None:
        mine.add(actor.link)
    if not mine:
        return False
    if mine & set(named_in(case)):
        return True
    if _is_among(definition, definition.see, case, context):
        return True
    return permit.is_administrator(case.unit, context)


def oversees(definition: Definition, case: Case, context: Context) -> bool:
    """Whom `see` names, the starter and administrators: who may know how many have voted while a ballot runs."""
    if context.actor.service is not None:
        return True
    mine = permit.principals(definition, context)
    return (
        case.starter in mine
        or _is_among(definition, definition.see, case, context)
        or permit.is_administrator(case.unit, context)
    )


def named_in(case: Case) -> Iterable[Holder]:
    """All who stand in the case itself."""
    yield from (holder for holder in (case.starter, case.concerned) if holder is not None)
    yield from case.held
    yield from case.copied
    for holders in case.closed.values():
        yield from holders
    for task in case.entry.tasks if case.entry else ():
        yield from task.everyone
        yield from (person for person in (task.delegate, task.delegated_by) if person is not None)


def may_see_round(definition: Definition, round_: Round, context: Context) -> bool:
    """Whoever owns it, acts in it, or belongs to its branch, where its cases come from."""
    actor, directory = context.actor, context.directory
    if actor.service is not None:
        return True
    if actor.person is None:
        return False
    if actor.person == round_.opened_by or permit.is_administrator(round_.unit, context):
        return True
    mine: set[Holder] = set(permit.principals(definition, context))
    if any(mine & set(task.everyone) for sitting in round_.sittings for task in sitting.entry.tasks):
        return True
    places = [directory.posts[p].organisation for p in mine if isinstance(p, int) and p in directory.posts]
    employer = directory.persons[actor.person].employer if actor.person in directory.persons else None
    return any(directory.is_within(place, round_.unit) for place in (*places, *([employer] if employer else [])))


def runs_round(definition: Definition, round_: Round, context: Context) -> bool:
    """Whoever opened it, may open such rounds, or administers its branch: who sees all of it while it runs."""
    actor, rules = context.actor, definition.round
    if actor.service is not None or permit.is_administrator(round_.unit, context):
        return True
    if actor.person is None:
        return False
    opens = rules.opens_by if rules is not None else ()
    return actor.person == round_.opened_by or (
        bool(opens) and permit.in_group(definition, opens, round_.unit, (), context) is not None
    )


def shown_data(definition: Definition, case: Case, context: Context) -> dict[str, Any]:
    """The form as this person sees it: hidden fields left out, personal ones masked for those who need not know them."""
    found: dict[str, Any] = {}
    for field in seen_fields(definition, case, context):
        kept = case.data.get(field.name, field.constant)
        if kept is not None:
            clear = not field.private or knows_personal(definition, field, case, context)
            found[field.name] = shown(field, kept) if clear else masked(field, kept)
    return found


def seen_fields(definition: Definition, case: Case, context: Context) -> Iterator[Field]:
    """What this person may see of the form."""
    hidden = _hidden(definition, case, context)
    for name, field in definition.fields.items():
        if name not in hidden and _may_look(definition, field, case, context):
            yield field


def masked(field: Field, kept: Any) -> Any:
    """A personal value as others see it; of a table, the personal columns."""
    if field.type != "table" or field.personal or field.sensitive:
        return mask(field, kept)
    return [
        {
            name: mask(column, row.get(name)) if column.private else shown(column, row.get(name))
            for name, column in field.columns.items()
        }
        for row in kept
    ]


def knows_personal(definition: Definition, field: Field, case: Case, context: Context) -> bool:
    """Those who edit it, the person himself, and `see` of the field or the definition."""
    actor = context.actor
    if actor.service is not None or (actor.holder is not None and actor.holder == case.concerned):
        return True
    if actor.link is not None and actor.link in _editors(definition, field, case, context):
        return True
    if actor.person is None:
        return False
    groups = (*field.see, *definition.see, *_editing_groups(definition, field))
    return _is_among(definition, groups, case, context)


def _hidden(definition: Definition, case: Case, context: Context) -> set[str]:
    """Fields that are kept from those who hold a task now."""
    state: State | None = definition.states.get(case.state)
    if state is None or case.entry is None:
        return set()
    mine: set[Holder] = set(permit.principals(definition, context))
    if context.actor.link is not None:
        mine.add(context.actor.link)
    found: set[str] = set()
    for task in case.entry.tasks:
        if mine & set(task.everyone):
            match state.activity:
                case TaskRules(hide=hide):
                    found |= set(hide)
                case Tasks(entries=entries):
                    found |= {name for entry in entries if entry.name == task.name for name in entry.task.hide}
                case _:
                    found |= set(getattr(state.activity, "hide", ()))
    return found


def _may_look(definition: Definition, field: Field, case: Case, context: Context) -> bool:
    """A field with `see` of its own is seen by these people only, and by those who write it."""
    if not field.see or context.actor.service is not None:
        return True
    return _is_among(definition, (*field.see, *_editing_groups(definition, field)), case, context)


def _editing_groups(definition: Definition, field: Field) -> tuple[str, ...]:
    """The names of people who have this field in `edit`."""
    groups: list[str] = []
    for state in definition.states.values():
        match state.activity:
            case TaskRules(who=who, edit=edit) if field.name in edit:
                groups += who
            case Tasks(entries=entries):
                groups += [name for entry in entries if field.name in entry.task.edit for name in entry.task.who]
            case _ if field.name in state.edit:
                groups += getattr(state.activity, "recorded_by", ()) or getattr(state.activity, "who", ())
    return tuple(dict.fromkeys(groups))


def _editors(definition: Definition, field: Field, case: Case, context: Context) -> tuple[Holder, ...]:
    asked = Asking(definition=definition, context=context, unit=case.unit, cases=(case,))
    return resolve(_editing_groups(definition, field), asked).persons


def _is_among(definition: Definition, group: tuple[str, ...], case: Case, context: Context) -> bool:
    if not group or context.actor.person is None:
        return False
    mine = permit.principals(definition, context)
    if STARTER in group and case.starter in mine:
        return True
    asked = Asking(definition=definition, context=context, unit=case.unit, cases=(case,))
    found = resolve(group, asked)
    held = {*found.holders, *everyone(found.holders, asked)}
    return any(principal in held for principal in mine)
