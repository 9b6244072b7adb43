"""Where a replay in blocks keeps its results: tables in parts, what they count, and which blocks are done.

While it runs, `blocks.jsonl` has a line a block that is done (the first line says what they are of), and `counts/part-NNNNN` what a block
counts: Arrow streams one after the other, which are added up to `counts/NAME.parquet` at the end.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.machine.tables import Compiled
from pathway.outputs import write_text, write_whole, writing
from pathway.replay.aggregates import COUNTS, added
from pathway.replay.columnar import Found
from pathway.replay.parts import parts_of
from pathway.replay.population import places_in
from pathway.replay.streams import Stream
from pathway.replay.tables import RECORDS, how_written, schema_of
from pathway.replay.totals import cost_totals, indicator_totals
from pathway.tracking.records import OUTCOMES

_COUNTED = ("entry_unknown", "adaptation_unknown", "out_of_force", "repeated_anchors", "jumps", "uncertain")
_AT_ONCE = 16
"""So many blocks' counts are added up at once."""
_NOTES = "blocks.jsonl"
SUMMED = {"indicators": ["pathway", "indicator", "value"], "costs": ["currency", "days", "unpriced", "amount"]}
"""What the summary comes to needs of each row of a table."""
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")


class Folder:
    """Where results come to lie. Results of something else that lie there are replaced. With `counts_only`, no tables."""

    def __init__(self, folder: Path, mark: str, *, counts_only: bool = False) -> None:
        self.folder, self._mark, self._counts_only = folder, mark, counts_only
        self._blocks = self._done()
        self._noting = False
        if not self._blocks:
            for place in places_in(folder):
                shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)

    def _done(self) -> list[dict[str, Any]]:
        """The blocks that were noted as done. One whose line was cut off was not."""
        found: list[dict[str, Any]] = []
        try:
            first, *lines = (self.folder / _NOTES).read_text(encoding="utf-8").splitlines()
            if json.loads(first) == {"of": self._mark}:
                for line in lines:
                    found.append(json.loads(line))
        except (OSError, ValueError):
            pass
        return found

    @property
    def finished(self) -> int:
        return len(self._blocks)

    def write(self, number: int, found: Found) -> dict[str, Any]:
        """Write a block's tables and counts, from any thread; returns what is to be noted of it."""
        for name, table in () if self._counts_only else found.tables.items():
            self._write(self.folder / f"{name}.parquet" / f"part-{number:05}.parquet", table)
        summed = (found.tables[name].select(columns) for name, columns in SUMMED.items())
        write_whole(self._part(number), lambda beside: _laid((*(found.totals[name] for name in COUNTS), *summed), beside))
        return {
            "patients": found.patients,
            "counts": dict(found.counts),
            "moves": [[*pair, times] for pair, times in found.moves.items()],
            "left": [[*pair, times] for pair, times in found.left.items()],
            "kinds": _pairs(found.totals["breaks"]),
            "episodes": sum(found.totals["episodes"]["count"].to_pylist()),
        }

    def note(self, block: dict[str, Any]) -> None:
        """Note that the next block is done: it was written."""
        self._blocks.append(block)
        place = self.folder / _NOTES
        if self._noting:
            with writing(place), place.open("a", encoding="utf-8") as notes:
                notes.write(json.dumps(block) + "\n")
        else:
            write_text(place, "".join(json.dumps(line) + "\n" for line in ({"of": self._mark}, *self._blocks)))
            self._noting = True

    def _part(self, number: int) -> Path:
        return self.folder / "counts" / f"part-{number:05}"

    def _add_up(self) -> None:
        """One table of the counts of all blocks, of each kind: some blocks at a time, so that memory does not grow with their number."""
        together: dict[str, list[pa.Table]] = {name: [] for name in COUNTS}
        for number in range(len(self._blocks)):
            counts, _ = _of(self._part(number))
            for name, table in counts.items():
                together[name].append(table)
                if len(together[name]) > _AT_ONCE:
                    together[name] = [added(name, together[name])]
        for name, tables in together.items():
            self._write(self.folder / "counts" / f"{name}.parquet", added(name, tables))

    def _summed(self, name: str) -> Iterator[pa.Table]:
        for number in range(len(self._blocks)):
            yield _of(self._part(number))[1][name]

    def _write(self, place: Path, table: pa.Table) -> None:
        write_whole(place, lambda beside: parquet.write_table(table, beside, **how_written(table)))

    def close(self, heading: dict[str, Any], stream: Stream, texts: Sequence[Compiled]) -> dict[str, Any]:
        """Add up what the blocks counted, and write the summary."""
        blocks = self._blocks
        for name, record in RECORDS.items() if not blocks and not self._counts_only else ():
            self._write(self.folder / f"{name}.parquet" / "part-00000.parquet", schema_of(record).empty_table())
        if blocks:
            self._add_up()
        rules: dict[str, Counter[str]] = {rule.rule.name: Counter() for text in texts for rule in text.rules}
        parts: Counter[tuple[str, str, str]] = Counter()
        if blocks:
            owed = parquet.read_table(
                self.folder / "counts" / "obligations.parquet", columns=["rule", "part", "outcome", "count"]
            )
            for rule, part, outcome, count in zip(*(column.to_pylist() for column in owed.columns), strict=True):
                rules[rule][outcome] += count
                parts[rule, part, outcome] += count
        counts: Counter[str] = Counter(dict.fromkeys(_COUNTED, 0))
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
            "parts": parts_of(parts),
            "breaks": _nested(pair for block in blocks for pair in block["kinds"]),
            "indicators": indicator_totals(texts[0].pathway, self._summed("indicators")),
            "costs": cost_totals(self._summed("costs")),
        }
        write_text(self.folder / "summary.json", json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
        (self.folder / _NOTES).unlink(missing_ok=True)
        for number in range(len(blocks)):
            self._part(number).unlink()
        return summary


def _laid(tables: Iterable[pa.Table], place: Path) -> None:
    with place.open("wb") as sink:
        for table in tables:
            with pa.ipc.new_stream(sink, table.schema, options=_PACKED) as out:
                out.write_table(table)


def _of(place: Path) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """What a block counts, and of which rows something is summed."""
    tables = []
    with place.open("rb") as source:
        while source.peek(1):
            tables.append(pa.ipc.open_stream(source).read_all())
    counts = len(COUNTS)
    return dict(zip(COUNTS, tables[:counts], strict=True)), dict(zip(SUMMED, tables[counts:], strict=True))


def _pairs(breaks: pa.Table) -> list[list[Any]]:
    """Kind, subtype and how many."""
    often = breaks.group_by(["kind", "subtype"], use_threads=False).aggregate([("count", "sum")])
    return [[row["kind"], row["subtype"], row["count_sum"]] for row in often.to_pylist()]


def _nested(triples: Iterator[Sequence[Any]] | Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for first, second, times in triples:
        own = found.setdefault(first, {})
        own[second] = own.get(second, 0) + times
    return found
