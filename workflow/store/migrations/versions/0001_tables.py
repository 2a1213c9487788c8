"""All tables, room by room; what they are for stands in each room's `tables.py`."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from workflow.store.metadata import Digest, Id, Instant, Uuid, Word

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    create_store()
    create_people()
    create_histories()
    create_projections()
    create_beside_cases()
    create_ballots()
    create_public()
    create_service()
    create_messages()
    create_records()


def create_store() -> None:
    op.create_table(
        "service",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_service"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("root", Digest(32), nullable=False),
        sa.Column("previous", Digest(32), nullable=True),
        sa.Column("signature", Digest(64), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_checkpoint"),
    )
    op.create_table(
        "checkpoint_leaf",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["day"], ["checkpoint.day"], name="fk_checkpoint_leaf_day_checkpoint"),
        sa.PrimaryKeyConstraint("day", "case_id", name="pk_checkpoint_leaf"),
    )
    op.create_index("ix_checkpoint_leaf_case_id_seq", "checkpoint_leaf", ["case_id", "seq"])


def create_people() -> None:
    op.create_table(
        "principal",
        sa.Column("id", Id, sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_principal"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "organisation",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=True),
        sa.Column("parent", Id, nullable=True),
        sa.Column("members", sa.Integer, nullable=True),
        sa.Column("workers", sa.Integer, nullable=True),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("proposed", sa.Boolean, nullable=False),
        sa.Column("valid_from", Instant, nullable=False),
        sa.Column("valid_until", Instant, nullable=True),
        sa.ForeignKeyConstraint(["id"], ["principal.id"], name="fk_organisation_id_principal"),
        sa.ForeignKeyConstraint(["parent"], ["organisation.id"], name="fk_organisation_parent_organisation"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
    )
    op.create_index("ix_organisation_parent", "organisation", ["parent"])
    op.create_table(
        "person",
        sa.Column("id", Id, nullable=False),
        sa.Column("login", sa.Text, nullable=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mobile", sa.Text, nullable=True),
        sa.Column("email", sa.Text, nullable=True),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("employer", Id, nullable=True),
        sa.Column("born_on", sa.Date, nullable=True),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("valid_from", Instant, nullable=False),
        sa.Column("valid_until", Instant, nullable=True),
        sa.ForeignKeyConstraint(["employer"], ["organisation.id"], name="fk_person_employer_organisation"),
        sa.ForeignKeyConstraint(["id"], ["principal.id"], name="fk_person_id_principal"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("login", name="uq_person_login"),
    )
    op.create_index("ix_person_email", "person", ["email"])
    op.create_index("ix_person_mobile", "person", ["mobile"])
    op.create_table(
        "post",
        sa.Column("id", Id, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("organisation", Id, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["principal.id"], name="fk_post_id_principal"),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"], name="fk_post_organisation_organisation"),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.UniqueConstraint("role", "organisation", name="uq_post_role_organisation"),
    )
    op.create_table(
        "holding",
        sa.Column("person", Id, nullable=False),
        sa.Column("principal", Id, nullable=False),
        sa.Column("valid_from", Instant, nullable=False),
        sa.Column("valid_until", Instant, nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_holding_person_person"),
        sa.ForeignKeyConstraint(["principal"], ["principal.id"], name="fk_holding_principal_principal"),
        sa.PrimaryKeyConstraint("person", "principal", "valid_from", name="pk_holding"),
    )
    op.create_index("ix_holding_principal", "holding", ["principal"])
    op.create_table(
        "delegation",
        sa.Column("id", Id, sa.Identity(), nullable=False),
        sa.Column("from_person", Id, nullable=False),
        sa.Column("to_person", Id, nullable=False),
        sa.Column("begins", Instant, nullable=False),
        sa.Column("ends", Instant, nullable=False),
        sa.Column("definition", sa.Text, nullable=True),
        sa.Column("ended_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["from_person"], ["person.id"], name="fk_delegation_from_person_person"),
        sa.ForeignKeyConstraint(["to_person"], ["person.id"], name="fk_delegation_to_person_person"),
        sa.PrimaryKeyConstraint("id", name="pk_delegation"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delegation_from_person", "delegation", ["from_person"])
    op.create_index("ix_delegation_to_person", "delegation", ["to_person"])
    op.create_table(
        "directory",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("n", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory"),
    )
    row = sa.table("directory", sa.column("id"), sa.column("n"))
    op.execute(sa.insert(row).values(id=1, n=0))
    op.create_table(
        "touched",
        sa.Column("organisation", Id, nullable=False),
        sa.Column("n", Id, nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"], name="fk_touched_organisation_organisation"),
        sa.PrimaryKeyConstraint("organisation", name="pk_touched"),
    )
    op.create_table(
        "session",
        sa.Column("digest", Digest(32), nullable=False),
        sa.Column("person", Id, nullable=False),
        sa.Column("began_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_session_person_person"),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_index("ix_session_person", "session", ["person"])
    op.create_table(
        "token",
        sa.Column("digest", Digest(32), nullable=False),
        sa.Column("person", Id, nullable=False),
        sa.Column("issued_at", Instant, nullable=False),
        sa.Column("until", Instant, nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_token_person_person"),
        sa.PrimaryKeyConstraint("digest", name="pk_token"),
    )
    op.create_index("ix_token_person", "token", ["person"])
    op.create_table(
        "credential",
        sa.Column("person", Id, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_credential_person_person"),
        sa.PrimaryKeyConstraint("person", name="pk_credential"),
    )
    op.create_table(
        "attempt",
        sa.Column("digest", Digest(32), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_attempt"),
    )
    op.create_index("ix_attempt_at", "attempt", ["at"])
    op.create_table(
        "reset",
        sa.Column("digest", Digest(32), nullable=False),
        sa.Column("person", Id, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_reset_person_person"),
        sa.PrimaryKeyConstraint("digest", name="pk_reset"),
    )
    op.create_index("ix_reset_person", "reset", ["person"])


def create_histories() -> None:
    op.create_table(
        "cases",
        sa.Column("id", Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("round_id", Uuid, nullable=True),
        sa.Column("unit", Id, nullable=False),
        sa.Column("number", sa.Text, nullable=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("head", Digest(32), nullable=False),
        sa.Column("open", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("ended_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("definition", "number", name="uq_cases_definition_number"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("ix_cases_definition_state_opened_at_id", "cases", ["definition", "state", "opened_at", "id"])
    op.create_table(
        "event",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", Id, nullable=True),
        sa.Column("request", Digest(16), nullable=False),
        sa.Column("fingerprint", Digest(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hash", Digest(32), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_event"),
        sa.UniqueConstraint("case_id", "request", name="uq_event_case_id_request"),
    )
    op.create_index("ix_event_actor_at", "event", ["actor", "at"])
    op.create_table(
        "disclosure",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("values", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_disclosure"),
    )


def create_projections() -> None:
    op.create_table(
        "inbox",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("task", sa.Integer, nullable=False),
        sa.Column("principal", Id, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "task", "principal", name="pk_inbox"),
    )
    op.create_index("ix_inbox_principal_due_at_case_id_task", "inbox", ["principal", "due_at", "case_id", "task"])
    op.create_table(
        "visible",
        sa.Column("principal", Id, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("principal", "opened_at", "case_id", name="pk_visible"),
    )
    op.create_index(
        "ix_visible_principal_definition_opened_at_case_id",
        "visible",
        ["principal", "definition", "opened_at", "case_id"],
    )
    op.create_table(
        "wake",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("lease_until", Instant, nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_wake"),
    )
    op.create_index("ix_wake_due_at", "wake", ["due_at"])
    op.create_table(
        "effect",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("next_at", Instant, nullable=True),
        sa.Column("lease_until", Instant, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq", "no", name="pk_effect"),
    )
    op.create_index(
        "ix_effect_next_at",
        "effect",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
        sqlite_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "ix_effect_undone",
        "effect",
        ["case_id"],
        postgresql_where=sa.text("next_at IS NULL AND error IS NOT NULL"),
        sqlite_where=sa.text("next_at IS NULL AND error IS NOT NULL"),
    )
    op.create_table(
        "round_case",
        sa.Column("round_id", Uuid, nullable=False),
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("round_id", "case_id", name="pk_round_case"),
    )
    op.create_table(
        "search",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("word", Word, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "word", name="pk_search"),
    )
    op.create_index("ix_search_word_case_id", "search", ["word", "case_id"])
    op.create_table(
        "incident",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("ended_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("case_id", "no", name="pk_incident"),
    )
    op.create_index(
        "ix_incident_at",
        "incident",
        ["at"],
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )


def create_beside_cases() -> None:
    op.create_table(
        "once",
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("digest", Digest(32), nullable=False),
        sa.Column("case_id", Uuid, nullable=False),
        sa.PrimaryKeyConstraint("definition", "digest", name="pk_once"),
    )
    op.create_table(
        "draft",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("person", Id, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("saved_at", Instant, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person", name="pk_draft"),
    )
    op.create_table(
        "number",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_number"),
    )


def create_ballots() -> None:
    op.create_table(
        "poll",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("poll", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=True),
        sa.Column("public_key", Digest(32), nullable=False),
        sa.Column("opens_at", Instant, nullable=False),
        sa.Column("closes_at", Instant, nullable=False),
        sa.Column("electorate_hash", Digest(32), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "poll", name="pk_poll"),
    )
    op.create_table(
        "voter",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("poll", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("voted", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "poll", "person", name="pk_voter"),
    )
    op.create_table(
        "envelope",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("poll", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "poll", "person", name="pk_envelope"),
    )
    op.create_table(
        "ballot",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("poll", sa.Integer, nullable=False),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("choice", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "poll", "nonce", name="pk_ballot"),
    )


def create_public() -> None:
    op.create_table(
        "notice",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("round_id", Uuid, nullable=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("where", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("begins", Instant, nullable=False),
        sa.Column("ends", Instant, nullable=False),
        sa.Column("held", Instant, nullable=True),
        sa.Column("ended_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("case_id", "entry", name="pk_notice"),
    )
    op.create_index("ix_notice_where_ends", "notice", ["where", "ends"])
    op.create_table(
        "objection",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("receipt", Digest(32), nullable=False),
        sa.Column("notice", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "no", name="pk_objection"),
        sa.UniqueConstraint("receipt", name="uq_objection_receipt"),
    )
    op.create_table(
        "link",
        sa.Column("digest", Digest(32), nullable=False),
        sa.Column("case_id", Uuid, nullable=True),
        sa.Column("task", sa.Integer, nullable=True),
        sa.Column("person", Id, nullable=True),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_link"),
    )
    op.create_index("ix_link_case_id", "link", ["case_id"])


def create_service() -> None:
    op.create_table(
        "definition_version",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("sha256", Digest(32), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("published_at", Instant, nullable=False),
        sa.Column("by", Id, nullable=True),
        sa.PrimaryKeyConstraint("key", "number", name="pk_definition_version"),
    )
    op.create_table(
        "job",
        sa.Column("id", Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("by", Id, nullable=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("next_at", Instant, nullable=True),
        sa.Column("lease_until", Instant, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=True),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=True),
        sa.Column("result", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index(
        "ix_job_next_at",
        "job",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
        sqlite_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "access_log",
        sa.Column("id", Id, sa.Identity(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", Id, nullable=False),
        sa.Column("case_id", Uuid, nullable=True),
        sa.Column("what", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_log_actor_at", "access_log", ["actor", "at"])
    op.create_index("ix_access_log_case_id_at", "access_log", ["case_id", "at"])
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("working", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("by", Id, nullable=True),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_calendar_day"),
    )


def create_messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", Digest(32), nullable=False),
        sa.Column("case_id", Uuid, nullable=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=True),
        sa.Column("body", sa.Text, nullable=True),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("joined", Digest(32), nullable=True),
        sa.Column("next_at", Instant, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("delivered_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_case_id", "message", ["case_id"])
    op.create_index("ix_message_joined", "message", ["joined"])
    op.create_index("ix_message_state_created_at_id", "message", ["state", "created_at", "id"])
    op.create_index(
        "ix_message_next_at",
        "message",
        ["next_at"],
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )


def create_records() -> None:
    op.create_table(
        "attachment",
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("id", Uuid, nullable=False),
        sa.Column("sha256", Digest(32), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=True),
        sa.Column("by", Id, nullable=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("erased_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id", name="pk_attachment"),
    )
    op.create_table(
        "honour",
        sa.Column("id", Uuid, nullable=False),
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("honour", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=True),
        sa.Column("amount", sa.BigInteger, nullable=True),
        sa.Column("holder", Id, nullable=True),
        sa.Column("name", sa.Text, nullable=True),
        sa.Column("unit", Id, nullable=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("granted_at", Instant, nullable=False),
        sa.Column("until", Instant, nullable=True),
        sa.Column("suspended_until", Instant, nullable=True),
        sa.Column("ended_at", Instant, nullable=True),
        sa.Column("ended_by", Uuid, nullable=True),
        sa.Column("code", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_honour"),
        sa.UniqueConstraint("case_id", "seq", "no", "part", name="uq_honour_case_id_seq_no_part"),
        sa.UniqueConstraint("code", name="uq_honour_code"),
    )
    op.create_index("ix_honour_holder", "honour", ["holder"])
    op.create_index("ix_honour_honour_granted_at_id", "honour", ["honour", "granted_at", "id"])
    op.create_table(
        "indicator_value",
        sa.Column("unit", Id, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("indicator", sa.Text, nullable=False),
        sa.Column("millionths", sa.BigInteger, nullable=False),
        sa.Column("case_id", Uuid, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("unit", "month", "indicator", name="pk_indicator_value"),
    )
    op.create_index("ix_indicator_value_case_id", "indicator_value", ["case_id"])
    op.create_index("ix_indicator_value_indicator_month", "indicator_value", ["indicator", "month"])
    op.create_table(
        "import_batch",
        sa.Column("id", Id, sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", Digest(32), nullable=False),
        sa.Column("by", Id, nullable=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("undone_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_import_batch"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_row",
        sa.Column("batch", Id, nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("did", sa.Text, nullable=False),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name="fk_import_row_batch_import_batch"),
        sa.PrimaryKeyConstraint("batch", "no", name="pk_import_row"),
    )
