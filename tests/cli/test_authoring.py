"""`check`, `draw`, `explain` and `publish`, with good files and bad ones."""

from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Yangguang
from tests.cli.district import HERE

LEAVE = ROOT / "definitions" / "leave_request"


def test_sound_definition_ends_with_0(yangguang: Yangguang) -> None:
    said = yangguang("check", LEAVE)

    assert said.code == 0
    assert said.out.startswith("leave_request: sound;")


def test_wrong_definition_is_told_by_file_and_line_and_ends_with_1(yangguang: Yangguang, tmp_path: Path) -> None:
    wrong = tmp_path / "definition.yaml"
    text = (HERE / "definition.yaml").read_text("utf-8")
    wrong.write_text(text.replace("to: {submit: granted}", "to: {submit: grantd}"), "utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "submit: granted" in row)

    said = yangguang("check", wrong)

    assert said.code == 1
    assert said.out.startswith(f"{wrong}:{line}: ")
    assert "granted" in said.lines[0]


@pytest.mark.parametrize("command", ["draw", "explain"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_shipped_definition_is_drawn_and_explained(yangguang: Yangguang, command: str, language: str) -> None:
    by_key = yangguang(command, "leave_request", "--language", language)
    by_path = yangguang(command, LEAVE, "--language", language)

    assert by_key.code == 0
    assert ("准假" in by_key.out) == (language == "zh")
    assert by_path.out == by_key.out


def test_definition_is_drawn_as_svg_or_mermaid(yangguang: Yangguang, tmp_path: Path) -> None:
    picture, text = tmp_path / "line.svg", tmp_path / "line.mmd"

    printed = yangguang("draw", "leave_request")
    mermaid = yangguang("draw", "leave_request", "--mermaid")
    written = [yangguang("draw", "leave_request", "--to", str(file)) for file in (picture, text)]
    upright = yangguang("draw", "leave_request", "--width", "390")

    assert [(one.code, one.out, one.err) for one in written] == [(0, "", "")] * 2
    assert printed.out == picture.read_text("utf-8")
    assert printed.out.startswith('<svg xmlns="http://www.w3.org/2000/svg" class="line" viewBox="0 0 1122 ')
    assert mermaid.out.strip() == text.read_text("utf-8").strip()
    assert mermaid.out.startswith("flowchart TD")
    assert 'class="line line-upright" viewBox="0 0 390 ' in upright.out


@pytest.mark.parametrize(
    "arguments", [("--to", "line.png"), ("--to", "line.svg", "--mermaid"), ("--to", "nowhere/line.svg")], ids=str
)
def test_drawing_that_cannot_be_written_is_refused(
    yangguang: Yangguang, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    found = yangguang("draw", "leave_request", *arguments)

    assert (found.code, found.out) == (2, "")
    assert arguments[1] in found.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "nowhere"), "There is no definition.yaml in nowhere."),
        (("publish", "nowhere"), "There is no definition.yaml in nowhere."),
        (("draw", "nothing"), "There is no definition “nothing”."),
        (("explain", "nothing"), "There is no definition “nothing”."),
    ],
    ids=str,
)
def test_definition_that_is_not_there_is_said(
    yangguang: Yangguang, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    found = yangguang(*arguments)

    assert (found.code, found.out, found.err) == (2, "", said + "\n")
    assert list(tmp_path.iterdir()) == []


def test_version_is_published_once(yangguang: Yangguang, empty_url: str) -> None:
    first = yangguang("publish", HERE, "--database", empty_url)
    again = yangguang("publish", HERE, "--database", empty_url)

    assert (first.code, first.out) == (0, "outing: version 1 is published.\n")
    assert (again.code, again.out) == (0, "outing: version 1 has these texts already.\n")


def test_wrong_definition_is_not_published(yangguang: Yangguang, tmp_path: Path) -> None:
    wrong = tmp_path / "definition.yaml"
    wrong.write_text("key: [", "utf-8")

    said = yangguang("publish", wrong)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{wrong}:1: ")


def test_file_that_is_no_text_is_said(yangguang: Yangguang, tmp_path: Path) -> None:
    picture = tmp_path / "definition.yaml"
    picture.write_bytes(b"\x89PNG\xff")

    said = yangguang("check", picture)

    assert said.code == 2
    assert said.err.startswith(f"{picture} cannot be read: ")
    assert said.err.count("\n") == 1
