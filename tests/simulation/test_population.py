"""Made-up patients in any pathway: what breaks is what was planted, no more and no fewer, and in every way that it can break."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.events.read import log_of
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.load import shipped
from pathway.model.pathway import Pathway
from pathway.replay.population import Result, replay
from pathway.simulation.followed import Followed
from pathway.simulation.planted import Planted
from pathway.simulation.population import Population, population
from pathway.simulation.profile import Profile, Share
from tests.drawn.pathways import pathways
from tests.simulation.found import found, planted

SHIPPED = [name for name in shipped() if name != "discharge" and not name.endswith("_shared")]


@cache
def made(name: str) -> Population:
    return population([compiled(name)], Profile(usual_break=Share(0.25)), patients=30, seed=5)


@cache
def compiled(name: str) -> Compiled:
    from pathway.api.definition import load

    return load(name).compiled


@cache
def result(name: str) -> Result:
    followed = Followed(compiled(name))
    told = [event for each in made(name).events if (event := followed.told(each)) is not None]
    return replay(followed.compiled, log_of(told), as_of=made(name).as_of)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_was_planted_is_found_and_nothing_else(name: str) -> None:
    assert found(result(name)) == planted(made(name).planted, name)
    assert len(made(name).planted) >= 8
    assert all(one.meant for one in made(name).planted)


@pytest.mark.parametrize("name", SHIPPED)
def test_patients_go_all_the_ways_and_most_of_what_is_owed_is_done(name: str) -> None:
    summary = result(name).summary
    outcomes: Counter[str] = sum((Counter(each) for each in summary["rules"].values()), Counter())
    assert summary["episodes"] >= 24
    assert outcomes["met"] > outcomes["late"] + outcomes["missing"]
    been = {stage for row in result(name).episodes.to_pylist() for stage in [row["stage"]] if row["pathway"] == name}
    assert len({*summary["moves"], *been}) > len(compiled(name).pathway.stages) / 2


def test_each_way_to_break_is_planted_somewhere() -> None:
    ways = Counter(one.subtype for name in SHIPPED for one in made(name).planted)
    assert set(ways) >= {
        "late", "missing", "incomplete", "misdirected", "unacknowledged", "unanswered", "stale", "uninformed", "refused",
        "withdrawn",
    }  # fmt: skip


def test_the_shares_are_chosen() -> None:
    none = population([compiled("stroke")], Profile(usual_break=Share(0.0)), patients=20, seed=1)
    assert none.planted == []
    assert len(none.events) > 200
    late = Profile(usual_break=Share(0.5), hows=dict.fromkeys(("missing", "misdirected", "incomplete"), 0.0))
    some = Counter(
        one.subtype for one in population([compiled("tia")], late, patients=60, seed=1).planted if one.kind != "resource"
    )
    assert some["late"] > 20
    assert not some.keys() & {"misdirected", "incomplete"}


def test_patients_in_several_pathways_at_once() -> None:
    names = ("stroke", "diabetes", "copd")
    several = population([compiled(name) for name in names], Profile(shares={"copd": 0.5}), patients=12, seed=2)
    for name in names:
        followed = Followed(compiled(name))
        told = [event for each in several.events if (event := followed.told(each)) is not None]
        assert found(replay(followed.compiled, log_of(told), as_of=several.as_of)) == planted(several.planted, name)
    began = {"ankomst", "hos_pasienten"}, {"diabetesmistanke", "diabetes_bekreftet", "årskontroll"}
    assert {one.patient for one in several.events if one.name in began[0]} & {
        one.patient for one in several.events if one.name in began[1]
    }


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
@given(pathways(), st.integers(0, 1000))
def test_any_pathway_can_be_walked(pathway: Pathway, seed: int) -> None:
    tables = compile_pathway(pathway)
    some = population([tables], Profile(usual_break=Share(0.3)), patients=3, seed=seed)
    told = replay(tables, log_of(some.events), as_of=some.as_of)
    assert found(told) == planted(some.planted, pathway.name)


def test_what_lapses_first_is_not_in_the_record() -> None:
    averted = made("stroke").averted
    assert averted["lapsed"] > 0
    assert not averted.keys() & {"late", "missing"}


def test_the_same_seed_gives_the_same_patients_whatever_their_number() -> None:
    def some(patients: int, seed: int) -> Population:
        return population([compiled("tia")], Profile(), patients=patients, seed=seed)

    assert some(20, 3).events == some(20, 3).events
    assert some(20, 3).events != some(20, 4).events
    assert some(12, 3).events == [event for event in some(20, 3).events if int(event.patient[1:]) <= 12]


def test_the_record_says_who_when_and_what() -> None:
    one: Planted = made("tia").planted[0]
    assert one.followed == one.pathway == "tia"
    assert len(one.break_id) == 16
    assert one.kind in ("waiting", "information", "resource")
