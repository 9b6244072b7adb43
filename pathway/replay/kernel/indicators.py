"""Indicators: each event (or patient, or episode) of a denominator once, with what it came to (mirrors `tracking/indicators.py`).

What it is shown by is looked up afterwards.
"""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.hindsight import episode_at, happened
from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.knowing import at_of
from pathway.replay.kernel.layout import I_COUNT, I_SUM, PER_EPISODE, PER_EVENT
from pathway.replay.kernel.times import due, midnights

_HOUR = 3_600_000_000


@kernel
def count_all(m: Any, e: Any, p: Any, as_of: int) -> None:
    for number in range(len(m.indicators)):
        first = p.v[0].counted
        if m.indicators[number].kind == I_COUNT:
            _counted(m, e, p, number, as_of)
        else:
            _between(m, e, p, number)
        if m.indicators[number].per != PER_EVENT:
            _once(m, p, number, first)


@kernel
def _add(p: Any, number: int, place: int) -> int:
    """A row more, of nothing so far, in which everything is known."""
    v = p.v[0]
    at = v.counted
    if at >= len(p.counted) - 1:  # the last place is for what no longer fits
        v.full = 1
        at = len(p.counted) - 1
    v.counted = at + 1
    new = p.counted[at]
    new.patient = v.patient
    new.indicator = number
    new.place = place
    new.value = 0.0
    new.known = 1
    new.times = 0
    return at


@kernel
def _counted(m: Any, e: Any, p: Any, number: int, as_of: int) -> None:
    """Whether the other event followed in time, by denominator event."""
    about = m.indicators[number]
    events = happened(e, p, p.found, about.out_of, False)
    anchors = happened(e, p, p.found2, about.after, False)
    followed = happened(e, p, p.found3, about.event, False)
    earlier = then = 0
    for turn in range(events):
        event = p.found[turn]
        if episode_at(p, event) < 0:
            continue
        row = p.counted[_add(p, number, event)]
        while earlier < anchors and p.found2[earlier] <= event:
            earlier += 1
        if anchors == 0:
            row.known = 0
            continue
        anchor = p.found2[max(earlier - 1, 0)]  # the latest before it, else the next
        until = due(m, at_of(e, p, anchor), about.within, about.within_n)
        if until > as_of:
            row.known = 0
            continue
        while then < followed and p.found3[then] <= anchor:
            then += 1
        if then < followed and at_of(e, p, p.found3[then]) <= until:
            row.value = 1.0


@kernel
def _between(m: Any, e: Any, p: Any, number: int) -> None:
    """The time from one event to the next other one, by denominator event. A second beginning before the end is none."""
    v = p.v[0]
    about = m.indicators[number]
    first = v.counted
    if not about.of_start:
        events = happened(e, p, p.found3, about.out_of, False)
        for turn in range(events):
            if episode_at(p, p.found3[turn]) >= 0:
                _add(p, number, p.found3[turn])
    last = v.counted
    starts = happened(e, p, p.found, about.start, False)
    ends = happened(e, p, p.found2, about.end, False)
    closed = -1
    next_ = 0
    for turn in range(starts):
        start = p.found[turn]
        if start <= closed:
            continue
        while next_ < ends and p.found2[next_] <= start:
            next_ += 1
        end = p.found2[next_] if next_ < ends else -1
        closed = end
        if about.of_start:
            row = _add(p, number, start) if episode_at(p, start) >= 0 else -1
        else:
            row = _belongs_to(p, first, last, start, end, about.of_end != 0)
        if row >= 0:
            p.counted[row].times += 1
            if end < 0:
                p.counted[row].known = 0
            else:
                p.counted[row].value += _length(m, e, p, start, end, about.hours != 0)
        if end < 0:
            break
    if about.of_start or about.kind == I_SUM:
        return
    kept = first  # a median is of those that had such a time
    for row in range(first, last):
        if p.counted[row].times:
            _copy(p, row, kept)
            kept += 1
    v.counted = kept


@kernel
def _copy(p: Any, row: int, to: int) -> None:
    own, other = p.counted[row], p.counted[to]
    other.place = own.place
    other.value = own.value
    other.known = own.known
    other.times = own.times


@kernel
def _length(m: Any, e: Any, p: Any, start: int, end: int, hours: bool) -> float:
    if hours:
        return (at_of(e, p, end) - at_of(e, p, start)) / _HOUR
    return float(midnights(m, at_of(e, p, start), at_of(e, p, end), False))


@kernel
def _belongs_to(p: Any, first: int, last: int, start: int, end: int, of_end: bool) -> int:
    """The row of the denominator event that a span counts for: its end, where that is one; else the latest before it, else the
    next; -1."""
    earlier = -1
    for row in range(first, last):
        place = p.counted[row].place
        if place == end:
            return row
        if place <= start:
            earlier = row
    if of_end or first == last:
        return -1
    return first if earlier < 0 else earlier


@kernel
def _once(m: Any, p: Any, number: int, first: int) -> None:
    """Each episode or the patient once: by its first event, with what all of them came to (of shares whether any did)."""
    v = p.v[0]
    about = m.indicators[number]
    of, kept = -1, first - 1
    for row in range(first, v.counted):
        own = p.counted[row]
        group = episode_at(p, own.place) if about.per == PER_EPISODE else 0
        if group != of:
            kept += 1
            of = group
            _copy(p, row, kept)
            continue
        together = p.counted[kept]
        together.known = together.known and own.known
        together.value = max(together.value, own.value) if about.kind == I_COUNT else together.value + own.value
    v.counted = kept + 1
