"""From arrays of numbers to columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.replay.kernel import layout as shape
from pathway.replay.tables import Record, schema_of


def is_none(instants: Any) -> Any:
    return (instants == shape.NEVER) | (instants == shape.FAR)


def instants_of(instants: Any) -> pa.Array:
    """Timestamps; null for none and for one that never comes."""
    none = is_none(instants)
    return pa.array(np.ascontiguousarray(instants), mask=none if none.any() else None).view(pa.timestamp("us", tz="UTC"))


def table_with(record: type[Record], columns: Mapping[str, pa.Array]) -> pa.Table:
    """The table of a record, from its columns in any order."""
    kept = [pa.field(field.name, columns[field.name].type, field.nullable) for field in schema_of(record)]
    return pa.Table.from_arrays([columns[field.name] for field in kept], schema=pa.schema(kept))
