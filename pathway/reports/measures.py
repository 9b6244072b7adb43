"""What is measured: shares, spreads, times to event, trends and control charts, as values of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median, quantiles
from typing import Literal

from pydantic import computed_field

from pathway.reports.part import Part
from pathway.reports.statistics import difference, effective, kaplan_meier, time_to, wilson

SMALL = 5
"""Groups of fewer patients are not shown: they could point to a person."""
_STEPS = 40


class Share(Part):
    """`part` of `whole`, with its 95 % interval."""

    part: int
    whole: int
    low: float | None
    """The lower bound of the 95 % interval (Wilson; widened where patients count more than once); null of nothing."""
    high: float | None
    """The upper bound."""

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own order of decorators
    @property
    def value(self) -> float | None:
        """`part` over `whole`; null of nothing."""
        return self.part / self.whole if self.whole else None


class Spread(Part):
    """The quartiles of lengths of time, in seconds, and how many they are of."""

    count: int
    lower: float
    median: float
    upper: float


class Step(Part):
    """A point of a curve of times."""

    at_s: float
    """Seconds."""
    left: float
    """The share for whom it was not done by then."""
    low: float
    high: float
    at_risk: int
    """How many were followed until just before."""


class Waiting(Part):
    """How long it took, by Kaplan–Meier: those for whom it is not done yet count for as long as they have been followed."""

    count: int
    done: int
    censored: int
    """Not done as far as they were followed."""
    lower_s: float | None
    """Seconds after which it was done for a quarter; null where that was not reached."""
    median_s: float | None
    """For half."""
    upper_s: float | None
    """For three quarters."""
    steps: tuple[Step, ...]
    """The curve, at most forty points of it."""


class Dates(Part):
    """From and to a local date, both included."""

    start: date
    end: date


class Trend(Part):
    """A share in the latest period against the one before, by when things fell due."""

    before_period: Dates
    period: Dates
    before: Share | None
    now: Share | None
    difference: float | None
    low: float | None
    """The lower bound of the difference's 95 % interval (Newcombe)."""
    high: float | None
    verdict: Literal["better", "worse", "unclear", "too_few"]
    """`unclear`: chance alone can do as much."""


def share_of(part: int, whole: int, worth: float = 1.0) -> Share:
    """A share with its interval. `worth` is how much of an independent observation each is (`worth_of`)."""
    if not whole:
        return Share(part=part, whole=whole, low=None, high=None)
    low, high = wilson(part * worth, whole * worth)
    return Share(part=part, whole=whole, low=low, high=high)


def worth_of(judged: Iterable[tuple[str, bool]]) -> float:
    """How much of an independent observation each (patient, whether in time) is: 1, or less where a patient counts often."""
    clusters: dict[str, list[int]] = {}
    for patient, met in judged:
        of = clusters.setdefault(patient, [0, 0])
        of[0] += met
        of[1] += 1
    whole = sum(each for _, each in clusters.values())
    return effective((part, each) for part, each in clusters.values()) / whole if whole else 1.0


def spread_of(values: Iterable[float]) -> Spread | None:
    """The quartiles of lengths of time; None where there are none."""
    found = sorted(values)
    if not found:
        return None
    if len(found) == 1:
        return Spread(count=1, lower=found[0], median=found[0], upper=found[0])
    lower, _, upper = quantiles(found, n=4, method="inclusive")
    return Spread(count=len(found), lower=lower, median=median(found), upper=upper)


def waiting_of(times: Sequence[tuple[float, bool]]) -> Waiting | None:
    """Times to event from (how long followed, whether done then)."""
    if not times:
        return None
    curve = kaplan_meier(times)
    done = sum(each for _, each in times)
    every = max(1, -(-len(curve) // _STEPS))
    shown = [point for place, point in enumerate(curve, 1) if place % every == 0 or place == len(curve)]
    return Waiting(
        count=len(times),
        done=done,
        censored=len(times) - done,
        lower_s=time_to(curve, 0.25),
        median_s=time_to(curve, 0.5),
        upper_s=time_to(curve, 0.75),
        steps=tuple(Step(at_s=p.at, left=p.left, low=p.low, high=p.high, at_risk=p.at_risk) for p in shown),
    )


def trend_of(
    before: tuple[int, int], now: tuple[int, int], patients: tuple[int, int], periods: tuple[Dates, Dates], worth: float = 1.0
) -> Trend:
    """Whether a share that should be high has changed; `patients` are those of either period."""
    few = min(patients) < SMALL
    gap = low = high = None
    if not few:
        gap = now[0] / now[1] - before[0] / before[1]
        low, high = difference((now[0] * worth, now[1] * worth), (before[0] * worth, before[1] * worth))
    return Trend(
        before_period=periods[0],
        period=periods[1],
        before=None if patients[0] < SMALL else share_of(*before, worth),
        now=None if patients[1] < SMALL else share_of(*now, worth),
        difference=gap,
        low=low,
        high=high,
        verdict="too_few" if low is None or high is None else "better" if low > 0 else "worse" if high < 0 else "unclear",
    )
