"""Many cases in one transaction: numbers without gaps, each once, and one that is refused hinders no other."""

from pathlib import Path
from uuid import UUID, uuid5

import pytest
from sqlalchemy import Connection, func, select

from tests.records.books import ID_NUMBERS, a_book, a_row
from tests.records.district import SERVICE, District
from workflow.cases.acting import Outcome
from workflow.cases.starting import NAMESPACE, NewCase, start_case, start_cases
from workflow.cases.tables import cases, event, number
from workflow.errors import InvalidData, Twice, WorkflowError
from workflow.records.nominations import import_nominations


def a_new(district: District, name: str, **data: object) -> NewCase:
    return NewCase(
        definition="model_worker",
        unit=district.townships["旧城镇"],
        round_id=district.round_id,
        data={"name": name, **data},
        id=uuid5(NAMESPACE, name),
    )


def numbers(answers: list[Outcome | WorkflowError]) -> list[str | None]:
    return [answer.case.number if isinstance(answer, Outcome) else answer.code for answer in answers]


def test_numbers_have_no_gaps_where_one_is_refused(district: District) -> None:
    news = [a_new(district, "甲一"), a_new(district, "乙" * 30), a_new(district, "丙三")]

    answers = start_cases(district.office, news, actor=SERVICE)
    after = start_case(district.office, a_new(district, "丁四"), actor=SERVICE)

    assert isinstance(answers[1], InvalidData)
    assert [str(one)[-4:] for one in numbers(answers)] == ["0001", "data", "0002"]
    assert str(after.case.number)[-4:] == "0003"


def test_what_is_there_already_is_answered_and_takes_no_number(district: District) -> None:
    first = start_cases(district.office, [a_new(district, "甲一")], actor=SERVICE)

    again = start_cases(district.office, [a_new(district, "甲一"), a_new(district, "乙二")], actor=SERVICE)

    assert [isinstance(one, Outcome) and one.replayed for one in again] == [True, False]
    assert [str(one)[-4:] for one in numbers([*first, *again])] == ["0001", "0001", "0002"]


def test_once_holds_among_them_and_against_others(district: District) -> None:
    held = start_case(district.office, a_new(district, "甲一", id_number=ID_NUMBERS[0]), actor=SERVICE)
    news = [
        a_new(district, "乙二", id_number=ID_NUMBERS[0]),
        a_new(district, "丙三", id_number=ID_NUMBERS[1]),
        a_new(district, "丁四", id_number=ID_NUMBERS[1]),
    ]

    answers = start_cases(district.office, news, actor=SERVICE)

    assert [type(answer) for answer in answers] == [Twice, Outcome, Twice]
    assert isinstance(answers[0], Twice)
    assert answers[0].facts["number"] == held.case.number


def test_what_is_recorded_with_them_stands_or_falls_with_them(district: District) -> None:
    def fail(connection: Connection, answers: object) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        start_cases(district.office, [a_new(district, "甲一")], actor=SERVICE, record=fail)

    with district.office.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(cases).where(cases.c.kind == "case")) == 0
        assert connection.scalar(select(func.count()).select_from(number)) == 0


def test_histories_are_those_of_single_starts(district: District) -> None:
    (outcome,) = start_cases(district.office, [a_new(district, "甲一")], actor=SERVICE)

    assert isinstance(outcome, Outcome)
    with district.office.database.read() as connection:
        found = connection.execute(select(event.c.seq, event.c.hash).where(event.c.case_id == UUID(outcome.case.id)))
        assert [(row.seq, bytes(row.hash)) for row in found] == [(1, outcome.head)]


def test_several_batches_of_an_import_have_numbers_in_the_order_of_rows(district: District, tmp_path: Path) -> None:
    rows = [a_row(number=n, id_number=an_id(n), unit=f"金恒{n % 7}厂") for n in range(450)]

    done = import_nominations(district.office, a_book(tmp_path / "a.xlsx", rows), actor=SERVICE)

    assert done.refused == ()
    assert [int(str(one.number)[-4:]) for one in done.started] == list(range(1, 451))
    assert [one.at.row for one in done.started] == list(range(4, 454))
    assert len(done.proposed) == 7


def an_id(n: int) -> str:
    """A valid ID number of a man; each n another."""
    digits = f"130983{1970 + n % 20}0{1 + n % 9}{10 + n // 20 % 18}{n * 2 % 1000 | 1:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]
