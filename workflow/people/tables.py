"""Who exists, who holds what, who stands in for whom, and how they sign in. Ended, never deleted."""

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from workflow.store.metadata import Digest, Id, Instant, column, given, key, metadata, optional

# The one kind of "who" of inbox and lists: organisations, posts and persons take their ids from here.
principal = Table(
    "principal",
    metadata,
    given("id"),
    column("kind", Text),  # organisation, post, person
    sqlite_autoincrement=True,
)

organisation = Table(
    "organisation",
    metadata,
    key("id", Id, ForeignKey("principal.id")),
    column("name", Text),
    column("level", Text),
    optional("kind", Text),
    optional("parent", Id, ForeignKey("organisation.id")),
    optional("members", Integer),
    optional("workers", Integer),
    column("columns", Text),  # JSON: the register's other columns
    column("proposed", Boolean),  # made by an import, nobody has confirmed it yet
    column("valid_from", Instant),
    optional("valid_until", Instant),
    Index(None, "parent"),
)

person = Table(
    "person",
    metadata,
    key("id", Id, ForeignKey("principal.id")),
    optional("login", Text),
    column("name", Text),
    optional("mobile", Text),  # a family may share one
    optional("email", Text),
    column("language", Text),
    optional("employer", Id, ForeignKey("organisation.id")),
    optional("born_on", Date),
    column("columns", Text),  # JSON: the register's other columns
    column("valid_from", Instant),
    optional("valid_until", Instant),
    UniqueConstraint("login"),
    Index(None, "mobile"),
    Index(None, "email"),
)

# A role at an organisation; who holds it, and when, is in `holding`.
post = Table(
    "post",
    metadata,
    key("id", Id, ForeignKey("principal.id")),
    column("role", Text),
    column("organisation", Id, ForeignKey("organisation.id")),
    UniqueConstraint("role", "organisation"),
)

holding = Table(
    "holding",
    metadata,
    key("person", Id, ForeignKey("person.id")),
    key("principal", Id, ForeignKey("principal.id")),
    key("valid_from", Instant),
    optional("valid_until", Instant),
    Index(None, "principal"),
)

delegation = Table(
    "delegation",
    metadata,
    given("id"),
    column("from_person", Id, ForeignKey("person.id")),
    column("to_person", Id, ForeignKey("person.id")),
    column("begins", Instant),
    column("ends", Instant),
    optional("definition", Text),  # none: all
    optional("ended_at", Instant),  # called off before its end
    Index(None, "to_person"),
    Index(None, "from_person"),
    sqlite_autoincrement=True,
)

# One row, made by the migration: `n` rises with each change, and processes then read the directory anew.
directory = Table("directory", metadata, key("id", Integer), column("n", Id))

# Where something has changed, and by which change last, until the open tasks of its branch were resolved again.
touched = Table(
    "touched",
    metadata,
    key("organisation", Id, ForeignKey("organisation.id")),
    column("n", Id),
)

session = Table(
    "session",
    metadata,
    key("digest", Digest(32)),
    column("person", Id, ForeignKey("person.id")),
    column("began_at", Instant),
    column("seen_at", Instant),
    column("until", Instant),
    Index(None, "person"),
)

token = Table(
    "token",
    metadata,
    key("digest", Digest(32)),
    column("person", Id, ForeignKey("person.id")),
    column("issued_at", Instant),
    optional("until", Instant),
    Index(None, "person"),
)

credential = Table(
    "credential",
    metadata,
    key("person", Id, ForeignKey("person.id")),
    column("password", Text),  # its hash
    column("changed_at", Instant),
)

# Tries to sign in with a login, whether somebody has it or not: a lock tells nothing about who exists.
attempt = Table(
    "attempt",
    metadata,
    key("digest", Digest(32)),  # of the login
    column("failures", Integer),
    column("at", Instant),
    Index(None, "at"),
)

# One-time codes for a first or a forgotten password.
reset = Table(
    "reset",
    metadata,
    key("digest", Digest(32)),
    column("person", Id, ForeignKey("person.id")),
    column("until", Instant),
    Index(None, "person"),
)
