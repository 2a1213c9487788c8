"""When people, posts or units have changed: who holds the open tasks of their branch is looked at anew."""

from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.cases.acting import act
from workflow.cases.contexts import context_of
from workflow.cases.effects import SERVICE
from workflow.cases.office import Office
from workflow.cases.projections import standing_readers
from workflow.cases.reading import subject_of
from workflow.cases.tables import cases, visible
from workflow.engine.commands import ResolveAgain
from workflow.engine.directory import Directory, Principal
from workflow.engine.subject import Case, Subject
from workflow.errors import Busy, WorkflowError
from workflow.people.changing import forget_touched, touched

log = structlog.get_logger()


def resolve_touched(office: Office) -> int:
    """Looks at every open case and round of the branches that were touched since; at how many.

    None where it was too busy for one of them: the next tick looks again, and whoever ticks until all is done comes to rest.
    """
    with office.database.read() as connection:
        places = touched(connection)
        if not places:
            return 0
        directory = office.directory(connection)
        units = _units(directory, places)
        rows = select(cases).where(cases.c.ended_at.is_(None), cases.c.unit.in_(units)).order_by(cases.c.id)
        found = [subject_of(row) for row in connection.execute(rows).mappings()]
    done = [_resolve(office, subject) for subject in found]
    if not all(done):
        return 0
    with office.database.write() as connection:
        forget_touched(connection, directory.number)
    return len(found)


def _units(directory: Directory, places: list[Principal]) -> set[Principal]:
    """The branches of the touched organisations; of a department, that of the organisation above it."""
    units: set[Principal] = set()
    for place in places:
        organisation = directory.organisations.get(place)
        top = place
        if organisation is not None and organisation.kind is not None and organisation.parent is not None:
            top = organisation.parent
        units |= {found.id for found in directory.branch(top)}
    return units


def _resolve(office: Office, subject: Subject) -> bool:
    """False where it was too busy just now."""
    try:
        act(office, UUID(subject.id), ResolveAgain(), actor=SERVICE)
        _let_see(office, subject)
    except Busy:
        return False
    except WorkflowError as error:
        log.warning("not_resolved", case_id=subject.id, error=error.code)
    return True


def _let_see(office: Office, subject: Subject) -> None:
    """Posts that came into being since the start, of `see` and of administrators, may read it too."""
    with office.database.write() as connection:
        version = office.versions.get(connection, subject.definition, subject.version)
        context = context_of(office, connection, SERVICE)
        started = subject.started_at if isinstance(subject, Case) else subject.opened_at
        rows = [
            {"principal": who, "opened_at": started, "case_id": UUID(subject.id), "definition": subject.definition}
            for who in set(standing_readers(version.definition, subject, context))
        ]
        dialect = sqlite if office.database.dialect == "sqlite" else postgresql
        if rows:
            connection.execute(dialect.insert(visible).on_conflict_do_nothing(), rows)
