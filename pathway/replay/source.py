"""What a log is, and its rows understood in parts: Parquet files, any other form of log, or what gives Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from errno import ENOENT
from os import strerror
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.errors import EventsError, system_reason
from pathway.events.columns import Told, files_of, kind_of, read_parts
from pathway.events.event import Instant
from pathway.events.facts import Columns
from pathway.events.log import Counts
from pathway.events.mapping import Mapping
from pathway.events.read import absent_columns
from pathway.events.tables import read_table, stream_of
from pathway.events.text_columns import TextColumns, first_line, told_apart
from pathway.model.pathway import Pathway
from pathway.replay import files as parquet_files
from pathway.replay.hashing import Repeated
from pathway.replay.laid import ROW, Laid
from pathway.replay.mapped import Mapped
from pathway.replay.reading import Reader
from pathway.replay.understood import Whats

PART = 125_000
"""Rows of a part, about."""


@dataclass(frozen=True)
class Progress:
    """How far it has come: `done` of `events` (None: nobody knows how many there are), of which `skipped` were done before. While the
    log is still `reading`, to be put in order, nothing is followed yet."""

    done: int
    events: int | None
    skipped: int = 0
    reading: bool = False


class Source:
    """A log for the names of a vocabulary. `counts` and `whats` grow as its parts are taken. Raises `EventsError`, `MappingError`."""

    def __init__(self, events: Any, vocabulary: Pathway, mapping: Mapping, progress: Callable[[Progress], None] | None) -> None:
        self._events, self._vocabulary, self._how, self._progress = events, vocabulary, mapping, progress
        self._columns = Columns(mapping, vocabulary)
        self.counts = Counts()
        self.whats = Whats()
        self.is_path = isinstance(events, str | Path)
        self.name = str(events) if self.is_path else "table"
        self.files = self._files()
        self.plain = mapping.model_copy(update={"receipts": True}) == Mapping()
        """Whether the mapping says nothing of how rows are to be read."""
        self._names: list[str] = []
        """The columns of the log, where that is known before it is read."""

    @property
    def rows(self) -> int:
        """How many rows there are in Parquet files."""
        return sum(parquet.read_metadata(file).num_rows for file in self.files)

    def stamps(self) -> list[object]:
        """What tells these files from others, and from what they were before they were changed."""
        key = [] if self._how.pseudonyms is None else [Path(self._how.pseudonyms.key_file)]
        return [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in [*self.files, *key]]

    def last_recorded(self) -> Instant | None:
        """The last time at which anything in Parquet files was recorded."""
        return parquet_files.last_recorded(self.files, self._reader(Counts(), Whats()), self._columns)

    def standing(self) -> Iterator[pa.Table]:
        """The rows understood, of files that can be followed as they stand."""
        reader = self._reader(self.counts, self.whats)
        for file, table in parquet_files.batches(self.files, PART, self._columns):
            yield reader.understood(table, str(file))

    def _reader(self, counts: Counts, whats: Whats) -> Reader:
        return Reader(self._vocabulary, self._columns, counts, whats)

    def _files(self) -> list[Path]:
        if not self.is_path:
            return []
        place = Path(self._events)
        if place.is_dir():
            return files_of(place)[1]
        if not place.is_file():
            raise EventsError("PW410", file=str(place), detail=system_reason(FileNotFoundError(ENOENT, strerror(ENOENT))))
        return [place]

    def stands(self, repeated: Repeated) -> bool:
        """Whether the log can be followed as it stands."""
        if not self.plain or not self.files or not self._all_parquet():
            return False
        schemas = [parquet_files.schema_of(file) for file in self.files]
        if not parquet_files.suit(schemas, self._columns):
            return False
        return parquet_files.in_place(self.files, schemas, repeated)

    def _all_parquet(self) -> bool:
        try:
            return all(kind_of(file) == "parquet" for file in self.files)
        except OSError as error:
            raise EventsError("PW410", file=self.name, detail=system_reason(error)) from None

    def tables(self, folder: Path) -> Iterator[pa.Table]:
        """The rows understood; what must lie on disk meanwhile lies in a folder."""
        batches = self._batches()
        if batches is not None:
            reader = self._reader(self.counts, self.whats)
            for name, table, of in batches:
                yield reader.understood(table, name)
                self._tell(reader.counts.read, of)
            return
        wanted = self._columns.wanted
        head = TextColumns(self._names, {name: [] for name in self._names if wanted(name)}, [])
        absent_columns(head, self._how, self._columns, self.name)  # said at once where it is known at once
        told = Told(self._how.delimiter, self._how.encoding, self._how.sheet)
        parts = read_parts(self._events, wanted, told) if self.is_path else read_table(self._events, wanted)
        laid = Laid(folder, self._columns, self.name, self._tell)
        mapped = Mapped(self._vocabulary, self._how, self._columns, self.whats)
        self.counts = mapped.counts
        laid.lay(parts, self.counts)
        self.counts.absent = absent_columns(laid.head, self._how, self._columns, self.name)
        yield from self._by_field(laid) if self.plain else mapped.understood(laid, self.name)

    def _by_field(self, laid: Laid) -> Iterator[pa.Table]:
        """The rows of a log without a mapping, understood by what is distinct."""
        laid.without_names()
        called = {
            next((name for name in asked if name in laid.head.columns), field): field
            for field, asked in self._columns.fields.items()
        }
        reader = self._reader(self.counts, self.whats)
        for table in laid.tables():
            row, own = table.column(ROW).to_numpy(), table.drop_columns([ROW])
            named = own.rename_columns([called.get(name, name) for name in own.column_names])
            yield reader.understood(named, self.name, row)

    def _batches(self) -> Iterator[tuple[str, pa.Table, int | None]] | None:
        """The parts of a log in the house's own columns with the name of their file and how many rows there are; None where it is
        another."""
        if self.is_path:
            if not self._all_parquet():
                return None
            schemas = [parquet_files.schema_of(file) for file in self.files]
            self._names = told_apart(dict.fromkeys(name for schema in schemas for name in schema.names))
            if not self.plain or not parquet_files.suit(schemas, self._columns):
                return None
            of = sum(parquet.read_metadata(file).num_rows for file in self.files)
            parts = parquet_files.batches(self.files, PART, self._columns)
            return ((str(file), table, of) for file, table in parts)
        try:
            reader = stream_of(self._events)
        except (pa.ArrowException, TypeError, ValueError, AttributeError, NotImplementedError) as error:
            raise EventsError("PW419", given=type(self._events).__name__, detail=first_line(error)) from error
        self._events = reader  # a stream is there once
        self._names = told_apart(reader.schema.names)
        if not self.plain or not parquet_files.suit([reader.schema], self._columns):
            return None
        return (("table", table, None) for table in self._streamed(reader))

    def _streamed(self, reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
        waiting: list[pa.RecordBatch] = []
        try:
            for batch in reader:
                waiting.append(batch)
                if sum(map(len, waiting)) >= PART:
                    yield parquet_files.usual(pa.Table.from_batches(waiting), self._columns)
                    waiting = []
        except pa.ArrowException as error:
            raise EventsError("PW419", given=type(reader).__name__, detail=first_line(error)) from error
        if waiting:
            yield parquet_files.usual(pa.Table.from_batches(waiting), self._columns)

    def _tell(self, rows: int, of: int | None) -> None:
        if self._progress is not None:
            self._progress(Progress(rows, of, reading=True))
