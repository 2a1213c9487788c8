"""A district's registers from workbooks and csv: what goes in, what is refused, and that the same again changes nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from workflow.cases.office import Office, Secrets
from workflow.engine.context import Actor
from workflow.engine.directory import Directory, Organisation, Person
from workflow.errors import Malformed, NotPermitted
from workflow.people.organisations import add_organisation
from workflow.people.persons import add_person, end_person
from workflow.people.posts import appoint
from workflow.records.importing import RefusedRow
from workflow.records.registers import Registered, import_organisations, import_people
from workflow.store import Database

SERVICE = Actor(service="import")
ORGANISATIONS = (
    ("名称", "层级", "类别", "上级", "会员数", "职工数", "产业"),
    ("金彭车业", "企业", None, "城东镇", 120, "1,500", "制造业"),
    ("城东镇", "乡镇", None, "示范区", None, None, None),
    ("示范区", "区县", None, None, None, None, None),
    ("税务局", "区县", "税务", "示范区", None, None, None),
)
PEOPLE = (
    ("姓名", "登录名", "邮箱", "手机", "语言", "单位", "岗位", "任职单位"),
    ("王芳", "wangfang", "wang@example.org", "13800000001", "中文", "金彭车业", "工会主席", "金彭车业"),
    ("李 强", "liqiang", None, "138-0000-0002", None, None, "审核员", "城东镇"),
    ("李强", "liqiang", None, None, None, None, "expert", "示范区"),
    ("赵敏", "zhaomin", None, None, "English", "城东镇", None, None),
)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, Secrets(b"x" * 32), folder=tmp_path)


def a_file(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def organisations(office: Office, tmp_path: Path, *rows: Sequence[Any], name: str = "o.xlsx") -> Registered:
    return import_organisations(office, a_file(tmp_path / name, [ORGANISATIONS[0], *rows]), actor=SERVICE)


def people(office: Office, tmp_path: Path, *rows: Sequence[Any], name: str = "p.xlsx") -> Registered:
    return import_people(office, a_file(tmp_path / name, [PEOPLE[0], *rows]), actor=SERVICE)


def directory(office: Office) -> Directory:
    with office.database.read() as connection:
        return office.directory(connection)


def organisation(office: Office, name: str) -> Organisation:
    (found,) = [one for one in directory(office).organisations.values() if one.name == name]
    return found


def person(office: Office, login: str) -> Person:
    (found,) = [one for one in directory(office).persons.values() if one.login == login]
    return found


def posts(office: Office, login: str) -> list[str]:
    known = directory(office)
    with office.database.read() as connection:
        now = office.database.now(connection)
    return sorted(known.name_of(post.id) for post in known.posts_of(person(office, login).id, now))


def refusals(done: Registered) -> list[tuple[int, str | None, str]]:
    return [line for row in done.refused for line in _lines(row)]


def _lines(row: RefusedRow) -> list[tuple[int, str | None, str]]:
    said = [flaw.reason if isinstance(flaw.reason, str) else flaw.reason.say("en") for flaw in row.flaws]
    return [(row.at.row, flaw.column, text) for flaw, text in zip(row.flaws, said, strict=True)]


# --- organisations


def test_organisations_go_into_the_tree_in_whatever_order(office: Office, tmp_path: Path) -> None:
    done = organisations(office, tmp_path, *ORGANISATIONS[1:])

    assert (done.rows, done.made, done.changed, done.same, done.refused) == (4, 4, 0, 0, ())
    known = directory(office)
    works = organisation(office, "金彭车业")
    assert [one.name for one in known.climb(works.id)] == ["金彭车业", "城东镇", "示范区"]
    assert [one.level for one in known.climb(works.id)] == ["enterprise", "township", "district"]
    assert works.columns == {"members": 120, "workers": 1500, "产业": "制造业"}
    assert organisation(office, "税务局").kind == "tax"


def test_other_columns_stay_in_the_register(office: Office, tmp_path: Path) -> None:
    file = a_file(
        tmp_path / "o.xlsx",
        [("序号", "名称", "层级", "职代会", "founded", "note"), (1, "甲厂", "企业", "是", 12, None)],
    )

    import_organisations(office, file, actor=SERVICE)

    assert organisation(office, "甲厂").columns == {"职代会": True, "founded": 12}


def test_the_same_organisations_again_change_nothing(office: Office, tmp_path: Path) -> None:
    organisations(office, tmp_path, *ORGANISATIONS[1:])
    before = directory(office).number

    done = organisations(office, tmp_path, *ORGANISATIONS[1:])

    assert (done.made, done.changed, done.same, directory(office).number) == (0, 0, 4, before)


def test_what_a_row_says_anew_is_changed_and_confirms_a_proposed_one(office: Office, tmp_path: Path) -> None:
    organisations(office, tmp_path, *ORGANISATIONS[1:])
    east = organisation(office, "城东镇").id
    add_organisation(office.database, name="新厂", level="enterprise", parent=east, proposed=True)

    done = organisations(
        office,
        tmp_path,
        ("金彭车业", "企业", None, "城东镇", 130, None, None),
        ("新 厂", "企业", None, "城东镇", None, None, None),
    )

    assert (done.made, done.changed, done.same) == (0, 2, 0)
    assert organisation(office, "金彭车业").columns == {"members": 130, "workers": 1500, "产业": "制造业"}


def test_wrong_organisations_are_refused_and_the_others_go_in(office: Office, tmp_path: Path) -> None:
    done = organisations(
        office,
        tmp_path,
        ("示范区", "区县", None, None, None, None, None),
        (None, "企业", None, "示范区", None, None, None),
        ("甲厂", None, None, "示范区", None, None, None),
        ("乙厂", "企业", None, "无此区", None, None, None),
        ("丙厂", "企业", None, "示范区", "十二", None, None),
        ("丁厂", "企业", None, "示范区", -1, None, None),
        ("戊厂", "企业", None, "己厂", None, None, None),
        ("己厂", "企业", None, "戊厂", None, None, None),
        ("=1+1", "企业", None, "示范区", None, None, None),
        ("庚厂", "企业", None, "示范区", None, None, None),
        ("庚厂", "企业", None, "示范区", None, None, None),
        ("辛厂", "企业", None, "乙厂", None, None, None),
    )

    assert (done.made, done.same) == (2, 0)
    assert refusals(done) == [
        (3, "A", "“Name” is needed."),
        (4, "B", "“Level” is needed."),
        (5, "D", "The directory knows no “无此区”; is it spelled as there?"),
        (6, "E", "A number is wanted."),
        (7, "E", "Not less than 0."),
        (8, "D", "These organisations are below each other in a circle."),
        (9, "D", "These organisations are below each other in a circle."),
        (10, "A", "A formula is not taken; please write what it stands for."),
        (12, "A", "The same as row 11."),
        (13, "D", "The directory knows no “乙厂”; is it spelled as there?"),
    ]


def test_of_namesakes_the_way_down_says_which(office: Office, tmp_path: Path) -> None:
    top = add_organisation(office.database, name="示范区", level="district")
    for name in ("城东镇", "城西镇"):
        township = add_organisation(office.database, name=name, level="township", parent=top)
        add_organisation(office.database, name="车业", level="enterprise", parent=township)

    done = organisations(
        office,
        tmp_path,
        ("一分会", "分会", None, "车业", None, None, None),
        ("二分会", "分会", None, "城西镇/车业", None, None, None),
    )

    assert refusals(done) == [(2, "D", "Several organisations are called “车业”; name those above too, like A/B.")]
    known = directory(office)
    assert [one.name for one in known.climb(organisation(office, "二分会").id)][:3] == ["二分会", "车业", "城西镇"]


def test_a_csv_is_read_too_and_its_report_can_be_mended(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_bytes("名称,层级,上级\n示范区,区县,\n甲厂,企业,示范\n".encode("gb18030"))

    done = import_organisations(office, file, actor=SERVICE)
    again = import_organisations(office, done.report, actor=SERVICE)

    assert (done.made, done.report) == (1, tmp_path / "imports" / f"organisations-{done.number}.xlsx")
    assert refusals(again) == [(2, "C", "The directory knows no “示范”; is it spelled as there?")]
    assert organisation(office, "示范区").columns == {}


# --- people


def test_people_and_their_posts(office: Office, tmp_path: Path) -> None:
    organisations(office, tmp_path, *ORGANISATIONS[1:])

    done = people(office, tmp_path, *PEOPLE[1:])

    assert (done.rows, done.made, done.posts, done.same, done.refused) == (4, 3, 3, 0, ())
    assert [(one.name, one.login, one.at.row) for one in done.newcomers] == [
        ("王芳", "wangfang", 2),
        ("李强", "liqiang", 3),
        ("赵敏", "zhaomin", 5),
    ]
    wang = person(office, "wangfang")
    assert (wang.email, wang.mobile, wang.employer) == (
        "wang@example.org",
        "13800000001",
        organisation(office, "金彭车业").id,
    )
    assert (posts(office, "wangfang"), posts(office, "zhaomin")) == (["金彭车业 union_chair"], [])
    assert posts(office, "liqiang") == ["城东镇 reviewer", "示范区 expert"]
    assert person(office, "zhaomin").language == "en"


def test_the_same_people_again_change_nothing_and_nobody_is_new(office: Office, tmp_path: Path) -> None:
    organisations(office, tmp_path, *ORGANISATIONS[1:])
    people(office, tmp_path, *PEOPLE[1:])
    before = directory(office).number

    done = people(office, tmp_path, *PEOPLE[1:])

    assert (done.made, done.posts, done.changed, done.same, done.newcomers) == (0, 0, 0, 4, ())
    assert directory(office).number == before


def test_a_changed_contact_and_a_further_post(office: Office, tmp_path: Path) -> None:
    organisations(office, tmp_path, *ORGANISATIONS[1:])
    people(office, tmp_path, *PEOPLE[1:])

    done = people(
        office,
        tmp_path,
        ("王芳", "wangfang", None, "13800000009", None, None, "expert", "示范区"),
    )

    assert (done.changed, done.posts) == (1, 1)
    wang = person(office, "wangfang")
    assert (wang.mobile, wang.email) == ("13800000009", "wang@example.org")
    assert posts(office, "wangfang") == ["示范区 expert", "金彭车业 union_chair"]


def test_wrong_people_are_refused_and_the_others_go_in(office: Office, tmp_path: Path) -> None:
    organisations(office, tmp_path, *ORGANISATIONS[1:])
    gone = add_person(office.database, name="老张", login="laozhang")
    end_person(office.database, gone)

    done = people(
        office,
        tmp_path,
        ("王芳", None, None, None, None, None, None, None),
        ("李强", "li qiang", None, None, None, None, "expert", "示范区"),
        ("李强", "li qiang", None, None, None, None, "reviewer", "城东镇"),
        ("赵敏", "zhaomin", "zhaomin", None, None, None, None, None),
        ("钱进", "qianjin", None, None, None, "无此厂", None, None),
        ("钱进", "qianjin", None, None, None, None, "expert", None),
        ("孙立", "sunli", None, None, None, None, None, "城东镇"),
        ("老张", "laozhang", None, None, None, None, None, None),
        ("周静", "zhoujing", None, "13800000003", None, None, None, None),
        ("周静", "zhoujing", None, "13800000004", None, None, None, None),
        ("吴用", "wuyong", None, None, "法语", None, None, None),
    )

    assert [one.login for one in done.newcomers] == ["zhoujing"]
    assert refusals(done) == [
        (2, "B", "“Login” is needed."),
        (3, "B", "A login is one word, without spaces."),
        (4, "B", "Another row of “li qiang” was refused."),
        (5, "C", "An e-mail address is wanted, like wang.fang@example.org."),
        (6, "F", "The directory knows no “无此厂”; is it spelled as there?"),
        (7, "H", "A post is at an organisation; which?"),
        (8, "G", "Which post is it?"),
        (9, "B", "老张 has left."),
        (11, "D", "This is not what row 10 says of “zhoujing”."),
        (12, "E", "“法语” is not among the options: Chinese, English."),
    ]


def test_a_post_without_an_organisation_is_at_the_employer(office: Office, tmp_path: Path) -> None:
    organisations(office, tmp_path, *ORGANISATIONS[1:])

    people(office, tmp_path, ("王芳", "wangfang", None, None, None, "金彭车业", "工会主席", None))

    assert posts(office, "wangfang") == ["金彭车业 union_chair"]


# --- both


def test_only_the_service_and_administrators_of_the_whole_tree_may(office: Office, tmp_path: Path) -> None:
    top = add_organisation(office.database, name="示范区", level="district")
    east = add_organisation(office.database, name="城东镇", level="township", parent=top)
    one, other = (add_person(office.database, name="王", login=login) for login in ("one", "other"))
    appoint(office.database, person=one, role="administrator", organisation=top)
    appoint(office.database, person=other, role="administrator", organisation=east)
    file = a_file(tmp_path / "o.xlsx", [ORGANISATIONS[0], ("甲厂", "企业", None, "城东镇", None, None, None)])

    for actor in (Actor(person=other), Actor(person=other, service="import"), Actor()):
        with pytest.raises(NotPermitted):
            import_organisations(office, file, actor=actor)
    assert import_organisations(office, file, actor=Actor(person=one, service="import")).made == 1


def test_a_file_of_something_else_is_refused(office: Office, tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="looked for were: 姓名, 账号"):
        import_people(office, a_file(tmp_path / "o.xlsx", ORGANISATIONS), actor=SERVICE)
