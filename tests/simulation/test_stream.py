"""Logs of any size: in blocks, as they are read back, and with the record of what was planted in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

import pathway
from pathway.simulation.profile import Profile, Share
from pathway.simulation.stream import Written, write_population
from tests.simulation.found import Breaks, found

TIA = pathway.load("tia")
PROFILE = Profile(usual_break=Share(0.3))


def written(folder: Path, name: str = "log.parquet", **settings: object) -> Written:
    return write_population([TIA.compiled], PROFILE, folder / name, folder / "planted.parquet", seed=4, **settings)  # type: ignore[arg-type]


def recorded(folder: Path) -> Breaks:
    rows = parquet.read_table(folder / "planted.parquet").to_pylist()
    return Breaks((row["break_id"], row["patient"], row["rule"], row["subtype"]) for row in rows)


@pytest.mark.parametrize("integers", [False, True])
@pytest.mark.parametrize("name", ["log.parquet", "log.csv"])
def test_a_written_log_has_what_was_planted_also_beyond_those_who_were_walked(
    tmp_path: Path, name: str, integers: bool
) -> None:
    made = written(tmp_path, name, patients=300, walked=20, integers=integers)
    again = TIA.replay(tmp_path / name, as_of="2026-10-31")
    assert made.patients == again.summary["patients"] == 300
    assert made.events == again.summary["events"]["used"] == again.summary["events"]["read"]
    assert found(again.result) == recorded(tmp_path)
    assert made.planted == again.breaks.num_rows > 50


def test_rows_are_sorted_and_those_made_again_are_moved_by_less_than_a_minute(tmp_path: Path) -> None:
    written(tmp_path, patients=100, walked=10)
    rows = parquet.read_table(tmp_path / "log.parquet").to_pylist()
    order = [(row["patient"], row["occurred"]) for row in rows]
    assert order == sorted(order)
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["occurred"].second for row in rows if row["patient"] <= "P010"} == {0}
    assert len({row["occurred"].second for row in rows if row["patient"] > "P010"}) > 20


def test_what_lasts_a_day_out_does_so_for_those_made_again_too(tmp_path: Path) -> None:
    text = pathway.load("diabetes").compiled
    write_population([text], PROFILE, tmp_path / "log.parquet", tmp_path / "planted.parquet", patients=120, walked=30, seed=4)
    ends = [row["until"] for row in parquet.read_table(tmp_path / "log.parquet").to_pylist() if row["until"] is not None]
    whole = [end for end in ends if end.microsecond == 999_999]
    assert len(whole) > 10 and {end.second for end in whole} == {59}


def test_the_same_seed_writes_the_same_log(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        written(tmp_path / folder, patients=60, walked=10)
    assert (tmp_path / "a/log.parquet").read_bytes() == (tmp_path / "b/log.parquet").read_bytes()


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    code = (
        "import resource, sys, pathway;"
        "from pathway.simulation.profile import Profile;"
        "from pathway.simulation import stream;"
        "stream._BLOCK = 20_000;"
        f"stream.write_population([pathway.load('tia').compiled], Profile(), r'{tmp_path}/l.parquet', r'{tmp_path}/p.parquet',"
        " patients=int(sys.argv[1]), walked=10);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    small, large = (
        int(subprocess.run([sys.executable, "-c", code, str(n)], capture_output=True, text=True, check=True).stdout)
        for n in (2_000, 40_000)
    )
    assert large < 1.3 * small
