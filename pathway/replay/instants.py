"""Columns of times as instants: of those that are texts, what ISO 8601 makes plain is read at once, the rest by distinct texts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.events.event import Instant
from pathway.events.rows import SHORT_YEAR
from pathway.events.tables import column_texts
from pathway.events.times import SKIPPED, TWICE, Times, When
from pathway.model.calendar import EARLIEST, LATEST, Calendar, to_instant
from pathway.replay.kernel import layout as shape
from pathway.replay.understood import coded, has, numbers_in, whole

FIRST, LAST = to_instant(EARLIEST), to_instant(LATEST)
NO_TIME, SHORT, OUTSIDE = 1, 2, 3
"""Why something told is no time: it is none, its year has two digits, no calendar here reaches to it."""

_NO_DAY = -(2**31)
_FIRST_DAY, _LAST_DAY = (EARLIEST.date() - date(1970, 1, 1)).days - 400, (LATEST.date() - date(1970, 1, 1)).days + 400
_ISO = (
    r"^(19|20)\d\d-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d\d\d(\d\d\d)?)?"
    r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
)
"""A time with its offset, at which nothing but the day can be wrong."""


DECIDED = ("", TWICE, SKIPPED)
"""What may have had to be decided about a time."""


class Moments(NamedTuple):
    """By row: the instant (UTC microseconds, `NEVER` for none), whether it is the beginning of a day of which no more is known, why
    what is told is none (0: it is one, or nothing is told), and which of `DECIDED` it was read by. None stands for nowhere."""

    at: Any
    dated: Any | None = None
    why: Any | None = None
    decided: Any | None = None

    def wrong(self, *whys: int) -> Any | None:
        """Where it is none for one of some reasons; None: nowhere."""
        return None if self.why is None else somewhere(np.isin(self.why, whys))


def somewhere(those: Any) -> Any | None:
    """Rows for which something holds; None where there are none."""
    return those if those.any() else None


def is_time(kind: pa.DataType) -> bool:
    """Whether a column of a kind says when."""
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_integer(kind))


def moments(table: pa.Table, name: str, days: Calendar, times: Times) -> Moments | None:
    """A column of times; None where it is missing or says nothing. What is in it is not to be written into."""
    if not has(table, name):
        return None
    column = table.column(name)
    kind = column.type
    zoned = pa.types.is_timestamp(kind) and kind.tz is not None
    if pa.types.is_date(kind):
        at = _days(column, days)
        found = Moments(at, np.ones(len(at), bool))
    elif zoned or pa.types.is_integer(kind):
        column = column.cast(pa.timestamp("us", kind.tz), safe=False) if zoned and kind.unit != "us" else column
        found = Moments(numbers_in(column, shape.NEVER))
    else:
        texts = pa.array(column_texts(column), pa.string()) if pa.types.is_timestamp(kind) else whole(column)
        found = _read(texts, times)
    least, most = found.at.min(), found.at.max()
    if least >= FIRST and most < LAST:
        return found
    outside = (found.at != shape.NEVER) & ((found.at < FIRST) | (found.at >= LAST))
    if not outside.any():
        return found
    why = np.zeros(len(found.at), np.uint8) if found.why is None else found.why
    return found._replace(why=np.where(outside, np.uint8(OUTSIDE), why))


def ends(found: Moments, days: Calendar) -> Any:
    """The last instants that times can mean: of a day its last."""
    if found.dated is None or not found.dated.any():
        return found.at
    at = found.at.copy()
    at[found.dated] = _day_ends(at[found.dated], days)
    return at


def last_of(at: Any, dated: Any | None, recorded: Any | None, days: Calendar) -> Instant:
    """The last time at which one of some rows was recorded; `NEVER` where there is none."""
    at = ends(Moments(at, dated), days)  # of what has only a date the whole day is over
    last = at if recorded is None else np.where(recorded == shape.NEVER, at, recorded)
    return int(last.max(initial=shape.NEVER))


def _day_ends(starts: Any, days: Calendar) -> Any:
    """The last instants of the days that begin then."""
    distinct, number = np.unique(starts, return_inverse=True)
    return np.array([days.end(days.day(start)) for start in distinct.tolist()] or [0], np.int64)[number]


def _days(column: pa.ChunkedArray, days: Calendar) -> Any:
    told = pc.fill_null(column.cast(pa.date32()).cast(pa.int32()), _NO_DAY).to_numpy()
    distinct, number = np.unique(told, return_inverse=True)
    known = [shape.NEVER if day == _NO_DAY else days.start(_day(day)) for day in distinct.tolist()]
    return np.array(known or [0], np.int64)[number]


def _day(number: int) -> date:
    """A day by its number; what no calendar reaches to is told as a day that is long past or far off."""
    return date(1970, 1, 1) + timedelta(days=min(max(number, _FIRST_DAY), _LAST_DAY))


def _read(column: pa.Array, times: Times) -> Moments:
    texts = column if pa.types.is_string(column.type) else column.cast(pa.string())
    count = len(texts)
    found = Moments(np.full(count, shape.NEVER), *(np.zeros(count, kind) for kind in (bool, np.uint8, np.uint8)))
    rest = pc.fill_null(pc.not_equal(texts, ""), False).to_numpy(zero_copy_only=False).copy()
    plain = pc.fill_null(pc.match_substring_regex(texts, _ISO), False)
    try:
        at = texts.filter(plain).cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:  # a day that there is not is among them
        pass
    else:
        those = plain.to_numpy(zero_copy_only=False)
        found.at[those], rest[those] = at.to_numpy(), False
    if not rest.any():
        return Moments(found.at)
    code, distinct = coded(pa.chunked_array([texts.filter(pa.array(rest))]))
    known = [times.read(text) for text in distinct]
    read = [(when.instant, when.date_only, 0, DECIDED.index(when.mended or "")) if isinstance(when, When) else
            (shape.NEVER, False, _why(text, when), 0) for text, when in zip(distinct, known, strict=True)]  # fmt: skip
    for column_, values in zip(found, zip(*read, strict=True), strict=True):
        column_[rest] = np.array(values)[code]
    return found


def _why(text: str, refused: str) -> int:
    if refused == "range":
        return OUTSIDE
    return SHORT if SHORT_YEAR.match(text.strip()) else NO_TIME
