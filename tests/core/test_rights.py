"""`explain --rights`: for each step, who may see, write and decide what."""

from pathlib import Path

import pytest

from workflow.definition.explaining import explain_rights
from workflow.definition.loading import load_definition
from workflow.definition.model import Definition
from workflow.text import LANGUAGES, Language

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "definitions").glob("*/definition.yaml"))


def definition_at(file: Path) -> Definition:
    return load_definition(file.read_text("utf-8")).sound()


def shipped(key: str) -> Definition:
    return definition_at(ROOT / "definitions" / key / "definition.yaml")


def table(page: str, heading: str) -> list[list[str]]:
    """The rows below a heading, without the header."""
    block = page.split(f"## {heading}\n\n")[1].split("\n\n", maxsplit=1)[0]
    return [line.strip("| ").split(" | ") for line in block.splitlines()[2:]]


def test_step_lists_its_holders_those_added_later_and_who_may_withdraw() -> None:
    page = explain_rights(shipped("leave_request"), "en")

    assert table(page, "Township (`township_review`)") == [
        [
            "The township union chair",
            "the form",
            "–",
            "Grant, Send back, Refuse",
            "Claim, Delegate, Pass on, Add a signer, Recuse oneself, Paper received",
        ],
        [
            "The leader of the district",
            "the form",
            "–",
            "Grant, Send back, Refuse",
            "Claim, Delegate, Pass on, Add a signer, Recuse oneself, Paper received",
        ],
        ["The starter", "the form", "–", "Withdraw", "–"],
    ]


def test_form_is_written_by_the_starter_alone() -> None:
    page = explain_rights(shipped("leave_request"), "en")

    (row,) = table(page, "Fill in (`draft`)")
    assert row[0] == "The starter"
    assert row[2] == "Kind, Reason, From, Days, Sick note, Who does the work meanwhile"


def test_fields_that_are_hidden_or_masked_are_named() -> None:
    page = explain_rights(shipped("model_worker"), "en")

    (experts,) = (row for row in table(page, "Experts' marks (`scoring`)") if row[3] == "marks")
    assert experts[1] == "the form, without ID number, Mobile, Address, A penalty is in force"
    (township,) = (row for row in table(page, "Departments asked (`consultation`)") if "Veto" in row[3])
    assert township[1] == "the form, masked: ID number, Mobile, Address"


def test_forbidden_operations_are_left_out() -> None:
    page = explain_rights(shipped("model_worker"), "en")

    candidate = table(page, "The candidate's consent (`consent`)")[0]
    assert candidate[4] == "Claim, Recuse oneself, Paper received"


def test_public_objects_but_sees_no_form() -> None:
    page = explain_rights(shipped("model_worker"), "en")

    (public,) = (row for row in table(page, "Public notice (`public_notice`)") if row[0] == "The public")
    assert public[1:] == ["–", "–", "objects", "–"]


def test_who_may_withdraw_without_being_a_reader_is_not_said_to_see_the_form() -> None:
    definition = load_definition(
        """
key: plain
title: {zh: 一, en: One}
start: {role: clerk, at: township}
people: {chief: {role: chief, at: township}}
fields: {note: {type: text, label: {zh: 说明, en: Note}}}
states:
  draft: {task: {who: starter, edit: [note]}, to: {submit: done}}
  done: {end: {zh: 完, en: Done}}
anytime: {stop: {by: [chief], to: done}}
triggers: {stop: {label: {zh: 停, en: Stop}, sense: stop}}
"""
    ).sound()

    rows = table(explain_rights(definition, "en"), "Draft (`draft`)")

    assert rows[1] == ["The township chief", "–", "–", "Stop", "–"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_step_of_a_shipped_definition_has_its_table(file: Path, language: Language) -> None:
    definition = definition_at(file)

    page = explain_rights(definition, language)

    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert {line.count(" | ") for line in rows} == {4}
    works = [state for state in definition.states.values() if not state.is_end and state.to and state.activity]
    missing = [state.name for state in works if f"(`{state.name}`)" not in page]
    assert [name for name in missing if definition.states[name].activity.__class__.__name__ == "Task"] == []
