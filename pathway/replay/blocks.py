"""A log that is larger than memory, replayed in blocks: tables in parts, counts added up, and no block done twice.

Results lie in a folder: `breaks.parquet`, `obligations.parquet` and `episodes.parquet` are folders of parts (what reads Parquet reads
them as one table), `counts.parquet` is what `aggregates` counts, `summary.json` comes last. A block's parts are written before it is
noted as done in `blocks.json`: after an interruption the next run with the same log and the same pathway goes on from there.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from errno import ENOENT
from hashlib import blake2b
from os import strerror
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.errors import EventsError, system_reason
from pathway.events.event import Instant
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime
from pathway.model.vocabulary import vocabulary
from pathway.outputs import write_text, write_whole
from pathway.replay.aggregates import added, counted
from pathway.replay.columnar import THREADS, Columnar, Found
from pathway.replay.population import engine_version
from pathway.replay.rows import Rows
from pathway.replay.streams import Stream
from pathway.replay.tables import how_written
from pathway.tracking.records import OUTCOMES
from pathway.tracking.tell import lineage
from pathway.tracking.unseen import never_seen

_TABLES = ("breaks", "obligations", "episodes")


@dataclass(frozen=True)
class Progress:
    """How far it has come: `done` of `events`, of which `skipped` were done before."""

    done: int
    events: int
    skipped: int


def replay_blocks(
    compiled: Compiled,
    log: str | Path,
    folder: str | Path,
    *,
    as_of: Instant | None = None,
    receipts: bool = True,
    threads: int = THREADS,
    progress: Callable[[Progress], None] | None = None,
) -> dict[str, Any]:
    """Replay a Parquet log (a file, or a folder of files in the order of their names) into a folder; returns the summary.

    The log has the columns `patient, event, occurred, id` and any other fields of an event, each patient's rows together. Memory is
    that of a few blocks of a quarter of a million events, whatever the size of the log: 0.9 GB with four columns, 1.5 GB with
    forty. Raises `EventsError` for a log that cannot be read so, and `OutputError`.
    """
    files = files_of(log)
    texts = [text for pathway in lineage(compiled) for text in (pathway, *pathway.editions)]
    stream = Stream(files, vocabulary(text.pathway for text in texts))
    until = as_of if as_of is not None else stream.last_recorded() or 0
    target = _Folder(Path(folder), _mark(files, texts, until, receipts))
    events = sum(parquet.read_metadata(file).num_rows for file in files)
    columnar = Columnar(compiled)
    done = 0

    def follow(rows: Rows) -> Found:
        return columnar.follow(rows, until, receipts=receipts, threads=1)

    for number, rows, found in _in_order(stream.blocks(), follow, threads, target.finished):
        target.keep(number, found)
        done += len(rows)
        if progress is not None:
            progress(Progress(done, events, done if found is None else 0))
    stream.finish()
    never = never_seen(compiled, frozenset(stream.reader.told))
    heading = _heading(compiled, until) | {"date_only": stream.reader.date_only, "never_seen": never}
    return target.close(heading, stream, texts)


def files_of(log: str | Path) -> list[Path]:
    """The Parquet files of a log. Raises `EventsError` where there is none."""
    place = Path(log)
    files = sorted(place.glob("*.parquet")) if place.is_dir() else [place] if place.is_file() else []
    if not files and place.is_dir():
        raise EventsError("PW567", file=str(log))
    if not files:
        raise EventsError("PW410", file=str(log), detail=system_reason(FileNotFoundError(ENOENT, strerror(ENOENT))))
    return files


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


def _mark(files: Sequence[Path], texts: Sequence[Compiled], as_of: Instant, receipts: bool) -> str:
    """What results are of: the files, the texts, the time, the engine."""
    said: list[object] = [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    said += [text.pathway.model_dump_json() for text in texts]
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
                **stream.reader.counts.as_dict(),
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


def _heading(compiled: Compiled, as_of: Instant) -> dict[str, Any]:
    told = to_datetime(as_of).isoformat()
    name, version = compiled.pathway.name, compiled.pathway.version
    return {"pathway": name, "version": version, "engine": engine_version(), "as_of": told, "known_at": None}


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
