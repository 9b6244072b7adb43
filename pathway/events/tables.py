"""Parquet and Arrow tables as columns of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from pathway.errors import EventsError
from pathway.events.text_columns import PART, TextColumns, Wanted, first_line, told_apart


def read_parquet(file: Path, wanted: Wanted) -> Iterator[TextColumns]:
    """A Parquet file. Raises `EventsError` for what is none, `OSError` for what cannot be read."""
    try:
        with parquet.ParquetFile(file, pre_buffer=False) as opened:
            names = opened.schema_arrow.names
            kept = [name for name in names if wanted(name)]
            # Columns are chosen by name, which would give both of two that are called the same.
            batches = opened.iter_batches(PART, columns=kept) if len(set(names)) == len(names) else opened.iter_batches(PART)
            yield from _parts(batches, told_apart(names), wanted)
    except pa.ArrowException as error:
        raise damaged(file, error) from error


def damaged(file: Path, error: Exception) -> EventsError:
    """What is said of a file that Arrow refuses."""
    return EventsError("PW412", file=str(file), detail=_BROKEN if isinstance(error, pa.ArrowInvalid) else first_line(error))


_BROKEN = {"en": "no whole Parquet file", "nb": "ikke en hel Parquet-fil", "nn": "ikkje ei heil Parquet-fil"}


def read_table(table: Any, wanted: Wanted) -> Iterator[TextColumns]:
    """An Arrow table, or what gives one by the Arrow C interface. Raises `EventsError` for anything else."""
    try:
        with stream_of(table) as batches:
            yield from _parts(batches, told_apart(batches.schema.names), wanted)
    except (pa.ArrowException, TypeError, ValueError, AttributeError, NotImplementedError) as error:
        raise EventsError("PW419", given=type(table).__name__, detail=first_line(error)) from error


def stream_of(table: Any) -> pa.RecordBatchReader:
    """The parts of an Arrow table or of a stream of them, or of what gives either by the Arrow C interface or as an exchange of data
    frames. Raises what they raise."""
    if isinstance(table, pa.RecordBatchReader):
        return table
    if hasattr(table, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(table)
    return pa.table(table).to_reader()


def _parts(batches: Iterable[pa.RecordBatch], names: list[str], wanted: Wanted) -> Iterator[TextColumns]:
    """No part where there are no rows but one, which has the names."""
    first = 1
    for batch in batches:
        for start in range(0, len(batch), PART):
            part = _text(pa.Table.from_batches([batch.slice(start, PART)]), names, wanted, first)
            first += len(part.rows)
            yield part
    if first == 1:
        yield TextColumns(names, {name: [] for name in names if wanted(name)}, [])


def _text(table: pa.Table, names: list[str], wanted: Wanted, first: int) -> TextColumns:
    own = told_apart(table.column_names)
    columns = {name: column_texts(table.column(place)) for place, name in enumerate(own) if wanted(name)}
    return TextColumns(names, columns, list(range(first, first + table.num_rows)))


def plain_dictionary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A dictionary of views of texts, as categories of Polars are, as one of texts: Arrow casts either, but not both at once."""
    kind = column.type
    if not pa.types.is_dictionary(kind) or not pa.types.is_string_view(kind.value_type):
        return column
    plain = [pa.DictionaryArray.from_arrays(one.indices, one.dictionary.cast(pa.string())) for one in column.chunks]
    return pa.chunked_array(plain, pa.dictionary(kind.index_type, pa.string()))


def column_texts(column: pa.ChunkedArray) -> list[str]:
    """Values as text: instants in ISO with their offset, lists with commas between; null and not-a-number are nothing."""
    column = plain_dictionary(column)
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
