"""`export`: a round as a workbook that offices go on with, whatever people typed into the forms."""

import csv
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

import service
from tests.cli.conftest import Yangguang
from tests.cli.district import the_registers
from workflow.cases.acting import act
from workflow.cases.effects import drain, follow, wake_waiting
from workflow.cases.office import Office
from workflow.cases.starting import NewCase, open_round, start_case
from workflow.engine.commands import Decide, Fire
from workflow.engine.context import Actor
from workflow.engine.subject import Case
from workflow.records.reporting import LIKE_FORMULAS

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
    share: {label: {zh: 比例, en: Share}, value: paid / (paid - paid)}
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
    assert page.print_area == f"'Cases'!$A$4:$S${5 + len(EVIL)}"
    assert (page.page_setup.orientation, page.page_setup.paperSize, page.print_title_rows) == ("landscape", 9, "$4:$4")
    assert page.oddHeader is not None
    assert str(rows[0][0]) in str(page.oddHeader.left.text)
    assert str(rows[1][0]).endswith("The figures are not fixed yet.")
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


def listed_csv(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_a_list_of_cases_has_what_its_forms_say_and_no_formula(
    yangguang: Yangguang, sqlite_url: str, tmp_path: Path
) -> None:
    a_round(yangguang, sqlite_url)
    command = ("export", "cases", "--definition", "report", "--database", sqlite_url, "--to")

    said = yangguang(*command, tmp_path / "a.xlsx")
    separated = yangguang(*command, tmp_path / "a.csv", language="zh")

    assert (said.code, said.err) == (0, "")
    assert said.out == f"{len(EVIL)} cases are in {tmp_path / 'a.xlsx'}.\n"
    page = load_workbook(tmp_path / "a.xlsx")["Cases"]
    headings = [cell.value for cell in page[1]]
    assert headings[:8] == ["Number", "Kind of case", "Subject", "Unit", "Started by", "State", "Started", "Ended"]
    name, workers, on = (headings.index(one) + 1 for one in ("Name", "Workers", "On"))
    typed = [str(page.cell(row, name).value) for row in range(2, 2 + len(EVIL))]
    assert [one.replace("_x005F_", "_") for one in typed] == list(
        EVIL
    )  # of a text in its cell, openpyxl leaves the mark
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert page.cell(2, name).quotePrefix
    assert (page.cell(2, workers).value, str(page.cell(2, on).value)) == (1_200, "2026-03-09 00:00:00")
    with ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert all(wanted in sheet for wanted in (b'orientation="landscape"', b'paperSize="9"', b'fitToHeight="0"'))

    assert separated.code == 0
    chinese, *rows = listed_csv(tmp_path / "a.csv")
    assert chinese[:6] == ["编号", "流程", "事项", "单位", "发起人", "环节"]
    begun = [row[chinese.index("姓名")] for row in rows]
    assert begun == [one if one == "_x0041_" else f"'{one}" for one in EVIL]
    assert [cell for row in rows for cell in row if cell.startswith(LIKE_FORMULAS)] == []
    assert rows[0][chinese.index("人数")] == "1200"


def test_a_list_of_cases_is_narrowed(yangguang: Yangguang, sqlite_url: str, tmp_path: Path) -> None:
    round_id, file = a_round(yangguang, sqlite_url), tmp_path / "a.csv"
    for narrowing, count in (
        ((), len(EVIL)),
        (("--state", "filed"), 0),
        (("--state", "draft", "--round", round_id), len(EVIL)),
        (("--unit", "城东镇"), len(EVIL)),
        (("--round", "5e7c0a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c"), 0),
    ):
        said = yangguang("export", "cases", *narrowing, "--to", file, "--database", sqlite_url)
        assert (said.code, len(listed_csv(file)) - 1) == (0, count), (narrowing, said)
    for wrong, because in ((("--unit", "无此单位"), "no unit"), (("--definition", "another"), "no definition")):
        said = yangguang("export", "cases", *wrong, "--to", file, "--database", sqlite_url)
        assert (said.code, because in said.err) == (2, True)
    assert yangguang("export", "cases", "--to", tmp_path / "a.pdf", "--database", sqlite_url).code == 2
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_person_lists_only_what_he_may_read_and_personal_values_are_masked(
    yangguang: Yangguang, sqlite_url: str, tmp_path: Path
) -> None:
    a_round(yangguang, sqlite_url)
    file = tmp_path / "a.csv"

    def seen_by(login: str) -> list[dict[str, str]]:
        command = ("export", "cases", "--definition", "report", "--as", login, "--to", file)
        assert yangguang(*command, "--database", sqlite_url).code == 0
        headings, *rows = listed_csv(file)
        return [dict(zip(headings, row, strict=True)) for row in rows]

    assert seen_by("qianjin") == []
    assert len(seen_by("zhaomin")) == len(EVIL)
    assert [one["Secret"] for one in seen_by("wangfang")][7] == "_x0041_"
    masked = [one["Secret"] for one in seen_by("admin")]
    assert len(masked) == len(EVIL)
    assert "_x0041_" not in masked
    assert all("*" in one for one in masked)
    assert yangguang("export", "cases", "--as", "nobody", "--to", file, "--database", sqlite_url).code == 2


FIGURES = """
key: figures
title: {zh: 月报, en: Month}
start: {role: union_chair, at: enterprise}
see: [office]
people: {office: {role: officer, at: district}}
round: {title: {zh: "{year}年{month}月", en: "{year}-{month}"}, at: district, opens: by office}
fields:
  members: {type: integer, label: {zh: 会员, en: Members}, required: true}
  dues: {type: money, label: {zh: 会费, en: Dues}, required: true}
  before: {type: integer, label: {zh: 上报过, en: Reported before}, from: {indicator: members, take: latest}}
states:
  draft:
    task: {who: starter, edit: [members, dues, before]}
    to: {submit: filed}
  filed: {end: {zh: 已报, en: Filed}, do: [{indicators: [members, dues]}]}
anytime:
  reopen: {by: [starter], in: [filed], to: draft, opinion: true}
triggers:
  reopen: {label: {zh: 重开, en: Reopen}, sense: back}
"""


def reported(office: Office, nominal: str, members: int, dues: float) -> Case:
    """王芳 reports for the month of that day."""
    with office.database.read() as connection:
        directory = office.directory(connection)
    unit = next(one.id for one in directory.organisations.values() if one.name == "金彭车业")
    wang = next(one.id for one in directory.persons.values() if one.name == "王芳")
    top = next(one.id for one in directory.organisations.values() if one.level == "district")
    round_ = open_round(office, "figures", actor=Actor(service="test"), unit=top, data={}, nominal=nominal).round
    new = NewCase(definition="figures", unit=unit, round_id=UUID(round_.id), starter=wang)
    case = start_case(office, new, actor=Actor(person=wang)).case
    return filed(office, case, members, dues)


def filed(office: Office, case: Case, members: int, dues: float) -> Case:
    assert case.entry is not None
    decide = Decide(task=case.entry.tasks[0].id, trigger="submit", data={"members": members, "dues": dues})
    done = act(
        office, UUID(case.id), decide, actor=Actor(person=case.starter if isinstance(case.starter, int) else None)
    ).case
    follow(office, UUID(case.id))
    return done


def test_a_list_of_indicators_has_a_row_for_each_unit_and_month(
    yangguang: Yangguang, database_url: str, tmp_path: Path
) -> None:
    the_registers(yangguang, database_url)
    Path("definition.yaml").write_text(FIGURES, "utf-8")
    assert yangguang("publish", "definition.yaml", "--database", database_url).code == 0
    office = service.open_house(database_url).office
    reported(office, "2026-02-25", 120, 1_000.5)
    march = reported(office, "2026-03-25", 121, 0)
    assert march.data["before"] == 120
    again = act(office, UUID(march.id), Fire(trigger="reopen", opinion="漏报"), actor=Actor(person=march.starter)).case  # type: ignore[arg-type]  # a person
    filed(office, again, 122, 800)
    office.database.dispose()
    file = tmp_path / "a.csv"

    def listed(*narrowing: str) -> list[list[str]]:
        said = yangguang("export", "indicators", *narrowing, "--to", file, "--database", database_url)
        assert (said.code, said.err) == (0, ""), said
        return listed_csv(file)[1:]

    february, third = ["2026-02", "金彭车业", "120", "1000.5"], ["2026-03", "金彭车业", "122", "800"]
    assert listed() == [february, third]
    assert listed_csv(file)[0] == ["Month", "Unit", "Members", "Dues"]
    assert listed("--month", "2026-03") == [third]
    assert listed("--from", "2026-01", "--until", "2026-02") == [february]
    assert listed("--as", "zhaomin", "--unit", "城东镇") == [february, third]
    assert listed("--as", "qianjin") == []
    wrong = yangguang("export", "indicators", "--month", "March", "--to", file, "--database", database_url)
    assert (wrong.code, "write 2026-03" in wrong.err) == (2, True)


def test_indicators_that_waited_for_their_room_are_written_when_it_is_there(
    yangguang: Yangguang, sqlite_url: str, tmp_path: Path
) -> None:
    """A release without the room left them waiting; nothing has to be done by hand."""
    the_registers(yangguang, sqlite_url)
    Path("definition.yaml").write_text(FIGURES, "utf-8")
    assert yangguang("publish", "definition.yaml", "--database", sqlite_url).code == 0
    office = service.open_house(sqlite_url).office
    recorder = office.recorders.pop("indicators")
    reported(office, "2026-02-25", 120, 0)
    office.recorders["indicators"] = recorder
    with office.database.read() as connection:
        now = office.database.now(connection)

    assert (wake_waiting(office, now), wake_waiting(office, now)) == (1, 0)
    drain(office, now)
    office.database.dispose()

    said = yangguang("export", "indicators", "--to", tmp_path / "a.csv", "--database", sqlite_url)
    assert said.out.startswith("1 rows of indicators are in ")
