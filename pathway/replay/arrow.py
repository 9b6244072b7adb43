"""From arrays of numbers to columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.replay.kernel import layout as shape
from pathway.replay.tables import Record, schema_of


def taken(names: pa.Array, numbers: Any) -> pa.Array:
    """Names by number, as a dictionary; null for -1, and for a name that is null."""
    if names.null_count:  # a dictionary has none
        there = names.is_valid().to_numpy(zero_copy_only=False)
        numbers = np.where(numbers < 0, -1, np.where(there, np.cumsum(there) - 1, -1)[numbers])
        names = names.drop_null()
    if len(names) == 0:
        return pa.nulls(len(numbers), pa.dictionary(pa.int32(), pa.string()))
    return pa.DictionaryArray.from_arrays(_numbers(numbers, np.int32, numbers < 0), names)


def whole(numbers: Any) -> pa.Array:
    """Numbers of the table's width."""
    return pa.array(np.ascontiguousarray(numbers), pa.int32())


def _numbers(numbers: Any, kind: Any, none: Any) -> pa.Array:
    return pa.array(np.ascontiguousarray(numbers, kind), mask=none if none.any() else None)


def is_none(instants: Any) -> Any:
    return (instants == shape.NEVER) | (instants == shape.FAR)


def instants_of(instants: Any) -> pa.Array:
    """Timestamps; null for none and for one that never comes."""
    return _numbers(instants, np.int64, is_none(instants)).view(pa.timestamp("us", tz="UTC"))


def table_with(record: type[Record], columns: Mapping[str, pa.Array]) -> pa.Table:
    """The table of a record, from its columns in any order."""
    names = schema_of(record).names
    return pa.Table.from_arrays([columns[name] for name in names], names)
