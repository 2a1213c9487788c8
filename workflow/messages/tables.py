"""One row a message and recipient; it waits here until it is delivered, or dead."""

from sqlalchemy import Index, Integer, Table, Text, literal

from workflow.store.leases import Queue
from workflow.store.metadata import Digest, Instant, Uuid, column, key, metadata, optional

message = Table(
    "message",
    metadata,
    key("id", Digest(32)),  # of case_id, seq, no and recipient: the same order makes the same row
    optional("case_id", Uuid),  # none for what concerns several cases: a digest, a test
    column("recipient", Text),
    column("channel", Text),
    optional("subject", Text),  # this and the body are erased 30 days after the delivery
    optional("body", Text),
    column("message_id", Text),
    optional("next_at", Instant),
    column("attempts", Integer),
    column("state", Text),  # pending, delivered, dead
    optional("error", Text),
    column("created_at", Instant),
    optional("delivered_at", Instant),
    Index(None, "case_id"),  # erasing a case finds its messages
)
# Written out, not passed: a plan for any value could not use the index.
pending = message.c.state == literal("pending", literal_execute=True)
Index(None, message.c.next_at, postgresql_where=pending, sqlite_where=pending)

# A message has no second time beside `next_at`: who takes one puts it off by the length of a lease.
MESSAGES = Queue(message, message.c.next_at, message.c.next_at, message.c.attempts, message.c.next_at, pending)
