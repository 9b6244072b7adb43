"""A Parquet log in blocks of whole patients: for logs that are larger than memory.

The columns are called as the fields of an event, and times are times: no mapping. What a block cannot hold (a log that corrects
itself, events without an id) is answered by a message that names the ordinary way, `read_log`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.errors import EventsError, system_reason
from pathway.events.event import Instant
from pathway.events.facts import Columns
from pathway.events.log import Counts
from pathway.events.mapping import Mapping
from pathway.model.calendar import to_instant
from pathway.model.pathway import Pathway
from pathway.replay.kernel import layout as shape
from pathway.replay.reading import Reader, patients
from pathway.replay.rows import Rows

BLOCK = 250_000
"""Events in a block, about: a block ends with a patient."""


@dataclass
class Stream:
    """The blocks of a log, for the names of a vocabulary. What `reader` counts grows as they are taken. Raises `EventsError`."""

    files: Sequence[Path]
    vocabulary: Pathway
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        columns = Columns(Mapping(), self.vocabulary)
        self.reader = Reader(self.vocabulary, columns, Counts())
        names = dict.fromkeys(name for file in self.files for name in _columns_of(file))
        self._read = [name for name in names if columns.wanted(name)]
        self._seen: list[Any] = []

    def last_recorded(self) -> Instant | None:
        """The last time at which anything that can be used was recorded. What Parquet's statistics say of the parts of the files
        tells which of them need to be looked at: most often one."""
        parts = [(_last_kept(file, group), file, group) for file in self.files for group in range(_groups(file))]
        best: Instant = shape.NEVER
        for last, file, group in sorted(parts, key=lambda part: -part[0]):
            if last <= best:
                break
            with parquet.ParquetFile(file) as opened:
                names = ("patient", "event", "phase", "deviation", "occurred", "recorded")
                own = [name for name in names if name in opened.schema_arrow.names]
                best = max(best, self.reader.last(opened.read_row_group(group, columns=own), str(file)))
        return None if best == shape.NEVER else best

    def blocks(self) -> Iterator[Rows]:
        """Blocks of whole patients, in the order of the log."""
        carried: pa.Table | None = None
        file = ""
        for file, batch in self._batches():
            table = batch if carried is None else pa.concat_tables([carried, batch], promote_options="permissive")
            carried = table
            if len(table) >= BLOCK:
                last = _last_patient(table)
                if last > 0:
                    yield self._rows(table.slice(0, last), file)
                    carried = table.slice(last)
        if carried is not None and len(carried):
            yield self._rows(carried, file)

    def _batches(self) -> Iterator[tuple[str, pa.Table]]:
        for file in self.files:
            with parquet.ParquetFile(file) as opened:
                own = [name for name in self._read if name in opened.schema_arrow.names]
                for batch in opened.iter_batches(batch_size=max(BLOCK // 2, 1), columns=own):
                    yield str(file), pa.Table.from_batches([batch])

    def _rows(self, table: pa.Table, file: str) -> Rows:
        rows = self.reader.rows(table, file)
        self._seen.append(np.array([hash(name) for name in rows.patients.to_pylist()], np.int64))
        self._once(self._seen[-1:])
        return rows

    def finish(self) -> None:
        """Raises `EventsError` when a patient stood in two places of the log."""
        self._once(self._seen)

    def _once(self, parts: Sequence[Any]) -> None:
        seen = np.concatenate([np.zeros(0, np.int64), *parts])
        if len(np.unique(seen)) < len(seen):
            raise EventsError("PW558", file=str(self.files[0]))


def _columns_of(file: Path) -> list[str]:
    """The columns of a file that can be read in blocks."""
    try:
        names: list[str] = parquet.read_schema(file).names
    except pa.ArrowInvalid:
        raise EventsError("PW567", file=str(file)) from None
    except (OSError, pa.ArrowException) as error:
        raise EventsError("PW410", file=str(file), detail=system_reason(error)) from None
    for needed in ("patient", "event", "occurred", "id"):
        if needed not in names:
            raise EventsError("PW556", file=str(file), column=needed)
    for refused in ("corrects", "retracts"):
        if refused in names:
            raise EventsError("PW557", file=str(file), column=refused)
    return names


def _last_patient(table: pa.Table) -> int:
    """Where the last patient's events begin."""
    patient, _ = patients(table.column("patient"))
    others = np.nonzero(patient != patient[-1])[0]
    return int(others[-1]) + 1 if len(others) else 0


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
