"""The store's own tables: what the installation knows about itself, and the daily checkpoints."""

from sqlalchemy import Date, ForeignKey, Index, Integer, Table, Text

from workflow.store.metadata import Digest, Uuid, column, key, metadata, optional

# Demo or real, the demo's clock offset, ids of keys.
service = Table("service", metadata, key("key", Text), column("value", Text))

# Merkle root over the cases that changed since their last leaf, and the root before.
checkpoint = Table(
    "checkpoint",
    metadata,
    key("day", Date),
    column("root", Digest(32)),
    optional("previous", Digest(32)),  # none for the first
    column("signature", Digest(64)),
)
checkpoint_leaf = Table(
    "checkpoint_leaf",
    metadata,
    key("day", Date, ForeignKey("checkpoint.day")),
    key("case_id", Uuid),
    column("seq", Integer),
    Index(None, "case_id", "seq"),
)
