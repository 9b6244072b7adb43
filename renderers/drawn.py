"""Small pieces of SVG that the graph is made of."""

from __future__ import annotations

import math
from html import escape

from .lettering import Line, wide, width
from .palette import INK, SOFT
from .routes import Path
from .sheet import SMALL


def rounded(points: Path, radius: float = 6.0) -> str:
    """A path of straight pieces with round corners, as SVG writes it."""
    first, *rest = points
    said = [f"M{first[0]:.1f} {first[1]:.1f}"]
    for place, (x, y) in enumerate(rest[:-1]):
        before = points[place]
        after = rest[place + 1]
        r = min(radius, math.dist(before, (x, y)) / 2, math.dist((x, y), after) / 2)
        a = _towards((x, y), before, r)
        b = _towards((x, y), after, r)
        said.append(f"L{a[0]:.1f} {a[1]:.1f}Q{x:.1f} {y:.1f} {b[0]:.1f} {b[1]:.1f}")
    said.append(f"L{rest[-1][0]:.1f} {rest[-1][1]:.1f}")
    return "".join(said)


def _towards(start: tuple[float, float], end: tuple[float, float], far: float) -> tuple[float, float]:
    length = math.dist(start, end) or 1.0
    return start[0] + (end[0] - start[0]) * far / length, start[1] + (end[1] - start[1]) * far / length


def label(x: float, y: float, said: str, size: float, *, bold: bool = False, colour: str = INK, anchor: str = "start") -> str:
    weight = ' font-weight="700"' if bold else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    fitted = _fitted(width(said, size, bold=bold)) if anchor == "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{weight}{where} fill="{colour}"{fitted}>{escape(said)}</text>'


def run_label(x: float, y: float, line: Line, *, heading: bool = False, strong: str = INK) -> str:
    """A line of runs as one text."""
    if heading:
        return label(x, y, "".join(run.text for run in line), SMALL, bold=True, colour=SOFT)
    heavy = ' font-weight="700"' + (f' fill="{strong}"' if strong != INK else "")
    looks = {"plain": "", "bold": heavy, "soft": f' fill="{SOFT}"'}
    inner = "".join(
        f"<tspan{looks[run.style]}>{escape(run.text)}</tspan>" if looks[run.style] else escape(run.text) for run in line
    )
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{SMALL:g}" fill="{INK}"{_fitted(wide(line, SMALL))}>{inner}</text>'


def _fitted(across: float) -> str:
    """So that a text is no broader on a machine whose letters are."""
    return f' textLength="{across:.1f}" lengthAdjust="spacingAndGlyphs"' if across else ""


def opened(href: str | None, kind: str, tip: str, identity: str | None = None) -> str:
    named = f' id="{escape(identity)}"' if identity else ""
    start = f'<a href="{escape(href)}" class="{kind}"{named}>' if href else f'<g class="{kind}"{named}>'
    return f"{start}<title>{escape(tip)}</title>"


def closed(href: str | None) -> str:
    return "</a>" if href else "</g>"
