"""Which of the two executors follows a log sooner, when what is asked for are whole tables; and the kernel's parts made such tables.

The tracker takes some 50 microseconds an event and starts at once. The kernel takes two, and starts a second later; where nothing is
kept of it yet, a minute or two later.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.errors import EventsError
from pathway.events.columns import files_of, kind_of
from pathway.outputs import write_text, write_whole
from pathway.replay.population import TABLES, places_in
from pathway.replay.tables import RECORDS, how_written, schema_of

PAYS, PAYS_COMPILED = 40_000, 1_500_000
"""Events from which on the kernel is sooner done: where its machine code is kept, and where it has to be compiled."""
_BYTES = {None: 60, "xlsx": 30}
_OTHERWISE, _PACKED = 400, 10
"""Bytes that an event takes, about, in a file of a kind (none: text with columns) and of any other; how much larger what is packed is."""
_DISTINCT = ("break_id", "evidence", "event", "anchor_event", "closed_event")
"""Texts that most often differ from row to row."""


def kernel_is_sooner(log: Path) -> bool:
    """Whether a log is better followed in blocks. What cannot be read is left to the tracker, and so are times that are numbers: in
    tables that are read at once they are none."""
    try:
        events = _events(log)
    except (EventsError, OSError, pa.ArrowException):
        return False
    if events < PAYS:
        return False
    from pathway.replay.compiling import is_kept

    return events >= PAYS_COMPILED or is_kept()


def _events(log: Path) -> int:
    """How many events there are in a log, about."""
    files = files_of(log)[1] if log.is_dir() else [log]
    return sum(map(_events_in, files))


def _events_in(file: Path) -> int:
    kind = kind_of(file)
    if kind == "parquet":
        numbers = [field.name for field in parquet.read_schema(file) if pa.types.is_integer(field.type)]
        return 0 if {"occurred", "recorded", "until"} & {*numbers} else parquet.read_metadata(file).num_rows
    size = file.stat().st_size * (_PACKED if file.name.lower().endswith(".gz") else 1)
    return size // _BYTES.get(kind, _OTHERWISE)


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """Where parts lie until whole tables are made of them in a folder; nothing is left of it, nor of a folder that got no tables."""
    own = folder / ".following"
    shutil.rmtree(own, ignore_errors=True)
    there = folder.exists()
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        if not there:
            with suppress(OSError):  # there are tables in it
                folder.rmdir()


def made_whole(parts: Path, folder: Path) -> list[Path]:
    """The tables of a replay in blocks as `population.Result.write` leaves them, and the summary. Returns their paths. Memory is that of
    a part."""
    for place in places_in(folder):
        if place.is_dir():  # of a replay in blocks
            shutil.rmtree(place)
    written = [write_whole(folder / f"{name}.parquet", lambda place, name=name: _joined(parts, name, place)) for name in TABLES]  # type: ignore[misc]
    return [*written, write_text(folder / "summary.json", (parts / "summary.json").read_text(encoding="utf-8"))]


def _joined(parts: Path, name: str, place: Path) -> None:
    texts = [field.name for field in schema_of(RECORDS[name]) if pa.types.is_string(field.type) and field.name not in _DISTINCT]
    files = sorted((parts / f"{name}.parquet").glob("part-*"))
    tables = (parquet.read_table(file, read_dictionary=texts) for file in files)
    first = next(tables)
    with parquet.ParquetWriter(place, first.schema, **how_written(first)) as out:
        for table in chain([first], tables):
            out.write_table(table)
