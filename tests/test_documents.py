"""What is written about the program still is so: links lead somewhere, files are there, licences are named."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
#: A file of a room, as the map names it; `<room>` and the like stand for any.
PLACE = re.compile(r"`((?:definition|engine|store|people|cases|clock|messages|records|api|demo|cli)/[\w/.]+)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    dead = [link for link in links_of(document) if not (document.parent / link).exists()]

    assert dead == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_places_that_are_named_are_there(document: Path) -> None:
    named = PLACE.findall(document.read_text("utf-8"))

    assert [place for place in named if not (ROOT / "workflow" / place).exists()] == []


def test_every_library_that_is_installed_is_named_with_its_licence() -> None:
    locked = re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    named = set(re.findall(r"[a-z0-9-]+", (ROOT / "NOTICE").read_text("utf-8")))

    assert set(locked) - named == set()


def test_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert headings[0] == version("yangguang")


def links_of(document: Path) -> Iterator[str]:
    """Those into the repository; listings have none."""
    text = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return (link for link in LINK.findall(text) if "://" not in link)
