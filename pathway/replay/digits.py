"""Which texts have room for a national identity number: one pass over the bytes of a column, before any is looked at closely."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.replay.kernel.jit import entrance
from pathway.replay.understood import as_text, whole

_DAY, _REST = 6, 5
"""The digits of the day of birth, and those that follow: a space may stand between."""
_ZERO, _SPACE, _WIDE = 0x30, 0x20, (0xC2, 0xA0)


def with_room(column: pa.ChunkedArray) -> pa.Array | None:
    """The texts of a column that have room for such a number; None where there are none. Whole numbers are taken as they are written.
    Cost: some 10 ns a text; nothing where all are short."""
    if pa.types.is_integer(column.type):
        most = pc.max(column).as_py()
        least = 10 ** (_DAY + _REST - 1)
        return None if most is None or most < least else column.filter(pc.greater_equal(column, least)).cast(pa.string())
    texts = whole(as_text(column))
    most = pc.max(pc.binary_length(texts)).as_py()
    if most is None or most < _DAY + _REST:
        return None
    _, ends, data = texts.buffers()
    found = np.zeros(len(texts), bool)
    _look(np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1], np.frombuffer(data, np.uint8), found)
    return texts.filter(pa.array(found)).drop_null() if found.any() else None


@entrance
def _look(ends: Any, data: Any, found: Any) -> None:
    for text in range(len(found)):
        first, last = ends[text], ends[text + 1]
        if last - first < _DAY + _REST:
            continue
        before = now = 0  # digits before a space, and those that stand together here
        place = first
        while place < last:
            byte = data[place]
            if _ZERO <= byte < _ZERO + 10:
                now += 1
                if now >= _DAY + _REST or (before >= _DAY and now >= _REST):
                    found[text] = True
                    break
            else:
                wide = byte == _WIDE[0] and place + 1 < last and data[place + 1] == _WIDE[1]
                before = now if wide or byte == _SPACE else 0
                now = 0
                place += wide
            place += 1
