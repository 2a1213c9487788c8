"""`import`: an office sets up its own district and takes nominations in, with the files that it has."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.cli.conftest import Yangguang
from tests.cli.district import HERE, NOMINATIONS, PEOPLE, a_district, a_workbook, an_open_round, the_registers
from workflow.cases.tables import cases
from workflow.messages.tables import message
from workflow.store import open_database


def test_registers_make_a_database_and_go_in(yangguang: Yangguang, empty_url: str) -> None:
    organisations, people = the_registers(yangguang, empty_url)

    assert organisations.code == people.code == 0
    assert organisations.lines[0] == "Import 1: of 3 rows 2 made, 1 changed, 0 the same, 0 refused."
    assert people.lines[:2] == [
        "2 people are invited by e-mail or mobile.",
        "Import 2: of 3 rows 3 made, 0 changed, 0 the same, 0 refused.",
    ]
    assert yangguang("token", "wangfang", "--database", empty_url).code == 0


def test_registers_again_change_nothing(yangguang: Yangguang, empty_url: str) -> None:
    the_registers(yangguang, empty_url)

    organisations, people = the_registers(yangguang, empty_url)

    assert organisations.lines[0] == "Import 3: of 3 rows 0 made, 0 changed, 3 the same, 0 refused."
    assert people.lines[0] == "0 people are invited by e-mail or mobile."


def test_newcomers_are_invited_unless_it_is_said(yangguang: Yangguang, empty_url: str) -> None:
    yangguang("upgrade", "--database", empty_url)
    book = a_workbook("people.xlsx", [row[:4] for row in PEOPLE])

    quiet = yangguang("import", "people", book, "--no-invite", "--database", empty_url)

    assert quiet.code == 0
    assert "invited by" not in quiet.out
    database = open_database(empty_url)
    with database.read() as connection:
        assert connection.execute(select(message.c.id)).all() == []
    database.dispose()


def test_refused_row_is_one_line_and_ends_with_1(yangguang: Yangguang, empty_url: str) -> None:
    a_district(yangguang, empty_url)
    book = a_workbook("nominations.xlsx", [*NOMINATIONS, ("城北镇", "某厂", "赵云", 200)])

    said = yangguang("import", "nominations", book, "--definition", "outing", "--database", empty_url)

    assert said.code == 1
    assert said.err == ""
    assert said.lines[0].startswith("row 4, column A (镇街): The directory knows no “城北镇”")
    assert "column D (年龄): " in said.lines[0]
    assert said.lines[1].startswith("Import 3: of 3 rows 2 drafts, 0 there already, 1 refused, ")
    assert Path(said.lines[2].removeprefix("Report: ")).is_file()
    assert len(said.lines) == 3


def test_refused_rows_are_said_in_chinese(yangguang: Yangguang, empty_sqlite_url: str) -> None:
    a_district(yangguang, empty_sqlite_url)
    book = a_workbook("nominations.xlsx", [*NOMINATIONS, ("城北镇", "某厂", "赵云", 50)])

    said = yangguang(
        "import", "nominations", book, "--definition", "outing", "--database", empty_sqlite_url, language="zh"
    )

    assert said.code == 1
    assert not any(word in line for line in said.lines for word in ("row ", "column ", "Import ", "Report: "))


def test_same_nominations_again_add_nothing(yangguang: Yangguang, empty_url: str) -> None:
    a_district(yangguang, empty_url)
    book = a_workbook("nominations.xlsx", NOMINATIONS)
    yangguang("import", "nominations", book, "--definition", "outing", "--database", empty_url)

    said = yangguang("import", "nominations", book, "--definition", "outing", "--database", empty_url)

    assert said.code == 0
    assert said.lines[0].startswith("Import 4: of 2 rows 0 drafts, 2 there already, 0 refused, ")


def test_wrong_import_is_undone_by_its_number_once(yangguang: Yangguang, empty_url: str) -> None:
    a_district(yangguang, empty_url)
    book = a_workbook("nominations.xlsx", NOMINATIONS)
    yangguang("import", "nominations", book, "--definition", "outing", "--database", empty_url)

    undone = yangguang("import", "undo", "3", "--database", empty_url)
    again = yangguang("import", "undo", "3", "--database", empty_url)

    assert (undone.code, undone.out) == (
        0,
        "Import 3 is undone: 2 drafts cancelled, 0 proposed units ended.\n",
    )
    assert (again.code, again.err) == (2, "Import 3 was undone already.\n")
    assert yangguang("import", "nominations", book, "--definition", "outing", "--database", empty_url).code == 0


def test_import_in_the_name_of_a_person_asks_whether_he_may(yangguang: Yangguang, empty_url: str) -> None:
    a_district(yangguang, empty_url)
    book = a_workbook("nominations.xlsx", NOMINATIONS)
    typed = ("import", "nominations", book, "--definition", "outing", "--database", empty_url)

    chair = yangguang(*typed, "--as", "wangfang")
    nobody = yangguang(*typed, "--as", "nobody")
    officer = yangguang(*typed, "--as", "zhaomin")

    assert (chair.code, chair.err) == (2, "Administrators, and those who open such rounds, may import.\n")
    assert (nobody.code, nobody.err) == (2, "There is nobody with the login “nobody”.\n")
    assert officer.code == 0


def test_of_several_rounds_one_is_named(yangguang: Yangguang, empty_url: str) -> None:
    first = a_district(yangguang, empty_url)
    second = an_open_round(empty_url, nominal="2027-01-01")
    book = a_workbook("nominations.xlsx", NOMINATIONS)
    typed = ("import", "nominations", book, "--definition", "outing", "--database", empty_url)

    open_question = yangguang(*typed)
    unknown = yangguang(*typed, "--round", uuid4())
    named = yangguang(*typed, "--round", second)

    assert open_question.code == unknown.code == 2
    assert str(first) in open_question.err
    assert str(second) in open_question.err
    assert open_question.err.count("\n") == unknown.err.count("\n") == 1
    assert named.code == 0
    database = open_database(empty_url)
    with database.read() as connection:
        assert set(connection.scalars(select(cases.c.round_id).where(cases.c.kind == "case"))) == {second}
    database.dispose()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nominations", "--definition", "nothing"), "There is no definition “nothing”."),
        (("nominations", "--definition", "outing"), "This is no workbook; .xlsx and .csv are taken."),
        (("organisations",), "This is no workbook; .xlsx and .csv are taken."),
        (("people",), "This is no workbook; .xlsx and .csv are taken."),
    ],
    ids=str,
)
def test_what_cannot_be_imported_is_one_line(
    yangguang: Yangguang, empty_sqlite_url: str, arguments: tuple[str, ...], said: str
) -> None:
    a_district(yangguang, empty_sqlite_url)
    Path("letter.xlsx").write_text("a letter, by mistake")

    found = yangguang("import", *arguments, "letter.xlsx", "--database", empty_sqlite_url)

    assert (found.code, found.out, found.err) == (2, "", said + "\n")


def test_round_that_is_over_takes_none(yangguang: Yangguang, empty_sqlite_url: str) -> None:
    yangguang("upgrade", "--database", empty_sqlite_url)
    yangguang("publish", HERE / "definition.yaml", "--database", empty_sqlite_url)
    book = a_workbook("nominations.xlsx", NOMINATIONS)

    said = yangguang("import", "nominations", book, "--definition", "outing", "--database", empty_sqlite_url)

    assert (said.code, said.err) == (2, "No round of “Outing” takes cases now.\n")


@pytest.mark.parametrize("number", ["1", "99"])
def test_undo_of_what_is_no_import_of_nominations_is_refused(
    yangguang: Yangguang, empty_sqlite_url: str, number: str
) -> None:
    the_registers(yangguang, empty_sqlite_url)

    said = yangguang("import", "undo", number, "--database", empty_sqlite_url)

    assert (said.code, said.err) == (2, f"There is no import {number} of nominations.\n")
