"""What is asked of a patient's events when all of them have been followed: for days that cost and for indicators.

Mirrors `tracking/hindsight.py`. Unlike what is known on the way, it reaches over all episodes, and what undid an event is looked up
under the edition that was in force last.
"""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.knowing import at_of, before, holds
from pathway.replay.kernel.layout import KEYS


@kernel
def find_undone(m: Any, e: Any, p: Any) -> None:
    """Find for each event the first one after it that undid it (E5): backwards, with the latest place that undid each key."""
    v = p.v[0]
    base = v.edition * m.sizes[KEYS]
    for key in range(len(p.undoing)):
        p.undoing[key] = -1
    for place in range(v.placed - 1, -1, -1):
        key, key2 = e.key[v.first + place], p.key2[place]
        p.undoer[place] = p.undoing[key]
        for own in (key2, key):
            if own >= 0:
                what = m.dispatch[base + own]
                for at in range(what.undone0, what.undone1):
                    p.undoing[m.pool[at]] = place


@kernel
def happened(e: Any, p: Any, found: Any, key: int, undone: bool) -> int:
    """The places of all events with a key, in order, into `found`; how many. `undone`: those that were undone too."""
    number = 0
    place = p.last[key]
    while place >= 0:
        if undone or p.undoer[place] < 0:
            found[number] = place
            number += 1
        place = before(e, p, place, key)
    for at in range(number // 2):
        other = number - 1 - at
        found[at], found[other] = found[other], found[at]
    return number


@kernel
def episode_at(p: Any, place: int) -> int:
    """Where the episode stands that an event is of; -1."""
    for episode in range(p.v[0].episodes0, p.v[0].episodes):
        if p.episodes[episode].first <= place <= p.episodes[episode].last:
            return episode
    return -1


@kernel
def judge_paid(m: Any, e: Any, p: Any, first: int) -> None:
    """For whom the days that cost are, from one of them on: each condition as it was at the event from which they count.

    The events are gone through again in their order. Nothing is asked of the patient's state after this.
    """
    v = p.v[0]
    for place in range(v.placed):
        p.found[place] = -1
    asked = False
    for at in range(first, v.paid):
        if m.costs[p.paid[at].cost].when >= 0:
            p.paid[at].next = p.found[p.paid[at].place]
            p.found[p.paid[at].place] = at
            asked = True
    if not asked:
        return
    base = v.edition * m.sizes[KEYS]
    v.current = -1
    v.ended = 0
    for key in range(len(p.last)):
        p.last[key] = -1
    for fact in range(len(p.fact)):
        p.fact[fact] = 0
    for place in range(v.placed):
        row = v.first + place
        v.now = at_of(e, p, place)
        p.undone[place] = 0
        key, key2 = e.key[row], p.key2[place]
        for own in (key2, key):
            if own >= 0:
                what = m.dispatch[base + own]
                for at in range(what.undone0, what.undone1):
                    _undo(e, p, m.pool[at])
        for own in (key2, key):
            if own >= 0:
                p.last[own] = place
        if len(e.extra):
            for at in range(e.extra[row].facts0, e.extra[row].facts1):
                p.fact[e.fact[at]] = e.value[at]
        asking = p.found[place]
        while asking >= 0:
            p.paid[asking].owed = holds(m, e, p, m.costs[p.paid[asking].cost].when)
            asking = p.paid[asking].next


@kernel
def _undo(e: Any, p: Any, key: int) -> None:
    place = p.last[key]
    while place >= 0:
        p.undone[place] = 1
        place = before(e, p, place, key)
