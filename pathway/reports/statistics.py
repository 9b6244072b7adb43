"""What chance alone can do: intervals, limits and times to event. Plain arithmetic on counts; nothing here knows of pathways.

Every function is held against a statistics library in `tests/reports/test_statistics.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

_Z = NormalDist().inv_cdf(0.975)


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which holds for small numbers and for shares near 0 and 1. `whole` may be
    an effective number, not a whole one (`effective`)."""
    share = part / whole
    middle = share + _Z * _Z / (2 * whole)
    half = _Z * math.sqrt(share * (1 - share) / whole + _Z * _Z / (4 * whole * whole))
    scale = 1 + _Z * _Z / whole
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def effective(clusters: Iterable[tuple[int, int]]) -> float:
    """How many independent observations a share of (part, whole) by patient is worth: what one patient is owed again and again
    goes together, and does not count for as many patients.

    The number of observations over the design effect (Kish 1965): the variance of a ratio of sums over patients against
    that of a simple share. Never more than the observations, never fewer than the patients.
    """
    found = [(part, whole) for part, whole in clusters if whole]
    count, whole = len(found), sum(each for _, each in found)
    if count < 2 or whole == count:
        return float(whole)
    share = sum(part for part, _ in found) / whole
    simple = share * (1 - share) / whole
    if simple == 0:
        return float(count)
    between = count / (count - 1) * sum((part - share * each) ** 2 for part, each in found) / whole**2
    return float(min(whole, max(count, whole * simple / between))) if between else float(whole)


def difference(now: tuple[float, float], before: tuple[float, float]) -> tuple[float, float]:
    """The 95 % interval of the difference of two independent shares, given as (part, whole): Newcombe's hybrid of two Wilson
    intervals (1998, method 10)."""
    p, q = now[0] / now[1], before[0] / before[1]
    low, high = wilson(*now)
    other_low, other_high = wilson(*before)
    down = math.hypot(p - low, other_high - q)
    up = math.hypot(high - p, q - other_low)
    return p - q - down, p - q + up


def binomial_quantiles(size: int, share: float, wanted: Sequence[float]) -> list[float]:
    """Which shares a group of a size stays below with some probabilities (in rising order), when its true share is `share`.

    The exact binomial limits of a funnel plot, interpolated between the two numbers that the probability falls between
    (Spiegelhalter 2005, appendix A.1.1); all in one walk over the numbers that matter.
    """
    if share <= 0 or share >= 1:
        return [share] * len(wanted)
    found: list[float] = []
    # Nothing that counts lies so far below, in however large or lopsided a group.
    first = max(0, int(size * share - 12 * math.sqrt(size * share * (1 - share)) - 20))
    below, chance, odds = 0.0, math.exp(_log_chance(first, size, share)), share / (1 - share)
    for count in range(first, size + 1):
        while len(found) < len(wanted) and below + chance >= wanted[len(found)]:
            excess = (below + chance - wanted[len(found)]) / chance
            found.append(min(1.0, max(0.0, (count - excess) / size)))
        if len(found) == len(wanted):
            break
        below += chance
        chance *= odds * (size - count) / (count + 1)
    return [*found, *[1.0] * (len(wanted) - len(found))]  # what rounding has left over at the far end


def binomial_tails(count: float, size: int, share: float) -> tuple[float, float]:
    """How probable it is by chance that so few, and that so many, of a group are, when its true share is `share`. A count that is no
    whole number (of an effective size) is taken as the next one in favour of chance."""
    if share <= 0 or share >= 1:
        return 1.0, 1.0
    few, many = math.ceil(count - 1e-9), math.floor(count + 1e-9)
    if many > size * share:  # the shorter way round: the others
        others = binomial_tails(size - count, size, 1 - share)
        return others[1], others[0]
    first = max(0, int(size * share - 12 * math.sqrt(size * share * (1 - share)) - 20))
    if few < first:
        return 0.0, 1.0
    chance, odds = math.exp(_log_chance(first, size, share)), share / (1 - share)
    chances = [chance]
    for each in range(first, few):
        chance *= odds * (size - each) / (each + 1)
        chances.append(chance)
    return min(1.0, math.fsum(chances)), max(0.0, 1 - math.fsum(chances[: max(0, many - first)]))


def _log_chance(count: int, size: int, share: float) -> float:
    ways = math.lgamma(size + 1) - math.lgamma(count + 1) - math.lgamma(size - count + 1)
    return ways + count * math.log(share) + (size - count) * math.log1p(-share)


@dataclass(frozen=True, slots=True)
class Survivor:
    """At a time, the share that still waits, with its 95 % bounds, and how many were followed until just before."""

    at: float
    left: float
    low: float
    high: float
    at_risk: int


def kaplan_meier(times: Sequence[tuple[float, bool]]) -> list[Survivor]:
    """The share that still waits after each time at which something was done. `times` are (how long, whether it was done then);
    those not done were followed so long. The bounds are on the log(-log) scale (Kalbfleisch and Prentice), from Greenwood's variance.
    """
    found: list[Survivor] = []
    left, greenwood, followed = 1.0, 0.0, len(times)
    ordered = sorted(times)
    place = 0
    while place < len(ordered):
        at, done, gone = ordered[place][0], 0, 0
        while place < len(ordered) and ordered[place][0] == at:
            done += ordered[place][1]
            gone += 1
            place += 1
        if done:
            left *= 1 - done / followed
            greenwood += done / (followed * (followed - done)) if followed > done else math.inf
            found.append(Survivor(at, left, *_bounds(left, greenwood), followed))
        followed -= gone
    return found


def _bounds(left: float, greenwood: float) -> tuple[float, float]:
    if left <= 0.0 or not math.isfinite(greenwood):
        return 0.0, 0.0 if left <= 0.0 else 1.0
    spread = _Z * math.sqrt(greenwood) / math.log(left)
    return left ** math.exp(-spread), left ** math.exp(spread)


def time_to(curve: Sequence[Survivor], share: float) -> float | None:
    """The first time at which at least a share of all has been done; None where it was not reached while they were followed."""
    return next((point.at for point in curve if point.left <= 1 - share + 1e-12), None)
