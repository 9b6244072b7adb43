"""A log that is larger than memory, replayed in blocks: tables in parts, counts added up, and no block done twice.

Results lie in a folder: `breaks.parquet`, `obligations.parquet` and so on are folders of parts (what reads Parquet reads them as one
table), `counts` has what `aggregates` counts, `summary.json` comes last. A block's parts are written before it is noted as done in
`blocks.jsonl`: after an interruption the next run with the same log and the same pathway goes on from there. What a log needs on
disk to be put in order lies in `.sorting` meanwhile, and is made anew by the next run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pathway.events.event import Instant
from pathway.events.mapping import Mapping
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime
from pathway.model.vocabulary import vocabulary
from pathway.replay.columnar import THREADS, Columnar
from pathway.replay.folder import SUMMED, Folder
from pathway.replay.population import engine_version
from pathway.replay.rows import Rows
from pathway.replay.source import Progress
from pathway.replay.streams import Stream
from pathway.replay.tables import RECORDS
from pathway.tracking.tell import lineage
from pathway.tracking.unseen import never_seen

Block = dict[str, Any]
"""What is noted of a block."""


def replay_blocks(
    compiled: Compiled,
    log: Any,
    folder: str | Path,
    *,
    mapping: Mapping | None = None,
    set_aside: str | None = None,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    strict: bool = False,
    counts_only: bool = False,
    threads: int = THREADS,
    progress: Callable[[Progress], None] | None = None,
) -> dict[str, Any]:
    """Replay a log (a file, a folder, or what gives Arrow tables) into a folder; returns the summary, with the same answers as
    `population.replay`. With `counts_only`, counts and summary come and no tables. `set_aside` is the mapping beside the pathway
    where it is not this log's.

    Memory is that of a few blocks of a quarter of a million events, whatever the size of the log: 0.9 GB with four columns, 1.8 GB
    with forty of which most say something; where it must be put in order first, that of two runs of a million rows. Raises
    `EventsError` and `MappingError` for a log that cannot be read, and `OutputError`.
    """
    texts = [text for pathway in lineage(compiled) for text in (pathway, *pathway.editions)]
    how = mapping or Mapping()
    names = vocabulary(text.pathway for text in texts)
    with Stream(log, names, how, folder=Path(folder), known_at=known_at, strict=strict, progress=progress) as stream:
        until = as_of if as_of is not None else known_at if known_at is not None else stream.last_recorded()
        identity = [*stream.identity(), how.model_dump_json(), known_at, counts_only]
        target = Folder(Path(folder), _mark(identity, texts, until, how.receipts), counts_only=counts_only)
        tables = SUMMED if counts_only else RECORDS
        columnar = Columnar(compiled)
        done = skipped = 0

        def follow(number: int, rows: Rows) -> Block:
            found = columnar.follow(rows, until or 0, receipts=how.receipts, threads=1, tables=tables, counting=True)
            return target.write(number, found)

        for rows, block in _in_order(stream.blocks(), follow, threads, target.finished):
            if block is not None:
                target.note(block)
            done += len(rows)
            skipped = done if block is None else skipped
            if progress is not None:
                progress(Progress(done, stream.rows, skipped))
    stream.counts.set_aside = set_aside
    never = never_seen(compiled, frozenset(stream.told))
    heading = _heading(compiled, until, known_at) | {"date_only": stream.date_only, "never_seen": never}
    return target.close(heading, stream, texts)


def _in_order(
    blocks: Iterator[Rows], follow: Callable[[int, Rows], Block], threads: int, finished: int
) -> Iterator[tuple[Rows, Block | None]]:
    """Blocks followed and written some at a time, given back in the order of the log; None for what was finished before."""
    with ThreadPoolExecutor(threads) as pool:
        running: deque[tuple[Rows, Future[Block]]] = deque()
        for number, rows in enumerate(blocks):
            if number < finished:
                yield rows, None
                continue
            running.append((rows, pool.submit(follow, number, rows)))
            if len(running) > threads:
                first, future = running.popleft()
                yield first, future.result()
        for first, future in running:
            yield first, future.result()


def _mark(log: Sequence[object], texts: Sequence[Compiled], as_of: Instant | None, receipts: bool) -> str:
    """What results are of: the log, the texts, the time, the engine."""
    said = [*log, *(text.pathway.model_dump_json() for text in texts)]
    return blake2b(repr((said, as_of, receipts, engine_version())).encode(), digest_size=16).hexdigest()


def _heading(compiled: Compiled, as_of: Instant | None, known_at: Instant | None) -> dict[str, Any]:
    told = {
        name: None if at is None else to_datetime(at).isoformat() for name, at in (("as_of", as_of), ("known_at", known_at))
    }
    return {"pathway": compiled.pathway.name, "version": compiled.pathway.version, "engine": engine_version(), **told}
