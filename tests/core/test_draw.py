"""The diagram: each state, each arrow, and labels that cannot break it."""

import re
from pathlib import Path

import pytest

from workflow.definition.drawing import mermaid
from workflow.definition.loading import load_definition
from workflow.definition.model import Definition, Target
from workflow.text import LANGUAGES, Language

EXAMPLES = Path(__file__).with_name("examples")
LEAVE = (EXAMPLES / "leave.yaml").read_text()
MODEL_WORKER = (EXAMPLES / "model_worker.yaml").read_text()
EVERYTHING = (EXAMPLES / "everything.yaml").read_text()
#: What each line of the diagram may be: a node with a quoted label, or an arrow with or without one.
_NODE = re.compile(r'\w+(\[|\(\[|\[\[|\{\{|\(\()"[^"]*"(\]|\]\)|\]\]|\}\}|\)\))')
_ARROW = re.compile(r'(?P<begin>\w+) (?P<line>-->|-\.->)(\|"(?P<label>[^"]*)"\|)? (?P<end>\w+)')


def a_definition(text: str = LEAVE) -> Definition:
    return load_definition(text).sound()


def lines(definition: Definition, language: Language = "en") -> list[str]:
    head, *rest = mermaid(definition, language).splitlines()
    assert head == "flowchart TD"
    return [line.strip() for line in rest]


def arrows(definition: Definition, language: Language = "en") -> list[tuple[str, str, str, str]]:
    found = [_ARROW.fullmatch(line) for line in lines(definition, language)]
    return [(arrow["begin"], arrow["line"], arrow["label"] or "", arrow["end"]) for arrow in found if arrow]


def shown(label: str) -> str:
    """The label as Mermaid shows it."""
    return re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label)


def targets(definition: Definition) -> list[tuple[str, Target]]:
    return [
        (state.name, target) for state in definition.states.values() for each in state.to.values() for target in each
    ]


def with_label(label: str) -> Definition:
    """A leave whose end and trigger are called so."""
    quoted = '"' + label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    both = f"{{zh: {quoted}, en: {quoted}}}"
    text = LEAVE.replace("{zh: 准假, en: Granted}", both)
    return a_definition(f"{text}\ntriggers: {{approve: {{label: {both}}}}}\n")


@pytest.mark.parametrize("text", [LEAVE, MODEL_WORKER, EVERYTHING])
@pytest.mark.parametrize("language", LANGUAGES)
def test_diagram_has_each_state_and_each_arrow(text: str, language: Language) -> None:
    definition = a_definition(text)

    nodes = [line for line in lines(definition, language) if _NODE.fullmatch(line)]
    drawn = [(begin, end) for begin, _, _, end in arrows(definition, language)]

    for state in definition.states.values():
        assert any(f'"{state.label.say(language)}"' in node for node in nodes), state.name
    for name, target in targets(definition):
        assert (f"state_{name}", f"{'to' if target.to in ('previous', 'any') else 'state'}_{target.to}") in drawn
    assert len(nodes) + len(drawn) == len(lines(definition, language))


def test_diagram_begins_at_the_first_state() -> None:
    assert arrows(a_definition())[0] == ("begin", "-->", "", "state_draft")


def test_arrows_say_the_trigger_and_its_condition() -> None:
    found = arrows(a_definition())

    assert ("state_review", "-->", "Approve: Days is at most 3", "state_granted") in found
    assert ("state_review", "-->", "Approve: otherwise", "state_refused") in found


def test_diagram_speaks_chinese() -> None:
    assert ("state_review", "-->", "同意：天数不超过3", "state_granted") in arrows(a_definition(), "zh")


def test_returns_are_dotted() -> None:
    assert ("state_review", "-.->", "Send back", "state_draft") in arrows(a_definition())


def test_targets_that_are_no_states_are_dotted_nodes_of_their_own() -> None:
    found = arrows(a_definition(LEAVE.replace("return: draft", "return: previous\n      reject: any")))

    assert ("state_review", "-.->", "Send back", "to_previous") in found
    assert ("state_review", "-.->", "Reject", "to_any") in found


def test_anytime_trigger_is_one_node_however_many_states_offer_it() -> None:
    definition = a_definition(MODEL_WORKER)

    found = [arrow for arrow in arrows(definition) if arrow[0] == "anytime_withdraw"]

    assert found == [("anytime_withdraw", "-.->", "", "state_withdrawn")]
    node = next(line for line in lines(definition) if line.startswith("anytime_withdraw{{"))
    assert "At any time except in Draft: Withdraw (the starter, the person concerned)" in node


def test_cancelled_stands_only_where_someone_may_cancel() -> None:
    assert any("state_cancelled" in line for line in lines(a_definition()))
    forbidden = a_definition(LEAVE + "\noperations: {cancel: never}\n")
    assert not any("cancel" in line for line in lines(forbidden))


@pytest.mark.parametrize(
    "label",
    [
        "say \"yes\" or 'no'",
        "two\nlines",
        "[square] (round) {curly} |bars|",
        "<b>bold</b> &amp; #35; ;",
        "1. one",
        "- a dash",
        "*bold* _leaning_ `code` $$sum$$",
        "style:#fff; classDef a:#000;",
        "end",
        "%%{init: {}}%% comment",
        "a --> b; graph TD",
        "back\\slash",
        "https://example.org/a",
    ],
)
def test_label_cannot_break_the_diagram(label: str) -> None:
    definition = with_label(label)

    for line in lines(definition):
        assert _NODE.fullmatch(line) or _ARROW.fullmatch(line), line
    end = next(line for line in lines(definition) if line.startswith("state_granted"))
    assert shown(end) == f'state_granted(["{" ".join(label.split())}"])'
    assert not re.search(r'[<>&`\\]|"(\d+\. |- )', "".join(re.findall(r'"([^"]*)"', end)))


def test_long_condition_is_cut() -> None:
    text = LEAVE.replace("when: days <= 3", 'when: \'days <= 3 && reason != "holiday" && reason != "family"\'')

    label = next(label for begin, _, label, end in arrows(a_definition(text)) if end == "state_granted")

    assert len(label) < 60
    assert label.endswith("…")


def test_diagram_is_the_same_each_time() -> None:
    assert mermaid(a_definition(MODEL_WORKER), "zh") == mermaid(a_definition(MODEL_WORKER), "zh")
