"""The life of an obligation: raised, met, judged (mirrors `tracking/obligations.py` and `counts.py`)."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel import kinds
from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.kinds import in_force
from pathway.replay.kernel.knowing import at_of, before, gather, high_of, holds, latest, low_of, reaches, receiver_of
from pathway.replay.kernel.layout import (
    EXCUSED,
    FALSE,
    FAR,
    FIRST,
    LATE,
    LATEST,
    MAIN,
    MET,
    NEED,
    NEVER,
    NOT_JUDGED,
    S_INSUFFICIENT,
    SEND,
    TRUE,
    UNDETERMINED,
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
    is_live,
    looks_from,
    note_due,
    plan,
    saw,
    settle,
    tidy,
)
from pathway.replay.kernel.times import day_end, day_of

_consider_message = kinds.message
_consider_resource = kinds.resource
_running = kinds.running
_subtype = kinds.subtype
_lacking = kinds.lacking


@kernel
def node(p: Any, place: int) -> int:
    """A new link of a list of places; the first where there is no room."""
    at = p.v[0].nodes
    if at >= len(p.nodes):
        p.v[0].full = 1
        return 0
    p.v[0].nodes = at + 1
    p.nodes[at].place = place
    p.nodes[at].next = -1
    return at


@kernel
def _anchors(p: Any, rule: int, episode: int) -> int:
    """The first of the anchors that have raised a rule in an episode; -1."""
    known = p.rule[rule]
    if known.anchors_of != p.episodes[episode].number:
        known.anchors_of = p.episodes[episode].number
        known.anchors0 = -1
        known.anchors1 = -1
    return known.anchors0


@kernel
def _add_anchor(p: Any, rule: int, place: int) -> None:
    known = p.rule[rule]
    at = node(p, place)
    if known.anchors0 < 0:
        known.anchors0 = at
    else:
        p.nodes[known.anchors1].next = at
    known.anchors1 = at


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
        _week(m, e, p, episode, rule, by, day_end(m, day) + 1)
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
                _judge(m, e, p, o)
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
    if owed.outcome == WAITING or owed.anchor < 0 or owed.anchor >= anchor:
        return False
    if owed.met_at != NEVER and owed.seen0 >= 0 and owed.met_at <= owed.due:
        return p.seen[owed.seen1].place > anchor
    until = owed.due
    if owed.decided_at != NEVER:
        until = min(until, owed.decided_at)
    return at_of(e, p, anchor) <= until


@kernel
def raise_at(m: Any, e: Any, p: Any, episode: int, rule: int, anchor: int, anchored_at: int) -> None:
    """Raise a rule at an anchor, unless the anchor has raised it before or its obligation still waits (O2)."""
    if p.episodes[episode].individual >= 0:
        return
    earlier = _anchors(p, rule, episode)
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
                if not waiting:
                    _add_anchor(p, rule, anchor)
                waiting = True
                owed.anchor = anchor
                owed.anchored_at = anchored_at
                owed.anchored_high = anchored_at
                plan(m, p, o)
        o = owed.next_live
    if not waiting:
        owe(m, e, p, episode, rule, anchor, anchored_at)


@kernel
def _owe_one(
    m: Any, e: Any, p: Any, episode: int, rule: int, receiver: int, anchor: int, anchored_at: int, judged: int, turn: int
) -> int:
    o = begin(m, e, p, episode, rule, MAIN, receiver, anchor, anchored_at, m.rules[rule].timing, turn)
    if judged == UNKNOWN:
        p.obligations[o].unknown = 1
        if p.v[0].unknown >= len(p.unknown):
            p.v[0].full = 1
        else:
            p.unknown[p.v[0].unknown] = o
            p.v[0].unknown += 1
    return o


@kernel
def owe(m: Any, e: Any, p: Any, episode: int, rule: int, anchor: int, anchored_at: int) -> None:
    """Raise the rule's main obligations (one a receiver), judge its condition, and see what has happened already."""
    about = m.rules[rule]
    since = -1 if _anchors(p, rule, episode) < 0 else p.nodes[p.rule[rule].anchors1].place
    _add_anchor(p, rule, anchor)
    judged = holds(m, e, p, about.when)
    if judged == FALSE:
        return
    for at in range(about.receivers0, max(about.receivers1, about.receivers0 + 1)):
        receiver = m.pool[at] if at < about.receivers1 else -1
        o = _owe_one(m, e, p, episode, rule, receiver, anchor, anchored_at, judged, 0)
        if p.v[0].full:
            return
        if about.reached >= 0:
            _reached_already(m, e, p, o, episode, about.reached, since)
        elif about.frequency < 0 and not about.every:
            number = _already(m, e, p, o, episode, since)
            for found in range(number):
                if is_live(p, o):
                    consider(m, e, p, o, p.found2[found])


@kernel
def _next_round(m: Any, e: Any, p: Any, o: int, target: int) -> None:
    """`every`: the next is due a period after the one that met it (O5)."""
    owed = p.obligations[o]
    rule, turn = owed.rule, owed.turn
    episode = episode_of(p, owed.episode)
    if not m.rules[rule].every or owed.part != MAIN or not in_force(m, p, episode, rule):
        return
    _anchors(p, rule, episode)
    _add_anchor(p, rule, target)
    judged = holds(m, e, p, m.rules[rule].when)
    if judged == FALSE:
        return
    about = m.rules[rule]
    for at in range(about.receivers0, max(about.receivers1, about.receivers0 + 1)):
        receiver = m.pool[at] if at < about.receivers1 else -1
        _owe_one(m, e, p, episode, rule, receiver, target, at_of(e, p, target), judged, turn + 1)


@kernel
def _already(m: Any, e: Any, p: Any, o: int, episode: int, since: int) -> int:
    """What fitted before it was raised, into `found2`: from the anchor on for `within`, else back to the rule's previous
    anchor or the episode's beginning (O3, O5)."""
    owed = p.obligations[o]
    about = m.rules[owed.rule]
    first, last = p.episodes[episode].first, p.episodes[episode].last
    start = looks_from(m, p, o)
    lasting = _running(m, e, p, episode, owed.rule)
    number = 0
    for at in range(about.meets0, about.meets1):
        key = m.pool[at]
        place = p.last[key]
        while place >= first:
            if place <= since if start == NEVER else at_of(e, p, place) < start:
                break
            if place <= last and not p.undone[place] and (place == lasting or (place != owed.anchor and _free(p, o, place))):
                p.found2[number] = place
                number += 1
            place = before(e, p, place, key)
    if lasting >= 0:
        p.found2[number] = lasting
        number += 1
    if number < 2:
        return number
    p.found2[:number].sort()
    kept = 1
    for at in range(1, number):
        if p.found2[at] != p.found2[at - 1]:
            p.found2[kept] = p.found2[at]
            kept += 1
    return kept


@kernel
def _free(p: Any, o: int, place: int) -> bool:
    """Whether an event has met no other obligation of the rule and receiver yet (O3)."""
    owed = p.obligations[o]
    other = p.rule[owed.rule].owed0
    while other >= 0:
        known = p.obligations[other]
        done = known.outcome == MET or known.outcome == LATE
        if other != o and done and known.seen0 >= 0 and known.receiver == owed.receiver:
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
    if not found and known.value == TRUE and is_live(p, o):
        consider(m, e, p, o, p.v[0].placed - 1)


@kernel
def reach(m: Any, e: Any, p: Any, episode: int, event: int) -> bool:
    """Offer an event to the goals whose condition is true after it (O15)."""
    edition = m.editions[p.episodes[episode].edition]
    taken = False
    for at in range(edition.goals0, edition.goals1):
        rule = m.pool[at]
        known = p.watched[m.rules[rule].reached]
        o = p.rule[rule].live0
        if o < 0 or known.of != p.episodes[episode].number or known.value != TRUE:
            continue
        end = p.v[0].obligations
        while 0 <= o < end:
            if is_live(p, o) and p.obligations[o].episode == p.episodes[episode].number:
                taken |= consider(m, e, p, o, event)
            o = p.obligations[o].next_live
        tidy(p, rule)
    return taken


@kernel
def meet(m: Any, e: Any, p: Any, rule: int, target: int) -> bool:
    """Offer an event to everything owed under a rule. It meets the oldest that waits and closes every open break."""
    o = p.rule[rule].live0
    if o < 0:
        return False
    taken = False
    met = 0
    end = p.v[0].obligations
    while 0 <= o < end:
        owed = p.obligations[o]
        if is_live(p, o):
            waits = owed.outcome == WAITING
            slot = (owed.receiver + 1) * 4 + owed.part
            passed = False
            if waits:
                for at in range(met):
                    passed = passed or p.found[at] == slot
            if not passed and consider(m, e, p, o, target):
                taken = True
                if waits:
                    p.found[met] = slot
                    met += 1
        o = owed.next_live
    tidy(p, rule)
    return taken


@kernel
def consider(m: Any, e: Any, p: Any, o: int, target: int) -> bool:
    """Let one event bear on one obligation; whether it did. What comes again and again is raised anew once it is settled."""
    owed = p.obligations[o]
    about = m.rules[owed.rule]
    if about.reached < 0 and not about.whole_stage and at_of(e, p, target) < looks_from(m, p, o):
        return False  # counted from a date that is still to come
    was_live = is_live(p, o)
    bore = _bear(m, e, p, o, target)
    if was_live and not is_live(p, o):
        _next_round(m, e, p, o, target)
    return bore


@kernel
def _bear(m: Any, e: Any, p: Any, o: int, target: int) -> bool:
    owed = p.obligations[o]
    about = m.rules[owed.rule]
    if about.frequency >= 0:
        return False
    if about.kind == SEND:
        return _consider_message(m, e, p, o, target)
    if about.kind == NEED:
        return _consider_resource(m, e, p, o, target)
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
    _judge(m, e, p, o)
    tidy(p, p.obligations[o].rule)


@kernel
def _judge(m: Any, e: Any, p: Any, o: int) -> None:
    owed = p.obligations[o]
    if m.rules[owed.rule].frequency >= 0:
        _judge_week(m, e, p, o)
    elif _uncertain(m, p, o) or _perhaps(m, e, p, o):
        decide(p, o, UNDETERMINED)
    elif excused(m, e, p, o):
        decide(p, o, EXCUSED)
    else:
        break_(m, p, o, _subtype(m, p, o))
        if owed.has_break and owed.part == MAIN:
            owed.lacking = _lacking(m, e, p, o)


@kernel
def _uncertain(m: Any, p: Any, o: int) -> bool:
    """P4: the position is not known, and the rule is the stage's own."""
    owed = p.obligations[o]
    episode = p.episodes[episode_of(p, owed.episode)]
    unsure = episode.uncertain != NEVER and owed.due != FAR and owed.due >= episode.uncertain
    return unsure and m.rules[owed.rule].stage == episode.stage


@kernel
def _perhaps(m: Any, e: Any, p: Any, o: int) -> bool:
    """A date-only event of the due time's own day may have come in time (T3): dates stand at the end of their day."""
    owed = p.obligations[o]
    if len(e.extra) == 0 or owed.due == FAR:
        return False
    v = p.v[0]
    about = m.rules[owed.rule]
    end = day_end(m, day_of(m, owed.due))
    place = v.placed
    while place < v.rows and e.at[v.first + place] <= end:
        if e.extra[v.first + place].date and low_of(m, e, p, place) <= owed.due < high_of(m, e, p, place):
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
    if number == 0:
        return
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
            owed.removed = 1
            _forget(p, o)
            tidy(p, owed.rule)
        elif judged == TRUE:
            owed.unknown = 0
            note_due(p, o)
            seen = owed.seen0
            owed.seen0 = -1
            owed.seen1 = -1
            while seen >= 0:
                if is_live(p, o):
                    consider(m, e, p, o, p.seen[seen].place)
                seen = p.seen[seen].next
    for at in range(number, v.unknown):  # what was raised meanwhile
        p.unknown[kept] = p.unknown[at]
        kept += 1
    v.unknown = kept


@kernel
def _forget(p: Any, o: int) -> None:
    """Take an obligation that is none out of its rule's list."""
    known = p.rule[p.obligations[o].rule]
    after = p.obligations[o].next_owed
    if known.owed0 == o:
        known.owed0 = after
        if after < 0:
            known.owed1 = -1
        return
    before = known.owed0
    while p.obligations[before].next_owed != o:
        before = p.obligations[before].next_owed
    p.obligations[before].next_owed = after
    if known.owed1 == o:
        known.owed1 = before


@kernel
def _week(m: Any, e: Any, p: Any, episode: int, rule: int, by: int, start: int) -> None:
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
def _judge_week(m: Any, e: Any, p: Any, o: int) -> None:
    """A week is over: enough, too little, or not judged where a day of it was held."""
    week = p.obligations[o]
    rule, due = week.rule, week.due
    about = m.rules[rule]
    episode = episode_of(p, week.episode)
    unsure = about.when >= 0 and holds(m, e, p, about.when) == UNKNOWN
    held = p.rule[rule].held0
    while held >= 0:
        span = p.held[held]
        if span.episode == week.episode and span.start <= due and (span.end == NEVER or span.end >= week.anchored_at):
            unsure = True
        held = span.next
    number = gather(m, e, p, p.found2, about.counted0, about.counted1, p.episodes[episode].first, p.episodes[episode].last)
    got = 0.0
    for at in range(number):
        place = p.found2[at]
        if week.anchored_at <= at_of(e, p, place) <= due:
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
    if in_force(m, p, episode, rule) and week.anchor >= 0 and not p.v[0].full:
        _week(m, e, p, episode, rule, week.anchor, due + 1)
