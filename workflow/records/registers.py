"""`import organisations` and `import people`: a district's registers from workbooks or csv, row by row.

A row that is wrong is refused with its column and the reason; the others go in, in one transaction. The same file again
changes nothing: organisations are known by their name below their parent, people by their login.

organisations: 名称 name, 层级 level, 类别 kind, 上级 parent, 会员数 members, 职工数 workers; what other columns say stays in
the register, 是 and 否 as truths. people: 姓名 name, 登录名 login, 邮箱 email, 手机 mobile, 语言 language, 单位 employer, 岗位 role, 任职单位
organisation; one line a post, so that a login may stand in several.

An organisation is named by its name, or where several have it with those above it: 示范区/城东镇/金彭车业.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workflow.cases.office import Office
from workflow.engine.context import Actor
from workflow.people.changing import Change, changing
from workflow.people.registers import ORGANISATION, PERSON
from workflow.records.headings import Table, find_tables, plain
from workflow.records.importing import CleanedCell, Kind, RefusedRow, begin_import, record_entries
from workflow.records.organisations import put_organisations
from workflow.records.people import put_people
from workflow.records.registering import Done, NewcomerRow, Register, column, permit_registers, text_field
from workflow.records.reporting import cleaned_listing, write_report
from workflow.records.workbook import read_grids
from workflow.text import Language

#: Columns of which the register keeps nothing: counters, and the reasons of a report that is imported again.
_NOT_KEPT: Final = frozenset({"序号", "编号", "no", "退回原因", "whyitwasrefused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What an import of a register did."""

    number: int
    rows: int
    made: int  #: organisations, or persons
    posts: int  #: of persons, those that they did not hold
    changed: int
    same: int  #: rows of which everything was there already
    refused: tuple[RefusedRow, ...]
    cleaned: tuple[CleanedCell, ...]
    newcomers: tuple[NewcomerRow, ...]
    report: Path


def import_organisations(
    office: Office, file: Path, *, actor: Actor, folder: Path | None = None, language: Language = "zh"
) -> Registered:
    """Raises Malformed or TooLarge for the file, NotPermitted."""
    wanted = Register(
        columns={
            "name": column(ORGANISATION.fields["name"], ("名称", "单位名称", "组织名称"), essential=True, name=True),
            "level": column(ORGANISATION.fields["level"], ("级别",), essential=True),
            "kind": column(ORGANISATION.fields["kind"], ("类型",)),
            "parent": column(text_field("parent", "上级", "Parent"), ("上级组织", "上级工会", "所属"), name=True),
            "members": column(ORGANISATION.fields["members"], ("会员人数",)),
            "workers": column(ORGANISATION.fields["workers"], ("职工人数",)),
        }
    )
    return _import(_Asked(office, file, "organisations", actor, folder, language), wanted, put_organisations, _others)


def import_people(
    office: Office, file: Path, *, actor: Actor, folder: Path | None = None, language: Language = "zh"
) -> Registered:
    """Raises Malformed or TooLarge for the file, NotPermitted. Nobody is sent anything."""
    wanted = Register(
        columns={
            "name": column(PERSON.fields["name"], ("姓名",), essential=True, name=True),
            "login": column(PERSON.fields["login"], ("账号", "用户名"), essential=True),
            "email": column(PERSON.fields["email"], ("电子邮箱",)),
            "mobile": column(PERSON.fields["mobile"], ("手机", "联系电话")),
            "language": column(PERSON.fields["language"], ()),
            "employer": column(text_field("employer", "单位", "Employer"), ("工作单位", "所在单位"), name=True),
            "role": column(text_field("role", "岗位", "Role"), ("角色", "职务")),
            "organisation": column(text_field("organisation", "任职单位", "Organisation"), ("任职组织",), name=True),
        }
    )
    return _import(_Asked(office, file, "people", actor, folder, language), wanted, put_people)


@dataclass(frozen=True, slots=True)
class _Asked:
    office: Office
    file: Path
    kind: Kind
    actor: Actor
    folder: Path | None
    language: Language


def _import(
    asked: _Asked,
    register: Register,
    put: Callable[[Register, Change], Done],
    others: Callable[[Table], Mapping[str, int]] | None = None,
) -> Registered:
    office = asked.office
    permit_registers(office, asked.actor)
    tables = find_tables(read_grids(asked.file), register.wanted, register.essential)
    register.read(tables, others)
    number = begin_import(office, asked.kind, asked.file, asked.actor)
    with changing(office.database) as change:
        done = put(register, change)
        record_entries(change.connection, number, done.entries)
    refused = tuple(sorted(register.refused, key=lambda row: (row.at.sheet or "", row.at.row)))
    where = (asked.folder or office.folder / "imports") / f"{asked.kind}-{number}.xlsx"
    thing = "organisation" if asked.kind == "organisations" else "person"
    touched, gone = {entry.row for entry in done.entries}, {row.at for row in refused}
    return Registered(
        number=number,
        rows=sum(len(table.rows) for table in tables),
        made=done.count(thing),
        posts=done.count("post"),
        changed=done.count(thing, "changed"),
        same=sum(line.at not in gone and line.row.number not in touched for line in register.lines),
        refused=refused,
        cleaned=tuple(register.cleaned),
        newcomers=tuple(done.newcomers),
        report=write_report(
            where, tables, refused, [cleaned_listing(register.cleaned, asked.language)], asked.language
        ),
    )


def _others(table: Table) -> dict[str, int]:
    """The columns that mean nothing here, by their headings: the register keeps what they say."""
    known = set(table.places.values())
    return {
        heading.strip(): place
        for place, heading in table.headings.items()
        if place not in known and plain(heading) and plain(heading) not in _NOT_KEPT
    }
