"""`pathway simulate`: what it says, what it writes, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_a_log_and_its_record(run, tmp_path: Path) -> None:
    found = run("simulate", "tia", "-o", str(tmp_path / "log.csv"), "--patients", "20", "--language", "en")
    assert (found.exit_code, found.stderr) == (0, "")
    assert "Patients: 20." in found.stdout
    assert (tmp_path / "log.csv").is_file()
    assert (tmp_path / "log.planted.parquet").is_file()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("-o", "log.xes"), "PW560"),
        (("-o", "log.csv", "--from", "2026-02-01", "--to", "2026-01-01"), "PW561"),
        (("-o", "log.csv", "--from", "31.12.2025"), "PW552"),
        (("-o", "log.csv", "--weight", "laet=2"), "PW562"),
        (("-o", "log.csv", "--weight", "late"), "PW562"),
        (("-o", "log.csv", "--patients", "0"), "PW519"),
    ],
)
def test_what_cannot_be_is_wrong_use(run, tmp_path: Path, given: tuple[str, ...], code: str) -> None:
    found = run("simulate", "tia", *given)
    assert found.exit_code == 2
    assert code in found.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_library_is_no_pathway_to_walk(run, tmp_path: Path) -> None:
    found = run("simulate", "discharge", "-o", str(tmp_path / "log.csv"))
    assert found.exit_code == 1
    assert "PW514" in found.stderr
