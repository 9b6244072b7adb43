"""A log of any form understood by the rows of a mapping, with bounded memory: its columns of text lie on disk until it is known
which columns the log has, since a field is read from the first of some that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.errors import EventsError
from pathway.events.facts import FACT, Columns
from pathway.events.identity import Pseudonyms, masked, nationals, without_names
from pathway.events.log import Counts
from pathway.events.mapping import Mapping
from pathway.events.read import absent_columns
from pathway.events.rows import Rows
from pathway.events.settle import Version
from pathway.events.text_columns import TextColumns
from pathway.events.wide import unrolled
from pathway.language.resting import collector_at_rest
from pathway.model.pathway import Pathway
from pathway.outputs import writing
from pathway.replay.understood import TEXTS, Whats, fact_text, recoded

_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")


class Mapped:
    """One log. `counts` and `whats` grow as its tables are taken. `progress` is told how many rows were laid down, then how many of
    them were understood. Cost: some 20 µs a row."""

    def __init__(
        self,
        vocabulary: Pathway,
        mapping: Mapping,
        columns: Columns,
        name: str,
        whats: Whats,
        progress: Callable[[int, int | None], None],
    ) -> None:
        self._progress, self._read = progress, 0
        self._mapping, self._columns, self._name = mapping, columns, name
        self._rows = Rows(vocabulary, mapping, columns)
        self._whats = whats
        self._nationals: dict[str, set[str]] = {}

    @property
    def counts(self) -> Counts:
        return self._rows.counts

    def understood(self, parts: Iterable[TextColumns], folder: Path) -> Iterator[pa.Table]:
        """The rows that can be used, some at a time; the others are counted. Raises as `log_from` does."""
        place = folder / "texts"
        head = self._kept(parts, place)
        columns, mapping = self._columns, self._mapping
        self.counts.absent = absent_columns(head, mapping, columns, self._name)
        pseudonyms = None if mapping.pseudonyms is None else Pseudonyms.read(Path(mapping.pseudonyms.key_file))
        if pseudonyms is None:
            for column, found in sorted(self._nationals.items()):
                raise EventsError("PW422", file=self._name, column=masked(column), count=len(found))
        done = 0
        for text in _again(place, head):
            done += len(text.rows)
            if pseudonyms is not None:
                without_names(text, columns.fields["patient"], columns.told(), pseudonyms, self._name)
            if mapping.wide:
                text = unrolled(text, list(mapping.wide), columns.fields)
            with collector_at_rest():
                yield self._table(list(self._rows.versions(text)))
            self._progress(done, self._read)
        place.unlink(missing_ok=True)

    def _kept(self, parts: Iterable[TextColumns], place: Path) -> TextColumns:
        """Lay the parts down; returns the names of all columns and which of them are kept, without rows."""
        head = TextColumns([], {}, [])
        watched = {*self._columns.fields["patient"], *self._columns.told()}
        with place.open("wb") as sink:
            for part in parts:
                head.names += [name for name in part.names if name not in {*head.names}]
                head.columns |= {name: [] for name in part.columns}
                for row, reason in part.broken:
                    self.counts.read += 1
                    self.counts.reject(reason, row)
                self.counts.mended.update(part.mended)
                for name in watched & part.columns.keys():
                    found = nationals(part.columns[name])
                    if found:
                        self._nationals.setdefault(name, set()).update(found)
                self._read += len(part.rows)
                self._progress(self._read, None)
                if part.rows:
                    table = pa.table({_ROW: part.rows, **{name: pa.array(told) for name, told in part.columns.items()}})
                    with writing(place), pa.ipc.new_stream(sink, table.schema, options=_PACKED) as out:
                        out.write_table(table)
        return head

    def _table(self, versions: Sequence[Version]) -> pa.Table:
        events = [version.event for version in versions]
        columns: dict[str, Any] = {
            "row": pa.array([version.row for version in versions], pa.int64()),
            "patient": pa.array([event.patient for event in events], pa.string()),
            "what": pa.array([self._whats((event.name, event.phase)) for event in events], pa.int32()),
            "at": pa.array([event.occurred for event in events], pa.int64()),
            "id": pa.array([event.id or None for event in events], pa.string()),
        }
        more = {
            "date": pa.array([event.date_only or None for event in events], pa.bool_()).cast(pa.uint8()),
            "recorded": pa.array([event.recorded for event in events], pa.int64()),
            "until": pa.array([event.deviation_until for event in events], pa.int64()),
            "amount": pa.array([event.amount for event in events], pa.float64()),
            "refers": pa.array([event.refers for event in events], pa.string()),
            "corrects": pa.array([version.corrects for version in versions], pa.string()),
            "retracts": pa.array([version.retracts for version in versions], pa.string()),
        }
        columns |= {name: column for name, column in more.items() if column.null_count < len(column)}
        for name in TEXTS:
            told = [getattr(event, name) for event in events]
            if name == "elements":
                told = [None if parts is None else ",".join(parts) or "," for parts in told]
            if any(told):
                columns[name] = _of_texts(told)
        for name in dict.fromkeys(chain.from_iterable(event.facts for event in events)):
            values = [event.facts.get(name) for event in events]
            columns[FACT + name] = _of_texts([None if value is None else fact_text(value) for value in values])
        return pa.table(columns)


_ROW = "\x00row"
"""Where rows stand; no column of a log is called so."""


def _of_texts(texts: Sequence[str | None]) -> pa.Array:
    return recoded(np.arange(len(texts)), texts)


def _again(place: Path, head: TextColumns) -> Iterator[TextColumns]:
    """The parts that were laid down, each with all columns."""
    with place.open("rb") as source:
        while source.peek(1):
            with pa.ipc.open_stream(source) as reader:
                for batch in reader:
                    rows = batch.column(_ROW).to_pylist()
                    own = {name: batch.column(name).to_pylist() for name in batch.schema.names if name != _ROW}
                    columns = {name: own.get(name) or [""] * len(rows) for name in head.columns}
                    yield TextColumns(head.names, columns, rows)
