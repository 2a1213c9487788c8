"""`export`: a round as a workbook that offices go on with, whatever people typed into the forms."""

from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

import service
from tests.cli.conftest import Yangguang
from tests.cli.district import the_registers
from workflow.cases.starting import NewCase, open_round, start_case
from workflow.engine.context import Actor

REPORT = """
key: report
title: {zh: 报表, en: Report}
number: B-{year}-{seq:03}
start: {role: union_chair, at: enterprise}
see: [office]
people: {office: {role: officer, at: district}}
round:
  title: {zh: "{year}年{month}月报表", en: "Report of {year}-{month}"}
  at: district
  opens: by office
  figures:
    filed: {label: {zh: 已报, en: Filed}, count: true}
    paid: {label: {zh: 金额, en: Paid}, sum: paid}
    paid_in: {label: {zh: 各镇街金额, en: Paid by township}, sum: paid, by: township}
    kinds: {label: {zh: 分类, en: By kind}, count: true, by: kind}
    share: {label: {zh: 比例, en: Share}, value: paid / 0}
fields:
  name: {type: text, label: {zh: 姓名, en: Name}}
  story: {type: long_text, label: {zh: 说明, en: Story}}
  secret: {type: text, label: {zh: 内部, en: Secret}, personal: true}
  kind: {type: choice, label: {zh: 类别, en: Kind}, options: {a: {zh: "=甲", en: "=A"}}}
  kinds: {type: choices, label: {zh: 多选, en: Kinds}, options: {a: {zh: "+甲", en: "+A"}, b: {zh: 乙, en: B}}}
  on: {type: date, label: {zh: 日期, en: On}}
  at: {type: moment, label: {zh: 时间, en: At}}
  sure: {type: yes_no, label: {zh: 确定, en: Sure}}
  workers: {type: integer, label: {zh: 人数, en: Workers}}
  paid: {type: money, label: {zh: 金额, en: Paid}}
  rate: {type: percent, label: {zh: 比率, en: Rate}}
  where: {type: organisation, label: {zh: 单位, en: Where}}
  who: {type: person, label: {zh: 责任人, en: Who}}
  items: {type: table, label: {zh: 明细, en: Items}, columns: {what: {type: text, label: {zh: 事项, en: What}}, by: {type: date, label: {zh: 时限, en: By}}}}
states:
  draft:
    task: {who: starter, edit: [name, story, secret, kind, kinds, on, at, sure, workers, paid, rate, where, who, items]}
    to: {submit: filed}
  filed: {end: {zh: 已报, en: Filed}}
"""
EVIL = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://a.example")',
    "\t=1+1",
    "=cmd|' /C calc'!A0",
    "_x0041_",
    "＝1",
)


@pytest.fixture
def book(yangguang: Yangguang, sqlite_url: str, tmp_path: Path) -> Path:
    round_id = a_round(yangguang, sqlite_url)
    file = tmp_path / "report.xlsx"
    said = yangguang("export", "rounds", round_id, "--to", file, "--database", sqlite_url)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Report of ")
    assert f"{len(EVIL)} cases are in {file}." in said.out
    return file


def a_round(yangguang: Yangguang, url: str) -> UUID:
    """A case for each way to begin a formula, in each field that takes text."""
    the_registers(yangguang, url)
    Path("definition.yaml").write_text(REPORT, "utf-8")
    assert yangguang("publish", "definition.yaml", "--database", url).code == 0
    office = service.open_house(url).office
    actor = Actor(service="test")
    try:
        round_id = UUID(open_round(office, "report", actor=actor, unit=1, data={}).round.id)
        with office.database.read() as connection:
            directory = office.directory(connection)
        unit = next(one.id for one in directory.organisations.values() if one.name == "金彭车业")
        wang = next(one.id for one in directory.persons.values() if one.name == "王芳")
        for evil in EVIL:
            data = {
                **dict.fromkeys(("name", "story", "secret"), evil),
                "kind": "a",
                "kinds": ["a", "b"],
                "on": "2026-03-09",
                "at": "2026-03-09T09:30:00+08:00",
                "sure": True,
                "workers": 1_200,
                "paid": 0.1,
                "rate": 80.2,
                "where": unit,
                "who": wang,
                "items": [{"what": evil, "by": "2026-03-10"}],
            }
            new = NewCase(definition="report", unit=unit, round_id=round_id, data=data, starter=wang)
            start_case(office, new, actor=actor)
    finally:
        office.database.dispose()
    return round_id


def rows_of(page: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_nothing_that_was_typed_becomes_a_formula(book: Path) -> None:
    found = load_workbook(book)

    kinds = {cell.data_type for page in found.worksheets for row in page.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}
    with ZipFile(book) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
    page = found["Cases"]
    texts = {str(page.cell(row, 6).value) for row in range(5, 5 + len(EVIL))}
    assert texts == set(EVIL)
    assert all(page.cell(row, 6).number_format == "@" for row in range(5, 5 + len(EVIL)))
    assert page.cell(5, 6).quotePrefix


def test_a_workbook_has_a_title_coverage_frozen_headings_and_totals(book: Path) -> None:
    page = load_workbook(book)["Cases"]
    rows = rows_of(page)

    assert str(rows[0][0]).startswith("Report of 20")
    assert str(rows[1][0]).startswith(f"0 of {len(EVIL)} reported. As of 20")
    headings = ["Number", "Unit", "Reported by", "State", "Late", "Name", "Story", "Secret", "Kind", "Kinds"]
    assert rows[3][: len(headings)] == headings
    assert page.freeze_panes == "C5"
    assert page.auto_filter.ref == f"A4:S{4 + len(EVIL)}"
    first = rows[4]
    assert str(first[0]).startswith("B-20")
    assert first[1:5] == ["金彭车业", "王芳", "Draft", None]
    assert [str(cell) for cell in first[8:18]] == [
        *("=A", "+A、B", "2026-03-09 00:00:00", "2026-03-09 09:30:00", "yes"),
        *("1200", "0.1", "80.2", "金彭车业", "王芳"),
    ]
    assert first[18] == "1. =1+1 · 2026-03-10"
    totals = dict(zip(rows[3], rows[-1], strict=True))
    assert (totals["Number"], totals["Workers"], totals["Paid"], totals["Rate"]) == ("Total", 10_800, 0.9, None)


def test_the_second_sheet_has_the_figures(book: Path) -> None:
    rows = [[cell for cell in row if cell is not None] for row in rows_of(load_workbook(book)["Figures"])]

    assert rows[3:] == [
        ["Figure", "Value"],
        ["Filed", 9],
        ["Paid", 0.9],
        ["Share"],
        [],
        ["township", "Paid by township"],
        ["城东镇", 0.9],
        [],
        ["Kind", "By kind"],
        ["=A", 9],
    ]


def test_a_person_exports_what_he_may_see(yangguang: Yangguang, sqlite_url: str, tmp_path: Path) -> None:
    round_id, file = a_round(yangguang, sqlite_url), tmp_path / "report.xlsx"
    command = ("export", "rounds", round_id, "--to", file, "--database", sqlite_url)

    assert yangguang(*command, "--as", "qianjin", "--language", "zh").code == 0
    own = load_workbook(file)
    assert str(own.worksheets[0]["A1"].value).endswith("月报表")
    assert own.worksheets[0].max_row == 4
    assert yangguang(*command, "--as", "zhaomin").code == 0
    assert load_workbook(file)["Cases"].max_row == 5 + len(EVIL)


def test_what_cannot_be_exported_is_one_line(yangguang: Yangguang, sqlite_url: str, tmp_path: Path) -> None:
    yangguang("upgrade", "--database", sqlite_url)
    nobody = "5e7c0a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c"
    for arguments, because in (
        ((nobody, "--to", tmp_path / "a.xlsx"), "There is no round"),
        ((nobody, "--to", tmp_path / "a.pdf"), "ends with .xlsx"),
        ((nobody, "--to", tmp_path / "nowhere" / "a.xlsx"), "There is no folder"),
        (("x", "--to", tmp_path / "a.xlsx"), "x"),
    ):
        said = yangguang("export", "rounds", *arguments, "--database", sqlite_url)
        assert (said.code, because in said.err, len(said.err.splitlines())) == (2, True, 1), said
    assert list(tmp_path.glob("*.xlsx")) == []
