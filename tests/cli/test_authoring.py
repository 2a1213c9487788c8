"""Checking a folder: what is printed of each file in it, and how it ends."""

from pathlib import Path

from tests.cli.conftest import ROOT, Yangguang

DEFINITION = """\
key: small
title: {zh: 小, en: Small}
start: {role: clerk, at: township}
fields:
  name: {type: text, label: {zh: 姓名, en: Name}, required: true}
states:
  draft: {label: {zh: 草稿, en: Draft}, task: {who: starter, edit: [name]}, to: {submit: done}}
  done: {end: {zh: 办结, en: Done}}
"""
STORIES = """\
units: {城东镇: {level: township}}
cast: {李强: {clerk: 城东镇}}
stories:
  - story: one
    steps: [{by: 李强, start: {name: 甲}}, {by: 李强, do: submit}]
    expect: {state: done}
"""


def a_folder(parent: Path, **texts: str) -> Path:
    folder = parent / "small"
    folder.mkdir()
    for name, text in {"definition": DEFINITION, "stories": STORIES, **texts}.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def test_sound_folder_is_told_in_words_that_fit_its_counts(yangguang: Yangguang, tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    said = yangguang("check", folder)

    assert (said.code, said.lines) == (0, ["small: sound; 0 claims proved, 1 story told."])


def test_shipped_definitions_are_checked_without_a_warning(yangguang: Yangguang) -> None:
    said = yangguang("check")

    assert said.code == 0
    assert [line.partition(";")[0].split(": ")[1] for line in said.lines] == ["sound"] * len(said.lines)
    assert len(said.lines) == len(list((ROOT / "definitions").glob("*/definition.yaml")))


def test_refuted_claim_is_printed_with_its_story(yangguang: Yangguang, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, definition=DEFINITION + "prove: [never draft and done]\n")

    said = yangguang("check", folder)

    assert said.code == 1
    assert said.lines[0].startswith(f"{folder / 'definition.yaml'}:9: prove[0]: ")
    assert "    - story: against never draft and done" in said.lines


def test_wrong_columns_are_told_with_their_lines(yangguang: Yangguang, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, columns="fields:\n  nane: {headings: [姓名]}\n")

    said = yangguang("check", folder)

    assert said.code == 1
    (line,) = said.lines
    assert line.startswith(f"{folder / 'columns.yaml'}:2: ")


def test_story_that_fails_is_told_in_the_language_of_the_reader(yangguang: Yangguang, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, stories=STORIES.replace("name: 甲", ""))

    english, chinese = yangguang("check", folder), yangguang("check", folder, language="zh")

    assert english.lines[-2:] == [
        "  expected  done",
        "  found     refused, data: Some fields need another look. /data/name: “Name” is needed.",
    ]
    assert chinese.lines[-2].startswith("  期望  ")
    assert chinese.lines[-1].startswith("  实际  ")
    assert "refused" not in chinese.lines[-1]
