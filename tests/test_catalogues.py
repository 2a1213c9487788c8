"""Every sentence for people is in the catalogues, in both languages, with the same facts."""

import ast
import re
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from workflow.text import LANGUAGES

ROOT = Path(__file__).parents[1]
TRANSLATIONS = ROOT / "workflow" / "translations"
CHINESE = TRANSLATIONS / "zh" / "LC_MESSAGES"
KEYWORDS = {"say": None, "sentence": None, "_": None}

#: A sign of the narrow kind beside a Chinese one: it was meant to be a wide one.
NARROW = re.compile(r"""[\u4e00-\u9fff][,;:!?()"']|[,;:!?()"'][\u4e00-\u9fff]""")


def catalogue(domain: str) -> Catalog:
    with (CHINESE / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="zh")


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    return catalogue("workflow")


@pytest.fixture(scope="module")
def translated(chinese: Catalog) -> dict[str, str]:
    """Each sentence that is said in Chinese; the header is none."""
    said = {message.id: message.string for message in chinese if message.id and not message.fuzzy}
    return {str(english): str(text) for english, text in said.items() if text}


@pytest.fixture(scope="module")
def sentences() -> dict[str, str]:
    """Each sentence in the code and the templates, and where it stands; `problem.say("en")` names a language."""
    with (TRANSLATIONS / "babel.ini").open() as file:
        mapping, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel leaves it untyped
    found = [
        *extract_from_dir(ROOT / "workflow", mapping, options, keywords=KEYWORDS),
        *(("service.py", *entry) for entry in extract_from_file("python", ROOT / "service.py", keywords=KEYWORDS)),
    ]
    return {text: f"{name}:{line}" for name, line, text, *_ in found if isinstance(text, str) and text not in LANGUAGES}


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_sentence_is_said_in_chinese(sentences: dict[str, str], translated: dict[str, str]) -> None:
    silent = [f"{place}: {text}" for text, place in sentences.items() if text not in translated]

    assert {place.partition(":")[0] for place in sentences.values()} >= {"service.py", "errors.py"}
    assert silent == [], "`make catalogues`, then translate in workflow.po"


def test_no_sentence_is_hidden_in_an_f_string() -> None:
    """Babel does not look into them."""
    hidden = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in (*ROOT.glob("workflow/**/*.py"), ROOT / "service.py")
        for text in ast.walk(ast.parse(file.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        if any(isinstance(argument, ast.Constant) for argument in call.args[:1])
    ]

    assert hidden == []


def test_catalogue_holds_nothing_that_is_no_longer_said(sentences: dict[str, str], chinese: Catalog) -> None:
    assert {message.id for message in chinese if message.id} - set(sentences) == set(), "`make catalogues` drops it"
    assert not chinese.obsolete


def test_both_languages_name_the_same_facts(translated: dict[str, str]) -> None:
    differing = {english: text for english, text in translated.items() if facts(english) != facts(text)}

    assert differing == {}


def test_chinese_has_wide_punctuation(translated: dict[str, str]) -> None:
    assert [text for text in translated.values() if NARROW.search(text)] == []


@pytest.mark.parametrize("domain", ["workflow", "click"])
def test_compiled_catalogue_says_what_is_written(domain: str) -> None:
    with (CHINESE / f"{domain}.mo").open("rb") as file:
        compiled = GNUTranslations(file)

    for message in catalogue(domain):
        one, *many = [message.id] if isinstance(message.id, str) else message.id
        written, *_ = message.string if isinstance(message.string, tuple) else [message.string]
        said = compiled.ngettext(one, many[0], 1) if many else compiled.gettext(one)
        assert said == (written or one) or not one, "`make catalogues` compiles it"
