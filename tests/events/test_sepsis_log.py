"""The real sepsis log: its CSV and its XES say the same, event by event."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pathway.events.event import Event
from pathway.events.read import Log, read_log
from pathway.model.calendar import to_instant
from pathway.model.load import load

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "sepsis"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the sepsis log is not part of the project and is not here")


@pytest.fixture(scope="module")
def logs() -> tuple[Log, Log]:
    pathway = load("sepsis").pathway
    assert pathway is not None
    mapping = ROOT / "pathways" / "sepsis" / "mapping.toml"
    one, other = (read_log(DATA / name, pathway, mapping, strict=True) for name in ("sepsis.csv", "sepsis.xes.gz"))
    return one, other


def test_csv_and_xes_give_the_same_events(logs: tuple[Log, Log]) -> None:
    one, other = logs
    assert list(one.by_patient()) == list(other.by_patient())
    assert (one.last_recorded, one.receipts, one.has_recorded) == (other.last_recorded, False, False)


def test_every_row_is_used_and_every_value_fits(logs: tuple[Log, Log]) -> None:
    for log in logs:
        told = {name: value for name, value in log.counts.as_dict().items() if value}
        assert told == {"read": 15_214, "used": 15_214, "settled": {"duplicate": 1}}
        assert len(log.events) == 1050 and "NA" in log.events


def test_instants_and_facts_are_those_of_the_file(logs: tuple[Log, Log]) -> None:
    """Held against a reading of the CSV with nothing of this project. The hospital's clock is Dutch."""
    events: dict[str, list[Event]] = dict(logs[0].by_patient())
    zone = ZoneInfo("Europe/Amsterdam")
    ages: dict[str, float] = {}
    with (DATA / "sepsis.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            at = datetime.strptime(row["Complete Timestamp"], "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=zone)
            assert any(event.occurred == to_instant(at) for event in events[row["Case ID"]])
            if row["Age"]:
                ages[row["Case ID"]] = float(row["Age"])
    told = {patient: event.facts["age"] for patient, found in events.items() for event in found if "age" in event.facts}
    assert told == ages
