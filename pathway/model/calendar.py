"""Time as people keep it (T1–T3): local days, calendar and working-day arithmetic, over instants in UTC microseconds."""

from __future__ import annotations

import calendar as months
from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from pathway.model.base import Duration

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2061, 1, 1, tzinfo=UTC)
"""Event instants before the one or from the other on are refused (T1)."""

_ELAPSED = {"minute": 60_000_000, "hour": 3_600_000_000}


def to_instant(moment: datetime) -> int:
    """An aware datetime as microseconds since 1970 UTC."""
    return (moment - EPOCH) // MICROSECOND


def to_datetime(instant: int) -> datetime:
    """Microseconds since 1970 UTC as a datetime in UTC."""
    return EPOCH + timedelta(microseconds=instant)


def elapsed(duration: Duration) -> int:
    """Minutes and hours as microseconds."""
    return duration.amount * _ELAPSED[duration.unit]


class Calendar:
    """Calendar arithmetic in one time zone, with one country's public holidays."""

    def __init__(self, time_zone: str = "Europe/Oslo", country: str = "NO") -> None:
        self.zone = ZoneInfo(time_zone)
        self._country = country
        self._starts: dict[date, int] = {}

    @cached_property
    def _holidays(self) -> Container[date]:
        """Loaded when a working day is first asked for: it takes longer than reading a text."""
        import holidays

        return holidays.country_holidays(self._country)

    def local(self, instant: int) -> datetime:
        return to_datetime(instant).astimezone(self.zone)

    def day(self, instant: int) -> date:
        """The local date of an instant."""
        return self.local(instant).date()

    def start(self, day: date) -> int:
        """The first instant of a local day."""
        known = self._starts.get(day)
        if known is None:
            known = self._starts[day] = self.at(day, time())
        return known

    def end(self, day: date) -> int:
        """The last microsecond of a local day."""
        return self.start(day + timedelta(days=1)) - 1

    def at(self, day: date, clock: time) -> int:
        """A clock time of a local day. One that the spring skips is the same time before the change; of two, the first."""
        return to_instant(datetime.combine(day, clock, self.zone).astimezone(UTC))

    def due(self, instant: int, limit: Duration) -> int:
        """The last instant that keeps an upper limit counted from an instant."""
        if limit.elapsed:
            return instant + elapsed(limit)
        return self.end(self.add(self.day(instant), limit))

    def earliest(self, instant: int, limit: Duration) -> int:
        """The first instant that keeps a lower limit counted from an instant."""
        if limit.elapsed:
            return instant + elapsed(limit)
        return self.start(self.add(self.day(instant), limit))

    def back(self, instant: int, span: Duration) -> int:
        """The first instant of a span that ends at an instant (`last 12 months`, `no older than 3 months`)."""
        if span.elapsed:
            return instant - elapsed(span)
        return self.start(self.add(self.day(instant), Duration(amount=-span.amount, unit=span.unit)))

    def add(self, day: date, span: Duration) -> date:
        """A local date so many days, weeks, months, years or working days on (or back). 31 January + 1 month is the last
        day of February; a working day never counts the day itself (Friday + 2 is Tuesday)."""
        if span.unit == "day":
            return day + timedelta(days=span.amount)
        if span.unit == "week":
            return day + timedelta(weeks=span.amount)
        if span.unit == "working_day":
            return self._add_working_days(day, span.amount)
        month = day.month - 1 + span.amount * (12 if span.unit == "year" else 1)
        year, month = day.year + month // 12, month % 12 + 1
        return date(year, month, min(day.day, months.monthrange(year, month)[1]))

    def _add_working_days(self, day: date, count: int) -> date:
        step = timedelta(days=1 if count >= 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def is_working_day(self, day: date) -> bool:
        """Neither a weekend nor a public holiday. 24 and 31 December are working days."""
        return day.weekday() < 5 and day not in self._holidays

    def midnights(self, start: int, end: int, *, working: bool = False) -> int:
        """How many local midnights lie after `start` up to and with `end`; with `working`, those that begin a working day."""
        day, last = self.day(start), self.day(end)
        count = 0
        while day < last:
            day += timedelta(days=1)
            count += not working or self.is_working_day(day)
        return count


@cache
def calendar_for(time_zone: str, country: str) -> Calendar:
    """The calendar of a pathway, made once."""
    return Calendar(time_zone, country)
