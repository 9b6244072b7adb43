"""What the page's charts share: a plane with two axes, round steps on them, and numbers short enough for a page of a hundred
charts. Charts have classes and no colours: the page's stylesheet gives those, for light, dark and paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from pathway.language.source import Language

from .texts import number, text

_ROUND = {
    "minute": (1, 2, 5, 10, 15, 30, 60),
    "hour": (1, 2, 3, 6, 12, 24, 48),
    "day": (1, 2, 5, 7, 14, 28, 56),
    "month": (1, 2, 3, 6, 12, 24),
    "year": (1, 2, 5, 10),
}
"""Steps that people count in, by unit."""
_SECONDS = {"minute": 60.0, "hour": 3_600.0, "day": 86_400.0, "month": 2_629_746.0, "year": 31_556_952.0}
_UP_TO = (("minute", 3 * 3_600), ("hour", 4 * 86_400), ("day", 120 * 86_400), ("month", 4 * 31_556_952), ("year", math.inf))


def short(value: float) -> str:
    """A coordinate: a tenth of a pixel is more than an eye can see."""
    return f"{value:.1f}".removesuffix(".0")


def path(points: Iterable[tuple[float, float]]) -> str:
    """Straight lines from point to point."""
    return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in points)


def stairs(points: Sequence[tuple[float, float]]) -> str:
    """A line that holds its height until the next point: what is known between two events."""
    first, *rest = points
    return f"M{short(first[0])} {short(first[1])}" + "".join(f"H{short(x)}V{short(y)}" for x, y in rest)


def label(x: float, y: float, said: str, *, anchor: str = "start", kind: str = "") -> str:
    """A word in a chart."""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{short(x)}" y="{short(y)}"{where}{named}>{escape(said)}</text>'


def titled(shape: str, said: str) -> str:
    """A shape that says what it is when pointed at."""
    return f"<g><title>{escape(said)}</title>{shape}</g>"


def time_unit(longest: float) -> str:
    """The unit in which times up to `longest` seconds are best read."""
    return next(unit for unit, limit in _UP_TO if longest <= limit)


def time_ticks(longest: float, most: int = 6) -> tuple[str, list[int]]:
    """The unit and the round numbers of it that divide an axis from nothing to `longest` seconds."""
    unit = time_unit(longest)
    whole = longest / _SECONDS[unit]
    step = next((step for step in _ROUND[unit] if whole / step <= most), _ROUND[unit][-1])
    while whole / step > most:
        step *= 2
    return unit, list(range(0, math.floor(whole + 1e-9) + 1, step))


def seconds_of(unit: str) -> float:
    """How long a unit of an axis is (a month and a year: on the average)."""
    return _SECONDS[unit]


def round_step(most: float) -> float:
    """A round step that divides up to `most` into six at most."""
    size = 10.0 ** math.floor(math.log10(most)) if most > 0 else 1.0
    return next(step for step in (size / 5, size / 2, size, size * 2, size * 5) if most / step <= 6)


@dataclass(frozen=True, slots=True)
class Plane:
    """A chart's area in its `viewBox`. `x_most` and `y_most` are the values at the far ends."""

    wide: float
    high: float
    x_most: float
    y_most: float = 1.0
    left: float = 42
    right: float = 10
    top: float = 18
    bottom: float = 38

    def x(self, value: float) -> float:
        inner = self.wide - self.left - self.right
        return self.left + inner * min(max(value, 0.0), self.x_most) / (self.x_most or 1)

    def y(self, value: float) -> float:
        inner = self.high - self.top - self.bottom
        return self.top + inner * (1 - min(max(value, 0.0), self.y_most) / (self.y_most or 1))

    @property
    def foot(self) -> float:
        return self.high - self.bottom

    @property
    def edge(self) -> float:
        return self.wide - self.right

    def _upright(self, steps: Iterable[tuple[float, str]]) -> str:
        return "".join(
            f'<path class="grid" d="M{short(self.left)} {short(self.y(step))}H{short(self.edge)}"/>'
            + label(self.left - 6, self.y(step) + 4, said, anchor="end")
            for step, said in steps
        )

    def shares(self) -> str:
        """The lines and words of an upright axis of shares."""
        return self._upright((step / 4, f"{step * 25}\u00a0%") for step in range(5))

    def amounts(self, language: Language) -> str:
        """The lines and words of an upright axis of anything else."""
        step = round_step(self.y_most)
        return self._upright((tick * step, number(tick * step, language, 1)) for tick in range(int(self.y_most / step) + 1))

    def times(self, language: Language) -> str:
        """The words of a level axis of time, and its unit."""
        unit, ticks = time_ticks(self.x_most)
        size = seconds_of(unit)
        said = "".join(label(self.x(tick * size), self.foot + 17, number(tick, language), anchor="middle") for tick in ticks)
        return said + label(self.edge, self.high - 3, text(f"axis_{unit}", language), anchor="end")

    def drawn(self, parts: Iterable[str], said: str, kind: str) -> str:
        """The whole chart. `said` is what a screen reader says of it; the table behind it says the rest."""
        ground = f'<path class="axis" d="M{short(self.left)} {short(self.foot)}H{short(self.edge)}"/>'
        return (
            f'<svg class="chart {kind}" viewBox="0 0 {short(self.wide)} {short(self.high)}" role="img" aria-label="{escape(said)}">'
            f"{''.join(parts)}{ground}</svg>"
        )
