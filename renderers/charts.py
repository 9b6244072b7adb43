"""The page's charts as SVG: how outcomes were shared, how long things took, whether a change is one, who differs from the rest.

Each has a table behind it, so a chart says its main point to a screen reader and no more. They are drawn here and not by a script in
the page: mail gateways take scripts out of attachments, paper has none, and a page of a hundred charts opens at once (measured
against Vega-Lite in `benchmarks/page.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import dropwhile

from pathway.language.source import Language

from .svg import Plane, label, path, round_step, short, stairs, titled
from .texts import month_text, number, percent, text

OUTCOME_CLASS = {
    "met": "good",
    "ahead": "good",
    "done": "good",
    "grounded": "good",
    "late": "late",
    "early": "late",
    "ungrounded": "late",
    "missing": "gone",
    "excused": "excused",
    "waiting": "waits",
    "lapsed": "quiet",
    "cancelled": "quiet",
    "undetermined": "unknown",
    "not_judged": "unknown",
}
_STEPS = 90
"""Steps of a curve that are drawn at most: more are finer than the picture."""


def stacked(parts: Sequence[tuple[str, str, float]], said: str, kind: str = "bar") -> str:
    """Parts of a whole side by side, each (class, what it says, how much) as wide as it is large."""
    total = sum(size for _, _, size in parts)
    if total <= 0:
        return ""
    x = 0.0
    drawn: list[str] = []
    for named, tip, size in parts:
        wide = 1000 * size / total
        shape = f'<rect class="{named}" x="{short(x)}" width="{short(max(wide - 2, 1))}" height="20"/>'
        drawn.append(titled(shape, tip))
        x += wide
    return (
        f'<svg class="{kind}" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="{escape(said)}">'
        f"{''.join(drawn)}</svg>"
    )


def outcome_bar(outcomes: Mapping[str, int], language: Language) -> str:
    """The outcomes of a rule side by side, each as wide as its number."""
    found = [(name, count) for name, count in outcomes.items() if count]
    tips = {name: f"{text(f'outcome_{name}', language)}: {number(count, language)}" for name, count in found}
    return stacked([(OUTCOME_CLASS[name], tips[name], count) for name, count in found], ", ".join(tips.values()))


@dataclass(frozen=True, slots=True)
class Curve:
    """Times to an event with those not yet done counted as such. `steps` are (seconds, share done, low, high), rising."""

    steps: Sequence[tuple[float, float, float, float]]
    limit: tuple[float, float] | None
    """When it runs out, from and to, in seconds: the same for hours, the whole of its last day for days. None where it is no fixed
    length of time."""
    named: str = ""
    """The limit in words."""
    least: float | None = None
    """The earliest that it may be done, in seconds."""
    target: float | None = None
    """The share that is aimed at."""


def survival(curve: Curve, language: Language) -> str:
    """How large a share was done by each time, with its 95 % band; the limit is a line, and the share at the limit a point."""
    steps = [step for step in curve.steps if all(map(math.isfinite, step))]
    if len(steps) < 2:
        return ""
    longest = steps[-1][0]
    if curve.limit:
        longest = max(min(longest, 3 * curve.limit[1]), 1.25 * curve.limit[1])
    plane = Plane(460, 236, x_most=longest or 1.0)
    shown = [(0.0, 0.0, 0.0, 0.0), *_thinned([step for step in steps if step[0] <= longest], longest)]
    end = (longest, *shown[-1][1:])
    upper = [(plane.x(t), plane.y(high)) for t, _, _, high in (*shown, end)]
    lower = [(plane.x(t), plane.y(low)) for t, _, low, _ in (*shown, end)]
    turned = "".join(f"V{short(y)}H{short(x)}" for (x, _), (_, y) in zip(lower[-2::-1], lower[:0:-1], strict=False))
    parts = [
        plane.shares(),
        plane.times(language),
        f'<path class="band" d="{stairs(upper)}V{short(lower[-1][1])}{turned}Z"/>',
        f'<path class="curve" d="{stairs([(plane.x(t), plane.y(done)) for t, done, _, _ in (*shown, end)])}"/>',
    ]
    said = text("chart_times", language)
    if curve.target is not None:
        y = plane.y(curve.target)
        parts.append(f'<path class="target" d="M{short(plane.left)} {short(y)}H{short(plane.edge)}"/>')
        parts.append(label(plane.edge, y - 4, text("axis_target", language, p=percent(curve.target, language)), anchor="end"))
    if curve.least:
        parts.append(f'<path class="limit least" d="M{short(plane.x(curve.least))} {short(plane.top)}V{short(plane.foot)}"/>')
    if curve.limit:
        first, last = curve.limit
        x = plane.x(last)
        done = max((step for step in steps if step[0] <= last), default=(0.0, 0.0, 0.0, 0.0))[1]
        aside = x > plane.wide * 0.6
        if last > first:
            wide = max(x - plane.x(first), 1.0)
            high = short(plane.foot - plane.top)
            day = f'<rect class="last-day" x="{short(x - wide)}" y="{short(plane.top)}" width="{short(wide)}" height="{high}"/>'
            parts.insert(0, day)
        parts.append(f'<path class="limit" d="M{short(x)} {short(plane.top - 4)}V{short(plane.foot)}"/>')
        parts.append(
            label(x - 6 if aside else x + 6, plane.top - 6, curve.named, anchor="end" if aside else "start", kind="strong")
        )
        parts.append(f'<circle class="at" cx="{short(x)}" cy="{short(plane.y(done))}" r="4.5"/>')
        parts.append(label(x + 9, plane.y(done) + (-8 if done < 0.16 else 17), percent(done, language), kind="strong"))
        said = text("chart_times_limit", language, p=percent(done, language), d=curve.named)
    return plane.drawn(parts, said, "survival")


def _thinned(steps: Sequence[tuple[float, float, float, float]], longest: float) -> list[tuple[float, float, float, float]]:
    """The last step of each of the drawing's columns."""
    kept: dict[int, tuple[float, float, float, float]] = {}
    for step in steps:
        kept[math.ceil(step[0] / longest * _STEPS)] = step
    return list(kept.values())


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a control chart: the share, of how many, between which limits it would vary by chance, and what it signals
    (`better`, `worse` or nothing)."""

    month: str
    value: float | None
    whole: int
    centre: float
    low: float | None
    high: float | None
    signal: str | None = None


def control(points: Sequence[Point], language: Language, *, target: float | None = None, days: bool = False) -> str:
    """Shares (or days) month by month between the limits of chance, from the first month with a value. What tells of a change has
    another colour and shape."""
    known = [point for point in points if point.value is not None]
    if len(points) < 2 or not known:
        return ""
    begun = list(dropwhile(lambda point: point.value is None, points))
    bounds = _held([(point.low, point.high) for point in begun], (points[0].centre, points[0].centre))
    highest = 1.0 if not days else 1.05 * max([high for _, high in bounds] + [point.value or 0.0 for point in points]) or 1.0
    plane = Plane(460, 220, x_most=float(len(points)), y_most=highest, bottom=24)
    step = (plane.edge - plane.left) / len(points)
    place = {point.month: plane.left + step * (at + 0.5) for at, point in enumerate(points)}

    def line(heights: Sequence[float]) -> str:
        edges = [(place[point.month] - step / 2, plane.y(height)) for point, height in zip(begun, heights, strict=True)]
        return stairs([*edges, (plane.edge, edges[-1][1])])

    parts = [plane.amounts(language) if days else plane.shares()]
    parts += [
        f'<path class="chance" d="{line([low for low, _ in bounds])}"/><path class="chance" d="{line([high for _, high in bounds])}"/>',
        f'<path class="centre" d="{line([point.centre for point in begun])}"/>',
    ]
    if target is not None:
        y = plane.y(target)
        parts.append(f'<path class="target" d="M{short(plane.left)} {short(y)}H{short(plane.edge)}"/>')
        parts.append(label(plane.edge, y - 4, text("axis_target", language, p=percent(target, language)), anchor="end"))
    every = math.ceil(len(points) / 8)
    parts += [
        label(place[point.month], plane.foot + 17, month_text(point.month, language, brief=True), anchor="middle")
        for at, point in enumerate(points)
        if at % every == 0
    ]
    parts.append(f'<path class="line" d="{path((place[p.month], plane.y(p.value or 0.0)) for p in known)}"/>')
    for point in known:
        x, y = place[point.month], plane.y(point.value or 0.0)
        size = number(point.value or 0.0, language, 1) if days else percent(point.value, language)
        tip = f"{month_text(point.month, language)}: {size} ({text('of_n', language, n=number(point.whole, language))})"
        parts.append(titled(_dot(x, y, point.signal), tip))
    signals = sum(point.signal is not None for point in known)
    return plane.drawn(
        parts, text("chart_control", language, n=number(len(points), language), m=number(signals, language)), "control"
    )


def _held(bounds: Sequence[tuple[float | None, float | None]], first: tuple[float, float]) -> list[tuple[float, float]]:
    """Limits of every month: a month without any keeps those of the month before."""
    kept: list[tuple[float, float]] = []
    for low, high in bounds:
        first = first if low is None or high is None else (low, high)
        kept.append(first)
    return kept


def _dot(x: float, y: float, signal: str | None) -> str:
    """A point; one that tells of a change is a triangle that shows the way."""
    if signal is None:
        return f'<circle class="dot" cx="{short(x)}" cy="{short(y)}" r="3.6"/>'
    way = -1 if signal == "better" else 1
    corners = f"M{short(x)} {short(y + way * 7)}L{short(x - 6.5)} {short(y - way * 4.5)}H{short(x + 6.5)}Z"
    return f'<path class="{signal}" d="{corners}"/>'


@dataclass(frozen=True, slots=True)
class Group:
    """One of those compared: its share in time, of how many, and how it lies (`better`, `worse` or nothing beyond chance)."""

    name: str
    value: float
    whole: int
    beyond: str | None = None


def funnel(groups: Sequence[Group], centre: float, bounds: Sequence[tuple[float, ...]], language: Language) -> str:
    """Shares by how many each is of, within a funnel of chance that narrows as numbers grow; who lies outside is named.

    `bounds` are (number, lower and upper bound at 95 %, lower and upper at 99.8 %), by number.
    """
    if len(groups) < 2 or not bounds:
        return ""
    most = max(max(group.whole for group in groups) * 1.12, bounds[-1][0])
    plane = Plane(460, 250, x_most=most, bottom=40)
    parts = [plane.shares()]
    for kind, columns in (("inner", (1, 2)), ("outer", (3, 4))):
        for column in columns:
            curve = path((plane.x(bound[0]), plane.y(bound[column])) for bound in bounds)
            parts.append(f'<path class="chance {kind}" d="{curve}"/>')
    parts.append(f'<path class="centre" d="M{short(plane.left)} {short(plane.y(centre))}H{short(plane.edge)}"/>')
    step = max(1, int(round_step(most)))
    for tick in range(0, int(most) + 1, step):
        parts.append(label(plane.x(tick), plane.foot + 17, number(tick, language), anchor="middle"))
    parts.append(label(plane.edge, plane.high - 3, text("axis_judged", language), anchor="end"))
    named: list[tuple[float, float]] = []
    for group in sorted(groups, key=lambda group: (group.beyond is None, group.whole)):
        x, y = plane.x(group.whole), plane.y(group.value)
        tip = f"{group.name}: {percent(group.value, language)} ({text('of_n', language, n=number(group.whole, language))})"
        parts.append(titled(_dot(x, y, group.beyond), tip))
        if group.beyond is None or any(abs(x - a) < 120 and abs(y - b) < 14 for a, b in named):
            continue
        named.append((x, y))
        aside = x > plane.wide * 0.55
        parts.append(label(x - 10 if aside else x + 10, y + 4, group.name, anchor="end" if aside else "start", kind="strong"))
    beyond = [group.name for group in groups if group.beyond is not None]
    said = text(
        "chart_funnel_beyond" if beyond else "chart_funnel", language, n=number(len(groups), language), names=", ".join(beyond)
    )
    return plane.drawn(parts, said, "funnel")


def interval(value: float | None, low: float | None, high: float | None, said: str, *, whole: float | None = None) -> str:
    """A share with its interval on a line from 0 to 1; `whole` is marked, to compare with."""
    if value is None or low is None or high is None:
        return ""
    mark = "" if whole is None else f'<path class="centre" d="M{short(200 * whole)} 0V18"/>'
    return (
        f'<svg class="interval" viewBox="-4 0 208 18" role="img" aria-label="{escape(said)}"><path class="grid" d="M0 9H200"/>{mark}'
        f'<path class="reach" d="M{short(200 * low)} 9H{short(max(200 * high, 200 * low + 1))}"/>'
        f'<circle class="dot" cx="{short(200 * value)}" cy="9" r="4.5"/></svg>'
    )
