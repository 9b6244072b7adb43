"""The figures of a report, held against counts made another way."""

from __future__ import annotations

from collections import Counter
from statistics import NormalDist, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.events.read import log_of
from pathway.machine.compile import compile_pathway
from pathway.model.load import load
from pathway.model.pathway import Pathway
from pathway.replay.population import Result, replay
from pathway.reports.figures import SMALL, Figures, figures, wilson
from pathway.simulation.county import county


@pytest.fixture(scope="module")
def stroke() -> Pathway:
    pathway = load("stroke").pathway
    assert pathway is not None
    return pathway


@pytest.fixture(scope="module")
def result(stroke: Pathway) -> Result:
    compiled = compile_pathway(stroke)
    made = county(compiled, patients=120, seed=3)
    return replay(compiled, log_of(made.events), as_of=made.as_of)


@pytest.fixture(scope="module")
def found(result: Result, stroke: Pathway) -> Figures:
    return figures(result, stroke, secret=b"kept")


@given(st.integers(0, 400), st.integers(1, 400))
def test_the_interval_solves_the_equation_that_it_comes_from(part: int, more: int) -> None:
    """Wilson's bounds are where the distance to the share seen is z standard errors of the bound itself."""
    whole = part + more
    share = wilson(part, whole)
    z = NormalDist().inv_cdf(0.975)
    assert share.low is not None and share.high is not None and share.value is not None
    assert 0 <= share.low <= share.value <= share.high <= 1
    for bound in (share.low, share.high):
        if 0 < bound < 1 and bound != share.value:
            assert abs(share.value - bound) == pytest.approx(z * (bound * (1 - bound) / whole) ** 0.5, abs=1e-6)


def test_nothing_of_nothing() -> None:
    assert wilson(0, 0).value is None and wilson(0, 0).low is None


def test_outcomes_add_up_to_the_obligations(found: Figures, result: Result) -> None:
    rows = [row for row in result.obligations.to_pylist() if row["part"] == "main"]
    for rule in found.rules:
        mine = [row["outcome"] for row in rows if row["rule"] == rule.rule.name]
        assert {k: n for k, n in rule.outcomes.items() if n} == Counter(mine)
        judged = sum(outcome in ("met", "late", "missing") for outcome in mine)
        assert (rule.in_time.part, rule.in_time.whole) == (mine.count("met"), judged)


def test_the_headline(found: Figures, result: Result) -> None:
    breaks = result.breaks.to_pylist()
    assert found.episodes == result.episodes.num_rows
    assert sum(found.breaks.values()) == len(breaks)
    assert found.open == sum(row["open"] for row in breaks)
    broken = {(row["patient"], row["episode"]) for row in breaks}
    assert found.unbroken.part == found.episodes - len(broken)
    over = {(row["patient"], row["episode"]) for row in result.episodes.to_pylist() if row["ended_at"] is not None}
    waited = [row for row in breaks if not (row["open"] and (row["patient"], row["episode"]) in over)]
    late = [row["delay_s"] for row in waited if row["kind"] == "waiting" and row["delay_s"] > 0]
    assert found.days_lost == pytest.approx(sum(late) / 86_400)


def test_medians(found: Figures, result: Result) -> None:
    over = {(row["patient"], row["episode"]) for row in result.episodes.to_pylist() if row["ended_at"] is not None}
    waited = [row for row in result.breaks.to_pylist() if not (row["open"] and (row["patient"], row["episode"]) in over)]
    for rule in found.rules:
        delays = [row["delay_s"] for row in waited if row["rule"] == rule.rule.name and row["delay_s"] > 0]
        if delays:
            assert rule.delays is not None and rule.delays.median == pytest.approx(median(delays))


def test_the_heaviest_first(found: Figures) -> None:
    weights = [task.weight for task in found.tasks]
    assert weights == sorted(weights, reverse=True)
    assert all(task.figures.broken for task in found.tasks)


def test_small_numbers_are_left_out_of_comparisons(found: Figures) -> None:
    for rule in found.rules:
        for _, share in rule.units:
            assert share is None or share.part >= SMALL


def test_no_patient_is_named(found: Figures, result: Result) -> None:
    shown = repr(found)
    assert all(f"'{patient}'" not in shown for patient in set(result.episodes["patient"].to_pylist()))


def test_pseudonyms_need_the_secret(found: Figures, result: Result, stroke: Pathway) -> None:
    assert figures(result, stroke, secret=b"kept") == found
    assert figures(result, stroke, secret=b"other") != found


def test_an_empty_population(stroke: Pathway) -> None:
    empty = figures(replay(compile_pathway(stroke), log_of([])), stroke)
    assert empty.episodes == 0 and empty.unbroken.value is None and empty.tasks == ()
