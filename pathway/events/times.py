"""Text to instants (T1, T3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

from pathway.events.event import Instant
from pathway.model.calendar import EARLIEST, LATEST, MICROSECOND, Calendar, to_instant

_NORWEGIAN = re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?:,?[ T]+(?:kl\.? ?)?(?P<clock>.+))?")
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})(?:[ T]+(?P<clock>.+))?")
_DOTTED_CLOCK = re.compile(r"(\d{1,2})\.(\d{2})(?:\.(\d{2}))?")
_MOST_KNOWN = 1_000_000
_OF_A_CLOCK = ("%H", "%I", "%X", "%c")

_EPOCH = datetime(1970, 1, 1)
_MIDNIGHT = time(0)
_FIRST, _LAST = to_instant(EARLIEST), to_instant(LATEST)

TWICE = "time in the hour that comes twice"
SKIPPED = "time in the hour that is skipped"


class When(NamedTuple):
    """An instant that was read; with `date_only` the first of its local day. `mended` is what had to be decided, if anything."""

    instant: Instant
    date_only: bool
    mended: str | None = None


DateOnly = Literal["midnight", "always"]
"""Times of which only the date is known, though a clock time is written: those at midnight, or all."""


class Times:
    """Reads times, each distinct text once. A time without an offset is local in `zone`, a bare date a day of `days`."""

    def __init__(self, zone: Calendar, days: Calendar, formats: Iterable[str] = (), date_only: DateOnly | None = None) -> None:
        self._zone = zone
        self._days = days
        self._formats = tuple(formats)
        self._date_only = date_only
        self._known: dict[str, When | str] = {}
        self._offsets: dict[int, int | None] = {}
        """By day, how far local time is from UTC, in microseconds; None where that changes within it."""

    def read(self, text: str) -> When | str:
        """When it was; or why the text is refused: `time` (it is none) or `range` (T1)."""
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[text] = self._read(text.strip())
        return known

    def end(self, when: When) -> Instant:
        """The last microsecond that a time can mean: of a bare date the day's."""
        return self._days.end(self._days.day(when.instant)) if when.date_only else when.instant

    def day(self, text: str) -> date | None:
        """A text as a local date, a time of day left out."""
        moment = moment_of(text.strip(), self._formats)
        if isinstance(moment, datetime):
            return (moment if moment.tzinfo is None else moment.astimezone(self._zone.zone)).date()
        return moment

    def is_midnight(self, instant: Instant) -> bool:
        """Whether it was midnight where the log was written."""
        return self._zone.start(self._zone.day(instant)) == instant

    def local_day(self, instant: Instant) -> date:
        """The day that it was where the pathway is."""
        return self._days.day(instant)

    def _read(self, text: str) -> When | str:
        moment = moment_of(text, self._formats)
        if moment is None:
            return "time"
        if self._date_only is not None and isinstance(moment, datetime):
            here = moment if moment.tzinfo is None else moment.astimezone(self._zone.zone)
            if self._date_only == "always" or here.time() == _MIDNIGHT:
                moment = here.date()
        if not isinstance(moment, datetime):
            return When(self._days.start(moment), True) if EARLIEST.year <= moment.year < LATEST.year else "range"
        if not EARLIEST.year - 1 <= moment.year <= LATEST.year:
            return "range"
        mended = None
        if moment.tzinfo is not None:
            instant = to_instant(moment)
        else:
            offset = self._offset(moment)
            if offset is None:
                offset, mended = self._decided(moment)
            instant = (moment - _EPOCH) // MICROSECOND - offset
        return When(instant, False, mended) if _FIRST <= instant < _LAST else "range"

    def _offset(self, moment: datetime) -> int | None:
        """Local time's distance from UTC on a day, looked up once: asking the time zone costs more than all the rest."""
        day = moment.toordinal()
        try:
            return self._offsets[day]
        except KeyError:
            start = datetime.fromordinal(day)
            around = {_distance(start.replace(tzinfo=self._zone.zone) + timedelta(hours=hours)) for hours in (-1, 0, 12, 25)}
            offset = self._offsets[day] = around.pop() if len(around) == 1 else None
            return offset

    def _decided(self, moment: datetime) -> tuple[int, str | None]:
        """On a day when clocks change: of an hour that comes twice the first, and one that is skipped counted on from before."""
        first, second = (_distance(moment.replace(tzinfo=self._zone.zone, fold=fold)) for fold in (0, 1))
        return first, None if first == second else TWICE if first > second else SKIPPED


def _distance(moment: datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else offset // MICROSECOND


def moment_of(text: str, formats: Iterable[str] = ()) -> datetime | date | None:
    """A text as a date or a time: by the formats that were told, else ISO 8601, or day.month.year as Norwegians write it."""
    for form in formats:
        try:
            moment = datetime.strptime(text, form)
        except ValueError:
            continue
        return moment if any(code in form for code in _OF_A_CLOCK) else moment.date()
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        pass
    found = _NORWEGIAN.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if found is None:
        return None
    day, clock = f"{int(found['y']):04}-{int(found['m']):02}-{int(found['d']):02}", found["clock"]
    try:
        return date.fromisoformat(day) if clock is None else datetime.fromisoformat(f"{day}T{_colons(clock)}")
    except ValueError:
        return None


def _colons(clock: str) -> str:
    """A clock time as ISO has it: `8:10`, `08.10` and `08.10.30` are what people write."""
    dotted = _DOTTED_CLOCK.fullmatch(clock)
    if dotted is not None:
        clock = ":".join(part for part in dotted.groups() if part is not None)
    return clock.rjust(len(clock) + 1, "0") if clock[1:2] == ":" else clock


def is_time_format(form: str) -> bool:
    """Whether a format can read what it writes."""
    try:
        datetime.strptime(datetime(2026, 12, 31, 23, 59, 58).strftime(form), form)
    except (ValueError, re.error):
        return False
    return True
