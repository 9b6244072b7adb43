"""A log that is larger than memory, replayed in blocks: tables in parts, counts added up, and no block done twice.

Results lie in a folder: `breaks.parquet`, `obligations.parquet` and `episodes.parquet` are folders of parts (what reads Parquet reads
them as one table), `counts.parquet` is what `aggregates` counts, `summary.json` comes last. A block's parts are written before it is
noted as done in `blocks.json`: after an interruption the next run with the same log and the same pathway goes on from there. What a
log needs on disk to be put in order lies in `.sorting` meanwhile, and is made anew by the next run.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.events.event import Instant
from pathway.events.mapping import Mapping
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime
from pathway.model.vocabulary import vocabulary
from pathway.outputs import write_text, write_whole
from pathway.replay.aggregates import added, counted
from pathway.replay.columnar import THREADS, Columnar, Found
from pathway.replay.population import engine_version
from pathway.replay.rows import Rows
from pathway.replay.source import Progress
from pathway.replay.streams import Stream
from pathway.replay.tables import how_written
from pathway.tracking.records import OUTCOMES
from pathway.tracking.tell import lineage
from pathway.tracking.unseen import never_seen

_TABLES = ("breaks", "obligations", "episodes")


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
    threads: int = THREADS,
    progress: Callable[[Progress], None] | None = None,
) -> dict[str, Any]:
    """Replay a log (a file, a folder, or what gives Arrow tables) into a folder; returns the summary, with the same answers as
    `population.replay`. `set_aside` is the mapping beside the pathway where it is not this log's.

    Memory is that of a few blocks of a quarter of a million events, whatever the size of the log: 0.9 GB with four columns, 1.5 GB
    with forty; where it must be put in order first, that of two runs of a million rows. Raises `EventsError` and `MappingError` for a
    log that cannot be read, and `OutputError`.
    """
    texts = [text for pathway in lineage(compiled) for text in (pathway, *pathway.editions)]
    how = mapping or Mapping()
    names = vocabulary(text.pathway for text in texts)
    with Stream(log, names, how, folder=Path(folder), known_at=known_at, strict=strict, progress=progress) as stream:
        until = as_of if as_of is not None else known_at if known_at is not None else stream.last_recorded()
        identity = [*stream.identity(), how.model_dump_json(), known_at]
        target = _Folder(Path(folder), _mark(identity, texts, until, how.receipts))
        columnar = Columnar(compiled)
        done = skipped = 0

        def follow(rows: Rows) -> Found:
            return columnar.follow(rows, until or 0, receipts=how.receipts, threads=1)

        for number, rows, found in _in_order(stream.blocks(), follow, threads, target.finished):
            target.keep(number, found)
            done += len(rows)
            skipped = done if found is None else skipped
            if progress is not None:
                progress(Progress(done, stream.rows, skipped))
    stream.counts.set_aside = set_aside
    never = never_seen(compiled, frozenset(stream.told))
    heading = _heading(compiled, until, known_at) | {"date_only": stream.date_only, "never_seen": never}
    return target.close(heading, stream, texts)


def _in_order(
    blocks: Iterator[Rows], follow: Callable[[Rows], Found], threads: int, finished: int
) -> Iterator[tuple[int, Rows, Found | None]]:
    """Blocks followed some at a time, given back in the order of the log; None for what was finished before."""
    with ThreadPoolExecutor(threads) as pool:
        running: deque[tuple[int, Rows, Future[Found]]] = deque()
        for number, rows in enumerate(blocks):
            if number < finished:
                yield number, rows, None
                continue
            running.append((number, rows, pool.submit(follow, rows)))
            if len(running) > threads:
                first, read, future = running.popleft()
                yield first, read, future.result()
        for first, read, future in running:
            yield first, read, future.result()


def _mark(log: Sequence[object], texts: Sequence[Compiled], as_of: Instant | None, receipts: bool) -> str:
    """What results are of: the log, the texts, the time, the engine."""
    said = [*log, *(text.pathway.model_dump_json() for text in texts)]
    return blake2b(repr((said, as_of, receipts, engine_version())).encode(), digest_size=16).hexdigest()


class _Folder:
    """Where results come to lie. Results of something else that lie there are replaced."""

    def __init__(self, folder: Path, mark: str) -> None:
        self.folder, self._mark = folder, mark
        self._state: dict[str, Any] = {"of": mark, "blocks": []}
        try:
            state = json.loads((folder / "blocks.json").read_text(encoding="utf-8"))
            if state["of"] == mark:
                self._state = state
        except (OSError, ValueError, KeyError, TypeError):
            pass
        if not self._state["blocks"]:
            for name in (*_TABLES, "counts"):
                place = folder / f"{name}.parquet"
                shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)

    @property
    def finished(self) -> int:
        return len(self._state["blocks"])

    def keep(self, number: int, found: Found | None) -> None:
        """Write a block's tables, then note it as done."""
        if found is None:
            return
        tables = {name: getattr(found, name) for name in _TABLES} | {"counts": counted(found.obligations)}
        for name, table in tables.items():
            self._write(self.folder / f"{name}.parquet" / f"part-{number:05}.parquet", table)
        self._state["blocks"].append(
            {
                "patients": found.patients,
                "counts": dict(found.counts),
                "moves": [[*pair, times] for pair, times in found.moves.items()],
                "left": [[*pair, times] for pair, times in found.left.items()],
                "kinds": _pairs(found.breaks),
                "episodes": found.episodes.num_rows,
            }
        )
        write_text(self.folder / "blocks.json", json.dumps(self._state))

    def _write(self, place: Path, table: pa.Table) -> None:
        write_whole(place, lambda beside: parquet.write_table(table, beside, **how_written(table)))

    def close(self, heading: dict[str, Any], stream: Stream, texts: Sequence[Compiled]) -> dict[str, Any]:
        """Add up what the blocks counted, and write the summary."""
        parts = [parquet.read_table(file) for file in sorted((self.folder / "counts.parquet").glob("part-*.parquet"))]
        rules: dict[str, Counter[str]] = {rule.rule.name: Counter() for text in texts for rule in text.rules}
        if parts:
            together = added(parts)
            shutil.rmtree(self.folder / "counts.parquet")
            self._write(self.folder / "counts.parquet", together)
            for rule, outcome, count in zip(
                *(together[name].to_pylist() for name in ("rule", "outcome", "count")), strict=True
            ):
                rules[rule][outcome] += count
        blocks = self._state["blocks"]
        counts: Counter[str] = Counter()
        for block in blocks:
            counts.update(block["counts"])
        summary = heading | {
            "events": {
                **stream.counts.as_dict(),
                "not_taken_up": _nested(pair for block in blocks for pair in block["left"]),
            },
            "patients": sum(block["patients"] for block in blocks),
            "episodes": sum(block["episodes"] for block in blocks),
            **counts,
            "moves": _nested(pair for block in blocks for pair in block["moves"]),
            "rules": {rule: {outcome: found[outcome] for outcome in OUTCOMES} for rule, found in rules.items()},
            "breaks": _nested(pair for block in blocks for pair in block["kinds"]),
        }
        write_text(self.folder / "summary.json", json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
        (self.folder / "blocks.json").unlink(missing_ok=True)
        return summary


def _heading(compiled: Compiled, as_of: Instant | None, known_at: Instant | None) -> dict[str, Any]:
    told = {
        name: None if at is None else to_datetime(at).isoformat() for name, at in (("as_of", as_of), ("known_at", known_at))
    }
    return {"pathway": compiled.pathway.name, "version": compiled.pathway.version, "engine": engine_version(), **told}


def _pairs(breaks: pa.Table) -> list[list[Any]]:
    """Kind, subtype and how many."""
    often = breaks.group_by(["kind", "subtype"]).aggregate([([], "count_all")])
    return [[row["kind"], row["subtype"], row["count_all"]] for row in often.to_pylist()]


def _nested(triples: Iterator[Sequence[Any]] | Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for first, second, times in triples:
        own = found.setdefault(first, {})
        own[second] = own.get(second, 0) + times
    return found
