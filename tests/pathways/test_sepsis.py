"""The sepsis pathway on the real hospital log that it was made for, where that log is present."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest

from pathway.events.read import read_log
from pathway.machine.compile import compile_pathway
from pathway.model.load import load
from pathway.replay.population import Result, replay

DATA = Path(__file__).parents[3] / "shared" / "data" / "sepsis"
MAPPING = Path(__file__).parents[2] / "pathways" / "sepsis" / "mapping.toml"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the sepsis log is not part of the project and is not here")


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    pathway = load("sepsis").pathway
    assert pathway is not None
    compiled = compile_pathway(pathway)
    return {name: replay(compiled, read_log(DATA / name, pathway, MAPPING)) for name in ("sepsis.csv", "sepsis.xes.gz")}


def test_every_row_is_read_and_every_patient_has_an_episode(results: dict[str, Result]) -> None:
    summary = results["sepsis.csv"].summary
    assert summary["events"]["read"] == summary["events"]["used"] == 15_214
    assert summary["episodes"] == summary["patients"] == 1_050
    assert "NA" in set(results["sepsis.csv"].episodes["patient"].to_pylist())


def test_antibiotics_within_one_hour(results: dict[str, Result]) -> None:
    outcomes = results["sepsis.csv"].summary["rules"]["antibiotics"]
    assert {name: n for name, n in outcomes.items() if n} == {"met": 342, "late": 481, "missing": 226}


def test_the_figures_agree_with_a_count_of_their_own() -> None:
    """342, 481 and 226, counted from the CSV with nothing of this project."""
    first: dict[tuple[str, str], datetime] = {}
    for row in csv.DictReader((DATA / "sepsis.csv").open(encoding="utf-8"), delimiter=";"):
        at = datetime.strptime(row["Complete Timestamp"], "%Y/%m/%d %H:%M:%S.%f")
        key = (row["Case ID"], row["Activity"])
        first[key] = min(first.get(key, at), at)
    waits = [(first.get((case, "IV Antibiotics")), at) for (case, name), at in first.items() if name == "ER Sepsis Triage"]
    given = [(start - triage).total_seconds() for start, triage in waits if start is not None]
    assert (sum(w <= 3600 for w in given), sum(w > 3600 for w in given), len(waits) - len(given)) == (342, 481, 226)


def test_csv_and_xes_give_the_same_breaks(results: dict[str, Result]) -> None:
    one, other = results.values()
    assert one.breaks.equals(other.breaks) and one.obligations.equals(other.obligations)
    assert one.breaks.num_rows > 500


def test_what_came_before_registration_counts(results: dict[str, Result]) -> None:
    """55 patients have an event before their registration; without looking back it would be lost."""
    pathway = load("sepsis").pathway
    assert pathway is not None
    blind = pathway.model_copy(update={"enters": tuple(e.model_copy(update={"looking_back": None}) for e in pathway.enters)})
    without = replay(compile_pathway(blind), read_log(DATA / "sepsis.csv", pathway, MAPPING)).summary["rules"]["antibiotics"]
    assert sum(without.values()) < sum(results["sepsis.csv"].summary["rules"]["antibiotics"].values())
