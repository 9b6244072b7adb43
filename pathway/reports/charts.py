"""Control charts: month by month, what is random variation and what is a change (Shewhart's limits and the usual run rules)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import Literal

from pathway.reports.part import Part

Signal = Literal["beyond", "two_of_three", "run", "drift"]
_RUN, _DRIFT, _FEWEST, _LATE = 8, 6, 6, 6
_MOVING_RANGE = 2.66
"""Three standard deviations of single values, in mean moving ranges of two (3 / 1.128)."""


class ChartPoint(Part):
    """One month."""

    period: str
    """`2026-03`."""
    n: int | None
    """How many; null where they are hidden."""
    value: float | None
    low: float | None
    """The lower control limit, three standard deviations from the centre line."""
    high: float | None
    signals: tuple[Signal, ...]
    """What chance would hardly do: `beyond` a limit, `two_of_three` beyond two standard deviations on the same side, a `run` of eight on
    one side of the centre line, a `drift` of six up or down. Said of each point that takes part."""
    hidden: bool


class ControlChart(Part):
    """A measure month by month, by when things fell due."""

    measure: Literal["share", "days_per_100"]
    """`share`: in time, of those judged (a p-chart). `days_per_100`: days lost per 100 days with a patient (an XmR chart)."""
    centre: float | None
    points: tuple[ChartPoint, ...]
    verdict: Literal["stable", "better", "worse", "too_few"]
    """`better`, `worse`: which way a signal of the last six months points; `stable`: they show random variation alone. `too_few` months
    to tell."""


def share_chart(
    months: Sequence[tuple[str, int, int]], hidden: frozenset[str] = frozenset(), worth: float = 1.0
) -> ControlChart:
    """A p-chart of (month, part, whole), for a share that should be high. Hidden months are left out of every reckoning."""
    shown = [each for each in months if each[0] not in hidden and each[2]]
    whole = sum(each[2] for each in shown)
    centre = sum(each[1] for each in shown) / whole if whole else None
    sigmas = [0.0 if centre is None else math.sqrt(centre * (1 - centre) / (n * worth)) for _, _, n in shown]
    values = [part / n for _, part, n in shown]
    return _chart("share", months, hidden, [each[0] for each in shown], values, sigmas, centre, bounds=(0.0, 1.0))


def single_chart(months: Sequence[tuple[str, float, int]]) -> ControlChart:
    """An XmR chart of (month, value, how many), for something that should be low."""
    values = [value for _, value, _ in months]
    ranges = [abs(after - before) for before, after in pairwise(values)]
    sigma = _MOVING_RANGE * fmean(ranges) / 3 if ranges else 0.0
    centre = fmean(values) if values else None
    counted = [(month, 0, n) for month, _, n in months]
    names = [month for month, _, _ in months]
    return _chart("days_per_100", counted, frozenset(), names, values, [sigma] * len(values), centre, bounds=(0.0, math.inf))


def _chart(
    measure: Literal["share", "days_per_100"],
    months: Sequence[tuple[str, int, int]],
    hidden: frozenset[str],
    shown: Sequence[str],
    values: Sequence[float],
    sigmas: Sequence[float],
    centre: float | None,
    *,
    bounds: tuple[float, float],
) -> ControlChart:
    told = len(shown) >= _FEWEST and centre is not None
    signals = _signals([value - (centre or 0.0) for value in values], sigmas) if told else [()] * len(shown)
    place = {month: number for number, month in enumerate(shown)}
    points = []
    for month, _, n in months:
        number = place.get(month)
        if number is None or centre is None:
            points.append(
                ChartPoint(
                    period=month,
                    n=None if month in hidden else n,
                    value=None,
                    low=None,
                    high=None,
                    signals=(),
                    hidden=month in hidden,
                )
            )
            continue
        points.append(
            ChartPoint(
                period=month,
                n=n,
                value=values[number],
                low=max(bounds[0], centre - 3 * sigmas[number]),
                high=min(bounds[1], centre + 3 * sigmas[number]),
                signals=tuple(signals[number]),
                hidden=False,
            )
        )
    return ControlChart(
        measure=measure,
        centre=centre,
        points=tuple(points),
        verdict=_verdict(measure, values, signals, centre) if told else "too_few",
    )


def _verdict(
    measure: str, values: Sequence[float], signals: Sequence[Sequence[Signal]], centre: float | None
) -> Literal["stable", "better", "worse"]:
    said = [number for number, found in enumerate(signals) if found]
    if not said or centre is None or said[-1] < len(values) - _LATE:
        return "stable"
    last = said[-1]
    up = values[last] > centre
    if signals[last] == ("drift",):
        up = values[last] > values[last - 1]
    return "better" if up == (measure == "share") else "worse"


def _signals(distances: Sequence[float], sigmas: Sequence[float]) -> list[tuple[Signal, ...]]:
    """By point, what it takes part in. `distances` are from the centre line."""
    found: list[dict[Signal, None]] = [{} for _ in distances]
    for place, (distance, sigma) in enumerate(zip(distances, sigmas, strict=True)):
        if abs(distance) > 3 * sigma + 1e-12:
            found[place]["beyond"] = None
    far = [_side(distance, 2 * sigma) for distance, sigma in zip(distances, sigmas, strict=True)]
    for end in range(2, len(far)):
        for side in (1, -1):
            places = [place for place in range(end - 2, end + 1) if far[place] == side]
            if len(places) >= 2:
                for place in places:
                    found[place]["two_of_three"] = None
    _mark(found, _stretches([_side(distance, 0.0) for distance in distances]), _RUN, "run")
    steps = [_side(after - before, 0.0) for before, after in pairwise(distances)]
    _mark(found, [(start, end + 1, side) for start, end, side in _stretches(steps)], _DRIFT, "drift")
    return [tuple(each) for each in found]


def _side(distance: float, beyond: float) -> int:
    return 0 if abs(distance) <= beyond + 1e-12 else 1 if distance > 0 else -1


def _stretches(sides: Sequence[int]) -> list[tuple[int, int, int]]:
    """Stretches of the same side: first and last place. A point on the line belongs to none."""
    found: list[tuple[int, int, int]] = []
    for place, side in enumerate(sides):
        if found and found[-1][2] == side and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place, side)
        else:
            found.append((place, place, side))
    return [each for each in found if each[2]]


def _mark(found: Sequence[dict[Signal, None]], stretches: Sequence[tuple[int, int, int]], least: int, signal: Signal) -> None:
    for start, end, _ in stretches:
        if end - start + 1 >= least:
            for place in range(start, end + 1):
                found[place][signal] = None
