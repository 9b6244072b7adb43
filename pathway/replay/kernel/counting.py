"""Rows and patients counted by cells: what a row is counted by becomes one number, and the numbers that come are kept in a table."""

from __future__ import annotations

import math
from typing import Any

from pathway.replay.kernel.columns import SOME, instants, numbers
from pathway.replay.kernel.handles import columns_at
from pathway.replay.kernel.jit import entrance, kernel
from pathway.replay.kernel.layout import FAR, NEVER
from pathway.replay.kernel.sources import INSTANT, TIMES

_columns_at: Any = columns_at

LENGTHS = 128
"""Lengths of time that are told apart, with that of what has none."""
DAY = 86_400_000_000
_ROOT = math.sqrt(0.5)


@entrance
def count(columns: int) -> int:
    """`counted` for columns at this address (see `handles`)."""
    return counted(_columns_at(columns))


@kernel
def counted(c: Any) -> int:
    """Put all rows into cells. Returns how many cells there are; -1 where there was no room for them."""
    rows = c.steps[2]
    for first in range(0, rows, SOME):
        last = min(first + SOME, rows)
        if c.often[0] + last - first > len(c.keys):
            return -1
        for row in range(last - first):
            c.key[row] = 0
        for number in range(len(c.columns)):
            about = c.columns[number]
            if about.kind == INSTANT:
                _months(c, number, first, last)
            elif about.kind == TIMES:
                _times(c, number, first, last)
            else:
                numbers(c, number, first, last)
            many = about.many
            for row in range(last - first):
                c.key[row] = c.key[row] * many + c.code[row] + 1
        for row in range(first, last):
            if len(c.left) == 0 or not c.left[row]:
                _add(c, row, c.key[row - first])
    return c.often[0]


@entrance
def span(columns: int) -> None:
    """`spanned` for columns at this address."""
    spanned(_columns_at(columns))


@kernel
def spanned(c: Any) -> None:
    """The first and the last instant that the first column has, into `often`."""
    rows = c.steps[2]
    for first in range(0, rows, SOME):
        last = min(first + SOME, rows)
        instants(c, 0, c.columns[0].place, first, last)
        for row in range(last - first):
            at = c.at[row]
            if NEVER < at < FAR:
                c.often[0] = min(c.often[0], at)
                c.often[1] = max(c.often[1], at)


@kernel
def _months(c: Any, number: int, first: int, last: int) -> None:
    """The months of instants, in UTC, by number from the first on."""
    instants(c, number, c.columns[number].place, first, last)
    for row in range(last - first):
        at = c.at[row]
        c.code[row] = c.months[at // DAY - c.often[1]] if NEVER < at < FAR else -1


@kernel
def _times(c: Any, number: int, first: int, last: int) -> None:
    """How long it took, as the power of the square root of two below it in seconds; the seconds are added up."""
    about = c.columns[number]
    step = c.steps[1 if about.up else 0] // 8
    instants(c, number, about.place, first, last)
    for row in range(first, last):
        end = c.at[row - first]
        c.value[0, row] = 0.0
        c.code[row - first] = -1
        if NEVER < end < FAR:
            at = c.of[row] if about.up else row
            seconds = (end - (c.up8[at * step + about.other] if about.up else c.own8[at * step + about.other])) / 1_000_000
            half, power = math.frexp(max(seconds, 1.0))
            c.value[0, row] = seconds
            c.code[row - first] = 2 * power - 2 + (1 if half >= _ROOT else 0)


@kernel
def _add(c: Any, row: int, key: int) -> None:
    """Count a row in the cell of a key, which may be a new one."""
    last = len(c.slots) - 1  # of a power of two
    slot = (key ^ (key >> 11) ^ (key >> 23) ^ (key >> 37)) & last
    while c.slots[slot] >= 0 and c.keys[c.slots[slot]] != key:
        slot = (slot + 1) & last
    cell = c.slots[slot]
    if cell < 0:
        cell = c.often[0]
        c.often[0] = cell + 1
        c.slots[slot] = cell
        c.keys[cell] = key
        c.counted[0, cell] = c.counted[1, cell] = 0
        c.counted[2, cell] = -1
        for number in range(len(c.sums)):
            c.sums[number, cell] = 0.0
    c.counted[0, cell] += 1
    if c.counted[2, cell] != c.whose[row]:
        c.counted[2, cell] = c.whose[row]
        c.counted[1, cell] += 1
    for number in range(len(c.sums)):
        c.sums[number, cell] += c.value[number, row]
