"""Workbooks for tests, as offices send them."""

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

HEADINGS = (
    *("序号", "乡镇(街道)", "工作单位", "姓名", "性别", "出生\n年月", "身份证号码", "文化程度", "政治面貌"),
    *("职务/职称", "行业", "人员类别", "主要事迹", "曾获荣誉", "联系电话"),
)
DEEDS = "扎根一线二十年,带班完成产线改造三项;" * 12
#: Valid ones, of men.
ID_NUMBERS = ("130983198609179211", "130983198306283556", "130983199011129978", "130983198103045179")


def a_row(**values: Any) -> list[Any]:
    """A good row; named values replace its own: `name`, `unit`, `id_number` …"""
    row: dict[str, Any] = {
        "number": 1,
        "township": "旧城镇",
        "unit": "金恒模具有限公司",
        "name": "王建军",
        "sex": "男",
        "born_on": "1986.09",
        "id_number": ID_NUMBERS[0],
        "education": "本科",
        "political_status": "群众",
        "position": "焊工/高级技师",
        "industry": "制造业",
        "category": "一线职工",
        "deeds": DEEDS,
        "honours_before": None,
        "mobile": "13216738340",
    }
    assert values.keys() <= row.keys()
    return list((row | values).values())


def rows_of(count: int) -> list[list[Any]]:
    return [a_row(number=n + 1, id_number=ID_NUMBERS[n], unit=f"金恒{n}厂") for n in range(count)]


def a_book(
    path: Path,
    rows: Sequence[Sequence[Any]],
    *,
    headings: Sequence[Any] = HEADINGS,
    titles: Sequence[str] = ("2026年度劳动模范推荐人选汇总表", "填报单位(盖章):"),
    tail: Sequence[Sequence[Any]] = (("合计", None, None, 118), ("注:一线职工比例不低于总数的60%。",)),
    change: Callable[[Workbook], None] | None = None,
) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for title in titles:
        sheet.append([title])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=len(headings))
    for row in (headings, *rows, *tail):
        sheet.append(list(row))
    if change is not None:
        change(book)
    book.save(path)
    return path


def with_part(path: Path, target: Path, parts: Mapping[str, Callable[[bytes], bytes]]) -> Path:
    """A copy of an archive in which some members are other ones, or new."""
    with ZipFile(path) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        names = source.namelist()
        for name in names:
            data = source.read(name)
            copy.writestr(name, parts[name](data) if name in parts else data)
        for name in parts.keys() - set(names):
            copy.writestr(name, parts[name](b""))
    return target


def an_archive(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()
