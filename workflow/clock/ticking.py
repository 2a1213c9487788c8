"""One tick: due rounds opened, due timers fired, effects done, people looked at anew, once a day the chores.

Everything is leased, so that any number may tick at once.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select

from workflow.cases.acting import fire_due
from workflow.cases.effects import drain, follow
from workflow.cases.office import Office
from workflow.cases.resolving import resolve_touched
from workflow.cases.tables import WAKES, effect, wake
from workflow.clock.cadences import next_opening, open_due
from workflow.clock.chores import do_chores
from workflow.errors import WorkflowError
from workflow.store.leases import failed, lease, release

log = structlog.get_logger()


def tick(office: Office) -> int:
    """Does all that is due now; how much it was. One thing that fails never stops the rest."""
    done = do_chores(office) + resolve_touched(office)
    while found := open_due(office) + _timers(office) + _effects(office):
        done += found
    return done


def now_of(office: Office) -> datetime:
    with office.database.read() as connection:
        return office.database.now(connection)


def next_due(office: Office) -> datetime | None:
    """When the next round, timer or effect is due."""
    opening = next_opening(office)
    with office.database.read() as connection:
        timer = connection.scalar(select(func.min(wake.c.due_at)))
        ordered = connection.scalar(select(func.min(effect.c.next_at)).where(effect.c.next_at.is_not(None)))
    return min((moment for moment in (opening, timer, ordered) if moment is not None), default=None)


def _timers(office: Office) -> int:
    """Due timers, each case by its own act; a killed scheduler's lease runs out."""
    now = now_of(office)
    rows = lease(office.database, WAKES, now)
    for row in rows:
        try:
            fire_due(office, row["case_id"])
            follow(office, UUID(str(row["case_id"])))
            release(office.database, WAKES, row, now)
        except Exception as error:
            code = error.code if isinstance(error, WorkflowError) else type(error).__name__
            log.warning(
                "timer_failed", case_id=str(row["case_id"]), error=code, exc_info=not isinstance(error, WorkflowError)
            )
            failed(office.database, WAKES, row, now, delay=_delay(row["failures"]))
    return len(rows)


def _effects(office: Office) -> int:
    return drain(office, now_of(office))


def _delay(failures: int) -> timedelta:
    seconds: int = 5 << min(failures, 10)
    return min(timedelta(seconds=seconds), timedelta(hours=1))
