"""Each folder below `language/` is a definition with its stories: the language, rule by rule."""

from pathlib import Path

import pytest

from workflow.calendar import chinese_calendar
from workflow.definition.loading import load_definition
from workflow.engine.stories import tell_book
from workflow.engine.stories.book import read_book

FOLDERS = sorted(path.parent for path in (Path(__file__).parent / "language").glob("*/definition.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_stories_come_out_as_told(folder: Path) -> None:
    loaded = load_definition((folder / "definition.yaml").read_text("utf-8"))
    assert [f"{problem.line}: {problem.at}: {problem.say('en')}" for problem in loaded.errors] == []
    book, problems = read_book((folder / "stories.yaml").read_text("utf-8"))
    assert problems == []
    assert book is not None

    told, _ = tell_book(loaded.sound(), book, chinese_calendar())

    assert [f"{folder.name}/stories.yaml:{story.line} {story}" for story in told if story.failed] == []
