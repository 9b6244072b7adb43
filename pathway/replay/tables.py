"""Records as Arrow tables: one column a field, in the order of `pathway/tracking/records.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar, get_args, get_type_hints

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

_SHARED = ("anchored_at", "due_at")
"""Instants that several rows have one after the other."""

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


def _schema(record: type[Any]) -> pa.Schema:
    kinds = get_type_hints(record)
    return pa.schema(
        [
            pa.field(field.name, _TYPES.get(field.name, pa.string()), type(None) in get_args(kinds[field.name]))
            for field in fields(record)
        ]
    )


_SCHEMAS = {record: _schema(record) for record in RECORDS.values()}


def schema_of(record: type[Record]) -> pa.Schema:
    """The schema of a record's table: instants are UTC microseconds, what is not named above is text. What is always there is
    required: for a column that may lack, writing and reading say of each row whether it does."""
    return _SCHEMAS[record]


def how_written(table: pa.Table) -> dict[str, Any]:
    """How `pyarrow.parquet` writes a table of a block: quickly, and so that every reader of Parquet can read it. What comes again
    and again (a dictionary in memory, plain text for whoever reads the file) by its number, instants that seldom come again by their
    differences, statistics where somebody may look for a part of the rows."""
    often = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    own = [field.name for field in table.schema if pa.types.is_timestamp(field.type) and field.name not in _SHARED]
    packed = {field.name: _packed(field) for field in table.schema}
    packed |= {f"{name}.list.element": packed[name] for name in packed if pa.types.is_list(table.schema.field(name).type)}
    return {
        "compression": {name: kind for name, (kind, _) in packed.items()},
        "compression_level": {name: level for name, (_, level) in packed.items() if level is not None},
        "use_dictionary": often,
        "column_encoding": dict.fromkeys(own, "DELTA_BINARY_PACKED"),
        "write_statistics": [name for name in ("patient", "anchored_at") if name in table.column_names],
        "write_batch_size": 1 << 16,
        "store_schema": False,
    }


def _packed(field: pa.Field) -> tuple[str, int | None]:
    """How a column is compressed, and how hard: at what that saves for the time that it takes."""
    if pa.types.is_timestamp(field.type):
        return ("zstd", -3) if field.name in _SHARED else ("none", None)
    return ("zstd", 1) if pa.types.is_string(field.type) or pa.types.is_list(field.type) else ("snappy", None)


def table_of(record: type[Record], records: Iterable[Record]) -> pa.Table:
    """A table of records; empty, but with its columns, where there are none."""
    rows = list(records)
    schema = schema_of(record)
    columns = [pa.array([getattr(row, name) for row in rows], schema.field(name).type) for name in schema.names]
    return pa.Table.from_arrays(columns, schema=schema)
