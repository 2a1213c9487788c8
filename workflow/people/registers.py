"""What the registers of organisations and persons hold: their fields, the same checks for every door, and what is wrong."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, or_, select

from workflow.definition.form import Form
from workflow.definition.model import Field, FieldType
from workflow.engine.directory import Principal
from workflow.errors import InvalidData, NotFound, Problem
from workflow.people.changing import in_parts
from workflow.people.tables import person
from workflow.text import Label, Sentence, sentence

NAME_MOST = 100
WORD_MOST = 60
COUNT_MOST = 1_000_000_000
COLUMNS_MOST = 50
TEXT_MOST = 200
#: Ids are whole numbers that JSON can carry.
_ID_MOST = 2**53
#: Control characters, line breaks, and marks that turn the direction of what follows; tabs too, unlike in forms.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _field(name: str, kind: FieldType, zh: str, en: str, **rules: Any) -> Field:
    return Field(name=name, type=kind, label=Label(zh, en), **rules)


def _form(*fields: Field) -> Form:
    return Form({field.name: field for field in fields})


_LANGUAGES = {"zh": Label("中文", "Chinese"), "en": Label("英文", "English")}

ORGANISATION = _form(
    _field("name", "text", "名称", "Name", required=True, min=1, max=NAME_MOST),
    _field("level", "text", "层级", "Level", required=True, min=1, max=WORD_MOST),
    _field("kind", "text", "类别", "Kind", max=WORD_MOST),
    _field("parent", "organisation", "上级", "Parent"),
    _field("members", "integer", "会员数", "Members", min=0, max=COUNT_MOST),
    _field("workers", "integer", "职工数", "Workers", min=0, max=COUNT_MOST),
    _field("proposed", "yes_no", "待确认", "Proposed", default=False),
)
PERSON = _form(
    _field("name", "text", "姓名", "Name", required=True, min=1, max=NAME_MOST),
    _field("login", "text", "登录名", "Login", max=WORD_MOST),
    _field("email", "email", "邮箱", "E-mail"),
    _field("mobile", "mobile", "手机号", "Mobile"),
    _field("language", "choice", "语言", "Language", options=_LANGUAGES, default="zh"),
    _field("employer", "organisation", "单位", "Employer"),
    _field("born_on", "date", "出生日期", "Born on", min="1900-01-01"),
)
ROLE = _form(_field("role", "text", "角色", "Role", required=True, min=1, max=WORD_MOST))
POST = _form(
    _field("person", "person", "人员", "Person", required=True),
    ROLE.fields["role"],
    _field("organisation", "organisation", "组织", "Organisation", required=True),
)
DELEGATION = _form(
    _field("from", "person", "委托人", "From", required=True),
    _field("to", "person", "代理人", "To", required=True),
    _field("begins", "moment", "开始", "Begins", required=True),
    _field("ends", "moment", "结束", "Ends", required=True),
    _field("definition", "text", "流程", "Definition", max=WORD_MOST),
)

#: Names with a place of their own; a column of the same name would hide it from expressions.
_OWN = frozenset(
    {"id", "columns", "age", "unit", "valid_from", "valid_until"} | ORGANISATION.fields.keys() | PERSON.fields.keys()
)
UNPRINTABLE = sentence("There is a sign in it that cannot be printed, or a line break.")

Row = dict[str, Any]


def clean(form: Form, raw: Mapping[str, object], at: str = "", *, new: bool = True) -> tuple[Row, list[Problem]]:
    """The values as they are kept, and what is wrong: of something new in all fields, of a change in those given."""
    unfit = {name for name, value in raw.items() if isinstance(value, str) and _UNFIT.search(value)}
    fit = {name: _trimmed(value) for name, value in raw.items() if name not in unfit}
    kept, problems = form.clean(fit, at)
    problems += [Problem(f"{at}/{name}", "data", UNPRINTABLE) for name in sorted(unfit)]
    wrong = {problem.at for problem in problems}
    row: Row = {}
    for name, field in form.fields.items():
        if not new and name not in raw:
            continue
        value = kept.get(name)
        row[name] = field.default if value is None else value
        if row[name] is None and field.required is True and f"{at}/{name}" not in wrong:
            needed = sentence("“{field}” is needed.", field=field.label)
            problems.append(Problem(f"{at}/{name}", "required", needed))
    return row, problems


def clean_register(
    form: Form, raw: Mapping[str, object], at: str = "", *, new: bool = True
) -> tuple[Row, list[Problem]]:
    """The same for organisations and persons, whose registers may have any other `columns`."""
    row, problems = clean(form, {name: value for name, value in raw.items() if name != "columns"}, at, new=new)
    if new or "columns" in raw:
        row["columns"], wrong = _clean_columns(raw.get("columns", {}), f"{at}/columns")
        problems += wrong
    return row, problems


def columns_text(columns: Mapping[str, object]) -> str:
    """Those that have a value, as they are stored."""
    kept = {name: value for name, value in columns.items() if value is not None}
    return msgspec.json.encode(kept, order="sorted").decode()


def is_fit(text: str) -> bool:
    """Whether it can stand in a register; what cannot is not looked up either (PostgreSQL takes no NUL)."""
    return _UNFIT.search(text) is None


def refuse(problems: Iterable[Problem]) -> None:
    """Raises InvalidData with all of them, if there are any."""
    found = tuple(problems)
    if found:
        raise InvalidData(found)


def existing(connection: Connection, table: Table, key: Principal) -> RowMapping:
    """The row; raises NotFound."""
    found = None
    if 0 < key < _ID_MOST:
        found = connection.execute(select(table).where(table.c.id == key)).mappings().one_or_none()
    if found is None:
        raise NotFound
    return found


def is_valid(table: Table, at: datetime) -> ColumnElement[bool]:
    """That it has not ended yet."""
    return or_(table.c.valid_until.is_(None), table.c.valid_until > at)


def unknown_or_ended(
    connection: Connection, table: Table, named: Iterable[tuple[str, Principal | None]], at: datetime
) -> list[Problem]:
    """What is wrong with references to organisations or persons: each is a place and an id, or none."""
    wanted = [(place, key) for place, key in named if key is not None]
    found: dict[Principal, tuple[str, bool]] = {}
    for part in in_parts(key for _, key in wanted):
        rows = connection.execute(select(table.c.id, table.c.name, is_valid(table, at)).where(table.c.id.in_(part)))
        found |= {key: (name, is_here) for key, name, is_here in rows}
    problems = [_reference_problem(table, place, found.get(key)) for place, key in wanted]
    return [problem for problem in problems if problem is not None]


def _reference_problem(table: Table, place: str, found: tuple[str, bool] | None) -> Problem | None:
    of_person = table is person
    if found is None:
        missing = sentence("There is no such person.") if of_person else sentence("There is no such organisation.")
        return Problem(place, "unknown", missing)
    name, is_here = found
    if is_here:
        return None
    left = sentence("{name} has left.", name=name) if of_person else sentence("“{name}” has been ended.", name=name)
    return Problem(place, "ended", left, sentence("Please choose another."))


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _clean_columns(raw: object, at: str) -> tuple[dict[str, object], list[Problem]]:
    """Names and plain values, of which an expression can make something."""
    if not isinstance(raw, Mapping) or len(raw) > COLUMNS_MOST:
        return {}, [Problem(at, "data", sentence("A map of at most {most} columns is wanted.", most=COLUMNS_MOST))]
    kept = {str(name): value.isoformat() if isinstance(value, date) else value for name, value in raw.items()}
    wrong = {name: _wrong_column(name) or _wrong_value(value) for name, value in kept.items()}
    return kept, [Problem(f"{at}/{name}", "data", text) for name, text in wrong.items() if text is not None]


def _wrong_column(name: str) -> Sentence | None:
    if not 0 < len(name) <= WORD_MOST or _UNFIT.search(name):
        return sentence("A column has a name of at most {most} characters.", most=WORD_MOST)
    if name in _OWN:
        return sentence("“{name}” has a place of its own, outside the other columns.", name=name)
    return None


def _wrong_value(value: object) -> Sentence | None:
    if isinstance(value, str):
        if _UNFIT.search(value):
            return UNPRINTABLE
        if len(value) > TEXT_MOST:
            return sentence("At most {most} characters; this has {found}.", most=TEXT_MOST, found=len(value))
        return None
    if value is None or (isinstance(value, int | float) and abs(value) < _ID_MOST):
        return None
    return sentence("A text, a number, or yes or no is wanted.")
