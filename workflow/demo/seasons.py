"""The three calls of the demo, in office dates: one played to its awards, one in its last stages, one open."""

from datetime import date, datetime
from typing import Final

from workflow.calendar import ZONE
from workflow.demo.scripts import Season


def _at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE)


#: The demo's first moment, when the district is set up.
BEGINS: Final = _at(2025, 1, 6)
#: The working morning on which it stops.
STOPS: Final = _at(2026, 3, 10)

PLAYED: Final = Season(
    year=2025,
    opens=_at(2025, 2, 10),
    closes_on=date(2025, 2, 28),
    meeting_on=date(2025, 4, 14),
    ends=_at(2025, 5, 20),
    candidates=64,
    turns={
        "returned": 4,
        "declines": 3,
        "fails": 3,
        "refused": 3,
        "vetoed": 3,
        "falsified": 3,
        "below": 3,
        "withdraws": 3,
        "leaves": 3,
        "silent": 1,
        "objected": 1,
        "upheld": 1,
    },
    waits={},
    seats=20,
)

LAST_STAGES: Final = Season(
    year=2025,
    opens=_at(2025, 12, 1),
    closes_on=date(2025, 12, 26),
    meeting_on=date(2026, 2, 26),
    ends=STOPS,
    candidates=40,
    turns={"returned": 3, "declines": 2, "fails": 1, "vetoed": 2, "held": 1, "objected": 1, "late": 4},
    waits={},
    seats=14,
    late_until=_at(2026, 3, 2),
    sittings={"selection": 2, "district_second_review": 1, "award": 0},
    sent_back=4,
)

OPEN: Final = Season(
    year=2026,
    opens=_at(2026, 2, 9),
    closes_on=date(2026, 3, 20),
    meeting_on=date(2026, 4, 24),
    ends=STOPS,
    candidates=48,
    turns={"returned": 3, "silent": 1},
    waits={
        "draft": 4,
        "consent": 4,
        "workers_meeting": 4,
        "township_review": 4,
        "consultation": 5,
        "site_lot": 4,
        "district_first_review": 4,
        "scoring": 6,
    },
    seats=18,
    himself=4,
)
