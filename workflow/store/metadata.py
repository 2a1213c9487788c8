"""The one metadata of all rooms, and the column types that both databases have.

Each room writes its tables in its own `tables.py` with `key`, `column` and `optional`. Texts that hold JSON are plain
`Text` on both databases: what is hashed must come back byte for byte.
"""

from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy
from sqlalchemy import BigInteger, Column, DateTime, Dialect, Identity, Integer, LargeBinary, MetaData, Text
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

Value = TypeVar("Value")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: What stands in a column of due times where there is no deadline, so that one index gives the order on both
#: databases (they disagree about where nulls go). Far enough from the last year that zones can be applied.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

#: A number that the database gives, or a reference to one. SQLite numbers rows only for this very type.
Id = BigInteger().with_variant(Integer(), "sqlite")

#: A word that is looked up by its beginning: in the order of its bytes, whatever the locale of the database.
Word = Text().with_variant(Text(collation="C"), "postgresql")


def instant_text(moment: datetime) -> str:
    """An instant as SQLite and the JSON of events keep it: fixed width, so that the order of texts is that of time."""
    if moment.tzinfo is None:
        raise ValueError(f"an instant has a zone: {moment!r}")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Instant(TypeDecorator[datetime]):
    """A moment: an aware datetime going in, one in UTC coming out. One without a zone is refused, never guessed."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        text = instant_text(value)
        return text if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return instant_of(value) if dialect.name == "sqlite" else value.astimezone(UTC)


class Uuid(TypeDecorator[UUID]):
    """A UUID; on SQLite its usual text of 36 characters, in whose order it also sorts."""

    impl = sqlalchemy.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else sqlalchemy.Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, UUID):
            raise TypeError(f"not a UUID: {value!r}")
        return str(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> UUID | None:
        if value is None:
            return None
        return UUID(value) if dialect.name == "sqlite" else value


class Digest(TypeDecorator[bytes]):
    """So many bytes, no more and no fewer: a hash, a signature."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, length: int = 32) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 -- its shape
        if value is not None and len(value) != self.length:
            raise ValueError(f"{self.length} bytes are wanted, not {len(value)}")
        return value


def key(name: str, kind: TypeEngine[Value] | type[TypeEngine[Value]], *more: SchemaItem) -> Column[Value]:
    """A column of the primary key, whose value we give."""
    return Column(name, kind, *more, primary_key=True, autoincrement=False)


def given(name: str) -> Column[int]:
    """A primary key that the database gives, each number once."""
    return Column(name, Id, Identity(), primary_key=True)


def column(name: str, kind: TypeEngine[Value] | type[TypeEngine[Value]], *more: SchemaItem) -> Column[Value]:
    """A column that always has a value; there are no defaults in the database."""
    return Column(name, kind, *more, nullable=False)


def optional(name: str, kind: TypeEngine[Value] | type[TypeEngine[Value]], *more: SchemaItem) -> Column[Value]:
    return Column(name, kind, *more, nullable=True)
