"""Rules that come into force, and what has happened already when they are raised (O2, O3). Mirrors parts of `tracking/obligations.py`."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.kinds import running
from pathway.replay.kernel.knowing import at_of, before, gather, holds, in_order
from pathway.replay.kernel.layout import (
    FALSE,
    FIRST,
    LATE,
    LATEST,
    MAIN,
    MET,
    NEVER,
    TRUE,
    WAITING,
)
from pathway.replay.kernel.obligations import consider, judge_one
from pathway.replay.kernel.outcomes import (
    is_live,
    looks_from,
    plan,
    tidy,
)
from pathway.replay.kernel.rounds import add_anchor, anchors_of, owe_one, owe_week
from pathway.replay.kernel.times import day_end, day_of


@kernel
def come_into_force(m: Any, e: Any, p: Any, episode: int, rule: int, by: int, at: int) -> None:
    """A rule begins to hold: it is raised at once where its anchors have happened already (O2), else when they do."""
    about = m.rules[rule]
    now = p.episodes[episode]
    if about.beneath:
        p.rule[rule].taken = now.number
    if now.individual >= 0 or about.decides:
        return
    if about.frequency >= 0:
        day = day_of(m, p.v[0].now)
        owe_week(m, e, p, episode, rule, by, day_end(m, day) + 1)
    elif about.watch >= 0:
        turned = p.watched[about.watch].turned0 if p.watched[about.watch].of == now.number else -1
        while turned >= 0:
            place = p.nodes[turned].place
            raise_at(m, e, p, episode, rule, place, at_of(e, p, place))
            turned = p.nodes[turned].next
    elif about.anchor_fact >= 0:
        if p.fact[about.anchor_fact] > 0:
            place = p.fact_place[about.anchor_fact]
            raise_at(m, e, p, episode, rule, place, at_of(e, p, place))
    elif about.raised0 < about.raised1:
        _catch_up(m, e, p, episode, rule)
    else:
        raise_at(m, e, p, episode, rule, by, at)


@kernel
def _catch_up(m: Any, e: Any, p: Any, episode: int, rule: int) -> None:
    """Go through the anchors that have happened as if the rule had been in force since the first (O2)."""
    about = m.rules[rule]
    first, last = p.episodes[episode].first, p.episodes[episode].last
    number = gather(m, e, p, p.found, about.raised0, about.raised1, first, last)
    for at in range(number - 1 if about.pick_latest and number else 0, number):
        anchor = p.found[at]
        when = at_of(e, p, anchor)
        o = p.rule[rule].live0
        while o >= 0:
            owed = p.obligations[o]
            after = owed.next_live
            if owed.outcome == WAITING and owed.due < when and not owed.unknown:
                judge_one(m, e, p, o)
            o = after
        tidy(p, rule)
        repeated = False
        if about.again == FIRST:
            o = p.rule[rule].owed0
            while o >= 0 and not repeated:
                repeated = p.obligations[o].part == MAIN and _waited_at(e, p, o, anchor)
                o = p.obligations[o].next_owed
        if repeated:
            p.counts[0].repeated += 1
        else:
            raise_at(m, e, p, episode, rule, anchor, when)


@kernel
def _waited_at(e: Any, p: Any, o: int, anchor: int) -> bool:
    """Whether an obligation that is decided still waited, or would have, when a later anchor of its rule came."""
    owed = p.obligations[o]
    if owed.outcome == WAITING or owed.anchor >= anchor:
        return False
    if owed.met_at != NEVER and owed.seen0 >= 0 and owed.met_at <= owed.due:
        return p.seen[owed.seen1].place > anchor
    return at_of(e, p, anchor) <= min(owed.due, owed.decided_at)


@kernel
def raise_at(m: Any, e: Any, p: Any, episode: int, rule: int, anchor: int, anchored_at: int) -> None:
    """Raise a rule at an anchor, unless the anchor has raised it before or its obligation still waits (O2)."""
    if p.episodes[episode].individual >= 0:
        return
    earlier = anchors_of(p, rule, episode)
    while earlier >= 0:
        if p.nodes[earlier].place == anchor:
            return
        earlier = p.nodes[earlier].next
    repeat = m.rules[rule].again
    waiting = False
    o = p.rule[rule].live0
    while o >= 0:
        owed = p.obligations[o]
        if owed.outcome == WAITING and owed.part == MAIN and owed.episode == p.episodes[episode].number:
            if repeat == FIRST:
                p.counts[0].repeated += 1
                return
            if repeat == LATEST:
                waiting = True
                owed.anchor = anchor
                owed.anchored_at = anchored_at
                owed.anchored_high = anchored_at
                plan(m, p, o)
        o = owed.next_live
    if waiting:
        add_anchor(p, rule, anchor)
    else:
        owe(m, e, p, episode, rule, anchor, anchored_at)


@kernel
def owe(m: Any, e: Any, p: Any, episode: int, rule: int, anchor: int, anchored_at: int) -> None:
    """Raise the rule's main obligations (one a receiver), judge its condition, and see what has happened already."""
    about = m.rules[rule]
    since = -1 if anchors_of(p, rule, episode) < 0 else p.nodes[p.rule[rule].anchors1].place
    add_anchor(p, rule, anchor)
    judged = holds(m, e, p, about.when)
    if judged == FALSE:
        return
    for at in range(about.receivers0, max(about.receivers1, about.receivers0 + 1)):
        receiver = m.pool[at] if at < about.receivers1 else -1
        o = owe_one(m, e, p, episode, rule, receiver, anchor, anchored_at, judged, 0)
        if about.reached >= 0:
            _reached_already(m, e, p, o, episode, about.reached, since)
        elif not about.every:
            number = _already(m, e, p, o, episode, since)
            for found in range(number):
                if is_live(p, o):
                    consider(m, e, p, o, p.found2[found])


@kernel
def _already(m: Any, e: Any, p: Any, o: int, episode: int, since: int) -> int:
    """What fitted before it was raised, into `found2`: from the anchor on for `within`, else back to the rule's previous
    anchor or the episode's beginning (O3, O5)."""
    owed = p.obligations[o]
    about = m.rules[owed.rule]
    first = p.episodes[episode].first
    start = looks_from(m, p, o)
    lasting = running(m, e, p, episode, owed.rule)
    number = 0
    for at in range(about.meets0, about.meets1):
        key = m.pool[at]
        place = p.last[key]
        while place >= first:
            if place <= since if start == NEVER else at_of(e, p, place) < start:
                break
            if not p.undone[place] and place != owed.anchor and _free(p, o, place):
                p.found2[number] = place
                number += 1
            place = before(e, p, place, key)
    if lasting >= 0:
        p.found2[number] = lasting
        number += 1
    return in_order(p.found2, number)


@kernel
def _free(p: Any, o: int, place: int) -> bool:
    """Whether an event has met no other obligation of the rule and receiver yet (O3)."""
    owed = p.obligations[o]
    other = p.rule[owed.rule].owed0
    while other >= 0:
        known = p.obligations[other]
        done = known.outcome == MET or known.outcome == LATE
        if done and known.seen0 >= 0 and known.receiver == owed.receiver:
            if p.seen[known.seen1].place == place:
                return False
        other = known.next_owed
    return True


@kernel
def _reached_already(m: Any, e: Any, p: Any, o: int, episode: int, condition: int, since: int) -> None:
    """The events that turned a goal's condition true in its time; where it only went on being true, the latest event. A goal
    is a state, so the anchor itself may show it reached."""
    owed = p.obligations[o]
    known = p.watched[condition]
    if known.of != p.episodes[episode].number:
        return
    back = owed.timing >= 0 and m.timings[owed.timing].either != 0
    anchored_at = owed.anchored_at
    found = False
    turned = known.turned0
    while turned >= 0:
        place = p.nodes[turned].place
        if not p.undone[place] and (place > since if back else at_of(e, p, place) >= anchored_at):
            found = True
            if is_live(p, o):
                consider(m, e, p, o, place)
        turned = p.nodes[turned].next
    if not found and known.value == TRUE:
        consider(m, e, p, o, p.v[0].placed - 1)
