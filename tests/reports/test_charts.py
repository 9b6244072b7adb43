"""Control charts: random variation is left in peace, and each rule finds what it is for."""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.reports.charts import ControlChart, Signal, share_chart, single_chart


def months(values: list[int], whole: int = 100) -> list[tuple[str, int, int]]:
    return [(f"2025-{place:02}", value, whole) for place, value in enumerate(values, 1)]


def signals(chart: ControlChart) -> list[set[Signal]]:
    return [set(point.signals) for point in chart.points]


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)).map(lambda n: (n[0], n[0] + n[1])), min_size=2, max_size=24))
def test_the_limits_of_a_share(found: list[tuple[int, int]]) -> None:
    chart = share_chart([(str(place), part, whole) for place, (part, whole) in enumerate(found)])
    part, whole = np.array(found).T
    centre = part.sum() / whole.sum()
    spread = 3 * np.sqrt(centre * (1 - centre) / whole)
    assert chart.centre == pytest.approx(centre)
    assert [point.low for point in chart.points] == pytest.approx(list(np.clip(centre - spread, 0, 1)))
    assert [point.high for point in chart.points] == pytest.approx(list(np.clip(centre + spread, 0, 1)))
    outside = (np.abs(part / whole - centre) > spread + 1e-9) & (len(found) >= 6)
    assert [("beyond" in point.signals) for point in chart.points] == list(outside)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=24))
def test_the_limits_of_single_values(values: list[float]) -> None:
    """The mean, and 2.66 mean moving ranges to either side."""
    chart = single_chart([(str(place), value, 1) for place, value in enumerate(values)])
    reach = 2.66 * float(np.abs(np.diff(values)).mean())
    assert chart.centre == pytest.approx(fmean(values))
    assert chart.points[0].high == pytest.approx(fmean(values) + reach)
    assert chart.points[0].low == pytest.approx(max(0, fmean(values) - reach))


def test_random_variation_alone() -> None:
    chart = share_chart(months([80, 78, 83, 81, 77, 80, 82, 79]))
    assert chart.verdict == "stable" and not any(signals(chart))


def test_a_month_beyond_the_limits() -> None:
    chart = share_chart(months([80, 78, 83, 81, 77, 80, 50, 79]))
    assert "beyond" in signals(chart)[6] and chart.verdict == "worse"


def test_eight_months_on_one_side() -> None:
    chart = share_chart(months([70, 72, 71, 73, 70, 72, 71, 70, 80, 81, 80, 82, 81, 80, 81, 80]))
    assert all("run" in found for found in signals(chart)[8:]) and chart.verdict == "better"
    seven = share_chart(months([72, 71, 73, 70, 72, 71, 70, 78, 77, 79, 78, 79, 78, 77]))
    assert not any("run" in found for found in signals(seven))


def test_six_steps_down() -> None:
    chart = share_chart(months([80, 83, 82, 81, 80, 79, 78, 77]))
    assert [("drift" in found) for found in signals(chart)] == [False, *[True] * 7]
    assert chart.verdict == "worse"


def test_two_of_three_far_out_on_the_same_side() -> None:
    chart = share_chart(months([80, 82, 78, 81, 79, 81, 69, 80, 69, 82]))
    assert "two_of_three" in signals(chart)[6] and "two_of_three" in signals(chart)[8]
    assert "two_of_three" not in signals(chart)[7]


def test_what_was_long_ago_is_shown_and_says_nothing_of_now() -> None:
    chart = share_chart(months([50, 80, 78, 83, 81, 77, 80, 82, 79, 81, 80, 79]))
    assert "beyond" in signals(chart)[0] and chart.verdict == "stable"


def test_too_few_months_to_tell() -> None:
    assert share_chart(months([50, 80, 78])).verdict == "too_few"


def test_fewer_is_better_where_days_are_counted() -> None:
    chart = single_chart([(str(place), value, 9) for place, value in enumerate([20.0, 21, 20, 22, 21, 20, 21, 2])])
    assert "beyond" in chart.points[-1].signals and chart.verdict == "better"


def test_a_hidden_month_takes_part_in_nothing() -> None:
    shown = months([80, 78, 83, 81, 77, 80, 79])
    chart = share_chart([*shown, ("2025-08", 0, 3)], frozenset({"2025-08"}))
    assert chart.centre == share_chart(shown).centre
    last = chart.points[-1]
    assert last.hidden and last.n is None and last.value is None and last.low is None
