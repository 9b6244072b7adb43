"""The evidence of breaks as text, and their ids: the same that `tracking/evidence.py` makes, written as bytes.

What is known beforehand (names, limits, sources) comes as `pieces`; instants, ids of events, waiting times are written here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pathway.replay.kernel.digest import digest
from pathway.replay.kernel.handles import events_at, texts_at
from pathway.replay.kernel.jit import entrance, kernel
from pathway.replay.kernel.layout import FAR

_texts_at: Any = texts_at
_events_at: Any = events_at

ID = 16
"""Letters of a break's id."""
(
    ANCHOR, CLOSED, NOTHING, DUE, QUOTE, SEEN, LIST_END, WAITED, OBJECT_END, HELD, EVENT_ID, EVENT_END, DAY, COMMA,
) = range(14)  # fmt: skip
PIECES = (
    '{"anchor":', ',"closed":', "null", ',"due":"', '"', ',"seen":[', "]", ',"waited":{', "}", ',"held":', '{"id":"', '"}',
    '","day":true}', ",",
)  # fmt: skip
"""The first pieces, by the names above."""
_LONGEST = 40
"""More than any instant or number takes."""
_DAY = 86_400_000_000


@entrance
def write(texts: int, events: int, first: int, last: int, at: int) -> int:
    """`texts_of` for tables at these addresses (see `handles`)."""
    return texts_of(_texts_at(texts), _events_at(events), first, last, at)


@kernel
def texts_of(t: Any, e: Any, first: int, last: int, at: int) -> int:
    """Write what is told of breaks from one to before another, from a place in `out` on. Returns the first one for which there was
    no room, or `last`."""
    for number in range(first, last):
        if at + _room(t, e, number) > len(t.out):
            return number
        at = _evidence(t, e, number, at)
        t.end[number] = at
        _identify(t, e, number)
    return last


@kernel
def _row_of(t: Any, e: Any, patient: int, place: int) -> int:
    row = e.start[patient] + place
    return row if len(t.order) == 0 else t.order[row]


@kernel
def _size(t: Any, piece: int) -> int:
    return 0 if piece < 0 else t.piece[piece + 1] - t.piece[piece]


@kernel
def _room(t: Any, e: Any, number: int) -> int:
    """At most so many bytes does the evidence of a break take."""
    broken, row = t.broken[number], t.rows[number]
    owed = t.owed[broken.of]
    total = 8 * _LONGEST + _size(t, row.limit) + _size(t, row.lacking) + _size(t, row.stale) + _size(t, row.required)
    total += _size(t, row.got) + _size(t, row.end) + _room_of(t, e, owed.patient, owed.anchor)
    total += _room_of(t, e, owed.patient, broken.closed_by)
    for at in range(broken.seen0, broken.seen1):
        total += _room_of(t, e, owed.patient, t.bearing[at])
    for at in range(broken.waits0, broken.waits1):
        total += _LONGEST + _size(t, t.sizes[1] + t.waits[at].party + 1)
    return total


@kernel
def _room_of(t: Any, e: Any, patient: int, place: int) -> int:
    if place < 0:
        return _LONGEST
    row = _row_of(t, e, patient, place)
    key = _size(t, t.sizes[0] + e.key[e.start[patient] + place])
    return 6 * (t.id[row + 1] - t.id[row]) + key + 2 * _LONGEST  # a letter that cannot stand in JSON takes six


@kernel
def _evidence(t: Any, e: Any, number: int, at: int) -> int:
    broken, row = t.broken[number], t.rows[number]
    owed = t.owed[broken.of]
    patient = owed.patient
    at = _event(t, e, patient, owed.anchor, _put(t, ANCHOR, at))
    if owed.due != FAR:
        at = _put(t, QUOTE, _instant(t, owed.due, _put(t, DUE, at)))
    at = _event(t, e, patient, broken.closed_by, _put(t, CLOSED, at))
    for seen in range(broken.seen0, broken.seen1):
        at = _event(t, e, patient, t.bearing[seen], _put(t, SEEN if seen == broken.seen0 else COMMA, at))
    if broken.seen0 < broken.seen1:
        at = _put(t, LIST_END, at)
    at = _put(t, row.limit, at)
    for wait in range(broken.waits0, broken.waits1):
        at = _put(t, WAITED if wait == broken.waits0 else COMMA, at)
        at = _seconds(t, t.waits[wait].time, _put(t, t.sizes[1] + t.waits[wait].party + 1, at))
    if broken.waits0 < broken.waits1:
        at = _put(t, OBJECT_END, at)
    if broken.held != 0:
        at = _seconds(t, broken.held, _put(t, HELD, at))
    at = _put(t, row.lacking, at)
    at = _put(t, row.stale, at)
    at = _put(t, row.required, at)
    at = _put(t, row.got, at)
    return _put(t, OBJECT_END, _put(t, row.end, at))


@kernel
def _put(t: Any, piece: int, at: int) -> int:
    """Write a piece; nothing where there is none."""
    if piece < 0:
        return at
    for place in range(t.piece[piece], t.piece[piece + 1]):
        t.out[at] = t.pieces[place]
        at += 1
    return at


@kernel
def _event(t: Any, e: Any, patient: int, place: int, at: int) -> int:
    if place < 0:
        return _put(t, NOTHING, at)
    row, event = _row_of(t, e, patient, place), e.start[patient] + place
    at = _put(t, EVENT_ID, at)
    for letter in range(t.id[row], t.id[row + 1]):
        at = _letter(t, t.ids[letter], at)
    at = _put(t, t.sizes[0] + e.key[event], at)
    at = _instant(t, e.at[event], at)
    return _put(t, DAY if len(t.dated) and t.dated[row] else EVENT_END, at)


@kernel
def _letter(t: Any, byte: int, at: int) -> int:
    """A byte of a text within JSON."""
    if byte == 34 or byte == 92:  # a quotation mark, a backslash
        t.out[at], t.out[at + 1] = 92, byte
        return at + 2
    if byte >= 32:
        t.out[at] = byte
        return at + 1
    t.out[at] = 92
    short = 98 if byte == 8 else 116 if byte == 9 else 110 if byte == 10 else 102 if byte == 12 else 114 if byte == 13 else 0
    if short:
        t.out[at + 1] = short
        return at + 2
    t.out[at + 1], t.out[at + 2], t.out[at + 3] = 117, 48, 48
    t.out[at + 4], t.out[at + 5] = _hexadecimal(byte >> 4), _hexadecimal(byte & 15)
    return at + 6


@kernel
def _hexadecimal(digit: int) -> int:
    return 48 + digit if digit < 10 else 87 + digit


@kernel
def _digits(t: Any, number: int, width: int, at: int) -> int:
    """A number with at least so many digits."""
    rest, length = number // 10, 1
    while rest > 0:
        rest //= 10
        length += 1
    length = max(length, width)
    for place in range(at + length - 1, at - 1, -1):
        t.out[place] = 48 + number % 10
        number //= 10
    return at + length


@kernel
def _two(t: Any, number: int, at: int) -> None:
    """A number as two digits."""
    t.out[at] = 48 + number // 10
    t.out[at + 1] = 48 + number % 10


@kernel
def _instant(t: Any, instant: int, at: int) -> int:
    """As ISO 8601 in UTC: by the days since 0000-03-01, in eras of 400 years (H. Hinnant, "chrono-Compatible
    Low-Level Date Algorithms")."""
    days = instant // _DAY
    rest = instant - days * _DAY
    days += 719_468
    era = days // 146_097
    of_era = days - era * 146_097
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    at = _digits(t, year + era * 400 + (1 if month <= 2 else 0), 4, at)
    _two(t, month, at + 1)
    _two(t, day, at + 4)
    _two(t, rest // 3_600_000_000, at + 7)
    _two(t, rest // 60_000_000 % 60, at + 10)
    _two(t, rest // 1_000_000 % 60, at + 13)
    t.out[at], t.out[at + 3], t.out[at + 6], t.out[at + 9], t.out[at + 12] = 45, 45, 84, 58, 58
    at += 15
    parts = rest % 1_000_000
    if parts:
        t.out[at] = 46
        _two(t, parts // 10_000, at + 1)
        _two(t, parts // 100 % 100, at + 3)
        _two(t, parts % 100, at + 5)
        at += 7
    t.out[at], t.out[at + 1], t.out[at + 2], t.out[at + 3], t.out[at + 4], t.out[at + 5] = 43, 48, 48, 58, 48, 48
    return at + 6


@kernel
def _seconds(t: Any, time: int, at: int) -> int:
    """Microseconds as seconds, as Python writes the number: with as many digits as tell it from any other. Right up to 285 years."""
    if 0 < time < 100:
        first, second = (time, 0) if time < 10 else (time // 10, time % 10)
        at = _digits(t, first, 1, at)
        if second:
            t.out[at] = 46
            at = _digits(t, second, 1, at + 1)
        t.out[at], t.out[at + 1], t.out[at + 2], t.out[at + 3] = 101, 45, 48, 54 if time < 10 else 53
        return at + 4
    at = _digits(t, time // 1_000_000, 1, at)
    t.out[at] = 46
    at = _digits(t, time % 1_000_000, 6, at + 1)
    while t.out[at - 1] == 48 and t.out[at - 2] != 46:
        at -= 1
    return at


@kernel
def _identify(t: Any, e: Any, number: int) -> None:
    """A break's id: the digest of pathway, patient, rule with part and receiver, event, round."""
    owed, row = t.owed[t.broken[number].of], t.rows[number]
    at = _say(t, row.pathway, 0)
    for letter in range(t.patient[owed.patient], t.patient[owed.patient + 1]):
        t.message[at] = t.patients[letter]
        at += 1
    at = _say(t, row.rule, at)
    if owed.anchor >= 0:
        event = _row_of(t, e, owed.patient, owed.anchor)
        for letter in range(t.id[event], t.id[event + 1]):
            t.message[at] = t.ids[letter]
            at += 1
    t.message[at] = 31
    at += 1
    turn, length = owed.turn // 10, 1
    while turn > 0:
        turn //= 10
        length += 1
    turn = owed.turn
    for place in range(at + length - 1, at - 1, -1):
        t.message[place] = 48 + turn % 10
        turn //= 10
    found = digest(t, at + length)
    for letter in range(ID):  # its bytes from the lowest on, the higher half of each first
        half = 2 * (letter // 2) + 1 - letter % 2
        t.breaks[ID * number + letter] = _hexadecimal(int(found >> np.uint64(4 * half)) & 15)


@kernel
def _say(t: Any, piece: int, at: int) -> int:
    for place in range(t.piece[piece], t.piece[piece + 1]):
        t.message[at] = t.pieces[place]
        at += 1
    return at
