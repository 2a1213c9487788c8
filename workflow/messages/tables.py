"""One row a message and recipient; it waits here until it is delivered, or dead."""

from sqlalchemy import Index, Integer, Table, Text, and_, literal, or_

from workflow.store.leases import Queue
from workflow.store.metadata import Digest, Instant, Uuid, column, key, metadata, optional

message = Table(
    "message",
    metadata,
    key("id", Digest(32)),  # of case_id, seq, no and recipient: the same order makes the same row
    optional("case_id", Uuid),  # none for what concerns no case: an invitation, a link
    column("kind", Text),  # as it was told: task, reminder, …; invitation, link
    column("recipient", Text),  # person:12; link:mobile, objection:3 (of the case); contact:138…
    column("channel", Text),  # mail, sms
    optional("subject", Text),  # as it went out; this and the body are erased 30 days after the delivery
    optional("body", Text),  # JSON: what it says (content.py); a code that it carries is erased with the delivery
    column("message_id", Text),
    column("at", Instant),  # the moment of which it speaks; reminders of one moment go out together
    optional("joined", Digest(32)),  # of reminders, the one that goes out for all of them
    optional("next_at", Instant),
    column("attempts", Integer),
    column("state", Text),  # pending, delivered, dropped (nothing of it is wanted any more), dead
    optional("error", Text),
    column("created_at", Instant),
    optional("delivered_at", Instant),
    Index(None, "case_id"),  # erasing a case finds its messages
    Index(None, "joined"),
    Index(None, "state", "created_at", "id"),  # the operators' list
)
# Written out, not passed: a plan for any value could not use the index.
pending = message.c.state == literal("pending", literal_execute=True)
Index(None, message.c.next_at, postgresql_where=pending, sqlite_where=pending)

# A reminder waits for the others of its moment until it is joined with them.
ready = and_(pending, or_(message.c.kind != "reminder", message.c.joined.is_not(None)))

# A message has no second time beside `next_at`: who takes one puts it off by the length of a lease.
MESSAGES = Queue(message, message.c.next_at, message.c.next_at, message.c.attempts, message.c.next_at, ready)
