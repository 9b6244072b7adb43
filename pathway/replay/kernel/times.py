"""Calendar arithmetic by tables of days (T2), and when an obligation falls due (T3, O11)."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.layout import DAY, FAR, HOUR, MINUTE, NEVER, WEEK, WORKING_DAY, YEAR

DAY_ZERO = -44_195
"""The first day of the tables: 1849-01-01, counted from 1970-01-01."""
_DAY = 86_400_000_000


@kernel
def day_of(m: Any, at: int) -> int:
    """The local day of an instant, as a place in the tables."""
    starts = m.day_start
    day = min(max(at // _DAY - DAY_ZERO, 1), len(starts) - 3)
    if starts[day + 1] <= at:
        return day + 1
    return day - 1 if starts[day] > at else day


@kernel
def day_start(m: Any, day: int) -> int:
    return m.day_start[min(max(day, 0), len(m.day_start) - 1)]


@kernel
def day_end(m: Any, day: int) -> int:
    return day_start(m, day + 1) - 1


@kernel
def add(m: Any, day: int, unit: int, amount: int) -> int:
    """A day so many days, weeks, months, years or working days on (or back)."""
    if unit == DAY:
        return day + amount
    if unit == WEEK:
        return day + 7 * amount
    if unit == WORKING_DAY:
        if amount == 0:
            return day
        # On: the n-th working day after those that there have been with this one. Back: those before this one.
        number = m.worked[day] + amount if amount > 0 else m.worked[max(day - 1, 0)] + amount + 1
        return m.work_day[min(max(number, 1), len(m.work_day) - 1)]
    month = m.month[day] + (12 * amount if unit == YEAR else amount)
    month = min(max(month, 0), len(m.month_start) - 2)
    first = m.month_start[month]
    return min(first + day - m.month_start[m.month[day]], m.month_start[month + 1] - 1)


@kernel
def elapsed(unit: int) -> bool:
    return unit <= HOUR


@kernel
def length(unit: int, amount: int) -> int:
    """Minutes or hours in microseconds."""
    return int(amount) * (60_000_000 if unit == MINUTE else 3_600_000_000)


@kernel
def due(m: Any, at: int, unit: int, amount: int) -> int:
    """The last instant that keeps an upper limit."""
    if elapsed(unit):
        return at + length(unit, amount)
    return day_end(m, add(m, day_of(m, at), unit, amount))


@kernel
def earliest(m: Any, at: int, unit: int, amount: int) -> int:
    """The first instant that keeps a lower limit."""
    if elapsed(unit):
        return at + length(unit, amount)
    return day_start(m, add(m, day_of(m, at), unit, amount))


@kernel
def back(m: Any, at: int, unit: int, amount: int) -> int:
    """The first instant of a span that ends at an instant."""
    if elapsed(unit):
        return at - length(unit, amount)
    return day_start(m, add(m, day_of(m, at), unit, -amount))


@kernel
def midnights(m: Any, start: int, end: int, working: bool) -> int:
    """How many local midnights lie after an instant up to and with another; those that begin a working day."""
    first, last = day_of(m, start), day_of(m, end)
    return m.worked[last] - m.worked[first] if working else last - first


@kernel
def held_due(m: Any, p: Any, episode: int, rule: int, at: int, unit: int, amount: int) -> int:
    """The due time moved by the time held; `FAR` while a hold that began by then is open (O11)."""
    found = due(m, at, unit, amount)
    if p.rule[rule].held0 < 0:
        return found
    while True:
        node = p.rule[rule].held0
        while node >= 0:
            span = p.held[node]
            if span.episode == episode and span.end == NEVER and span.start <= found:
                return FAR
            node = span.next
        moved = _moved(m, p, episode, rule, at, unit, amount, found)
        if moved == found:
            return found
        found = moved


@kernel
def _moved(m: Any, p: Any, episode: int, rule: int, at: int, unit: int, amount: int, until: int) -> int:
    """The limit with the holds that began by an instant: their union, from the anchor on."""
    total = 0
    days = 0
    reached = at
    while True:
        begin = FAR
        stop = FAR
        node = p.rule[rule].held0
        while node >= 0:  # the span that covers what has been reached, or else the next to begin; one that is open has no end
            span = p.held[node]
            if span.episode == episode and span.start <= until and span.end > reached:
                since = max(span.start, reached)
                if since < begin:
                    begin, stop = since, span.end
            node = span.next
        if begin == FAR:
            break
        total += stop - begin
        days += midnights(m, begin, stop, unit == WORKING_DAY)
        reached = stop
    if elapsed(unit):
        return at + length(unit, amount) + total
    day = add(m, day_of(m, at), unit, amount)
    return day_end(m, add(m, day, WORKING_DAY if unit == WORKING_DAY else DAY, days))


@kernel
def set_deadlines(m: Any, p: Any, o: int) -> None:
    """Work out `lower`, `due` and `sure` from the anchor, the limit and the time held so far."""
    owed = p.obligations[o]
    if owed.timing < 0:
        return
    limit = m.timings[owed.timing]
    low, high = owed.anchored_at, owed.anchored_high
    if limit.lower >= 0:
        owed.lower = earliest(m, low, limit.lower, limit.lower_n)
    if limit.same_day:
        day = day_of(m, low)
        owed.due = day_end(m, day) if limit.clock < 0 else m.clocks[limit.clock, day]
        owed.sure = owed.due
    elif limit.upper >= 0 or limit.every >= 0:
        unit = limit.upper if limit.upper >= 0 else limit.every
        amount = limit.upper_n if limit.upper >= 0 else limit.every_n
        owed.due = held_due(m, p, owed.episode, owed.rule, high, unit, amount)
        owed.sure = owed.due if low == high else held_due(m, p, owed.episode, owed.rule, low, unit, amount)


@kernel
def timing_in_force(m: Any, rule: int, at: int) -> int:
    """The variant in force on the anchor's local day, else the rule's own limit. Variants: from, until, limit, as threes."""
    about = m.rules[rule]
    if about.variants0 < about.variants1:
        day = day_of(m, at)
        for place in range(about.variants0, about.variants1, 3):
            if m.pool[place] <= day <= m.pool[place + 1] and m.pool[place + 2] >= 0:
                return m.pool[place + 2]
    return about.timing
