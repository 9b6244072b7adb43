"""The made-up county: the report on it finds what was planted and nothing that was not, in every pathway, through the files."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from pathway.api.definition import Definition, load
from pathway.cli.demo import ignoring
from pathway.events.read import log_of, read_log
from pathway.events.write import write_events
from pathway.model.calendar import to_datetime, to_instant
from pathway.model.load import shipped
from pathway.replay.population import Result, replay
from pathway.simulation.county import END, START, county
from pathway.simulation.followed import Followed
from pathway.simulation.population import Population
from tests.simulation.found import found, planted

DAY = 24 * 60 * 60 * 1_000_000


@cache
def lived() -> list[Definition]:
    definitions = [load(name) for name in shipped()]
    return [each for each in definitions if each.model.kind == "pathway" and each.name != "sepsis"]


@cache
def made() -> Population:
    return county(*(each.compiled for each in lived()), patients=24, seed=7)


@cache
def stroke() -> tuple[Population, Result]:
    compiled = load("stroke").compiled
    some = county(compiled, patients=110, seed=7)
    return some, replay(compiled, log_of(some.events), as_of=some.as_of)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("county") / "events.csv"
    write_events(made().events, written)
    return written


@pytest.mark.parametrize("name", [each.name for each in lived()])
def test_what_was_planted_is_found_and_nothing_else(log: Path, tmp_path: Path, name: str) -> None:
    definition = load(name)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(ignoring(definition, lived()), encoding="utf-8")
    told = definition.replay(log, mapping=mapping, as_of=to_datetime(made().as_of))
    assert found(told.result) == planted(made().planted, name)
    counts = told.summary["events"]
    assert counts["unknown"] == counts["rejected"] == counts["facts"] == {}
    assert counts["read"] == counts["used"] + counts["ignored"]
    kinds = Counter((one.kind, one.subtype) for one in made().planted if one.followed == name)
    assert {(kind, way): count for kind, of in told.summary["breaks"].items() for way, count in of.items()} == kinds


def test_the_report_on_it_is_of_what_was_planted(log: Path, tmp_path: Path) -> None:
    definition = load("stroke")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(ignoring(definition, lived()), encoding="utf-8")
    report = definition.replay(log, mapping=mapping, as_of=to_datetime(made().as_of)).report(language="en")
    assert report.figures.headline.breaks


def test_every_break_in_it_was_meant() -> None:
    assert len(made().planted) > 25
    assert all(one.meant for one in made().planted)
    assert {one.kind for one in made().planted} == {"waiting", "information", "resource"}


def test_patients_are_in_several_pathways_and_those_start_others() -> None:
    entered = Counter(one.followed for one in made().planted)
    assert len(entered) >= 5
    assert any(one.pathway != one.followed for one in made().planted)


def test_adaptations_are_in_force_where_their_patients_live() -> None:
    _, told = stroke()
    editions = Counter(told.episodes["adaptation"].to_pylist())
    assert len(editions) >= 3
    assert editions[None] > 10


def test_the_local_differences_are_there_to_be_found() -> None:
    _, told = stroke()
    late = Counter(row["unit"] for row in told.breaks.to_pylist() if row["rule"] == "summary_to_gp")
    owed = [row for row in told.obligations.to_pylist() if row["rule"] == "summary_to_gp" and row["part"] == "main"]
    assert late["Elvestad sykehus"] > sum(late.values()) / 2
    assert len(owed) > 2 * sum(late.values())


def test_all_happens_in_the_two_years() -> None:
    assert all(to_instant(START) - DAY <= event.occurred <= to_instant(END) for event in made().events)
    assert made().as_of == to_instant(END)


def test_the_same_seed_gives_the_same_county() -> None:
    compiled = load("stroke").compiled
    assert county(compiled, patients=10, seed=7).events == county(compiled, patients=10, seed=7).events
    assert county(compiled, patients=10, seed=8).events != county(compiled, patients=10, seed=7).events


def test_a_written_log_reads_back_to_the_same_breaks(tmp_path: Path) -> None:
    compiled = load("stroke").compiled
    some = county(compiled, patients=25, seed=9)
    told = replay(compiled, log_of(some.events), as_of=some.as_of)
    for name in ("log.csv", "log.parquet"):
        write_events(some.events, tmp_path / name)
        read = read_log(tmp_path / name, Followed(compiled).names)
        assert read.counts.read == read.counts.used == len(some.events)
        again = replay(compiled, read, as_of=some.as_of)
        assert again.breaks.equals(told.breaks)
        assert again.obligations.equals(told.obligations)


def test_nobody_in_it_could_be_real() -> None:
    assert all(event.patient.startswith("F") and len(event.patient) == 3 for event in made().events)
