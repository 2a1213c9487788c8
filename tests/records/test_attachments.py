"""Files of cases: what they are is told by their bytes, and what a row names is always there."""

import hashlib
import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select, update

from tests.records.books import an_archive
from tests.records.district import SERVICE, District
from workflow.cases.starting import NewCase, start_case
from workflow.errors import InvalidData, Malformed, NotFound, TooLarge, WorkflowError
from workflow.records.attachments import (
    attachments_of,
    clean_name,
    files_of,
    open_attachment,
    save_attachment,
    sweep_attachments,
)
from workflow.records.tables import attachment

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
TXT = "职工代表大会纪要\n应到三十人。\n".encode()
DOCX = an_archive(
    {
        "[Content_Types].xml": b"<Types><Override PartName='/word/document.xml' ContentType="
        b"'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'/></Types>",
        "word/document.xml": b"<w:document/>",
    }
)
KIND = "application/vnd.openxmlformats-officedocument"


@pytest.fixture
def case_id(district: District) -> UUID:
    new = NewCase(
        definition="model_worker",
        unit=district.townships["旧城镇"],
        round_id=district.round_id,
        data={"name": "王芳"},
    )
    return UUID(start_case(district.office, new, actor=SERVICE).case.id)


def an_xlsx() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


def wrong(doing: Callable[[], object], kind: type[WorkflowError]) -> str:
    with pytest.raises(kind) as refused:
        doing()
    problems = getattr(refused.value, "problems", None)
    return str(problems[0].say("en")) if problems else refused.value.say("en")


def on_disk(district: District) -> list[str]:
    folder = district.office.folder / "attachments"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_is_kept_by_what_it_is(district: District, case_id: UUID) -> None:
    kept = save_attachment(district.office, case_id, io.BytesIO(PDF), "会议纪要.pdf", by=district.officer)

    digest = hashlib.sha256(PDF).hexdigest()
    assert (kept.sha256, kept.size, kept.media_type, kept.name) == (digest, len(PDF), "application/pdf", "会议纪要.pdf")
    assert on_disk(district) == [f"{case_id}/{digest}"]
    found, path = open_attachment(district.office, case_id, kept.id)
    assert (found, path.read_bytes()) == (kept, PDF)
    with district.office.database.read() as connection:
        (file,) = files_of(connection, case_id).values()
        assert (file.name, file.size, file.media_type) == ("会议纪要.pdf", len(PDF), "application/pdf")
        assert attachments_of(connection, case_id) == [kept]


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (JPG, "照片.JPG", "image/jpeg"),
        (JPG, "a.jpeg", "image/jpeg"),
        (PNG, "a.png", "image/png"),
        (TXT, "a.txt", "text/plain"),
        (TXT.decode().encode("gb18030"), "a.txt", "text/plain"),
        (b"a,b\r\n1,2\r\n", "a.csv", "text/csv"),
        (DOCX, "a.docx", f"{KIND}.wordprocessingml.document"),
        (an_xlsx(), "a.xlsx", f"{KIND}.spreadsheetml.sheet"),
        (PDF, "没有后缀", "application/pdf"),
    ],
)
def test_kinds_that_are_taken(district: District, case_id: UUID, data: bytes, name: str, media_type: str) -> None:
    assert save_attachment(district.office, case_id, io.BytesIO(data), name, by=None).media_type == media_type


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00" + bytes(100), "a.pdf"),
        (b"\x7fELF" + bytes(100), "a.txt"),
        (b"#!/bin/sh\nrm -rf /\n", "a.txt"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a.png"),
        (b"\n  <?xml version='1.0'?><svg/>", "a.txt"),
        (b"<!DOCTYPE html><html></html>", "a.txt"),
        (b"harmless\n" * 200_000 + b"<script>alert(1)</script>", "a.txt"),
        (b"x" * (1024 * 1024 - 4) + b"<script>", "a.txt"),
        (b"GIF89a" + bytes(100), "a.jpg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "a.docx"),
        (an_archive({"evil.exe": b"MZ"}), "a.docx"),
        (b"%PDF-1.7\n cut off", "a.pdf"),
        (PNG[:-12], "a.png"),
        (bytes(100), "a.txt"),
    ],
    ids=range(14),
)
def test_kinds_that_are_not_taken(district: District, case_id: UUID, data: bytes, name: str) -> None:
    said = wrong(lambda: save_attachment(district.office, case_id, io.BytesIO(data), name, by=None), Malformed)

    assert "are not taken" in said
    assert on_disk(district) == []


def test_documents_with_macros_entities_or_a_bomb_are_refused(district: District, case_id: UUID) -> None:
    types = b"<Types>application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml</Types>"
    macros = an_archive({"[Content_Types].xml": types, "word/vbaProject.bin": b"x"})
    entities = an_archive({"[Content_Types].xml": types, "word/document.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><a/>"})
    bomb = an_archive({"[Content_Types].xml": types, "word/document.xml": b"<a/>", "word/media/a": bytes(105_000_000)})

    def save(data: bytes) -> None:
        save_attachment(district.office, case_id, io.BytesIO(data), "a.docx", by=None)

    assert "macros" in wrong(lambda: save(macros), Malformed)
    assert "entities" in wrong(lambda: save(entities), Malformed)
    assert "Unpacked" in wrong(lambda: save(bomb), TooLarge)
    assert on_disk(district) == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PDF, "a.exe"),
        (PDF, "a.jpg"),
        (JPG, "a.pdf"),
        (TXT, "a.html"),
        (TXT, "a.svg"),
        (PDF, "a.pdf.exe"),
        (DOCX, "a.zip"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(district: District, case_id: UUID, data: bytes, name: str) -> None:
    said = wrong(lambda: save_attachment(district.office, case_id, io.BytesIO(data), name, by=None), InvalidData)

    assert said.startswith(f"“{name}” is called otherwise than what it is")
    with district.office.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(attachment)) == 0


def test_sizes_are_bounded_while_they_come_in(district: District, case_id: UUID) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    endless = Endless()

    with pytest.raises(TooLarge):
        save_attachment(district.office, case_id, endless, "a.txt", by=None)  # type: ignore[arg-type]  # reads as one

    assert endless.given <= 21 * 1024 * 1024
    assert "20 MB" in wrong(
        lambda: save_attachment(district.office, case_id, io.BytesIO(bytes(21_000_000)), "a.txt", by=None), TooLarge
    )
    assert "empty" in wrong(
        lambda: save_attachment(district.office, case_id, io.BytesIO(b""), "a.txt", by=None), InvalidData
    )
    assert on_disk(district) == []


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\王芳\\纪要.pdf", "纪要.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("报告\u202efdp.exe", "报告fdp.exe"),
        ("  a  b .pdf . ", "a b .pdf"),
        ('<"a|b">?.pdf', "ab.pdf"),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ("长" * 300 + ".docx", "长" * 195 + ".docx"),
        ("长" * 300, "长" * 200),
        ("..", ""),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_files_are_the_cases_own(district: District, case_id: UUID) -> None:
    kept = save_attachment(district.office, case_id, io.BytesIO(PDF), "a.pdf", by=None)

    with pytest.raises(NotFound):
        open_attachment(district.office, uuid4(), kept.id)
    with pytest.raises(NotFound):
        open_attachment(district.office, case_id, uuid4())
    with pytest.raises(NotFound):
        save_attachment(district.office, uuid4(), io.BytesIO(PDF), "a.pdf", by=None)


def test_an_erased_file_is_gone(district: District, case_id: UUID) -> None:
    kept = save_attachment(district.office, case_id, io.BytesIO(PDF), "a.pdf", by=None)
    with district.office.database.write() as connection:
        connection.execute(update(attachment).values(erased_at=kept.at, name=None))

    with pytest.raises(NotFound):
        open_attachment(district.office, case_id, kept.id)
    with district.office.database.read() as connection:
        assert files_of(connection, case_id) == {}


def test_the_same_bytes_twice_lie_there_once(district: District, case_id: UUID) -> None:
    first = save_attachment(district.office, case_id, io.BytesIO(PDF), "a.pdf", by=None)
    second = save_attachment(district.office, case_id, io.BytesIO(PDF), "b.pdf", by=None)

    assert first.id != second.id
    assert len(on_disk(district)) == 1


def test_what_no_row_names_is_swept_away_after_a_day(district: District, case_id: UUID) -> None:
    kept = save_attachment(district.office, case_id, io.BytesIO(PDF), "a.pdf", by=None)
    folder = district.office.folder / "attachments"
    left = folder / str(case_id) / ("0" * 64)
    fresh = folder / str(case_id) / ("1" * 64)
    unfinished = folder / ".incoming" / "tmp1"
    for file in (left, fresh, unfinished):
        file.write_bytes(b"x")
    for file in (left, unfinished, folder / str(case_id) / kept.sha256):
        make_old(file)

    assert sweep_attachments(district.office) == 2
    assert on_disk(district) == [f"{case_id}/{'1' * 64}", f"{case_id}/{kept.sha256}"]


def make_old(file: Path) -> None:
    before = file.stat().st_mtime - timedelta(days=2).total_seconds()
    os.utime(file, (before, before))
