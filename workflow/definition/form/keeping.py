"""What comes in as JSON, field type by field type, and how it is kept; what cannot be kept is said in a sentence."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from workflow.calendar import FIRST_DAY, LAST_DAY, ZONE, at_time, end_of, is_reckoned_with
from workflow.definition.expression.kinds import nearest
from workflow.definition.form.shapes import Kept, decimal_text, fen, instant_text
from workflow.definition.model import Field, Fields
from workflow.text import Sayable, Sentence, sentence

TEXT_MOST = 200
LONG_TEXT_MOST = 20_000
ROWS_MOST = 100
FILES_MOST = 20
MOBILE = re.compile(r"1[3-9]\d{9}")
_NUMBER_MOST = Decimal(10) ** 15
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\]+")
#: NUL and lone surrogates have no place in a history that is hashed; line breaks and tabs may stand in long texts only.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\r\n\u2028\u2029]")


class Wrong(Exception):
    """A value that cannot be kept: sentences, by place below the field."""

    def __init__(self, found: list[Sayable] | dict[str, Any]) -> None:
        self.found = found
        super().__init__(str(found))


def keep(field: Field, raw: object) -> Kept:
    """The kept value of what was sent; raises Wrong with sentences."""
    if raw is None or raw in ("", []):
        return None
    return _KEEPERS[field.type](field, raw)


def _wrong(template: Sentence) -> Wrong:
    return Wrong([template])


def _text(field: Field, raw: object) -> str:
    if not isinstance(raw, str):
        raise _wrong(sentence("A text is wanted."))
    if _UNFIT.search(raw) or (field.type != "long_text" and _LINE_BREAK.search(raw)):
        raise _wrong(sentence("There is a sign in it that cannot be printed, or a line break."))
    most, least = _whole(field.max) or longest(field), _whole(field.min) or 0
    if len(raw) > most:
        raise _wrong(sentence("At most {most} characters; this has {found}.", most=most, found=len(raw)))
    if len(raw) < least:
        raise _wrong(sentence("At least {least} characters; this has {found}.", least=least, found=len(raw)))
    return raw


def longest(field: Field) -> int:
    return LONG_TEXT_MOST if field.type == "long_text" else TEXT_MOST


def _decimal(field: Field, raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise _wrong(sentence("A number is wanted."))
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation as wrong:
        raise _wrong(sentence("A number is wanted.")) from wrong
    if not number.is_finite() or abs(number) >= _NUMBER_MOST:
        raise _wrong(sentence("This number is too large."))
    low, high = field.min, field.max
    if field.type == "percent":
        low, high = (0 if low is None else low), (100 if high is None else high)
    if low is not None and number < Decimal(str(low)):
        raise _wrong(sentence("Not less than {least}.", least=low))
    if high is not None and number > Decimal(str(high)):
        raise _wrong(sentence("Not more than {most}.", most=high))
    return number


def _integer(field: Field, raw: object) -> int:
    number = _decimal(field, raw)
    if number != number.to_integral_value():
        raise _wrong(sentence("A whole number is wanted."))
    return int(number)


def _money(field: Field, raw: object) -> int:
    number = _decimal(field, raw)
    if number != round(number, 2):
        raise _wrong(sentence("Yuan with at most two decimals, please."))
    return fen(number)


def _date(field: Field, raw: object) -> str:
    text = str(raw).strip()
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise _wrong(sentence("A date is wanted, like 2026-03-09.")) from wrong
    if day.isoformat() != text:
        raise _wrong(sentence("A date is wanted, like 2026-03-09."))
    _check_day(day)
    if field.min is not None and day.isoformat() < str(field.min):
        raise _wrong(sentence("Not before {first}.", first=field.min))
    if field.max is not None and day.isoformat() > str(field.max):
        raise _wrong(sentence("Not after {last}.", last=field.max))
    return day.isoformat()


def _moment(field: Field, raw: object) -> str:
    text = str(raw).strip()
    try:
        day = date.fromisoformat(text[:10])
        _check_day(day)
        moment = end_of(day) if text[11:] == "24:00" else datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise _wrong(sentence("A moment is wanted, like 2026-03-09 14:00.")) from wrong
    if len(text) == len("2026-03-09"):
        raise _wrong(sentence("A moment is wanted, like 2026-03-09 14:00."))
    if field.min is not None and moment < _bound(str(field.min), last=False):
        raise _wrong(sentence("Not before {first}.", first=field.min))
    if field.max is not None and moment > _bound(str(field.max), last=True):
        raise _wrong(sentence("Not after {last}.", last=field.max))
    return instant_text(moment)


def _check_day(day: date) -> None:
    if not is_reckoned_with(day):
        years = sentence("A day of the years {first} to {last} is wanted.", first=FIRST_DAY.year, last=LAST_DAY.year)
        raise _wrong(years)


def _bound(text: str, *, last: bool) -> datetime:
    """A moment that bounds others; a date is its beginning, or as the last its 24:00."""
    if len(text) == len("2026-03-09"):
        day = date.fromisoformat(text)
        return end_of(day) if last else at_time(day, time())
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def _yes_no(_: Field, raw: object) -> bool:
    if not isinstance(raw, bool):
        raise _wrong(sentence("Yes or no is wanted: true or false."))
    return raw


def _choice(field: Field, raw: object) -> str:
    if not isinstance(raw, str) or raw not in field.options:
        hint = nearest(str(raw), field.options)
        listed = list(field.options.values())
        raise Wrong(
            [
                sentence("“{value}” is not among the options: {options}.", value=str(raw)[:40], options=listed),
                *([hint] if hint else []),
            ]
        )
    return str(raw)


def _choices(field: Field, raw: object) -> list[str]:
    if not isinstance(raw, list):
        raise _wrong(sentence("A list of options is wanted."))
    found = list(dict.fromkeys(_choice(field, option) for option in raw))
    _check_count(field, len(found), len(field.options))
    return found


def _id(_: Field, raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 < raw < 2**53:
        raise _wrong(sentence("The id of a person or an organisation is wanted."))
    return raw


def _ids(field: Field, raw: object) -> list[int]:
    if not isinstance(raw, list):
        raise _wrong(sentence("A list of persons is wanted."))
    found = list(dict.fromkeys(_id(field, person) for person in raw))
    _check_count(field, len(found), ROWS_MOST)
    return found


def _mobile(_: Field, raw: object) -> str:
    text = re.sub(r"[\s-]", "", str(raw))
    if not MOBILE.fullmatch(text):
        raise _wrong(sentence("A mobile number has eleven digits and begins with 1, like 13800000001."))
    return text


def _email(_: Field, raw: object) -> str:
    text = str(raw).strip()
    if len(text) > TEXT_MOST or not _EMAIL.fullmatch(text):
        raise _wrong(sentence("An e-mail address is wanted, like wang.fang@example.org."))
    return text


def _id_number(_: Field, raw: object) -> str:
    text = re.sub(r"\s", "", str(raw)).upper()
    if not re.fullmatch(r"\d{17}[\dX]", text):
        raise _wrong(sentence("An ID number has 18 signs: 17 digits and a digit or X."))
    # Not stdnum's validate: it knows a birthplace only for the years in which the district had that code.
    if ric.calc_check_digit(text) != text[-1]:
        raise _wrong(sentence("The check digit of this ID number does not fit; a digit may be wrong."))
    try:
        ric.get_birth_date(text)
    except InvalidComponent as wrong:
        raise _wrong(sentence("The birth date in this ID number is no day of the calendar.")) from wrong
    return text


def _files(field: Field, raw: object) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(file, str) and 0 < len(file) <= TEXT_MOST for file in raw):
        raise _wrong(sentence("A list of attachments is wanted."))
    found = list(dict.fromkeys(raw))
    _check_count(field, len(found), FILES_MOST)
    return found


def _table(field: Field, raw: object) -> list[dict[str, Kept]]:
    if not isinstance(raw, list):
        raise _wrong(sentence("A list of rows is wanted."))
    _check_count(field, len(raw), ROWS_MOST)
    rows: list[dict[str, Kept]] = []
    wrong: dict[str, Any] = {}
    for number, row in enumerate(raw):
        found: dict[str, Any] = {}
        rows.append(_row(field.columns, row, found))
        if found:
            wrong[str(number)] = found
    if wrong:
        raise Wrong(wrong)
    return rows


def _row(columns: Fields, row: object, wrong: dict[str, Any]) -> dict[str, Kept]:
    if not isinstance(row, dict):
        wrong["_row"] = [sentence("A row is a map of its columns.")]
        return {}
    for name in row.keys() - columns.keys():
        wrong[str(name)] = [
            sentence("There is no field “{name}”.", name=name),
            *filter(None, [nearest(str(name), columns)]),
        ]
    kept: dict[str, Kept] = {}
    for name, column in columns.items():
        try:
            kept[name] = keep(column, row[name]) if name in row else column.default
        except Wrong as problem:
            wrong[name] = problem.found
        else:
            if kept[name] is None and column.required is True:
                wrong[name] = [sentence("This is needed.")]
    return kept


def _number_each(field: Field, raw: object) -> dict[str, int]:
    if not isinstance(raw, dict):
        raise _wrong(sentence("A map of options to whole numbers is wanted."))
    unknown = [str(option) for option in raw if option not in field.options]
    if unknown:
        raise Wrong(
            [sentence("“{value}” is not among the options: {options}.", value=unknown[0], options=list(field.options))]
        )
    return {option: _integer(field, raw.get(option) or 0) for option in field.options}


_KEEPERS: dict[str, Callable[[Field, Any], Kept]] = {
    "text": _text,
    "long_text": _text,
    "integer": _integer,
    "number": lambda field, raw: decimal_text(_decimal(field, raw)),
    "percent": lambda field, raw: decimal_text(_decimal(field, raw)),
    "money": _money,
    "date": _date,
    "moment": _moment,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "person": _id,
    "persons": _ids,
    "organisation": _id,
    "mobile": _mobile,
    "email": _email,
    "id_number": _id_number,
    "files": _files,
    "table": _table,
    "number_each": _number_each,
}


def _check_count(field: Field, count: int, usual: int) -> None:
    """Of options, persons, files and rows, how many there may be."""
    most, least = _whole(field.max), _whole(field.min) or 0
    most = usual if most is None else most
    if count > most:
        raise _wrong(sentence("At most {most}; these are {found}.", most=most, found=count))
    if count < least:
        raise _wrong(sentence("At least {least}; these are {found}.", least=least, found=count))


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))
