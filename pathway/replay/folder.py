"""Where a replay in blocks keeps its results: tables in parts, what they count, and which blocks are done."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from pathway.machine.tables import Compiled
from pathway.outputs import write_text, write_whole
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


class Folder:
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
            for place in places_in(folder):
                shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)

    @property
    def finished(self) -> int:
        return len(self._state["blocks"])

    def keep(self, number: int, found: Found, counts: Mapping[str, pa.Table]) -> None:
        """Write a block's tables, then note it as done."""
        for name, table in (*found.tables.items(), *((f"counts/{name}", table) for name, table in counts.items())):
            self._write(self.folder / f"{name}.parquet" / f"part-{number:05}.parquet", table)
        self._state["blocks"].append(
            {
                "patients": found.patients,
                "counts": dict(found.counts),
                "moves": [[*pair, times] for pair, times in found.moves.items()],
                "left": [[*pair, times] for pair, times in found.left.items()],
                "kinds": _pairs(found.tables["breaks"]),
                "episodes": found.tables["episodes"].num_rows,
            }
        )
        write_text(self.folder / "blocks.json", json.dumps(self._state))

    def _parts(self, name: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
        for file in sorted((self.folder / f"{name}.parquet").glob("part-*.parquet")):
            yield parquet.read_table(file, columns=columns)

    def _add_up(self, name: str) -> None:
        """One table of the counts of all blocks: some blocks at a time, so that memory does not grow with their number."""
        place = self.folder / "counts" / f"{name}.parquet"
        together: list[pa.Table] = []
        for part in self._parts(f"counts/{name}"):
            together.append(part)
            if len(together) > _AT_ONCE:
                together = [added(name, together)]
        shutil.rmtree(place)
        self._write(place, added(name, together))

    def _write(self, place: Path, table: pa.Table) -> None:
        write_whole(place, lambda beside: parquet.write_table(table, beside, **how_written(table)))

    def close(self, heading: dict[str, Any], stream: Stream, texts: Sequence[Compiled]) -> dict[str, Any]:
        """Add up what the blocks counted, and write the summary."""
        blocks = self._state["blocks"]
        for name, record in RECORDS.items() if not blocks else ():
            self._write(self.folder / f"{name}.parquet" / "part-00000.parquet", schema_of(record).empty_table())
        for name in COUNTS if blocks else ():
            self._add_up(name)
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
            "indicators": indicator_totals(texts[0].pathway, self._parts("indicators", ["pathway", "indicator", "value"])),
            "costs": cost_totals(self._parts("costs", ["currency", "days", "unpriced", "amount"])),
        }
        write_text(self.folder / "summary.json", json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
        (self.folder / "blocks.json").unlink(missing_ok=True)
        return summary


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
