"""An office's own district: its workbooks, and what is typed to set it up."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from openpyxl import Workbook

import service
from tests.cli.conftest import Said, Yangguang
from workflow.cases.starting import open_round
from workflow.engine.context import Actor

HERE = Path(__file__).parent
ORGANISATIONS = (
    ("名称", "层级", "上级"),
    ("示范区总工会", "区县", None),
    ("城东镇", "乡镇", "示范区总工会"),
    ("金彭车业", "企业", "城东镇"),
)
PEOPLE = (
    ("姓名", "登录名", "邮箱", "手机", "岗位", "任职单位"),
    ("王芳", "wangfang", "wangfang@example.org", None, "工会主席", "金彭车业"),
    ("赵敏", "zhaomin", None, "13800000003", "经办人", "示范区总工会"),
    ("钱进", "qianjin", None, None, "领导", "示范区总工会"),
)
NOMINATIONS = (
    ("镇街", "工作单位", "姓名", "年龄"),
    ("城东镇", "金彭车业", "张伟", 40),
    ("城东镇", "金彭车业", "刘洋", 30),
)


def a_workbook(path: str, rows: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return Path(path)


def the_registers(yangguang: Yangguang, url: str) -> tuple[Said, Said]:
    organisations = a_workbook("organisations.xlsx", ORGANISATIONS)
    people = a_workbook("people.xlsx", PEOPLE)
    return (
        yangguang("import", "organisations", organisations, "--database", url),
        yangguang("import", "people", people, "--database", url),
    )


def an_open_round(url: str, nominal: str | None = None) -> UUID:
    office = service.open_house(url).office
    try:
        opened = open_round(
            office, "outing", actor=Actor(service="test"), unit=1, data={"closes_on": "2099-12-31"}, nominal=nominal
        )
        return UUID(opened.round.id)
    finally:
        office.database.dispose()


def a_district(yangguang: Yangguang, url: str) -> UUID:
    """Everything that an office types until nominations can come in; the round that takes them."""
    assert yangguang("upgrade", "--database", url).code == 0
    the_registers(yangguang, url)
    assert yangguang("publish", HERE / "definition.yaml", "--database", url).code == 0
    return an_open_round(url)
