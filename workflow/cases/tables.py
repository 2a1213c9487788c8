"""A case is one row, the fold of its events; everything else about it is its history or a projection.

`case_id` leads each key of a case's rows. There are no foreign keys to `cases`: they would be looked up on every
decision, rows of a case are only written together with it, and `verify` finds what does not belong.
"""

from sqlalchemy import (
    Boolean,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    and_,
    literal_column,
)

from workflow.store.leases import Queue
from workflow.store.metadata import Digest, Id, Instant, Uuid, Word, column, given, key, metadata, optional

# --- the case and its history ---

# No index on anything that a decision changes, save the one that lists cases by state; room on each page for new
# versions of a row.
cases = Table(
    "cases",
    metadata,
    key("id", Uuid),
    column("kind", Text),  # case, round
    column("definition", Text),
    column("version", Integer),  # of the definition
    optional("round_id", Uuid),
    column("unit", Id),
    optional("number", Text),
    column("subject", Text),
    column("state", Text),
    column("seq", Integer),  # number of events, version, ETag
    column("head", Digest(32)),
    column("open", Text),  # JSON: open tasks, timers, tallies
    column("data", Text),  # JSON: the form; written only when it changed
    column("opened_at", Instant),
    optional("ended_at", Instant),
    UniqueConstraint("definition", "number"),  # each definition counts by itself
    Index(None, "definition", "state", "opened_at", "id"),
    postgresql_with={"fillfactor": 80},
)

# One act, one event. The key is the second net against lost updates.
event = Table(
    "event",
    metadata,
    key("case_id", Uuid),
    key("seq", Integer),
    column("at", Instant),
    optional("actor", Id),  # none: the service itself, or somebody by a link
    column("request", Digest(16)),
    column("fingerprint", Digest(16)),
    column("body", Text),  # the very bytes that are hashed
    column("hash", Digest(32)),
    UniqueConstraint("case_id", "request"),
    Index(None, "actor", "at"),
)
#: With it a subject began; the number stands in the text of the statement, so that the index is found.
beginning = event.c.seq == literal_column("1")
Index("ix_event_beginning", event.c.actor, event.c.at, postgresql_where=beginning, sqlite_where=beginning)

# Personal values of an event with their salts; erasing deletes here, and the chain still verifies.
disclosure = Table("disclosure", metadata, key("case_id", Uuid), key("seq", Integer), column("values", Text))

# --- projections, written with the case ---

# Only open tasks: rows are deleted, never flagged.
inbox = Table(
    "inbox",
    metadata,
    key("case_id", Uuid),
    key("task", Integer),
    key("principal", Id),
    column("due_at", Instant),  # NEVER without a deadline
    column("opened_at", Instant),
    column("definition", Text),
    column("unit", Id),
    Index(None, "principal", "due_at", "case_id", "task"),
)

# One row for each principal that may read the case; never an ancestor as such, so that a list is one index range.
visible = Table(
    "visible",
    metadata,
    key("principal", Id),
    key("opened_at", Instant),
    key("case_id", Uuid),
    column("definition", Text),
    Index(None, "principal", "definition", "opened_at", "case_id"),
)

# To whom a case was copied.
copied = Table("copied", metadata, key("person", Id), key("at", Instant), key("case_id", Uuid))

# The earliest timer of a case; no row when it has none.
wake = Table(
    "wake",
    metadata,
    key("case_id", Uuid),
    column("due_at", Instant),
    optional("lease_until", Instant),
    column("failures", Integer),
    Index(None, "due_at"),
)

# What a step orders, done after the commit.
effect = Table(
    "effect",
    metadata,
    key("case_id", Uuid),
    key("seq", Integer),
    key("no", Integer),
    column("kind", Text),
    column("payload", Text),  # JSON
    optional("next_at", Instant),  # none: done, or given up with its error
    optional("lease_until", Instant),
    column("attempts", Integer),
    optional("error", Text),
)
waiting = effect.c.next_at.is_not(None)
Index(None, effect.c.next_at, postgresql_where=waiting, sqlite_where=waiting)
#: The error of an effect that waits for its room: documents come with a later release.
WAITS = "waits"
undone = and_(effect.c.next_at.is_(None), effect.c.error.is_not(None))
Index("ix_effect_undone", effect.c.case_id, postgresql_where=undone, sqlite_where=undone)

# The round's view of its cases: the state, and just the fields that figures, ranks and guards read.
round_case = Table(
    "round_case", metadata, key("round_id", Uuid), key("case_id", Uuid), column("state", Text), column("facts", Text)
)

# A row for each word that finds a case: number, name, unit, readings, and of Chinese words each end of them too, so that
# looking for a beginning finds any part. An index over one text of all words would find the first of them only;
# trigrams are an extension of PostgreSQL, and FTS5's tables are made of tables that migrations cannot compare.
search = Table("search", metadata, key("case_id", Uuid), key("word", Word), Index(None, "word", "case_id"))

# What cannot go on by itself, for administrators.
incident = Table(
    "incident",
    metadata,
    key("case_id", Uuid),
    key("no", Integer),
    column("code", Text),
    column("facts", Text),  # JSON: what the sentence names
    column("at", Instant),
    optional("ended_at", Instant),
)
unsettled = incident.c.ended_at.is_(None)
Index(None, incident.c.at, postgresql_where=unsettled, sqlite_where=unsettled)

# --- beside the case ---

# The language's `once`: an HMAC of the values; freed by a stop trigger.
once = Table("once", metadata, key("definition", Text), key("digest", Digest(32)), column("case_id", Uuid))

# Autosave: no event, no version, no chain.
draft = Table(
    "draft",
    metadata,
    key("case_id", Uuid),
    key("person", Id),
    column("data", Text),
    column("saved_at", Instant),
    column("n", Integer),
)

# Sequences without gaps: "LM-2026".
number = Table("number", metadata, key("key", Text), column("n", Integer))

# --- secret ballots ---

poll = Table(
    "poll",
    metadata,
    key("case_id", Uuid),
    key("poll", Integer),
    column("state", Text),  # open, closed
    optional("secret", LargeBinary),  # the private key, wrapped; deleted at the closing
    column("public_key", Digest(32)),
    column("opens_at", Instant),
    column("closes_at", Instant),  # NEVER without an end of its own
    column("electorate_hash", Digest(32)),
)
voter = Table(
    "voter",
    metadata,
    key("case_id", Uuid),
    key("poll", Integer),
    key("person", Text),  # a person's number, or by where the contact of one without an account stands
    column("voted", Boolean),
)
envelope = Table(
    "envelope",
    metadata,
    key("case_id", Uuid),
    key("poll", Integer),
    key("person", Text),
    column("sealed", LargeBinary),  # nonce and choice, of one length
)
# Written at the closing, in the order of nonces and so in no one's.
ballot = Table(
    "ballot", metadata, key("case_id", Uuid), key("poll", Integer), key("nonce", LargeBinary), column("choice", Text)
)

# --- what the public sees and does ---

notice = Table(
    "notice",
    metadata,
    key("case_id", Uuid),
    key("entry", Integer),
    optional("round_id", Uuid),
    column("state", Text),  # the state that publishes it
    column("where", Text),  # the widest of its places: public, unit
    column("shown", Text),  # JSON: what is published, masked
    column("begins", Instant),
    column("ends", Instant),  # as now reckoned
    optional("held", Instant),  # since when its clock stands
    optional("ended_at", Instant),
    Index(None, "where", "ends"),
)
objection = Table(
    "objection",
    metadata,
    key("case_id", Uuid),
    key("no", Integer),
    column("receipt", Digest(32)),  # the digest of its code, which is nowhere
    column("notice", Integer),  # its entry
    column("at", Instant),
    column("state", Text),
    UniqueConstraint("receipt"),
)
# What somebody without an account was asked, by a code of which only the digest is here.
link = Table(
    "link",
    metadata,
    key("digest", Digest(32)),
    optional("case_id", Uuid),  # none: a public start
    optional("task", Integer),
    optional("person", Id),
    column("payload", Text),  # JSON: for a start, definition, round and unit; where the code went
    column("until", Instant),
    Index(None, "case_id"),
)

# --- the service's own ---

# Immutable; the digest is of the canonical {definition, stories, texts}.
definition_version = Table(
    "definition_version",
    metadata,
    key("key", Text),
    key("number", Integer),
    column("sha256", Digest(32)),
    column("text", Text),
    column("published_at", Instant),
    optional("by", Id),  # none: the service itself
)

# Long work, with its progress.
job = Table(
    "job",
    metadata,
    key("id", Uuid),
    column("kind", Text),
    column("payload", Text),  # JSON
    optional("by", Id),
    column("at", Instant),
    optional("next_at", Instant),  # none: done, or given up with its error
    optional("lease_until", Instant),
    column("attempts", Integer),
    optional("error", Text),
    column("done", Integer),
    optional("total", Integer),
    optional("result", Text),  # JSON
)
unfinished = job.c.next_at.is_not(None)
Index(None, job.c.next_at, postgresql_where=unfinished, sqlite_where=unfinished)

# Who looked at sensitive data; kept at least six months.
access_log = Table(
    "access_log",
    metadata,
    given("id"),
    column("at", Instant),
    column("actor", Id),
    optional("case_id", Uuid),
    column("what", Text),
    Index(None, "case_id", "at"),
    Index(None, "actor", "at"),
    sqlite_autoincrement=True,
)

# Days of rest and make-up days that win over the library.
calendar_day = Table(
    "calendar_day",
    metadata,
    key("day", Date),
    column("working", Boolean),
    optional("reason", Text),
    optional("by", Id),
    column("at", Instant),
)

WAKES = Queue(wake, wake.c.due_at, wake.c.lease_until, wake.c.failures, wake.c.lease_until)
EFFECTS = Queue(effect, effect.c.next_at, effect.c.lease_until, effect.c.attempts, effect.c.next_at)
JOBS = Queue(job, job.c.next_at, job.c.lease_until, job.c.attempts, job.c.next_at)
