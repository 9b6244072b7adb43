"""The life of an obligation: raised, met, judged (mirrors `tracking/obligations.py` and `counts.py`)."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.kinds import lacking, message, resource, subtype
from pathway.replay.kernel.knowing import at_of, high_of, holds, latest, low_of, reaches, receiver_of
from pathway.replay.kernel.layout import (
    CANCELLED,
    EXCUSED,
    FALSE,
    MAIN,
    NEED,
    NEVER,
    SEND,
    TRUE,
    UNDETERMINED,
    UNKNOWN,
    WAITING,
)
from pathway.replay.kernel.outcomes import (
    break_,
    decide,
    episode_of,
    excused,
    is_live,
    looks_from,
    note_due,
    saw,
    settle,
    tidy,
)
from pathway.replay.kernel.rounds import judge_week, next_round
from pathway.replay.kernel.times import day_end, day_of


@kernel
def reach(m: Any, e: Any, p: Any, episode: int, event: int) -> bool:
    """Offer an event to the goals whose condition is true after it (O15)."""
    edition = m.editions[p.episodes[episode].edition]
    taken = False
    for at in range(edition.goals0, edition.goals1):
        rule = m.pool[at]
        known = p.watched[m.rules[rule].reached]
        o = p.rule[rule].live0
        if known.value != TRUE:
            continue
        while o >= 0:
            if is_live(p, o) and p.obligations[o].episode == p.episodes[episode].number:
                taken |= consider(m, e, p, o, event)
            o = p.obligations[o].next_live
        tidy(p, rule)
    return taken


@kernel
def meet(m: Any, e: Any, p: Any, rule: int, target: int) -> bool:
    """Offer an event to everything owed under a rule. It meets the oldest that waits and closes every open break."""
    o = p.rule[rule].live0
    taken = False
    met = 0
    end = p.v[0].obligations
    while 0 <= o < end:
        owed = p.obligations[o]
        if is_live(p, o):
            waits = owed.outcome == WAITING
            passed = False
            if waits:
                for at in range(met):
                    other = p.obligations[p.found[at]]
                    passed = passed or (other.part == owed.part and other.receiver == owed.receiver)
            if not passed and consider(m, e, p, o, target):
                taken = True
                if waits:
                    p.found[met] = o
                    met += 1
        o = owed.next_live
    tidy(p, rule)
    return taken


@kernel
def consider(m: Any, e: Any, p: Any, o: int, target: int) -> bool:
    """Let one event bear on one obligation that is live; whether it did. What comes again and again is raised anew once it is settled."""
    owed = p.obligations[o]
    about = m.rules[owed.rule]
    if about.reached < 0 and not about.whole_stage and at_of(e, p, target) < looks_from(m, p, o):
        return False  # counted from a date that is still to come
    bore = _bear(m, e, p, o, target)
    if not is_live(p, o):
        next_round(m, e, p, o, target)
    return bore


@kernel
def _bear(m: Any, e: Any, p: Any, o: int, target: int) -> bool:
    owed = p.obligations[o]
    about = m.rules[owed.rule]
    if about.frequency >= 0:
        return False
    if about.kind == SEND:
        return message(m, e, p, o, target)
    if about.kind == NEED:
        return resource(m, e, p, o, target)
    saw(p, o, target)
    if owed.unknown:
        return True
    early = False
    if owed.timing >= 0 and m.timings[owed.timing].not_before >= 0:
        episode = p.episodes[episode_of(p, owed.episode)]
        early = latest(e, p, m.timings[owed.timing].not_before, episode.first, episode.last) < 0
    settle(m, e, p, o, target, early)
    return True


@kernel
def judge(m: Any, e: Any, p: Any, o: int) -> None:
    """The due instant is over and it still waits."""
    judge_one(m, e, p, o)
    tidy(p, p.obligations[o].rule)


@kernel
def judge_one(m: Any, e: Any, p: Any, o: int) -> None:
    owed = p.obligations[o]
    if m.rules[owed.rule].frequency >= 0:
        judge_week(m, e, p, o)
    elif _uncertain(m, p, o) or _perhaps(m, e, p, o):
        decide(p, o, UNDETERMINED)
    elif excused(m, e, p, o):
        decide(p, o, EXCUSED)
    else:
        break_(m, p, o, subtype(m, p, o))
        if owed.has_break and owed.part == MAIN:
            owed.lacking = lacking(m, e, p, o)


@kernel
def _uncertain(m: Any, p: Any, o: int) -> bool:
    """P4: the position is not known, and the rule is the stage's own."""
    owed = p.obligations[o]
    episode = p.episodes[episode_of(p, owed.episode)]
    unsure = episode.uncertain != NEVER and owed.due >= episode.uncertain
    return unsure and m.rules[owed.rule].stage == episode.stage


@kernel
def _perhaps(m: Any, e: Any, p: Any, o: int) -> bool:
    """A date-only event of the due time's own day may have come in time (T3): dates stand at the end of their day."""
    owed = p.obligations[o]
    v = p.v[0]
    about = m.rules[owed.rule]
    end = day_end(m, day_of(m, owed.due))
    place = v.placed
    while place < v.rows and e.at[v.first + place] <= end:
        if low_of(m, e, p, place) <= owed.due < high_of(m, e, p, place):
            to = receiver_of(e, p, place)
            if owed.receiver < 0 or reaches(m, v.edition, to, owed.receiver):
                for at in range(about.meets0, about.meets1):
                    if m.pool[at] == e.key[v.first + place]:
                        return True
        place += 1
    return False


@kernel
def condition_known(m: Any, e: Any, p: Any) -> None:
    """Judge again the conditions that were unknown: at the first event after which they are known they count (O3)."""
    v = p.v[0]
    number = v.unknown
    kept = 0
    for at in range(number):
        o = p.unknown[at]
        owed = p.obligations[o]
        waits = owed.outcome == WAITING
        judged = holds(m, e, p, m.rules[owed.rule].when) if waits else UNKNOWN
        if judged == UNKNOWN and waits:
            p.unknown[kept] = o
            kept += 1
        elif judged == FALSE:
            owed.removed = 1  # it is none, and nothing is told of it
            owed.outcome = CANCELLED
            tidy(p, owed.rule)
        elif judged == TRUE:
            owed.unknown = 0
            note_due(p, o)
            seen = owed.seen0
            owed.seen0 = -1
            while seen >= 0:
                if is_live(p, o):
                    consider(m, e, p, o, p.seen[seen].place)
                seen = p.seen[seen].next
    v.unknown = kept
