"""Time terms: how they are read, and what they come to; holidays are those of 2026."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import ZONE, at_time, chinese_calendar, day_of, end_of
from workflow.definition.term.reading import AnchorNames, TermWrong, parse_repeat, parse_span, parse_term
from workflow.definition.term.reckoning import (
    add_span,
    end_of_span,
    go_on,
    next_repeat,
    reckon,
    remind_at,
    what_is_left,
)
from workflow.definition.term.values import (
    Anchor,
    Clock,
    DateOf,
    DayOf,
    Moment,
    Offset,
    Span,
    Unit,
    Weekday,
    WorkingDayOf,
)

CALENDAR = chinese_calendar()
NAMES = AnchorNames(
    states=frozenset({"review"}), fields=frozenset({"born_on", "instant"}), round_fields=frozenset({"closes_on"})
)
NO_DUE = AnchorNames(due=False)


def at(text: str) -> datetime:
    """A moment as stories write it; a date is its 24:00."""
    if len(text) == len("2026-03-02"):
        return end_of(date.fromisoformat(text))
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def shown(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    local = moment.astimezone(ZONE)
    return day_of(moment).isoformat() if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"


def reckoned(source: str, since: str, **known: str) -> str | None:
    def anchors(anchor: Anchor) -> datetime | None:
        text = known.get(anchor.name or anchor.kind)
        return at(text) if text else at(since) if anchor.kind == "entered" else None

    found = reckon(parse_term(source, NAMES), anchors, CALENDAR, at(since))
    return shown(found.at) if found else None


# --- reading

READ: Mapping[str, Moment] = {
    "3 working days": Span(3, "working days"),
    "1 working day": Span(1, "working days"),
    "10 days": Span(10, "days"),
    "1 day": Span(1, "days"),
    "2 weeks": Span(2, "weeks"),
    "1 month": Span(1, "months"),
    "6 months": Span(6, "months"),
    "1 year": Span(1, "years"),
    "36 hours": Span(36, "hours"),
    "90 minutes": Span(90, "minutes"),
    "due": Anchor("due"),
    "at due": Anchor("due"),
    "entered": Anchor("entered"),
    "started": Anchor("started"),
    "opened": Anchor("opened"),
    "review": Anchor("state", "review"),
    "born_on": Anchor("field", "born_on"),
    "round.closes_on": Anchor("round", "closes_on"),
    "2 working days after due": Offset(Span(2, "working days"), "after", Anchor("due")),
    "3 days before round.closes_on": Offset(Span(3, "days"), "before", Anchor("round", "closes_on")),
    "1 day after 2 days before due": Offset(Span(1, "days"), "after", Offset(Span(2, "days"), "before", Anchor("due"))),
    "first working day of the month": WorkingDayOf(1, "month"),
    "last working day of the week": WorkingDayOf(-1, "week"),
    "3rd working day of the next month": WorkingDayOf(3, "month", following=True),
    "1st working day of the quarter": WorkingDayOf(1, "quarter"),
    "2nd working day of the year": WorkingDayOf(2, "year"),
    "working day of the month": WorkingDayOf(1, "month"),
    "first working day of November": WorkingDayOf(1, 11),
    "day 25 of the month": DayOf(25),
    "day 25 of the next month": DayOf(25, following=True),
    "20 December": DateOf(20, 12),
    "29 February": DateOf(29, 2),
    "Monday": Weekday(0),
    "Sunday of the next week": Weekday(6, following=True),
    "1 day after day 25 of the month": Offset(Span(1, "days"), "after", DayOf(25)),
}


@pytest.mark.parametrize(("source", "moment"), READ.items())
def test_term_is_read(source: str, moment: Moment) -> None:
    term = parse_term(source, NAMES)

    assert moment == term.moment
    assert term.at is None


@pytest.mark.parametrize("source", [source for source in READ if "hours" not in source and "minutes" not in source])
def test_term_may_end_with_a_time_of_the_day(source: str) -> None:
    term = parse_term(f"{source} at 09:30", NAMES)

    assert READ[source] == term.moment
    assert time(9, 30) == term.at


def test_midnight_is_the_end_of_the_day() -> None:
    assert parse_term("2 days at 24:00", NAMES).at is None
    assert parse_term("2 days at 00:00", NAMES).at == time()


@pytest.mark.parametrize(
    "source",
    [
        "",
        "3",
        "3 workdays",
        "three days",
        "-3 days",
        "1.5 days",
        "3 working",
        "3 working weeks",
        "3 days before",
        "3 days until due",
        "before due",
        "3 days at",
        "3 days at 9:00",
        "3 days at 25:00",
        "3 days at 24:01",
        "3 days at 09:60",
        "3 days at 09:00 sharp",
        "3 hours at 09:00",
        "first day of the month",
        "first working day",
        "first working day of month",
        "first working day of the decade",
        "first working day of Nov",
        "0th working day of the month",
        "21st working day of the month",
        "day of the month",
        "day 0 of the month",
        "day 32 of the month",
        "day 25 of March",
        "31 February",
        "31 June",
        "0 May",
        "20 december",
        "Monday of the month",
        "every Monday",
        "20001 days",
        "5001 working days",
        "Due",
    ],
)
def test_text_that_is_no_term(source: str) -> None:
    with pytest.raises(TermWrong) as wrong:
        parse_term(source, NAMES)

    assert wrong.value.anchor is None
    assert "“" in wrong.value.reason.say("en")


@pytest.mark.parametrize("name", ["reviw", "born", "round.opens_on", "round", "closes_on", "today", "monday", "days"])
def test_moment_that_is_not_known(name: str) -> None:
    with pytest.raises(TermWrong) as wrong:
        parse_term(f"3 days before {name} at 09:00", NAMES)

    assert name == wrong.value.anchor


def test_deadline_is_not_counted_from_itself() -> None:
    with pytest.raises(TermWrong, match="there is none"):
        parse_term("3 days after due", NO_DUE)


@pytest.mark.parametrize("source", ["3 days after due", "day 25 of the month", "due", "3 days at 09:00", "soon"])
def test_span_is_a_span_alone(source: str) -> None:
    with pytest.raises(TermWrong):
        parse_span(source)


@pytest.mark.parametrize(
    "source",
    [
        "every working day",
        "every day",
        "every Monday",
        "every Monday at 09:00",
        "every 2 days",
        "every 2 working days after due",
        "every week after entered",
        "every hour after due",
        "every day 25 of the month",
        "every day before due at 10:00",
        "every last working day of the month",
        "every 20 December",
        "every Friday before 2 weeks after entered",
    ],
)
def test_repeat_is_read(source: str) -> None:
    assert source == parse_repeat(source, NAMES).source


@pytest.mark.parametrize(
    "source", ["every", "every often", "every 0 days", "every day until due", "Monday", "every due"]
)
def test_text_that_is_no_repeat(source: str) -> None:
    with pytest.raises(TermWrong):
        parse_repeat(source, NAMES)


# --- the holidays of 2026, as the State Council announced them

REST = [
    "2026-01-01",
    "2026-01-03",
    "2026-02-15",
    "2026-02-23",
    "2026-04-06",
    "2026-05-01",
    "2026-05-05",
    "2026-06-19",
    "2026-09-25",
    "2026-10-01",
    "2026-10-07",
    "2026-03-07",
    "2026-03-08",
]
WORKED = [
    "2026-01-04",
    "2026-02-14",
    "2026-02-28",
    "2026-05-09",
    "2026-09-20",
    "2026-10-10",
    "2026-02-24",
    "2026-10-08",
    "2026-05-06",
]


@pytest.mark.parametrize("text", REST)
def test_day_of_rest(text: str) -> None:
    assert not CALENDAR.is_working(date.fromisoformat(text))


@pytest.mark.parametrize("text", WORKED)
def test_day_that_is_worked(text: str) -> None:
    assert CALENDAR.is_working(date.fromisoformat(text))


# --- reckoning

FROM = "2026-03-02 09:00"  # a Monday
RECKONED: list[tuple[str, str, str]] = [
    ("0 days", FROM, "2026-03-02"),
    ("0 working days", FROM, "2026-03-02"),
    ("1 working day", "2026-03-02 00:00", "2026-03-02"),  # 24:00 of Sunday belongs to Sunday
    ("1 working day", "2026-03-02 00:01", "2026-03-03"),
    ("1 working day", "2026-03-02 23:59", "2026-03-03"),
    ("3 working days", "2026-02-13 10:00", "2026-02-25"),
    ("1 day", "2026-03-06 10:00", "2026-03-09"),
    ("1 day", "2026-02-13 10:00", "2026-02-14"),
    ("2 days at 17:00", "2026-03-06 10:00", "2026-03-09 17:00"),
    ("1 month", "2026-01-31 10:00", "2026-02-28"),
    ("1 month", "2026-01-30 10:00", "2026-02-28"),
    ("1 year", "2024-02-29 10:00", "2025-02-28"),
    ("3 hours", "2026-03-06 23:00", "2026-03-07 02:00"),
    ("1 hour", "2026-03-06 23:00", "2026-03-06"),
    ("first working day of the month at 09:00", "2026-03-02 09:00", "2026-03-02 09:00"),
    ("first working day of the month at 09:00", "2026-03-02 09:01", "2026-04-01 09:00"),
    ("working day of the week", "2026-02-16 09:00", "2026-02-24"),
    ("first working day of the next week", "2026-09-20 09:00", "2026-09-21"),
    ("last working day of the quarter", FROM, "2026-03-31"),
    ("3rd working day of the year", FROM, "2027-01-06"),
    ("20th working day of the month", "2026-02-02 09:00", "2026-02-28"),  # of sixteen the last
    ("day 31 of the month", "2026-04-02 09:00", "2026-04-30"),
    ("29 February", FROM, "2027-02-28"),
    ("Sunday", FROM, "2026-03-08"),
    ("Monday of the next week", "2026-03-09 00:00", "2026-03-09"),  # 24:00 of Sunday: its week ends there
    ("day 25 of the next month", "2026-12-31 09:00", "2027-01-25"),
]


@pytest.mark.parametrize(("source", "since", "expected"), RECKONED)
def test_term_comes_to(source: str, since: str, expected: str) -> None:
    assert expected == reckoned(source, since)


@pytest.mark.parametrize(
    ("source", "known", "expected"),
    [
        ("born_on", {"born_on": "2026-03-08"}, "2026-03-08"),
        ("born_on at 09:00", {"born_on": "2026-03-08"}, "2026-03-08 09:00"),
        ("instant at 18:00", {"instant": "2026-03-08 10:00"}, "2026-03-08 18:00"),
        ("born_on", {}, None),
        ("3 days before born_on", {}, None),
        ("3 days before instant", {"instant": "2026-03-10 10:00"}, "2026-03-07"),
        ("2 working days before instant", {"instant": "2026-03-10 10:00"}, "2026-03-06"),
        ("2 hours after instant", {"instant": "2026-03-10 10:00"}, "2026-03-10 12:00"),
        ("1 working day after born_on", {"born_on": "2026-03-07"}, "2026-03-09"),
        ("1 working day before born_on", {"born_on": "2026-03-08"}, "2026-03-06"),
        ("1 day after 2 days before born_on", {"born_on": "2026-03-12"}, "2026-03-11"),
        ("2 working days after started", {"started": "2026-04-30 09:00"}, "2026-05-07"),
        ("2 working days after review", {"review": "2026-04-30 09:00"}, "2026-05-07"),
        ("1 day before round.closes_on at 16:00", {"closes_on": "2026-03-31"}, "2026-03-30 16:00"),
        ("opened", {"opened": "2026-03-01 10:00"}, "2026-03-01 10:00"),
    ],
)
def test_term_counts_from_what_it_names(source: str, known: dict[str, str], expected: str | None) -> None:
    assert expected == reckoned(source, FROM, **known)


# --- reminders

REMINDED: list[tuple[str, str, str]] = [
    # term, due, told
    ("1 working day before due", "2026-03-10", "2026-03-09 08:30"),
    ("1 day before due", "2026-03-09", "2026-03-08 08:30"),
    ("due", "2026-03-08", "2026-03-08 08:30"),
    ("1 working day after due", "2026-03-05", "2026-03-09 08:30"),
    ("1 day after due", "2026-03-05", "2026-03-09 08:30"),
    ("2 hours before due", "2026-03-05", "2026-03-05 22:00"),
    ("2 hours after due", "2026-03-05 17:00", "2026-03-05 19:00"),
    ("1 day before due at 16:00", "2026-03-05", "2026-03-04 16:00"),
    ("1 day before due", "2026-03-05 17:00", "2026-03-04 08:30"),
    ("5 days", "2026-03-31", "2026-03-10 08:30"),
    ("3 working days", "2026-03-31", "2026-03-06 08:30"),
    ("day 25 of the month", "2026-03-31", "2026-03-25 08:30"),
    ("Saturday", "2026-03-31", "2026-03-07 08:30"),
    ("due at 24:00", "2026-03-05", "2026-03-05 08:30"),
]


@pytest.mark.parametrize(("source", "due", "expected"), REMINDED)
def test_reminder_goes_in_the_morning(source: str, due: str, expected: str) -> None:
    found = remind_at(parse_term(source, NAMES), lambda _: at(due), CALENDAR, at(FROM))

    assert expected == shown(found)


def repeated(source: str, due: str, since: str, times: int) -> list[str | None]:
    repeat, found, later = parse_repeat(source, NAMES), [], at(since)
    for _ in range(times):
        moment = next_repeat(
            repeat, lambda anchor: at(due) if anchor.kind == "due" else at(since), CALENDAR, at(since), later
        )
        found.append(shown(moment))
        later = moment or later
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("every working day after due", ["2026-03-06 08:30", "2026-03-09 08:30", "2026-03-10 08:30"]),
        ("every day after due at 10:00", ["2026-03-06 10:00", "2026-03-07 10:00", "2026-03-08 10:00"]),
        ("every working day before due", ["2026-03-03 08:30", "2026-03-04 08:30", "2026-03-05 08:30", None]),
        ("every Monday at 09:00", ["2026-03-09 09:00", "2026-03-16 09:00"]),
        ("every Monday after due", ["2026-03-09 08:30", "2026-03-16 08:30"]),
        ("every 2 hours after due", ["2026-03-06 02:00", "2026-03-06 04:00"]),
        ("every hour before due", ["2026-03-02 10:00", "2026-03-02 11:00"]),
        ("every 2 working days after due", ["2026-03-09 08:30", "2026-03-11 08:30"]),
        ("every day 25 of the month", ["2026-03-25 08:30", "2026-04-25 08:30"]),
        ("every last working day of the month", ["2026-03-31 08:30", "2026-04-30 08:30", "2026-05-29 08:30"]),
    ],
)
def test_repeat_comes_again(source: str, expected: list[str | None]) -> None:
    assert expected == repeated(source, "2026-03-05", FROM, len(expected))


# --- clocks that stand

LEFT: list[tuple[Clock, str, str, int, str, str]] = [
    # clock, due, stopped, left, went on, new due
    ("working days", "2026-03-16", "2026-03-04 10:00", 8, "2026-03-20 10:00", "2026-04-01"),
    ("working days", "2026-03-16", "2026-03-04 10:00", 8, "2026-05-03", "2026-05-14"),
    ("working days", "2026-03-05", "2026-03-05 10:00", 0, "2026-03-09 10:00", "2026-03-09"),
    ("working days", "2026-03-05 17:00", "2026-03-04 10:00", 1, "2026-03-09 10:00", "2026-03-10 17:00"),
    ("days", "2026-03-12", "2026-03-04 10:00", 8, "2026-03-09 10:00", "2026-03-17"),
    ("days", "2026-03-12", "2026-03-04 10:00", 8, "2026-03-06 10:00", "2026-03-16"),
    ("days", "2026-03-12", "2026-03-05 00:00", 8, "2026-03-10 00:00", "2026-03-17"),
    ("fixed", "2026-03-12", "2026-03-04 10:00", 0, "2026-03-09 10:00", "2026-03-12"),
    ("exact", "2026-03-04 12:00", "2026-03-04 10:00", 7200, "2026-03-09 10:00", "2026-03-09 12:00"),
    ("working days", "2026-03-02", "2026-03-04 10:00", 0, "2026-03-09 10:00", "2026-03-09"),
]


@pytest.mark.parametrize(("clock", "due", "stopped", "left", "went_on", "expected"), LEFT)
def test_clock_goes_on_with_what_was_left(
    clock: Clock, due: str, stopped: str, left: int, went_on: str, expected: str
) -> None:
    found = what_is_left(clock, at(due), at(stopped), CALENDAR)

    assert left == found
    assert expected == shown(go_on(clock, found, at(due), at(went_on), CALENDAR))


@pytest.mark.parametrize(
    ("source", "clock"),
    [
        ("3 working days", "working days"),
        ("3 days", "days"),
        ("2 weeks", "days"),
        ("3 hours", "exact"),
        ("3 working days after started", "working days"),
        ("3 days after review", "days"),
        ("born_on", "fixed"),
        ("day 25 of the month", "fixed"),
        ("3 days before born_on", "fixed"),
        ("3 days before round.closes_on", "fixed"),
    ],
)
def test_kind_of_clock(source: str, clock: Clock) -> None:
    found = reckon(parse_term(source, NAMES), lambda _: at("2026-03-20"), CALENDAR, at(FROM))

    assert found is not None
    assert clock == found.clock


# --- what holds always

moments = st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31), timezones=st.just(ZONE))  # noqa: DTZ001
units = st.sampled_from(("working days", "days", "weeks", "months"))
counts = st.integers(1, 40)


@given(moments, counts)
def test_term_in_working_days_ends_on_none_of_rest(since: datetime, count: int) -> None:
    end = end_of_span(Span(count, "working days"), since, CALENDAR)

    assert CALENDAR.is_working(day_of(end))
    assert count == CALENDAR.working_between(day_of(since), day_of(end))


@given(moments, counts, units)
def test_last_day_is_never_one_of_rest(since: datetime, count: int, unit: Unit) -> None:
    assert CALENDAR.is_working(day_of(end_of_span(Span(count, unit), since, CALENDAR)))


@given(moments, counts, units)
def test_longer_term_ends_no_earlier(since: datetime, count: int, unit: Unit) -> None:
    shorter, longer = (end_of_span(Span(n, unit), since, CALENDAR) for n in (count, count + 1))

    assert since < shorter <= longer


@given(moments, counts)
def test_days_end_no_earlier_than_they_are_long_and_working_days_no_earlier_than_these(
    since: datetime, count: int
) -> None:
    days = end_of_span(Span(count, "days"), since, CALENDAR)
    working = end_of_span(Span(count, "working days"), since, CALENDAR)

    assert day_of(since) + timedelta(days=count) <= day_of(days) <= day_of(working)


@given(moments, counts)
def test_working_days_before_and_after_are_inverse_on_working_days(since: datetime, count: int) -> None:
    day = CALENDAR.next_working(day_of(since))
    after = CALENDAR.add_working(day, count)

    assert day == CALENDAR.add_working(after, -count)
    assert f"{day}" == reckoned(f"{count} working days before born_on", FROM, born_on=f"{after}")


@given(moments, counts)
def test_hours_before_and_after_are_inverse(since: datetime, count: int) -> None:
    assert since == add_span(Span(count, "hours"), since, CALENDAR) - timedelta(hours=count)


@given(moments, counts)
def test_days_before_do_not_roll(since: datetime, count: int) -> None:
    day = day_of(since)

    assert f"{day - timedelta(days=count)}" == reckoned(f"{count} days before born_on", FROM, born_on=f"{day}")


@given(moments, st.integers(1, 60))
def test_clock_that_stands_for_no_time_keeps_its_deadline(since: datetime, count: int) -> None:
    for clock in ("working days", "days"):
        due = end_of_span(Span(count, clock), since, CALENDAR)
        left = what_is_left(clock, due, since, CALENDAR)
        assert due == go_on(clock, left, due, since, CALENDAR)


POINTS = (
    "first working day of the month",
    "last working day of the week",
    "3rd working day of the quarter",
    "first working day of November",
    "day 25 of the month",
    "20 December",
    "Monday",
)


@given(moments, st.sampled_from(POINTS), st.sampled_from(("", " at 09:00", " at 23:59")))
def test_calendar_point_is_the_first_on_or_after(since: datetime, point: str, clock: str) -> None:
    term = parse_term(point + clock, NAMES)
    found = reckon(term, lambda _: None, CALENDAR, since)
    again = reckon(term, lambda _: None, CALENDAR, found.at) if found else None

    assert found is not None
    assert again is not None
    assert found.at >= since
    assert again.at == found.at


@given(
    moments, st.sampled_from(("first working day of the {} month", "day 25 of the {} month", "Monday of the {} week"))
)
def test_point_of_the_next_period_is_in_the_period_after_its_own(since: datetime, point: str) -> None:
    found = reckon(parse_term(point.format("next"), NAMES), lambda _: None, CALENDAR, since)

    assert found is not None
    day, found_day = day_of(since), day_of(found.at)
    if "month" in point:
        assert (found_day.year * 12 + found_day.month) - (day.year * 12 + day.month) == 1
    else:
        assert found_day - timedelta(days=found_day.weekday()) == day - timedelta(days=day.weekday()) + timedelta(7)


@given(
    moments, moments, st.sampled_from(("every working day", "every Monday at 09:00", "every 3 days", "every 5 hours"))
)
def test_repeat_is_always_later(since: datetime, later: datetime, source: str) -> None:
    found = next_repeat(parse_repeat(source, NAMES), lambda _: None, CALENDAR, since, later)

    assert found is not None
    assert found > max(since, later)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.times())
def test_day_at_a_time_belongs_to_that_day_but_at_midnight(day: date, clock: time) -> None:
    found = day_of(at_time(day, clock))

    assert found == (day if clock != time() else day - timedelta(days=1))
    assert day_of(end_of(day)) == day
