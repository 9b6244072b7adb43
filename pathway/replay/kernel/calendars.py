"""The tables of days that `times` asks: local midnights, working days, months, clock times. Made once for a calendar: 0.3 s."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from typing import Any

import numpy as np

from pathway.model.calendar import Calendar
from pathway.replay.kernel.times import DAY_ZERO

_EPOCH = date(1970, 1, 1)
_ZERO = _EPOCH + timedelta(days=DAY_ZERO)
DAYS = (date(2201, 1, 1) - _ZERO).days


def number_of(day: date) -> int:
    """The place of a day in the tables; the nearest where it is outside them."""
    return min(max((day - _ZERO).days, 0), DAYS - 1)


def date_of(number: int) -> date:
    """The day at a place in the tables."""
    return _ZERO + timedelta(days=number)


@dataclass(frozen=True)
class Days:
    calendar: Calendar
    start: Any
    worked: Any
    work_day: Any
    month: Any
    month_start: Any

    def clock(self, clock: time) -> Any:
        """The instant of a clock time on each day. It is so long after midnight but on the days on which the clocks change."""
        after = ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond
        found = self.start + after
        for day in np.nonzero(np.diff(self.start) != 86_400_000_000)[0]:
            found[day] = self.calendar.at(_ZERO + timedelta(days=int(day)), clock)
        return found


@cache
def days_of(calendar: Calendar) -> Days:
    """The tables of a calendar."""
    days = [date_of(number) for number in range(DAYS)]
    start = np.array([calendar.at(day, time()) for day in days], np.int64)
    working = np.array([calendar.is_working_day(day) for day in days])
    month = np.array([(day.year - _ZERO.year) * 12 + day.month - 1 for day in days], np.int64)
    month_start = np.searchsorted(month, np.arange(month[-1] + 2)).astype(np.int64)
    work_day = np.concatenate([[0], np.nonzero(working)[0]]).astype(np.int64)
    return Days(calendar, start, np.cumsum(working).astype(np.int64), work_day, month, month_start)
