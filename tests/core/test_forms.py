"""Forms: what a field takes, how it is kept, shown, reckoned with and masked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import ZONE, end_of
from workflow.definition.form import Form, Wrong, is_empty, json_schema, keep, kept_from, kind_of, mask, reckoned, shown
from workflow.definition.model import Field, FieldType
from workflow.text import Label

OPTIONS = {"worker": Label("职工", "Worker"), "head": Label("负责人", "Head"), "other": Label("其他", "Other")}


def a_field(kind: FieldType = "text", **keys: Any) -> Field:
    """A field of a type; choices have three options."""
    options = OPTIONS if kind in ("choice", "choices", "number_each") else {}
    return Field(**{"name": "a", "type": kind, "label": Label("甲", "A"), "options": options, **keys})


def a_table(**keys: Any) -> Field:
    columns = {
        "year": a_field("integer", name="year", required=True, min=1950),
        "what": a_field("text", name="what", default="工作", max=4),
        "paid": a_field("money", name="paid"),
    }
    return a_field("table", columns=columns, **keys)


def said(wrong: Wrong) -> str:
    return str(wrong.found)


# --- what is taken, and how it is kept

KEPT: list[tuple[Field, object, object]] = [
    (a_field("text"), "张伟", "张伟"),
    (a_field("text"), "", None),
    (a_field("text"), None, None),
    (a_field("text"), "on", "on"),
    (a_field("text"), "x" * 200, "x" * 200),
    (a_field("text", max=300), "x" * 300, "x" * 300),
    (a_field("text", min=2), "ab", "ab"),
    (a_field("text"), "𠮷" * 200, "𠮷" * 200),
    (a_field("text"), "阿依古丽·买买提", "阿依古丽·买买提"),
    (a_field("long_text"), "一\n二\t三", "一\n二\t三"),
    (a_field("integer"), 3, 3),
    (a_field("integer"), "3", 3),
    (a_field("integer"), 3.0, 3),
    (a_field("integer"), -3, -3),
    (a_field("number"), 1.5, "1.5"),
    (a_field("number"), 2, "2"),
    (a_field("number"), "0.1", "0.1"),
    (a_field("number"), 1.23456789, "1.234568"),
    (a_field("number"), 0.0000005, "0.000001"),
    (a_field("number"), 0.0000004, "0"),
    (a_field("number", min=0.5, max=1.5), 1.5, "1.5"),
    (a_field("percent"), 100, "100"),
    (a_field("percent"), 0, "0"),
    (a_field("percent", max=150), 120, "120"),
    (a_field("money"), 1234.5, 123450),
    (a_field("money"), "0.01", 1),
    (a_field("money"), 0.1, 10),
    (a_field("money", min=100, max=20000.5), 20000.5, 2000050),
    (a_field("date"), "2026-03-09", "2026-03-09"),
    (a_field("date", min="2026-03-09", max="2026-03-09"), "2026-03-09", "2026-03-09"),
    (a_field("moment"), "2026-03-09 14:00", "2026-03-09T06:00:00.000000Z"),
    (a_field("moment"), "2026-03-09T14:00+08:00", "2026-03-09T06:00:00.000000Z"),
    (a_field("moment"), "2026-03-08 24:00", "2026-03-08T16:00:00.000000Z"),
    (a_field("moment", min="2026-03-09"), "2026-03-09 00:00", "2026-03-08T16:00:00.000000Z"),
    (a_field("moment", max="2026-03-09"), "2026-03-09 23:59", "2026-03-09T15:59:00.000000Z"),
    (a_field("moment", max="2026-03-09 14:00"), "2026-03-09 14:00", "2026-03-09T06:00:00.000000Z"),
    (a_field("yes_no"), True, True),
    (a_field("yes_no"), False, False),
    (a_field("choice"), "head", "head"),
    (a_field("choices"), ["head", "worker", "head"], ["head", "worker"]),
    (a_field("choices"), [], None),
    (a_field("choices", max=2), ["head", "worker"], ["head", "worker"]),
    (a_field("person"), 7, 7),
    (a_field("persons"), [7, 8, 7], [7, 8]),
    (a_field("persons", max=2), [7, 8], [7, 8]),
    (a_field("organisation"), 3, 3),
    (a_field("mobile"), "138 0000-0001", "13800000001"),
    (a_field("email"), " wang.fang@example.org ", "wang.fang@example.org"),
    (a_field("id_number"), "11010519491231002x", "11010519491231002X"),
    (a_field("files"), ["a.pdf", "b.pdf"], ["a.pdf", "b.pdf"]),
    (a_field("files"), [], None),
    (a_field("number_each"), {"head": 2}, {"worker": 0, "head": 2, "other": 0}),
    (a_field("number_each", max=5), {"head": 5, "worker": 1, "other": 0}, {"worker": 1, "head": 5, "other": 0}),
    (
        a_table(),
        [{"year": 1999}, {"year": 2005, "what": "班长", "paid": 0.5}],
        [{"year": 1999, "what": "工作", "paid": None}, {"year": 2005, "what": "班长", "paid": 50}],
    ),
    (a_table(), [{"year": 1999, "what": None}], [{"year": 1999, "what": None, "paid": None}]),
    (a_table(), [], None),
]


@pytest.mark.parametrize(("field", "raw", "kept"), KEPT)
def test_value_is_kept(field: Field, raw: object, kept: object) -> None:
    assert kept == keep(field, raw)


REFUSED: list[tuple[Field, object, str]] = [
    (a_field("text"), 3, "A text is wanted"),
    (a_field("text"), "x" * 201, "At most"),
    (a_field("text", max=5), "x" * 6, "At most"),
    (a_field("text", min=2), "x", "At least"),
    (a_field("text"), "a\nb", "cannot be printed"),
    (a_field("text"), "a\x00b", "cannot be printed"),
    (a_field("long_text"), "a\x00b", "cannot be printed"),
    (a_field("text"), "\ud800", "cannot be printed"),
    (a_field("long_text"), "x" * 20001, "At most"),
    (a_field("integer"), 2.5, "whole number"),
    (a_field("integer"), "甲", "A number is wanted"),
    (a_field("integer"), True, "A number is wanted"),
    (a_field("integer"), [1], "A number is wanted"),
    (a_field("integer", min=1), 0, "Not less than"),
    (a_field("integer", max=1), 2, "Not more than"),
    (a_field("number"), float("nan"), "too large"),
    (a_field("number"), float("inf"), "too large"),
    (a_field("number"), 1e15, "too large"),
    (a_field("percent"), 100.1, "Not more than"),
    (a_field("percent"), -0.1, "Not less than"),
    (a_field("money"), 0.001, "two decimals"),
    (a_field("money", max=20000.5), 20000.51, "Not more than"),
    (a_field("date"), "2026-02-30", "A date is wanted"),
    (a_field("date"), "9 March", "A date is wanted"),
    (a_field("date"), "2026-W11-1", "A date is wanted"),
    (a_field("date"), 20260309, "A date is wanted"),
    (a_field("date", min="2026-03-09"), "2026-03-08", "Not before"),
    (a_field("date", max="2026-03-09"), "2026-03-10", "Not after"),
    (a_field("moment"), "14:00", "A moment is wanted"),
    (a_field("moment"), "2026-03-09", "A moment is wanted"),
    (a_field("moment"), "9999-12-31T23:59:59-23:00", "A day of the years {first} to {last}"),
    (a_field("date"), "9999-12-31", "A day of the years {first} to {last}"),
    (a_field("date"), "0001-01-01", "A day of the years {first} to {last}"),
    (a_field("moment", min="2026-03-09"), "2026-03-08 23:59", "Not before"),
    (a_field("moment", max="2026-03-09"), "2026-03-10 00:01", "Not after"),
    (a_field("moment", max="2026-03-09 14:00"), "2026-03-09 14:01", "Not after"),
    (a_field("yes_no"), "yes", "Yes or no"),
    (a_field("yes_no"), 1, "Yes or no"),
    (a_field("choice"), "hed", "is not among the options"),
    (a_field("choice"), True, "is not among the options"),
    (a_field("choice"), ["head"], "is not among the options"),
    (a_field("choices"), "head", "A list of options"),
    (a_field("choices"), ["hed"], "is not among the options"),
    (a_field("choices", max=1), ["head", "worker"], "At most"),
    (a_field("choices", min=2), ["head"], "At least"),
    (a_field("person"), "王芳", "The id of a person"),
    (a_field("person"), 0, "The id of a person"),
    (a_field("person"), True, "The id of a person"),
    (a_field("persons"), 7, "A list of persons"),
    (a_field("persons", max=1), [7, 8], "At most"),
    (a_field("mobile"), "23800000001", "A mobile number"),
    (a_field("mobile"), "1380000000", "A mobile number"),
    (a_field("email"), "wang", "An e-mail address"),
    (a_field("email"), "a@b", "An e-mail address"),
    (a_field("id_number"), "110105194912310021", "check digit"),
    (a_field("id_number"), "1101051949123100", "18 signs"),
    (a_field("id_number"), "110105194913310021", "no day of the calendar"),
    (a_field("files"), "a.pdf", "A list of attachments"),
    (a_field("files"), [1], "A list of attachments"),
    (a_field("files", max=1), ["a", "b"], "At most"),
    (a_field("number_each"), {"boss": 1}, "is not among the options"),
    (a_field("number_each"), {"head": 1.5}, "whole number"),
    (a_field("number_each", max=5), {"head": 6}, "Not more than"),
    (a_field("number_each"), [1], "A map of options"),
    (a_table(), {"year": 1}, "A list of rows"),
    (a_table(), [3], "A row is a map"),
    (a_table(), [{}], "This is needed."),
    (a_table(), [{"year": 1949}], "Not less than"),
    (a_table(), [{"year": 1999, "colour": "red"}], "There is no field"),
    (a_table(), [{"year": 1999, "what": "五个字长"}, {"year": 1999, "what": "五个字长了"}], "'1'"),
    (a_table(max=1), [{"year": 1999}, {"year": 2000}], "At most"),
    (a_table(min=2), [{"year": 1999}], "At least"),
    (a_table(), [{"year": 1999}] * 101, "At most"),
]


@pytest.mark.parametrize(("field", "raw", "reason"), REFUSED)
def test_value_is_refused_with_a_sentence(field: Field, raw: object, reason: str) -> None:
    with pytest.raises(Wrong) as wrong:
        keep(field, raw)

    assert reason in said(wrong.value)


# --- how it is seen again

SEEN: list[tuple[Field, object, object, object]] = [
    # kept, shown, reckoned
    (a_field("text"), "张伟", "张伟", "张伟"),
    (a_field("integer"), 3, 3, 3.0),
    (a_field("number"), "1.5", 1.5, 1.5),
    (a_field("number"), "2", 2, 2.0),
    (a_field("percent"), "80.2", 80.2, 80.2),
    (a_field("money"), 123456, 1234.56, 1234.56),
    (a_field("money"), 100, 1, 1.0),
    (a_field("date"), "2026-03-09", "2026-03-09", end_of(date(2026, 3, 9))),
    (
        a_field("moment"),
        "2026-03-09T06:00:00.000000Z",
        "2026-03-09T06:00:00.000000Z",
        datetime(2026, 3, 9, 14, 0, tzinfo=ZONE),
    ),
    (a_field("yes_no"), True, True, True),
    (a_field("choice"), "head", "head", "head"),
    (a_field("choices"), ["head"], ["head"], ["head"]),
    (
        a_field("number_each"),
        {"head": 2, "worker": 0},
        {"head": 2, "worker": 0},
        {"head": 2.0, "worker": 0.0, "other": 0.0},
    ),
    (
        a_table(),
        [{"year": 1999, "what": "工作", "paid": 50}],
        [{"year": 1999, "what": "工作", "paid": 0.5}],
        [{"year": 1999.0, "what": "工作", "paid": 0.5}],
    ),
    (a_field("text"), None, None, None),
    (a_field("integer"), None, None, None),
    (a_field("date"), None, None, None),
    (a_field("choices"), None, None, []),
    (a_field("files"), None, None, []),
    (a_field("persons"), None, None, []),
    (a_table(), None, None, []),
    (a_field("number_each"), None, None, {}),
]


@pytest.mark.parametrize(("field", "kept", "as_shown", "as_reckoned"), SEEN)
def test_kept_value_is_seen(field: Field, kept: object, as_shown: object, as_reckoned: object) -> None:
    assert as_shown == shown(field, kept)
    assert as_reckoned == reckoned(field, kept)


COMPUTED: list[tuple[Field, object, object]] = [
    (a_field("integer"), 60.5, 61),
    (a_field("integer"), -60.5, -61),
    (a_field("integer"), 2.4999, 2),
    (a_field("number"), 100 / 3, "33.333333"),
    (a_field("number"), 0.1 + 0.2, "0.3"),
    (a_field("percent"), 80.17857142857143, "80.178571"),
    (a_field("money"), 33.335, 3334),
    (a_field("money"), 1.005, 101),
    (a_field("date"), end_of(date(2026, 3, 9)), "2026-03-09"),
    (a_field("date"), datetime(2026, 3, 9, 10, 0, tzinfo=ZONE), "2026-03-09"),
    (a_field("date"), datetime(2026, 3, 9, 16, 0, tzinfo=UTC), "2026-03-09"),
    (a_field("moment"), datetime(2026, 3, 9, 14, 0, tzinfo=ZONE), "2026-03-09T06:00:00.000000Z"),
    (a_field("yes_no"), True, True),
    (a_field("text"), "甲", "甲"),
    (a_field("choice"), "head", "head"),
    (a_field("choices"), ["head"], ["head"]),
    (a_field("text"), 3.0, None),
    (a_field("integer"), None, None),
]


@pytest.mark.parametrize(("field", "found", "kept"), COMPUTED)
def test_what_an_expression_gave_is_kept_rounded_half_up(field: Field, found: object, kept: object) -> None:
    assert kept == kept_from(field, found)


MASKED: list[tuple[Field, str | None, object]] = [
    (a_field("text"), "张伟", "张*"),
    (a_field("text"), "张", "张*"),
    (a_field("text"), "欧阳修文", "欧***"),
    (a_field("mobile"), "13800000001", "138****0001"),
    (a_field("id_number"), "11010519491231002X", "110105********002X"),
    (a_field("email"), "wang.fang@example.org", "w***@example.org"),
    (a_field("long_text"), "病情", "***"),
    (a_field("date"), "1990-05-20", "***"),
    (a_field("text"), None, None),
]


@pytest.mark.parametrize(("field", "kept", "as_seen"), MASKED)
def test_personal_value_is_masked(field: Field, kept: str | None, as_seen: object) -> None:
    assert as_seen == mask(field, kept)


@pytest.mark.parametrize(
    ("kept", "empty"), [(None, True), ("", True), ([], True), ({}, True), (0, False), (False, False)]
)
def test_nothing_is_empty_but_nothing(kept: object, empty: bool) -> None:
    assert empty == is_empty(kept)


# --- forms

FIELDS: Mapping[str, Field] = {
    "name": a_field("text", name="name", required=True, max=5),
    "days": a_field("number", name="days", min=0.5),
    "kind": a_field("choice", name="kind"),
    "total": a_field("number", name="total", constant=3),
    "rows": Field(**{**{key: getattr(a_table(), key) for key in a_table().__slots__}, "name": "rows"}),
}


def test_form_keeps_what_fits_and_tells_the_rest_by_field() -> None:
    kept, problems = Form(FIELDS).clean(
        {"name": "甲乙丙丁戊己", "days": 2, "kind": None, "total": 4, "colour": "red", "rows": [{"year": 1}]}
    )

    assert kept == {"days": "2", "kind": None}
    assert sorted((problem.at, problem.code) for problem in problems) == [
        ("/data/colour", "unknown_key"),
        ("/data/name", "data"),
        ("/data/rows/0/year", "data"),
        ("/data/total", "read_only"),
    ]


def test_form_suggests_the_field_that_was_meant() -> None:
    _, problems = Form(FIELDS).clean({"nam": "甲"})

    assert [problem.say("en") for problem in problems] == ["There is no field “nam”. Did you mean “name”?"]


def test_form_as_json_schema() -> None:
    schema = Form(FIELDS).json_schema()

    assert schema["required"] == ["name"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["name"] == {
        "title": "甲",
        "x-label": {"zh": "甲", "en": "A"},
        "type": "string",
        "minLength": 0,
        "maxLength": 5,
    }
    assert schema["properties"]["kind"]["enum"] == ["worker", "head", "other"]
    assert schema["properties"]["total"]["readOnly"] is True
    assert schema["properties"]["rows"]["items"]["required"] == ["year"]


@pytest.mark.parametrize("kind", ["text", "integer", "percent", "money", "date", "choices", "files", "number_each"])
def test_each_type_has_a_json_schema_and_a_kind(kind: FieldType) -> None:
    assert json_schema(a_field(kind))["type"]
    assert kind_of(a_field(kind)).word in ("text", "number", "moment", "list", "map")


# --- what holds always


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_money_comes_back_to_the_fen(amount: Decimal) -> None:
    field = a_field("money")
    kept = keep(field, str(amount))

    assert int(amount * 100) == kept
    assert Decimal(str(shown(field, kept))) == amount
    assert kept == kept_from(field, reckoned(field, kept))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**6), max_value=10**6))
def test_number_comes_back_to_six_digits(number: Decimal) -> None:
    field = a_field("number")
    kept = keep(field, str(number))

    assert Decimal(str(kept)) == number
    assert kept == kept_from(field, reckoned(field, kept))


@given(st.dates(date(1800, 1, 1), date(2200, 12, 31)))
def test_date_comes_back(day: date) -> None:
    field = a_field("date")

    assert day.isoformat() == kept_from(field, reckoned(field, keep(field, day.isoformat())))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
TYPES: tuple[FieldType, ...] = (
    "text",
    "long_text",
    "integer",
    "number",
    "percent",
    "money",
    "date",
    "moment",
    "yes_no",
    "choice",
    "choices",
    "person",
    "persons",
    "organisation",
    "mobile",
    "email",
    "id_number",
    "files",
    "number_each",
)


@given(st.sampled_from(TYPES), values)
def test_whatever_comes_in_is_kept_or_refused_with_a_sentence(kind: FieldType, raw: object) -> None:
    field = a_field(kind)
    try:
        kept = keep(field, raw)
    except Wrong:
        return

    assert kept == keep(field, shown(field, kept))
    assert (reckoned(field, kept) in (None, [], {})) == is_empty(kept)


@given(values)
def test_whatever_comes_in_as_rows_is_kept_or_refused(raw: object) -> None:
    try:
        kept = keep(a_table(), raw)
    except Wrong:
        return

    assert kept is None or isinstance(kept, list)
