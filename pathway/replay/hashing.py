"""Texts as numbers of 64 bits, and which of many numbers come more than once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.outputs import writing
from pathway.replay.kernel.jit import entrance
from pathway.replay.understood import whole

_HELD = 1 << 24
"""Numbers that are held in memory; more lie on disk."""
_PARTS = 64
_START, _TIMES = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_SHIFT = np.uint64(32)


def hashed(column: pa.ChunkedArray) -> Any:
    """The same text gives the same number, also where it is a whole number; null gives that of nothing."""
    texts = whole(column if pa.types.is_string(column.type) else column.cast(pa.string()))
    found = np.zeros(len(texts), np.uint64)
    _, ends, data = texts.buffers()
    if data is None or not len(texts):
        return found
    with np.errstate(over="ignore"):
        _hash(np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1], np.frombuffer(data, np.uint8), found)
    return found


@entrance
def _hash(ends: Any, data: Any, found: Any) -> None:
    """FNV-1a, with the high half mixed in: the low bits tell parts apart."""
    for text in range(len(found)):
        told = _START
        for place in range(ends[text], ends[text + 1]):
            told = (told ^ np.uint64(data[place])) * _TIMES
        found[text] = told ^ (told >> _SHIFT)


class Repeated:
    """Finds numbers that come more than once. What does not fit into memory lies in a folder meanwhile."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._held: list[Any] = []
        self._count = 0
        self._spilt = False

    def add(self, numbers: Any) -> None:
        self._held.append(numbers)
        self._count += len(numbers)
        if self._count >= _HELD:
            self._spill()

    def _spill(self) -> None:
        self._spilt = True
        together = self._taken()
        part = (together % np.uint64(_PARTS)).astype(np.int64)
        for number in range(_PARTS):
            place = self._folder() / f"ids-{number}"
            with writing(place), place.open("ab") as file:
                together[part == number].tofile(file)

    def found(self) -> Any:
        """Each number that was added more than once."""
        if not self._spilt:
            return twice(self._taken())
        self._spill()
        parts = (np.fromfile(self._folder() / f"ids-{number}", np.uint64) for number in range(_PARTS))
        return np.concatenate([twice(part) for part in parts])

    def _taken(self) -> Any:
        together = np.concatenate([np.zeros(0, np.uint64), *self._held])
        self._held, self._count = [], 0
        return together


def twice(numbers: Any) -> Any:
    """Each number that stands there more than once, in order."""
    numbers = np.sort(numbers)
    return np.unique(numbers[1:][numbers[1:] == numbers[:-1]])
