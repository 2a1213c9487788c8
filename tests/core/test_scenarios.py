"""The catalogue of approval patterns: each row's few lines of definition load in its frame, and its story comes out as told."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from workflow.calendar import chinese_calendar
from workflow.definition.loading.document import plain, read_document
from workflow.engine.checking import check

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
#: Keys of the top whose names a row adds to; any other key it replaces.
ADDED_TO = ("people", "fields", "states", "triggers", "anytime")
LONGEST = 6  #: lines of a row's definition
BEGINS = "2026-03-02 09:00"
_ROW = re.compile(
    r"^### (?P<title>[^\n]+)\n(?:(?!#|```)[^\n]*\n)*"
    r"```yaml definition\n(?P<definition>.*?)^```\n+```yaml story\n(?P<story>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Scenario:
    title: str
    definition: str
    story: str

    def __str__(self) -> str:
        return self.title


@cache
def page() -> str:
    return PAGE.read_text("utf-8")


def scenarios() -> list[Scenario]:
    return [Scenario(row["title"], row["definition"], row["story"]) for row in _ROW.finditer(page())]


def block(kind: str) -> dict[str, Any]:
    found = re.search(rf"^```yaml {kind}\n(.*?)^```$", page(), re.MULTILINE | re.DOTALL)
    assert found, kind
    return as_map(found[1])


def as_map(text: str) -> dict[str, Any]:
    found = plain(read_document(text))
    assert isinstance(found, dict)
    return found


def definition_of(scenario: Scenario) -> str:
    whole = block("frame")
    for key, value in as_map(scenario.definition).items():
        whole[key] = {**whole.get(key, {}), **value} if key in ADDED_TO else value
    return json.dumps(whole, ensure_ascii=False)


def stories_of(scenario: Scenario) -> str:
    """A list of steps, or a map that adds to the cast too."""
    steps = scenario.story if scenario.story.startswith("- ") else None
    own = as_map(f"steps:\n{steps}" if steps is not None else scenario.story)
    world = block("world")
    world["cast"] = {**world["cast"], **own.pop("cast", {})}
    return json.dumps({**world, "stories": [{"story": scenario.title, "on": BEGINS, **own}]}, ensure_ascii=False)


@pytest.mark.parametrize("scenario", scenarios(), ids=str)
def test_pattern_is_sound_and_its_story_comes_out_as_told(scenario: Scenario) -> None:
    found = check(definition_of(scenario), stories_of(scenario), {}, chinese_calendar())

    problems = [*found.problems, *found.story_problems]
    assert [f"{problem.at}: {problem.say('en')}" for problem in problems] == []
    assert found.stories == 1


@pytest.mark.parametrize("scenario", scenarios(), ids=str)
def test_pattern_takes_a_few_lines(scenario: Scenario) -> None:
    assert len(scenario.definition.splitlines()) <= LONGEST


def test_every_row_has_a_definition_a_story_and_a_title_in_both_languages() -> None:
    titles = re.findall(r"^### (.+)$", page(), re.MULTILINE)

    assert [scenario.title for scenario in scenarios()] == titles
    assert [title for title in titles if not re.fullmatch(r"[\x20-\x7e]+ · .*[\u4e00-\u9fff].*", title)] == []
    assert len(titles) > 30
