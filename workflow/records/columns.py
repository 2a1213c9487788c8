"""Which heading of a workbook means which field: `columns.yaml` in the folder of a definition, and the fields' labels.

    township: {headings: [乡镇(街道), 所属乡镇], level: township}     # found in the directory by its name
    unit:     {headings: [工作单位, 所在单位]}                        # below it; one that is not there yet is proposed
    fields:
      name:      {headings: [姓名, 推荐人选], converter: name, essential: true}
      born_on:   {headings: [出生年月], converter: year_month}
      position:  {headings: [职务/职称], converter: title}
      education: {headings: [文化程度], synonyms: {bachelor: [大学, 大学本科], college: [专科]}}

Each key may be left out. `headings` come beside the labels of the field in both languages; of a heading only letters,
signs and digits count. Two fields may have the same heading: both are read from that column. `essential`: a sheet without
the heading is no nominations, a row without the value is refused (township and unit, unless they say otherwise; without
this file what `once` and `subject` name). `synonyms` are other words for an option, beside its labels. Only fields that
the first state has in `edit` can be imported.

| converter | of | does |
| --- | --- | --- |
| `name` | text | spaces within a Chinese name are taken out |
| `year_month` | date | 1986.09, 1983年06月, 1983-11 are the first of that month; a whole date stays |
| `title` | text | posts and titles stand apart by one `/`, however they were parted: 焊工、高级技师 |
| | choice | of these parts the first that is one of the options, else nothing |
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, cast, get_args

from workflow.cases.versions import Version
from workflow.definition.loading import document
from workflow.definition.loading.document import DocumentWrong, Listing, Node, Scalar
from workflow.definition.model import Definition, Field
from workflow.errors import DefinitionWrong, Problem
from workflow.records.headings import plain
from workflow.text import Label, Sentence, sentence

FILE: Final = "columns.yaml"
#: Keys of what is no field; a field's name never begins so.
TOWNSHIP: Final = "/township"
UNIT: Final = "/unit"

Converter = Literal["name", "year_month", "title"]

_CONVERTS: Final[Mapping[str, Collection[str]]] = {
    "name": ("text",),
    "year_month": ("date",),
    "title": ("text", "choice"),
}
#: What a cell of a sheet can hold.
_IMPORTABLE: Final[Collection[str]] = (
    *("text", "long_text", "integer", "number", "percent", "money", "date", "moment", "yes_no", "choice", "choices"),
    *("mobile", "email", "id_number"),
)
_TOWNSHIP_HEADINGS: Final = ("乡镇(街道)", "乡镇", "乡镇街道", "乡镇街道园区", "所属乡镇", "Township")
_UNIT_HEADINGS: Final = ("工作单位", "单位", "单位名称", "所在单位", "企业名称", "Unit", "Employer")
_NAMED_IN_SUBJECT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The column of the township or of the unit."""

    headings: tuple[str, ...]
    essential: bool = True
    level: str = "township"  #: of the directory; of the unit it is the one that starts such cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The column of a field."""

    field: Field
    headings: tuple[str, ...]
    converter: Converter | None = None
    essential: bool = False
    words: Mapping[str, str]  #: what means an option, spelled plainly


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    township: Place
    unit: Place
    fields: Mapping[str, Column]

    @property
    def wanted(self) -> dict[str, tuple[str, ...]]:
        places = {TOWNSHIP: self.township.headings, UNIT: self.unit.headings}
        return places | {name: column.headings for name, column in self.fields.items()}

    @property
    def essential(self) -> frozenset[str]:
        places = {TOWNSHIP: self.township.essential, UNIT: self.unit.essential}
        return frozenset(
            [key for key, wanted in places.items() if wanted]
            + [name for name, column in self.fields.items() if column.essential]
        )

    def label(self, key: str) -> Label | str:
        """What people call a column, where the sheet has none."""
        if key in self.fields:
            return self.fields[key].field.label
        return (self.township if key == TOWNSHIP else self.unit).headings[0]


def columns_of(version: Version) -> Columns:
    """Those of a published version. Raises DefinitionWrong, by line of its columns.yaml."""
    return read_columns(version.definition, version.texts.texts.get(FILE))


@lru_cache(maxsize=64)
def read_columns(definition: Definition, text: str | None) -> Columns:
    """The columns as a text of this kind says, or the labels alone. Raises DefinitionWrong with every problem."""
    if text is None:
        return _by_labels(definition)
    reader = _Reader(definition)
    try:
        columns = reader.read(document.read_document(text))
    except DocumentWrong as wrong:
        raise DefinitionWrong(tuple(replace(problem, file=FILE) for problem in wrong.problems)) from wrong
    if reader.problems:
        raise DefinitionWrong(tuple(reader.problems))
    return columns


def _by_labels(definition: Definition) -> Columns:
    named = {*definition.once, *_NAMED_IN_SUBJECT.findall(definition.subject or "")}
    fields = {
        name: _column(found, (), essential=name in named and found.required is True)
        for name, found in _importable(definition).items()
    }
    return _with_labels(
        Columns(township=Place(headings=_TOWNSHIP_HEADINGS), unit=Place(headings=_UNIT_HEADINGS), fields=fields)
    )


def _importable(definition: Definition) -> dict[str, Field]:
    editable = definition.states[definition.first_state].edit
    found = {name: definition.fields[name] for name in editable if name in definition.fields}
    return {name: one for name, one in found.items() if one.type in _IMPORTABLE and not one.computed}


def _column(
    found: Field,
    headings: Sequence[str],
    *,
    essential: bool = False,
    converter: Converter | None = None,
    synonyms: Mapping[str, Sequence[str]] | None = None,
) -> Column:
    words = {plain(word): option for option, listed in (synonyms or {}).items() for word in listed}
    for option, label in found.options.items():
        words |= {plain(word): option for word in (option, label.zh, label.en)}
    return Column(
        field=found,
        headings=tuple(headings),
        essential=essential,
        converter=converter,
        words=words,
    )


def _with_labels(columns: Columns) -> Columns:
    """The labels beside what is written down, as far as they mean nothing else."""
    written = (
        *columns.township.headings,
        *columns.unit.headings,
        *(h for c in columns.fields.values() for h in c.headings),
    )
    taken = {plain(heading) for heading in written}
    fields: dict[str, Column] = {}
    for name, column in columns.fields.items():
        labels = [label for label in (column.field.label.zh, column.field.label.en) if plain(label) not in taken]
        taken |= {plain(label) for label in labels}
        headings = tuple(dict.fromkeys([*column.headings, *labels]))
        if headings:
            fields[name] = replace(column, headings=headings)
    return Columns(township=columns.township, unit=columns.unit, fields=fields)


class _Reader:
    """Reads the nodes of a columns.yaml and collects what is wrong."""

    def __init__(self, definition: Definition) -> None:
        self._known = _importable(definition)
        self.problems: list[Problem] = []

    def read(self, whole: document.Mapping) -> Columns:
        self._only(whole, "", ("township", "unit", "fields"))
        township = self._place(whole.get("township"), "township", _TOWNSHIP_HEADINGS)
        unit = self._place(whole.get("unit"), "unit", _UNIT_HEADINGS)
        written = self._map(whole.get("fields"), "fields")
        fields = {name: self._field(name, node, written.lines[name]) for name, node in written.entries.items()}
        rest = {name: _column(found, ()) for name, found in self._known.items() if name not in fields}
        named = {name: column for name, column in fields.items() if column is not None}
        return _with_labels(Columns(township=township, unit=unit, fields=named | rest))

    def _place(self, node: Node | None, at: str, usual: tuple[str, ...]) -> Place:
        keys = self._map(node, at)
        self._only(keys, at, ("headings", "essential", "level"))
        return Place(
            headings=self._headings(keys, at) or usual,
            essential=self._truth(keys.get("essential"), f"{at}.essential", usual=True),
            level=self._word(keys.get("level"), f"{at}.level") or "township",
        )

    def _field(self, name: str, node: Node, line: int) -> Column | None:
        at, keys, found = f"fields.{name}", self._map(node, f"fields.{name}"), self._known.get(name)
        self._only(keys, at, ("headings", "converter", "essential", "synonyms"))
        if found is None:
            text = sentence(
                "There is no field “{name}” that the first state lets people fill in from a cell.", name=name
            )
            self._problem(at, "unknown_name", line, text)
            return None
        return _column(
            found,
            self._headings(keys, at),
            essential=self._truth(keys.get("essential"), f"{at}.essential", usual=False),
            converter=self._converter(keys.get("converter"), f"{at}.converter", found),
            synonyms=self._synonyms(keys.get("synonyms"), f"{at}.synonyms", found),
        )

    def _headings(self, keys: document.Mapping, at: str) -> tuple[str, ...]:
        return tuple(self._words(keys.get("headings"), f"{at}.headings"))

    def _converter(self, node: Node | None, at: str, found: Field) -> Converter | None:
        word = self._word(node, at)
        if word is None or node is None:
            return None
        if found.type not in _CONVERTS.get(word, ()):
            names = [name for name in get_args(Converter) if found.type in _CONVERTS[name]] or ["–"]
            text = sentence("A field of type {type} has these converters: {names}.", type=found.type, names=names)
            self._problem(at, "wrong_type", node.line, text)
            return None
        return cast("Converter", word)

    def _synonyms(self, node: Node | None, at: str, found: Field) -> dict[str, list[str]]:
        keys = self._map(node, at)
        for option, line in keys.lines.items():
            if option not in found.options:
                text = sentence("There is no option “{option}”.", option=option)
                self._problem(f"{at}.{option}", "unknown_name", line, text)
        return {option: list(self._words(words, f"{at}.{option}")) for option, words in keys.entries.items()}

    # --- nodes

    def _map(self, node: Node | None, at: str) -> document.Mapping:
        if isinstance(node, document.Mapping):
            return node
        if node is not None:
            self._problem(at, "wrong_type", node.line, sentence("A map of keys is wanted here."))
        return document.Mapping({}, {}, 0)

    def _only(self, keys: document.Mapping, at: str, known: Collection[str]) -> None:
        for key, line in keys.lines.items():
            if key not in known:
                place = f"{at}.{key}" if at else key
                text = sentence("There is no key “{key}” here; there are: {keys}.", key=key, keys=list(known))
                self._problem(place, "unknown_key", line, text)

    def _words(self, node: Node | None, at: str) -> Iterator[str]:
        for item in node.items if isinstance(node, Listing) else [node] if node is not None else []:
            word = self._word(item, at)
            if word is not None:
                yield word

    def _word(self, node: Node | None, at: str) -> str | None:
        if node is None:
            return None
        if isinstance(node, Scalar) and node.text.strip():
            return node.text.strip()
        self._problem(at, "wrong_type", node.line, sentence("A word is wanted here."))
        return None

    def _truth(self, node: Node | None, at: str, *, usual: bool) -> bool:
        if node is None:
            return usual
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self._problem(at, "wrong_type", node.line, sentence("true or false is wanted here."))
        return usual

    def _problem(self, at: str, code: str, line: int, text: Sentence) -> None:
        self.problems.append(Problem(at, code, text, line=line, file=FILE))
