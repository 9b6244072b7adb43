"""What a report counts, counted while a log streams by: outcomes and times of every rule, without a second pass over the breaks."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

GROUPS = ("pathway", "version", "rule", "part", "kind", "stage", "receiver", "month", "outcome", "times")
"""What is counted by. `month` is that of the anchor, in UTC, as its first day. `times` is how long it took from the anchor until it
was met, as the power of the square root of two below it in seconds (null: not met): what takes an hour is in 23, two hours in 25."""


def counted(obligations: pa.Table) -> pa.Table:
    """How many obligations there are of each, and how long they took together (`seconds`)."""
    taken = pc.divide(pc.cast(pc.subtract(obligations["met_at"], obligations["anchored_at"]), pa.int64()), 1_000_000)
    seconds = pc.cast(pc.max_element_wise(taken, 1, skip_nulls=False), pa.float64())
    month = pc.cast(pc.floor_temporal(obligations["anchored_at"], unit="month"), pa.date32())
    table = obligations.select([name for name in GROUPS if name in obligations.column_names])
    table = table.append_column("month", month)
    table = table.append_column("times", pc.cast(pc.floor(pc.multiply(pc.log2(seconds), 2)), pa.int16()))
    table = table.append_column("seconds", pc.cast(taken, pa.float64()))
    found = table.group_by(list(GROUPS)).aggregate([([], "count_all"), ("seconds", "sum")])
    return found.rename_columns([*GROUPS, "count", "seconds"])


def added(parts: Sequence[pa.Table]) -> pa.Table:
    """The counts of several blocks as one table, in a fixed order."""
    together = pa.concat_tables(parts).group_by(list(GROUPS)).aggregate([("count", "sum"), ("seconds", "sum")])
    return together.rename_columns([*GROUPS, "count", "seconds"]).sort_by([(name, "ascending") for name in GROUPS])
