"""The made-up county: the same for a seed, told right by the engine, and with what was planted in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pathway.events.read import log_of, read_log
from pathway.events.write import write_events
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.load import load
from pathway.replay.population import Result, replay
from pathway.simulation.county import county
from pathway.simulation.population import Population
from tests.simulation.found import found, planted


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    pathway = load("stroke").pathway
    assert pathway is not None
    return compile_pathway(pathway)


@pytest.fixture(scope="module")
def made(compiled: Compiled) -> Population:
    return county(compiled, patients=150, seed=7)


@pytest.fixture(scope="module")
def result(compiled: Compiled, made: Population) -> Result:
    return replay(compiled, log_of(made.events), as_of=made.as_of)


def test_the_same_seed_gives_the_same_county(compiled: Compiled, made: Population) -> None:
    assert county(compiled, patients=150, seed=7).events == made.events
    assert county(compiled, patients=150, seed=8).events != made.events


def test_a_larger_county_begins_like_a_smaller_one_of_the_same_width(compiled: Compiled, made: Population) -> None:
    smaller = county(compiled, patients=120, seed=7)
    assert smaller.events == [e for e in made.events if int(e.patient[1:]) <= 120]


def test_a_written_log_reads_back_to_the_same_breaks(
    compiled: Compiled, made: Population, result: Result, tmp_path: Path
) -> None:
    for name in ("log.csv", "log.parquet"):
        write_events(made.events, tmp_path / name)
        log = read_log(tmp_path / name, compiled.pathway)
        assert log.counts.read == log.counts.used == len(made.events)
        again = replay(compiled, log, as_of=made.as_of)
        assert again.breaks.equals(result.breaks)
        assert again.obligations.equals(result.obligations)


def test_what_was_planted_is_found_and_nothing_else(made: Population, result: Result) -> None:
    assert found(result) == planted(made.planted, "stroke")
    assert len(made.planted) > 30
    assert {one.kind for one in made.planted} >= {"waiting", "information"}
    assert result.summary["uncertain"] == 0
    assert result.summary["events"]["unknown"] == {}


def test_nobody_in_it_could_be_real(made: Population) -> None:
    assert all(event.patient.startswith("F") and len(event.patient) == 4 for event in made.events)
