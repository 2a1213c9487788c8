"""A workbook of nominations becomes drafts; every row that does not says why, and all of it can be undone."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from tests.records.books import DEEDS, HEADINGS, ID_NUMBERS, a_book, a_row, rows_of
from tests.records.district import SERVICE, District, a_round, publish_model_worker
from workflow.cases.acting import act
from workflow.cases.reading import load
from workflow.cases.resolving import resolve_touched
from workflow.cases.tables import cases, event, inbox
from workflow.engine.commands import CloseRound, Decide, Operate
from workflow.engine.context import Actor
from workflow.engine.directory import Directory
from workflow.engine.subject import Case
from workflow.errors import Closed, InvalidData, NotFound, NotPermitted, Refused, TooLarge, WorkflowError
from workflow.people.organisations import add_organisation, end_organisation
from workflow.people.persons import add_person
from workflow.people.posts import appoint
from workflow.records.nominations import Imported, import_nominations
from workflow.records.tables import import_batch, import_row
from workflow.records.undoing import undo_import
from workflow.records.workbook import letter_of

SENT = Path(__file__).parents[3] / "shared" / "data" / "nominations.xlsx"
FAULTS = SENT.with_name("nominations-faults.csv")
LOST = (
    "The spreadsheet took the ID number for a number and lost its last digits; "
    "please make it a text and enter it again."
)
sent = pytest.mark.skipif(not SENT.exists(), reason="the workbook of the customer is not here")


def the_import(district: District, file: Path, **more: object) -> Imported:
    return import_nominations(district.office, file, actor=SERVICE, **more)  # type: ignore[arg-type]  # by name


def refusals(done: Imported) -> list[tuple[int, str | None, str]]:
    return [(row.at.row, flaw.column, _said(flaw.reason)) for row in done.refused for flaw in row.flaws]


def _said(reason: object) -> str:
    return reason if isinstance(reason, str) else reason.say("en")  # type: ignore[attr-defined]  # labels, sentences


def case_of(district: District, case_id: UUID) -> Case:
    with district.office.database.read() as connection:
        found = load(connection, case_id)
    assert found is not None
    assert isinstance(found[0], Case)
    return found[0]


def count(district: District, kind: str = "case") -> int:
    with district.office.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(cases).where(cases.c.kind == kind)) or 0


def directory(district: District) -> Directory:
    with district.office.database.read() as connection:
        return district.office.directory(connection)


def wrong(doing: Callable[[], object], kind: type[WorkflowError]) -> str:
    with pytest.raises(kind) as refused:
        doing()
    return refused.value.say("en")


def of_first_problem(doing: Callable[[], object]) -> str:
    with pytest.raises(InvalidData) as refused:
        doing()
    return refused.value.problems[0].say("en")


# --- the workbook as it was sent


@sent
def test_the_workbook_of_the_district_gives_108_drafts_and_refuses_10_rows(district: District) -> None:
    done = the_import(district, SENT)

    assert (done.rows, len(done.started), len(done.refused)) == (118, 108, 10)
    assert refusals(done) == [
        (10, "G", "The check digit of this ID number does not fit; a digit may be wrong."),
        (34, "M", "At least 190 characters; this has 5."),
        (43, "C", "“工作单位” is needed."),
        (55, "G", "The same ID number as in row 54."),
        (65, "E", "The sex does not fit the ID number"),
        (74, "L", "“领导” is not among the options: Worker, Head, Official, Migrant worker, Technical."),
        (81, "D", "A formula is not taken; please write what it stands for."),
        (92, "M", "At most 2000 characters; this has 2868."),
        (99, "B", "The directory knows no “不存在镇”; is it spelled as there?"),
        (
            107,
            "G",
            LOST,
        ),
    ]
    assert [(found.at.row, found.column, found.before, found.after) for found in done.cleaned] == [
        (18, "D", "董 超娜 ", "董超娜"),
        (26, "O", "１３６３４１０３９４４", "13634103944"),
    ]
    assert {case_of(district, one.case_id).state for one in done.started} == {"draft"}
    assert (len(done.proposed), len(done.stood_in), len(done.noted)) == (106, 106, 13)


@sent
def test_the_faults_that_are_listed_are_those_that_are_found(district: District) -> None:
    with FAULTS.open(encoding="utf-8") as stream:
        listed = {int(row["row"]) for row in csv.DictReader(stream)}

    done = the_import(district, SENT)

    assert {row.at.row for row in done.refused} | {found.at.row for found in done.cleaned} == listed


@sent
def test_the_same_file_again_adds_nothing(district: District) -> None:
    first = the_import(district, SENT)

    again = the_import(district, SENT)

    assert (len(again.started), len(again.already), len(again.proposed)) == (0, 108, 0)
    assert refusals(again) == refusals(first)
    assert again.number != first.number
    assert count(district) == 108


@sent
def test_the_report_can_be_imported_as_it_is(district: District) -> None:
    """The one row that is the same as another has gone in with that other."""
    first = the_import(district, SENT)

    again = the_import(district, first.report)

    assert (len(again.started), [at.row for at in again.already], len(again.refused)) == (0, [5], 9)


# --- what a good row becomes


def test_a_row_becomes_a_draft_of_its_unit(district: District, tmp_path: Path) -> None:
    works = add_organisation(
        district.office.database, name="金恒模具有限公司", level="enterprise", parent=district.townships["旧城镇"]
    )
    chair = add_person(district.office.database, name="李芳", login="lifang")
    appoint(district.office.database, person=chair, role="union_chair", organisation=works)

    done = the_import(district, a_book(tmp_path / "a.xlsx", [a_row(name="王 建军")]))

    (started,) = done.started
    case = case_of(district, started.case_id)
    assert (case.state, case.unit, case.number, case.round) == ("draft", works, started.number, str(district.round_id))
    assert case.data == {
        "name": "王建军",
        "sex": "male",
        "born_on": "1986-09-01",
        "id_number": ID_NUMBERS[0],
        "education": "bachelor",
        "political_status": "masses",
        "position": "焊工/高级技师",
        "grade": "senior_technician",
        "industry": "manufacturing",
        "category": "worker",
        "deeds": DEEDS,
        "mobile": "13216738340",
    }
    assert (done.proposed, done.stood_in) == ((), ())
    with district.office.database.read() as connection:
        holders = connection.scalars(select(inbox.c.principal).where(inbox.c.case_id == started.case_id)).all()
    assert holders == [case.starter]
    post = directory(district).post("union_chair", works)
    assert post is not None
    assert post.id == case.starter


def test_where_a_unit_has_nobody_its_township_fills_in_and_the_history_names_both(
    district: District, tmp_path: Path
) -> None:
    done = the_import(district, a_book(tmp_path / "a.xlsx", [a_row()]))
    case_id = done.started[0].case_id
    chair = district.chairs["旧城镇"]

    act(district.office, case_id, Decide(task=1, trigger="submit"), actor=Actor(person=chair))

    assert done.proposed == ("旧城镇 金恒模具有限公司",)
    assert [(one.unit, one.by) for one in done.stood_in] == [("旧城镇 金恒模具有限公司", ("旧城镇 旧城主席",))]
    known = directory(district)
    case = case_of(district, case_id)
    assert case.state == "review"
    assert isinstance(case.starter, int)
    assert known.name_of(case.starter) == "金恒模具有限公司 union_chair"
    with district.office.database.read() as connection:
        rows = select(event.c.body).where(event.c.case_id == case_id).order_by(event.c.seq)
        first, second = [msgspec.json.decode(body) for body in connection.scalars(rows)]
    assert first["service"] == "import"
    assert (second["by"], known.name_of(second["as"])) == (chair, "旧城镇 union_chair")


def test_who_is_appointed_later_has_the_draft_then(district: District, tmp_path: Path) -> None:
    done = the_import(district, a_book(tmp_path / "a.xlsx", [a_row()]))
    case = case_of(district, done.started[0].case_id)
    chair = add_person(district.office.database, name="李芳", login="lifang")
    appoint(district.office.database, person=chair, role="union_chair", organisation=case.unit)

    resolve_touched(district.office)

    entry = case_of(district, UUID(case.id)).entry
    assert entry is not None
    assert [task.holders for task in entry.tasks] == [(case.starter,)]


def test_units_of_two_rows_are_proposed_once_and_found_the_next_time(district: District, tmp_path: Path) -> None:
    rows = [
        a_row(),
        a_row(id_number=ID_NUMBERS[1], unit="金恒模具 有限公司"),
        a_row(id_number=ID_NUMBERS[2], township="常郭镇"),
    ]

    first = the_import(district, a_book(tmp_path / "a.xlsx", rows))
    second = the_import(district, a_book(tmp_path / "b.xlsx", [a_row(id_number=ID_NUMBERS[3])]))

    assert first.proposed == ("旧城镇 金恒模具有限公司", "常郭镇 金恒模具有限公司")
    assert second.proposed == ()
    units = [case_of(district, one.case_id).unit for one in (*first.started, *second.started)]
    assert units[0] == units[1] == units[3] != units[2]


def test_an_ended_unit_is_not_found(district: District, tmp_path: Path) -> None:
    old = add_organisation(
        district.office.database, name="金恒模具有限公司", level="enterprise", parent=district.townships["旧城镇"]
    )
    end_organisation(district.office.database, old)

    done = the_import(district, a_book(tmp_path / "a.xlsx", [a_row()]))

    assert case_of(district, done.started[0].case_id).unit != old


def test_a_draft_may_lack_what_is_not_essential(district: District, tmp_path: Path) -> None:
    row = a_row(mobile=None, industry="  ", sex=None, education="/")

    done = the_import(district, a_book(tmp_path / "a.xlsx", [row]))

    assert (len(done.started), done.refused) == (1, ())


def test_a_csv_goes_the_same_way(district: District, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with file.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([["汇总表"], HEADINGS, a_row(), ["合计", "", "", "1"]])

    assert len(the_import(district, file).started) == 1


# --- what is refused


def test_everything_wrong_in_a_row_is_said_from_left_to_right(district: District, tmp_path: Path) -> None:
    row = a_row(township="旧城", name="=1+1", born_on="去年", id_number=None, mobile="123")

    done = the_import(district, a_book(tmp_path / "a.xlsx", [row]))

    assert refusals(done) == [
        (4, "B", "The directory knows no “旧城”; is it spelled as there?"),
        (4, "D", "A formula is not taken; please write what it stands for."),
        (4, "F", "“去年” is no year and month; like 1986.09 it should be."),
        (4, "G", "“ID number” is needed."),
        (4, "O", "A mobile number has eleven digits and begins with 1, like 13800000001."),
    ]
    assert done.refused[0].say("en").startswith("row 4, column B (乡镇(街道)): The directory knows no “旧城”")
    assert directory(district).below(district.townships["旧城镇"]) == ()


def test_checks_run_only_where_all_their_fields_have_a_value(district: District, tmp_path: Path) -> None:
    young = "130983200906099277"
    rows = [
        a_row(sex="女"),
        a_row(sex=None, id_number=ID_NUMBERS[1]),
        a_row(born_on="2015.01", id_number=ID_NUMBERS[2]),
        a_row(born_on=None, id_number=young),
    ]

    done = the_import(district, a_book(tmp_path / "a.xlsx", rows))

    assert refusals(done) == [(4, "E", "The sex does not fit the ID number"), (6, "F", "Eighteen or over")]


def test_what_a_check_will_ask_for_is_noted(district: District, tmp_path: Path) -> None:
    done = the_import(district, a_book(tmp_path / "a.xlsx", [a_row(deeds="做" * 195)]))

    assert len(done.started) == 1
    assert [(found.at.row, found.flaw.column, _said(found.flaw.reason)) for found in done.noted] == [
        (4, "M", "Fewer than 200 characters of deeds")
    ]


def test_of_rows_with_the_same_person_the_first_good_one_is_meant(district: District, tmp_path: Path) -> None:
    rows = [a_row(township="无此镇"), a_row(name="李明"), a_row(name="李明明"), a_row(name="李明")]

    done = the_import(district, a_book(tmp_path / "a.xlsx", rows))

    assert [one.at.row for one in done.started] == [5]
    assert refusals(done)[1:] == [
        (6, "G", "The same ID number as in row 5."),
        (7, "G", "The same ID number as in row 5."),
    ]


def test_a_person_who_has_a_case_is_refused_with_its_number(district: District, tmp_path: Path) -> None:
    first = the_import(district, a_book(tmp_path / "a.xlsx", [a_row()]))

    second = the_import(district, a_book(tmp_path / "b.xlsx", [a_row(name="王建国", unit="新厂")]))

    assert refusals(second) == [(4, "G", f"There is already a case for this: {first.started[0].number}.")]
    assert second.proposed == ()


def test_a_row_whose_case_was_cancelled_comes_again(district: District, tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", [a_row()])
    first = the_import(district, file)
    act(district.office, first.started[0].case_id, Operate(operation="cancel", reason="误报"), actor=SERVICE)

    second, third = the_import(district, file), the_import(district, file)

    assert [len(done.started) for done in (first, second, third)] == [1, 1, 0]
    assert second.started[0].case_id != first.started[0].case_id


def test_the_same_township_twice_in_the_tree_is_not_guessed(district: District, tmp_path: Path) -> None:
    add_organisation(district.office.database, name="旧城镇", level="township", parent=district.top)

    done = the_import(district, a_book(tmp_path / "a.xlsx", [a_row()]))

    assert refusals(done) == [(4, "B", "There are several organisations called “旧城镇”.")]


def test_a_unit_with_a_name_too_long_is_refused(district: District, tmp_path: Path) -> None:
    done = the_import(district, a_book(tmp_path / "a.xlsx", [a_row(unit="厂" * 101)]))

    assert refusals(done) == [(4, "C", "At most 100 characters; this has 101.")]


# --- into which round


def test_of_several_rounds_one_must_be_named(district: District, tmp_path: Path) -> None:
    other = a_round(district.office, district.top, nominal="2026-01-01")
    file = a_book(tmp_path / "a.xlsx", [a_row()])

    said = of_first_problem(lambda: the_import(district, file))
    done = the_import(district, file, round_id=other)

    assert str(district.round_id) in said
    assert str(other) in said
    assert case_of(district, done.started[0].case_id).round == str(other)


def test_a_closed_round_takes_nothing(district: District, tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", [a_row()])
    act(district.office, district.round_id, CloseRound(), actor=SERVICE)

    assert "No round of" in wrong(lambda: the_import(district, file), Closed)
    assert "took cases from" in wrong(lambda: the_import(district, file, round_id=district.round_id), Closed)
    unknown = UUID(int=7)
    assert of_first_problem(lambda: the_import(district, file, round_id=unknown)) == (
        "There is no such round of this definition."
    )


def test_without_columns_yaml_the_labels_of_the_fields_count(district: District, tmp_path: Path) -> None:
    publish_model_worker(district.office, columns="")
    act(district.office, district.round_id, CloseRound(), actor=SERVICE)
    a_round(district.office, district.top, nominal="2026-01-01")
    headings = ["所属乡镇", "单位名称", "姓名", "身份证号", "出生日期", "主要事迹"]
    rows = [["旧城镇", "甲厂", "王建军", ID_NUMBERS[0], "1986-09-17", DEEDS]]

    done = the_import(district, a_book(tmp_path / "a.xlsx", rows, headings=headings))

    assert case_of(district, done.started[0].case_id).data["born_on"] == "1986-09-17"


# --- who may


def test_persons_may_who_open_such_rounds_and_the_event_names_them(district: District, tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", [a_row()])
    stranger = district.chairs["旧城镇"]

    with pytest.raises(NotPermitted):
        import_nominations(district.office, file, actor=Actor(person=stranger))
    with pytest.raises(NotPermitted):
        import_nominations(district.office, file, actor=Actor())
    done = import_nominations(district.office, file, actor=Actor(person=district.officer))

    with district.office.database.read() as connection:
        rows = select(event.c.actor, event.c.body).where(event.c.case_id == done.started[0].case_id)
        actor, body = connection.execute(rows).one()
        by = connection.scalar(select(import_batch.c.by).where(import_batch.c.id == done.number))
    assert (actor, msgspec.json.decode(body)["service"], by) == (district.officer, "import", district.officer)


# --- the report


def test_the_report_has_the_refused_rows_as_they_were_and_can_be_mended(district: District, tmp_path: Path) -> None:
    rows = [a_row(), a_row(id_number=1.309831973111525e17, name="=1+1", unit="+甲厂", number=2)]
    first = the_import(district, a_book(tmp_path / "a.xlsx", rows), language="en")
    book = load_workbook(first.report)
    sheet = book["Refused"]

    assert [cell.value for cell in sheet[1]] == [*HEADINGS, "Why it was refused"]
    cells = sheet[2]
    assert [cell.value for cell in cells][:15] == rows[1]
    assert [cells[place].data_type for place in (2, 3)] == ["s", "s"]
    assert all(cells[place].quotePrefix for place in (2, 3))
    assert str(cells[15].value).startswith("row 5: column D (姓名): A formula is not taken")
    assert letter_of(15) == "P"

    cells[3].value, cells[6].value, cells[2].value = "李明", ID_NUMBERS[1], "甲厂"
    book.save(tmp_path / "mended.xlsx")
    second = the_import(district, tmp_path / "mended.xlsx")

    assert (len(second.started), second.refused) == (1, ())


def test_the_report_lists_what_was_cleaned_and_what_is_new(district: District, tmp_path: Path) -> None:
    done = the_import(district, a_book(tmp_path / "a.xlsx", [a_row(name="王 建军")]), language="en")
    book = load_workbook(done.report)

    assert done.report.parent == tmp_path / "imports"
    assert [[cell.value for cell in row] for row in book["Cleaned"].iter_rows(min_row=2)] == [
        ["D4", "姓名", "王 建军", "王建军"]
    ]
    assert book["Proposed units"]["A2"].value == "旧城镇 金恒模具有限公司"
    assert book["Filled in for"]["B2"].value == "旧城镇 旧城主席"


# --- undoing


def test_an_import_is_undone_while_its_cases_are_drafts(district: District, tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", rows_of(3))
    done = the_import(district, file)

    undone = undo_import(district.office, done.number, actor=SERVICE)

    assert (undone.cancelled, undone.ended) == (3, 3)
    assert {case_of(district, one.case_id).state for one in done.started} == {"cancelled"}
    assert "undone already" in wrong(lambda: undo_import(district.office, done.number, actor=SERVICE), Refused)
    again = the_import(district, file)
    assert (len(again.started), len(again.proposed)) == (3, 3)


def test_an_import_is_not_undone_once_a_case_has_moved(district: District, tmp_path: Path) -> None:
    done = the_import(district, a_book(tmp_path / "a.xlsx", rows_of(2)))
    moved, other = done.started
    act(district.office, moved.case_id, Decide(task=1, trigger="submit"), actor=Actor(person=district.chairs["旧城镇"]))

    said = wrong(lambda: undo_import(district.office, done.number, actor=SERVICE), Refused)

    assert said == f"1 of its cases are no longer drafts: {moved.number}. Nothing was undone; cancel them one by one."
    assert case_of(district, other.case_id).state == "draft"


def test_a_case_that_was_returned_to_draft_has_moved(district: District, tmp_path: Path) -> None:
    done = the_import(district, a_book(tmp_path / "a.xlsx", [a_row()]))
    case_id, chair = done.started[0].case_id, Actor(person=district.chairs["旧城镇"])
    act(district.office, case_id, Decide(task=1, trigger="submit"), actor=chair)
    act(district.office, case_id, Decide(task=2, trigger="return", opinion="补正"), actor=chair)

    with pytest.raises(Refused):
        undo_import(district.office, done.number, actor=SERVICE)


def test_an_undoing_that_was_interrupted_goes_on(district: District, tmp_path: Path) -> None:
    done = the_import(district, a_book(tmp_path / "a.xlsx", rows_of(2)))
    first = done.started[0].case_id
    act(
        district.office, first, Operate(operation="cancel", reason="x"), actor=SERVICE, key=f"undo import {done.number}"
    )

    assert undo_import(district.office, done.number, actor=SERVICE).cancelled == 1


def test_a_unit_that_has_found_its_people_stays(district: District, tmp_path: Path) -> None:
    done = the_import(district, a_book(tmp_path / "a.xlsx", rows_of(2)))
    unit = case_of(district, done.started[0].case_id).unit
    chair = add_person(district.office.database, name="李芳", login="lifang")
    appoint(district.office.database, person=chair, role="union_chair", organisation=unit)

    assert undo_import(district.office, done.number, actor=SERVICE).ended == 1


def test_only_who_imported_and_administrators_undo(district: District, tmp_path: Path) -> None:
    done = import_nominations(
        district.office, a_book(tmp_path / "a.xlsx", [a_row()]), actor=Actor(person=district.officer)
    )

    with pytest.raises(NotPermitted):
        undo_import(district.office, done.number, actor=Actor(person=district.chairs["旧城镇"]))
    with pytest.raises(NotFound):
        undo_import(district.office, done.number + 1, actor=SERVICE)
    assert undo_import(district.office, done.number, actor=Actor(person=district.officer)).cancelled == 1


# --- as a whole


def test_a_file_that_cannot_be_taken_leaves_nothing(district: District, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"PK\x03\x04" + b"0" * 33 * 1024 * 1024)

    with pytest.raises(TooLarge):
        the_import(district, file)

    with district.office.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(import_batch)) == 0


def test_an_import_that_was_interrupted_goes_on_where_it_stopped(district: District, tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", rows_of(4))
    the_import(district, a_book(tmp_path / "half.xlsx", rows_of(4)[:2]))

    done = the_import(district, file)

    assert (len(done.started), [at.row for at in done.already]) == (2, [4, 5])
    with district.office.database.read() as connection:
        made = connection.execute(
            select(import_row.c.made, import_row.c.row)
            .where(import_row.c.batch == done.number)
            .order_by(import_row.c.no)
        ).all()
    assert [tuple(row) for row in made] == [("organisation", 6), ("organisation", 7), ("case", 6), ("case", 7)]


def test_progress_goes_from_nothing_to_all(district: District, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    the_import(
        district,
        a_book(tmp_path / "a.xlsx", [*rows_of(3), a_row(name=None)]),
        progress=lambda done, rows: seen.append((done, rows)),
    )

    assert (seen[0], seen[-1]) == ((1, 4), (4, 4))


def test_the_same_person_may_stand_in_two_rounds(district: District, tmp_path: Path) -> None:
    file = a_book(tmp_path / "a.xlsx", [a_row()])
    the_import(district, file)
    act(district.office, district.round_id, CloseRound(), actor=SERVICE)
    later = replace(district, round_id=a_round(district.office, district.top, nominal="2026-01-01"))

    assert len(the_import(later, file).started) == 1
