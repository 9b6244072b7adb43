"""Whether one limit is tighter or looser than another, exactly; where their units do not tell, that is the answer.

A limit is the window in which what is asked for is in time. It is tighter when its window lies within the other's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import Literal

from pathway.model.base import Duration
from pathway.model.calendar import calendar_for
from pathway.model.rules import Frequency, Rule, Target, Timing

Strictness = Literal["same", "tighter", "looser", "mixed", "unknown"]
"""`mixed`: tighter in one way and looser in another. `unknown`: units or anchors that cannot be compared."""

_EXACT: dict[str, tuple[str, int]] = {
    "minute": ("minute", 1), "hour": ("minute", 60), "day": ("day", 1), "week": ("day", 7),
    "month": ("month", 1), "year": ("month", 12), "working_day": ("working_day", 1),
}  # fmt: skip
_DAY = 1440
_CLOCK_CHANGE = 60
_NEVER = float("inf")
_FOUR_YEARS = tuple(date(2026, 1, 1) + timedelta(days=number) for number in range(4 * 365 + 1))
"""Every day from which months can be counted, as to their lengths: leap years come each fourth year from 1904 to 2096."""


def compared(before: Rule, after: Rule) -> Strictness:
    """How a rule's limits stand to what they were."""
    found = [
        _timings(before.timing, after.timing),
        _timings(before.receipt, after.receipt),
        _timings(before.answer, after.answer),
        _frequencies(before.frequency, after.frequency),
        _targets(before.target, after.target),
    ]
    return _together(found)


def _together(found: Iterable[Strictness]) -> Strictness:
    kinds = set(found) - {"same"}
    if "unknown" in kinds:
        return "unknown"
    if not kinds:
        return "same"
    return next(iter(kinds)) if len(kinds) == 1 else "mixed"


def _by(order: int) -> Strictness:
    return "same" if order == 0 else "tighter" if order < 0 else "looser"


def _frequencies(before: Frequency | None, after: Frequency | None) -> Strictness:
    if before == after:
        return "same"
    if before is None or after is None:
        return "tighter" if before is None else "looser"
    minutes = {"minutes": 1, "hours": 60}
    if (before.unit == "times") != (after.unit == "times"):
        return "unknown"
    was, now = (each.amount * minutes.get(each.unit, 1) for each in (before, after))
    return _by((was > now) - (was < now))


def _targets(before: Target | None, after: Target | None) -> Strictness:
    if before == after:
        return "same"
    if before is None or after is None:
        return "tighter" if before is None else "looser"
    if before.at != after.at:
        return "unknown"
    more = after.percent > before.percent
    return "tighter" if more == (before.at == "least") else "looser"


def _timings(before: Timing | None, after: Timing | None) -> Strictness:
    if before == after:
        return "same"
    if before is None or after is None:
        return "tighter" if before is None else "looser"
    if before.repeat != after.repeat or before.anchor != after.anchor or before.promptly != after.promptly:
        return "unknown"
    if before.before != after.before or before.not_before != after.not_before:
        return "unknown"
    if before.every is not None or after.every is not None:
        return "unknown" if before.every is None or after.every is None else _lengths(before.every, after.every)
    return _together([_uppers(before, after), _lowers(before, after)])


def _uppers(before: Timing, after: Timing) -> Strictness:
    """Sooner is tighter."""
    was, now = _last(before), _last(after)
    if was is None or now is None:
        return "same" if was == now else "tighter" if was is None else "looser"
    if before.same_day and after.same_day:
        clocks = [24 * 60 if each.clock is None else each.clock.hour * 60 + each.clock.minute for each in (before, after)]
        return _by((clocks[1] > clocks[0]) - (clocks[1] < clocks[0]))
    if before.same_day != after.same_day and (before.clock or after.clock) and was.unit == now.unit == "day":
        clocked, other = (was, now) if before.clock else (now, was)
        if other.amount >= clocked.amount:  # by a clock time of the day is sooner than by the end of it
            return "looser" if before.clock else "tighter"
        return "unknown"
    return _lengths(was, now)


def _last(timing: Timing) -> Duration | None:
    return Duration(amount=0, unit="day") if timing.same_day else timing.upper


def _lowers(before: Timing, after: Timing) -> Strictness:
    """What counts from later on is tighter; `at latest` counts what came before the anchor too."""
    was, now = before.lower, after.lower
    if was is None and now is None:
        look = (before.look == "either") - (after.look == "either")
        return "same" if look == 0 else "tighter" if look > 0 else "looser"
    if was is None or now is None:
        return "tighter" if was is None else "looser"
    told = _lengths(was, now, lower=True)
    return {"tighter": "looser", "looser": "tighter"}.get(told, told)  # type: ignore[return-value]


def _lengths(was: Duration, now: Duration, *, lower: bool = False) -> Strictness:
    """A shorter time is tighter. Lengths of one family compare exactly; else by how long each can be at least and at most:
    tighter is what never ends later and sometimes sooner."""
    (family, factor), (other, factor_now) = _EXACT[was.unit], _EXACT[now.unit]
    if family == other:
        before, after = was.amount * factor, now.amount * factor_now
        return _by((after > before) - (after < before))
    if was.elapsed == now.elapsed:
        (low, high), (low_now, high_now) = _days(was), _days(now)
    else:
        (low, high), (low_now, high_now) = (_minutes(each, lower=lower) for each in (was, now))
    if high_now <= low:
        return "tighter"
    return "looser" if low_now >= high else "unknown"


@cache
def _days(length: Duration) -> tuple[float, float]:
    """How many days a calendar limit is at least and at most."""
    family, factor = _EXACT[length.unit]
    many = length.amount * factor
    if family == "day":
        return many, many
    if family == "working_day":  # at least with the weekends in it; holidays may make it longer than anyone can say
        return many + 2 * (max(many - 1, 0) // 5), _NEVER
    calendar = calendar_for("Europe/Oslo", "NO")
    days = [(calendar.add(first, length) - first).days for first in _FOUR_YEARS]
    return min(days), max(days)


def _minutes(length: Duration, *, lower: bool) -> tuple[float, float]:
    """How many minutes after its anchor a limit can end: a calendar limit ends with a local day, a lower one begins with it,
    and the clocks may change on the way."""
    if length.elapsed:
        exact = length.amount * _EXACT[length.unit][1]
        return exact, exact
    least, most = _days(length)
    first, last = (least - 1, most) if lower else (least, most + 1)
    return max(first * _DAY - _CLOCK_CHANGE, 0), last * _DAY + _CLOCK_CHANGE
