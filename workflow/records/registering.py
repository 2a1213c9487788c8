"""What the imports of registers share: rows as values, finding organisations by their names, adding what can be added."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec

from workflow.cases.contexts import context_of
from workflow.cases.office import Office
from workflow.definition.form import is_empty
from workflow.definition.model import Field
from workflow.engine import permit
from workflow.engine.context import Actor
from workflow.engine.directory import Organisation, Principal
from workflow.errors import InvalidData, NotPermitted
from workflow.people import registers
from workflow.people.changing import Change
from workflow.records.cleaning import Unfit, raw_of, text_of, tidy_name
from workflow.records.columns import Column
from workflow.records.headings import Table, Wanted, plain
from workflow.records.importing import At, CleanedCell, Entry, Flaw, RefusedRow, cleaned_cell, flaw_of
from workflow.records.workbook import Row
from workflow.text import Label, Sayable, Sentence, sentence

New = TypeVar("New")

#: Words of offices for the directory's own; what is not among them stands as it is.
_WORDS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "level": {
        "national": ("全国",),
        "province": ("省", "省级"),
        "city": ("市", "市级", "地市"),
        "district": ("区县", "区", "县", "区级", "县级", "县市区"),
        "township": ("乡镇", "镇", "乡", "街道", "园区", "乡镇街道", "乡镇街道园区"),
        "enterprise": ("企业", "单位", "基层", "基层工会", "企事业单位", "机关事业单位"),
    },
    "kind": {
        "public_security": ("公安", "公安局"),
        "tax": ("税务", "税务局"),
        "human_resources": ("人社", "人社局", "人力资源和社会保障局"),
        "emergency_management": ("应急管理", "应急管理局"),
        "ecology": ("生态环境", "生态环境局"),
        "market_regulation": ("市场监管", "市场监督管理局"),
        "audit": ("审计", "审计局"),
        "health": ("卫健", "卫生健康", "卫生健康局"),
        "discipline_inspection": ("纪检监察", "纪委监委"),
    },
    "role": {
        "union_chair": ("工会主席", "主席", "工会负责人"),
        "reviewer": ("审核员", "审核人"),
        "officer": ("经办人", "干事"),
        "model_worker_officer": ("劳模工作专干", "劳模办"),
        "expert": ("专家", "评委"),
        "representative": ("代表", "职工代表"),
        "examiner": ("核查员", "调查员"),
        "leader": ("领导", "分管领导"),
        "instructor": ("指导员", "党工建指导员"),
        "administrator": ("管理员", "系统管理员"),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row with its values: those of the register's own columns, and of all others by their headings."""

    table: Table
    row: Row
    values: Mapping[str, Any]
    others: Mapping[str, Any]

    @property
    def at(self) -> At:
        return At(self.table.sheet, self.row.number)


@dataclass(slots=True)
class Register:
    """What is wanted of a register, and what has come of its rows so far."""

    columns: Mapping[str, Column]
    lines: list[Line] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    cleaned: list[CleanedCell] = field(default_factory=list)

    @property
    def wanted(self) -> Wanted:
        return {name: column.headings for name, column in self.columns.items()}

    @property
    def essential(self) -> list[str]:
        return [name for name, column in self.columns.items() if column.essential]

    def read(self, tables: Iterable[Table], others: Callable[[Table], Mapping[str, int]] | None = None) -> None:
        """Each row as a line, or refused. `others`: the places of the columns that are kept as they are."""
        for table in tables:
            more = others(table) if others is not None else {}
            for row in table.rows:
                self._line(table, row, more)

    def refuse(self, line: Line, *flaws: Flaw) -> None:
        self.refused.append(RefusedRow(at=line.at, flaws=flaws, cells=line.row.cells))

    def refuse_at(self, line: Line, key: str | None, reason: Sayable) -> None:
        self.refuse(line, flaw_of(line.table, key, reason))

    def add(self, lines: Sequence[Line], adding: Callable[[Sequence[Line]], list[New]]) -> Iterator[tuple[Line, New]]:
        """Adds those that can be added, all at once; the others are refused by what is wrong with them."""
        left = list(lines)
        while left:
            try:
                yield from zip(left, adding(left), strict=True)
            except InvalidData as wrong:
                left = self._without_wrong(left, wrong)
            else:
                return

    def _without_wrong(self, lines: Sequence[Line], wrong: InvalidData) -> list[Line]:
        flaws: dict[int, list[Flaw]] = {}
        for problem in wrong.problems:
            number, _, name = problem.at.removeprefix("/").partition("/")
            flaws.setdefault(int(number), []).append(flaw_of(lines[int(number)].table, name, problem.text))
        for place, found in flaws.items():
            self.refuse(lines[place], *found)
        return [line for number, line in enumerate(lines) if number not in flaws]

    def _line(self, table: Table, row: Row, others: Mapping[str, int]) -> None:
        values: dict[str, Any] = {}
        flaws: list[Flaw] = []
        cleaned: list[CleanedCell] = []
        for name, column in self.columns.items():
            if name in table.places:
                self._value(table, row, name, column, values, flaws, cleaned)
        more: dict[str, Any] = {}
        for heading, place in others.items():
            try:
                more[heading] = _other(row.at(place))
            except Unfit as unfit:
                flaws.append(flaw_of(table, heading, unfit.reason))
        if flaws:
            self.refused.append(RefusedRow(at=At(table.sheet, row.number), flaws=tuple(flaws), cells=row.cells))
        else:
            self.lines.append(Line(table=table, row=row, values=values, others=more))
            self.cleaned += cleaned

    def _value(
        self,
        table: Table,
        row: Row,
        name: str,
        column: Column,
        values: dict[str, Any],
        flaws: list[Flaw],
        cleaned: list[CleanedCell],
    ) -> None:
        cell = row.at(table.places[name])
        try:
            raw, value = raw_of(column, cell)
        except Unfit as unfit:
            flaws.append(flaw_of(table, name, unfit.reason))
            return
        if is_empty(value):
            if column.essential:
                flaws.append(flaw_of(table, name, sentence("“{field}” is needed.", field=column.field.label)))
            return
        values[name] = column.words.get(plain(str(raw)), raw) if name in _WORDS else raw
        if isinstance(raw, str) and column.field.type != "choice" and raw != text_of(cell):
            cleaned.append(cleaned_cell(table, row, name, raw))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewcomerRow:
    """A person who is new: whoever runs the import may send him an invitation."""

    at: At
    person: Principal
    name: str
    login: str


@dataclass(slots=True)
class Done:
    """What came of the lines that were not refused."""

    entries: list[Entry] = field(default_factory=list)
    newcomers: list[NewcomerRow] = field(default_factory=list)

    def count(self, made: str, did: str = "made") -> int:
        return sum(entry.made == made and entry.did == did for entry in self.entries)


class Names:
    """Organisations by their names, or where several have it by a part of the way down to them."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._parents: dict[Principal, Principal | None] = {}
        self._names: dict[Principal, str] = {}
        self._by_name: dict[str, list[Principal]] = {}
        for organisation in organisations:
            self.add(organisation.id, organisation.name, organisation.parent)

    def add(self, organisation: Principal, name: str, parent: Principal | None) -> None:
        key = plain_name(name)
        self._names[organisation] = key
        self._parents[organisation] = parent
        self._by_name.setdefault(key, []).append(organisation)

    def find(self, path: str) -> list[Principal]:
        """All that a name or a way may mean."""
        *above, name = [plain_name(part) for part in path.split("/") if part.strip()] or [""]
        found = self._by_name.get(name, [])
        return [one for one in found if self._is_below(one, above)]

    def below(self, parent: Principal | None, name: str) -> Principal | None:
        found = self._by_name.get(plain_name(name), [])
        return next((one for one in found if self._parents[one] == parent), None)

    def _is_below(self, organisation: Principal, above: list[str]) -> bool:
        at = self._parents[organisation]
        for name in reversed(above):
            while at is not None and self._names.get(at) != name:
                at = self._parents.get(at)
            if at is None:
                return False
            at = self._parents.get(at)
        return True


def plain_name(name: str) -> str:
    """A name as it is compared: without spaces, whatever the width of its signs."""
    return tidy_name(name).replace(" ", "")


def alter(
    register: Register,
    done: Done,
    line: Line,
    before: Mapping[str, object],
    made: Any,
    key: Principal,
    altering: Callable[[], bool],
) -> bool:
    """Whether the line could be taken, different or not from what was there."""
    try:
        if altering():
            text = msgspec.json.encode(before, order="sorted").decode()
            done.entries.append(Entry(row=line.row.number, made=made, object=str(key), did="changed", before=text))
    except InvalidData as wrong:
        register.refuse(line, *(flaw_of(line.table, p.at.removeprefix("/"), p.text) for p in wrong.problems))
        return False
    return True


def here(organisations: Iterable[Organisation], change: Change) -> list[Organisation]:
    return [one for one in organisations if one.until is None or change.at < one.until]


def not_one(path: str, found: Sequence[Principal]) -> Sentence:
    if found:
        return sentence("Several organisations are called “{name}”; name those above too, like A/B.", name=path[:60])
    return sentence("The directory knows no “{name}”; is it spelled as there?", name=path[:40])


def column(known: Field, headings: Sequence[str], *, essential: bool = False, name: bool = False) -> Column:
    """A column of a register; the labels of the field are headings too."""
    words = {plain(word): meant for meant, listed in _WORDS.get(known.name, {}).items() for word in listed}
    for option, label in known.options.items():
        words |= {plain(word): option for word in (option, label.zh, label.en)}
    return Column(
        field=known,
        headings=(*headings, known.label.zh, known.label.en),
        converter="name" if name else None,
        essential=essential,
        words=words,
    )


def text_field(name: str, zh: str, en: str) -> Field:
    return Field(name=name, type="text", label=Label(zh, en), max=registers.TEXT_MOST)


def permit_registers(office: Office, actor: Actor) -> None:
    """The service itself; of persons administrators of the whole tree."""
    if actor.person is None and actor.service is not None:
        return
    with office.database.read() as connection:
        context = context_of(office, connection, actor)
    tops = [one.id for one in context.directory.organisations.values() if one.parent is None]
    if actor.person is None or not tops or not all(permit.is_administrator(top, context) for top in tops):
        raise NotPermitted(sentence("Only administrators of the whole directory may import registers."))


def _other(cell: Any) -> Any:
    """A value of a column that nobody but the register knows; yes and no are what expressions take for them."""
    if isinstance(cell, bool | int | float):
        return cell
    text = raw_of(_ANYTHING, cell)[0]
    return _TRUTHS.get(str(text).casefold(), text)


_TRUTHS: Final = {"是": True, "否": False, "yes": True, "no": False}
_ANYTHING: Final = column(text_field("other", "其他", "Other"), ())
