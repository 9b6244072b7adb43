"""Charts: what they draw stands where the numbers say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathway.renderers import charts
from pathway.renderers.svg import Plane, round_step, stairs, time_ticks
from pathway.renderers.timeline import Course, Duty, Happening, Row, Stay, timeline

HOUR, DAY = 3_600.0, 86_400.0


def _drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def _of(svg: str, kind: str) -> list[ElementTree.Element]:
    return [element for element in _drawn(svg).iter() if kind in (element.get("class") or "").split()]


def test_the_limit_stands_where_it_is_and_its_share_is_read_from_the_curve() -> None:
    steps = [(HOUR, 0.2, 0.1, 0.3), (3 * HOUR, 0.6, 0.5, 0.7), (8 * HOUR, 0.9, 0.8, 0.95)]
    svg = charts.survival(charts.Curve(steps, (4 * HOUR, 4 * HOUR), "frist 4 timer"), "nb")
    said = [text.text for text in _drawn(svg).iter("text")]
    assert "frist 4 timer" in said and "60\u00a0%" in said and "timer" in said
    (at,) = _of(svg, "at")
    plane = Plane(460, 236, x_most=8 * HOUR)
    assert float(at.get("cx", 0)) == pytest.approx(plane.x(4 * HOUR), abs=0.1)
    assert float(at.get("cy", 0)) == pytest.approx(plane.y(0.6), abs=0.1)
    assert "60\u00a0%" in (_drawn(svg).get("aria-label") or "")


def test_a_limit_in_days_is_the_whole_of_its_last_day() -> None:
    steps = [(DAY, 0.5, 0.4, 0.6), (2.5 * DAY, 0.8, 0.7, 0.9), (6 * DAY, 0.9, 0.8, 1.0)]
    svg = charts.survival(charts.Curve(steps, (2 * DAY, 3 * DAY), "frist 2 dager"), "nb")
    (band,) = _of(svg, "last-day")
    plane = Plane(460, 236, x_most=6 * DAY)
    assert float(band.get("width", 0)) == pytest.approx(plane.x(3 * DAY) - plane.x(2 * DAY), abs=0.2)
    assert "80\u00a0%" in svg


def test_a_month_that_tells_of_a_change_has_another_shape() -> None:
    points = [charts.Point(f"2026-{m:02}", 0.7, 30, 0.7, 0.4, 0.95) for m in range(1, 7)]
    points += [charts.Point("2026-07", 0.2, 30, 0.7, 0.4, 0.95, "worse"), charts.Point("2026-08", None, 0, 0.7, None, None)]
    svg = charts.control(points, "nb")
    assert len(_of(svg, "dot")) == 6 and len(_of(svg, "worse")) == 1
    assert "juli 2026: 20\u00a0% (av 30)" in svg and "jan. 26" in svg


def test_days_have_an_axis_of_days() -> None:
    points = [charts.Point(f"2026-{m:02}", 40.0 + m, 30, 44.0, 30.0, 58.0) for m in range(1, 8)]
    said = [text.text for text in _drawn(charts.control(points, "nb", days=True)).iter("text")]
    assert {"0", "20", "40", "60"} <= set(said) and not any("%" in (text or "") for text in said)


def test_who_lies_outside_the_funnel_is_named() -> None:
    bounds = [(float(n), 0.7 - 2 / n**0.5, min(1.0, 0.7 + 2 / n**0.5), 0.7 - 3 / n**0.5, 1.0) for n in range(10, 120, 10)]
    groups = [charts.Group("Dalen", 0.3, 90, "worse"), charts.Group("Vik", 0.72, 40), charts.Group("Nes", 0.69, 100)]
    svg = charts.funnel(groups, 0.7, bounds, "nb")
    assert [text.text for text in _of(svg, "strong")] == ["Dalen"]
    assert len(_of(svg, "worse")) == 1 and len(_of(svg, "dot")) == 2 and "Dalen" in (_drawn(svg).get("aria-label") or "")


@given(st.dictionaries(st.sampled_from(sorted(charts.OUTCOME_CLASS)), st.integers(0, 5_000)))
def test_outcomes_share_the_whole_bar(outcomes: dict[str, int]) -> None:
    svg = charts.outcome_bar(outcomes, "nb")
    total = sum(outcomes.values())
    if not total:
        assert svg == ""
        return
    bars = list(_drawn(svg).iter("rect"))
    assert len(bars) == sum(count > 0 for count in outcomes.values())
    starts = [float(bar.get("x", 0)) for bar in bars]
    wanted = [count for count in outcomes.values() if count]
    for start, before in zip(starts, range(len(wanted)), strict=True):
        assert start == pytest.approx(1000 * sum(wanted[:before]) / total, abs=0.1)


@given(st.floats(60, 20 * 365 * DAY))
def test_an_axis_of_time_has_few_round_steps(longest: float) -> None:
    _, ticks = time_ticks(longest)
    assert ticks[0] == 0 and 1 <= len(ticks) <= 8
    assert len({after - before for before, after in pairwise(ticks)}) <= 1


@given(st.floats(0.01, 1e9))
def test_steps_are_round_and_few(most: float) -> None:
    step = round_step(most)
    assert most / step <= 6.0001 and re.fullmatch(r"[125]0*", f"{step:.9f}".replace(".", "").strip("0") or "1")


def test_stairs_hold_their_height() -> None:
    assert stairs([(0, 10), (5, 4), (9, 2)]) == "M0 10H5V4H9V2"


BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=30))
def test_a_timeline_keeps_the_order_of_what_happened(minutes: list[int]) -> None:
    moments = [BEGIN + timedelta(minutes=minute) for minute in minutes]
    course = Course(
        stays=[Stay("Akutt", "Sykehuset", BEGIN, max(moments))],
        happenings=[Happening("Noe", moment) for moment in moments],
        rows=[],
        end=max(moments),
    )
    places = [float(dot.get("cx", 0)) for dot in _of(timeline(course, "nb", "x"), "event")]
    for (one, left), (other, right) in pairwise(sorted(zip(moments, places, strict=True))):
        assert (left < right) if one < other else left == right
    assert min(places) >= 262 and max(places) <= 1000


def test_a_timeline_shows_what_was_late_and_what_never_came() -> None:
    due, met, end = BEGIN + timedelta(hours=1), BEGIN + timedelta(hours=3), BEGIN + timedelta(days=9)
    late = Duty(BEGIN, due, met, "late", "for sent", "waiting")
    gone = Duty(BEGIN, due, None, "gone", "mangler", "information")
    course = Course(
        [Stay("Akutt", "Sykehuset", BEGIN, end)],
        [Happening("Ankomst", BEGIN)],
        [Row("A", "a", [late]), Row("B", "b", [gone])],
        end,
    )
    svg = timeline(course, "nb", "x")
    (bar,), (red,) = _of(svg, "late"), _of(svg, "gone")
    assert float(red.get("width", 0)) > float(bar.get("width", 0)) > 0
    assert float(bar.get("x", 0)) == float(red.get("x", 0))
    assert "A: for sent" in svg and "B: mangler" in svg and '<a href="#a">' in svg
