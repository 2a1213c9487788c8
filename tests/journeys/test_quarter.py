"""The last quarter of 2025 over HTTP: fourteen weeks, three months, the assessment; every figure is reckoned again."""

from collections.abc import Callable, Iterator
from io import BytesIO

from tests.journeys.office import SCAN
from tests.journeys.quarter import Quarter
from tests.journeys.the_assessment import Assessment
from tests.journeys.the_months import Months
from tests.journeys.the_weeks import Weeks
from workflow.cases.verifying import verify


def test_quarter_of_a_district(quarter: Quarter) -> None:
    weeks, months = Weeks(quarter), Months(quarter)
    agenda = [*weeks.agenda(), *months.agenda(), *Assessment(quarter, months).agenda(), *problems(quarter)]
    for moment, happens in sorted(agenda, key=lambda one: one[0]):
        quarter.until(moment)
        happens()

    weeks.agree()
    assert quarter.by("管理员").read("/api/v1/incidents")["items"] == []
    assert verify(quarter.house.office).broken == ()


def problems(quarter: Quarter) -> Iterator[tuple[str, Callable[[], None]]]:
    """What the weeks brought up, as cases of its own: one solved and checked, one left, and the meeting's decision."""

    def found() -> dict[str, str]:
        return {one["subject"]: one["id"] for one in quarter.by("办公室").each("/api/v1/cases?definition=problem")}

    def wages() -> None:
        """Given out by the township, solved by the enterprise, checked by who found it."""
        ((subject, case),) = found().items()
        assert subject == "拖欠两名职工工资（甲厂）"
        assert quarter.holders(case) == {"城东镇 union_chair"}
        quarter.decide("东主席", case, "assign", data={"owner": quarter.people["甲主席"]})
        quarter.decide("甲主席", case, "accept")
        path = f"/api/v1/cases/{case}/attachments"
        receipt = quarter.by("甲主席").call("POST", path, data={"file": (BytesIO(SCAN), "发放凭证.pdf")}).json["id"]
        quarter.decide("甲主席", case, "solve", data={"result": "工资已经补发", "evidence": [receipt]})
        assert quarter.holders(case) == {"张导", "城东镇 union_chair"}
        quarter.decide("张导", case, "verify", data={"satisfaction": "satisfied"})
        assert quarter.case(case)["state"] == "closed"

    def decision() -> None:
        case = found()["督促乙厂开办职工食堂（城东镇）"]
        shown = quarter.case(case)
        assert (shown["state"], shown["data"]["kind"], shown["data"]["solve_by"]) == (
            "in_hand",
            "decision",
            "2025-11-21",
        )
        assert quarter.holders(case) == {"李导"}

    def chased() -> None:
        """A working day over its term the township has it too; after three, the district and its vice-chair."""
        case = found()["督促乙厂开办职工食堂（城东镇）"]
        district = {"示范区 officer", "示范区 leader"} if quarter.now() >= "2025-11-28" else set()
        assert quarter.holders(case) == {"李导", "城东镇 union_chair"} | district

    yield "2025-10-13T14:20", wages
    yield "2025-10-27T14:20", decision
    yield "2025-11-25T08:50", chased
    yield "2025-11-28T08:50", chased
