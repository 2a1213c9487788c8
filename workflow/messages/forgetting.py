"""What messages said is erased a month after they went; that they went stays."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, or_, update

from workflow.cases.office import Office
from workflow.messages.carriers import CAUSES
from workflow.messages.tables import message

KEPT_FOR = timedelta(days=30)


def forget_old(office: Office, now: datetime) -> int:
    """Erases what was said, and where to, of messages delivered a month ago, or given up; how many there were."""
    delivered = and_(message.c.state == "delivered", message.c.created_at <= now - KEPT_FOR)
    given_up = and_(message.c.state == "dead", message.c.created_at <= now - KEPT_FOR)
    old = or_(and_(delivered, message.c.delivered_at <= now - KEPT_FOR), given_up)
    still_there = or_(message.c.subject.is_not(None), message.c.body.is_not(None))
    erased = {
        "subject": None,
        "body": None,
        "recipient": case((message.c.recipient.startswith("contact:"), "contact:"), else_=message.c.recipient),
        # The server's own words may name the address.
        "error": case(*((message.c.error.startswith(cause), cause) for cause in CAUSES), else_=None),
    }
    with office.database.one_statement() as connection:
        return connection.execute(update(message).where(old, still_there).values(erased)).rowcount
