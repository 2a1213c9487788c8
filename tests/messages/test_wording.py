"""Moments as people read them, in both languages."""

from datetime import date

import pytest

from tests.messages.office import at
from workflow.calendar import chinese_calendar
from workflow.messages.wording import Wording
from workflow.text import Language, sentence


def wording(language: Language = "zh", now: str = "2026-03-09 10:00") -> Wording:
    return Wording(language=language, calendar=chinese_calendar(), now=at(now))


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        (date(2026, 3, 9), "3月9日 周一", "Mon 9 March"),
        (date(2026, 12, 31), "12月31日 周四", "Thu 31 December"),
        (date(2025, 3, 9), "2025年3月9日", "9 March 2025"),
    ],
)
def test_day(day: date, zh: str, en: str) -> None:
    assert (wording("zh").day(day), wording("en").day(day)) == (zh, en)


@pytest.mark.parametrize(
    ("due", "zh", "en"),
    [
        ("2026-03-12 00:00", "3月11日 周三，剩 2 个工作日", "Wed 11 March, 2 working days left"),
        ("2026-03-10 17:30", "3月10日 周二 17:30，剩 1 个工作日", "Tue 10 March 17:30, 1 working day left"),
        ("2026-03-09 17:30", "今天 17:30", "today 17:30"),
        ("2026-03-10 00:00", "今天 24:00", "today 24:00"),
        ("2026-03-09 09:00", "3月9日 周一 09:00，已逾期", "Mon 9 March 09:00, late"),
        ("2026-03-07 00:00", "3月6日 周五，逾期 1 个工作日", "Fri 6 March, 1 working day late"),
        ("2026-03-06 00:00", "3月5日 周四，逾期 2 个工作日", "Thu 5 March, 2 working days late"),
        ("2027-03-10 00:00", "2027年3月9日，约剩 ", "9 March 2027, about "),
    ],
)
def test_deadline_is_absolute_and_counted(due: str, zh: str, en: str) -> None:
    said = wording("zh").deadline(at(due)), wording("en").deadline(at(due))

    assert said[0].startswith(zh)
    assert said[1].startswith(en)


def test_deadline_on_a_day_of_rest_counts_days() -> None:
    """Saturday morning, due on Sunday."""
    assert wording("zh", "2026-03-14 09:00").deadline(at("2026-03-16 00:00")) == "3月15日 周日，剩 1 天"


@pytest.mark.parametrize(
    ("now", "due", "urgency"),
    [
        ("2026-03-09 10:00", "2026-03-09 10:00", "late"),
        ("2026-03-09 10:00", "2026-03-10 00:00", "today"),
        ("2026-03-09 23:59", "2026-03-10 00:00", "today"),
        ("2026-03-09 10:00", "2026-03-11 00:00", "tomorrow"),
        ("2026-03-13 10:00", "2026-03-17 00:00", "later"),
    ],
)
def test_urgency(now: str, due: str, urgency: str) -> None:
    assert wording(now=now).urgency(at(due)) == urgency


def test_numbers_stand_apart_from_chinese_and_nothing_else() -> None:
    """Translations hold no blanks there: pages leave the gap to the style sheet, which mail programs do not know."""
    said = wording().say(sentence("{count} to do today"), count=12)

    assert said == "今天要办 12 件"
    assert wording().say(sentence("{name}, a reminder"), name="李强") == "李强，提醒您办理这一件"
    assert wording("en").say(sentence("{count} to do today"), count=12) == "12 to do today"
