"""The order of things, patient after patient: events one instant after the other, and between them what falls due (E3, E6).

Mirrors `tracking/course.py`. `run` is what is called from outside, with the addresses of the tables.
"""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.accounts import account
from pathway.replay.kernel.concerns import concerns, fall_due, hold, meet_all, raise_rules, start_by_event, undo_events, watch
from pathway.replay.kernel.costs import pay
from pathway.replay.kernel.handles import events_at, machine_at, patient_at
from pathway.replay.kernel.hindsight import find_undone, judge_paid
from pathway.replay.kernel.indicators import count_all
from pathway.replay.kernel.jit import entrance, kernel
from pathway.replay.kernel.kinds import decision, withdraw
from pathway.replay.kernel.knowing import at_of, before, holds, low_of, reaches, receiver_of
from pathway.replay.kernel.layout import (
    F_BEFORE,
    F_DECIDES,
    F_ENDED,
    F_HOLDS,
    F_RAISES,
    F_UNDONE,
    FAR,
    NEVER,
    TRUE,
    WAITING,
)
from pathway.replay.kernel.moving import move_on, note_ended
from pathway.replay.kernel.obligations import condition_known, judge, reach
from pathway.replay.kernel.outcomes import lapse, tidy
from pathway.replay.kernel.position import (
    begin_course,
    enter_started,
    lapse_at_end,
    move,
    try_to_enter,
)

_machine_at: Any = machine_at
_events_at: Any = events_at
_patient_at: Any = patient_at


@entrance
def run(machine: int, events: int, patient: int, first: int, last: int, as_of: int) -> int:
    """`follow` for tables at these addresses (see `handles`)."""
    return follow(_machine_at(machine), _events_at(events), _patient_at(patient), first, last, as_of)


@kernel
def follow(m: Any, e: Any, p: Any, first: int, last: int, as_of: int) -> int:
    """Follow patients from one to before another up to a time. Returns the first one that was not followed: `last`, or the one
    for which an array was too small, whose traces are then gone."""
    v = p.v[0]
    for patient in range(first, last):
        marks = (v.owed, v.broken, v.bearing, v.episodes, v.stays, v.started, v.waits)
        counted = (v.deviated, v.paid, v.counted)
        counts = (p.counts[0].entry_unknown, p.counts[0].adaptation_unknown, p.counts[0].out_of_force, p.counts[0].repeated)
        _follow(m, e, p, patient, as_of)
        if v.full:
            v.owed, v.broken, v.bearing, v.episodes, v.stays, v.started, v.waits = marks
            v.deviated, v.paid, v.counted = counted
            c = p.counts[0]
            c.entry_unknown, c.adaptation_unknown, c.out_of_force, c.repeated = counts
            v.full = 0
            return patient
    return last


@kernel
def _follow(m: Any, e: Any, p: Any, patient: int, as_of: int) -> None:
    _forget(m, e, p, patient)
    v = p.v[0]
    for place in range(v.rows):
        at = e.at[v.first + place]
        if v.full or at > as_of:
            break
        if at > v.now:
            # Most often nothing happens by itself between one event and the next.
            quiet = v.next >= at and not v.over and (v.pending == 0 or p.pending[0].at >= at)
            if not quiet or len(e.begun):
                _close(m, e, p, at - 1)
            v.now = at
        _take(m, e, p, place)
    _close(m, e, p, as_of)
    if not v.full:
        account(m, e, p, as_of)
        _measure(m, e, p, as_of)


@kernel
def _measure(m: Any, e: Any, p: Any, as_of: int) -> None:
    """Indicators and days that cost, of a patient who has been in the pathway."""
    v = p.v[0]
    if v.episodes == v.episodes0 or len(m.costs) + len(m.indicators) == 0:
        return
    find_undone(m, e, p)
    count_all(m, e, p, as_of)
    paid = v.paid
    pay(m, e, p, as_of)
    judge_paid(m, e, p, paid)


@kernel
def _forget(m: Any, e: Any, p: Any, patient: int) -> None:
    v = p.v[0]
    v.now = NEVER
    v.next = FAR
    v.patient = patient
    v.first = e.start[patient]
    v.rows = e.start[patient + 1] - e.start[patient]
    v.placed = 0
    v.ended = 0
    v.current = -1
    v.edition = 0
    v.episodes0 = v.episodes
    v.obligations = v.seen = v.held = v.nodes = v.alive = v.unknown = v.deviations = v.pending = 0
    v.decided = v.withdrawn = v.leaving = v.ended_n = v.fired = 0
    for key in range(len(p.last)):
        p.last[key] = -1
    for fact in range(len(p.fact)):
        p.fact[fact] = 0
    for party in range(len(p.unit)):
        p.unit[party] = -1
    for edition in range(len(p.used)):
        p.used[edition] = 0
    for rule in range(len(p.rule)):
        known = p.rule[rule]
        known.live0 = known.live1 = known.owed0 = known.owed1 = known.held0 = known.held1 = -1
        known.anchors_of = known.taken = 0
    for number in range(len(p.watched)):
        p.watched[number].of = 0


@kernel
def _take(m: Any, e: Any, p: Any, place: int) -> None:
    """Take the next event: what it is looked up by, the facts that it carries, and what it does."""
    v = p.v[0]
    row = v.first + place
    key = e.key[row]
    about = m.keys[key]
    v.placed = place + 1
    p.undone[place] = 0
    key2 = -1
    if about.message and about.sending != key:
        # A message that was received, acknowledged, answered or rejected was sent (E1): where no sending was told, this tells it.
        key2 = about.sending
        to = receiver_of(e, p, place)
        sent = p.last[about.sending]
        while sent >= 0:
            if reaches(m, v.edition, receiver_of(e, p, sent), to):
                key2 = -1
                break
            sent = before(e, p, sent, about.sending)
    p.key2[place] = key2
    if key2 >= 0:
        p.earlier2[place] = p.last[key2]
        p.last[key2] = place
    p.earlier[place] = p.last[key]
    p.last[key] = place
    if about.deviation:
        if len(e.extra):  # else the log does not say what deviated
            p.deviations[v.deviations] = place
            v.deviations += 1
        p.left[row] = 0
        return
    told = False
    if len(e.extra):
        extra = e.extra[row]
        for at in range(extra.facts0, extra.facts1):
            p.fact[e.fact[at]] = e.value[at]
            p.fact_place[e.fact[at]] = place
            told = True
        party = extra.party if extra.party >= 0 else extra.sender
        if extra.unit >= 0 and party >= 0:
            p.unit[party] = extra.unit
    stage = 0 if v.current < 0 else p.episodes[v.current].stage + 1
    taken = _apply(m, e, p, place, key, key2)
    p.left[row] = 0 if taken or told else stage + 1


@kernel
def _apply(m: Any, e: Any, p: Any, event: int, key: int, key2: int) -> bool:
    v = p.v[0]
    opened = -1
    if v.current < 0:
        opened = _come_in(m, e, p, event, key, key2)
    episode = v.current
    if episode < 0:
        taken = meet_all(m, e, p, event, key, key2)
        condition_known(m, e, p)
        return taken
    edition = m.editions[p.episodes[episode].edition]
    flags = concerns(m, p.episodes[episode].edition, key, key2)
    taken = opened >= 0
    if edition.watched0 < edition.watched1:
        watch(m, e, p, episode, event)
    if flags & F_HOLDS:
        taken |= hold(m, e, p, episode, event, key, key2)
    taken |= meet_all(m, e, p, event, key, key2)
    if edition.goals0 < edition.goals1:
        taken |= reach(m, e, p, episode, event)
    if flags & (F_BEFORE | F_DECIDES | F_ENDED):
        taken |= fall_due(m, e, p, episode, event, key, key2)
    if flags & F_UNDONE:
        taken |= undo_events(m, e, p, episode, event, key, key2)
    if opened >= 0:
        begin_course(m, e, p, episode, event)
    elif flags & F_RAISES or edition.watching0 < edition.watching1 or edition.dates0 < edition.dates1:
        taken |= raise_rules(m, e, p, episode, event, key, key2)
    if v.unknown:
        condition_known(m, e, p)
    if len(m.starts):
        taken |= start_by_event(m, e, p, episode, event, key, key2)
    return move_on(m, e, p, episode, event, key, key2, flags) or taken


@kernel
def _come_in(m: Any, e: Any, p: Any, event: int, key: int, key2: int) -> int:
    v = p.v[0]
    if len(e.begun):
        row = v.first + event if len(e.row) == 0 else e.row[v.first + event]
        for at in range(e.begun_start[v.patient], e.begun_start[v.patient + 1]):
            # Of a date the other pathway may have made the first instant of its day (T3).
            if e.begun[at].row == row and low_of(m, e, p, event) <= e.begun[at].at <= at_of(e, p, event):
                return enter_started(m, e, p, event, e.begun[at].by)
    if not (m.keys[key].entering or (key2 >= 0 and m.keys[key2].entering)):
        return -1
    return try_to_enter(m, e, p, event, key, key2)


@kernel
def _close(m: Any, e: Any, p: Any, until: int) -> None:
    """Close every instant up to and with this one: judge what falls due, fire transitions by time."""
    v = p.v[0]
    _over(m, e, p)
    while not v.full:
        due = v.next
        if v.pending:
            due = min(due, p.pending[0].at)
        if len(e.begun):
            for at in range(e.begun_start[v.patient], e.begun_start[v.patient + 1]):
                if v.now < e.begun[at].at < due:
                    due = e.begun[at].at
        if due > until:
            break
        v.now = due
        _over(m, e, p)


@kernel
def _over(m: Any, e: Any, p: Any) -> None:
    """An instant is over. Obligations are judged before anything by time moves the patient on."""
    v = p.v[0]
    while not v.full:
        if v.over:
            for at in range(v.decided):
                decision(m, e, p, p.decided[at].episode, p.decided[at].rule, p.decided[at].place)
            for at in range(v.withdrawn):
                withdraw(m, e, p, p.withdrawn[at].episode, p.withdrawn[at].place)
            v.decided = v.withdrawn = 0
        if v.next <= v.now:
            _judge_due(m, e, p)
        if v.over:
            for at in range(v.leaving):
                o = p.leaving[at]
                if p.obligations[o].outcome == WAITING:
                    lapse(m, p, o)
                    tidy(p, p.obligations[o].rule)
            for at in range(v.ended_n):
                lapse_at_end(m, p, p.over[at])
            v.leaving = v.ended_n = 0
        if not _by_time(m, e, p):
            v.over = v.fired = 0
            return


@kernel
def _judge_due(m: Any, e: Any, p: Any) -> None:
    """Judge what is due; find when the next is. In the order of the rules: the weeks that follow those that are over come in it. What
    else is due changes nothing for another, so it does not matter which was due first."""
    v = p.v[0]
    now = v.now
    number = kept = 0
    next_ = FAR
    for at in range(v.alive):
        o = p.alive[at]
        owed = p.obligations[o]
        if owed.outcome != WAITING:
            continue
        p.alive[kept] = o
        kept += 1
        if owed.unknown:
            continue
        if owed.due > now:
            next_ = min(next_, owed.due)
            continue
        place = number
        while place > 0:
            other = p.obligations[p.found[place - 1]]
            if m.rules[other.rule].index <= m.rules[owed.rule].index:
                break
            p.found[place] = p.found[place - 1]
            place -= 1
        p.found[place] = o
        number += 1
    v.alive = kept
    v.next = next_  # what is raised while these are judged brings it nearer again
    for at in range(number):
        judge(m, e, p, p.found[at])


@kernel
def _by_time(m: Any, e: Any, p: Any) -> bool:
    """Whether something happens by itself now: a transition by time, or a start by another pathway's."""
    v = p.v[0]
    if v.current < 0:
        return _started_by_time(m, e, p)
    if v.pending == 0 or p.pending[0].at > v.now:
        return False
    number, event = p.pending[0].way, p.pending[0].place
    for at in range(1, v.pending):
        p.pending[at - 1].at = p.pending[at].at
        p.pending[at - 1].way = p.pending[at].way
        p.pending[at - 1].place = p.pending[at].place
    v.pending -= 1
    episode = v.current
    fits = holds(m, e, p, m.ways[number].when) == TRUE
    for at in range(v.fired):  # in a circle of those that are past already each fires once an instant
        fits = fits and p.fired[at] != number
    if fits:
        p.fired[v.fired] = number
        v.fired += 1
        move(m, e, p, episode, number, event)
        if p.episodes[episode].ended_at != NEVER:
            note_ended(p, episode)
    return True


@kernel
def _started_by_time(m: Any, e: Any, p: Any) -> bool:
    v = p.v[0]
    if len(e.begun) == 0:
        return False
    for at in range(e.begun_start[v.patient], e.begun_start[v.patient + 1]):
        if e.begun[at].at != v.now:
            continue
        for place in range(v.ended, v.placed):
            row = v.first + place if len(e.row) == 0 else e.row[v.first + place]
            if row == e.begun[at].row:
                episode = enter_started(m, e, p, place, e.begun[at].by)
                begin_course(m, e, p, episode, place)
                return True
    return False
