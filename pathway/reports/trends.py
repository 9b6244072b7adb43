"""How what fell due has gone from period to period and from month to month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pathway.reports.charts import ControlChart, share_chart
from pathway.reports.data import Data, Owed
from pathway.reports.measures import Trend, trend_of
from pathway.reports.suppression import hidden


def trend_by_due(data: Data, judged: Sequence[Owed], worth: float) -> Trend | None:
    """In time in the latest period against the one before. `worth` is how much of an independent observation each is."""
    periods = data.periods
    if periods is None or not judged:
        return None
    sides: list[list[Owed]] = [[], []]
    for row in judged:
        due = row.fell_due
        if due is not None and periods.before < due <= periods.now:
            sides[due > periods.middle].append(row)
    before, now = ((sum(row.outcome == "met" for row in side), len(side)) for side in sides)
    patients = (len({row.patient for row in sides[0]}), len({row.patient for row in sides[1]}))
    return trend_of(before, now, patients, periods.dates, worth)


def chart_by_due(data: Data, judged: Sequence[Owed], worth: float) -> ControlChart | None:
    """In time month by month: by the month in which it fell due, so that the latest months are judged like the others."""
    found: dict[str, list[Owed]] = defaultdict(list)
    for row in judged:
        if row.fell_due is not None:
            found[data.month(row.fell_due)].append(row)
    if len(found) < 2:
        return None
    months = months_between(min(found), max(found))
    counted_by = [(month, sum(row.outcome == "met" for row in found[month]), len(found[month])) for month in months]
    unsaid = hidden({month: len({row.patient for row in found[month]}) for month in months})
    return share_chart(counted_by, unsaid, worth)


def months_between(first: str, last: str) -> list[str]:
    """Every month from one to another: `2026-03`."""
    year, month = (int(part) for part in first.split("-"))
    found = [first]
    while found[-1] < last:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        found.append(f"{year}-{month:02}")
    return found
