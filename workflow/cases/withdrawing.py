"""`withdraw` upon a case: by `anytime`, or with the task that offers it; else a word on what is open instead."""

from uuid import UUID

from workflow.cases.acting import Outcome, act
from workflow.cases.contexts import context_of
from workflow.cases.office import Office
from workflow.cases.reading import load
from workflow.engine.commands import Decide, Fire
from workflow.engine.context import Actor
from workflow.engine.permit import in_group, why_not
from workflow.engine.sight import may_see
from workflow.engine.subject import Case
from workflow.errors import NotFound, NotOffered
from workflow.text import sentence

WITHDRAW = "withdraw"


def withdraw(
    office: Office,
    subject: UUID,
    *,
    actor: Actor,
    opinion: str = "",
    key: str | None = None,
    expected: int | None = None,
) -> Outcome:
    """Fires `withdraw` where the state offers it to this person; raises NotOffered, naming `take_back` where that is open."""
    with office.database.read() as connection:
        found = load(connection, subject)
        if found is None or not isinstance(found[0], Case):
            raise NotFound
        case = found[0]
        definition = office.versions.get(connection, case.definition, case.version).definition
        context = context_of(office, connection, actor, case)
    rule = definition.anytime.get(WITHDRAW)
    if rule is not None and case.state in rule.states and in_group(definition, rule.by, case.unit, (case,), context):
        return act(office, subject, Fire(trigger=WITHDRAW, opinion=opinion), actor=actor, key=key, expected=expected)
    if not may_see(definition, case, context):
        raise NotFound
    state = definition.states[case.state]
    for task in case.entry.tasks if case.entry and WITHDRAW in state.to else ():
        if why_not(definition, case, task, (case,), context) is None:
            command = Decide(task=task.id, trigger=WITHDRAW, opinion=opinion)
            return act(office, subject, command, actor=actor, key=key, expected=expected)
    if case.undo is not None and case.undo.by == actor.person:
        raise NotOffered(sentence("Withdrawing is not offered here; your last decision can be taken back (take-back)."))
    raise NotOffered(sentence("Withdrawing is not offered here."))
