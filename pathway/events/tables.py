"""Parquet and Arrow tables as columns of text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from pathway.errors import EventsError
from pathway.events.text_columns import TextColumns, Wanted, first_line, told_apart


def read_parquet(file: Path, wanted: Wanted) -> TextColumns:
    """A Parquet file. Raises `EventsError` for what is none, `OSError` for what cannot be read."""
    try:
        with parquet.ParquetFile(file) as opened:
            names = opened.schema_arrow.names
            kept = [name for name in names if wanted(name)]
            # Columns are chosen by name, which would give both of two that are called the same.
            table = opened.read(columns=kept) if len(set(names)) == len(names) else opened.read()
            return _text(table, told_apart(names), wanted, table.num_rows)
    except pa.ArrowException as error:
        raise EventsError("PW412", file=str(file), detail=first_line(error)) from error


def read_table(table: Any, wanted: Wanted) -> TextColumns:
    """An Arrow table, or what gives one by the Arrow C interface. Raises `EventsError` for anything else."""
    try:
        arrow = table if isinstance(table, pa.Table) else pa.table(table)
        return _text(arrow, told_apart(arrow.column_names), wanted, arrow.num_rows)
    except (pa.ArrowException, TypeError, ValueError, AttributeError, NotImplementedError) as error:
        raise EventsError("PW419", given=type(table).__name__, detail=first_line(error)) from error


def _text(table: pa.Table, names: list[str], wanted: Wanted, count: int) -> TextColumns:
    own = told_apart(table.column_names)
    columns = {name: column_texts(table.column(place)) for place, name in enumerate(own) if wanted(name)}
    return TextColumns(names, columns, list(range(1, count + 1)))


def column_texts(column: pa.ChunkedArray) -> list[str]:
    """Values as text: instants in ISO with their offset, lists with commas between; null and not-a-number are nothing."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return ["" if items is None else ",".join(str(item) for item in items) or "," for items in column.to_pylist()]
    if pa.types.is_timestamp(kind):
        # Finer than a microsecond is cut off. Whose offset is known is told in UTC.
        column = column.cast(pa.timestamp("us", kind.tz and "UTC"), safe=False)
    elif pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
    elif pa.types.is_nested(kind):
        return ["" if value is None else str(value) for value in column.to_pylist()]
    return [value or "" for value in column.cast(pa.string()).to_pylist()]
