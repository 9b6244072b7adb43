"""T1-T3: calendar arithmetic, held against days that anyone can look up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.model.base import Duration
from pathway.model.calendar import Calendar, to_datetime, to_instant

OSLO = Calendar()


def at(text: str) -> int:
    return to_instant(datetime.fromisoformat(text).replace(tzinfo=OSLO.zone).astimezone(UTC))


def local(instant: int) -> str:
    return f"{OSLO.local(instant):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        ("2026-01-31 10:00", 1, "month", "2026-02-28 23:59:59"),
        ("2024-01-31 10:00", 1, "month", "2024-02-29 23:59:59"),
        ("2024-02-29 10:00", 1, "year", "2025-02-28 23:59:59"),
        ("2026-03-06 10:00", 2, "working_day", "2026-03-10 23:59:59"),
        ("2026-03-07 10:00", 1, "working_day", "2026-03-09 23:59:59"),
        ("2026-04-01 16:00", 2, "working_day", "2026-04-08 23:59:59"),  # Maundy Thursday, Good Friday, Easter Monday
        ("2026-04-30 10:00", 10, "working_day", "2026-05-18 23:59:59"),  # 1 May, Ascension Day; 17 May is a Sunday
        ("2026-12-23 10:00", 2, "working_day", "2026-12-28 23:59:59"),  # 24 December is a working day
        ("2026-03-28 12:00", 24, "hour", "2026-03-29 13:00:00"),  # the clocks go forward
        ("2026-03-28 12:00", 1, "day", "2026-03-29 23:59:59"),
        ("2026-10-24 12:00", 24, "hour", "2026-10-25 11:00:00"),  # and back
        ("2026-03-02 00:00", 0, "day", "2026-03-02 23:59:59"),
    ],
)
def test_an_upper_limit_ends_with_the_local_day(start: str, amount: int, unit: str, due: str) -> None:
    assert local(OSLO.due(at(start), Duration(amount=amount, unit=unit))) == due  # type: ignore[arg-type]


def test_a_lower_limit_begins_with_the_local_day() -> None:
    assert local(OSLO.earliest(at("2026-03-02 15:00"), Duration(amount=2, unit="week"))) == "2026-03-16 00:00:00"
    assert local(OSLO.back(at("2026-03-31 15:00"), Duration(amount=1, unit="month"))) == "2026-02-28 00:00:00"


def test_midnights_and_working_midnights() -> None:
    assert OSLO.midnights(at("2026-03-06 10:00"), at("2026-03-09 10:00")) == 3
    assert OSLO.midnights(at("2026-03-06 10:00"), at("2026-03-09 10:00"), working=True) == 1


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)))
def test_days_follow_each_other_without_a_gap(day: date) -> None:
    assert OSLO.end(day) + 1 == OSLO.start(day + timedelta(days=1))
    assert OSLO.day(OSLO.start(day)) == day == OSLO.day(OSLO.end(day))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 12, 31)))
def test_instants_survive_to_the_microsecond(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert to_datetime(to_instant(aware)) == aware


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 60))
def test_working_days_add_up(day: date, count: int) -> None:
    one_by_one = day
    for _ in range(count):
        one_by_one = OSLO.add(one_by_one, Duration(amount=1, unit="working_day"))
    assert OSLO.add(day, Duration(amount=count, unit="working_day")) == one_by_one
    assert OSLO.is_working_day(one_by_one)


def test_a_clock_time_that_the_spring_skips() -> None:
    assert local(OSLO.at(date(2026, 3, 29), time(2, 30))) == "2026-03-29 03:30:00"
