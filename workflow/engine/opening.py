"""What opens in a round: cases by hand while it takes them, or with it one for each person, unit or holder of an honour."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from workflow.calendar import day_of
from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Definition, EachCase
from workflow.engine.context import Context
from workflow.engine.directory import Organisation, Principal
from workflow.engine.subject import Holder
from workflow.engine.values import RoundValues, holds, person_record, unit_record
from workflow.engine.work import field_moment
from workflow.errors import Closed
from workflow.text import Sentence, sentence


def check_open(definition: Definition, context: Context) -> None:
    """A round takes cases until its date, or until it is closed; refused with its dates."""
    view, rules = context.round, definition.round
    if rules is None:
        return
    if view is None:
        raise Closed(sentence("No round of “{title}” is open.", title=definition.title))
    round_ = view.round
    date = field_moment(rules.fields, round_.data, rules.closes) if rules.closes and rules.cases is None else None
    closed = round_.closed_at or (date if date is not None and date < context.now else None)
    if closed is not None:
        raise Closed(round_dates(round_.opened_at, closed))


def round_dates(opened: datetime, closed: datetime) -> Sentence:
    first, last = day_of(opened).isoformat(), day_of(closed).isoformat()
    return sentence("This round took cases from {opened} to {closed}.", opened=first, closed=last)


#: Who holds an honour, and the unit for which it was granted.
Honoured = tuple[Principal, Principal | None]

_COLUMNS = frozenset({"name", "level", "kind", "members", "workers", "age"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case that opens with its round; `key` names whom it is for, so that it opens once."""

    key: str
    unit: Principal
    starter: Holder | None = None
    concerned: Holder | None = None


def cases_to_open(
    definition: Definition, unit: Principal, context: Context, holders_of_honour: Iterable[Honoured] = ()
) -> Iterator[Opening]:
    """In the branch of the round's organisation, those for whom `when` holds."""
    each = definition.round.cases if definition.round else None
    if each is None:
        return
    for opening in _all(each, unit, context, holders_of_honour):
        if _applies(definition, each, opening, context):
            yield opening


def _all(each: EachCase, unit: Principal, context: Context, honoured: Iterable[Honoured]) -> Iterator[Opening]:
    directory, now = context.directory, context.now
    if each.kind == "honour":
        found = (_of_holder(holder, of, unit, context) for holder, of in honoured)
        yield from dict.fromkeys(opening for opening in found if opening is not None)
        return
    for organisation in sorted(directory.branch(unit), key=lambda found: found.id):
        if not _is_here(organisation, context):
            continue
        if each.kind == "unit" and each.name in (organisation.level, organisation.kind):
            yield Opening(key=f"unit:{organisation.id}", unit=organisation.id)
        elif each.kind == "role" and each.at in (None, organisation.level, organisation.kind):
            post = directory.post(each.name, organisation.id)
            for person in directory.holders(post.id, now) if post else ():
                yield Opening(key=f"person:{person}:{organisation.id}", unit=organisation.id, starter=person)


def _of_holder(holder: Principal, of: Principal | None, unit: Principal, context: Context) -> Opening | None:
    """A person's own case; what was granted to a unit, or to a post of it, is reviewed as the unit's."""
    directory = context.directory
    person = directory.persons.get(holder)
    if person is not None:
        here = directory.is_here(holder, context.now)
        return Opening(key=f"person:{holder}", unit=person.employer or unit, concerned=holder) if here else None
    organisation = directory.organisations.get(of) if of is not None else None
    if organisation is None or not _is_here(organisation, context):
        return None
    return Opening(key=f"unit:{organisation.id}", unit=organisation.id)


def _applies(definition: Definition, each: EachCase, opening: Opening, context: Context) -> bool:
    if each.when is None:
        return True
    members = {path[1] for path in each.when.paths if len(path) > 1} | _COLUMNS
    who = opening.concerned if opening.concerned is not None else opening.starter
    more: dict[str, object] = {"unit": unit_record(context.directory, opening.unit, frozenset(members))}
    if who is not None:
        more["concerned"] = more["starter"] = person_record(context, who, frozenset(members))
    try:
        return holds(each.when, RoundValues(definition, context, more), context)
    except ExpressionFailed:
        return False


def _is_here(organisation: Organisation, context: Context) -> bool:
    return organisation.until is None or context.now < organisation.until
