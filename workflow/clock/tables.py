"""What the clock knows of rounds that open by themselves."""

from sqlalchemy import Date, Index, Integer, Table, Text

from workflow.store.metadata import Id, Instant, column, key, metadata, optional

# Up to when the occurrences of a definition have been opened, and when the next one is due. A row is made on the first
# tick after it was published; occurrences before that are opened by hand.
cadence = Table(
    "cadence",
    metadata,
    key("definition", Text),
    column("reckoned_with", Text),  # version and calendar, by which `next_at` was found
    column("opened_until", Instant),
    optional("next_at", Instant),  # none while paused, and where none is in sight
    optional("paused_at", Instant),
    Index(None, "next_at"),
)

# What somebody decided about a cadence, and what could not be opened; never changed, never deleted.
cadence_act = Table(
    "cadence_act",
    metadata,
    key("definition", Text),
    key("number", Integer),
    column("at", Instant),
    optional("by", Id),  # none: the service
    column("kind", Text),  # paused, resumed, skipped, failed
    optional("nominal", Date),  # of the occurrence
    optional("unit", Id),  # none: at all
    column("reason", Text),
)
