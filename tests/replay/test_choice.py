"""Small logs are followed by the tracker, large ones by the kernel: nobody can tell by the answer which it was."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from pathway.cli.main import main
from pathway.replay import choice, compiling, source, streams
from pathway.replay.choice import kernel_is_sooner
from pathway.replay.population import TABLES

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
_TEXT = """pathway ward "Ward"

event came "Came"
event seen "Seen"
event left "Left"

stage here "Here"
    expect seen within 2 hours

enter here on came
leave on left
"""


@pytest.fixture
def text(tmp_path: Path) -> Path:
    place = tmp_path / "ward.pathway"
    place.write_text(_TEXT, encoding="utf-8")
    return place


def _table(patients: int) -> pa.Table:
    rows = []
    for number in range(patients):
        for event, hours in (("came", 0), ("seen", number % 5), ("heard", 3), ("left", 30)):
            rows.append((f"p{number:04}", event, START + timedelta(hours=hours, minutes=number), f"{number}-{event}"))
    patient, name, at, own = zip(*rows, strict=True)
    return pa.table({"patient": patient, "event": name, "occurred": pa.array(at, pa.timestamp("us", "UTC")), "id": own})


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BLOCK", 50)
    monkeypatch.setattr(source, "PART", 25)
    monkeypatch.setattr(choice, "PAYS", 200)
    monkeypatch.setattr(choice, "PAYS_COMPILED", 200)


def _log(table: pa.Table, place: Path) -> Path:
    if place.suffix == ".csv":
        csv.write_csv(table, place)
    else:
        parquet.write_table(table, place)
    return place


@pytest.mark.parametrize("name", ["log.parquet", "log.csv"])
def test_the_answer_is_the_same(name: str, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = _log(_table(80), tmp_path / name)
    asked = ["replay", str(text), "--events", str(log), "--as-of", "2026-03-20", "-o", str(tmp_path / "out")]
    said, files, tables, summaries = [], [], [], []
    for pays in (200, 1_000_000):
        monkeypatch.setattr(choice, "PAYS", pays)
        assert kernel_is_sooner(log) == (pays == 200)
        ran = CliRunner().invoke(main, asked)
        assert ran.exit_code == 0, ran.output
        said.append(ran.stdout)
        files.append(sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "out").rglob("*")))
        tables.append([parquet.read_table(tmp_path / "out" / f"{table}.parquet") for table in TABLES])
        summaries.append(json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8")))
    assert said[0] == said[1] and files[0] == files[1] and summaries[0] == summaries[1]
    assert all(one.schema.equals(other.schema) and one.equals(other) for one, other in zip(*tables, strict=True))
    assert [len(table) for table in tables[0]][:3] == [32, 80, 80]


def test_whole_tables_take_the_place_of_parts(text: Path, tmp_path: Path) -> None:
    log = _log(_table(80), tmp_path / "log.parquet")
    asked = ["replay", str(text), "--events", str(log), "-o", str(tmp_path / "out")]
    assert CliRunner().invoke(main, [*asked, "--in-blocks"]).exit_code == 0
    assert (tmp_path / "out" / "breaks.parquet").is_dir() and (tmp_path / "out" / "counts").is_dir()
    assert CliRunner().invoke(main, asked).exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        ["summary.json", *(f"{name}.parquet" for name in TABLES)]
    )


def test_what_cannot_be_read_leaves_what_was_there(text: Path, tmp_path: Path) -> None:
    log = _log(_table(80), tmp_path / "log.parquet")
    asked = ["replay", str(text), "--events", str(log), "-o", str(tmp_path / "out")]
    assert CliRunner().invoke(main, asked).exit_code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    table = _table(80)
    _log(table.set_column(0, "patient", pa.array(["21016700077"] * len(table))), log)
    for folder in ("out", "new"):
        ran = CliRunner().invoke(main, [*asked[:-1], str(tmp_path / folder)])
        assert ran.exit_code == 1 and "PW422" in ran.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert not (tmp_path / "new").exists()


def test_how_large_a_log_is_is_seen_without_reading_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large, small = _table(80), _table(20)
    for name in ("log.parquet", "log.csv"):
        assert kernel_is_sooner(_log(large, tmp_path / name))
        assert not kernel_is_sooner(_log(small, tmp_path / name))
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress((_log(large, tmp_path / "log.csv")).read_bytes()))
    assert kernel_is_sooner(packed)
    (tmp_path / "folder").mkdir()
    for number in range(4):
        _log(small, tmp_path / "folder" / f"{number}.parquet")
    assert kernel_is_sooner(tmp_path / "folder")
    numbers = large.set_column(2, "occurred", large["occurred"].cast(pa.int64()))
    assert not kernel_is_sooner(_log(numbers, tmp_path / "log.parquet"))
    (tmp_path / "log.parquet").write_bytes(b"PAR1" + bytes(100_000))
    assert not kernel_is_sooner(tmp_path / "log.parquet") and not kernel_is_sooner(tmp_path / "nowhere")
    monkeypatch.setattr(compiling, "is_kept", lambda: False)
    monkeypatch.setattr(choice, "PAYS_COMPILED", 1000)
    assert not kernel_is_sooner(_log(large, tmp_path / "log.parquet"))
    assert kernel_is_sooner(_log(_table(300), tmp_path / "log.parquet"))
