"""What is logged goes to standard error, and names nobody."""

from datetime import date

import pytest
import structlog

from tests.cli.conftest import Yangguang


def test_logged_failure_shows_no_values(yangguang: Yangguang, capsys: pytest.CaptureFixture[str]) -> None:
    yangguang("upgrade")
    id_number = f"110105{date(1985, 3, 7):%Y%m%d}1230"  # not as the line of the source has it

    try:
        _fail(id_number)
    except ZeroDivisionError:
        structlog.get_logger().exception("unforeseen", case_id="7")

    said = capsys.readouterr()
    assert said.out == ""
    assert "unforeseen" in said.err
    assert "ZeroDivisionError" in said.err
    assert id_number not in said.err


def _fail(id_number: str) -> float:
    return len(id_number) / 0
