"""Records as Arrow tables: one column a field, in the order of `pathway/tracking/records.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

import pyarrow as pa

from pathway.tracking.records import (
    AnswerRecord,
    BreakRecord,
    CostRecord,
    DeviationRecord,
    EpisodeRecord,
    GroupRecord,
    IndicatorRecord,
    ObligationRecord,
    StayRecord,
)

_INSTANT = pa.timestamp("us", tz="UTC")
_TYPES = {
    "episode": pa.int32(),
    "round": pa.int32(),
    "open": pa.bool_(),
    "delay_s": pa.float64(),
    "size": pa.float64(),
    "lacking": pa.list_(pa.string()),
    "value": pa.float64(),
    "groups": pa.list_(pa.string()),
    "days": pa.int32(),
    "amount": pa.float64(),
    "unpriced": pa.int32(),
} | dict.fromkeys(
    (
        "anchored_at",
        "due_at",
        "met_at",
        "decided_at",
        "closed_at",
        "entered_at",
        "stage_since",
        "ended_at",
        "at_risk_at",
        "at",
        "started_at",
        "left_at",
    ),
    _INSTANT,
)

Record = TypeVar(
    "Record",
    EpisodeRecord,
    ObligationRecord,
    BreakRecord,
    IndicatorRecord,
    CostRecord,
    StayRecord,
    GroupRecord,
    DeviationRecord,
    AnswerRecord,
)


RECORDS: dict[str, type[Any]] = {
    "breaks": BreakRecord,
    "obligations": ObligationRecord,
    "episodes": EpisodeRecord,
    "indicators": IndicatorRecord,
    "costs": CostRecord,
    "stays": StayRecord,
    "groups": GroupRecord,
    "deviations": DeviationRecord,
    "answers": AnswerRecord,
}
"""The tables of a replay, by name."""


def schema_of(record: type[Record]) -> pa.Schema:
    """The schema of a record's table: instants are UTC microseconds, what is not named above is text."""
    return pa.schema([(field.name, _TYPES.get(field.name, pa.string())) for field in fields(record)])


def how_written(table: pa.Table) -> dict[str, Any]:
    """How `pyarrow.parquet` writes a table of a block: quickly. What comes again and again (a dictionary in memory, plain text for
    whoever reads the file) by its number, statistics where somebody may look for a part of the rows."""
    often = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    sought = [name for name in ("patient", "rule", "anchored_at") if name in table.column_names]
    return {
        "compression": "zstd", "compression_level": 1, "use_dictionary": often, "write_statistics": sought, "store_schema": False,
    }  # fmt: skip


def table_of(record: type[Record], records: Iterable[Record]) -> pa.Table:
    """A table of records; empty, but with its columns, where there are none."""
    rows = list(records)
    schema = schema_of(record)
    columns = [pa.array([getattr(row, name) for row in rows], schema.field(name).type) for name in schema.names]
    return pa.Table.from_arrays(columns, schema=schema)
