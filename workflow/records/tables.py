"""What cases leave behind: files, honours, figures; and what each import did, so that it can be undone."""

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from workflow.store.metadata import Digest, Id, Instant, Uuid, column, given, key, metadata, optional

# The bytes lie at <case_id>/<sha256>; they are not shared between cases, so that one can be erased.
attachment = Table(
    "attachment",
    metadata,
    key("case_id", Uuid),
    key("id", Uuid),
    column("sha256", Digest(32)),
    column("size", BigInteger),
    column("media_type", Text),
    optional("name", Text),  # none once erased
    optional("by", Id),  # none: by a link, or from the public
    column("at", Instant),
    optional("erased_at", Instant),
)

# The register of what cases granted, honours and benefits. Nothing is deleted: an end has its date and its case.
honour = Table(
    "honour",
    metadata,
    key("id", Uuid),
    column("case_id", Uuid),
    column("seq", Integer),
    column("no", Integer),
    column("part", Integer),  # of one effect for several holders, which
    column("kind", Text),  # honour, benefit
    column("honour", Text),  # which one: model_worker, physical_examination
    optional("level", Text),
    optional("amount", BigInteger),  # fen
    optional("holder", Id),  # none: somebody without an account
    optional("name", Text),  # as on the certificate; none once erased
    optional("unit", Id),
    column("state", Text),  # valid, suspended, revoked
    column("granted_at", Instant),
    optional("until", Instant),
    optional("suspended_at", Instant),
    optional("suspended_by", Uuid),  # the case that suspended it
    optional("suspended_until", Instant),
    optional("ended_at", Instant),
    optional("ended_by", Uuid),  # the case that revoked it
    optional("code", Text),  # what a certificate is checked by
    UniqueConstraint("case_id", "seq", "no", "part"),
    UniqueConstraint("code"),
    Index(None, "kind", "granted_at", "id"),
    Index(None, "honour", "granted_at", "id"),
    Index(None, "unit", "granted_at", "id"),
    Index(None, "holder"),
)

# What a unit reported for a month. Sums must be exact on both databases, so numbers are kept in millionths.
indicator_value = Table(
    "indicator_value",
    metadata,
    key("unit", Id),
    key("month", Date),  # its first day
    key("indicator", Text),
    column("millionths", BigInteger),
    column("case_id", Uuid),
    column("seq", Integer),  # a later event of the case replaces, an earlier one repeated does not
    Index(None, "indicator", "month"),
    Index(None, "case_id"),
)

# `import … undo by number`: the number is `id`.
import_batch = Table(
    "import_batch",
    metadata,
    given("id"),
    column("kind", Text),
    column("name", Text),
    column("sha256", Digest(32)),
    optional("by", Id),
    column("at", Instant),
    optional("undone_at", Instant),
    sqlite_autoincrement=True,
)
import_row = Table(
    "import_row",
    metadata,
    key("batch", Id, ForeignKey("import_batch.id")),
    key("no", Integer),  # in the order in which things were done
    column("row", Integer),  # as the sheet counts
    column("made", Text),  # case, organisation, person, post: of what kind it is
    column("did", Text),  # made, changed
    column("object", Text),  # the id of what it made or changed, as text
    optional("before", Text),  # JSON: the values that it replaced
)
