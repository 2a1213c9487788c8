"""The district as the workbooks that offices send: its register of organisations, of people, and lists of candidates."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook

from workflow.demo.candidates import Candidate
from workflow.demo.district import Place, Resident

_ORGANISATIONS: Final = ("名称", "级别", "类别", "上级", "会员数", "职工数", "职代会", "考核单位")
_PEOPLE: Final = ("姓名", "登录名", "邮箱", "手机号", "单位", "角色", "任职单位")
_CANDIDATES: Final = (
    *("序号", "乡镇(街道)", "工作单位", "姓名", "性别", "出生\n年月", "身份证号码", "文化程度", "政治面貌"),
    *("职务/职称", "行业", "人员类别", "主要事迹", "曾获荣誉", "联系电话"),
)
_WORDS: Final = {
    "male": "男",
    "female": "女",
    "senior": "高中",
    "vocational": "中专",
    "college": "大专",
    "bachelor": "本科",
    "master": "硕士",
    "party_member": "中共党员",
    "masses": "群众",
    "youth_league": "共青团员",
    "manufacturing": "制造业",
    "construction": "建筑业",
    "transport": "交通运输",
    "agriculture": "农业",
    "finance": "金融",
    "education_health": "教育卫生",
    "public_service": "公共服务",
    "worker": "一线职工",
    "migrant": "农民工",
    "technician": "专业技术人员",
    "head": "企业负责人",
    "official": "机关事业单位人员",
}


def write_organisations(file: Path, places: Iterable[Place]) -> None:
    rows = [
        (
            *(place.name, place.level, place.kind, place.parent, place.members, place.workers),
            *("是" if place.congress else "否", "是" if place.assessed else "否"),
        )
        for place in places
    ]
    _write(file, "组织", (), _ORGANISATIONS, rows)


def write_people(file: Path, people: Iterable[Resident]) -> None:
    rows = [(one.name, one.login, one.email, one.mobile, one.employer, one.role, one.at) for one in people]
    _write(file, "人员", (), _PEOPLE, rows)


def write_candidates(file: Path, year: int, candidates: Sequence[Candidate]) -> None:
    """With its title, who filled it in, and a line of totals, as such lists come."""
    rows = [
        (
            *(number, one.unit.parent, one.unit.name, one.name, _WORDS[one.sex], f"{one.born_on:%Y.%m}"),
            *(one.id_number, _WORDS[one.education], _WORDS[one.political_status], one.position),
            *(_WORDS[one.industry], _WORDS[one.category], one.deeds, one.honours_before, one.mobile),
        )
        for number, one in enumerate(candidates, 1)
    ]
    titles = (f"{year}年度劳动模范推荐人选汇总表", "填报单位(盖章):各乡镇街道园区总工会")
    _write(file, "推荐汇总表", titles, _CANDIDATES, [*rows, ("合计", None, None, len(rows))])


def _write(
    file: Path, sheet: str, titles: Sequence[str], headings: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    with Workbook(str(file)) as workbook:
        page = workbook.add_worksheet(sheet)
        for number, title in enumerate(titles):
            page.merge_range(number, 0, number, len(headings) - 1, title)
        page.write_row(len(titles), 0, headings, workbook.add_format({"bold": True, "text_wrap": True}))
        for number, row in enumerate(rows, len(titles) + 1):
            page.write_row(number, 0, row)
