"""Columns of times as instants."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.model.calendar import EARLIEST, LATEST, Calendar
from pathway.replay.kernel import layout as shape
from pathway.replay.understood import has

_NO_DAY = -(2**31)
_FIRST_DAY, _LAST_DAY = (EARLIEST.date() - date(1970, 1, 1)).days - 400, (LATEST.date() - date(1970, 1, 1)).days + 400


def is_time(kind: pa.DataType) -> bool:
    """Whether a column of a kind says which instants or days are meant."""
    zoned = pa.types.is_timestamp(kind) and kind.tz is not None
    return bool(zoned or pa.types.is_date(kind) or pa.types.is_integer(kind))


def instants(column: pa.ChunkedArray, days: Calendar) -> tuple[Any, bool]:
    """Instants in UTC microseconds (`NEVER` for none), and whether they are the beginnings of days."""
    if pa.types.is_date(column.type):
        told = pc.fill_null(column.cast(pa.date32()).cast(pa.int32()), _NO_DAY).to_numpy()
        distinct, number_ = np.unique(told, return_inverse=True)
        known = [shape.NEVER if day == _NO_DAY else days.start(_day(day)) for day in distinct.tolist()]
        return np.array(known or [0], np.int64)[number_], True
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return pc.fill_null(column.cast(pa.int64()), shape.NEVER).to_numpy(), False


def _day(number_: int) -> date:
    """A day by its number; what no calendar reaches to is told as a day that is long past or far off."""
    return date(1970, 1, 1) + timedelta(days=min(max(number_, _FIRST_DAY), _LAST_DAY))


def ends(table: pa.Table, name: str, days: Calendar) -> Any:
    """The last instants that times can mean: of a date its day's. `NEVER` where there is none."""
    if not has(table, name):
        return np.full(len(table), shape.NEVER)
    at, dated = instants(table.column(name), days)
    return day_ends(at, days) if dated else at


def day_ends(starts: Any, days: Calendar) -> Any:
    """The last instants of the days that begin then."""
    distinct, number_ = np.unique(starts, return_inverse=True)
    ends = [start if start == shape.NEVER else days.end(days.day(start)) for start in distinct.tolist()]
    return np.array(ends or [0], np.int64)[number_]
