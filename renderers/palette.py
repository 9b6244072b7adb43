"""Colours and marks. The three kinds of break differ in colour and in shape, so that they can be told apart without colour
(colours after Okabe and Ito)."""

from __future__ import annotations

from pathway.model.rules import BreakKind

INK = "#1b2733"
SOFT = "#5b6b7a"
LINE = "#b9c4cf"
PAPER = "#ffffff"
LANE = ("#f5f7f9", "#eceff3")
STAGE = "#ffffff"
END = "#dfe5ea"

KIND: dict[BreakKind, str] = {"waiting": "#c2570c", "information": "#0b63a5", "resource": "#0f7a5a"}

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
