"""APScheduler drives the tick of a process. It holds no state: what is due stands in the database."""

from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from workflow.errors import WorkflowError

log = structlog.get_logger()

_SECONDS = 1


def begin(*sweeps: Callable[[], int]) -> Callable[[], None]:
    """Runs the sweeps once a second in the background; gives the function that ends it, after the running one."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for number, sweep in enumerate(sweeps):
        scheduler.add_job(
            _careful(sweep),
            "interval",
            seconds=_SECONDS,
            id=f"sweep-{number}",
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    return lambda: scheduler.shutdown(wait=True)


def _careful(sweep: Callable[[], int]) -> Callable[[], None]:
    def once() -> None:
        try:
            sweep()
        except WorkflowError as error:
            log.warning("sweep_failed", error=error.code)
        except Exception:
            log.exception("sweep_failed")

    return once
