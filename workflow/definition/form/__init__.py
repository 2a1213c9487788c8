"""Forms: the fields of a definition, a round or a table's rows.

A value comes in as JSON, is *kept* (numbers as decimal text, money in fen, dates as ISO text, moments in UTC), *shown* as
JSON again, and *reckoned* for expressions (numbers as float, a date as its 24:00).
"""

from workflow.definition.form.form import Form, json_schema
from workflow.definition.form.keeping import Wrong, keep
from workflow.definition.form.shapes import (
    Kept,
    as_moment,
    instant_text,
    is_empty,
    kept_from,
    kind_of,
    mask,
    reckoned,
    shown,
)

__all__ = [
    "Form",
    "Kept",
    "Wrong",
    "as_moment",
    "instant_text",
    "is_empty",
    "json_schema",
    "keep",
    "kept_from",
    "kind_of",
    "mask",
    "reckoned",
    "shown",
]
