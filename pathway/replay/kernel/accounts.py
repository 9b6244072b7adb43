"""What is told of an obligation when all has been followed: when it was at risk, who held the patient meanwhile, what explains it.

Mirrors the part of `tracking/evidence.py` that works with time.
"""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.layout import EXCUSED, FAR, MAIN, NEVER
from pathway.replay.kernel.outcomes import covers, episode_of, excusing
from pathway.replay.kernel.times import held_due


@kernel
def account(m: Any, e: Any, p: Any, as_of: int) -> None:
    """Give out what the patient was owed, and what of it is broken."""
    v = p.v[0]
    if v.owed + v.obligations > len(p.owed) or v.broken + v.obligations > len(p.broken):
        v.full = 1
        return
    for o in range(v.obligations):
        owed = p.obligations[o]
        if owed.removed:
            continue
        out = p.owed[v.owed]
        out.patient = v.patient
        out.rule = owed.rule
        out.receiver = owed.receiver
        out.episode = owed.episode
        out.stage = owed.stage
        out.anchor = owed.anchor
        out.turn = owed.turn
        out.part = owed.part
        out.outcome = owed.outcome
        out.anchored_at = owed.anchored_at
        out.due = owed.due
        out.met_at = owed.met_at
        out.decided_at = owed.decided_at
        out.risk = _risk(m, p, o, as_of)
        if owed.has_break:
            _broken(m, e, p, o, as_of)
        if owed.outcome == EXCUSED or owed.broken:
            _deviated(m, e, p, o)
        v.owed += 1


@kernel
def _risk(m: Any, p: Any, o: int, as_of: int) -> int:
    """When it came to be at risk: `warn after` had passed, and it still waited."""
    owed = p.obligations[o]
    about = m.rules[owed.rule]
    if about.warn < 0 or owed.part != MAIN or owed.unknown:
        return NEVER
    warned = held_due(m, p, owed.episode, owed.rule, owed.anchored_high, about.warn, about.warn_n)
    until = as_of if owed.decided_at == NEVER else owed.decided_at
    return warned if warned < until and warned >= owed.raised_at else NEVER


@kernel
def _deviated(m: Any, e: Any, p: Any, o: int) -> None:
    """The deviation that excused it, if the rule does not foresee it; of what is broken the one that explains it (O12)."""
    v = p.v[0]
    owed = p.obligations[o]
    if owed.outcome == EXCUSED:
        place = excusing(m, e, p, o, owed.decided_at if owed.due == FAR else owed.due)
    else:
        place = _explaining(m, e, p, o, False)
        if place < 0:
            return
    if v.deviated >= len(p.deviated):
        v.full = 1
        return
    p.deviated[v.deviated].of = v.owed
    p.deviated[v.deviated].place = place
    v.deviated += 1


@kernel
def _explaining(m: Any, e: Any, p: Any, o: int, cause: bool) -> int:
    """The last deviation that covers it, or the last of those that tell a cause; -1."""
    v = p.v[0]
    for number in range(v.deviations - 1, -1, -1):
        place = p.deviations[number]
        if covers(m, e, p, place, o) and (not cause or e.extra[v.first + place].cause):
            return place
    return -1


@kernel
def _broken(m: Any, e: Any, p: Any, o: int, as_of: int) -> None:
    v = p.v[0]
    owed = p.obligations[o]
    out = p.broken[v.broken]
    out.of = v.owed
    out.timing = owed.timing
    out.party = owed.party
    out.closed_by = owed.closed_by
    out.subtype = owed.subtype
    out.lower = owed.lower
    out.closed_at = owed.closed_at
    out.unit = owed.unit
    out.short = owed.short
    out.got = owed.got
    out.lacking = owed.lacking
    out.stale = owed.stale
    out.explained = _explaining(m, e, p, o, False)
    out.cause = _explaining(m, e, p, o, True)
    out.seen0 = v.bearing
    seen = owed.seen0
    while seen >= 0:
        if p.seen[seen].place != owed.closed_by:
            if v.bearing >= len(p.bearing):
                v.full = 1
                return
            p.bearing[v.bearing] = p.seen[seen].place
            v.bearing += 1
        seen = p.seen[seen].next
    out.seen1 = v.bearing
    out.waits0 = v.waits
    until = as_of if owed.closed_at == NEVER else owed.closed_at
    _wait(p, o, until)
    out.waits1 = v.waits
    out.held = _held(p, o, owed.anchored_at, until, until)
    v.broken += 1


@kernel
def _wait(p: Any, o: int, until: int) -> None:
    """Time waited, by the party that held the patient (O11)."""
    now = p.episodes[episode_of(p, p.obligations[o].episode)]
    over = until if now.ended_at == NEVER else min(until, now.ended_at)
    first = p.v[0].waits
    for stay in range(now.stays0, now.stays1):
        end = over if stay + 1 == now.stays1 else p.stays[stay + 1].since
        _add(p, o, first, p.stays[stay].party, p.stays[stay].since, end, until)
    _add(p, o, first, -1, over, until, until)


@kernel
def _add(p: Any, o: int, first: int, party: int, start: int, end: int, until: int) -> None:
    owed = p.obligations[o]
    start, end = max(start, owed.anchored_at), min(end, until)
    counted = end - start - _held(p, o, start, end, until)
    if counted <= 0:
        return
    for at in range(first, p.v[0].waits):
        if p.waits[at].party == party:
            p.waits[at].time += counted
            return
    if p.v[0].waits >= len(p.waits):
        p.v[0].full = 1
        return
    p.waits[p.v[0].waits].party = party
    p.waits[p.v[0].waits].time = counted
    p.v[0].waits += 1


@kernel
def _held(p: Any, o: int, start: int, end: int, until: int) -> int:
    """For how long between two instants the rule's clock stood still: its holds as a union (O11)."""
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
            if held.episode == owed.episode and last > reached:
                since = max(held.start, reached)
                if since < begin:
                    begin, stop = since, last
            span = held.next
        if begin >= end:
            break
        total += min(stop, end) - begin
        reached = stop
    return total
