"""What is particular to one kind of rule: messages owed (O7), resources needed (O9), decisions (O8).

Mirrors `tracking/messages.py`, `resources.py` and `decisions.py`.
"""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.knowing import (
    at_of,
    before,
    fact_in,
    gather,
    holds,
    latest,
    phase_of,
    reaches,
    receiver_of,
    sender_of,
)
from pathway.replay.kernel.layout import (
    ACKNOWLEDGED,
    ANSWER,
    ANSWERED,
    B_EVENT,
    B_FACT,
    DECLARED,
    DELIVERED,
    EXCUSED,
    FALSE,
    LEVEL,
    MAIN,
    MET,
    NEVER,
    NOT_JUDGED,
    RECEIPT,
    RECEIPTS,
    RECEIVED,
    REFUSED,
    REJECTED,
    S_INCOMPLETE,
    S_MISDIRECTED,
    S_MISSING,
    S_REFUSED,
    S_STALE,
    S_UNACKNOWLEDGED,
    S_UNINFORMED,
    S_WITHDRAWN,
    S_WRONG_LEVEL,
    SEND,
    SENT,
    STARTED,
    TRUE,
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
    holding,
    is_live,
    saw,
    settle,
    unmet,
)
from pathway.replay.kernel.times import back


@kernel
def in_force(m: Any, p: Any, episode: int, rule: int) -> bool:
    """Whether a rule holds now."""
    now = p.episodes[episode]
    if now.ended_at != NEVER:
        return False
    if m.rules[rule].beneath:
        return p.rule[rule].taken == now.number
    return m.rules[rule].stage < 0 or m.rules[rule].stage == now.stage


@kernel
def lacking(m: Any, e: Any, p: Any, o: int) -> int:
    """The elements that have not come, as bits by their place in the rule. Nothing where nothing came."""
    owed = p.obligations[o]
    if not owed.reached:
        return 0
    about = m.rules[owed.rule]
    found = 0
    number = 0
    for at in range(about.elements0, about.elements1, 2):
        if owed.elements & (1 << m.pool[at]) == 0 and holds(m, e, p, m.pool[at + 1]) == TRUE:
            found |= 1 << number
        number += 1
    return found


@kernel
def subtype(m: Any, p: Any, o: int) -> int:
    """What kind of break it is when it falls due unmet."""
    owed = p.obligations[o]
    if owed.part == RECEIPT or owed.part == ANSWER:
        return unmet(p, o)
    if owed.reached:
        return S_INCOMPLETE
    if m.rules[owed.rule].kind == SEND and owed.seen0 >= 0:
        return S_MISDIRECTED
    return S_MISSING


@kernel
def message(m: Any, e: Any, p: Any, o: int, target: int) -> bool:
    """Let a message bear on what is owed: the message itself, its receipt or its answer."""
    return _sent(m, e, p, o, target) if p.obligations[o].part == MAIN else _reply(m, e, p, o, target)


@kernel
def _reply(m: Any, e: Any, p: Any, o: int, target: int) -> bool:
    owed = p.obligations[o]
    if not _about(e, p, o, target):
        return False
    phase = phase_of(m, e, p, target)
    if phase == REJECTED and owed.part == RECEIPT and owed.outcome == WAITING:
        saw(p, o, target)
        break_(m, p, o, S_UNACKNOWLEDGED)
        return True
    if phase != ANSWERED and not (owed.part == RECEIPT and phase == ACKNOWLEDGED):
        return False
    fact = m.rules[owed.rule].answer_fact
    if owed.part == ANSWER and fact >= 0 and fact_in(e, p, target, fact) == 0:
        return False
    saw(p, o, target)
    settle(m, e, p, o, target, False)
    return True


@kernel
def _about(e: Any, p: Any, o: int, target: int) -> bool:
    """Whether a receipt, an answer or a rejection is about the obligation's message: by its id, else by who gave it."""
    owed = p.obligations[o]
    if len(e.extra) == 0:
        return True
    said, of = e.extra[p.v[0].first + target], e.extra[p.v[0].first + owed.anchor]
    if said.refers >= 0:
        return said.refers == of.id or said.refers == of.root
    return said.receiver < 0 or said.receiver == owed.receiver or said.sender == owed.receiver


@kernel
def _sent(m: Any, e: Any, p: Any, o: int, target: int) -> bool:
    owed = p.obligations[o]
    about = m.rules[owed.rule]
    phase = phase_of(m, e, p, target)
    if about.received_before and m.sizes[RECEIPTS]:
        told = phase == RECEIVED or phase == ACKNOWLEDGED or phase == ANSWERED
    else:
        told = phase == SENT or p.key2[target] >= 0
    if not told:
        return False
    edition, to = p.v[0].edition, receiver_of(e, p, target)
    right = reaches(m, edition, to, owed.receiver)
    if not right:  # what went to another of the rule's receivers went where it should: it says nothing of this one
        for at in range(about.receivers0, about.receivers1):
            if reaches(m, edition, to, m.pool[at]):
                return False
    saw(p, o, target)
    if owed.unknown or not right:
        return True
    first = not owed.reached
    owed.reached = 1
    row = p.v[0].first + target
    if len(e.extra) == 0 or not e.extra[row].has_elements:
        owed.elements |= about.all_elements
    else:
        owed.elements |= e.extra[row].elements
    lacked = lacking(m, e, p, o)
    if lacked == 0:
        settle(m, e, p, o, target, False)
    elif owed.has_break and owed.subtype == S_MISSING:
        owed.subtype = S_INCOMPLETE  # late, and not whole either
        owed.lacking = lacked
    if first:
        _owe_reply(m, e, p, o, target, RECEIPT, about.receipt)
        _owe_reply(m, e, p, o, target, ANSWER, about.answer)
    return True


@kernel
def _owe_reply(m: Any, e: Any, p: Any, o: int, target: int, part: int, timing: int) -> None:
    """A receipt and an answer are counted from the message that first came to the receiver."""
    if timing < 0:
        return
    owed = p.obligations[o]
    other = p.rule[owed.rule].owed0
    while other >= 0:
        known = p.obligations[other]
        if known.part == part and known.receiver == owed.receiver and known.anchor == target:
            return
        other = known.next_owed
    reply = begin(m, e, p, episode_of(p, owed.episode), owed.rule, part, owed.receiver, target, at_of(e, p, target), timing, 0)
    if not m.sizes[RECEIPTS]:
        decide(p, reply, NOT_JUDGED)
        return
    # The message may have come, and been acknowledged, before it was asked for.
    about = m.rules[owed.rule]
    last = p.episodes[episode_of(p, owed.episode)].last
    number = gather(m, e, p, p.found3, about.meets0, about.meets1, target, last)
    for at in range(number):
        if is_live(p, reply):
            _reply(m, e, p, reply, p.found3[at])


@kernel
def resource(m: Any, e: Any, p: Any, o: int, target: int) -> bool:
    """Let a resource event bear on a need. A request or a grant is seen, but meets nothing."""
    owed = p.obligations[o]
    phase = phase_of(m, e, p, target)
    saw(p, o, target)
    if owed.unknown:
        return True
    if phase == REFUSED and owed.outcome == WAITING:
        if not excused(m, e, p, o):
            break_(m, p, o, S_REFUSED)
    elif phase == DELIVERED or phase == STARTED:
        settle(m, e, p, o, target, False)
        _level(m, e, p, o, target)
    return True


@kernel
def _level(m: Any, e: Any, p: Any, o: int, target: int) -> None:
    """Care by a unit above the level wanted is one `wrong level` a stay."""
    rule = p.obligations[o].rule
    wanted = m.rules[rule].level
    if wanted < 0 or len(e.extra) == 0:
        return
    said = e.extra[p.v[0].first + target]
    party = said.party if said.party >= 0 else said.sender
    if party < 0 or party >= m.sizes[DECLARED] or m.level[p.v[0].edition, party] <= wanted:
        return
    episode = episode_of(p, p.obligations[o].episode)
    stay = p.stays[p.episodes[episode].stays1 - 1].since
    told = 0
    other = p.rule[rule].owed0
    while other >= 0:
        known = p.obligations[other]
        if known.part == LEVEL and known.episode == p.episodes[episode].number:
            if known.anchored_at >= stay:
                return
            told += 1
        other = known.next_owed
    at = at_of(e, p, target)
    above = begin(m, e, p, episode, rule, LEVEL, -1, target, at, -1, told)
    saw(p, above, target)
    break_(m, p, above, S_WRONG_LEVEL)
    close(p, above, target, at)


@kernel
def running(m: Any, e: Any, p: Any, episode: int, rule: int) -> int:
    """What meets a need for the whole stage although it began before; -1."""
    about = m.rules[rule]
    if not about.whole_stage:
        return -1
    first, last = p.episodes[episode].first, p.episodes[episode].last
    started = latest(e, p, about.started, first, last)
    return started if started > latest(e, p, about.ended, first, last) else -1


@kernel
def withdraw(m: Any, e: Any, p: Any, episode: int, end: int) -> None:
    """At the end of an instant: what lasts and was ended before the need was, unless it started again at that instant."""
    edition = m.editions[p.episodes[episode].edition]
    name = m.keys[e.key[p.v[0].first + end]].name
    at = at_of(e, p, end)
    for place in range(edition.needs0, edition.needs1):
        rule = m.pool[place]
        about = m.rules[rule]
        if about.resource != name or not _lasts(m, e, p, episode, rule):
            continue
        started = latest(e, p, about.started, p.episodes[episode].first, p.episodes[episode].last)
        if started >= 0 and at_of(e, p, started) >= at:
            continue
        last = -1
        live = False
        o = p.rule[rule].owed0
        while o >= 0:
            owed = p.obligations[o]
            if owed.episode == p.episodes[episode].number and owed.part == MAIN and not owed.removed:
                last = o
                live = live or is_live(p, o)
            o = owed.next_owed
        if last < 0 or live:
            continue
        again = begin(m, e, p, episode, rule, MAIN, -1, end, at, -1, p.obligations[last].turn + 1)
        p.obligations[again].due = at
        break_(m, p, again, S_WITHDRAWN)


@kernel
def _lasts(m: Any, e: Any, p: Any, episode: int, rule: int) -> bool:
    """A need `for the whole stage` lasts until the stage is left, one `from X to Y` until Y; any other is met once for all."""
    now = p.episodes[episode]
    if now.ended_at != NEVER:
        return False
    until = m.rules[rule].until
    if until >= 0:
        return latest(e, p, until, now.first, now.last) < 0
    return m.rules[rule].whole_stage != 0 and in_force(m, p, episode, rule)


@kernel
def decision(m: Any, e: Any, p: Any, episode: int, rule: int, place: int) -> None:
    """At the end of the decision's instant: each message reached the party, each event happened, each fact is known, none is
    older than allowed. One break, listing what lacked, closed at once. A basis: kind, from, to, unit, amount."""
    about = m.rules[rule]
    judged = holds(m, e, p, about.when)
    if p.episodes[episode].individual >= 0 or judged == FALSE:
        return
    at = at_of(e, p, place)
    o = begin(m, e, p, episode, rule, MAIN, -1, place, at, -1, 0)
    owed = p.obligations[o]
    owed.due = at
    stay = holding(p, episode, at, at)
    owed.stage = about.stage if about.stage >= 0 else p.stays[stay].stage
    if judged == UNKNOWN:
        decide(p, o, NOT_JUDGED)
        return
    party = about.by if about.by >= 0 else p.stays[stay].party
    lacked = stale = number = 0
    for basis in range(about.basis0, about.basis1, 5):
        had = _had(m, e, p, episode, basis, party, place)
        if had == NEVER:
            lacked |= 1 << number
        elif m.pool[basis + 3] >= 0 and had < back(m, at, m.pool[basis + 3], m.pool[basis + 4]):
            stale |= 1 << number
        number += 1
    if lacked == 0 and stale == 0:
        owed.met_at = at
        decide(p, o, MET)
    elif excused(m, e, p, o):
        decide(p, o, EXCUSED)
    else:
        break_(m, p, o, S_UNINFORMED if lacked else S_STALE)
        close(p, o, place, at)
        owed.lacking = lacked
        owed.stale = stale


@kernel
def _had(m: Any, e: Any, p: Any, episode: int, basis: int, party: int, decision: int) -> int:
    """When the latest of what the decision needs was had; `NEVER`."""
    kind, low, high = m.pool[basis], m.pool[basis + 1], m.pool[basis + 2]
    first, last = p.episodes[episode].first, p.episodes[episode].last
    if kind == B_FACT:
        return at_of(e, p, p.fact_place[low]) if p.fact[low] > 0 else NEVER
    if kind == B_EVENT:
        place = latest(e, p, low, first, last)
        if place == decision:
            place = latest(e, p, low, first, decision - 1)
        return NEVER if place < 0 else at_of(e, p, place)
    found = -1
    for at in range(low, high):
        key = m.pool[at]
        place = p.last[key]
        while place > found and place >= first:
            if place <= last and not p.undone[place] and _reached(m, e, p, place, party):
                found = place
            place = before(e, p, place, key)
    return NEVER if found < 0 else at_of(e, p, found)


@kernel
def _reached(m: Any, e: Any, p: Any, place: int, party: int) -> bool:
    """Received by the party, or sent to it where the source has no receipts; what it sent itself it has."""
    if party < 0:
        return True
    edition, sender = p.v[0].edition, sender_of(e, p, place)
    if sender >= 0 and reaches(m, edition, sender, party):
        return True
    phase = phase_of(m, e, p, place)
    arrived = phase == RECEIVED or phase == ACKNOWLEDGED or phase == ANSWERED or (not m.sizes[RECEIPTS] and phase != REJECTED)
    return arrived and reaches(m, edition, receiver_of(e, p, place), party)
