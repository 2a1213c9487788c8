"""Whatever is wrong with a file is told as problems with their lines; nothing that stands in one ends in an exception."""

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.core.spoiling import spoilt
from workflow.calendar import chinese_calendar
from workflow.definition.drawing import mermaid
from workflow.definition.explaining import explain
from workflow.definition.loading import load_definition
from workflow.definition.loading.document import plain, read_document
from workflow.definition.model import Definition
from workflow.engine.checking import check
from workflow.text import LANGUAGES

ROOT = Path(__file__).parents[2]
SHIPPED = [path.parent for path in ROOT.glob("definitions/*/definition.yaml")]
SMALL = [path.parent for path in (Path(__file__).parent / "language").glob("*/definition.yaml")]
FOLDERS = sorted([*SMALL, *SHIPPED])
DEFINITIONS, STORIES = 20, 20

many = pytest.mark.parametrize("seed", range(8))


@cache
def read(folder: Path, name: str) -> Any:
    return plain(read_document((folder / f"{name}.yaml").read_text("utf-8")))


def picked(chance: Random) -> Path:
    """One of all; the long ones seldom, as they take long."""
    return chance.choice(FOLDERS if chance.random() < 1 / 50 else sorted(SMALL))


def look_at(text: str, stories: str) -> Definition | None:
    found = check(text, stories, {}, chinese_calendar())
    for problem in (*found.problems, *found.story_problems):
        assert problem.line, problem
        assert all(problem.say(language) for language in LANGUAGES)
    return found.definition


@many
def test_spoilt_definition_is_told_in_problems(seed: int) -> None:
    chance = Random(seed)
    for _ in range(DEFINITIONS):
        folder = picked(chance)
        text = spoilt(chance, read(folder, "definition"), read(picked(chance), "definition"))

        look_at(text, (folder / "stories.yaml").read_text("utf-8"))

        definition = load_definition(text).definition
        if definition is None:
            continue
        for language in LANGUAGES:
            assert explain(definition, language)
            assert mermaid(definition, language)


@many
def test_spoilt_stories_are_told_in_problems(seed: int) -> None:
    chance = Random(seed)
    for _ in range(STORIES):
        folder = picked(chance)
        stories = spoilt(chance, read(folder, "stories"), read(picked(chance), "stories"))

        look_at((folder / "definition.yaml").read_text("utf-8"), stories)
