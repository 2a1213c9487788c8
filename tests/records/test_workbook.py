"""Reading what offices send: rows that know where they stand, and a sentence for every file that is none."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.records.books import HEADINGS, a_book, a_row, an_archive, rows_of, with_part
from workflow.errors import Malformed, NotFound, TooLarge, WorkflowError
from workflow.records.archives import ArchiveLimits
from workflow.records.headings import Table, find_tables
from workflow.records.workbook import Fault, Formula, Limits, letter_of, read_grids

WANTED = {
    "township": ("乡镇(街道)",),
    "unit": ("工作单位",),
    "name": ("姓名",),
    "born_on": ("出生年月",),
    "mobile": ("联系电话",),
}
ESSENTIAL = ("township", "unit", "name")
DAY = datetime(1986, 9, 5)  # noqa: DTZ001 -- as cells are


def the_table(file: Path) -> Table:
    (table,) = find_tables(read_grids(file), WANTED, ESSENTIAL)
    return table


def names_in(table: Table) -> list[tuple[int, Any]]:
    return [(row.number, row.at(table.places["name"])) for row in table.rows]


def wrong(doing: Callable[[], object], kind: type[WorkflowError] = Malformed) -> str:
    with pytest.raises(kind) as refused:
        doing()
    return refused.value.say("en")


# --- rows and headings


def test_titles_totals_and_notes_are_no_rows(tmp_path: Path) -> None:
    table = the_table(a_book(tmp_path / "a.xlsx", rows_of(3)))

    assert names_in(table) == [(4, "王建军"), (5, "王建军"), (6, "王建军")]
    assert table.headings[5] == "出生\n年月"
    assert table.sheet is None


def test_blank_and_numbered_empty_rows_are_skipped(tmp_path: Path) -> None:
    rows = [a_row(), [None], [2], ["  "], a_row(name="李明"), [4, None, ""]]

    assert names_in(the_table(a_book(tmp_path / "a.xlsx", rows))) == [(4, "王建军"), (8, "李明")]


def test_headings_over_two_rows(tmp_path: Path) -> None:
    above = ["序号", "乡镇(街道)", "工作单位", "姓名", "联系方式", None]
    below = [None, None, None, None, "联系电话", "邮箱"]
    file = a_book(tmp_path / "a.xlsx", [below, [1, "旧城镇", "甲厂", "王芳", "13800000001", None]], headings=above)

    table = the_table(file)

    assert names_in(table) == [(5, "王芳")]
    assert table.places["mobile"] == 4


def test_headings_merged_over_two_rows(tmp_path: Path) -> None:
    def merge(book: Workbook) -> None:
        for column in range(1, len(HEADINGS) + 1):
            book.worksheets[0].merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)

    rows = [[None] * len(HEADINGS), a_row()]

    assert names_in(the_table(a_book(tmp_path / "a.xlsx", rows, change=merge))) == [(5, "王建军")]


def test_headings_repeated_on_each_page_are_no_rows(tmp_path: Path) -> None:
    rows = [a_row(), ["小计", None, None, 1], list(HEADINGS), a_row(name="李明")]

    assert names_in(the_table(a_book(tmp_path / "a.xlsx", rows))) == [(4, "王建军"), (7, "李明")]


def test_whole_rows_below_a_total_still_count(tmp_path: Path) -> None:
    tail: list[list[Any]] = [["合计", None, None, 1], ["填报人:王芳", None, None, "电话"], a_row(name="李明")]

    assert names_in(the_table(a_book(tmp_path / "a.xlsx", [a_row()], tail=tail))) == [(4, "王建军"), (7, "李明")]


def test_township_merged_over_its_rows_stands_in_each(tmp_path: Path) -> None:
    def merge(book: Workbook) -> None:
        book.worksheets[0].merge_cells("B4:B6")

    rows = [a_row(), a_row(township=None), a_row(township=None), a_row(township=None)]
    table = the_table(a_book(tmp_path / "a.xlsx", rows, change=merge))

    assert [row.at(1) for row in table.rows] == ["旧城镇", "旧城镇", "旧城镇", None]


def test_sheets_without_the_headings_and_hidden_ones_are_left_out(tmp_path: Path) -> None:
    def more(book: Workbook) -> None:
        book.create_sheet("填表说明").append(["一、身份证号码须为18位"])
        hidden = book.create_sheet("去年")
        for row in (HEADINGS, a_row(name="张三")):
            hidden.append(list(row))
        hidden.sheet_state = "hidden"

    assert names_in(the_table(a_book(tmp_path / "a.xlsx", [a_row()], change=more))) == [(4, "王建军")]


def test_several_sheets_with_the_headings_are_all_read(tmp_path: Path) -> None:
    def more(book: Workbook) -> None:
        book.worksheets[0].title = "旧城镇"
        second = book.create_sheet("常郭镇")
        for row in (HEADINGS, a_row(name="李明")):
            second.append(list(row))

    tables = find_tables(read_grids(a_book(tmp_path / "a.xlsx", [a_row()], change=more)), WANTED, ESSENTIAL)

    assert [(table.sheet, names_in(table)) for table in tables] == [
        ("旧城镇", [(4, "王建军")]),
        ("常郭镇", [(2, "李明")]),
    ]


def test_missing_headings_are_named(tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", [a_row()], headings=["序号", "乡镇", "工作单位", "姓 名:"])

    assert wrong(lambda: the_table(file)) == "Row 3 has the headings, but not: 乡镇(街道)."


def test_a_sheet_without_any_heading_says_what_was_looked_for(tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", [a_row()], headings=["甲", "乙"])

    assert wrong(lambda: the_table(file)) == "No row has the headings; looked for were: 乡镇(街道), 工作单位, 姓名."


def test_two_columns_that_mean_the_same_are_refused(tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", [], headings=["乡镇(街道)", "工作单位", "姓名", "姓名(二)"])

    assert wrong(lambda: the_table(file)) == "Several columns mean the same: 姓名(二)."


def test_cells_are_what_they_were(tmp_path: Path) -> None:
    cells = ["=1+1", "文字", 12, 1.5, True, DAY, "#N/A", None, " x "]
    file = a_book(tmp_path / "a.xlsx", [cells], titles=(), headings=["a"], tail=())

    (grid,) = read_grids(file)

    assert grid.rows[1].cells == (
        Formula("=1+1"),
        "文字",
        12,
        1.5,
        True,
        DAY,
        Fault("#N/A"),
        None,
        " x ",
    )
    assert [type(cell) for cell in grid.rows[1].cells[:2]] == [Formula, str]
    assert type(grid.rows[1].cells[6]) is Fault


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_spreadsheets_do(place: int, letter: str) -> None:
    assert letter_of(place) == letter


# --- csv


def csv_of(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    quoted = [delimiter.join(f'"{cell}"' if set(cell) & {",", ";", "\n"} else cell for cell in row) for row in rows]
    return "\r\n".join(quoted)


CSV_ROWS = (
    ("汇总表", "", "", ""),
    ("乡镇(街道)", "工作单位", "姓名", "主要事迹"),
    ("旧城镇", "甲厂", "王芳", "一;二;三,四\n五"),
    ("常郭镇", "乙厂", "李明", "无"),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_of_any_office_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv_of(CSV_ROWS, delimiter).encode(encoding))

    table = the_table(file)

    assert names_in(table) == [(3, "王芳"), (4, "李明")]
    assert table.rows[0].at(3) == "一;二;三,四\n五"


def test_csv_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    for data in (b"\xff\xd8\xff\xe0 picture", b"a,b\x00c", b"<html><table>", b"<?xml version='1.0'?>"):
        file.write_bytes(data)

        assert wrong(lambda: read_grids(file)) == "This is no workbook; .xlsx and .csv are taken."


# --- what is no workbook


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read" in wrong(lambda: read_grids(tmp_path / "none.xlsx"), NotFound)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"some text", "This is no workbook; .xlsx and .csv are taken."),
        (b"PK\x03\x04 and so on", "This file is damaged; please save it again."),
        (an_archive({"a.txt": b"x"}), "This is no workbook; .xlsx and .csv are taken."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "This file has a password; please save it without one.",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook",
            "This is a workbook of before 2007 (.xls); please save it as .xlsx.",
        ),
    ],
)
def test_files_that_are_no_workbooks(tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(data)

    assert wrong(lambda: read_grids(file)) == said


def test_a_document_is_no_workbook(tmp_path: Path) -> None:
    types = b'<Types><Override ContentType="application/vnd.ms.wordprocessingml.document.main+xml"/></Types>'
    file = tmp_path / "a.xlsx"
    file.write_bytes(an_archive({"[Content_Types].xml": types}))

    assert wrong(lambda: read_grids(file)) == "This is no workbook; .xlsx and .csv are taken."


def test_a_workbook_with_macros_is_refused_whatever_its_name(tmp_path: Path) -> None:
    whole = a_book(tmp_path / "a.xlsx", [a_row()])
    by_type = with_part(
        whole,
        tmp_path / "b.xlsx",
        {
            "[Content_Types].xml": lambda data: data.replace(
                b"officedocument.spreadsheetml.sheet.main", b"sheet.macroEnabled.main"
            )
        },
    )
    by_part = with_part(whole, tmp_path / "c.xlsx", {"xl/vbaProject.bin": lambda _: b"Sub"})

    for file in (by_type, by_part):
        assert "has macros" in wrong(lambda file=file: read_grids(file))  # type: ignore[misc]


@pytest.mark.parametrize(
    "sheet",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>',
        b'<?xml version="1.0"?>' + b"<!-- -->" * 200_000 + b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'.encode("utf-16"),
    ],
    ids=["entities", "far behind", "utf-16"],
)
def test_entities_are_refused(tmp_path: Path, sheet: bytes) -> None:
    file = with_part(
        a_book(tmp_path / "a.xlsx", [a_row()]), tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": lambda _: sheet}
    )

    assert wrong(lambda: read_grids(file)) == "This file declares entities; office programs never do."


def test_parts_in_strange_encodings_are_refused(tmp_path: Path) -> None:
    sheet = '<?xml version="1.0" encoding="cp037"?><!DOCTYPE x>'.encode("cp037")
    file = with_part(
        a_book(tmp_path / "a.xlsx", [a_row()]), tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": lambda _: sheet}
    )

    assert wrong(lambda: read_grids(file)) == "This file is damaged; please save it again."


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = with_part(
        a_book(tmp_path / "a.xlsx", [a_row()]),
        tmp_path / "b.xlsx",
        {"xl/worksheets/sheet1.xml": lambda data: data + b" " * 30_000_000},
    )
    assert file.stat().st_size < 100_000
    limits = Limits(archive=ArchiveLimits(unpacked=16 * 1024 * 1024))

    said = wrong(lambda: read_grids(file, limits=limits), TooLarge)

    assert said == "Unpacked, this file is larger than what is taken here: 16 MB."


def test_sizes_rows_and_members_are_bounded(tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", rows_of(4))

    assert "larger" in wrong(lambda: read_grids(file, limits=Limits(file=100)), TooLarge)
    assert "At most 5 rows" in wrong(lambda: read_grids(file, limits=Limits(rows=5)), TooLarge)
    few = Limits(archive=ArchiveLimits(members=3))
    assert "Unpacked" in wrong(lambda: read_grids(file, limits=few), TooLarge)


def test_a_cell_far_below_costs_nothing_and_one_beyond_every_sheet_is_damage(tmp_path: Path) -> None:
    def far(book: Workbook) -> None:
        book.worksheets[0]["B1048576"] = "x"

    file = a_book(tmp_path / "a.xlsx", [a_row()], change=far)
    (grid,) = read_grids(file)
    assert grid.rows[-1].number == 1_048_576

    beyond = with_part(
        file, tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": lambda data: data.replace(b"1048576", b"99999999")}
    )
    assert wrong(lambda: read_grids(beyond)) == "This file is damaged; please save it again."


def test_wrong_dimensions_are_not_believed(tmp_path: Path) -> None:
    file = with_part(
        a_book(tmp_path / "a.xlsx", rows_of(3)),
        tmp_path / "b.xlsx",
        {"xl/worksheets/sheet1.xml": lambda data: data.replace(b'ref="A1:O8"', b'ref="A1"')},
    )

    assert [number for number, _ in names_in(the_table(file))] == [4, 5, 6]
