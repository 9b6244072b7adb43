"""What is known of the patient: events so far by key, facts, and conditions over them (true, false or unknown: O3)."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.jit import kernel
from pathway.replay.kernel.layout import (
    A_COUNT,
    A_FACT,
    A_HAPPENED,
    A_KNOWN,
    A_TOLD,
    DECLARED,
    FALSE,
    NEVER,
    P_AND,
    P_NOT,
    TRUE,
    UNKNOWN,
)
from pathway.replay.kernel.times import add, back, day_of, elapsed, length


@kernel
def at_of(e: Any, p: Any, place: int) -> int:
    return e.at[p.v[0].first + place]


@kernel
def low_of(m: Any, e: Any, p: Any, place: int) -> int:
    """The first instant at which an event may have happened: of a date, the first of its day (T3)."""
    row = p.v[0].first + place
    if len(e.extra) == 0 or not e.extra[row].date:
        return e.at[row]
    return m.day_start[day_of(m, e.at[row])]


@kernel
def high_of(m: Any, e: Any, p: Any, place: int) -> int:
    row = p.v[0].first + place
    if len(e.extra) == 0 or not e.extra[row].date:
        return e.at[row]
    return m.day_start[day_of(m, e.at[row]) + 1] - 1


@kernel
def phase_of(m: Any, e: Any, p: Any, place: int) -> int:
    return m.keys[e.key[p.v[0].first + place]].phase


@kernel
def sender_of(e: Any, p: Any, place: int) -> int:
    return -1 if len(e.extra) == 0 else e.extra[p.v[0].first + place].sender


@kernel
def receiver_of(e: Any, p: Any, place: int) -> int:
    return -1 if len(e.extra) == 0 else e.extra[p.v[0].first + place].receiver


@kernel
def fact_in(e: Any, p: Any, place: int, fact: int) -> int:
    """The value of a fact that an event tells; 0 where it does not."""
    if len(e.extra) == 0:
        return 0
    row = p.v[0].first + place
    for told in range(e.extra[row].facts0, e.extra[row].facts1):
        if e.fact[told] == fact:
            return e.value[told]
    return 0


@kernel
def reaches(m: Any, edition: int, told: int, party: int) -> bool:
    """Whether what went to one party went to another: itself or a part of it. A source that does not say is believed."""
    if told < 0 or told == party:
        return True
    declared = m.sizes[DECLARED]
    return told < declared and party < declared and m.reach[edition, told, party + 1] != 0


@kernel
def before(e: Any, p: Any, place: int, key: int) -> int:
    """The place of the event with a key before another such."""
    return p.earlier2[place] if p.key2[place] == key else p.earlier[place]


@kernel
def latest(e: Any, p: Any, key: int, first: int, last: int) -> int:
    """The place of the latest event with a key that counts, within two places; -1."""
    place = p.last[key]
    while place >= first:
        if place <= last and not p.undone[place]:
            return place
        place = before(e, p, place, key)
    return -1


@kernel
def happened_any(m: Any, e: Any, p: Any, keys0: int, keys1: int, first: int, last: int) -> int:
    """The place of the latest event with any of the keys; -1."""
    found = -1
    for at in range(keys0, keys1):
        found = max(found, latest(e, p, m.pool[at], first, last))
    return found


@kernel
def gather(m: Any, e: Any, p: Any, found: Any, keys0: int, keys1: int, first: int, last: int) -> int:
    """The places of all events with any of the keys that count, in order, into `found`; how many."""
    number = 0
    for at in range(keys0, keys1):
        key = m.pool[at]
        place = p.last[key]
        while place >= first:
            if place <= last and not p.undone[place]:
                found[number] = place
                number += 1
            place = before(e, p, place, key)
    return in_order(found, number)


@kernel
def in_order(found: Any, number: int) -> int:
    """Places put in order, each once; how many. Those of one key come latest first, so all are turned round before they are sorted:
    most often they are in order then. (By Shell's way: few moves for few, and never the square of many.)"""
    begin, end = 0, number - 1
    while begin < end:
        found[begin], found[end] = found[end], found[begin]
        begin += 1
        end -= 1
    gap = 1
    while gap < number // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for at in range(gap, number):
            place = found[at]
            to = at
            while to >= gap and found[to - gap] > place:
                found[to] = found[to - gap]
                to -= gap
            found[to] = place
        gap //= 3
    kept = min(number, 1)
    for at in range(1, number):
        if found[at] != found[at - 1]:
            found[kept] = found[at]
            kept += 1
    return kept


@kernel
def first_since(e: Any, p: Any, at: int) -> int:
    """The place of the patient's first event at an instant or later."""
    low, high = 0, p.v[0].rows
    while low < high:
        middle = (low + high) // 2
        if at_of(e, p, middle) < at:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def since_place(p: Any) -> int:
    """From which place on events count for conditions: the current episode's, else since the latest closed."""
    current = p.v[0].current
    return p.v[0].ended if current < 0 else p.episodes[current].first


@kernel
def compare(op: int, left: float, right: float) -> bool:
    if op == 0:
        return left == right
    if op == 1:
        return left != right
    if op == 2:
        return left < right
    if op == 3:
        return left <= right
    if op == 4:
        return left > right
    return left >= right


@kernel
def _told(e: Any, p: Any, fact: int, key: int) -> int:
    """The value of a fact as the latest event with a key that tells it told it."""
    first = since_place(p)
    place = p.last[key]
    while place >= first:
        if not p.undone[place]:
            value = fact_in(e, p, place, fact)
            if value > 0:
                return value
        place = before(e, p, place, key)
    return 0


@kernel
def _count(m: Any, e: Any, p: Any, key: int, unit: int, amount: int) -> int:
    """How often: since the episode began, or in a span that ends now, whatever episode it was in."""
    first = since_place(p) if unit < 0 else 0
    since = NEVER if unit < 0 else back(m, p.v[0].now, unit, amount)
    number = 0
    place = p.last[key]
    while place >= first and at_of(e, p, place) >= since:
        number += not p.undone[place]
        place = before(e, p, place, key)
    return number


@kernel
def _atom(m: Any, e: Any, p: Any, number: int) -> int:
    atom = m.atoms[number]
    if atom.kind == A_FACT:
        return m.truth[atom.table + p.fact[atom.fact]]
    if atom.kind == A_KNOWN:
        return TRUE if p.fact[atom.fact] > 0 else FALSE
    if atom.kind == A_HAPPENED:
        return TRUE if latest(e, p, atom.key, since_place(p), p.v[0].placed) >= 0 else FALSE
    if atom.kind == A_TOLD:
        return m.truth[atom.table + _told(e, p, atom.fact, atom.key)]
    if atom.kind == A_COUNT:
        return TRUE if compare(atom.op, _count(m, e, p, atom.key, atom.unit, atom.amount), atom.number) else FALSE
    place = latest(e, p, atom.key, since_place(p), p.v[0].placed)
    if place < 0:
        return UNKNOWN
    at, now = at_of(e, p, place), p.v[0].now
    if elapsed(atom.unit):
        return TRUE if compare(atom.op, now - at, length(atom.unit, atom.amount)) else FALSE
    limit = add(m, day_of(m, at), atom.unit, atom.amount)
    return TRUE if compare(atom.op, day_of(m, now), limit) else FALSE


@kernel
def holds(m: Any, e: Any, p: Any, program: int) -> int:
    """A condition now. Its program is a length and then atoms and signs, each sign after what it joins (and their number)."""
    if program < 0:
        return TRUE
    size = m.pool[program]
    if size == 1:
        return _atom(m, e, p, m.pool[program + 1])
    stack = p.stack
    top = 0
    at, end = program + 1, program + 1 + size
    while at < end:
        sign = m.pool[at]
        at += 1
        if sign >= 0:
            stack[top] = _atom(m, e, p, sign)
            top += 1
        elif sign == P_NOT:
            if stack[top - 1] != UNKNOWN:
                stack[top - 1] = TRUE - stack[top - 1]
        else:
            number = m.pool[at]
            at += 1
            decisive = FALSE if sign == P_AND else TRUE
            result = TRUE - decisive
            for place in range(top - number, top):
                if stack[place] == decisive:
                    result = decisive
                    break
                if stack[place] == UNKNOWN:
                    result = UNKNOWN
            top -= number
            stack[top] = result
            top += 1
    return stack[0]
