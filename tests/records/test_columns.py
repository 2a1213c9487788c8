"""columns.yaml: what it says, and what is wrong with it, by line."""

import pytest

from tests.records.district import HERE
from workflow.definition.loading import load_definition
from workflow.definition.model import Definition
from workflow.errors import DefinitionWrong
from workflow.records.columns import TOWNSHIP, UNIT, Columns, read_columns


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load_definition((HERE / "definition.yaml").read_text("utf-8")).sound()


def wrong(definition: Definition, text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(DefinitionWrong) as refused:
        read_columns(definition, text)
    return [(problem.line, problem.at, problem.say("en")) for problem in refused.value.problems]


def headings(columns: Columns, key: str) -> tuple[str, ...]:
    return columns.wanted[key]


def test_written_headings_come_beside_the_labels(definition: Definition) -> None:
    columns = read_columns(definition, (HERE / "columns.yaml").read_text("utf-8"))

    assert headings(columns, "name") == ("姓名", "推荐人选", "Name")
    assert headings(columns, "mobile") == ("联系电话", "手机号", "Mobile")
    assert headings(columns, "industry") == ("行业", "Industry")
    assert headings(columns, TOWNSHIP) == ("乡镇(街道)",)
    assert columns.essential == {TOWNSHIP, UNIT, "name", "id_number", "deeds"}
    assert columns.fields["born_on"].converter == "year_month"
    assert columns.fields["education"].words["大学本科"] == "bachelor"


def test_two_fields_may_share_a_heading_and_a_label_that_is_taken_does_not_count(definition: Definition) -> None:
    columns = read_columns(
        definition,
        "fields:\n"
        "  position: {headings: [职务/职称], converter: title}\n"
        "  grade: {headings: [职务/职称], converter: title}\n"
        "  honours_before: {headings: [行业]}\n",
    )

    assert headings(columns, "position") == ("职务/职称", "Position")
    assert headings(columns, "grade") == ("职务/职称", "技能等级", "Skill grade")
    assert headings(columns, "industry") == ("Industry",)


def test_without_the_file_the_labels_count(definition: Definition) -> None:
    columns = read_columns(definition, None)

    assert headings(columns, "id_number") == ("身份证号", "ID number")
    assert columns.essential == {TOWNSHIP, UNIT, "name", "id_number"}
    assert "evidence" not in columns.fields


def test_everything_that_is_wrong_is_said_by_line(definition: Definition) -> None:
    text = (
        "township: {heading: [乡镇]}\n"
        "fields:\n"
        "  nmae: {headings: [姓名]}\n"
        "  evidence: {headings: [佐证]}\n"
        "  name: {converter: year_month, essential: perhaps}\n"
        "  sex: {synonyms: {man: [男]}}\n"
        "  born_on: {headings: {a: b}}\n"
    )

    assert wrong(definition, text) == [
        (1, "township.heading", "There is no key “heading” here; there are: headings, essential, level."),
        (3, "fields.nmae", "There is no field “nmae” that the first state lets people fill in from a cell."),
        (4, "fields.evidence", "There is no field “evidence” that the first state lets people fill in from a cell."),
        (5, "fields.name.essential", "true or false is wanted here."),
        (5, "fields.name.converter", "A field of type text has these converters: name, title."),
        (6, "fields.sex.synonyms.man", "There is no option “man”."),
        (7, "fields.born_on.headings", "A word is wanted here."),
    ]


def test_what_is_no_yaml_is_said_too(definition: Definition) -> None:
    ((line, _, said),) = wrong(definition, "fields: {name: &a {}}")

    assert (line, said) == (1, "Anchors and aliases are not taken; write it out.")
