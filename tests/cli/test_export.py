"""`pathway export`: a pathway as FHIR, a log in the pathway's words."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as parquet
import pytest


def test_a_pathway_as_fhir_is_the_same_pathway(run, tmp_path: Path) -> None:
    assert run("export", "tia", "-o", "tia.json").exit_code == 0
    assert json.loads((tmp_path / "tia.json").read_text(encoding="utf-8"))["resourceType"] == "PlanDefinition"
    assert run("test", "tia.json").exit_code == 0
    assert run("export", "tia.json", "-o", "again.json").exit_code == 0
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "tia.json").read_bytes()


@pytest.mark.parametrize("form", ["xes", "xes.gz", "csv", "parquet"])
def test_a_log_gives_the_same_breaks_in_every_form(run, tmp_path: Path, form: str) -> None:
    assert run("simulate", "tia", "-o", "log.parquet", "--patients", "30", "--breaks", "30").exit_code == 0
    told = run("export", "tia", "--events", "log.parquet", "-o", f"out.{form}", "--language", "en")
    assert told.exit_code == 0
    assert "0 unknown, 0 ignored by the mapping, 0 unusable" in told.output
    for log, folder in (("log.parquet", "a"), (f"out.{form}", "b")):
        assert run("replay", "tia", "--events", log, "--as-of", "2026-10-31", "-o", folder).exit_code == 0
    first, second = (parquet.read_table(tmp_path / folder / "breaks.parquet") for folder in ("a", "b"))
    assert first.equals(second)
    assert first.num_rows > 5


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (("tia", "-o", "tia.xml"), 2, "PW565"),
        (("tia", "--events", "log.csv", "-o", "log.json"), 2, "PW565"),
        (("tia", "--events", "none.csv", "-o", "log.xes"), 2, "PW410"),
        (("nothing", "-o", "x.json"), 2, "PW240"),
    ],
)
def test_what_cannot_be_written(run, given: tuple[str, ...], status: int, code: str) -> None:
    told = run("export", *given)
    assert (told.exit_code, code in told.stderr) == (status, True)


@pytest.mark.parametrize("form", ["csv", "xes.gz"])
def test_that_a_log_knows_of_no_receipts_goes_with_it(run, tmp_path: Path, form: str) -> None:
    assert run("simulate", "stroke", "-o", "log.csv", "--patients", "20").exit_code == 0
    rows = (tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if ',"received",' not in row and ',"acknowledged",' not in row]
    assert len(kept) < len(rows)
    (tmp_path / "log.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    (tmp_path / "m.toml").write_text("receipts = false\n", encoding="utf-8")
    told = run("export", "stroke", "--events", "log.csv", "--map", "m.toml", "-o", f"out.{form}")
    assert f"--map out.{form}.toml" in told.output
    for log, mapping, folder in (("log.csv", "m.toml", "a"), (f"out.{form}", f"out.{form}.toml", "b")):
        assert run("replay", "stroke", "--events", log, "--map", mapping, "-o", folder).exit_code == 0
    assert run("replay", "stroke", "--events", f"out.{form}", "-o", "c").exit_code == 0
    first, second, without = (parquet.read_table(tmp_path / folder / "breaks.parquet") for folder in "abc")
    assert first.equals(second) and without.num_rows > first.num_rows


def test_a_log_with_receipts_needs_no_mapping(run, tmp_path: Path) -> None:
    assert run("simulate", "tia", "-o", "log.csv", "--patients", "3").exit_code == 0
    assert "--map" not in run("export", "tia", "--events", "log.csv", "-o", "out.csv").output
    assert not (tmp_path / "out.csv.toml").exists()
