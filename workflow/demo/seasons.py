"""The three calls of the demo, in office dates: one played to its awards, one in its last stages, one open."""

from datetime import date, datetime
from typing import Final

from workflow.calendar import ZONE
from workflow.demo.scripts import NEVER, Season


def _at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE)


#: The demo's first moment, when the district is set up.
BEGINS: Final = _at(2025, 1, 6)
#: The working morning on which it stops.
STOPS: Final = _at(2026, 3, 10)
#: When the report of a month is opened again, the last afternoon before.
REOPENED: Final = _at(2026, 3, 9, 15)

PLAYED: Final = Season(
    year=2025,
    opens=_at(2025, 2, 10),
    closes_on=date(2025, 2, 28),
    meeting_on=date(2025, 4, 14),
    ends=_at(2025, 5, 20),
    candidates=64,
    registered=True,
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
    },
    seats=20,
    objections=("dismissed", "upheld"),
)

LAST_STAGES: Final = Season(
    year=2025,
    opens=_at(2025, 12, 1),
    closes_on=date(2025, 12, 26),
    meeting_on=date(2026, 2, 26),
    ends=STOPS,
    candidates=44,
    turns={"returned": 3, "declines": 2, "fails": 1, "vetoed": 2},
    pauses=[(4, {"consultation": _at(2026, 3, 2)})],
    seats=16,
    sittings={"selection": 2, "district_second_review": 1, "award": 0},
    sent_back=4,
    objections=("open", "dismissed", "dismissed"),
)

OPEN: Final = Season(
    year=2026,
    opens=_at(2026, 2, 9),
    closes_on=date(2026, 3, 20),
    meeting_on=date(2026, 4, 24),
    ends=STOPS,
    candidates=52,
    turns={"returned": 3, "silent": 1},
    pauses=[
        (4, {"draft": NEVER}),
        (3, {"draft": _at(2026, 3, 5), "consent": NEVER}),
        (3, {"draft": _at(2026, 3, 6), "consent": NEVER}),
        (4, {"workers_meeting": NEVER}),
        (4, {"workers_meeting": _at(2026, 3, 5)}),
        (4, {"township_review": NEVER}),
        (5, {"consultation": NEVER}),
        (4, {"consultation": _at(2026, 3, 4)}),
        (4, {"district_first_review": NEVER}),
    ],
    everyone={"scoring": NEVER},
    near={"draft": 1, "workers_meeting": 1, "township_review": 3},
    himself=4,
    lots_from=_at(2026, 3, 3),
    seats=18,
)
