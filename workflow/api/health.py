"""For what watches the service: whether it lives, whether it can work, and a few figures."""

from flask import Response, jsonify
from sqlalchemy import func, select

from workflow.api.asking import office
from workflow.api.doors import Door, public
from workflow.cases.tables import effect, incident, undone, unsettled, wake
from workflow.messages.listing import outbox
from workflow.store import require_current

blueprint = Door("health", __name__, description="For what watches the service")

_STATUS = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}


@blueprint.get("/healthz")
@public
@blueprint.response(200, _STATUS)
def alive() -> Response:
    """Whether the process answers and its database can be asked."""
    with office().database.read() as connection:
        office().database.now(connection)
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@public
@blueprint.response(200, _STATUS)
def ready() -> Response:
    """Whether it can work: the database is there, can be asked, and has the tables of this version."""
    require_current(office().database)
    return jsonify({"status": "ok"})


@blueprint.get("/metrics")
@public
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
def metrics() -> Response:
    """What waits and what was given up, as Prometheus reads it; counts only."""
    with office().database.read() as connection:
        now = office().database.now(connection)
        mails = outbox(connection)
        late = connection.scalar(select(func.min(wake.c.due_at)))
        figures = {
            "yangguang_messages_pending": mails.pending,
            "yangguang_messages_oldest_seconds": (now - mails.oldest).total_seconds() if mails.oldest else 0,
            "yangguang_messages_dead": mails.dead,
            "yangguang_timers_late_seconds": max(0, (now - late).total_seconds()) if late else 0,
            "yangguang_effects_waiting": connection.scalar(
                select(func.count()).select_from(effect).where(effect.c.next_at.is_not(None))
            ),
            "yangguang_effects_given_up": connection.scalar(select(func.count()).select_from(effect).where(undone)),
            "yangguang_incidents_open": connection.scalar(select(func.count()).select_from(incident).where(unsettled)),
        }
    lines = [f"# TYPE {name} gauge\n{name} {value}" for name, value in figures.items()]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
