"""A log's columns of text laid down on disk: it is only known at the end which columns a log has, and a field is read from the
first of some that is there. What it says of people's names is known then too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from pathway.errors import EventsError
from pathway.events.facts import Columns
from pathway.events.identity import masked, nationals
from pathway.events.log import Counts
from pathway.events.text_columns import TextColumns
from pathway.outputs import writing

ROW = "\x00row"
"""Where rows stand; no column of a log is called so."""
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")


class Laid:
    """The texts of one log. `head` has the names of its columns and those that are kept, without rows."""

    def __init__(self, folder: Path, columns: Columns, name: str, progress: Callable[[int, int | None], None]) -> None:
        self._place, self._columns, self._name, self._progress = folder / "texts", columns, name, progress
        self._nationals: dict[str, set[str]] = {}
        self._rows = 0
        self.head = TextColumns([], {}, [])

    def lay(self, parts: Iterable[TextColumns], counts: Counts) -> None:
        """Lay parts down. Rows that could not be read are counted."""
        head = self.head
        watched = {*self._columns.fields["patient"], *self._columns.told()}
        with self._place.open("wb") as sink:
            for part in parts:
                known = {*head.names}
                head.names += [name for name in part.names if name not in known]
                head.columns |= {name: [] for name in part.columns}
                for row, reason in part.broken:
                    counts.read += 1
                    counts.reject(reason, row)
                counts.mended.update(part.mended)
                for name in watched & part.columns.keys():
                    found = nationals(part.columns[name])
                    if found:
                        self._nationals.setdefault(name, set()).update(found)
                self._rows += len(part.rows)
                self._progress(self._rows, None)
                if part.rows:
                    table = pa.table({ROW: part.rows, **{name: pa.array(told) for name, told in part.columns.items()}})
                    with writing(self._place), pa.ipc.new_stream(sink, table.schema, options=_PACKED) as out:
                        out.write_table(table)

    def without_names(self) -> None:
        """Raises `EventsError` where there are national identity numbers in what may come out again."""
        for column, found in sorted(self._nationals.items()):
            raise EventsError("PW422", file=self._name, column=masked(column), count=len(found))

    def tables(self) -> Iterator[pa.Table]:
        """What was laid down, each part with all columns that are kept and with `ROW`; it is removed at the end."""
        done = 0
        with self._place.open("rb") as source:
            while source.peek(1):
                with pa.ipc.open_stream(source) as reader:
                    for batch in reader:
                        yield self._whole(pa.Table.from_batches([batch]))
                        done += len(batch)
                self._progress(done, self._rows)
        self._place.unlink(missing_ok=True)

    def _whole(self, part: pa.Table) -> pa.Table:
        nothing = pa.nulls(len(part), pa.string())
        return pa.table(
            {name: part.column(name) if name in part.column_names else nothing for name in (ROW, *self.head.columns)}
        )

    def texts(self, table: pa.Table) -> TextColumns:
        """A part as every reader gives it."""
        columns = {name: [text or "" for text in table.column(name).to_pylist()] for name in self.head.columns}
        return TextColumns(self.head.names, columns, table.column(ROW).to_pylist())
