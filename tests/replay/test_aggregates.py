"""What is counted while a log streams by, against the rows themselves: however it was cut in blocks, each once and with its patients."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from math import floor, log2
from typing import Any

import pyarrow.parquet as parquet
import pytest

from pathway import load
from pathway.replay import source, streams
from pathway.replay.aggregates import COUNTS
from pathway.replay.tables import RECORDS
from pathway.simulation.profile import Profile
from pathway.simulation.stream import write_population
from pathway.tracking.tell import lineage

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """Some made-up patients of two pathways, one of which starts the other, in many blocks: tables, and what was counted."""
    folder = tmp_path_factory.mktemp("counted")
    stroke = load("stroke")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(streams, "BLOCK", 400)
        patched.setattr(source, "PART", 200)
        write_population([stroke.compiled], Profile(), folder / "log.parquet", folder / "planted.parquet", patients=60)
        stroke.replay_in_blocks(folder / "log.parquet", folder / "out", as_of="2026-06-30")
    found = {name: folder / "out" / f"{name}.parquet" for name in RECORDS}
    found |= {f"counts/{name}": folder / "out" / "counts" / f"{name}.parquet" for name in COUNTS}
    assert len(list(found["breaks"].iterdir())) > 3
    return {name: parquet.read_table(place).to_pylist() for name, place in found.items()}


def _month(at: datetime) -> Any:
    return at.astimezone(UTC).date().replace(day=1)


def _times(start: datetime, end: datetime | None) -> int | None:
    return None if end is None else floor(2 * log2(max((end - start).total_seconds(), 1)))


def _same(tables: dict[str, Rows], name: str, rows: Rows) -> None:
    """The counts are those of the rows, each with what it is counted by and what it adds."""
    by, sums = COUNTS[name]
    counts: Counter[tuple[Any, ...]] = Counter()
    whose: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    totals: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for row in rows:
        key = tuple(row[each] for each in by)
        counts[key] += 1
        whose[key].add(row["patient"])
        totals[key].update({each: float(row[each]) for each in sums})
    found = {tuple(row[each] for each in by): row for row in tables[f"counts/{name}"]}
    assert rows and {key: row["count"] for key, row in found.items()} == dict(counts)
    assert {key: row["patients"] for key, row in found.items()} == {key: len(of) for key, of in whose.items()}
    for key, row in found.items():
        assert [row[each] for each in sums] == pytest.approx([totals[key][each] for each in sums])


def test_obligations_by_month_and_by_group(tables: dict[str, Rows]) -> None:
    groups: dict[tuple[str, str, int], Rows] = defaultdict(list)
    for row in tables["groups"]:
        groups[row["pathway"], row["patient"], row["episode"]].append(row)
    owed = []
    for row in tables["obligations"]:
        times = _times(row["anchored_at"], row["met_at"])
        seconds = 0 if times is None else (row["met_at"] - row["anchored_at"]).total_seconds()
        owed.append(row | {"month": _month(row["anchored_at"]), "times": times, "seconds": seconds})
    by_group = [row | each for row in owed for each in groups[row["pathway"], row["patient"], row["episode"]]]
    _same(tables, "obligations", owed)
    _same(tables, "groups", by_group)
    judged = [row for row in by_group if row["outcome"] in ("met", "late", "missing")]
    until = datetime(2026, 6, 30, 22, tzinfo=UTC)  # the end of that day in Norway
    compared = [row | {"in_time": row["outcome"] == "met"} for row in judged if row["due_at"] is None or row["due_at"] < until]
    assert 0 < len(compared) < len(judged)
    assert {row["dimension"] for row in compared} >= {"municipality"}
    _same(tables, "comparisons", compared)


def test_what_surrounds_obligations(tables: dict[str, Rows]) -> None:
    _same(tables, "breaks", [row | {"month": _month(row["anchored_at"])} for row in tables["breaks"]])
    episodes = [row | {"month": _month(row["entered_at"]), "ended": row["ended_at"] is not None} for row in tables["episodes"]]
    _same(tables, "episodes", episodes)
    _same(tables, "costs", [row | {"month": _month(row["started_at"])} for row in tables["costs"]])
    for name in ("deviations", "answers"):
        _same(tables, name, tables[name])


def test_indicators_by_what_they_are_shown_by(tables: dict[str, Rows]) -> None:
    shown = {
        (text.pathway.name, name): [group.name for group in indicator.groups]
        for text in lineage(load("stroke").compiled)
        for name, indicator in text.pathway.indicators.items()
    }
    rows = []
    for row in tables["indicators"]:
        told = row | {"month": _month(row["at"]), "known": row["value"] is not None, "value": row["value"] or 0.0}
        rows.append(told | {"dimension": None, "group": None})
        dimensions = shown[row["pathway"], row["indicator"]]
        rows += [told | {"dimension": dimension, "group": row["groups"][turn]} for turn, dimension in enumerate(dimensions)]
    _same(tables, "indicators", rows)


def test_stays_until_as_of(tables: dict[str, Rows]) -> None:
    found = tables["counts/stays"]
    assert sum(row["count"] for row in found) == len(tables["stays"])
    done = [row for row in tables["stays"] if row["left_at"] is not None]
    seconds = sum((row["left_at"] - row["entered_at"]).total_seconds() for row in done)
    assert sum(row["seconds"] for row in found if row["times"] is not None) == pytest.approx(seconds)
    assert sum(row["count"] for row in found if row["times"] is None) == len(tables["stays"]) - len(done)
