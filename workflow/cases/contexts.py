"""The context in which a subject is looked at, or acted upon beside the hot path."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from workflow.cases.facts import round_facts
from workflow.cases.office import Office
from workflow.cases.reading import load
from workflow.engine.context import Actor, Context, RoundView, SeededLot
from workflow.engine.subject import Case, Round, Subject


def context_of(office: Office, connection: Connection, actor: Actor, subject: Subject | None = None) -> Context:
    """Now, who looks, the directory and the calendar; with a subject its round as well."""
    context = Context(
        now=office.database.now(connection),
        actor=actor,
        directory=office.directory(connection),
        calendar=office.calendar(connection),
        lot=SeededLot(subject.id if subject else ""),
    )
    return with_round(connection, context, subject) if subject is not None else context


def with_round(connection: Connection, context: Context, subject: Subject) -> Context:
    """The same with the round of a subject and what it knows of its cases; of a case's, unless figures are not read."""
    if isinstance(subject, Round):
        return replace(context, round=RoundView(subject, round_facts(connection, subject.id)))
    if not isinstance(subject, Case) or subject.round is None:
        return context
    found = load(connection, UUID(subject.round))
    if found is None or not isinstance(found[0], Round):
        return context
    known = None if "figures" in context.unread else round_facts(connection, subject.round)
    return replace(context, round=RoundView(found[0], known))
