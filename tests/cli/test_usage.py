"""What is typed wrong is said in one line, in the reader's language, and ends with 2."""

import os
import sys
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import service
from tests.cli.conftest import ROOT, Yangguang

CLICK = ROOT / "workflow" / "translations" / "zh" / "LC_MESSAGES" / "click.po"
WRONG = {
    ("tokn", "admin"): ("No such command 'tokn'.", "没有命令 'tokn'。"),
    ("token",): ("Missing argument 'LOGIN'.", "缺少参数 'LOGIN'."),
    ("token", "admin", "twice"): ("Got unexpected extra argument (twice)", "多出了参数（twice）。"),
    ("run", "--prt", "1"): (
        "No such option '--prt'. Did you mean '--port'?",
        "没有选项 '--prt'。 是不是 '--port'？",
    ),
    ("run", "--port", "99999"): ("99999 is not in the range 1<=x<=65535.", "99999 不在范围 1<=x<=65535 之内。"),
    ("run", "--port", "http"): ("'http' is not a valid integer", "'http' 不是整数。"),
    ("run", "--port"): ("Option '--port' requires an argument.", "选项 '--port' 后面要有一个值。"),
    ("explain", "leave_request", "--language", "fr"): (
        "'fr' is not one of 'zh', 'en'.",
        "'fr' 不是 'zh', 'en' 之一。",
    ),
    ("import", "people", "none.xlsx"): ("File 'none.xlsx' does not exist.", "'none.xlsx' 不存在。"),
    ("import", "people", "."): ("File '.' is a directory.", "'.' 是文件夹，不是文件。"),
    ("import", "undo", "first"): ("'first' is not a valid integer", "'first' 不是整数。"),
    ("import", "nominations", __file__, "--round", "7"): ("'7' is not a valid UUID.", "'7' 不是编号（UUID）。"),
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_is_one_line(yangguang: Yangguang, arguments: tuple[str, ...]) -> None:
    english, chinese = WRONG[arguments]
    for language, wanted in (("en", english), ("zh", chinese)):
        said = yangguang(*arguments, language=language)
        assert (said.code, said.out) == (2, "")
        assert wanted in said.err
        assert said.err.count("\n") == 1


def test_wrong_usage_names_where_help_is(yangguang: Yangguang) -> None:
    said = yangguang("import", "people")

    assert said.err == "Missing argument 'FILE'. See `yangguang import people --help`.\n"


def test_without_a_command_the_help_is_shown(yangguang: Yangguang) -> None:
    said = yangguang()

    assert said.code == 2
    assert "Commands:" in said.err


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "没有命令"),
        ({"LANG": "en_GB.UTF-8"}, "No such command"),
        ({"LANG": "C"}, "No such command"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "没有命令"),
        ({"LANG": "zh_CN.UTF-8", "YANGGUANG_LANGUAGE": "en"}, "No such command"),
        ({}, "没有命令"),
    ],
)
def test_language_is_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: dict[str, str], wanted: str
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for name, word in words.items():
        monkeypatch.setenv(name, word)
    monkeypatch.setattr(sys, "argv", ["yangguang", "nothing"])

    with pytest.raises(SystemExit) as ended:
        service.main()

    assert ended.value.code == 2
    assert wanted in capsys.readouterr().err


def test_file_that_the_system_refuses_is_one_line(yangguang: Yangguang, tmp_path: Path) -> None:
    """As where a folder for reports cannot be made."""
    book = tmp_path / "organisations.csv"
    book.write_text("名称,层级\n示范区总工会,区县\n", "utf-8")
    (tmp_path / "taken").write_text("")

    said = yangguang("import", "organisations", book, "--report", os.path.join("taken", "below"))  # noqa: PTH118 -- as typed

    assert said.code == 2
    assert said.err == "taken/below cannot be used: Not a directory\n"


def test_what_click_says_is_still_what_is_translated() -> None:
    import click  # noqa: PLC0415 -- only where its files lie

    with CLICK.open("rb") as file:
        catalogue = read_po(file, locale="zh")
    said = {text for _, _, texts, *_ in extract_from_dir(Path(click.__file__).parent) for text in _each(texts)}

    assert {text for message in catalogue if message.id for text in _each(message.id)} - said == set()


def test_compiled_click_catalogue_is_the_written_one(tmp_path: Path) -> None:
    with CLICK.open("rb") as file:
        catalogue = read_po(file, locale="zh")
    with (tmp_path / "click.mo").open("wb") as file:
        write_mo(file, catalogue)

    assert CLICK.with_suffix(".mo").read_bytes() == (tmp_path / "click.mo").read_bytes(), (
        "`make catalogues` compiles it"
    )


def _each(texts: object) -> list[str]:
    return [texts] if isinstance(texts, str) else [text for text in texts if isinstance(text, str)]  # type: ignore[attr-defined]  # a tuple for plurals
