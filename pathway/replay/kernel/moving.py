"""Moving on by an event: at most one transition (P3). Mirrors parts of `tracking/course.py` and `position.py`."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.knowing import holds
from pathway.replay.kernel.layout import (
    F_AFTER,
    F_EXITS,
    F_RECOGNISED,
    KEYS,
    NEVER,
    TRUE,
    UNKNOWN,
)
from pathway.replay.kernel.position import (
    end,
    enter,
    move,
    plan_by_time,
)


@kernel
def move_on(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int, flags: int) -> bool:
    """At most one transition: `leave` first, then the stage's own, then those of `throughout`; else a jump."""
    v = p.v[0]
    now = p.episodes[episode]
    way = _way_out(m, e, p, key, key2) if flags & F_EXITS else -1
    now.left_by = way
    if way >= 0:
        end(p, episode)
        note_ended(p, episode)
        return True
    number, unknown = _transition_on(m, e, p, now.stage, key, key2)
    if number >= 0:
        move(m, e, p, episode, number, event)
    elif unknown:
        if now.uncertain == NEVER:
            now.uncertain = v.now
        return True
    elif flags & (F_RECOGNISED | F_AFTER) == 0:
        return False
    else:
        jump = -1
        for own in (key, key2):  # what the sending shows comes first
            shown = m.dispatch[now.edition * m.sizes[KEYS] + own].recognised if own >= 0 else -1
            if shown >= 0 and shown != now.stage:
                jump = shown
        if jump < 0:
            _plan_again(m, e, p, episode, key, key2)
            return flags & F_RECOGNISED != 0
        now.jumps += 1
        enter(m, e, p, episode, jump, event)
    if p.episodes[episode].ended_at != NEVER:
        note_ended(p, episode)
    return True


@kernel
def _plan_again(m: Any, e: Any, p: Any, episode: int, key: int, key2: int) -> None:
    """An event from which a transition by time of this stage counts has come again."""
    stage = m.stages[p.episodes[episode].stage]
    for at in range(stage.times0, stage.times1):
        way = m.ways[m.pool[at]]
        for place in range(way.anchors0, way.anchors1):
            if m.pool[place] == key or m.pool[place] == key2:
                plan_by_time(m, e, p, episode)
                return


@kernel
def note_ended(p: Any, episode: int) -> None:
    v = p.v[0]
    v.over = 1
    if v.ended_n >= len(p.over):
        v.full = 1
    else:
        p.over[v.ended_n] = episode
        v.ended_n += 1


@kernel
def _way_out(m: Any, e: Any, p: Any, key: int, key2: int) -> int:
    """The first `leave` that fits; -1. Exits are numbered in the order written."""
    base = p.v[0].edition * m.sizes[KEYS]
    found = -1
    for own in (key2, key):
        if own >= 0:
            what = m.dispatch[base + own]
            for at in range(what.exits0, what.exits1):
                way = m.pool[at]
                if (found < 0 or way < found) and holds(m, e, p, m.exits[way].when) == TRUE:
                    found = way
                    break
    return found


@kernel
def _transition_on(m: Any, e: Any, p: Any, stage: int, key: int, key2: int) -> tuple[int, bool]:
    """The one transition that the event takes (P3); -1, and whether one was passed over because its condition is unknown (P4)."""
    unknown = False
    for own in (key2, key):
        if own < 0:
            continue
        ways = m.ways_on[stage, own]
        if ways < 0:
            continue
        unsure = False
        for at in range(ways + 1, ways + 1 + m.pool[ways]):
            number = m.pool[at]
            if m.ways[number].otherwise and unsure:
                continue
            judged = holds(m, e, p, m.ways[number].when)
            if judged == TRUE:
                return number, unknown
            unsure = unsure or judged == UNKNOWN
        unknown = unknown or unsure
    return -1, unknown
