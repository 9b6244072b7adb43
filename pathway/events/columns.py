"""A log as columns of text, whatever file it came from. No value is guessed: `NA`, `007` and `1e5` stay what they are."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pathway.errors import EventsError, system_reason
from pathway.events.text_columns import TextColumns
from pathway.events.xes import read_xes

_MOST_UNPACKED = 4 * 1024**3
"""Bytes that a packed log may unpack to: more is taken for a bomb."""


def read_columns(path: str | Path, delimiter: str | None, encoding: str | None) -> TextColumns:
    """Read a CSV, Parquet or XES file (`.gz` too). Raises `EventsError` when it is none of them or cannot be read."""
    file = Path(path)
    name = file.name.lower().removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            return _parquet(file)
        if name.endswith(".xes"):
            with _opened(file) as stream:
                return read_xes(stream, str(path))
        with _opened(file) as stream:
            return _csv(stream, delimiter, encoding)
    except EventsError:
        raise
    except (OSError, zlib.error, EOFError) as error:
        raise EventsError("PW410", file=str(path), detail=system_reason(error)) from error
    except (UnicodeDecodeError, LookupError) as error:
        raise EventsError("PW411", file=str(path), encoding=encoding or "utf-8") from error
    except (csv.Error, ValueError) as error:
        raise EventsError("PW412", file=str(path), detail=str(error).splitlines()[0][:200]) from error


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than a bound."""

    def __init__(self, inner: Any, most: int) -> None:
        self._inner, self._left = inner, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data: bytes = self._inner.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise EventsError("PW413", most=_MOST_UNPACKED // 1024**3)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


def _opened(file: Path) -> io.BufferedReader:
    if file.suffix.lower() == ".gz":
        return io.BufferedReader(_Bounded(gzip.open(file), _MOST_UNPACKED), 1 << 20)
    return file.open("rb")


def _csv(stream: io.BufferedReader, delimiter: str | None, encoding: str | None) -> TextColumns:
    text = io.TextIOWrapper(stream, encoding=_encoding(stream, encoding), newline="", errors="strict")
    head = text.readline()
    if not head.strip():
        return TextColumns({}, [])
    found = delimiter or max(";,\t|", key=head.count)
    csv.field_size_limit(1 << 20)
    names = _unique(next(csv.reader([head], delimiter=found)))
    columns: list[list[str | None]] = [[] for _ in names]
    rows: list[int] = []
    broken: list[tuple[int, str]] = []
    width = len(names)
    reader = csv.reader(text, delimiter=found)
    for row in _rows(reader, broken):
        if len(row) == width:
            rows.append(reader.line_num + 1)
            for column, value in zip(columns, row, strict=True):
                column.append(value or None)
        elif row:
            broken.append((reader.line_num + 1, "columns"))
    return TextColumns(dict(zip(names, columns, strict=True)), rows, broken)


def _rows(reader: Any, broken: list[tuple[int, str]]) -> Iterator[list[str]]:
    """The rows; one that cannot be read is noted, and reading goes on."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken.append((reader.line_num + 1, "columns"))


def _encoding(stream: io.BufferedReader, told: str | None) -> str:
    """What was told; else UTF-8 where the beginning is, else the Windows code page that Norwegian systems write."""
    if told is not None:
        return codecs.lookup(told).name
    start = stream.peek(1 << 16)[: 1 << 16]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _unique(names: list[str]) -> list[str]:
    """Column names, a second of the same name told apart by its number."""
    seen: dict[str, int] = {}
    unique: list[str] = []
    for name in (name.strip() for name in names):
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return unique


def _parquet(file: Path) -> TextColumns:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        table = parquet.read_table(file)
    except pa.ArrowException as error:
        raise EventsError("PW412", file=str(file), detail=str(error).splitlines()[0][:200]) from error
    return from_table(table)


def from_table(table: Any) -> TextColumns:
    """Columns of an Arrow table as text: instants in ISO with their offset, lists as commas between."""
    import pyarrow as pa

    columns: dict[str, list[str | None]] = {}
    for name in table.column_names:
        kind = table.schema.field(name).type
        values = table.column(name).to_pylist()
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            columns[name] = [None if value is None else value.isoformat() for value in values]
        elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
            columns[name] = [None if value is None else ",".join(str(item) for item in value) for value in values]
        elif pa.types.is_boolean(kind):
            columns[name] = [None if value is None else "true" if value else "false" for value in values]
        else:
            columns[name] = [None if value is None or value == "" else str(value) for value in values]
    return TextColumns(columns, list(range(1, table.num_rows + 1)))
