"""Days that cost: from which event to which, and how many local midnights (mirrors `tracking/costs.py`). Prices are put on afterwards."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.hindsight import happened
from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.knowing import at_of
from pathway.replay.kernel.layout import FAR, NEVER, TRUE
from pathway.replay.kernel.times import day_of, midnights


@kernel
def pay(m: Any, e: Any, p: Any, as_of: int) -> None:
    """The days of every price of every episode. For whom they are is judged by `judge_paid`."""
    v = p.v[0]
    for episode in range(v.episodes0, v.episodes):
        edition = m.editions[p.episodes[episode].edition]
        for number in range(edition.costs0, edition.costs1):
            _of_price(m, e, p, episode, number, as_of)


@kernel
def _of_price(m: Any, e: Any, p: Any, episode: int, number: int, as_of: int) -> None:
    cost, now = m.costs[number], p.episodes[episode]
    starts = happened(e, p, p.found, cost.start, True)
    ends = happened(e, p, p.found2, cost.end, True)
    until = NEVER
    next_ = 0
    for turn in range(starts):
        place = p.found[turn]
        at = at_of(e, p, place)
        if not (now.first <= place <= now.last) or at < until or not _stands(p, episode, cost.stage, at):
            continue  # a second beginning before the end is none
        while next_ < ends and p.found2[next_] <= place:
            next_ += 1
        over = FAR if now.ended_at == NEVER else now.ended_at
        if next_ < ends:
            over = min(over, at_of(e, p, p.found2[next_]))
        if p.undoer[place] >= 0:
            over = min(over, at_of(e, p, p.undoer[place]))
        until = min(over, as_of)
        _add(m, p, episode, number, place, at, NEVER if over == FAR else over, until)


@kernel
def _add(m: Any, p: Any, episode: int, number: int, place: int, at: int, ended: int, until: int) -> None:
    v = p.v[0]
    if v.paid >= len(p.paid):
        v.full = 1
        return
    new = p.paid[v.paid]
    v.paid += 1
    new.patient = v.patient
    new.cost = number
    new.episode = p.episodes[episode].number
    new.place = place
    new.started = at
    new.ended = ended
    new.day = day_of(m, at)
    new.days = midnights(m, at, until, False)
    new.owed = TRUE


@kernel
def _stands(p: Any, episode: int, stage: int, at: int) -> bool:
    """Whether the price stands in the stage that the patient was in, or came into, at an instant."""
    if stage < 0:
        return True
    now = p.episodes[episode]
    for stay in range(now.stays0, now.stays1):
        end = now.ended_at if stay + 1 == now.stays1 else p.stays[stay + 1].since
        if p.stays[stay].stage == stage and p.stays[stay].since <= at and (end == NEVER or at <= end):
            return True
    return False
