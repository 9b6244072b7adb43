"""Rows and patients counted by cells, in one pass each."""

from __future__ import annotations

from typing import Any

import numpy as np

from pathway.replay.kernel.jit import entrance


@entrance
def numbered(keys: Any) -> Any:
    """The distinct ones of some numbers, which are not below zero, in the order in which they come; and by row, which it is."""
    size = 2 * len(keys) + 1
    slots = np.full(size, -1, np.int64)
    of = np.zeros(len(keys), np.int64)
    found = np.zeros(len(keys), np.int64)
    count = 0
    for row in range(len(keys)):
        slot = keys[row] % size
        while slots[slot] >= 0 and found[slots[slot]] != keys[row]:
            slot = slot + 1 if slot + 1 < size else 0
        if slots[slot] < 0:
            slots[slot] = count
            found[count] = keys[row]
            count += 1
        of[row] = slots[slot]
    return found[:count].copy(), of


@entrance
def patients_in(of: Any, whose: Any, cells: int) -> Any:
    """How many patients have rows in each cell. `of` and `whose`: by row, its cell and its patient; each patient's stand together."""
    last = np.full(cells, -1, np.int64)
    found = np.zeros(cells, np.int64)
    for row in range(len(of)):
        cell = of[row]
        if last[cell] != whose[row]:
            last[cell] = whose[row]
            found[cell] += 1
    return found
