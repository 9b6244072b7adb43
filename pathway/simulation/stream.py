"""A made-up log of any size, written in blocks together with the record of what was planted in it.

So many patients are walked one by one; when more are asked for, they are made many times over (`Pool`). Memory is that of the walked
patients and of one block, whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from pathway.events.event import Instant
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_instant
from pathway.outputs import write_whole
from pathway.simulation.blocks import SECONDS, Pool, schema_of
from pathway.simulation.followed import Followed
from pathway.simulation.planted import SCHEMA as PLANTED
from pathway.simulation.planted import planted_table
from pathway.simulation.population import name_of, walks
from pathway.simulation.profile import Profile
from pathway.simulation.walk import Walked

WALKED = 2_000
"""So many patients are walked one by one, unless it is said otherwise."""
_BLOCK = 1_000_000
"""Events in a block, about."""
_AT_ONCE = 200
"""Walked patients in a block."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many patients and events, how many breaks were planted, and the time that the world has come to."""

    patients: int
    events: int
    planted: int
    as_of: Instant


def write_population(
    pathways: Sequence[Compiled],
    profile: Profile,
    log: str | Path,
    planted: str | Path,
    *,
    patients: int,
    seed: int = 1,
    prefix: str = "P",
    walked: int = WALKED,
    integers: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Written:
    """Write a log (Parquet, or CSV by its ending) and the record of what was planted (Parquet), each whole or not at all.

    Rows are sorted by patient, then by time. `integers` writes patients and ids as numbers. `progress` is called with the number
    of events so far. Cost: some 10 ms a walked patient; beyond those, about a million events a second.
    """
    counted = {"patients": 0, "events": 0, "planted": 0}

    def write(log_beside: Path, planted_beside: Path) -> None:
        schema = schema_of([Followed(compiled) for compiled in pathways], integers=integers)
        one_by_one = walks(
            pathways, profile, patients=min(patients, walked), seed=seed, prefix=prefix, width=len(str(patients))
        )
        chance = np.random.default_rng(seed)
        with ExitStack() as stack:
            events = stack.enter_context(_writer(log_beside, schema))
            record = stack.enter_context(parquet.ParquetWriter(planted_beside, PLANTED, compression="zstd"))
            for block in _blocks((made for made, _ in one_by_one), schema, patients, chance):
                numbers = range(counted["patients"] + 1, counted["patients"] + len(block.places) + 1)
                names = [name_of(prefix, number, len(str(patients))) for number in numbers]
                table, rows = block.pool.block(block.places, numbers, names, block.seconds, counted["events"] + 1)
                events.write_table(_texts(table) if isinstance(events, csv.CSVWriter) else table)
                record.write_table(planted_table(rows))
                counted["patients"] += len(names)
                counted["events"] += table.num_rows
                counted["planted"] += len(rows)
                if progress is not None:
                    progress(counted["events"])

    write_whole(log, lambda log_beside: write_whole(planted, lambda planted_beside: write(log_beside, planted_beside)))
    return Written(**counted, as_of=to_instant(profile.end))


class _Block(NamedTuple):
    """Some patients of a pool, each moved by some seconds."""

    pool: Pool
    places: np.ndarray
    seconds: np.ndarray


def _blocks(walked: Iterator[Walked], schema: pa.Schema, patients: int, chance: np.random.Generator) -> Iterator[_Block]:
    """Those who were walked, as they come; then as many more of them as are wanted."""
    kept: list[Walked] = []
    while some := list(islice(walked, _AT_ONCE)):
        kept += some
        yield _Block(Pool(some, schema), np.arange(len(some)), np.zeros(len(some), dtype=np.int64))
    left = patients - len(kept)
    pool = Pool(kept, schema) if left else None
    while pool is not None and left:
        count = min(left, max(int(_BLOCK / max(pool.usual, 1)), 1))
        left -= count
        yield _Block(pool, chance.integers(len(pool), size=count), chance.integers(SECONDS, size=count))


def _writer(beside: Path, schema: pa.Schema) -> csv.CSVWriter | parquet.ParquetWriter:
    if beside.suffix.lower() == ".csv":
        return csv.CSVWriter(beside, pa.schema([pa.field(name, pa.string()) for name in schema.names]))
    return parquet.ParquetWriter(beside, schema, compression="zstd", compression_level=1)


def _texts(table: pa.Table) -> pa.Table:
    """As the house's logs say it in text: times in ISO with their offset."""
    columns = []
    for column in table.columns:
        if pa.types.is_timestamp(column.type):
            column = pc.strftime(column, "%Y-%m-%dT%H:%M:%S+00:00")
        elif pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        columns.append(column.cast(pa.string()))
    return pa.Table.from_arrays(columns, names=table.column_names)
