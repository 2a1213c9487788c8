"""What the API shows of a round, beside what its events come to."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from tests.journeys.quarter import Quarter
from tests.journeys.reckoning import Figures, Told


def agrees(quarter: Quarter, round_id: str, reckon: Callable[[list[Told]], Figures]) -> Figures:
    """Every figure of the round and of its sheet, the coverage, and each number of each row."""
    cases = {case["id"]: quarter.told(case) for case in quarter.cases({"id": round_id})}
    reckoned = reckon(list(cases.values()))
    shown = quarter.by("办公室").read(f"/api/v1/rounds/{round_id}", checked=False)["figures"]
    assert {name: exact(figure) for name, figure in shown.items()} == reckoned

    sheet = quarter.by("办公室").read(f"/api/v1/rounds/{round_id}/sheet", checked=False)
    assert {one["name"]: of_sheet(one) for one in sheet["figures"]} == reckoned
    coverage = sheet["coverage"]
    assert [coverage["reported"], coverage["expected"]] == [reckoned["reported"], reckoned["expected"]]
    for row in sheet["rows"]:
        told = cases[row["case"]]
        assert row["state"] == told.state
        assert row["late"] == bool({"late", "missing"} & set(told.path))
        numbers = {name: number for name, number in row["values"].items() if type(number) in (int, float)}
        assert {name: exact(number) for name, number in numbers.items()} == {name: told.value(name) for name in numbers}
    return reckoned


def of_sheet(figure: Mapping[str, Any]) -> Fraction | dict[str, Fraction] | None:
    groups = figure["groups"]
    return (
        exact(figure["value"])
        if groups is None
        else {one["label"]["zh"]: Fraction(str(one["value"])) for one in groups}
    )


def exact(figure: Any) -> Any:
    """A number as it is written, not as a computer keeps it."""
    if isinstance(figure, dict):
        return {name: exact(part) for name, part in figure.items()}
    return None if figure is None else Fraction(str(figure))
