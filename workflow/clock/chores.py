"""What is done once a day, whoever ticks first: what is over is forgotten, and what higher rooms have registered."""

from datetime import datetime

import structlog
from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from workflow.calendar import day_of
from workflow.cases.drafts import forget_drafts_of_ended
from workflow.cases.links import forget_ended_links
from workflow.cases.office import Chore, Office
from workflow.errors import WorkflowError
from workflow.store.service import service_value
from workflow.store.tables import service

log = structlog.get_logger()

_KEY = "chores"
_OWN: dict[str, Chore] = {"forget_drafts": forget_drafts_of_ended, "forget_links": forget_ended_links}


def do_chores(office: Office) -> int:
    """Those of this day, unless they were begun already; how many there were. One that fails is for the next day again."""
    with office.database.read() as connection:
        now = office.database.now(connection)
        begun = service_value(connection, _KEY)
    today = day_of(now).isoformat()
    if (begun or "") >= today or not _is_first(office, today):
        return 0
    chores = {**_OWN, **office.chores}
    for name, chore in chores.items():
        _do(office, name, chore, now)
    return len(chores)


def _is_first(office: Office, today: str) -> bool:
    """Of several that tick at once, one has the day."""
    dialect = sqlite if office.database.dialect == "sqlite" else postgresql
    with office.database.write() as connection:
        connection.execute(dialect.insert(service).values(key=_KEY, value="").on_conflict_do_nothing())
        mine = update(service).where(service.c.key == _KEY, service.c.value < today).values(value=today)
        return connection.execute(mine).rowcount == 1


def _do(office: Office, name: str, chore: Chore, now: datetime) -> None:
    try:
        log.info("chore_done", chore=name, count=chore(office, now))
    except WorkflowError as error:
        log.warning("chore_failed", chore=name, error=error.code)
    except Exception:
        log.exception("chore_failed", chore=name)
