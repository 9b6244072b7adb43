"""Where the patient is: coming in, moving between stages, leaving (mirrors `tracking/position.py`)."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.knowing import at_of, happened_any, holds
from pathway.replay.kernel.layout import FAR, KEYS, MAIN, NEVER, RECEIPT, SEND, TRUE, UNKNOWN, WAITING
from pathway.replay.kernel.outcomes import is_live, lapse, note_due, saw, settle, tidy
from pathway.replay.kernel.raising import come_into_force, raise_at
from pathway.replay.kernel.times import back, day_of, due


@kernel
def try_to_enter(m: Any, e: Any, p: Any, event: int, key: int, key2: int) -> int:
    """Open an episode if the event is one to come in by: `unsuited` is tried first; an unknown condition does not open (P1)."""
    edition = edition_in_force(m, e, p, event)
    nk = m.sizes[KEYS]
    one = m.dispatch[edition * nk + key]
    at, end = one.entries0, one.entries1
    at2 = end2 = 0
    if key2 >= 0:
        other = m.dispatch[edition * nk + key2]
        at2, end2 = other.entries0, other.entries1
    unknown = False
    while at < end or at2 < end2:  # in the order written, whichever key they are of
        if at2 >= end2 or (at < end and m.pool[at] <= m.pool[at2]):
            entry = m.pool[at]
            at += 1
        else:
            entry = m.pool[at2]
            at2 += 1
        because = _unsuited(m, e, p, edition)
        suits = TRUE if because >= 0 else holds(m, e, p, m.entries[entry].when)
        if suits == TRUE:
            return _open(m, e, p, edition, entry, event, because, -1)
        unknown = unknown or suits == UNKNOWN
    p.counts[0].entry_unknown += unknown
    return -1


@kernel
def enter_started(m: Any, e: Any, p: Any, event: int, by: int) -> int:
    """Open an episode because another pathway started it (P2): in the stage that the event enters, else in the first."""
    edition = edition_in_force(m, e, p, event)
    nk = m.sizes[KEYS]
    whole = m.editions[edition]
    entry = whole.entries1  # the one after the last: none yet
    one = m.dispatch[edition * nk + e.key[p.v[0].first + event]]
    if one.entries0 < one.entries1:
        entry = m.pool[one.entries0]
    if p.key2[event] >= 0:
        other = m.dispatch[edition * nk + p.key2[event]]
        if other.entries0 < other.entries1:
            entry = min(entry, m.pool[other.entries0])
    if entry == whole.entries1:
        entry = whole.entries0
    return _open(m, e, p, edition, entry, event, _unsuited(m, e, p, edition), by)


@kernel
def edition_in_force(m: Any, e: Any, p: Any, event: int) -> int:
    """The text that holds for an episode that begins now (P7): a local adaptation for this patient, else the version in force
    on that local date; where none is, the one that was loaded (the first)."""
    if len(m.editions) == 1:
        return 0
    day = day_of(m, at_of(e, p, event))
    for edition in range(1, len(m.editions)):
        one = m.editions[edition]
        if one.applies >= 0 and one.since <= day <= one.until and holds(m, e, p, one.applies) == TRUE:
            return edition
    found = -1
    for edition in range(len(m.editions)):
        one = m.editions[edition]
        if not one.adaptation and one.since <= day <= one.until and (found < 0 or one.since > m.editions[found].since):
            found = edition
    return max(found, 0)


@kernel
def _unsuited(m: Any, e: Any, p: Any, edition: int) -> int:
    """Which of the reasons why the standard is not for this patient (P6); -1."""
    one = m.editions[edition]
    for at in range(one.unsuited0, one.unsuited1):
        if holds(m, e, p, m.pool[at]) == TRUE:
            return at - one.unsuited0
    return -1


@kernel
def _open(m: Any, e: Any, p: Any, edition: int, entry: int, event: int, individual: int, started_by: int) -> int:
    v = p.v[0]
    v.edition = edition
    at = at_of(e, p, event)
    day = day_of(m, at)
    one = m.editions[edition]
    p.counts[0].out_of_force += not (one.since <= day <= one.until)
    for other in range(1, len(m.editions)):
        local = m.editions[other]
        if local.since <= day <= local.until and holds(m, e, p, local.applies) == UNKNOWN:
            p.counts[0].adaptation_unknown += 1
            break
    episode = v.episodes
    if episode >= len(p.episodes) - 1:
        v.full = 1
        episode = len(p.episodes) - 1
    else:
        v.episodes = episode + 1
    if p.used[edition] == 0:
        p.used[edition] = episode - v.episodes0 + 1
    new = p.episodes[episode]
    new.patient = v.patient
    new.edition = edition
    new.number = episode - v.episodes0 + 1
    new.entered_by = event
    new.individual = individual
    new.started_by = started_by
    new.left_by = -1
    new.left = -1
    new.jumps = 0
    new.first = event
    new.last = 2_147_483_647
    new.stays0 = v.stays
    new.stays1 = v.stays
    new.ended_at = NEVER
    if m.entries[entry].back >= 0:
        since = back(m, at, m.entries[entry].back, m.entries[entry].back_n)
        first = event
        while first > v.ended and at_of(e, p, first - 1) >= since:
            first -= 1
        new.first = first
    v.current = episode
    _stand(m, p, episode, m.entries[entry].stage)
    return episode


@kernel
def begin_course(m: Any, e: Any, p: Any, episode: int, event: int) -> None:
    """Raise what holds from the beginning: the rules of `throughout`, then those of the first stage."""
    one = m.editions[p.episodes[episode].edition]
    for at in range(one.everywhere0, one.everywhere1):
        come_into_force(m, e, p, episode, m.pool[at], event, p.v[0].now)
    _rules_of(m, e, p, episode, event)


@kernel
def _stand(m: Any, p: Any, episode: int, stage: int) -> None:
    at = p.v[0].stays
    if at >= len(p.stays) - 1:  # the last place is for what no longer fits
        p.v[0].full = 1
        at = len(p.stays) - 1
    p.v[0].stays = at + 1
    p.stays[at].since = p.v[0].now
    p.stays[at].stage = stage
    p.stays[at].party = m.stages[stage].party
    p.episodes[episode].stage = stage
    p.episodes[episode].uncertain = NEVER
    p.episodes[episode].stays1 = at + 1


@kernel
def _rules_of(m: Any, e: Any, p: Any, episode: int, event: int) -> None:
    stage = m.stages[p.episodes[episode].stage]
    for at in range(stage.rules0, stage.rules1):
        come_into_force(m, e, p, episode, m.pool[at], event, p.v[0].now)
    plan_by_time(m, e, p, episode)


@kernel
def move(m: Any, e: Any, p: Any, episode: int, number: int, event: int) -> None:
    """Take a transition: leave the stage, enter the next, raise what stands under it (O1)."""
    way = m.ways[number]
    now = p.episodes[episode]
    if way.staying >= 0:
        o = p.rule[way.staying].live0
        while o >= 0:
            if p.obligations[o].episode == now.number and is_live(p, o):
                saw(p, o, event)
                settle(m, e, p, o, event, False)
            o = p.obligations[o].next_live
        tidy(p, way.staying)
    target = way.target
    if target < 0:
        target = now.left if now.left >= 0 else now.stage
    enter(m, e, p, episode, target, event)
    _raise_beneath(m, e, p, episode, way.rules0, way.rules1, event)
    start_others(m, e, p, episode, way.starts0, way.starts1, event)


@kernel
def _raise_beneath(m: Any, e: Any, p: Any, episode: int, rules0: int, rules1: int, event: int) -> None:
    """Raise what stands beneath a line that is taken (O1). What comes again and again does so until the stage is left."""
    key, key2 = e.key[p.v[0].first + event], p.key2[event]
    for at in range(rules0, rules1):
        rule = m.pool[at]
        about = m.rules[rule]
        if about.ends_with_stage:
            p.rule[rule].taken = p.episodes[episode].number
        at_once = about.raised0 == about.raised1
        for raising in range(about.raised0, about.raised1):
            at_once = at_once or m.pool[raising] == key or m.pool[raising] == key2
        if at_once and about.watch < 0 and about.frequency < 0:
            raise_at(m, e, p, episode, rule, event, at_of(e, p, event))
        else:
            come_into_force(m, e, p, episode, rule, event, p.v[0].now)


@kernel
def start_others(m: Any, e: Any, p: Any, episode: int, starts0: int, starts1: int, event: int) -> bool:
    """Begin other pathways for the same patient (P2). One whose condition is unknown does not begin, and is counted."""
    begun = False
    for at in range(starts0, starts1):
        start = m.starts[m.pool[at]]
        judged = holds(m, e, p, start.when)
        p.counts[0].entry_unknown += judged == UNKNOWN
        if judged != TRUE:
            continue
        begun = True
        v = p.v[0]
        if v.started >= len(p.started):
            v.full = 1
        else:
            new = p.started[v.started]
            v.started += 1
            new.patient = v.patient
            new.pathway = start.pathway
            new.row = v.first + event if len(e.row) == 0 else e.row[v.first + event]
            new.at = v.now
        _raise_beneath(m, e, p, episode, start.rules0, start.rules1, event)
    return begun


@kernel
def enter(m: Any, e: Any, p: Any, episode: int, target: int, event: int) -> None:
    """Leave the stage for another. What ends with it is noted in `leaving`: it lapses when the instant is over."""
    now = p.episodes[episode]
    stage, edition = m.stages[now.stage], m.editions[now.edition]
    for at in range(stage.rules0, stage.rules1):
        rule = m.pool[at]
        about = m.rules[rule]
        if about.ends_with_stage or about.staying or about.whole_stage:
            _leave(m, p, now.number, rule)
    for at in range(edition.beneath0, edition.beneath1):
        if p.rule[m.pool[at]].taken == now.number:
            p.rule[m.pool[at]].taken = 0
            _leave(m, p, now.number, m.pool[at])
    now.left = now.stage
    _stand(m, p, episode, target)
    if m.stages[target].end:
        end(p, episode)
    else:
        _rules_of(m, e, p, episode, event)


@kernel
def _leave(m: Any, p: Any, episode: int, rule: int) -> None:
    """What is owed of a rule that ends with its stage, or that is needed for all of it, when the stage is left."""
    v = p.v[0]
    about = m.rules[rule]
    o = p.rule[rule].live0
    while o >= 0:
        owed = p.obligations[o]
        if owed.episode == episode and owed.outcome == WAITING:
            if about.ends_with_stage or about.staying:
                if v.leaving >= len(p.leaving):
                    v.full = 1
                else:
                    p.leaving[v.leaving] = o
                    v.leaving += 1
                    v.over = 1
            elif owed.due == FAR:
                owed.due = owed.sure = v.now  # needed for the whole stage, and the stage is over
                note_due(p, o)
        o = owed.next_live


@kernel
def end(p: Any, episode: int) -> None:
    """The episode is over. What it owes is judged or lapses when the instant is over (see `lapse_at_end`)."""
    v = p.v[0]
    p.episodes[episode].ended_at = v.now
    p.episodes[episode].last = v.placed - 1
    v.pending = 0
    v.ended = v.placed
    v.current = -1


@kernel
def before_of(m: Any, p: Any, o: int) -> int:
    """The key of the event that a part must come before, under the limits in force; -1."""
    owed = p.obligations[o]
    if owed.part == MAIN:
        return m.timings[owed.timing].before if owed.timing >= 0 else m.rules[owed.rule].before
    if owed.part == RECEIPT:
        return m.rules[owed.rule].receipt_before
    return m.rules[owed.rule].answer_before


@kernel
def lapse_at_end(m: Any, p: Any, episode: int) -> None:
    """O1: `expect`, `measure` and `need` lapse with the episode; what is to be sent, acknowledged or answered is still owed,
    unless it was to come before something that now never comes, or ends with the stage."""
    for at in range(p.v[0].alive):
        o = p.alive[at]
        owed = p.obligations[o]
        if owed.episode != p.episodes[episode].number or owed.outcome != WAITING:
            continue
        never = owed.due == FAR and before_of(m, p, o) >= 0
        about = m.rules[owed.rule]
        if about.kind != SEND or never or owed.unknown or about.ends_with_stage:
            lapse(m, p, o)


@kernel
def plan_by_time(m: Any, e: Any, p: Any, episode: int) -> None:
    """When the transitions by time of this stage fire: counted from the latest occurrence, or from entry."""
    v = p.v[0]
    now = p.episodes[episode]
    stage = m.stages[now.stage]
    v.pending = 0
    for at in range(stage.times0, stage.times1):
        number = m.pool[at]
        way = m.ways[number]
        event = happened_any(m, e, p, way.anchors0, way.anchors1, now.first, now.last)
        if event >= 0:
            since = at_of(e, p, event)
        elif way.anchors0 == way.anchors1:
            event = now.entered_by
            since = p.stays[now.stays1 - 1].since
        else:
            continue
        when = due(m, since, way.after, way.after_n)
        place = v.pending
        while place > 0 and p.pending[place - 1].at > when:  # at one instant in the order to try them (P3)
            p.pending[place].at = p.pending[place - 1].at
            p.pending[place].way = p.pending[place - 1].way
            p.pending[place].place = p.pending[place - 1].place
            place -= 1
        p.pending[place].at = when
        p.pending[place].way = number
        p.pending[place].place = event
        v.pending += 1
