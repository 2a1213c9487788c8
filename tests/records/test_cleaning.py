"""What is cleaned, what is refused, and what is never guessed."""

from datetime import date, datetime
from typing import Any

import pytest

from workflow.definition.model import Field
from workflow.records.cleaning import Unfit, raw_of, tidy_name
from workflow.records.columns import Column
from workflow.records.workbook import Cell, Fault, Formula
from workflow.text import Label

LOST = (
    "The spreadsheet took the ID number for a number and lost its last digits; "
    "please make it a text and enter it again."
)


def a_column(kind: Any, converter: Any = None, words: dict[str, str] | None = None, **rules: Any) -> Column:
    options = {option: Label(option, option) for option in (words or {}).values()}
    field = Field(name="x", type=kind, label=Label("某", "x"), options=options, **rules)
    return Column(field=field, headings=("x",), converter=converter, words=words or {})


def kept(column: Column, cell: Cell) -> object:
    return raw_of(column, cell)[1]


def refusal(column: Column, cell: Cell) -> str:
    with pytest.raises(Unfit) as unfit:
        raw_of(column, cell)
    reason = unfit.value.reason
    return reason if isinstance(reason, str) else reason.say("en")


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("董 超娜 ", "董超娜"),
        ("\u3000王\u3000芳", "王芳"),
        ("李\n明", "李明"),
        ("阿卜杜·热合曼", "阿卜杜·热合曼"),
        ("Wang Fang", "Wang Fang"),
        ("𠮷田", "𠮷田"),
        ("王\u200b芳\u202e", "王芳"),
        ("Ａ１车间", "A1车间"),
        (None, ""),
    ],
)
def test_names(cell: Cell, name: str) -> None:
    assert tidy_name(cell) == name


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("13098319700414285x", "13098319700414285X"),
        (" 130983 19860917 9211 ", "130983198609179211"),
        ("１３０９８３１９８６０９１７９２１１", "130983198609179211"),
        ("'130983198609179211", "130983198609179211"),
        (130983198609179211, "130983198609179211"),
    ],
)
def test_id_numbers(cell: Cell, number: str) -> None:
    assert kept(a_column("id_number"), cell) == number


@pytest.mark.parametrize(
    "cell", [1.309831973111525e17, 130983197311152000, "1.30983E+17", "1.30983197311153e17"], ids=str
)
def test_id_numbers_that_lost_digits_are_never_guessed(cell: Cell) -> None:
    assert refusal(a_column("id_number"), cell) == LOST


def test_id_numbers_that_are_wrong_say_why() -> None:
    assert "check digit" in refusal(a_column("id_number"), "130983198609179212")
    assert "18 signs" in refusal(a_column("id_number"), 130983860917921)


@pytest.mark.parametrize(
    "cell",
    [
        "１３６３４１０３９４４",
        "136-3410-3944",
        " 136 3410 3944",
        "+8613634103944",
        "0086 13634103944",
        13634103944,
        13634103944.0,
    ],
    ids=str,
)
def test_mobiles(cell: Cell) -> None:
    assert kept(a_column("mobile"), cell) == "13634103944"


@pytest.mark.parametrize("cell", ["0317-5322222", "13634103944/13634103945", 1363410394])
def test_mobiles_that_are_none(cell: Cell) -> None:
    assert "eleven digits" in refusal(a_column("mobile"), cell)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1986.09", "1986-09-01"),
        ("1983年06月", "1983-06-01"),
        ("1983-11", "1983-11-01"),
        ("1983/1", "1983-01-01"),
        ("１９８３．０６", "1983-06-01"),
        ("198306", "1983-06-01"),
        (198306, "1983-06-01"),
        (1986.09, "1986-09-01"),
        (1986.12, "1986-12-01"),
        ("1986年9月5日", "1986-09-05"),
        ("1986-09-05 00:00:00", "1986-09-05"),
        ("19860905", "1986-09-05"),
        (datetime(1986, 9, 5), "1986-09-05"),  # noqa: DTZ001 -- as cells are
        (date(1986, 9, 5), "1986-09-05"),
    ],
)
def test_years_and_months(cell: Cell, day: str) -> None:
    assert kept(a_column("date", "year_month"), cell) == day


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (1986.1, "1986.1 as a number is January or October"),
        ("1986.13", "no day of the calendar"),
        ("去年", "no year and month"),
        ("1896.09", "too long ago"),
        (86.9, "no year and month"),
    ],
)
def test_years_and_months_that_are_none(cell: Cell, reason: str) -> None:
    assert reason in refusal(a_column("date", "year_month"), cell)


def test_a_date_wants_its_day() -> None:
    assert "day is missing" in refusal(a_column("date"), "1986.09")
    assert kept(a_column("date"), "1986.9.5") == "1986-09-05"


def test_titles_are_parted_alike() -> None:
    column = a_column("text", "title")

    assert [kept(column, cell) for cell in ("焊工、高级技师", "焊工／高级技师", "焊工 / 高级技师", "焊工")] == [
        "焊工/高级技师",
        "焊工/高级技师",
        "焊工/高级技师",
        "焊工",
    ]


def test_a_grade_is_found_among_titles() -> None:
    column = a_column("choice", "title", {"高级技师": "senior", "技师": "technician"})

    assert [kept(column, cell) for cell in ("焊工/高级技师", "技师", "教师", None)] == [
        "senior",
        "technician",
        None,
        None,
    ]


def test_options_by_any_of_their_words() -> None:
    column = a_column("choice", words={"本科": "bachelor", "大学本科": "bachelor", "bachelor": "bachelor"})

    assert [kept(column, cell) for cell in ("本科", "大学 本科", "Bachelor", "bachelor")] == ["bachelor"] * 4
    assert "“博士” is not among the options" in refusal(column, "博士")


def test_several_options() -> None:
    column = a_column("choices", words={"甲": "a", "乙": "b"})

    assert kept(column, "乙、甲；乙") == ["b", "a"]


@pytest.mark.parametrize(("cell", "value"), [("是", True), ("无", False), ("√", True), (False, False), ("Yes", True)])
def test_yes_and_no(cell: Cell, value: bool) -> None:
    assert kept(a_column("yes_no"), cell) is value


@pytest.mark.parametrize(("cell", "value"), [("1,234", 1234), (12, 12), (12.0, 12), ("１２", 12)])
def test_numbers(cell: Cell, value: int) -> None:
    assert kept(a_column("integer"), cell) == value


def test_bounds_of_the_form_hold() -> None:
    assert refusal(a_column("long_text", min=5), "很好") == "At least 5 characters; this has 2."
    assert refusal(a_column("text", max=3), "一二三四") == "At most 3 characters; this has 4."
    assert refusal(a_column("integer", max=10), 11) == "Not more than 10."


def test_long_texts_keep_their_lines_and_full_width_signs() -> None:
    assert kept(a_column("long_text"), " 第一，Ａ。\r\n第二_x000D_ ") == "第一，Ａ。\n第二"


@pytest.mark.parametrize("cell", [Formula('=HYPERLINK("http://x","点我")'), '=HYPERLINK("http://x")', " =1+1", "＝1+1"])
@pytest.mark.parametrize("kind", ["text", "long_text", "mobile", "id_number", "choice", "integer", "date"])
def test_formulas_are_refused_everywhere(cell: Cell, kind: str) -> None:
    assert refusal(a_column(kind), cell) == "A formula is not taken; please write what it stands for."


def test_faults_of_a_spreadsheet_are_refused() -> None:
    assert refusal(a_column("text"), Fault("#N/A")) == "The cell shows #N/A: the spreadsheet could not reckon it."


@pytest.mark.parametrize("cell", [None, "", "  ", "/", "—"])
def test_blank_cells_and_dashes_are_nothing(cell: Cell) -> None:
    assert raw_of(a_column("text"), cell) == (None, None)
