"""The tables of the authors' reference: each word of the language stands in them, and what they reckon is right."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

import workflow
from tests.core.language_document import Table, code, document, processes
from workflow.calendar import chinese_calendar, day_of, is_end_of_day, local
from workflow.definition import words
from workflow.definition.expression import MOMENT, Expression, ExpressionWrong, Kind, compile_expression, record_of
from workflow.definition.expression.kinds import FUNCTIONS, METHODS
from workflow.definition.form import keep, reckoned
from workflow.definition.loading import load_definition
from workflow.definition.loading.document import plain, read_document
from workflow.definition.loading.fields import kinds
from workflow.definition.loading.grammar import FIELD_TYPES, json_schema
from workflow.definition.loading.states import OPERATIONS
from workflow.definition.model import PUBLIC, STARTER, UP, Fields
from workflow.definition.proving import prove
from workflow.definition.term.reading import AnchorNames, parse_repeat, parse_term
from workflow.definition.term.reckoning import next_repeat, reckon
from workflow.definition.term.values import Anchor
from workflow.engine.activities.notice import ANSWERS
from workflow.engine.stories import vocabulary
from workflow.engine.stories.cast import moment
from workflow.errors import InvalidData, NotPermitted, Refused, Stale, WorkflowError
from workflow.text import LANGUAGES, Language

CALENDAR = chinese_calendar()
ROOT = Path(__file__).parents[2]
DEFINITIONS = sorted([*ROOT.glob("tests/core/language/*/definition.yaml"), *ROOT.glob("definitions/*/definition.yaml")])
SHAPES: Mapping[str, Any] = json_schema()["$defs"]
#: Kind of map → its keys, each with its shape.
KEYS: Mapping[str, Mapping[str, str]] = {
    kind: {key: shape["$ref"].rpartition("/")[2] for key, shape in rules["properties"].items()}
    for kind, rules in SHAPES.items()
    if isinstance(rules, dict) and "properties" in rules
}
#: Table of words → all that must stand in its first column, and nothing else.
CLOSED: Mapping[str, frozenset[str]] = {
    "fieldtypes": frozenset(FIELD_TYPES),
    "triggers": frozenset(words.TRIGGERS),
    "names": frozenset({STARTER, PUBLIC, UP}),
    "words: operations": frozenset(OPERATIONS),
    "words: answers": frozenset(ANSWERS),
    "words: decide": frozenset(SHAPES["decide"]["anyOf"][0]["enum"]),
    "story: book": frozenset(vocabulary.BOOK),
    "story: story": frozenset(vocabulary.STORY),
    "story: given": frozenset(vocabulary.GIVEN),
    "story: verbs": frozenset(vocabulary.VERBS),
    "story: clock": frozenset(vocabulary.CLOCK) | frozenset(vocabulary.LOOK),
    "story: beside": frozenset(vocabulary.BESIDE),
    "story: expected": frozenset(vocabulary.EXPECTED),
}

SENSES: Mapping[Language, Mapping[str, str]] = {
    "en": {"forward": "forward", "back": "back", "stop": "stop"},
    "zh": {"forward": "向前", "back": "退回", "stop": "终止"},
}
PERSON: Mapping[Language, str] = {"en": "a person", "zh": "办理人"}

both_languages = pytest.mark.parametrize("language", LANGUAGES)


@pytest.mark.parametrize("file", DEFINITIONS, ids=lambda file: file.parent.name)
def test_definition_that_is_taken_fits_what_editors_complete_it_by(file: Path) -> None:
    found = jsonschema.Draft202012Validator(json_schema()).iter_errors(plain(read_document(file.read_text("utf-8"))))
    assert [(list(error.absolute_path), error.message) for error in found] == []


@both_languages
@pytest.mark.parametrize("kind", KEYS)
def test_every_key_has_its_row(language: Language, kind: str) -> None:
    rows = {name for table in document(language).marked("keys", kind) for name in names_of(table)}
    assert sorted(KEYS[kind].keys() - rows) == []


@both_languages
def test_no_row_is_of_a_key_that_is_not_there(language: Language) -> None:
    for table in document(language).marked("keys"):
        known = {key for kind in table.names for key in KEYS[kind]}
        assert sorted(set(names_of(table)) - known) == [], table.place


@both_languages
def test_every_word_of_a_few_is_explained_in_the_row_of_its_key(language: Language) -> None:
    few = {shape: rules["enum"] for shape, rules in SHAPES.items() if isinstance(rules, dict) and "enum" in rules}
    default = document(language).marked("keys", "definition")[0].header[-1]
    for table in document(language).marked("keys"):
        shapes = {key: shape for kind in table.names for key, shape in KEYS[kind].items()}
        for row in table.rows:
            said = set(code(" ".join(row[:-1] if table.header[-1] == default else row)))
            wanted = {word for key in code(row[0]) if shapes[key] != "field_type" for word in few.get(shapes[key], ())}
            assert sorted(wanted - said) == [], f"{table.place}: {row[0]}"


@both_languages
def test_what_is_written_is_one_of_what_can_be(language: Language) -> None:
    (types,) = document(language).marked("types")
    begins = (*types.column(0), "`")
    for table in document(language).marked("keys"):
        for row in table.rows:
            said = row[table.header.index(types.header[0])]
            assert said.startswith(begins) or not said, f"{table.place}: {row[0]}: {said}"


@both_languages
@pytest.mark.parametrize("mark", CLOSED)
def test_table_of_words_is_complete(language: Language, mark: str) -> None:
    found = [name for table in of_mark(language, mark) for name in names_of(table)]
    assert sorted(found) == sorted(CLOSED[mark])


@both_languages
def test_usual_triggers_are_as_built_in(language: Language) -> None:
    (table,) = document(language).marked("triggers")
    for name, label, sense, by in table.rows:
        (trigger,) = code(name)
        known, its_sense = words.TRIGGERS[trigger]
        assert label == (known.zh if language == "zh" else f"{known.en} {known.zh}")
        assert sense.startswith(SENSES[language][its_sense]), name
        assert (by == PERSON[language]) == (trigger not in words.FIRED), name


@both_languages
def test_expressions_give_what_is_said(language: Language) -> None:
    sample = Sample(language)
    (table,) = document(language).marked("expressions")
    for row in table.rows:
        (source,), (given,) = code(row[0]), code(row[1])
        assert shown(sample.evaluate(source)) == given, f"{table.place}: {source}"


@both_languages
def test_every_function_is_shown(language: Language) -> None:
    (table,) = document(language).marked("expressions")
    shown_ones = " ".join(code(row[0])[0] for row in table.rows)
    assert [name for name in (*FUNCTIONS, *METHODS) if f"{name}(" not in shown_ones] == []


@both_languages
def test_refused_expressions_are_refused_and_the_others_are_not(language: Language) -> None:
    sample = Sample(language)
    (table,) = document(language).marked("refused")
    for row in table.rows:
        (wrong,), (right,) = code(row[0]), code(row[1])
        with pytest.raises(ExpressionWrong):
            sample.compiled(wrong)
        assert isinstance(sample.evaluate(right), bool)


@both_languages
def test_terms_give_what_is_said(language: Language) -> None:
    moments = Moments(language)
    (table,) = document(language).marked("terms")
    for row in table.rows:
        (source,), (given,) = code(row[0]), code(row[1])
        found = reckon(parse_term(source, moments.names), moments, CALENDAR, moments.entered)
        assert found is not None
        assert written(found.at) == given, f"{table.place}: {source}"


@both_languages
def test_repeats_give_what_is_said(language: Language) -> None:
    moments = Moments(language)
    (table,) = document(language).marked("repeats")
    for row in table.rows:
        later_than, found = moments.entered, []
        for _ in row[1:]:
            at = next_repeat(
                parse_repeat(code(row[0])[0], moments.names), moments, CALENDAR, moments.entered, later_than
            )
            assert at is not None
            found.append(f"`{written(at)}`")
            later_than = at
        assert found == list(row[1:]), f"{table.place}: {row[0]}"


@both_languages
def test_claims_hold_of_the_process_below_them(language: Language) -> None:
    (table,) = document(language).marked("claims")
    (process,) = (process for process in processes(language) if process.key == "proved")
    claims = [code(row[0])[0] for row in table.rows]
    text = (
        process.definition.text.rpartition("\nprove:")[0] + "\nprove:\n" + "".join(f"  - {claim}\n" for claim in claims)
    )

    verdicts = prove(load_definition(text).sound())

    assert [(verdict.claim, verdict.problem) for verdict in verdicts if not verdict.holds] == []
    assert [verdict.claim for verdict in verdicts] == claims


@both_languages
def test_every_code_of_a_file_is_explained(language: Language) -> None:
    found = [name for table in of_mark(language, "codes: file") for name in names_of(table)]
    assert sorted(found) == sorted(codes_of_files())


@both_languages
def test_every_code_of_a_refusal_is_explained(language: Language) -> None:
    found = [name for table in of_mark(language, "codes: refusal") for name in names_of(table)]
    assert sorted(found) == sorted({NotPermitted.code, Stale.code, *codes_of(InvalidData), *codes_of(Refused)})


# --- reading the tables


def of_mark(language: Language, mark: str) -> list[Table]:
    """The tables of a mark, which may have a name: `story: verbs`."""
    kind, _, name = mark.partition(": ")
    return [table for table in document(language).marked(kind) if not name or table.names == (name,)]


def names_of(table: Table) -> list[str]:
    return [name for row in table.rows for name in code(row[0])]


def as_map(text: str) -> dict[str, Any]:
    found = plain(read_document(text))
    assert isinstance(found, dict)
    return found


# --- codes


def codes_of_files() -> set[str]:
    """Every code with which the loader, the proofs and the check speak of a file, as their source has it."""
    room = Path(workflow.__file__).parent
    folders = [room / "definition" / name for name in ("expression", "loading", "proving")]
    files = [*(file for folder in folders for file in folder.glob("*.py"))]
    files += [room / "engine" / "checking.py", room / "engine" / "stories" / "book.py"]
    return {found for file in files for found in _codes_in(ast.parse(file.read_text("utf-8")))}


def _codes_in(tree: ast.AST) -> Iterator[str]:
    """What a call that tells a problem has as its code, and what a function has where no code is given."""
    for node in ast.walk(tree):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {"Problem": node.args[1:2], **dict.fromkeys(_TELLERS, node.args[:1])}.get(name, [])
            given = [*given, *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
        elif isinstance(node, ast.FunctionDef) and node.args.defaults:
            last = node.args.args[-len(node.args.defaults) :]
            given = [default for arg, default in zip(last, node.args.defaults, strict=True) if arg.arg == "code"]
        yield from (one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))


_TELLERS = ("problem", "warning", "_problem", "_wrong")


def codes_of(kind: type[WorkflowError]) -> Iterator[str]:
    yield kind.code
    for narrower in kind.__subclasses__():
        yield from codes_of(narrower)


# --- expressions


class Sample:
    """The fields and values that the document gives for its expressions."""

    def __init__(self, language: Language) -> None:
        (block,) = document(language).of_kind("values")
        given = as_map(block.text)
        self._fields = _fields_of(given["fields"])
        self._data = {name: keep(self._fields[name], rules["is"]) for name, rules in given["fields"].items()}
        self._others = {name: _value(value) for name, value in given["others"].items()}

    def compiled(self, source: str) -> Expression:
        others = {name: MOMENT if isinstance(value, datetime) else ANYTHING for name, value in self._others.items()}
        return compile_expression(source, {**kinds(self._fields), **others})

    def evaluate(self, source: str) -> object:
        return self.compiled(source).evaluate(self._named, CALENDAR)

    def _named(self, name: str, _: frozenset[str]) -> object:
        return reckoned(self._fields[name], self._data[name]) if name in self._fields else self._others[name]


ANYTHING: Kind = record_of(None)


def _fields_of(given: Mapping[str, Any]) -> Fields:
    """As a definition would have them, whose labels are left out."""
    fields = {name: {key: value for key, value in rules.items() if key != "is"} for name, rules in given.items()}
    states = {"draft": {"task": {"who": "starter"}, "to": {"submit": "done"}}, "done": {"end": "done"}}
    text = json.dumps({"key": "sample", "title": "sample", "fields": fields, "states": states})
    return load_definition(text).sound().fields


def _value(given: Any) -> Any:
    """As the service hands it to expressions: numbers alike, dates as their 24:00."""
    match given:
        case dict():
            return {name: _value(value) for name, value in given.items()}
        case int():
            return float(given)
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\d", given):
            return moment(given, end=True)
    return given


def shown(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
    return str(value)


# --- moments


class Moments:
    """The moments that the document gives for its terms."""

    def __init__(self, language: Language) -> None:
        (block,) = document(language).of_kind("moments")
        self._given = as_map(block.text)
        self.names = AnchorNames(
            states=frozenset(self._given["states"]),
            fields=frozenset(self._given["fields"]),
            round_fields=frozenset(self._given["round"]),
        )
        self.entered = moment(self._given["entered"])

    def __call__(self, anchor: Anchor) -> datetime:
        group = {"state": "states", "field": "fields", "round": "round"}.get(anchor.kind)
        return moment(self._given[group][anchor.name] if group else self._given[anchor.kind], end=True)


def written(at: datetime) -> str:
    return f"{day_of(at)} 24:00" if is_end_of_day(at) else f"{local(at):%Y-%m-%d %H:%M}"
