"""A log in blocks of whole patients, whatever it is and however large: for what does not fit into memory.

Parquet files in the house's own columns, in which each patient's rows stand together, are followed as they stand. Everything else is
understood first, laid down in the order of the patients (`sorting.py`), and followed from there: what is not sorted, what corrects
itself, what a mapping says how to read, and what comes as a stream.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa

from pathway.events.event import Instant
from pathway.events.log import Counts
from pathway.events.mapping import Mapping
from pathway.events.read import refuse
from pathway.events.times import Times
from pathway.model.calendar import calendar_for
from pathway.model.pathway import Pathway
from pathway.outputs import writing
from pathway.replay.hashing import Repeated, hashed
from pathway.replay.instants import last_of
from pathway.replay.kernel import layout as shape
from pathway.replay.meant import Meaning
from pathway.replay.rows import Rows
from pathway.replay.settling import Settling
from pathway.replay.sorting import Runs
from pathway.replay.source import Progress, Source
from pathway.replay.understood import What, has, numbers_of, patients, texts_in

BLOCK = 250_000
"""Events in a block, about: a block ends with a patient."""


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
        self._source = Source(events, vocabulary, mapping or Mapping(), progress)
        self._folder, self._known_at, self._strict = folder / ".sorting", known_at, strict
        self._days = calendar_for(vocabulary.time_zone, vocabulary.calendar)
        self._meaning = Meaning(vocabulary, self._source.whats, Times(self._days, self._days).day)
        self._settling = Settling(self._meaning)
        self.told: set[What] = set()
        self.date_only = self.rows = 0
        self._runs: Runs | None = None
        self._made = False
        """Whether the folder for the results was made for what lies in it meanwhile."""
        self._last: Instant = shape.NEVER

    @property
    def counts(self) -> Counts:
        """The account of the rows that were read."""
        return self._source.counts

    def __enter__(self) -> Self:
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            if not self._strict and self._source.stands(Repeated(self._place)):
                self._settling.any = False
                self.rows = self._source.rows
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
        if self._source.is_path or self._runs is None:
            return self._source.stamps()
        return [self._runs.digest(), self._source.whats.all, self.counts.as_dict()]

    def last_recorded(self) -> Instant | None:
        """The last time at which anything that can be used was recorded."""
        if self._runs is None:
            return self._source.last_recorded()
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
            refuse(self.counts, self._source.name)

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
        for table in map(self._meaning.identified, self._source.tables(self._place())):
            ids = hashed(table.column("id"))
            repeated.add(ids)
            for name in ("retracts", "corrects"):
                if has(table, name):
                    there = table.column(name).is_valid().to_numpy()
                    ends.append((ids[there], hashed(table.column(name).drop_null())))
            self._last = max(self._last, self._last_of(table))
            runs.add(table)
        runs.close()
        self.rows = runs.rows
        if self._strict:
            refuse(self.counts, self._source.name)
        nothing = np.zeros(0, np.uint64)
        edges = tuple(np.concatenate([nothing, *(pair[end] for pair in ends)]) for end in (0, 1))
        self._settling.look(runs.tables, repeated.found(), edges, self._source.name, self.counts)  # type: ignore[arg-type]  # there are two

    def _standing(self) -> Iterator[pa.Table]:
        """Rows of whole patients, of a log that is followed as it stands."""
        carried: pa.Table | None = None
        for part in self._source.standing():
            table = self._meaning.identified(part)
            if carried is not None:
                if carried.field("id").type != table.field("id").type:  # numbers in one file, texts in another
                    carried, table = (texts_in(each, ("id",)) for each in (carried, table))
                table = pa.concat_tables([carried, table], promote_options="permissive")
            carried = table
            if len(table) >= BLOCK:
                last = int(patients(table.column("patient"))[0][-2])
                if last > 0:
                    yield table.slice(0, last)
                    carried = table.slice(last)
        if carried is not None and len(carried):
            yield carried

    def _rows(self, table: pa.Table) -> Rows:
        """The rows of a block as they were believed."""
        self._settling.any |= has(table, "untold")
        if self._settling.any:
            table = self._settling.settled(texts_in(table, ("id",)), self.counts)
        if has(table, "date"):
            self.date_only += int((numbers_of(table, "date", 0) > 0).sum())
        start, called = patients(table.column("patient"))
        seen = self._visible(table)
        if seen is not None:
            self.told.update(self._source.whats.all[number] for number in table.column("what").unique().to_pylist())
            start = np.concatenate([[0], np.cumsum(seen)])[start]
            table = table.filter(pa.array(seen))
        rows = self._meaning.rows(table, start, called)
        self.told.update(rows.whats)
        return rows

    def _last_of(self, table: pa.Table) -> Instant:
        at, recorded = numbers_of(table, "at", shape.NEVER), numbers_of(table, "recorded", shape.NEVER)
        return last_of(at, numbers_of(table, "date", 0) > 0, recorded, self._days)

    def _visible(self, table: pa.Table) -> Any | None:
        """Which versions are what was believed then (`tracking.tell.visible`); None: all."""
        if self._known_at is None and "believed" not in table.column_names:
            return None
        believed = numbers_of(table, "believed", shape.FAR)
        if self._known_at is None:
            seen = believed == shape.FAR
        else:
            at, recorded = numbers_of(table, "at", shape.NEVER), numbers_of(table, "recorded", shape.NEVER)
            seen = (np.where(recorded == shape.NEVER, at, recorded) <= self._known_at) & (self._known_at < believed)
        return None if seen.all() else seen


_NOTHING = pa.table(
    {
        "row": pa.array([], pa.int64()), "patient": pa.array([], pa.string()), "what": pa.array([], pa.int32()),
        "at": pa.array([], pa.int64()), "id": pa.array([], pa.string()), "seq": pa.array([], pa.int64()),
    }
)  # fmt: skip
