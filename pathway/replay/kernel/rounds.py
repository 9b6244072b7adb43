"""Anchors and rounds: what has raised a rule, and one more of what it asks for (O2, O5); weeks that are counted (O6).

Mirrors parts of `tracking/obligations.py`, and `counts.py`.
"""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.kinds import in_force
from pathway.replay.kernel.knowing import at_of, first_since, gather, holds
from pathway.replay.kernel.layout import (
    EXCUSED,
    FALSE,
    MAIN,
    MET,
    NEVER,
    NOT_JUDGED,
    S_INSUFFICIENT,
    UNKNOWN,
    WAITING,
)
from pathway.replay.kernel.outcomes import (
    begin,
    break_,
    close,
    decide,
    episode_of,
    excused,
    note_due,
    saw,
)
from pathway.replay.kernel.times import day_end, day_of


@kernel
def node(p: Any, place: int) -> int:
    """A new link of a list of places; -1 where there is no room."""
    at = p.v[0].nodes
    if at >= len(p.nodes):
        p.v[0].full = 1
        return -1
    p.v[0].nodes = at + 1
    p.nodes[at].place = place
    p.nodes[at].next = -1
    return at


@kernel
def anchors_of(p: Any, rule: int, episode: int) -> int:
    """The first of the anchors that have raised a rule in an episode; -1."""
    known = p.rule[rule]
    if known.anchors_of != p.episodes[episode].number:
        known.anchors_of = p.episodes[episode].number
        known.anchors0 = -1
    return known.anchors0


@kernel
def add_anchor(p: Any, rule: int, place: int) -> None:
    known = p.rule[rule]
    at = node(p, place)
    if at < 0:
        return
    if known.anchors0 < 0:
        known.anchors0 = at
    else:
        p.nodes[known.anchors1].next = at
    known.anchors1 = at


@kernel
def owe_one(
    m: Any, e: Any, p: Any, episode: int, rule: int, receiver: int, anchor: int, anchored_at: int, judged: int, turn: int
) -> int:
    o = begin(m, e, p, episode, rule, MAIN, receiver, anchor, anchored_at, m.rules[rule].timing, turn)
    if judged == UNKNOWN and not p.v[0].full:
        p.obligations[o].unknown = 1
        if p.v[0].unknown >= len(p.unknown):
            p.v[0].full = 1
        else:
            p.unknown[p.v[0].unknown] = o
            p.v[0].unknown += 1
    return o


@kernel
def next_round(m: Any, e: Any, p: Any, o: int, target: int) -> None:
    """`every`: the next is due a period after the one that met it (O5), unless another one waits already."""
    owed = p.obligations[o]
    rule, turn, receiver = owed.rule, owed.turn, owed.receiver
    episode = episode_of(p, owed.episode)
    if not m.rules[rule].every or owed.part != MAIN or not in_force(m, p, episode, rule):
        return
    other = p.rule[rule].live0
    while other >= 0:
        known = p.obligations[other]
        waits = known.outcome == WAITING and known.part == MAIN
        if waits and known.receiver == receiver and known.episode == owed.episode:
            return
        other = known.next_live
    add_anchor(p, rule, target)
    judged = holds(m, e, p, m.rules[rule].when)
    if judged != FALSE:
        owe_one(m, e, p, episode, rule, receiver, target, at_of(e, p, target), judged, turn + 1)


@kernel
def owe_week(m: Any, e: Any, p: Any, episode: int, rule: int, by: int, start: int) -> None:
    """`at least N per week`: weeks are numbered from their anchor (O6)."""
    if holds(m, e, p, m.rules[rule].when) == FALSE:
        return
    number = 0
    o = p.rule[rule].owed0
    while o >= 0:
        number += p.obligations[o].anchor == by
        o = p.obligations[o].next_owed
    week = begin(m, e, p, episode, rule, MAIN, -1, by, start, -1, number)
    p.obligations[week].due = day_end(m, day_of(m, start) + 6)
    note_due(p, week)


@kernel
def judge_week(m: Any, e: Any, p: Any, o: int) -> None:
    """A week is over: enough, too little, or not judged where a day of it was held."""
    week = p.obligations[o]
    rule, due = week.rule, week.due
    about = m.rules[rule]
    episode = episode_of(p, week.episode)
    unsure = holds(m, e, p, about.when) == UNKNOWN
    held = p.rule[rule].held0
    while held >= 0:
        span = p.held[held]
        if span.episode == week.episode and span.start <= due and (span.end == NEVER or span.end >= week.anchored_at):
            unsure = True
        held = span.next
    first = max(p.episodes[episode].first, first_since(e, p, week.anchored_at))
    number = gather(m, e, p, p.found2, about.counted0, about.counted1, first, p.episodes[episode].last)
    got = 0.0
    for at in range(number):
        place = p.found2[at]
        saw(p, o, place)
        if about.minutes == 0:
            got += 1.0
        elif len(e.extra):
            got += e.extra[p.v[0].first + place].amount / about.minutes
    if unsure:
        decide(p, o, NOT_JUDGED)
    elif got >= about.frequency:
        week.met_at = due
        decide(p, o, MET)
    elif excused(m, e, p, o):
        decide(p, o, EXCUSED)
    else:
        break_(m, p, o, S_INSUFFICIENT)
        close(p, o, -1, due)
        week.short = about.frequency - got
        week.got = got
    if in_force(m, p, episode, rule):
        owe_week(m, e, p, episode, rule, week.anchor, due + 1)
