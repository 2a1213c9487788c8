"""`simulate`: a calendar of what happens if nobody acts, and a forecast of how long cases take."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Said, Yangguang

KEYS = sorted(file.parent.name for file in (ROOT / "definitions").glob("*/definition.yaml"))


def section(said: Said, state: str) -> list[str]:
    """The lines below a state."""
    begins = next(number for number, line in enumerate(said.lines) if line.endswith(f"({state})"))
    rest = said.lines[begins + 1 :]
    return [line.strip() for line in rest[: rest.index("") if "" in rest else len(rest)]]


def data(said: Said) -> Any:
    assert said.code == 0
    return json.loads(said.out)


def test_township_that_does_not_act_is_reminded_and_the_district_comes_in(yangguang: Yangguang) -> None:
    said = yangguang("simulate", "leave_request", "--from", "2026-03-02")

    assert section(said, "draft") == ["nothing happens by itself"]
    assert section(said, "township_review") == [
        "2026-03-04 Wed 08:30  reminder; told: 李强",
        "2026-03-05 Thu 24:00  deadline passed, the work stays open",
        "2026-03-06 Fri 08:30  reminder; told: 李强",
        "2026-03-09 Mon 08:30  reminder; told: 李强",
        "2026-03-10 Tue 08:30  escalation; reminder; told: 李强, 郑书记",
        "2026-03-11 Wed 08:30  reminder; told: 李强, 郑书记; and 35 more, the last on 2026-04-30",
    ]


def test_opening_steps_of_a_nomination_that_nobody_answers_lapse(yangguang: Yangguang) -> None:
    said = yangguang("simulate", "model_worker", "--from", "2026-02-24", "--days", "20")

    assert section(said, "draft") == [
        "2026-03-03 Tue 08:30  reminder; told: 王芳",
        "2026-03-06 Fri 24:00  the round closes; → Cancelled (cancelled); told: 办公室, 王芳",
    ]
    assert section(said, "consent") == [
        "2026-02-26 Thu 08:30  reminder; told: 张秀英",
        "2026-02-27 Fri 24:00  deadline; → Withdrawn (withdrawn); told: 张秀英, 王芳",
    ]


def test_saturday_that_is_worked_is_said(yangguang: Yangguang) -> None:
    """28 February 2026 is worked for the Spring Festival."""
    said = yangguang("simulate", "model_worker", "--from", "2026-02-24", "--days", "20")

    assert "2026-02-28 Sat 08:30  reminder; told: 办公室; (worked instead of another day)" in section(
        said, "district_first_review"
    )


def test_dates_ahead_move_along_with_the_day_on_which_it_begins(yangguang: Yangguang) -> None:
    """The round of the first story closes ten days after it begins."""
    said = yangguang("simulate", "model_worker", "--from", "2026-11-24", "--days", "20")

    assert section(said, "draft")[-1].startswith("2026-12-04 Fri 24:00  the round closes;")


def test_calendar_as_data_names_moments_states_and_people(yangguang: Yangguang) -> None:
    found = data(yangguang("simulate", "leave_request", "--days", "5", "--json"))

    (township,) = (wait for wait in found["if_nobody_acts"] if wait["state"] == "township_review")
    assert township["happenings"][0] == {
        "at": "2026-03-04T08:30:00+08:00",
        "kinds": ["reminder"],
        "state": "township_review",
        "moved": False,
        "told": ["李强"],
        "day": "working",
    }
    assert "forecast" not in found


def test_same_seed_gives_the_same_forecast_and_another_seed_another(yangguang: Yangguang) -> None:
    one, again, other = (
        data(yangguang("simulate", "leave_request", "--runs", "60", "--seed", seed, "--json")) for seed in (7, 7, 8)
    )

    assert one == again
    assert one["forecast"]["states"] != other["forecast"]["states"]


def test_forecast_of_leave_mostly_ends_granted_within_the_deadlines(yangguang: Yangguang) -> None:
    found = data(yangguang("simulate", "leave_request", "--runs", "100", "--json"))["forecast"]

    assert sum(found["ended"].values()) + sum(found["unfinished"].values()) == found["runs"] == 100
    assert found["ended"]["granted"] > 80
    half, most = found["states"]["township_review"]["working"]
    assert 1 <= half <= most <= 4
    assert found["whole"]["working"][0] <= found["whole"]["calendar"][0]


def test_forecast_passes_ballots_cards_notices_and_sittings(yangguang: Yangguang) -> None:
    found = data(yangguang("simulate", "model_worker", "--runs", "10", "--json"))["forecast"]

    assert found["ended"]["awarded"] >= 5
    assert {"workers_meeting", "scoring", "selection", "public_notice", "award"} <= found["states"].keys()
    assert found["unfinished"] == {}


@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_definition_can_be_simulated(yangguang: Yangguang, key: str) -> None:
    found = data(yangguang("simulate", key, "--runs", "2", "--json"))

    waits = found["if_nobody_acts"]
    assert [wait["state"] for wait in waits if "not_shown" in wait] == []
    assert any(wait["happenings"] for wait in waits)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "There is no definition “nothing”."),
        (("leave_request", "--from", "1500-01-01"), "1500-01-01 is not a day that is reckoned with."),
    ],
    ids=str,
)
def test_what_cannot_be_simulated_is_one_line(yangguang: Yangguang, arguments: tuple[str, ...], said: str) -> None:
    found = yangguang("simulate", *arguments)

    assert (found.code, found.out, found.err) == (2, "", said + "\n")


def test_definition_without_stories_has_nobody_to_simulate(yangguang: Yangguang, tmp_path: Path) -> None:
    text = (ROOT / "definitions" / "leave_request" / "definition.yaml").read_text("utf-8")
    (tmp_path / "definition.yaml").write_text(text, "utf-8")

    found = yangguang("simulate", tmp_path)

    assert found.code == 2
    assert found.err.startswith("There are no stories: ")
