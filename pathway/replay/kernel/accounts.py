"""What is told of an obligation when all has been followed: when it was at risk, who held the patient meanwhile, what explains it.

Mirrors the part of `tracking/evidence.py` that works with time.
"""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.layout import FAR, MAIN, NEVER
from pathway.replay.kernel.outcomes import covers, episode_of
from pathway.replay.kernel.times import held_due


@kernel
def account(m: Any, e: Any, p: Any, as_of: int) -> None:
    v = p.v[0]
    for o in range(v.obligations0, v.obligations):
        owed = p.obligations[o]
        if owed.removed:
            continue
        about = m.rules[owed.rule]
        if about.warn >= 0 and owed.part == MAIN and not owed.unknown:
            warned = held_due(m, p, owed.episode, owed.rule, owed.anchored_high, about.warn, about.warn_n)
            until = as_of if owed.decided_at == NEVER else owed.decided_at
            if warned < until and warned >= owed.raised_at:
                owed.risk = warned
        if owed.has_break:
            for number in range(v.deviations):
                place = p.deviations[number]
                if covers(m, e, p, place, o):
                    owed.explained = place
                    if e.extra[v.first + place].cause:
                        owed.cause = place
            _wait(p, o, as_of if owed.closed_at == NEVER else owed.closed_at)


@kernel
def _wait(p: Any, o: int, until: int) -> None:
    """Time waited, by the party that held the patient, and time for which the clock stood still (O11)."""
    v = p.v[0]
    owed = p.obligations[o]
    now = p.episodes[episode_of(p, owed.episode)]
    over = until if now.ended_at == NEVER else min(until, now.ended_at)
    owed.waits0 = v.waits
    owed.waits1 = v.waits
    for stay in range(now.stays0, now.stays1):
        end = over if stay + 1 == now.stays1 else p.stays[stay + 1].since
        _add(p, o, p.stays[stay].party, p.stays[stay].since, end, until)
    _add(p, o, -1, over, until, until)
    owed.held = _held(p, o, owed.anchored_at, until, until)


@kernel
def _add(p: Any, o: int, party: int, start: int, end: int, until: int) -> None:
    owed = p.obligations[o]
    start, end = max(start, owed.anchored_at), min(end, until)
    if end <= start:
        return
    counted = end - start - _held(p, o, start, end, until)
    if counted <= 0:
        return
    for at in range(owed.waits0, owed.waits1):
        if p.waits[at].party == party:
            p.waits[at].time += counted
            return
    if p.v[0].waits >= len(p.waits):
        p.v[0].full = 1
        return
    p.waits[p.v[0].waits].party = party
    p.waits[p.v[0].waits].time = counted
    p.v[0].waits += 1
    owed.waits1 = p.v[0].waits


@kernel
def _held(p: Any, o: int, start: int, end: int, until: int) -> int:
    """For how long between two instants the rule's clock stood still: its holds as a union."""
    owed = p.obligations[o]
    first = p.rule[owed.rule].held0
    if first < 0:
        return 0
    total = 0
    reached = start
    while reached < end:
        begin = FAR
        stop = NEVER
        span = first
        while span >= 0:  # the span that covers where we are, or else the next to begin
            held = p.held[span]
            last = until if held.end == NEVER else min(held.end, until)
            if held.episode == owed.episode and last > reached and held.start < last:
                since = max(held.start, reached)
                if since < begin or (since == begin and last > stop):
                    begin, stop = since, last
            span = held.next
        if begin >= end:
            break
        total += min(stop, end) - begin
        reached = stop
    return total
