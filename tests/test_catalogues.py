"""Every sentence for people is in the catalogues, in both languages, with the same facts."""

from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
TRANSLATIONS = ROOT / "workflow" / "translations"
CHINESE = TRANSLATIONS / "zh" / "LC_MESSAGES" / "workflow.po"


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with CHINESE.open("rb") as file:
        return read_po(file, locale="zh")


@pytest.fixture(scope="module")
def sentences() -> dict[str, str]:
    """Each sentence in the code and the templates, and where it stands."""
    with (TRANSLATIONS / "babel.ini").open() as file:
        mapping, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel leaves it untyped
    found = extract_from_dir(ROOT / "workflow", mapping, options, keywords={"say": None, "sentence": None})
    return {text: f"{name}:{line}" for name, line, text, *_ in found if isinstance(text, str) and text}


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_sentence_is_said_in_chinese(sentences: dict[str, str], chinese: Catalog) -> None:
    said = {message.id: message.string for message in chinese if message.id and not message.fuzzy}
    silent = {place: text for text, place in sentences.items() if not said.get(text)}
    assert len(sentences) > 500
    assert silent == {}, "`make catalogues`, then translate in workflow.po"


def test_catalogue_holds_nothing_that_is_no_longer_said(sentences: dict[str, str], chinese: Catalog) -> None:
    assert {message.id for message in chinese if message.id} - set(sentences) == set()
    assert not chinese.obsolete


def test_both_languages_name_the_same_facts(chinese: Catalog) -> None:
    differing = {
        message.id: message.string
        for message in chinese
        if message.id and facts(str(message.id)) != facts(str(message.string))
    }
    assert differing == {}


def test_compiled_catalogue_is_the_written_one(chinese: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, chinese)
    assert CHINESE.with_suffix(".mo").read_bytes() == compiled.getvalue(), "`make catalogues` compiles it"
