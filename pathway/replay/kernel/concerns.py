"""What an event does beside coming in and moving on: clocks held, obligations met, what falls due, is undone, raised (E3).

Mirrors parts of `tracking/course.py`.
"""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.kinds import in_force
from pathway.replay.kernel.knowing import at_of, fact_in, gather, holds
from pathway.replay.kernel.layout import (
    KEYS,
    NEVER,
    TRUE,
    UNKNOWN,
    WAITING,
)
from pathway.replay.kernel.obligations import meet
from pathway.replay.kernel.outcomes import note_due, plan, undo
from pathway.replay.kernel.position import (
    before_of,
    start_others,
)
from pathway.replay.kernel.raising import raise_at
from pathway.replay.kernel.rounds import node


@kernel
def concerns(m: Any, edition: int, key: int, key2: int) -> int:
    """What an event concerns under an edition, as bits."""
    base = edition * m.sizes[KEYS]
    return m.dispatch[base + key].concerns | (m.dispatch[base + key2].concerns if key2 >= 0 else 0)


@kernel
def meet_all(m: Any, e: Any, p: Any, event: int, key: int, key2: int) -> bool:
    """Offer the event to everything owed under any edition, in the order in which episodes were under them."""
    v = p.v[0]
    if len(m.editions) == 1:
        return _meet(m, e, p, 0, event, key, key2)
    taken = False
    for episode in range(v.episodes0, v.episodes):
        edition = p.episodes[episode].edition
        if p.used[edition] == episode - v.episodes0 + 1:
            taken |= _meet(m, e, p, edition, event, key, key2)
    return taken


@kernel
def _meet(m: Any, e: Any, p: Any, edition: int, event: int, key: int, key2: int) -> bool:
    taken = False
    for own in (key2, key):
        if own >= 0:
            what = m.dispatch[edition * m.sizes[KEYS] + own]
            for at in range(what.meets0, what.meets1):
                if p.rule[m.pool[at]].live0 >= 0:
                    taken |= meet(m, e, p, m.pool[at], event)
    return taken


@kernel
def start_by_event(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    taken = False
    for own in (key2, key):
        if own >= 0:
            those = m.starts_on[p.episodes[episode].stage, own]
            if those >= 0:
                taken |= start_others(m, e, p, episode, those + 1, those + 1 + m.pool[those], event)
    return taken


@kernel
def watch(m: Any, e: Any, p: Any, episode: int, event: int) -> None:
    """Note which watched conditions the event turned true; unknown to true counts (O3)."""
    now = p.episodes[episode]
    edition = m.editions[now.edition]
    for watch in range(edition.watched0, edition.watched1):
        known = p.watched[watch]
        fresh = known.of != now.number
        was = UNKNOWN if fresh else known.value
        value = holds(m, e, p, m.watches[watch])
        if fresh:
            known.of = now.number
            known.turned0 = known.turned1 = -1
        known.value = value
        if value == TRUE and was != TRUE:
            at = node(p, event)
            if at < 0:
                return
            if known.turned0 < 0:
                known.turned0 = at
            else:
                p.nodes[known.turned1].next = at
            known.turned1 = at


@kernel
def hold(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    """O11: a clock stops or goes on; deadlines are worked out again."""
    base = p.episodes[episode].edition * m.sizes[KEYS]
    one = m.dispatch[base + key]
    touched = False
    for at in range(one.holds0, one.holds1):
        _turn(m, e, p, episode, m.pool[at], event, key, key2)
        touched = True
    if key2 >= 0:
        other = m.dispatch[base + key2]
        for at in range(other.holds0, other.holds1):
            done = False
            for earlier in range(one.holds0, one.holds1):
                done = done or m.pool[earlier] == m.pool[at]
            if not done:
                _turn(m, e, p, episode, m.pool[at], event, key, key2)
                touched = True
    return touched


@kernel
def _turn(m: Any, e: Any, p: Any, episode: int, rule: int, event: int, key: int, key2: int) -> None:
    about = m.rules[rule]
    number, now = p.episodes[episode].number, p.v[0].now
    known = p.rule[rule]
    for clause in range((about.holds1 - about.holds0) // 2):
        start, stop = m.pool[about.holds0 + 2 * clause], m.pool[about.holds0 + 2 * clause + 1]
        open_ = -1
        span = known.held0
        while span >= 0:
            if p.held[span].episode == number and p.held[span].clause == clause and p.held[span].end == NEVER:
                open_ = span
            span = p.held[span].next
        if open_ < 0 and (start == key or start == key2):
            at = p.v[0].held
            if at >= len(p.held):
                p.v[0].full = 1
                return
            p.v[0].held = at + 1
            new = p.held[at]
            new.episode, new.clause, new.start, new.end, new.next = number, clause, now, NEVER, -1
            if known.held0 < 0:
                known.held0 = at
            else:
                p.held[known.held1].next = at
            known.held1 = at
        elif open_ >= 0 and (stop == key or stop == key2):
            p.held[open_].end = now
    o = known.live0
    while o >= 0:
        if p.obligations[o].outcome == WAITING:
            plan(m, p, o)
        o = p.obligations[o].next_live


@kernel
def fall_due(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    """O5, O8: what had to come before this event is due now; decisions are judged when the instant is over."""
    v = p.v[0]
    now = p.episodes[episode]
    touched = False
    for own in (key2, key):
        if own < 0:
            continue
        what = m.dispatch[now.edition * m.sizes[KEYS] + own]
        for at in range(what.before0, what.before1):
            rule = m.pool[at]
            o = p.rule[rule].live0
            while o >= 0:
                owed = p.obligations[o]
                if (
                    before_of(m, p, o) == own
                    and owed.outcome == WAITING
                    and owed.episode == now.number
                    and owed.anchor != event
                ):
                    owed.due = owed.sure = v.now
                    note_due(p, o)
                    touched = True
                o = owed.next_live
        for at in range(what.decides0, what.decides1):
            if in_force(m, p, episode, m.pool[at]):
                v.over = 1
                if v.decided >= len(p.decided):
                    v.full = 1
                else:
                    new = p.decided[v.decided]
                    new.episode, new.rule, new.place = episode, m.pool[at], event
                    v.decided += 1
                touched = True
        if m.keys[own].ended:
            v.over = 1
            if v.withdrawn >= len(p.withdrawn):
                v.full = 1
            else:
                p.withdrawn[v.withdrawn].episode, p.withdrawn[v.withdrawn].place = episode, event
                v.withdrawn += 1
    return touched


@kernel
def undo_events(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    now = p.episodes[episode]
    base = now.edition * m.sizes[KEYS]
    undone = 0
    for own in (key2, key):
        if own >= 0:
            what = m.dispatch[base + own]
            number = gather(m, e, p, p.found, what.undone0, what.undone1, now.first, now.last)
            undo(m, e, p, p.found, number, event)
            undone += number
    return undone > 0


@kernel
def raise_rules(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    touched = False
    now = p.episodes[episode]
    edition = m.editions[now.edition]
    base = now.edition * m.sizes[KEYS]
    at = at_of(e, p, event)
    for own in (key2, key):
        if own >= 0:
            what = m.dispatch[base + own]
            for place in range(what.raises0, what.raises1):
                if own == key2 or key2 < 0 or not _among(m, m.pool[place], base + key2):
                    touched |= _raise_one(m, e, p, episode, m.pool[place], event, at)
    if len(e.extra):
        extra = e.extra[p.v[0].first + event]
        for told in range(extra.facts0, extra.facts1):
            for place in range(edition.dates0, edition.dates1):
                if m.rules[m.pool[place]].anchor_fact == e.fact[told]:
                    touched |= _raise_one(m, e, p, episode, m.pool[place], event, at)
    for place in range(edition.watching0, edition.watching1):
        rule = m.pool[place]
        known = p.watched[m.rules[rule].watch]
        turned = known.turned1 >= 0 and p.nodes[known.turned1].place == event
        if turned and fact_in(e, p, event, m.rules[rule].anchor_fact) == 0:  # the date that it counts from has raised it
            touched |= _raise_one(m, e, p, episode, rule, event, at)
    return touched


@kernel
def _among(m: Any, rule: int, dispatch: int) -> bool:
    """Whether a rule is among those that a key raises."""
    what = m.dispatch[dispatch]
    for place in range(what.raises0, what.raises1):
        if m.pool[place] == rule:
            return True
    return False


@kernel
def _raise_one(m: Any, e: Any, p: Any, episode: int, rule: int, event: int, at: int) -> bool:
    if not in_force(m, p, episode, rule):
        return False
    raise_at(m, e, p, episode, rule, event, at)
    return True
