"""When an obligation falls due, and what an event at some time makes of it (T2, T3, O11)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pathway.events.event import Instant
from pathway.model.base import Duration
from pathway.model.calendar import Calendar, elapsed
from pathway.model.rules import Rule, Timing
from pathway.tracking.state import Obligation, Occurrence, Spans

Verdict = Literal["met", "early", "late", "undetermined"]


def timing_in_force(rule: Rule, anchored_at: Instant, calendar: Calendar) -> Timing | None:
    """The variant in force on the anchor's local date, else the rule's own limit."""
    day = calendar.day(anchored_at)
    for variant in rule.variants:
        if variant.period.covers(day) and variant.timing is not None:
            own = rule.timing
            if variant.timing.anchor is None and own is not None:  # `valid to … within 40 minutes` changes the number only
                return variant.timing.model_copy(update={"anchor": own.anchor, "repeat": own.repeat})
            return variant.timing
    return rule.timing


def set_deadlines(obligation: Obligation, calendar: Calendar, holds: Spans) -> None:
    """Work out `lower`, `due` and `sure` from the anchor, the limit and the time held so far."""
    timing = obligation.timing
    if timing is None:
        return
    low, high = obligation.anchored_at, obligation.anchored_high
    if timing.lower is not None:
        obligation.lower = calendar.earliest(low, timing.lower)
    limit = timing.upper or timing.every
    if timing.same_day:
        day = calendar.day(low)
        obligation.due = calendar.end(day) if timing.clock is None else calendar.at(day, timing.clock)
        obligation.sure = obligation.due
    elif limit is not None:
        obligation.due = _held_due(high, limit, calendar, holds)
        obligation.sure = obligation.due if low == high else _held_due(low, limit, calendar, holds)


def _held_due(anchor: Instant, limit: Duration, calendar: Calendar, holds: Spans) -> Instant | None:
    """The due time moved by the time held; None while a hold that began by then is open: while held nothing falls due."""
    due = calendar.due(anchor, limit)
    while holds:
        if any(end is None and start <= due for start, end in holds):
            return None
        spans = _union([(max(start, anchor), end) for start, end in holds if end is not None and start <= due])
        if limit.elapsed:
            moved = anchor + elapsed(limit) + sum(end - start for start, end in spans)
        else:
            moved = calendar.end(_moved(calendar.day(anchor), limit, calendar, spans))
        if moved == due:
            break
        due = moved
    return due


def _moved(day: date, limit: Duration, calendar: Calendar, spans: list[tuple[Instant, Instant]]) -> date:
    """The last day of a calendar limit: later by a day, or a working day, for each midnight passed under hold."""
    working = limit.unit == "working_day"
    days = sum(calendar.midnights(start, end, working=working) for start, end in spans)
    return calendar.add(calendar.add(day, limit), Duration(amount=days, unit="working_day" if working else "day"))


def warned_at(obligation: Obligation, calendar: Calendar, holds: Spans) -> Instant | None:
    """When `warn after` says that it is at risk of breaking; None while the clock is held before that."""
    limit = obligation.rule.rule.warn_after
    if limit is None or obligation.part != "main":
        return None
    return _held_due(obligation.anchored_high, limit, calendar, holds)


def held_between(start: Instant, end: Instant, holds: Spans) -> list[tuple[Instant, Instant]]:
    """The spans within two instants in which the clock stood still, in order, none touching another."""
    return _union([(max(begin, start), min(end if until is None else until, end)) for begin, until in holds])


def _union(spans: list[tuple[Instant, Instant]]) -> list[tuple[Instant, Instant]]:
    merged: list[tuple[Instant, Instant]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def is_elapsed(timing: Timing | None) -> bool:
    """Whether the limit is one of hours and minutes, where a date is not precise enough (T3)."""
    if timing is None:
        return False
    limits = [limit for limit in (timing.upper, timing.lower, timing.every) if limit is not None]
    return timing.clock is not None or any(limit.elapsed for limit in limits)


def verdict(obligation: Obligation, target: Occurrence) -> Verdict:
    """What a fitting event makes of an obligation whose deadlines are set."""
    precise = is_elapsed(obligation.timing)
    if obligation.lower is not None and target.low < obligation.lower:
        if target.high < obligation.lower:
            return "early"
        if precise:
            return "undetermined"
    if obligation.due is None:
        return "met"
    sure = obligation.due if obligation.sure is None else obligation.sure
    if target.high <= sure:
        return "met"
    if target.low > obligation.due:
        return "late"
    return "undetermined" if precise else "met"
