"""A log in blocks of whole patients, whatever it is and however large: for what does not fit into memory.

Parquet files in the house's own columns, in which each patient's rows stand together, are followed as they stand. Everything else is
understood first, laid down in the order of the patients (`sorting.py`), and followed from there: what is not sorted, what corrects
itself, what a mapping says how to read, and what comes as a stream.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from errno import ENOENT
from os import strerror
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.errors import EventsError, system_reason
from pathway.events.columns import Told, files_of, kind_of, read_parts
from pathway.events.event import Instant
from pathway.events.facts import Columns
from pathway.events.log import Counts
from pathway.events.mapping import Mapping
from pathway.events.read import absent_columns, refuse
from pathway.events.tables import read_table, stream_of
from pathway.events.text_columns import TextColumns, first_line, told_apart
from pathway.events.times import Times
from pathway.model.calendar import calendar_for
from pathway.model.pathway import Pathway
from pathway.outputs import writing
from pathway.replay import files as parquet_files
from pathway.replay.hashing import Repeated, hashed
from pathway.replay.kernel import layout as shape
from pathway.replay.mapped import Mapped
from pathway.replay.reading import Reader, day_ends
from pathway.replay.rows import Rows
from pathway.replay.settling import Settling
from pathway.replay.sorting import Runs
from pathway.replay.understood import Understood, What, Whats, has, numbers_of, patients, starts

BLOCK = 250_000
"""Events in a block, about: a block ends with a patient."""


@dataclass(frozen=True)
class Progress:
    """How far it has come: `done` of `events` (None: nobody knows how many there are), of which `skipped` were done before. While the
    log is still `reading`, to be put in order, nothing is followed yet."""

    done: int
    events: int | None
    skipped: int = 0
    reading: bool = False


class Stream:
    """The blocks of a log, for the names of a vocabulary. Used in `with`: what lies in `folder` meanwhile is removed at the end.

    `events` is a file, a folder of files, or anything that gives Arrow tables. What `counts`, `told` (names with their phases) and
    `date_only` say is whole when all blocks were taken. Raises `EventsError`, `MappingError` and `OutputError`.
    """

    def __init__(
        self,
        events: Any,
        vocabulary: Pathway,
        mapping: Mapping | None = None,
        *,
        folder: Path,
        known_at: Instant | None = None,
        strict: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._events, self._vocabulary, self._how = events, vocabulary, mapping or Mapping()
        self._folder, self._known_at, self._strict, self._progress = folder / ".sorting", known_at, strict, progress
        self._is_path = isinstance(events, str | Path)
        self.name = str(events) if self._is_path else "table"
        self._columns = Columns(self._how, vocabulary)
        self._whats = Whats()
        self._days = calendar_for(vocabulary.time_zone, vocabulary.calendar)
        self._understood = Understood(vocabulary, self._whats, Times(self._days, self._days).day)
        self.told: set[What] = set()
        self.date_only = 0
        self.counts = Counts()
        self._runs: Runs | None = None
        self._made = False
        """Whether the folder for the results was made for what lies in it meanwhile."""
        self._last: Instant = shape.NEVER
        self._names: list[str] = []
        """The columns of the log, where that is known before it is read."""

    def __enter__(self) -> Self:
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            self.files = self._files()
            self._settling = Settling(self._understood, self.counts)
            if self._stands():
                self._settling.any = False
                self._reader = Reader(self._vocabulary, self._columns, self.counts, self._whats)
                self.rows = sum(parquet.read_metadata(file).num_rows for file in self.files)
            else:
                self._sort()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._made:
            with suppress(OSError):  # there are results in it
                self._folder.parent.rmdir()

    def identity(self) -> list[object]:
        """What tells this log from others, and from what it was before it was changed."""
        if not self._is_path:
            assert self._runs is not None
            return [self._runs.digest(), self._whats.all, self.counts.as_dict()]
        key = [] if self._how.pseudonyms is None else [Path(self._how.pseudonyms.key_file)]
        return [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in [*self.files, *key]]

    def last_recorded(self) -> Instant | None:
        """The last time at which anything that can be used was recorded."""
        if self._runs is None:
            return parquet_files.last_recorded(self.files, self._reader, self._columns)
        return None if self._last == shape.NEVER else self._last

    def blocks(self) -> Iterator[Rows]:
        """Blocks of whole patients, at least one: in the order of the log where it is followed as it stands, else in that of the
        patients' names."""
        any_ = False
        for table in self._standing() if self._runs is None else self._runs.merged(BLOCK):
            any_ = True
            yield self._rows(table)
        if not any_:
            yield self._rows(_NOTHING)
        if self._strict:
            refuse(self.counts, self.name)

    def _files(self) -> list[Path]:
        if not self._is_path:
            return []
        place = Path(self._events)
        if place.is_dir():
            return files_of(place)[1]
        if not place.is_file():
            raise EventsError("PW410", file=str(place), detail=system_reason(FileNotFoundError(ENOENT, strerror(ENOENT))))
        return [place]

    def _stands(self) -> bool:
        """Whether the log can be followed as it stands."""
        if self._strict or not self._own_columns() or not self.files or not self._all_parquet():
            return False
        schemas = [parquet_files.schema_of(file) for file in self.files]
        if not all(parquet_files.suits(schema, self._columns) for schema in schemas):
            return False
        return parquet_files.in_place(self.files, schemas, Repeated(self._place))

    def _own_columns(self) -> bool:
        """Whether the mapping says nothing of how rows are to be read."""
        return self._how.model_copy(update={"receipts": True}) == Mapping()

    def _all_parquet(self) -> bool:
        try:
            return all(kind_of(file) == "parquet" for file in self.files)
        except OSError as error:
            raise EventsError("PW410", file=self.name, detail=system_reason(error)) from None

    def _place(self) -> Path:
        self._made |= not self._folder.parent.exists()
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def _sort(self) -> None:
        """Understand the log, and lay it down in the order of its patients."""
        self._runs = runs = Runs(self._place())
        repeated = Repeated(self._place)
        ends: list[tuple[Any, Any]] = []
        for table in map(self._understood.identified, self._tables()):
            ids = hashed(table.column("id"))
            repeated.add(ids)
            for name in ("retracts", "corrects"):
                if has(table, name):
                    there = table.column(name).is_valid().to_numpy()
                    ends.append((ids[there], hashed(table.column(name).drop_null())))
            self._last = max(self._last, _last_of(table, self._days))
            runs.add(table)
        runs.close()
        self.rows = runs.rows
        if self._strict:
            refuse(self.counts, self.name)
        nothing = np.zeros(0, np.uint64)
        edges = tuple(np.concatenate([nothing, *(pair[end] for pair in ends)]) for end in (0, 1))
        self._settling.look(runs.tables, repeated.found(), edges, self.name)  # type: ignore[arg-type]  # there are two

    def _tables(self) -> Iterator[pa.Table]:
        """The log understood, in parts."""
        batches = self._batches()
        if batches is not None:
            reader = Reader(self._vocabulary, self._columns, self.counts, self._whats)
            for name, table, of in batches:
                yield reader.understood(table, name)
                self._tell(reader.counts.read, of)
            return
        wanted = self._columns.wanted
        head = TextColumns(self._names, {name: [] for name in self._names if wanted(name)}, [])
        absent_columns(head, self._how, self._columns, self.name)  # said at once where it is known at once
        told = Told(self._how.delimiter, self._how.encoding, self._how.sheet)
        parts = read_parts(self._events, wanted, told) if self._is_path else read_table(self._events, wanted)
        mapped = Mapped(self._vocabulary, self._how, self._columns, self.name, self._whats, self._tell)
        self.counts = self._settling.counts = mapped.counts
        yield from mapped.understood(parts, self._place())

    def _batches(self) -> Iterator[tuple[str, pa.Table, int | None]] | None:
        """The parts of a log in the house's own columns with the name of their file and how many rows there are; None where it is
        another."""
        if self._is_path:
            if not self._all_parquet():
                return None
            schemas = [parquet_files.schema_of(file) for file in self.files]
            self._names = told_apart(dict.fromkeys(name for schema in schemas for name in schema.names))
            if not self._own_columns() or not all(parquet_files.suits(schema, self._columns) for schema in schemas):
                return None
            of = sum(parquet.read_metadata(file).num_rows for file in self.files)
            parts = parquet_files.batches(self.files, BLOCK // 2, self._columns)
            return ((str(file), table, of) for file, table in parts)
        try:
            reader = stream_of(self._events)
        except (pa.ArrowException, TypeError, ValueError, AttributeError, NotImplementedError) as error:
            raise EventsError("PW419", given=type(self._events).__name__, detail=first_line(error)) from error
        self._events = reader  # a stream is there once
        self._names = told_apart(reader.schema.names)
        if not self._own_columns() or not parquet_files.suits(reader.schema, self._columns):
            return None
        return (("table", table, None) for table in self._streamed(reader))

    def _streamed(self, reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
        waiting: list[pa.RecordBatch] = []
        try:
            for batch in reader:
                waiting.append(batch)
                if sum(map(len, waiting)) >= BLOCK // 2:
                    yield parquet_files.usual(pa.Table.from_batches(waiting), self._columns)
                    waiting = []
        except pa.ArrowException as error:
            raise EventsError("PW419", given=type(reader).__name__, detail=first_line(error)) from error
        if waiting:
            yield parquet_files.usual(pa.Table.from_batches(waiting), self._columns)

    def _tell(self, rows: int, of: int | None) -> None:
        if self._progress is not None:
            self._progress(Progress(rows, of, reading=True))

    def _standing(self) -> Iterator[pa.Table]:
        """Rows of whole patients, of a log that is followed as it stands."""
        carried: pa.Table | None = None
        for file, batch in parquet_files.batches(self.files, max(BLOCK // 2, 1), self._columns):
            table = self._understood.identified(self._reader.understood(batch, str(file)))
            table = table if carried is None else pa.concat_tables([carried, table], promote_options="permissive")
            carried = table
            if len(table) >= BLOCK:
                last = int(starts(patients(table.column("patient"))[0])[-2])
                if last > 0:
                    yield table.slice(0, last)
                    carried = table.slice(last)
        if carried is not None and len(carried):
            yield carried

    def _rows(self, table: pa.Table) -> Rows:
        """The rows of a block as they were believed."""
        self._settling.any |= has(table, "untold")
        table = self._settling.settled(table)
        self.told.update(self._whats.all[number] for number in table.column("what").unique().to_pylist())
        self.date_only += int((numbers_of(table, "date", 0) > 0).sum())
        number, names = patients(table.column("patient"))
        start = starts(number)
        called = names(start[:-1])
        seen = self._visible(table)
        if not seen.all():
            start = np.concatenate([[0], np.cumsum(seen)])[start]
            table = table.filter(pa.array(seen))
        return self._understood.rows(table, start, called)

    def _visible(self, table: pa.Table) -> Any:
        """Which versions are what was believed then (`tracking.tell.visible`)."""
        believed = numbers_of(table, "believed", shape.FAR)
        if self._known_at is None:
            return believed == shape.FAR
        at, recorded = numbers_of(table, "at", shape.NEVER), numbers_of(table, "recorded", shape.NEVER)
        return (np.where(recorded == shape.NEVER, at, recorded) <= self._known_at) & (self._known_at < believed)


_NOTHING = pa.table(
    {
        "row": pa.array([], pa.int64()), "patient": pa.array([], pa.string()), "what": pa.array([], pa.int32()),
        "at": pa.array([], pa.int64()), "id": pa.array([], pa.string()), "seq": pa.array([], pa.int64()),
    }
)  # fmt: skip


def _last_of(table: pa.Table, days: Any) -> Instant:
    """The last time at which one of some rows was recorded."""
    at, recorded = numbers_of(table, "at", shape.NEVER), numbers_of(table, "recorded", shape.NEVER)
    dated = numbers_of(table, "date", 0) > 0
    if dated.any():  # of what has only a date the whole day is over
        at = at.copy()
        at[dated] = day_ends(at[dated], days)
    return int(np.where(recorded == shape.NEVER, at, recorded).max(initial=shape.NEVER))
