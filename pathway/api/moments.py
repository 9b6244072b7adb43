"""Times as callers give them, as instants."""

from __future__ import annotations

from datetime import date, datetime, time

from pathway.errors import PathwayError
from pathway.events.event import Instant
from pathway.model.calendar import EARLIEST, LATEST, Calendar, to_datetime, to_instant

Moment = datetime | date | str
"""An aware `datetime`; a `date`, which counts whole; or a text in ISO form, in the pathway's time zone unless it says one."""


def instant_of(moment: Moment, calendar: Calendar) -> Instant:
    """The instant up to which a time reaches: a bare date is the end of that local day (E4).

    Raises `PathwayError` (PW506, PW518) for what is no time, or one without a time zone.
    """
    read = _read(moment)
    if not isinstance(read, datetime):
        within = datetime.combine(read, time(), calendar.zone)
    elif read.tzinfo is not None:
        within = read
    elif isinstance(moment, datetime):
        raise PathwayError("PW518", text=moment.isoformat(" "))
    else:
        within = to_datetime(calendar.at(read.date(), read.time()))
    if not EARLIEST <= within < LATEST:
        raise PathwayError("PW506", text=str(moment))
    return to_instant(within) if isinstance(read, datetime) else calendar.end(read)


def _read(moment: Moment) -> datetime | date:
    if not isinstance(moment, str):
        return moment
    text = moment.strip()
    try:
        if len(text) <= len("2026-11-01"):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text)
    except ValueError:
        raise PathwayError("PW506", _in_iso(text), text=moment) from None


def _in_iso(text: str) -> str | None:
    """How a time that is written as Norwegians write it would have to be written."""
    for form, iso in (("%d.%m.%Y", "%Y-%m-%d"), ("%d/%m/%Y", "%Y-%m-%d"), ("%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M")):
        try:
            return datetime.strptime(text, form).strftime(iso)
        except ValueError:
            continue
    return None


def day_of(text: str) -> date:
    """A day, written as `2026-03-02`. Raises `PathwayError` (PW552) for what is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise PathwayError("PW552", _in_iso(text), text=text) from None


def is_whole_day(moment: Moment) -> bool:
    """Whether only the day is said."""
    return not isinstance(_read(moment), datetime)
