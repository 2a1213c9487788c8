"""What a story says when it does not come out as told, and when it is no story."""

from pathlib import Path

import pytest

from workflow.calendar import chinese_calendar
from workflow.definition.loading import load_definition
from workflow.engine.stories import Coverage, Told, tell_book
from workflow.engine.stories.acting import VERBS as DONE
from workflow.engine.stories.book import read_book
from workflow.engine.stories.looking import LOOKERS
from workflow.engine.stories.vocabulary import EXPECTED, VERBS
from workflow.errors import said

LEAVE = (Path(__file__).parent / "language" / "leave" / "definition.yaml").read_text("utf-8")
WORLD = """units:
  示范区: {level: district}
  城东镇: {level: township, in: 示范区}
  金彭车业: {level: enterprise, in: 城东镇}
cast:
  王芳: {union_chair: 金彭车业}
  李强: {union_chair: 城东镇}
data: {reason: 探亲, days: 2}
stories:
"""
BEGUN = """  - story: leave
    on: 2026-03-02 09:00
    steps:
      - {by: 王芳, start: {}}
      - {by: 王芳, do: submit}
"""


def told(story: str, definition: str = LEAVE) -> tuple[list[Told], Coverage]:
    book, problems = read_book(WORLD + story)
    assert problems == []
    assert book is not None
    return tell_book(load_definition(definition).sound(), book, chinese_calendar())


def failure(steps: str) -> Told:
    """How the one story of a book failed; its steps follow on the start and the submission."""
    [found], _ = told(BEGUN + steps)
    assert found.failed
    return found


def wrong(story: str) -> list[str]:
    book, problems = read_book(WORLD + story)
    assert book is None
    return [f"{problem.line}: {problem.at}: {problem.say('en')}" for problem in problems]


# --- a failure says where, who, when, expected, found


def test_failure_names_line_step_time_deed_expected_and_found() -> None:
    found = failure("      - {pass: 1 working day}\n      - {expect: {state: granted}}\n")

    assert found.line == 16
    assert str(found) == (
        "“leave”, step 4, 2026-03-04 00:00: expect: {state: granted}\n"
        "  expected  state: granted\n"
        "  found     state: review, tasks: {李强: [review]}"
    )


def test_failure_of_the_last_look_has_its_line() -> None:
    found = failure("    expect: {tasks: {王芳: review}}\n")

    assert (found.line, found.step) == (15, 3)
    assert (found.expected, found.found) == ("王芳: review", "王芳: []")


@pytest.mark.parametrize(
    ("step", "expected", "found"),
    [
        ("{by: 王芳, do: approve}", "done", "refused, not_permitted:"),
        ("{by: 李强, do: return}", "done", "refused, opinion:"),
        ("{by: 李强, do: approve, refused: guard}", "refused: guard", "done"),
        ("{by: 李强, do: return, refused: guard}", "refused: guard", "refused, opinion:"),
        ("{by: 李强, do: submit, refused: 没有这句话}", "refused: 没有这句话", "refused, not_offered:"),
        ("{expect: {due: 2026-03-06}}", "due: 2026-03-06", "due: 2026-03-05 24:00"),
        ("{expect: {told: [张三]}}", "told: [张三]", "told: [李强, 王芳]"),
        ("{expect: {told: []}}", "told: []", "told: [李强"),
        ("{expect: {not_told: [李强]}}", "not_told: [李强]", "told: [李强"),
        ("{expect: {data: {days: 3}}}", "days: 3", "days: 2"),
        ("{expect: {data: {dais: 3}}}", "dais: 3", "there is no field dais"),
        ("{expect: {tasks: {}}}", "tasks: {}", "tasks: {李强: [review]}"),
        ("{expect: {overdue: [review]}}", "overdue: [review]", "overdue: []"),
        ("{expect: {granted: [王芳]}}", "granted: [王芳]", "granted: []"),
        ("{expect: {figures: {review.times: 2}}}", "review.times: 2", "review.times: 1"),
        ("{expect: {round: {seats: 2}}}", "round.seats: 2", "round.seats: null"),
        ("{expect: {incidents: [guard]}}", "incidents: [guard]", "incidents: []"),
    ],
)
def test_failure_says_what_was_found(step: str, expected: str, found: str) -> None:
    story = failure(f"      - {step}\n")

    assert (story.line, story.step) == (15, 3)
    assert said(story.expected, "en") == expected
    assert said(story.found, "en").startswith(found)


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("{by: 王方, do: submit}", "no one is called 王方"),
        ("{by: 李强, transfer: 王方, reason: 出差}", "no one is called 王方"),
        ("{by: 李强, do: approve, case: 乙}", "no case is called 乙"),
        ("{by: 王芳, start: {}, unit: 金鹏}", "no unit is called 金鹏"),
        ("{expect: {not_told: [王方]}}", "no one is called 王方"),
        ("{expect: {tasks: {王方: []}}}", "no one is called 王方"),
        ("{pass: soon}", "“soon”"),
        ("{until: 2026-13-01}", "“2026-13-01” is no moment"),
        ("{until: 2026-03-01}", "the clock does not go back to 2026-03-01"),
        ("{by: 王芳, close: review}", "review is no state with a ballot"),
        ("{by: 王芳, close: round}", "there is no round"),
    ],
)
def test_step_that_means_nothing_is_told(step: str, found: str) -> None:
    story = failure(f"      - {step}\n")

    assert said(story.expected, "en") == "a step of this language"
    assert found in said(story.found, "en")


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        ("given: {甲: {by: 王芳, state: gone}}", "there is no state gone"),
        ("given: {甲: {by: 王方, state: review}}", "no one is called 王方"),
        ("given: {甲: {by: 王芳, state: review, data: {dais: 3}}}", "there is no field dais"),
        ("given: {甲: {by: 王芳, state: review, data: {days: many}}}", "days: A number is wanted."),
        ("facts: {dais: 3}", "there is no field dais"),
        ("facts: {previous: 3}", "“previous” wants a map."),
        ("on: 9999-12-31", "9999-12-31 is not between 1800-01-01 and 2200-12-31"),
        ("on: yesterday", "“yesterday” is no moment"),
    ],
)
def test_beginning_that_cannot_be_is_told(beginning: str, found: str) -> None:
    [story], _ = told(f"  - story: leave\n    {beginning}\n    expect: {{}}\n")

    assert story.failed
    assert (story.line, story.step) == (10, 0)
    assert found in said(story.found, "en")


def test_given_case_that_its_state_cannot_reckon_with_is_told() -> None:
    definition = LEAVE.replace(
        "task: {who: chair, due: 3 working days}", "task: {who: chair, due: [{due: 3 days, when: days > 1}]}"
    )

    [story], _ = told(
        "  - story: leave\n    data: {days: null}\n    given: {甲: {by: 王芳, state: review}}\n", definition
    )

    assert story.failed
    assert said(story.found, "en").startswith("refused, guard: ")


def test_one_story_that_fails_leaves_the_others() -> None:
    found, _ = told(BEGUN + "    expect: {state: granted}\n" + BEGUN + "    expect: {state: review}\n")

    assert [story.failed for story in found] == [True, False]


# --- what is refused


def test_code_is_compared_as_a_code() -> None:
    """`ask` is a code, though it stands within “task”."""
    story = failure("      - {by: 王芳, do: submit, refused: ask}\n")

    assert said(story.found, "en").startswith("refused, not_permitted: ")
    assert " / task_closed: " in said(story.found, "en")


def test_either_reason_will_do_where_a_step_may_mean_two_tasks() -> None:
    steps = (
        "      - {by: 李强, do: return, opinion: 补}\n"
        "      - {by: 李强, do: approve, refused: task_closed}\n"
        "      - {by: 李强, do: approve, refused: not_permitted}\n"
    )

    [story], _ = told(BEGUN + steps)

    assert not story.failed, str(story)


def test_each_of_several_persons_is_refused() -> None:
    story = failure("      - {by: [王芳, 李强], do: approve, refused: not_permitted}\n")

    assert (story.expected, said(story.found, "en")) == ("refused: not_permitted", "done")


# --- what is no word of the language


@pytest.mark.parametrize(
    ("steps", "problems"),
    [
        (
            "      - {by: 王芳, sumbit: {}}\n",
            ["15: sumbit: There is no key “sumbit” here.", "15: steps: A step does one"],
        ),
        ("      - {by: 王芳, do: submit, pass: 1 day}\n", ["15: steps: A step does one thing; this does 2: do, pass."]),
        ("      - {by: 王芳}\n", ["15: steps: A step does one thing; this does 0: –."]),
        ("      - wait\n", ["15: steps: A step is a map: who, and what he does."]),
        ("      - {by: 王芳, start: 甲}\n", ["15: start: “start” wants a map."]),
        ("      - {by: 王芳, do: submit, with: 甲}\n", ["15: with: “with” wants a map."]),
        ("      - {expect: review}\n", ["15: expect: “expect” wants a map."]),
        ("    expect: [done]\n", ["15: expect: “expect” wants a map."]),
        ("    given: {甲: review}\n", ["15: 甲: “甲” wants a map."]),
        ("      - {expect: {stat: review}}\n", ["15: stat: There is no key “stat” here. Did you mean “state”?"]),
        ("    expect: {tolled: []}\n", ["15: tolled: There is no key “tolled” here. Did you mean “told”?"]),
        (
            "    given: {甲: {by: 王芳, stat: review}}\n",
            ["15: stat: There is no key “stat” here. Did you mean “state”?"],
        ),
        ("    step: []\n", ["15: step: There is no key “step” here. Did you mean “steps”?"]),
    ],
)
def test_unknown_word_is_told_with_its_line(steps: str, problems: list[str]) -> None:
    found = wrong(BEGUN + steps)

    assert [line[: len(problem)] for line, problem in zip(found, problems, strict=True)] == problems


def test_all_unknown_words_are_told_at_once() -> None:
    found = wrong(BEGUN.replace("submit", "submit, with_data: {}") + "      - {expect: {dew: 2026-03-05}}\n")

    assert [line.split(":")[0] for line in found] == ["14", "15"]


def test_book_without_stories_is_told() -> None:
    book, problems = read_book("units: {}\ncast: {}\nstory: x\n")

    assert book is None
    assert [f"{p.line}: {p.say('en')}" for p in problems] == [
        "3: There is no key “story” here. Did you mean “stories”?",
        "1: A list of stories is wanted.",
    ]


def test_every_verb_can_be_done_and_every_look_is_known() -> None:
    assert set(VERBS) == DONE
    assert set(EXPECTED) == set(LOOKERS) | {"case"}


# --- coverage


def test_coverage_names_triggers_not_taken_and_guards_seen_one_way_only() -> None:
    definition = load_definition(LEAVE).sound()

    _, granted = told(BEGUN + "      - {by: 李强, do: approve}\n")
    _, both = told(
        BEGUN
        + "      - {by: 李强, do: return, opinion: 补}\n"
        + "      - {by: 王芳, do: submit, with: {days: 4}}\n"
        + "      - {by: 李强, do: approve}\n"
        + BEGUN
        + "      - {by: 李强, do: approve}\n"
    )

    assert granted.missing(definition) == ["review.return", "days <= 3 (false)"]
    assert both.missing(definition) == []


def test_refused_act_covers_nothing() -> None:
    definition = load_definition(LEAVE).sound()

    _, coverage = told(BEGUN + "      - {by: 李强, do: return, refused: opinion}\n")

    assert "review.return" in coverage.missing(definition)
