"""The columnar executor against the reference: the same episodes, obligations and breaks, with their evidence and their ids (law 6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings

from pathway import load
from pathway.events.event import Event
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.base import Duration, Period
from pathway.model.expressions import EventRef, Happened
from pathway.model.load import shipped
from pathway.model.measures import Cost, Price
from pathway.model.pathway import Enter, Pathway, Stage, Transition
from pathway.model.pathway import Event as Declared
from pathway.model.rules import Anchor, Rule, Timing
from pathway.replay.tables import RECORDS
from pathway.tracking.scenarios import events_of
from tests.drawn.world import EVENTS, LAST, START, STEP, WORLD
from tests.replay.pairs import Answer, by_kernel, by_tracker, cases, followed, named, plain

PATIENTS = 8
"""Patients of a drawn pathway: each is one pair of a pathway and a log."""


def _assert_same(compiled: Compiled, patients: dict[str, list[Event]], as_of: int, **how: Any) -> Answer:
    found, told = (executor(compiled, patients, as_of, **how) for executor in (by_kernel, by_tracker))
    assert found == told
    return told


@pytest.mark.parametrize("turn", range(8))
def test_law_6_both_executors_tell_the_same(turn: int) -> None:
    """More of them by hand: `python -m tests.replay.pairs`."""
    each = settings.default.max_examples // 2  # type: ignore[union-attr]  # there is one: conftest loads it
    for number, case in enumerate(cases(each, PATIENTS, turn), 1):
        assert case.by(by_kernel) == case.by(by_tracker), f"family {number} of seed {turn}"


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_scenario_of_what_is_shipped(name: str) -> None:
    definition = load(name)
    if definition.model.kind != "pathway":
        pytest.skip("a library of handovers: nobody follows it")
    compiled = definition.compiled
    patients = named([events_of(scenario) for scenario in definition.model.scenarios])
    as_of = max(event.occurred for events in patients.values() for event in events) + 400 * 86_400_000_000
    _assert_same(compiled, patients, as_of)


def test_threads_share_patients_and_give_the_same() -> None:
    compiled = load("stroke").compiled
    scenario = events_of(load("stroke").model.scenarios[0])
    patients = named([scenario] * (20_000 // len(scenario) + 100))
    one, two = (followed(compiled, patients, LAST, threads=threads) for threads in (1, 2))
    for name in RECORDS:
        first, second = (each.tables[name].cast(plain(each.tables[name].schema)) for each in (one, two))
        assert first.equals(second)
    assert one.tables["obligations"].num_rows > len(patients)
    assert (one.left, one.moves, one.counts) == (two.left, two.moves, two.counts)


def test_a_patient_whose_story_outgrows_the_arrays_is_begun_again_in_larger_ones() -> None:
    """Far more comes out than events went in."""
    come = EventRef(name="come")
    timing = Timing(upper=Duration(amount=1, unit="hour"), anchor=Anchor(events=(come,)), repeat="each")
    rules = tuple(Rule(name=f"r{number}", kind="expect", event=come, timing=timing) for number in range(30))
    pathway = Pathway(
        name="long",
        version="1",
        events={"come": Declared(name="come")},
        enters=(Enter(stage="here", on=(come,)),),
        stages={"here": Stage(name="here", rules=rules)},
        throughout=Stage(name="throughout"),
    )
    compiled = compile_pathway(pathway)
    log = [Event(id=f"{n:05}", patient="p0", name="come", occurred=START + n * STEP) for n in range(400)]
    patients = {"p0": log, "p1": [replace(log[0], patient="p1")]}
    as_of = START + 500 * STEP
    told = _assert_same(compiled, patients, as_of)
    assert len(told["obligations"]) == 30 * 401


def test_what_happened_before_1970_happened_then() -> None:
    """Instants are counted from 1970: those before it are less than none."""
    come, gone = (EventRef(name=name) for name in "ab")
    rule = Rule(name="r", kind="expect", event=gone, timing=Timing(upper=Duration(amount=2, unit="day")))
    price = Cost(name="k", start=come, end=gone, currency="NOK", prices=(Price(period=Period(), amount=10.0),))
    pathway = Pathway(
        name="old",
        version="1",
        **WORLD,
        enters=(Enter(stage="here", on=(come,)),),
        costs=(price,),
        stages={"here": Stage(name="here", rules=(rule,))},
        throughout=Stage(name="throughout"),
    )
    born = -15 * 365 * 4 * STEP
    log = [Event(id=name, patient="p0", name=name, occurred=born + 4 * STEP * day) for day, name in enumerate("ab")]
    told = _assert_same(compile_pathway(pathway), {"p0": log}, LAST)
    assert [(owed["outcome"], owed["anchored_at"].year) for owed in told["obligations"]] == [("met", 1955)]
    assert [(paid["started_at"].year, paid["days"]) for paid in told["costs"]] == [(1955, 1)]


def test_a_log_that_says_only_who_what_and_when() -> None:
    compiled = load("stroke").compiled
    bare = [
        Event(id=event.id, patient="p0", name=event.name, phase=event.phase, occurred=event.occurred)
        for scenario in load("stroke").model.scenarios
        for event in events_of(scenario)
    ]
    for events in (
        bare,
        [replace(event, name="deviation", phase=None) if n % 7 == 0 else event for n, event in enumerate(bare)],
    ):
        patients = {"p0": [replace(event, id=f"{n:05}") for n, event in enumerate(events)]}
        _assert_same(compiled, patients, LAST)


def test_whom_days_cost_is_asked_over_all_episodes_and_without_what_was_undone() -> None:
    """What happened in an earlier episode is known; what was undone before the days began is not (E5, O15)."""
    a, b, c, d = (EventRef(name=name) for name in "abcd")
    costs = tuple(
        Cost(
            name=event.name,
            start=c,
            end=d,
            currency="NOK",
            prices=(Price(period=Period(), amount=1),),
            when=Happened(event=event),
        )
        for event in (a, b)
    )
    stages = {"one": Stage(name="one", transitions=(Transition(target="done", on=(d,)),)), "done": Stage(name="done", end=True)}
    throughout = Stage(name="throughout")
    enters = (Enter(stage="one", on=(b, c)),)
    events = {name: Declared(name=name, undone_by=("undo_a",) if name == "a" else ()) for name in EVENTS}
    world = {**WORLD, "events": events}
    pathway = Pathway(name="days", version="1", **world, costs=costs, enters=enters, stages=stages, throughout=throughout)
    told = ["b", "a", "d", "undo_a", "c", "a", "d"]
    log = [Event(id=f"{n}", patient="p0", name=name, occurred=START + 8 * n * STEP) for n, name in enumerate(told)]
    compiled = compile_pathway(pathway)
    told = _assert_same(compiled, {"p0": log}, LAST)
    assert [(row["cost"], row["episode"]) for row in told["costs"]] == [("b", 2)]
