"""`mutate`: a rule that no story looks at is found by its line."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Said, Yangguang

LEAVE = ROOT / "definitions" / "leave_request"
DEFINITION = """
key: outing
title: {zh: 外出, en: Outing}
start: {role: union_chair, at: enterprise}
people:
  chair: {role: union_chair, at: township}
fields:
  days: {type: number, label: {zh: 天数, en: Days}, required: true}
states:
  draft:
    task: {who: starter, edit: [days]}
    to: {submit: review}
  review:
    task: {who: chair, due: 3 working days}
    to:
      approve: [{to: granted, when: days <= 3}, {to: refused}]
      reject: refused
  granted: {end: {zh: 准, en: Granted}}
  refused: {end: {zh: 不准, en: Refused}}
prove: [granted only after review.approve]
"""
BOOK = """
units: {示范区: {level: district}, 城东镇: {level: township, in: 示范区}, 金彭车业: {level: enterprise, in: 城东镇}}
cast: {王芳: {union_chair: 金彭车业}, 李强: {union_chair: 城东镇}}
stories:
  - story: two days are granted
    steps:
      - {by: 王芳, start: {days: 2}}
      - {by: 王芳, do: submit}
      - {by: 李强, do: approve}
    expect: {state: granted}
"""
BOUND = """
  - story: three days are granted, more are not
    steps:
      - {by: 王芳, start: {days: 3}, case: three}
      - {by: 王芳, do: submit, case: three}
      - {expect: {case: three, due: 2026-03-05}}
      - {by: 李强, do: approve, case: three}
      - {expect: {case: three, state: granted}}
      - {by: 王芳, start: {days: 3.5}, case: more}
      - {by: 王芳, do: submit, case: more}
      - {by: 李强, do: approve, case: more}
      - {expect: {case: more, state: refused}}
      - {by: 王芳, start: {}, case: none}
      - {by: 王芳, do: submit, case: none, refused: data}
      - {by: 王芳, do: submit, case: none, with: {days: 1}}
      - {by: 李强, do: reject, case: none, opinion: 不行}
    expect: {case: none, state: refused}
"""


def written(folder: Path, book: str) -> Path:
    (folder / "definition.yaml").write_text(DEFINITION, "utf-8")
    (folder / "stories.yaml").write_text(book, "utf-8")
    return folder


def survivors(said: Said) -> dict[str, int]:
    """By place, with the line."""
    assert said.code == 0
    found = (re.fullmatch(r".*definition\.yaml:(\d+): ([^:]+): .*", line) for line in said.lines[:-1])
    return {one[2]: int(one[1]) for one in found if one}


def share(said: Said) -> float:
    found = re.search(r"\((\d+\.\d|100) %\)", said.lines[-1])
    assert found, said.lines[-1]
    return float(found[1])


def test_rule_that_no_story_looks_at_is_told_by_its_line(yangguang: Yangguang, tmp_path: Path) -> None:
    said = yangguang("mutate", written(tmp_path, BOOK))

    line = next(number for number, row in enumerate(DEFINITION.splitlines(), 1) if "approve:" in row)
    assert survivors(said)["states.review.to.approve[0].when"] == line
    assert "states.review.task.due" in survivors(said)
    assert "fields.days.required" in survivors(said)


def test_stories_at_the_bounds_leave_nothing_unnoticed(yangguang: Yangguang, tmp_path: Path) -> None:
    said = yangguang("mutate", written(tmp_path, BOOK + BOUND))

    assert survivors(said) == {}
    assert share(said) == 100


def test_change_that_a_claim_refutes_counts_as_noticed_by_it(yangguang: Yangguang, tmp_path: Path) -> None:
    """Were `approve` and `reject` to change their targets, leave would be granted without approval."""
    said = yangguang("mutate", written(tmp_path, BOOK))

    assert "1 by claims" in said.lines[-1]


def test_limit_spreads_so_many_changes_over_the_file(yangguang: Yangguang) -> None:
    said = yangguang("mutate", LEAVE, "--limit", "10")

    found = re.match(r"(\d+) of (\d+) changed rules .* (\d+) more could not be read", said.lines[-1])
    assert found
    assert int(found[2]) + int(found[3]) == 10


@pytest.mark.parametrize("key", sorted(file.parent.name for file in ROOT.glob("definitions/*/definition.yaml")))
def test_shipped_definition_is_held_by_its_claims_and_stories(yangguang: Yangguang, key: str) -> None:
    assert share(yangguang("mutate", key)) >= 90
