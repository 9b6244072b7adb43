"""The columnar executor against the reference: the same episodes, obligations and breaks, with their evidence and their ids (law 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from pathway.replay.columnar import Columnar, Found
from pathway.replay.rows import rows_of
from pathway.replay.tables import RECORDS, table_of
from pathway.tracking.context import Context, context_of
from pathway.tracking.scenarios import events_of
from pathway.tracking.tell import Story, story_of, told_courses, visible
from tests.properties.drawn import LAST, START, STEP, WORLD, families, logs, measured

PATIENTS = 4
"""Patients of a drawn pathway: each is one pair of a pathway and a log."""


def _followed(compiled: Compiled, patients: dict[str, list[Event]], as_of: int, **how: Any) -> Found:
    known = [(name, [event for event in events if visible(event, None)]) for name, events in patients.items()]
    return Columnar(compiled).follow(rows_of(known), as_of, **how)


def _told(compiled: Compiled, patients: dict[str, list[Event]], as_of: int, **how: Any) -> list[tuple[Story, Context]]:
    found = []
    for events in patients.values():
        known = [event for event in events if visible(event, None)]
        courses = told_courses(compiled, known, as_of=as_of, **how)
        found.append((story_of(courses, as_of), context_of(courses)))
    return found


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with names that stand by their number in memory as what they are in a file: text."""
    return pa.schema([field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field for field in schema])


def _assert_same(found: Found, told: Sequence[tuple[Story, Context]]) -> None:
    stories = [story for story, _ in told]
    for name, record in RECORDS.items():
        wanted = table_of(record, (r for each in told for part in each for r in getattr(part, name, ())))
        assert _plain(found.tables[name].schema) == wanted.schema
        assert found.tables[name].to_pylist() == wanted.to_pylist()
    names = ("entry_unknown", "adaptation_unknown", "out_of_force", "repeated_anchors", "jumps", "uncertain")
    assert {name: found.counts[name] for name in names} == {name: sum(getattr(s, name) for s in stories) for name in names}
    left: Counter[tuple[str, str]] = Counter()
    moves: Counter[tuple[str, str]] = Counter()
    for story in stories:
        left.update(story.not_taken_up)
        moves.update((m.before, m.after) for m in story.moves if m.after and m.pathway == story.pathway)
    assert (+found.left, +found.moves) == (left, moves)


def _patients(logs: Sequence[Sequence[Event]]) -> dict[str, list[Event]]:
    return {f"p{number}": [replace(event, patient=f"p{number}") for event in log] for number, log in enumerate(logs)}


@settings(max_examples=5 * settings.default.max_examples)  # type: ignore[union-attr]  # there is one: conftest loads it
@given(families(), st.lists(logs(), min_size=PATIENTS, max_size=PATIENTS), st.integers(0, 80), st.booleans())
def test_law_6_both_executors_tell_the_same(compiled: Compiled, drawn: list[list[Event]], steps: int, receipts: bool) -> None:
    patients = _patients(drawn)
    as_of = LAST if steps > 50 else START + steps * STEP
    _assert_same(_followed(compiled, patients, as_of, receipts=receipts), _told(compiled, patients, as_of, receipts=receipts))


@settings(max_examples=3 * settings.default.max_examples)  # type: ignore[union-attr]
@given(measured(), st.lists(logs(), min_size=PATIENTS, max_size=PATIENTS), st.integers(0, 80))
def test_law_6_of_what_is_counted_afterwards(compiled: Compiled, drawn: list[list[Event]], steps: int) -> None:
    patients = _patients(drawn)
    as_of = LAST if steps > 40 else START + steps * STEP
    _assert_same(_followed(compiled, patients, as_of), _told(compiled, patients, as_of))


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_scenario_of_what_is_shipped(name: str) -> None:
    definition = load(name)
    if definition.model.kind != "pathway":
        pytest.skip("a library of handovers: nobody follows it")
    compiled = definition.compiled
    patients = _patients([events_of(scenario) for scenario in definition.model.scenarios])
    as_of = max(event.occurred for events in patients.values() for event in events) + 400 * 86_400_000_000
    _assert_same(_followed(compiled, patients, as_of), _told(compiled, patients, as_of))


def test_threads_share_patients_and_give_the_same() -> None:
    compiled = load("stroke").compiled
    scenario = events_of(load("stroke").model.scenarios[0])
    patients = _patients([scenario] * (20_000 // len(scenario) + 100))
    one, two = (_followed(compiled, patients, LAST, threads=threads) for threads in (1, 2))
    for name in RECORDS:
        first, second = (each.tables[name].cast(_plain(each.tables[name].schema)) for each in (one, two))
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
    found = _followed(compiled, patients, as_of)
    assert found.tables["obligations"].num_rows == 30 * 401
    _assert_same(found, _told(compiled, patients, as_of))


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
        _assert_same(_followed(compiled, patients, LAST), _told(compiled, patients, LAST))


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
    pathway = Pathway(name="days", version="1", **WORLD, costs=costs, enters=enters, stages=stages, throughout=throughout)
    told = ["b", "a", "d", "undo_a", "c", "a", "d"]
    log = [Event(id=f"{n}", patient="p0", name=name, occurred=START + 8 * n * STEP) for n, name in enumerate(told)]
    compiled = compile_pathway(pathway)
    found = _followed(compiled, {"p0": log}, LAST)
    assert [(row["cost"], row["episode"]) for row in found.tables["costs"].to_pylist()] == [("b", 2)]
    _assert_same(found, _told(compiled, {"p0": log}, LAST))
