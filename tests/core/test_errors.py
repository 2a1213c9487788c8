"""What an error says when several things are wrong at once."""

from typing import get_args

import pytest

from workflow.definition.words import OPERATIONS
from workflow.engine.commands import Operation
from workflow.errors import InvalidData, Problem
from workflow.text import Language, sentence

PROBLEMS = (
    Problem("/days", "data", sentence("A number is wanted.")),
    Problem(
        "/nam",
        "unknown_key",
        sentence("There is no field “{name}”.", name="nam"),
        sentence("Known here: {names}.", names=["name", "days"]),
    ),
)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", "有些内容填写有误，请核对。/days：请填写数字；/nam：没有字段“nam”。此处可用的名称：name、days。"),
        (
            "en",
            "Some fields need another look. /days: A number is wanted; /nam: There is no field “nam”. Known here: name, days.",
        ),
    ],
)
def test_several_problems_are_listed_with_the_signs_of_the_language(language: Language, expected: str) -> None:
    assert InvalidData(PROBLEMS).say(language) == expected


def test_question_is_not_followed_by_a_full_stop() -> None:
    problem = Problem("/nam", "unknown_key", sentence("A key."), sentence("Did you mean “{name}”?", name="name"))

    assert InvalidData((problem,)).say("en").endswith("Did you mean “name”?")


def test_every_operation_that_may_be_refused_has_a_name() -> None:
    assert set(OPERATIONS) == set(get_args(Operation))
