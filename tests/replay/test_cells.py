"""Records filled into columns and counted by cells, against plain Python over the same records."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from math import floor, log2
from typing import Any

import numpy as np

from pathway.replay.cells import counted
from pathway.replay.filling import Field, Named, Records
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.sources import GIVEN, INSTANT, PLACE, TIMES

ROWS = 5_000
"""More cells than there is room for at first, and more rows than are worked on at a time."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START = np.arange(0, 3 * ROWS, 3)
ORDER = np.arange(3 * ROWS)[::-1].copy()


def _owed() -> Any:
    drawn = np.random.default_rng(7)
    owed = np.zeros(ROWS, shape.OWED)
    owed["patient"] = np.arange(ROWS) // 2
    owed["rule"], owed["part"] = drawn.integers(0, 300, ROWS), drawn.integers(0, 4, ROWS)
    owed["receiver"], owed["anchor"] = drawn.integers(-1, 5, ROWS), drawn.integers(-1, 3, ROWS)
    owed["anchored_at"] = drawn.integers(-(10**15), 2 * 10**15, ROWS)
    owed["met_at"] = np.where(drawn.random(ROWS) < 0.3, shape.NEVER, owed["anchored_at"] + drawn.integers(0, 10**13, ROWS))
    owed["due"] = np.where(drawn.random(ROWS) < 0.01, shape.FAR, owed["anchored_at"] + 1)
    return owed


def _at(instant: int) -> datetime:
    return EPOCH + timedelta(microseconds=instant)


def test_columns_say_what_the_records_say() -> None:
    owed = _owed()
    of = np.random.default_rng(8).integers(0, ROWS, ROWS).astype(np.int32)
    parties = Named(["a", None, "b", "a", "c"])
    records = Records(owed, owed["patient"].copy(), owed, of)
    fields = {
        "rule": Field("rule"),
        "receiver": Field("receiver", named=parties),
        "part": Field("part", True, named=Named(["w", "x", "y", "z"])),
        "due": Field("due", kind=INSTANT),
        "met": Field("met_at", True, kind=INSTANT),
        "event": Field("anchor", kind=PLACE),
        "given": Field(kind=GIVEN, codes=of % 7 - 1),
    }
    found = {name: column.to_pylist() for name, column in records.filled(fields, START, ORDER).items()}
    assert found["rule"] == owed["rule"].tolist()
    assert found["receiver"] == [["a", None, "b", "a", "c", None][number] for number in owed["receiver"].tolist()]
    assert found["part"] == ["wxyz"[number] for number in owed["part"][of].tolist()]
    assert found["due"] == [None if due == shape.FAR else _at(due) for due in owed["due"].tolist()]
    assert found["met"] == [None if met == shape.NEVER else _at(met) for met in owed["met_at"][of].tolist()]
    places = zip(owed["patient"].tolist(), owed["anchor"].tolist(), strict=True)
    assert found["event"] == [None if place < 0 else int(ORDER[START[patient] + place]) for patient, place in places]
    assert found["given"] == [None if number < 0 else number for number in (of % 7 - 1).tolist()]


def test_rows_are_counted_by_whatever_they_say() -> None:
    """Rules that have a name in common count together; so do parties."""
    owed = _owed()
    names = [f"r{number % 250}" for number in range(300)]
    kinds = ["send" if number % 2 else "expect" for number in range(300)]
    parties: list[str | None] = ["a", None, "b", "a", "c"]
    fields = {
        "rule": Field("rule", named=Named(names)),
        "kind": Field("rule", named=Named(kinds)),
        "receiver": Field("receiver", named=Named(parties)),
        "month": Field("anchored_at", kind=INSTANT),
        "times": Field("met_at", kind=TIMES, since="anchored_at"),
    }
    left = owed["part"] == 3
    records = Records(owed, owed["patient"].copy())
    table = counted(records, fields, {"seconds": None, "due": owed["due"] < shape.FAR}, START, ORDER, left)
    counts: Counter[tuple[Any, ...]] = Counter()
    whose: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    sums: dict[tuple[Any, ...], Any] = defaultdict(lambda: np.zeros(2))
    for row in owed[~left]:
        seconds = 0 if row["met_at"] == shape.NEVER else (int(row["met_at"]) - int(row["anchored_at"])) / 1_000_000
        times = None if row["met_at"] == shape.NEVER else floor(2 * log2(max(seconds, 1)))
        month = _at(int(row["anchored_at"])).date().replace(day=1)
        receiver = None if row["receiver"] < 0 else parties[row["receiver"]]
        key = (names[row["rule"]], kinds[row["rule"]], receiver, month, times)
        counts[key] += 1
        whose[key].add(int(row["patient"]))
        sums[key] += (seconds, row["due"] < shape.FAR)
    found = {tuple(row[name] for name in fields): row for row in table.to_pylist()}
    assert len(table) == len(found) == len(counts) > 2_500
    assert {key: (row["count"], row["patients"]) for key, row in found.items()} == {
        key: (number, len(whose[key])) for key, number in counts.items()
    }
    assert all(np.allclose((row["seconds"], row["due"]), sums[key]) for key, row in found.items())
