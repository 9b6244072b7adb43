"""What can become of an obligation: begun, met, broken, closed, excused, lapsed, cancelled (mirrors `tracking/outcomes.py`)."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.knowing import at_of, high_of, holds, low_of
from pathway.replay.kernel.layout import (
    ANSWER,
    CANCELLED,
    EXCUSED,
    FAR,
    LAPSED,
    LATE,
    MAIN,
    MET,
    MISSING,
    NEVER,
    NOT_JUDGED,
    RECEIPT,
    S_EARLY,
    S_LATE,
    S_MISSING,
    S_UNACKNOWLEDGED,
    S_UNANSWERED,
    TRUE,
    UNDETERMINED,
    WAITING,
)
from pathway.replay.kernel.times import day_of, day_start, set_deadlines, timing_in_force

UNIT_OF_FACT = 1 << 40
"""From here on a unit is a value of a fact: this times one more than the fact, and the value."""


@kernel
def episode_of(p: Any, number: int) -> int:
    """Where the episode with a number stands."""
    return p.v[0].episodes0 + number - 1


@kernel
def is_live(p: Any, o: int) -> bool:
    """Whether an event can still change it."""
    owed = p.obligations[o]
    return not owed.removed and (owed.outcome == WAITING or (owed.broken and owed.met_at == NEVER))


@kernel
def decide(p: Any, o: int, outcome: int) -> None:
    p.obligations[o].outcome = outcome
    p.obligations[o].decided_at = p.v[0].now


@kernel
def saw(p: Any, o: int, place: int) -> None:
    """Note an event that bore on an obligation."""
    at = p.v[0].seen
    if at >= len(p.seen):
        p.v[0].full = 1
        return
    p.v[0].seen = at + 1
    p.seen[at].place = place
    p.seen[at].next = -1
    if p.obligations[o].seen0 < 0:
        p.obligations[o].seen0 = at
    else:
        p.seen[p.obligations[o].seen1].next = at
    p.obligations[o].seen1 = at


@kernel
def note_due(p: Any, o: int) -> None:
    if p.obligations[o].due < p.v[0].next:
        p.v[0].next = p.obligations[o].due


@kernel
def plan(m: Any, p: Any, o: int) -> None:
    """Work out the deadlines, again when a hold begins or ends."""
    set_deadlines(m, p, o)
    note_due(p, o)


@kernel
def begin(
    m: Any, e: Any, p: Any, episode: int, rule: int, part: int, receiver: int, anchor: int, anchored_at: int, timing: int,
    turn: int,
) -> int:  # fmt: skip
    """A new obligation, with its deadlines, on the patient's lists."""
    v = p.v[0]
    about = m.rules[rule]
    own = timing == about.timing
    of_date = own and about.anchor_fact >= 0
    if own:
        timing = timing_in_force(m, rule, anchored_at)
    low = high = anchored_at
    if anchored_at == at_of(e, p, anchor):
        low, high = low_of(m, e, p, anchor), high_of(m, e, p, anchor)
    if of_date and p.fact[about.anchor_fact] > 0:
        low = high = day_start(m, m.fact_day[m.fact_at[about.anchor_fact] + p.fact[about.anchor_fact]])
    o = v.obligations
    if o >= len(p.obligations) - 1:  # the last place is for what no longer fits
        v.full = 1
        o = len(p.obligations) - 1
    else:
        v.obligations = o + 1
    owed = p.obligations[o]
    owed.rule = rule
    owed.part = part
    owed.receiver = receiver
    owed.episode = p.episodes[episode].number
    owed.stage = p.episodes[episode].stage
    owed.anchor = anchor
    owed.turn = turn
    owed.timing = timing
    owed.anchored_at = low
    owed.anchored_high = high
    owed.raised_at = v.now
    owed.lower = NEVER
    owed.due = FAR
    owed.sure = FAR
    owed.outcome = WAITING
    owed.unknown = 0
    owed.broken = 0
    owed.has_break = 0
    owed.reached = 0
    owed.removed = 0
    owed.seen0 = -1
    owed.seen1 = -1
    owed.next_live = -1
    owed.next_owed = -1
    owed.met_at = NEVER
    owed.decided_at = NEVER
    owed.closed_at = NEVER
    owed.closed_by = -1
    owed.elements = 0
    owed.lacking = 0
    owed.stale = 0
    owed.short = -1.0
    owed.got = -1.0
    if v.full:
        return o
    plan(m, p, o)
    known = p.rule[rule]
    if known.owed0 < 0:
        known.owed0 = o
    else:
        p.obligations[known.owed1].next_owed = o
    known.owed1 = o
    if known.live0 < 0:
        known.live0 = o
    else:
        p.obligations[known.live1].next_live = o
    known.live1 = o
    if v.alive >= len(p.alive):
        v.full = 1
    else:
        p.alive[v.alive] = o
        v.alive += 1
    return o


@kernel
def looks_from(m: Any, p: Any, o: int) -> int:
    """The first instant at which an event can meet it; `NEVER` where what came before the anchor counts too (O3, O5)."""
    owed = p.obligations[o]
    if owed.timing < 0:
        return owed.anchored_at
    limit = m.timings[owed.timing]
    if limit.either:
        return NEVER
    if limit.same_day:  # earlier that day counts, the day before does not
        return day_start(m, day_of(m, owed.anchored_at))
    return owed.anchored_at


@kernel
def holding(p: Any, episode: int, due: int, raised_at: int) -> int:
    """The stay that the patient was in up to an instant, or when the rule came into force if that was later."""
    first, stay = p.episodes[episode].stays0, p.episodes[episode].stays1 - 1
    if raised_at > due:
        while p.stays[stay].since > raised_at:
            stay -= 1
    else:
        while stay > first and p.stays[stay].since >= due:
            stay -= 1
    return stay


@kernel
def unit_of(m: Any, p: Any, party: int) -> int:
    """The unit bound to a party; that of the fact that it is; else the one that its latest event came from (O10)."""
    if party < 0:
        return -1
    edition = p.v[0].edition
    if m.bound[edition, party] >= 0:
        return m.bound[edition, party]
    fact = m.residence[edition, party]
    if fact >= 0:
        return -1 if p.fact[fact] == 0 else UNIT_OF_FACT * (fact + 1) + p.fact[fact]
    return p.unit[party]


@kernel
def _can_break(m: Any, p: Any, o: int) -> bool:
    """A message to be sent promptly gives no break itself, but its receipt has a limit of its own."""
    owed = p.obligations[o]
    if owed.part == MAIN:
        return m.rules[owed.rule].breaks != 0
    return m.rules[owed.rule].part_breaks != 0 and not (owed.timing >= 0 and m.timings[owed.timing].promptly)


@kernel
def break_(m: Any, p: Any, o: int, subtype: int) -> None:
    """The obligation is broken. `measure`, `proposed` and `promptly` get the outcome without a break (O14)."""
    owed = p.obligations[o]
    owed.broken = 1
    decide(p, o, MISSING)
    if not _can_break(m, p, o):
        return
    now = p.v[0].now
    owed.has_break = 1
    owed.subtype = subtype
    owed.broken_at = now
    due = now if owed.due == FAR else owed.due
    if owed.part == RECEIPT or owed.part == ANSWER:
        party = owed.receiver
    elif m.rules[owed.rule].by >= 0:
        party = m.rules[owed.rule].by
    elif m.rules[owed.rule].sender >= 0:
        party = m.rules[owed.rule].sender
    else:
        party = p.stays[holding(p, episode_of(p, owed.episode), due, owed.raised_at)].party
    owed.party = party
    owed.unit = unit_of(m, p, party)


@kernel
def close(p: Any, o: int, by: int, at: int) -> None:
    """What was owed has come after all."""
    owed = p.obligations[o]
    owed.outcome = LATE
    owed.met_at = at
    owed.closed_at = at
    owed.closed_by = by
    if owed.subtype == S_MISSING:
        owed.subtype = S_LATE


@kernel
def _verdict(m: Any, e: Any, p: Any, o: int, target: int) -> int:
    """What a fitting event makes of it: `MET`, `LATE`, `UNDETERMINED`, or `EXCUSED` for too early."""
    owed = p.obligations[o]
    low, high = low_of(m, e, p, target), high_of(m, e, p, target)
    if low < owed.lower:
        return EXCUSED if high < owed.lower else UNDETERMINED  # within a day falls a limit of hours only
    if owed.due == FAR or high <= owed.sure:
        return MET
    if low > owed.due:
        return LATE
    precise = owed.timing >= 0 and m.timings[owed.timing].precise != 0
    return UNDETERMINED if precise else MET


@kernel
def unmet(p: Any, o: int) -> int:
    """What a break is called of what a message calls for; of anything else it is `missing`, or a subtype of its own."""
    part = p.obligations[o].part
    return S_UNACKNOWLEDGED if part == RECEIPT else S_UNANSWERED if part == ANSWER else S_MISSING


@kernel
def settle(m: Any, e: Any, p: Any, o: int, target: int, early: bool) -> None:
    """The event is what was owed: meet the obligation, or close its break."""
    owed = p.obligations[o]
    at = at_of(e, p, target)
    if owed.broken:
        close(p, o, target, at)
        return
    judged = EXCUSED if early else _verdict(m, e, p, o, target)
    if judged == UNDETERMINED:
        decide(p, o, UNDETERMINED)
    elif judged == MET:
        owed.met_at = at
        decide(p, o, MET)
    else:
        break_(m, p, o, S_EARLY if judged == EXCUSED else unmet(p, o))
        close(p, o, target, at)


@kernel
def covers(m: Any, e: Any, p: Any, deviation: int, o: int) -> bool:
    """Whether a deviation speaks of the obligation's rule or stage, and had not ended when it was anchored."""
    owed = p.obligations[o]
    said = e.extra[p.v[0].first + deviation]
    rule = m.rules[owed.rule]
    named = said.deviation == rule.name or said.deviation == rule.label or said.deviation == m.stages[owed.stage].name
    return said.deviation >= 0 and named and (said.until == NEVER or said.until >= owed.anchored_at)


@kernel
def excused(m: Any, e: Any, p: Any, o: int) -> bool:
    """A deviation recorded at or before the due time, or one that the rule foresees (O12)."""
    owed = p.obligations[o]
    if excusing(m, e, p, o, p.v[0].now if owed.due == FAR else owed.due) >= 0:
        return True
    about = m.rules[owed.rule]
    for at in range(about.deviate0, about.deviate1):
        if holds(m, e, p, m.pool[at]) == TRUE:
            return True
    return False


@kernel
def excusing(m: Any, e: Any, p: Any, o: int, due: int) -> int:
    """The place of the first deviation that was recorded in time to excuse an obligation; -1."""
    for number in range(p.v[0].deviations):
        place = p.deviations[number]
        recorded = e.extra[p.v[0].first + place].recorded
        if recorded != NEVER and recorded <= due and covers(m, e, p, place, o):
            return place
    return -1


@kernel
def lapse(m: Any, p: Any, o: int) -> None:
    """It stopped mattering before it was due; one whose condition never became known is not judged (O1, O3)."""
    counted = m.rules[p.obligations[o].rule].frequency >= 0
    decide(p, o, NOT_JUDGED if p.obligations[o].unknown or counted else LAPSED)


@kernel
def undo(m: Any, e: Any, p: Any, found: Any, number: int, by: int) -> None:
    """E5: the events cease to count; obligations that they raised and that still wait are cancelled, their open breaks close."""
    for at in range(number):
        p.undone[found[at]] = 1
    now = at_of(e, p, by)
    for rule in range(len(m.rules)):
        o = p.rule[rule].live0
        if o < 0:
            continue
        while o >= 0:
            owed = p.obligations[o]
            for at in range(number):
                if owed.anchor == found[at]:
                    if owed.outcome == WAITING:
                        decide(p, o, CANCELLED)
                    elif is_live(p, o):
                        close(p, o, by, now)
                    break
            o = owed.next_live
        tidy(p, rule)


@kernel
def tidy(p: Any, rule: int) -> None:
    """Let go of what no event can change any longer."""
    known = p.rule[rule]
    o, last = known.live0, -1
    while o >= 0:
        after = p.obligations[o].next_live
        if is_live(p, o):
            last = o
        elif last < 0:
            known.live0 = after
        else:
            p.obligations[last].next_live = after
        o = after
    known.live1 = last
