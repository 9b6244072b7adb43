"""The columns of a table, filled from records: some rows at a time, so that these stay in the processor's cache for every column."""

from __future__ import annotations

from typing import Any

from pathway.replay.kernel.handles import columns_at
from pathway.replay.kernel.jit import entrance, kernel
from pathway.replay.kernel.layout import FAR, NEVER
from pathway.replay.kernel.sources import GIVEN, INSTANT, PLACE

_columns_at: Any = columns_at

SOME = 1024
"""So many rows are worked on at a time."""


@entrance
def fill(columns: int) -> None:
    """`filled` for columns at this address (see `handles`)."""
    filled(_columns_at(columns))


@kernel
def filled(c: Any) -> None:
    """Fill all columns: their numbers, and as bits which rows have any."""
    rows = c.steps[2]
    for first in range(0, rows, SOME):
        last = min(first + SOME, rows)
        for number in range(len(c.columns)):
            out = c.columns[number].out
            if c.columns[number].kind == INSTANT:
                instants(c, number, c.columns[number].place, first, last)
                for row in range(first, last):
                    c.long[out, row] = c.at[row - first]
                for row in range(last - first):
                    c.code[row] = 0 if NEVER < c.at[row] < FAR else -1
            else:
                numbers(c, number, first, last)
                for row in range(first, last):
                    c.whole[out, row] = c.code[row - first]
            _mark(c, number, first, last)


@kernel
def numbers(c: Any, number: int, first: int, last: int) -> None:
    """What a column has in some rows, into `code`."""
    about = c.columns[number]
    place, step = about.place, c.steps[1 if about.up else 0]
    if about.kind == GIVEN:
        for row in range(first, last):
            c.code[row - first] = c.given[place, row]
    elif about.width == 4:
        step //= 4
        if about.up:
            for row in range(first, last):
                c.code[row - first] = c.up4[c.of[row] * step + place]
        else:
            for row in range(first, last):
                c.code[row - first] = c.own4[row * step + place]
    elif about.up:
        for row in range(first, last):
            c.code[row - first] = c.up1[c.of[row] * step + place]
    else:
        for row in range(first, last):
            c.code[row - first] = c.own1[row * step + place]
    if about.map >= 0:
        base = about.map + 1
        for row in range(last - first):
            c.code[row] = c.maps[base + c.code[row]]
    if about.kind == PLACE:
        _rows(c, first, last)


@kernel
def _rows(c: Any, first: int, last: int) -> None:
    """Places of a patient's events as their rows."""
    for row in range(first, last):
        if c.code[row - first] >= 0:
            event = c.start[c.whose[row]] + c.code[row - first]
            c.code[row - first] = event if len(c.order) == 0 else c.order[event]


@kernel
def instants(c: Any, number: int, place: int, first: int, last: int) -> None:
    """The instants at a place of a column's records, into `at`."""
    step = c.steps[1 if c.columns[number].up else 0] // 8
    if c.columns[number].up:
        for row in range(first, last):
            c.at[row - first] = c.up8[c.of[row] * step + place]
    else:
        for row in range(first, last):
            c.at[row - first] = c.own8[row * step + place]


@kernel
def _mark(c: Any, number: int, first: int, last: int) -> None:
    """Which of some rows have something, by `code`. Most often all have."""
    lowest = 0
    for row in range(last - first):
        lowest = min(lowest, c.code[row])
    for byte in range(first // 8, (last + 7) // 8):
        bits = 255
        if lowest < 0:
            for row in range(8 * byte, min(8 * byte + 8, last)):
                if c.code[row - first] < 0:
                    bits ^= 1 << (row - 8 * byte)
                    c.none[number] += 1
        c.there[number, byte] = bits
