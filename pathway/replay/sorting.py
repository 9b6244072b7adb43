"""Rows put in the order of their patients' names, on disk: sorted runs of a million rows, merged as they are read back.

Each row is written once and read once. Memory: two runs while they are written (`RUN`), and `_BATCH` rows of each run while they
are merged, so that a log of a hundred million rows takes about as much as one run does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.outputs import writing
from pathway.replay.understood import REFERRING, patients, texts_in, whole

RUN = 1_000_000
"""Rows that are sorted at once."""
_BATCH = 8_192


class Runs:
    """Takes understood tables, and gives them back in the order of their patients. Raises `OutputError` where the disk is full."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[Path] = []
        self._waiting: list[pa.Table] = []
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        """The rows are numbered on in `seq`."""
        seq = pa.array(np.arange(self.rows, self.rows + len(table)))
        table = texts_in(table, ("patient", "id", *REFERRING)).append_column("seq", seq)
        self.rows += len(table)
        self._waiting.append(table)
        if sum(map(len, self._waiting)) >= RUN:
            self.close()

    def close(self) -> None:
        """Write what waits."""
        if not sum(map(len, self._waiting)):
            return
        table = by_patient(pa.concat_tables(self._waiting, promote_options="permissive"))
        self._waiting = []
        place = self._folder / f"run-{len(self._files):05}"
        with (
            writing(place),
            pa.OSFile(str(place), "wb") as sink,
            pa.ipc.new_stream(sink, table.schema, options=_PACKED) as out,
        ):
            out.write_table(table, max_chunksize=_BATCH)
        self._files.append(place)

    def digest(self) -> str:
        """What tells these rows from others."""
        told = blake2b(digest_size=16)
        for place in self._files:
            with place.open("rb") as file:
                while part := file.read(1 << 22):
                    told.update(part)
        return told.hexdigest()

    def tables(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """All rows in some order, in parts; of some columns only."""
        for place in self._files:
            with pa.OSFile(str(place)) as source, pa.ipc.open_stream(source) as reader:
                for batch in reader:
                    yield pa.Table.from_batches([batch]).select(columns or batch.schema.names)

    def merged(self, size: int) -> Iterator[pa.Table]:
        """Rows of whole patients in the order of their names, about so many at a time."""
        heads = [_Head(place) for place in self._files]
        taken: list[pa.Table] = []
        try:
            while heads:
                # Up to the least patient of whom a run may hold more than is read of it.
                open_ends = [head for head in heads if not head.ended]
                bound = min((head.last for head in open_ends), default=None)
                for head in heads:
                    taken += head.below(bound)
                for head in open_ends:
                    if head.last == bound:
                        head.more()
                heads = [head for head in heads if not head.empty]
                if sum(map(len, taken)) >= size or (taken and not heads):
                    *cut, rest = _cut(taken, size)
                    yield from cut
                    taken = [rest]
            yield from (table for table in taken if len(table))
        finally:
            for head in heads:
                head.close()


_PACKED = pa.ipc.IpcWriteOptions(compression="lz4", unify_dictionaries=False)


class _Head:
    """What is read of a run and not yet taken."""

    def __init__(self, place: Path) -> None:
        self._source = pa.OSFile(str(place))
        self._reader = pa.ipc.open_stream(self._source)
        self.ended = False
        self._table: pa.Table | None = None
        self._names: list[str] = []
        """The patients of the rows in order, with where each begins and the end."""
        self._starts: list[int] = [0]
        self.more()

    def more(self) -> None:
        """Read on."""
        try:
            batch = pa.Table.from_batches([self._reader.read_next_batch()])
        except StopIteration:
            self.ended = True
            return
        rest = self._table
        table = batch if rest is None or not len(rest) else pa.concat_tables([rest, batch], promote_options="permissive")
        self._keep(table)

    def _keep(self, table: pa.Table) -> None:
        starts, names = patients(table.column("patient"))
        self._table, self._starts, self._names = table, starts.tolist(), names.to_pylist()

    @property
    def empty(self) -> bool:
        return self.ended and not self._names

    @property
    def last(self) -> str:
        return self._names[-1]

    def below(self, bound: str | None) -> list[pa.Table]:
        """Take the rows of the patients before one; all for None."""
        assert self._table is not None
        count = len(self._names) if bound is None else bisect_left(self._names, bound)
        end = self._starts[count]
        taken = self._table.slice(0, end)
        self._table = self._table.slice(end)
        self._names, self._starts = self._names[count:], [at - end for at in self._starts[count:]]
        return [taken] if end else []

    def close(self) -> None:
        self._source.close()


def by_patient(table: pa.Table) -> pa.Table:
    """The rows in the order of the patients' names, each patient's as they came."""
    code = whole(table.column("patient").dictionary_encode().unify_dictionaries())
    order = pc.array_sort_indices(code.dictionary).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    ranked = rank[code.indices.to_numpy()]
    if (ranked[1:] >= ranked[:-1]).all():
        return table.combine_chunks()
    return _whole(table).take(pc.array_sort_indices(pa.array(ranked)))


def _whole(table: pa.Table) -> pa.Table:
    """Columns in one piece each: to take rows of many pieces costs their number."""
    return table.unify_dictionaries().combine_chunks()


def _cut(taken: Sequence[pa.Table], size: int) -> Iterator[pa.Table]:
    """Parts of about a size that end with a patient, and what is left."""
    table = by_patient(pa.concat_tables(taken, promote_options="permissive"))
    edges = patients(table.column("patient"))[0]
    first = 0
    while first + size <= len(table):
        end = int(edges[np.searchsorted(edges, first + size)])
        yield table.slice(first, end - first)
        first = end
    yield table.slice(first)
