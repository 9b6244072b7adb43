"""Colours and marks. The three kinds of break differ in colour and in shape, so that they can be told apart without colour
(colours after Okabe and Ito)."""

from __future__ import annotations

from pathway.model.rules import BreakKind

INK = "#1b2733"
SOFT = "#5b6b7a"
LINE = "#b9c4cf"
PAPER = "#ffffff"
LANE = ("#f5f7f9", "#eceff3")
HEAD = "#41566b"
STAGE = "#ffffff"
THROUGHOUT = "#fbfaf4"

KIND: dict[BreakKind, str] = {"waiting": "#c2570c", "information": "#0b63a5", "resource": "#0f7a5a"}

WAYS = ("#55606e", "#6d3f73", "#4d5a1f", "#7a4a2c", "#1f5f66", "#8a2f55", "#3d3f8f", "#3f6b3f")
"""Colours of the lines to one stage and another, dark enough to be told from a lane and from each other. Nothing hangs on them."""

_STEPS = ("#f1f4f7", "#fde7cf", "#fbc998", "#f29a5c", "#d9602b")
"""Share broken: none, and four steps to a half and more."""


def heat(share: float | None) -> str:
    """The colour of a share broken."""
    if share is None or share <= 0:
        return _STEPS[0]
    return _STEPS[1 if share < 0.1 else 2 if share < 0.25 else 3 if share < 0.5 else 4]


def mark(kind: BreakKind, x: float, y: float, size: float = 9, *, hollow: bool = False) -> str:
    """The mark of a kind, centred: a clock, an envelope, a triangle. Hollow where a rule gives no breaks."""
    colour = KIND[kind]
    fill = PAPER if hollow else colour
    ink = colour if hollow else PAPER
    half = size / 2
    common = f'fill="{fill}" stroke="{colour}" stroke-width="1.3" stroke-linejoin="round"'
    match kind:
        case "waiting":
            hands = f"M{x:.1f} {y - half * 0.55:.1f}V{y:.1f}L{x + half * 0.45:.1f} {y + half * 0.3:.1f}"
            return (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half:.1f}" {common}/>'
                f'<path d="{hands}" fill="none" stroke="{ink}" stroke-width="1.2" stroke-linecap="round"/>'
            )
        case "information":
            left, top, wide, high = x - half * 1.15, y - half * 0.8, size * 1.15, size * 0.8
            flap = f"M{left:.1f} {top:.1f}L{x:.1f} {y + half * 0.15:.1f}L{left + wide:.1f} {top:.1f}"
            return (
                f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="1" {common}/>'
                f'<path d="{flap}" fill="none" stroke="{ink}" stroke-width="1.1"/>'
            )
        case "resource":
            points = (
                f"{x:.1f},{y - half:.1f} {x + half * 1.1:.1f},{y + half * 0.85:.1f} {x - half * 1.1:.1f},{y + half * 0.85:.1f}"
            )
            return f'<polygon points="{points}" {common}/>'


_LINES = (SOFT, "#b98a4e", "#d0752b", "#c9501f", "#a3261a")
"""The colours of a line by the share broken: dark enough to be seen on a lane, and darker the more there is."""


def heat_line(share: float | None) -> str:
    """The colour of a line for a share broken."""
    if share is None or share <= 0:
        return _LINES[0]
    return _LINES[1 if share < 0.1 else 2 if share < 0.25 else 3 if share < 0.5 else 4]


def glyph(name: str, x: float, y: float) -> str:
    """A sign of the course, centred: where it begins, ends, goes back, repeats or leaves, and where another pathway starts."""
    line = f'fill="none" stroke="{INK}" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"'
    match name:
        case "enter":
            return (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{PAPER}" stroke="{INK}" stroke-width="1.2"/>'
                f'<path d="M{x - 1.2:.1f} {y - 2.4:.1f}l3.4 2.4l-3.4 2.4z" fill="{INK}"/>'
            )
        case "end":
            return (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.2" fill="{PAPER}" stroke="{INK}" stroke-width="1.2"/>'
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{INK}"/>'
            )
        case "leave":
            return (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{PAPER}" stroke="{INK}" stroke-width="1.2"/>'
                f'<path d="M{x - 2.3:.1f} {y - 2.3:.1f}l4.6 4.6m0 -4.6l-4.6 4.6" {line}/>'
            )
        case "return":
            return f'<path d="M{x + 5:.1f} {y - 4:.1f}v3.5a2.5 2.5 0 0 1 -2.5 2.5h-7m2.6 -2.6l-2.6 2.6l2.6 2.6" {line}/>'
        case "again":
            return f'<path d="M{x + 3.9:.1f} {y - 2.6:.1f}a4.7 4.7 0 1 0 0.8 2.6m-0.4 -5.6l-0.4 3l-3 -0.4" {line}/>'
        case "start":
            return (
                f'<rect x="{x - 5:.1f}" y="{y - 4:.1f}" width="10" height="8" rx="1.5" fill="{PAPER}" stroke="{INK}" stroke-width="1.2"/>'
                f'<path d="M{x - 1.4:.1f} {y - 2.3:.1f}l3.4 2.3l-3.4 2.3z" fill="{INK}"/>'
            )
        case "left":
            return f'<path d="M{x - 3:.1f} {y:.1f}l6 -3.6v7.2z" fill="{SOFT}"/>'
        case "right":
            return f'<path d="M{x + 3:.1f} {y:.1f}l-6 -3.6v7.2z" fill="{SOFT}"/>'
    raise ValueError(f"no such sign: {name}")
