"""A population's tables and summary: their columns, their sums, and what is written of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from pathway.events.read import Log, log_of
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_instant
from pathway.model.load import load
from pathway.replay.population import TABLES, Result, replay
from pathway.simulation.county import county
from pathway.tracking.scenarios import events_of
from pathway.tracking.tell import tell

BREAKS = (
    "break_id, patient, pathway, version, episode, stage, rule, kind, subtype, party, unit, anchor_event, anchored_at, due_at, "
    "closed_event, closed_at, open, delay_s, size, lacking, cause, explained, evidence"
)
OBLIGATIONS = (
    "patient, pathway, version, episode, stage, rule, part, receiver, kind, anchor_event, round, anchored_at, due_at, outcome, "
    "met_at, decided_at, at_risk_at"
)
EPISODES = (
    "patient, pathway, version, adaptation, episode, entered_at, started_by, stage, stage_since, party, ended_at, "
    "individual_course"
)


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    pathway = load("stroke").pathway
    assert pathway is not None
    return compile_pathway(pathway)


@pytest.fixture(scope="module")
def log(compiled: Compiled) -> Log:
    return log_of(county(compiled, patients=60, seed=11).events)


@pytest.fixture(scope="module")
def result(compiled: Compiled, log: Log) -> Result:
    return replay(compiled, log)


def test_columns(result: Result) -> None:
    assert ", ".join(result.breaks.column_names) == BREAKS
    assert ", ".join(result.obligations.column_names) == OBLIGATIONS
    assert ", ".join(result.episodes.column_names) == EPISODES
    assert result.breaks.schema.field("due_at").type == pa.timestamp("us", tz="UTC")


def test_it_is_every_patients_own_story(compiled: Compiled, log: Log, result: Result) -> None:
    last = log.last_recorded
    assert last is not None
    told = [tell(compiled, events, as_of=last) for _, events in log.by_patient()]
    assert [record.break_id for story in told for record in story.breaks] == result.breaks["break_id"].to_pylist()
    assert sum(len(story.obligations) for story in told) == result.obligations.num_rows


def test_the_summary_adds_up(result: Result) -> None:
    summary = result.summary
    assert sum(n for outcomes in summary["rules"].values() for n in outcomes.values()) == result.obligations.num_rows
    assert sum(n for found in summary["breaks"].values() for n in found.values()) == result.breaks.num_rows
    assert summary["episodes"] == result.episodes.num_rows == sum(summary["moves"][""].values())


def test_identities_are_unique(result: Result) -> None:
    assert len(set(result.breaks["break_id"].to_pylist())) == result.breaks.num_rows


def test_what_is_written_reads_back(result: Result, tmp_path: Path) -> None:
    written = result.write(tmp_path / "out")
    assert [path.name for path in written] == [f"{name}.parquet" for name in TABLES] + ["summary.json"]
    again = Result.read(tmp_path / "out")
    assert again.breaks.equals(result.breaks) and again.obligations.equals(result.obligations)
    assert again.summary == json.loads(json.dumps(result.summary))
    assert parquet.read_schema(tmp_path / "out" / "breaks.parquet").names == BREAKS.split(", ")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in written)


def test_yesterday_is_what_was_told_yesterday(compiled: Compiled, log: Log, result: Result) -> None:
    """A break that was there at a time, by what is known now, is there later too, unless it was undone."""
    last = log.last_recorded
    assert last is not None
    earlier = replay(compiled, log, as_of=last - 90 * 86_400_000_000)
    assert 0 < earlier.breaks.num_rows < result.breaks.num_rows
    assert set(earlier.breaks["break_id"].to_pylist()) <= set(result.breaks["break_id"].to_pylist())


def test_an_empty_log_gives_empty_tables(compiled: Compiled) -> None:
    empty = replay(compiled, log_of([]))
    assert (empty.breaks.num_rows, empty.episodes.num_rows) == (0, 0)
    assert ", ".join(empty.breaks.column_names) == BREAKS
    assert empty.summary["as_of"] is None


MEASURES = (
    load(Path(__file__).parents[1] / "tracking" / "rules" / "measures.pathway").pathway,
    "patient, pathway, version, indicator, event, at, value, groups",
    "patient, pathway, version, episode, cost, event, started_at, ended_at, days, amount, unpriced, currency, party, unit",
)


def test_indicators_and_costs_are_tables_and_sums(tmp_path: Path) -> None:
    pathway, indicators, costs = MEASURES
    assert pathway is not None
    scenarios = [each for each in pathway.scenarios if each.title.startswith("O15: ")]
    events = [
        replace(event, patient=each.title, id=f"{each.title} {event.id}") for each in scenarios for event in events_of(each)
    ]
    as_of = to_instant(datetime(2026, 4, 12, tzinfo=UTC))
    result = replay(compile_pathway(pathway), log_of(events), as_of=as_of)
    assert ", ".join(result.indicators.column_names) == indicators
    assert ", ".join(result.costs.column_names) == costs
    values = [row["value"] for row in result.indicators.to_pylist() if row["indicator"] == "readmission"]
    known = [value for value in values if value is not None]
    told = result.summary["indicators"]["readmission"]
    assert (told["of"], told["not_yet"]) == (len(known), len(values) - len(known))
    assert told["value"] == pytest.approx(sum(known) / len(known))
    assert known and len(known) < len(values)
    sums = result.summary["costs"]["NOK"]
    rows = [row for row in result.costs.to_pylist() if row["currency"] == "NOK"]
    assert (sums["days"], sums["amount"]) == (sum(row["days"] for row in rows), sum(row["amount"] for row in rows))
    assert sums["amount"] > 0
    result.write(tmp_path)
    assert Result.read(tmp_path).indicators.equals(result.indicators)
    assert Result.read(tmp_path).costs.equals(result.costs)
