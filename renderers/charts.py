"""Small charts of the page, as SVG: outcomes as a bar, how much of a limit was used, months. Each has a table beside it."""

from __future__ import annotations

from html import escape

from pathway.language.source import Language
from pathway.reports.rules import RuleFigures

from .texts import number, percent, text

OUTCOME_CLASS = {
    "met": "good",
    "late": "late",
    "missing": "gone",
    "excused": "excused",
    "waiting": "waits",
    "lapsed": "quiet",
    "cancelled": "quiet",
    "undetermined": "unknown",
    "not_judged": "unknown",
}


def outcome_bar(figures: RuleFigures, language: Language) -> str:
    """The outcomes of a rule side by side, each as wide as its number."""
    found = [(name, count) for name, count in figures.main.outcomes.items() if count]
    total = sum(count for _, count in found)
    if not total:
        return ""
    x = 0.0
    parts: list[str] = []
    said = ", ".join(f"{text(f'outcome_{name}', language)} {number(count, language)}" for name, count in found)
    for name, count in found:
        wide = 1000 * count / total
        tip = f"{text(f'outcome_{name}', language)}: {number(count, language)}"
        parts.append(
            f'<rect class="{OUTCOME_CLASS[name]}" x="{x:.1f}" y="0" width="{max(wide - 2, 1):.1f}" height="20">'
            f"<title>{escape(tip)}</title></rect>"
        )
        x += wide
    return (
        f'<svg class="bar" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="{escape(said)}">'
        + "".join(parts)
        + "</svg>"
    )


def histogram(figures: RuleFigures, language: Language) -> str:
    """How many were done in each tenth of the limit, up to three times the limit; the limit is a line."""
    bins = figures.main.histogram
    if not bins:
        return ""
    most = max(bins)
    step, high = 20, 110
    inside, outside = sum(bins[:10]), sum(bins[10:])
    said = (
        f"{number(inside, language)} {text('in_limit', language)}, {number(outside, language)} {text('over_limit', language)}"
    )
    parts: list[str] = []
    for place, count in enumerate(bins):
        tall = 0 if not count else max(2.0, high * count / most)
        tip = (
            f"{place * 10}–{place * 10 + 10} %: {number(count, language)}"
            if place < 30
            else f"> 300 %: {number(count, language)}"
        )
        kind = "good" if place < 10 else "late"
        parts.append(
            f'<rect class="{kind}" x="{place * step + 2}" y="{20 + high - tall:.1f}" width="{step - 3}" height="{tall:.1f}">'
            f"<title>{escape(tip)}</title></rect>"
        )
    limit = 10 * step
    ticks = "".join(
        f'<text x="{share * step / 10:.0f}" y="{high + 38}" text-anchor="middle">{share} %</text>'
        for share in (0, 100, 200, 300)
    )
    return (
        f'<svg class="histogram" viewBox="-16 0 {31 * step + 40} {high + 46}" role="img" aria-label="{escape(said)}">'
        + "".join(parts)
        + f'<path class="axis" d="M0 {high + 20.5}H{31 * step}"/><path class="limit" d="M{limit} 6V{high + 20}"/>'
        f'<text class="limit-text" x="{limit + 6}" y="14">{escape(text("the_limit", language))}</text>{ticks}</svg>'
    )


def months(figures: RuleFigures, language: Language) -> str:
    """The share in time month by month, as columns."""
    points = figures.main.chart.points if figures.main.chart is not None else ()
    if len(points) < 2:
        return ""
    step, high = 44, 70
    parts: list[str] = []
    for place, point in enumerate(points):
        month, value = point.period, point.value or 0.0
        tip = f"{month}: {percent(point.value, language)} ({'–' if point.n is None else number(point.n, language)})"
        parts.append(
            f'<rect class="ground" x="{place * step + 4}" y="6" width="{step - 10}" height="{high}"/>'
            f'<rect class="good" x="{place * step + 4}" y="{6 + high * (1 - value):.1f}" width="{step - 10}" height="{high * value:.1f}">'
            f"<title>{escape(tip)}</title></rect>"
            f'<text x="{place * step + step / 2 - 1:.0f}" y="{high + 22}" text-anchor="middle">{month[5:]}</text>'
        )
    wide = len(points) * step
    return (
        f'<svg class="months" viewBox="0 0 {wide} {high + 28}" role="img" aria-label="{escape(text("by_month", language))}">'
        + "".join(parts)
        + "</svg>"
    )
