"""What all changes are."""

from msgspec import Struct


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="#"):
    """One thing that is different afterwards."""
