"""Parquet files as parts of one log: whether they can be taken as they stand, and what is read of them without reading all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from pathway.errors import EventsError, system_reason
from pathway.events.event import Instant
from pathway.events.facts import Columns
from pathway.events.tables import damaged, plain_dictionary
from pathway.model.calendar import to_instant
from pathway.replay.hashing import Repeated, hashed
from pathway.replay.instants import is_time
from pathway.replay.kernel import layout as shape
from pathway.replay.reading import Reader
from pathway.replay.understood import filled, patients, whole

_NEEDED = ("patient", "event", "occurred")
_TIMES = ("occurred", "recorded", "until")
_IDS = ("patient", "event", "id", "phase", "refers", "corrects", "retracts")
_DISTINCT = ("id", "refers", "corrects", "retracts", *_TIMES)
"""Columns that most often say something else in each row."""
_NUMBERS = frozenset({"PLAIN", "RLE", "RLE_DICTIONARY", "PLAIN_DICTIONARY", "BIT_PACKED"})
"""How a column lies in a Parquet file by numbers, and by texts where these have become too many."""
_ROWS = 1 << 18
"""Rows of one or two columns that are looked at at once."""


def schema_of(file: Path) -> pa.Schema:
    """The columns of a file. Raises `EventsError`."""
    try:
        return parquet.read_schema(file)
    except OSError as error:
        raise EventsError("PW410", file=str(file), detail=system_reason(error)) from None
    except pa.ArrowException as error:
        raise damaged(file, error) from None


def suit(schemas: Sequence[pa.Schema], columns: Columns) -> bool:
    """Whether tables can be understood as they are: they have the house's own columns, with times that are times or texts, ids
    that are texts or whole numbers, and nothing that is more than a text elsewhere. What of several columns is meant where the
    first of them is not in all tables is for their texts to say."""
    names = [{*schema.names} for schema in schemas]
    for asked in (*columns.fields.values(), *columns.facts.values()):
        there = [name for name in asked if any(name in own for own in names)]
        if len(there) > 1 and not all(there[0] in own for own in names):
            return False
    return all(_is_own(schema, columns) for schema in schemas)


def _is_own(schema: pa.Schema, columns: Columns) -> bool:
    names = [name for name in schema.names if columns.wanted(name)]
    if len(set(names)) < len(names) or not {*_NEEDED} <= {*names}:
        return False
    return all(_suits(name, schema.field(name).type) for name in names)


def _suits(name: str, kind: pa.DataType) -> bool:
    if pa.types.is_null(kind):
        return name not in _NEEDED
    if name in _TIMES and is_time(kind):
        return True
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if _is_text(kind) or pa.types.is_integer(kind):
        return True
    plain = name not in (*_IDS, *_TIMES)
    if pa.types.is_list(kind):
        return plain and _is_text(kind.value_type)
    scalar = pa.types.is_boolean(kind) or pa.types.is_floating(kind) or pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    return plain and bool(scalar)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def usual(table: pa.Table, columns: Columns) -> pa.Table:
    """The columns that are asked for, texts of all kinds as the usual one."""
    names = [name for name in table.column_names if columns.wanted(name)]
    return pa.table({name: _usual(table.column(name)) for name in names})


def _usual(column: pa.ChunkedArray) -> pa.ChunkedArray:
    column = plain_dictionary(column)
    kind = column.type
    if pa.types.is_dictionary(kind) and not pa.types.is_string(kind.value_type):
        return _usual(column.cast(kind.value_type))
    return column.cast(pa.string()) if _is_text(kind) and not pa.types.is_string(kind) else column


def batches(files: Sequence[Path], size: int, columns: Columns) -> Iterator[tuple[Path, pa.Table]]:
    """Parts of files in their order, with the columns that are asked for. Raises `EventsError`."""
    for file in files:
        for table in _parts(file, size, [name for name in schema_of(file).names if columns.wanted(name)]):
            yield file, usual(table, columns)


def _parts(file: Path, size: int, names: Sequence[str]) -> Iterator[pa.Table]:
    try:
        numbered = _numbered(file, names)
        # With `pre_buffer` it holds what it has read of the file.
        with parquet.ParquetFile(file, pre_buffer=False, read_dictionary=numbered) as opened:
            for batch in opened.iter_batches(batch_size=size, columns=list(names)):
                yield pa.Table.from_batches([batch])
    except OSError as error:
        raise EventsError("PW410", file=str(file), detail=system_reason(error)) from None
    except pa.ArrowException as error:
        raise damaged(file, error) from None


def _numbered(file: Path, names: Sequence[str]) -> list[str]:
    """The columns of texts that come again and again and lie in a file as numbers of these: they are not written out for each row."""
    meta, schema = parquet.read_metadata(file), schema_of(file)
    texts = {name for name in names if name not in _DISTINCT and _is_text(schema.field(name).type)}
    groups = [meta.row_group(number) for number in range(meta.num_row_groups)] if texts else []
    for group in groups:
        lying = (group.column(number) for number in range(group.num_columns))
        texts &= {column.path_in_schema for column in lying if column.has_dictionary_page and {*column.encodings} <= _NUMBERS}
    return sorted(texts)


def in_place(files: Sequence[Path], schemas: Sequence[pa.Schema], repeated: Repeated) -> bool:
    """Whether files can be followed as they stand: each patient's rows together, each id once, and nothing corrected. Reads the
    patients, and the ids. Cost: some 10 ns a row, 60 more where the ids do not rise."""
    if len({schema.field("patient").type for schema in schemas}) > 1:
        return False
    if any(_says(file, name) for file, schema in zip(files, schemas, strict=True) for name in ("corrects", "retracts")
           if name in schema.names):  # fmt: skip
        return False
    named = [file for file, schema in zip(files, schemas, strict=True) if "id" in schema.names]
    with ThreadPoolExecutor(1) as beside:
        rising = beside.submit(_rising, named)
        return _together(files) and (rising.result() or _once(named, repeated))


def _says(file: Path, name: str) -> bool:
    return any(table.column(name).null_count < len(table) for table in _parts(file, _ROWS, [name]))


def _together(files: Sequence[Path]) -> bool:
    """Whether the rows of each patient stand together."""
    seen: list[Any] = [np.zeros(0, np.uint64)]
    last: str | None = None
    for file in files:
        for table in _parts(file, _ROWS, ["patient"]):
            column = _usual(table.column("patient")).drop_null()
            if not len(column):
                continue
            names = patients(column)[1]
            names = names.filter(pc.not_equal(names, ""))
            if not len(names):
                continue
            again = names[0].as_py() == last
            last = names[-1].as_py()
            seen.append(hashed(pa.chunked_array([names]))[int(again) :])
    together = np.concatenate(seen)
    return len(np.unique(together)) == len(together)


def _once(files: Sequence[Path], repeated: Repeated) -> bool:
    """Whether no id comes twice."""
    for file in files:
        for table in _parts(file, _ROWS, ["id"]):
            repeated.add(hashed(filled(usual_ids(table)).drop_null()))
    return not len(repeated.found())


def usual_ids(table: pa.Table) -> pa.ChunkedArray:
    return _usual(table.column("id"))


def _rising(files: Sequence[Path]) -> bool:
    last: Any = None
    for file in files:
        for table in _parts(file, _ROWS, ["id"]):
            ids = whole(_usual(table.column("id")))
            if pa.types.is_dictionary(ids.type) or pa.types.is_null(ids.type) or ids.null_count or not len(ids):
                return False
            if last is not None and (ids.type != last.type or not pc.greater(ids[0], last).as_py()):
                return False
            if not _all_rise(ids):
                return False
            last = ids[-1]
    return True


def _all_rise(ids: pa.Array) -> bool:
    if pa.types.is_integer(ids.type):
        numbers = ids.to_numpy()
        return bool((numbers[1:] > numbers[:-1]).all())
    return bool(pc.all(pc.greater(ids[1:], ids[:-1]), min_count=0).as_py())


def last_recorded(files: Iterable[Path], reader: Reader, columns: Columns) -> Instant | None:
    """The last time at which anything that can be used was recorded. What Parquet's statistics say of the parts of the files
    tells which of them need to be looked at: most often one."""
    parts = [(_last_kept(file, group), file, group) for file in files for group in range(_groups(file))]
    best: Instant = shape.NEVER
    for last, file, group in sorted(parts, key=lambda part: -part[0]):
        if last <= best:
            break
        with parquet.ParquetFile(file) as opened:
            names = ("patient", "event", "phase", "deviation", "occurred", "recorded")
            own = [name for name in names if name in opened.schema_arrow.names]
            best = max(best, reader.last(usual(opened.read_row_group(group, columns=own), columns)))
    return None if best == shape.NEVER else best


def _groups(file: Path) -> int:
    return int(parquet.read_metadata(file).num_row_groups)


def _last_kept(file: Path, group: int) -> Instant:
    """The last time in a part of a file as its statistics tell it; `FAR` where they do not."""
    meta = parquet.read_metadata(file).row_group(group)
    found: list[int] = []
    for at in range(meta.num_columns):
        column = meta.column(at)
        if column.path_in_schema in ("occurred", "recorded"):
            value = column.statistics.max if column.statistics is not None and column.statistics.has_min_max else None
            if isinstance(value, datetime) and value.tzinfo is not None:
                found.append(to_instant(value))
            elif isinstance(value, int):
                found.append(value)
            elif column.statistics is None or column.statistics.null_count != meta.num_rows:
                return shape.FAR
    return max(found, default=shape.FAR)
