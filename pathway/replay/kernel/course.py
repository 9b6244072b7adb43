"""The order of things, patient after patient: events one instant after the other, and between them what falls due (E3, E6).

Mirrors `tracking/course.py`. `run` is what is called from outside, with the addresses of the tables.
"""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel import kinds, obligations
from pathway.replay.kernel.accounts import account
from pathway.replay.kernel.handles import events_at, machine_at, patient_at
from pathway.replay.kernel.jit import entrance, kernel
from pathway.replay.kernel.kinds import in_force
from pathway.replay.kernel.knowing import at_of, before, fact_in, gather, holds, reaches, receiver_of
from pathway.replay.kernel.layout import (
    F_AFTER,
    F_BEFORE,
    F_DECIDES,
    F_ENDED,
    F_EXITS,
    F_HOLDS,
    F_MEETS,
    F_RAISES,
    F_RECOGNISED,
    F_UNDONE,
    FAR,
    NEVER,
    TRUE,
    UNKNOWN,
    WAITING,
)
from pathway.replay.kernel.obligations import condition_known, meet, node, raise_at, reach
from pathway.replay.kernel.outcomes import lapse, note_due, plan, tidy, undo
from pathway.replay.kernel.position import (
    before_of,
    begin_course,
    end,
    enter,
    enter_started,
    lapse_at_end,
    move,
    plan_by_time,
    start_others,
    try_to_enter,
)

_machine_at: Any = machine_at
_events_at: Any = events_at
_patient_at: Any = patient_at
_judge = obligations.judge
_decision = kinds.decision
_withdraw = kinds.withdraw


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
        marks = (v.obligations, v.episodes, v.stays, v.seen, v.held, v.started, v.waits)
        counts = (p.counts[0].entry_unknown, p.counts[0].adaptation_unknown, p.counts[0].out_of_force, p.counts[0].repeated)
        _follow(m, e, p, patient, as_of)
        if v.full:
            v.obligations, v.episodes, v.stays, v.seen, v.held, v.started, v.waits = marks
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
        if v.full:
            return
        at = e.at[v.first + place]
        if at > as_of:
            break
        if at > v.now:
            # Most often nothing happens by itself between one event and the next.
            quiet = v.next >= at and not v.over and (v.pending == 0 or p.pending[0].at >= at)
            if not quiet or len(e.begun):
                _close(m, e, p, at - 1)
            v.now = at
        _take(m, e, p, place)
    if not v.full:
        _close(m, e, p, as_of)
    if not v.full:
        account(m, e, p, as_of)


@kernel
def _forget(m: Any, e: Any, p: Any, patient: int) -> None:
    v = p.v[0]
    v.now = 0
    v.next = FAR
    v.patient = patient
    v.first = e.start[patient]
    v.rows = e.start[patient + 1] - e.start[patient]
    v.placed = 0
    v.ended = 0
    v.current = -1
    v.edition = 0
    v.over = 0
    v.obligations0 = v.obligations
    v.episodes0 = v.episodes
    v.nodes = v.alive = v.unknown = v.deviations = v.pending = v.decided = v.withdrawn = v.leaving = v.ended_n = v.fired = 0
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
        known.anchors0 = known.anchors1 = -1
    for watch in range(len(p.watched)):
        p.watched[watch].of = 0


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
def _concerns(m: Any, edition: int, key: int, key2: int) -> int:
    """What an event concerns under an edition, as bits."""
    base = edition * m.sizes[0]
    return m.dispatch[base + key].concerns | (m.dispatch[base + key2].concerns if key2 >= 0 else 0)


@kernel
def _apply(m: Any, e: Any, p: Any, event: int, key: int, key2: int) -> bool:
    v = p.v[0]
    opened = -1
    if v.current < 0:
        opened = _come_in(m, e, p, event, key, key2)
    episode = v.current
    taken = opened >= 0
    flags = 0
    if episode >= 0:
        now = m.editions[p.episodes[episode].edition]
        flags = _concerns(m, p.episodes[episode].edition, key, key2)
        if now.watched0 < now.watched1:
            _watch(m, e, p, episode, event)
        if flags & F_HOLDS:
            taken |= _hold(m, e, p, episode, event, key, key2)
    taken |= _meet(m, e, p, event, key, key2)
    if episode < 0:
        condition_known(m, e, p)
        return taken
    edition = m.editions[p.episodes[episode].edition]
    if edition.goals0 < edition.goals1:
        taken |= reach(m, e, p, episode, event)
    if flags & (F_BEFORE | F_DECIDES | F_ENDED):
        taken |= _fall_due(m, e, p, episode, event, key, key2)
    if flags & F_UNDONE:
        taken |= _undo(m, e, p, episode, event, key, key2)
    if opened >= 0:
        begin_course(m, e, p, episode, event)
    elif flags & F_RAISES or edition.watching0 < edition.watching1 or edition.dates0 < edition.dates1:
        taken |= _raise(m, e, p, episode, event, key, key2)
    if v.unknown:
        condition_known(m, e, p)
    if len(m.starts):
        taken |= _start(m, e, p, episode, event, key, key2)
    return _move(m, e, p, episode, event, key, key2, flags) or taken


@kernel
def _meet(m: Any, e: Any, p: Any, event: int, key: int, key2: int) -> bool:
    """Offer the event to everything owed under any edition."""
    nk = m.sizes[0]
    taken = False
    for edition in range(len(m.editions)):
        if p.used[edition] and _concerns(m, edition, key, key2) & F_MEETS:
            for turn in range(2):
                own = key2 if turn == 0 else key
                if own >= 0:
                    what = m.dispatch[edition * nk + own]
                    for at in range(what.meets0, what.meets1):
                        if p.rule[m.pool[at]].live0 >= 0:
                            taken |= meet(m, e, p, m.pool[at], event)
    return taken


@kernel
def _start(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    taken = False
    for turn in range(2):
        own = key2 if turn == 0 else key
        if own >= 0 and p.v[0].current == episode:
            those = m.starts_on[p.episodes[episode].stage, own]
            if those >= 0:
                taken |= start_others(m, e, p, episode, those + 1, those + 1 + m.pool[those], event)
    return taken


@kernel
def _come_in(m: Any, e: Any, p: Any, event: int, key: int, key2: int) -> int:
    v = p.v[0]
    if len(e.begun):
        row = v.first + event if len(e.row) == 0 else e.row[v.first + event]
        for at in range(e.begun_start[v.patient], e.begun_start[v.patient + 1]):
            if e.begun[at].row == row and e.begun[at].at == at_of(e, p, event):
                return enter_started(m, e, p, event, e.begun[at].by)
    if not (m.keys[key].entering or (key2 >= 0 and m.keys[key2].entering)):
        return -1
    return try_to_enter(m, e, p, event, key, key2)


@kernel
def _watch(m: Any, e: Any, p: Any, episode: int, event: int) -> None:
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
            if known.turned0 < 0:
                known.turned0 = at
            else:
                p.nodes[known.turned1].next = at
            known.turned1 = at


@kernel
def _hold(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    """O11: a clock stops or goes on; deadlines are worked out again."""
    base = p.episodes[episode].edition * m.sizes[0]
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
        if p.obligations[o].outcome == WAITING and p.obligations[o].episode == number:
            plan(m, p, o)
        o = p.obligations[o].next_live


@kernel
def _fall_due(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    """O5, O8: what had to come before this event is due now; decisions are judged when the instant is over."""
    v = p.v[0]
    now = p.episodes[episode]
    touched = False
    for turn in range(2):
        own = key2 if turn == 0 else key
        if own < 0:
            continue
        what = m.dispatch[now.edition * m.sizes[0] + own]
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
def _undo(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    now = p.episodes[episode]
    base = now.edition * m.sizes[0]
    number = 0
    what = m.dispatch[base + key]
    if what.undone0 < what.undone1:
        number = gather(m, e, p, p.found, what.undone0, what.undone1, now.first, now.last)
    if key2 >= 0:
        other = m.dispatch[base + key2]
        if other.undone0 < other.undone1:
            undo(m, e, p, p.found, number, event)
            more = gather(m, e, p, p.found, other.undone0, other.undone1, now.first, now.last)
            undo(m, e, p, p.found, more, event)
            return number + more > 0
    if number:
        undo(m, e, p, p.found, number, event)
    return number > 0


@kernel
def _raise(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int) -> bool:
    touched = False
    now = p.episodes[episode]
    edition = m.editions[now.edition]
    base = now.edition * m.sizes[0]
    at = at_of(e, p, event)
    for turn in range(2):
        own = key2 if turn == 0 else key
        if own >= 0:
            what = m.dispatch[base + own]
            for place in range(what.raises0, what.raises1):
                if turn == 0 or key2 < 0 or not _among(m, m.pool[place], base + key2):
                    touched |= _raise_one(m, e, p, episode, m.pool[place], event, at)
    if len(e.extra) and edition.dates0 < edition.dates1:
        extra = e.extra[p.v[0].first + event]
        for told in range(extra.facts0, extra.facts1):
            for place in range(edition.dates0, edition.dates1):
                if m.rules[m.pool[place]].anchor_fact == e.fact[told]:
                    touched |= _raise_one(m, e, p, episode, m.pool[place], event, at)
    for place in range(edition.watching0, edition.watching1):
        rule = m.pool[place]
        known = p.watched[m.rules[rule].watch]
        turned = known.of == now.number and known.turned1 >= 0 and p.nodes[known.turned1].place == event
        if turned and not _of_date(m, e, p, rule, event):
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
def _of_date(m: Any, e: Any, p: Any, rule: int, event: int) -> bool:
    """Whether an event tells the date that a rule counts from: then that has raised it."""
    return m.rules[rule].anchor_fact >= 0 and fact_in(e, p, event, m.rules[rule].anchor_fact) > 0


@kernel
def _raise_one(m: Any, e: Any, p: Any, episode: int, rule: int, event: int, at: int) -> bool:
    if not in_force(m, p, episode, rule):
        return False
    raise_at(m, e, p, episode, rule, event, at)
    return True


@kernel
def _move(m: Any, e: Any, p: Any, episode: int, event: int, key: int, key2: int, flags: int) -> bool:
    """At most one transition: `leave` first, then the stage's own, then those of `throughout`; else a jump."""
    v = p.v[0]
    if v.current != episode:
        return False
    now = p.episodes[episode]
    way = _way_out(m, e, p, key, key2) if flags & F_EXITS else -1
    now.left_by = way
    if way >= 0:
        end(p, episode)
        _ended(p, episode)
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
        base = now.edition * m.sizes[0]
        jump = -1
        known = after = False
        for turn in range(2):
            own = key2 if turn == 0 else key
            if own >= 0:
                what = m.dispatch[base + own]
                if what.recognised >= 0:
                    known = True
                    if jump < 0 and what.recognised != now.stage:
                        jump = what.recognised
                after = after or what.after != 0
        if jump < 0:
            if after:
                _plan_again(m, e, p, episode, key, key2)
            return known
        now.jumps += 1
        enter(m, e, p, episode, jump, event, -1)
    if p.episodes[episode].ended_at != NEVER:
        _ended(p, episode)
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
def _ended(p: Any, episode: int) -> None:
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
    base = p.v[0].edition * m.sizes[0]
    found = -1
    for turn in range(2):
        own = key2 if turn == 0 else key
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
    """The one transition that the event takes (P3), and whether one was passed over because its condition is unknown (P4)."""
    unknown = False
    for turn in range(2):
        own = key2 if turn == 0 else key
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
                return number, unknown or unsure
            unsure = unsure or judged == UNKNOWN
        unknown = unknown or unsure
    return -1, unknown


@kernel
def _close(m: Any, e: Any, p: Any, until: int) -> None:
    """Close every instant up to and with this one: judge what falls due, fire transitions by time."""
    v = p.v[0]
    _over(m, e, p)
    while not v.full:
        due = v.next
        if v.pending and p.pending[0].at < due:
            due = p.pending[0].at
        if len(e.begun) and v.current < 0:
            for at in range(e.begun_start[v.patient], e.begun_start[v.patient + 1]):
                if v.now < e.begun[at].at < due:
                    due = e.begun[at].at
        if due > until:
            break
        v.now = max(v.now, due)
        _over(m, e, p)
    v.now = max(v.now, until)


@kernel
def _over(m: Any, e: Any, p: Any) -> None:
    """An instant is over. Obligations are judged before anything by time moves the patient on."""
    v = p.v[0]
    while not v.full:
        if v.over:
            for at in range(v.decided):
                _decision(m, e, p, p.decided[at].episode, p.decided[at].rule, p.decided[at].place)
            for at in range(v.withdrawn):
                _withdraw(m, e, p, p.withdrawn[at].episode, p.withdrawn[at].place)
            v.decided = v.withdrawn = 0
        if v.next <= v.now:
            _judge_due(m, e, p)
        if v.over:
            for at in range(v.leaving):
                o = p.leaving[at]
                if p.obligations[o].outcome == WAITING and not p.obligations[o].removed:
                    lapse(m, p, o)
                    tidy(p, p.obligations[o].rule)
            for at in range(v.ended_n):
                lapse_at_end(m, p, p.over[at])
            v.leaving = v.ended_n = 0
        if not _by_time(m, e, p):
            v.over = 0
            for at in range(v.fired):
                p.fired[at] = 0
            v.fired = 0
            return


@kernel
def _judge_due(m: Any, e: Any, p: Any) -> None:
    """Judge what is due, in the order of due times, then of the rules; find when the next is."""
    v = p.v[0]
    now = v.now
    number = kept = 0
    for at in range(v.alive):
        o = p.alive[at]
        owed = p.obligations[o]
        if owed.removed or owed.outcome != WAITING:
            continue
        p.alive[kept] = o
        kept += 1
        if owed.due <= now and not owed.unknown:
            place = number
            while place > 0:
                other = p.obligations[p.found[place - 1]]
                if other.due < owed.due or (other.due == owed.due and m.rules[other.rule].index <= m.rules[owed.rule].index):
                    break
                p.found[place] = p.found[place - 1]
                place -= 1
            p.found[place] = o
            number += 1
    v.alive = kept
    for at in range(number):
        if p.obligations[p.found[at]].outcome == WAITING:
            _judge(m, e, p, p.found[at])
    next_ = FAR
    for at in range(v.alive):
        owed = p.obligations[p.alive[at]]
        if owed.outcome == WAITING and not owed.removed and not owed.unknown and owed.due < next_:
            next_ = owed.due
    v.next = next_


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
    v.over = 1
    if not fits:
        return True
    for at in range(v.fired):  # in a circle of those that are past already each fires once an instant
        if p.fired[at] == number + 1:
            return True
    p.fired[v.fired] = number + 1
    v.fired += 1
    move(m, e, p, episode, number, event)
    if p.episodes[episode].ended_at != NEVER:
        _ended(p, episode)
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
            if row == e.begun[at].row and at_of(e, p, place) != v.now:
                episode = enter_started(m, e, p, place, e.begun[at].by)
                begin_course(m, e, p, episode, place)
                return True
    return False
