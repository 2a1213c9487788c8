"""A value as it is kept, shown to people and programs, masked, and reckoned with."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from workflow.calendar import day_of, end_of
from workflow.definition.expression import MOMENT, NUMBER, TEXT, TRUTH, Kind, choice_of, list_of, map_of, record_of
from workflow.definition.model import Field

Kept = object


def kind_of(field: Field) -> Kind:
    """What a field is to an expression."""
    match field.type:
        case "integer" | "number" | "percent" | "money":
            return NUMBER
        case "date" | "moment":
            return MOMENT
        case "yes_no":
            return TRUTH
        case "choice":
            return choice_of(field.options)
        case "choices":
            return list_of(choice_of(field.options))
        case "files":
            return list_of(TEXT)
        case "table":
            return list_of(record_of({name: kind_of(column) for name, column in field.columns.items()}))
        case "number_each":
            return map_of(NUMBER)
        case "person" | "organisation":
            return record_of(None)
        case "persons":
            return list_of(NUMBER)
    return TEXT


def reckoned(field: Field, kept: Kept) -> object:
    """A kept value as an expression sees it; an empty one is null, an empty list or an empty map."""
    if kept is None:
        return (
            []
            if field.type in ("choices", "files", "table", "persons")
            else {}
            if field.type == "number_each"
            else None
        )
    match field.type:
        case "integer":
            return float(str(kept))
        case "number" | "percent":
            return float(Decimal(str(kept)))
        case "money":
            return float(Decimal(str(kept)) / 100)
        case "date":
            return end_of(date.fromisoformat(str(kept)))
        case "moment":
            return as_moment(kept)
        case "persons" if isinstance(kept, list):
            return [float(str(person)) for person in kept]
        case "table" if isinstance(kept, list):
            return [{name: reckoned(column, row.get(name)) for name, column in field.columns.items()} for row in kept]
        case "number_each" if isinstance(kept, dict):
            return dict.fromkeys(field.options, 0.0) | {option: float(number) for option, number in kept.items()}
    return kept


def kept_from(field: Field, value: object) -> Kept:
    """What an expression gave, as a field keeps it: rounded half up, money to the fen, other numbers to six digits."""
    if value is None:
        return None
    match field.type:
        case "integer" if isinstance(value, float):
            return int(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP))
        case "number" | "percent" if isinstance(value, float):
            return decimal_text(Decimal(repr(value)))
        case "money" if isinstance(value, float):
            return fen(Decimal(repr(value)))
        case "date" if isinstance(value, datetime):
            return day_of(value).isoformat()
        case "moment" if isinstance(value, datetime):
            return instant_text(value)
        case "number_each" if isinstance(value, dict):
            return {str(option): int(number) for option, number in value.items()}
        case "table" if isinstance(value, list):
            return [{name: kept_from(column, row.get(name)) for name, column in field.columns.items()} for row in value]
        case "long_text" | "text" | "mobile" | "email" | "id_number" | "choice" if isinstance(value, str):
            return value
        case "yes_no" if isinstance(value, bool):
            return value
        case "choices" | "files" | "persons" if isinstance(value, list):
            return [int(entry) if isinstance(entry, float) else entry for entry in value]
        case "person" | "organisation":
            number = value.get("id") if isinstance(value, Mapping) else value
            return int(number) if isinstance(number, int | float) else None
    return None


def shown(field: Field, kept: Kept) -> Any:
    """A kept value as JSON for people and programs."""
    if kept is None:
        return None
    match field.type:
        case "number" | "percent":
            return json_number(Decimal(str(kept)))
        case "money":
            return json_number(Decimal(str(kept)) / 100)
        case "table" if isinstance(kept, list):
            return [{name: shown(column, row.get(name)) for name, column in field.columns.items()} for row in kept]
    return kept


def is_empty(kept: Kept) -> bool:
    return kept is None or kept in ("", [], {})


def instant_text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def as_moment(kept: Kept) -> datetime:
    return datetime.fromisoformat(str(kept))


def mask(field: Field, kept: Kept) -> Any:
    """A personal value as others see it: 张*, 138****0001."""
    if is_empty(kept):
        return kept
    match field.type:
        case "mobile":
            text = str(kept)
            return f"{text[:3]}****{text[-4:]}"
        case "id_number":
            text = str(kept)
            return f"{text[:6]}********{text[-4:]}"
        case "email":
            name, _, domain = str(kept).partition("@")
            return f"{name[:1]}***@{domain}"
        case "text":
            text = str(kept)
            return text[:1] + "*" * max(1, len(text) - 1)
    return "***"


def decimal_text(number: Decimal) -> str:
    rounded = number.quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize()
    return format(rounded or Decimal(0), "f")


def fen(yuan: Decimal) -> int:
    return int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))


def json_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
