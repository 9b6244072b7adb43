"""What the signs of the graph mean, beneath it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from html import escape

from pathway.language.source import Language

from .lettering import width
from .palette import INK, KIND, LINE, SOFT, glyph, heat, mark
from .texts import text

_SIZE = 11.0
_LEAD = 18.0
_MARGIN = 14.0
_SIGNS = (*KIND, "hollow", "enter", "arrow", "end", "return", "again", "start", "leave", "message")
_SHARES = ((0.0, "0"), (0.05, "<10 %"), (0.2, "<25 %"), (0.4, "<50 %"), (0.9, "≥50 %"))


class Legend:
    """The legend of a graph, with or without breaks on it."""

    def __init__(self, language: Language, figures: bool, used: Collection[str] = _SIGNS) -> None:
        """`used`: the signs that the graph has, of those that not every graph has."""
        self.language = language
        self.figures = figures
        self.used = used

    def high(self, across: float) -> float:
        """Room for it at a breadth."""
        return max((y for _, _, _, y in self._placed(across)), default=12.0) + 22

    def drawn(self, across: float, top: float, prefix: str) -> str:
        """In lines as broad as the graph."""
        parts = [f'<g class="legend" id="{prefix}legend">', _said(_MARGIN, top + 12, text("legend", self.language), bold=True)]
        for (sign, wide, said), x, _, y in self._placed(across):
            parts += [sign.replace("{x}", f"{x:.1f}").replace("{y}", f"{top + y - 4:.1f}"), _said(x + wide + 6, top + y, said)]
        return "".join(parts) + "</g>"

    def _placed(self, across: float) -> list[tuple[tuple[str, float, str], float, float, float]]:
        """Each entry with where it begins and ends, and how far down it stands."""
        x, y = _MARGIN + width(text("legend", self.language), _SIZE, bold=True) + 20, 12.0
        found: list[tuple[tuple[str, float, str], float, float, float]] = []
        for entry in self.entries:
            taken = entry[1] + 6 + width(entry[2], _SIZE)
            if x + taken > across - _MARGIN and x > _MARGIN:
                x, y = _MARGIN, y + _LEAD
            found.append((entry, x, x + taken, y))
            x += taken + 20
        return found

    @cached_property
    def entries(self) -> list[tuple[str, float, str]]:
        """Each sign (at the origin, moved to its place), its breadth, and what it means."""
        moved = '<g transform="translate({x} {y})">'
        entries: list[tuple[str, float, str]] = []
        for kind in (kind for kind in KIND if kind in self.used):
            entries.append((mark(kind, 6, 0, 11), 13, text(f"legend_{kind}", self.language)))
        if "hollow" in self.used:
            entries.append((mark("waiting", 6, 0, 11, hollow=True), 13, text("legend_hollow", self.language)))
        if "enter" in self.used:
            entries.append((glyph("enter", 6, 0), 13, text("legend_enter", self.language)))
        if "arrow" in self.used:
            arrow = f'<path d="M0 0h20" stroke="{SOFT}" stroke-width="1.5"/><path d="M26 0l-8 -4v8z" fill="{SOFT}"/>'
            entries.append((arrow, 26, text("legend_way" if self.figures else "legend_way_colour", self.language)))
        for name in (name for name in ("end", "return", "again", "start", "leave") if name in self.used):
            entries.append((glyph(name, 6, 0), 13, text(f"legend_{name}", self.language)))
        if "message" in self.used:
            blue = KIND["information"]
            message = (
                f'<path d="M3 0h20" stroke="{blue}" stroke-width="1.3"/><circle cx="3" r="3" fill="{blue}"/>'
                f'<path d="M28 0l-8 -4v8z" fill="{blue}"/>'
            )
            entries.append((message, 28, text("legend_message_arrow", self.language)))
        if self.figures:
            boxes = "".join(
                f'<rect x="{n * 44}" y="-8" width="42" height="15" rx="3" fill="{heat(share)}" stroke="{LINE}"/>'
                f'<text x="{n * 44 + 21}" y="3.5" font-size="{_SIZE:g}" text-anchor="middle" fill="{INK}">{escape(said)}</text>'
                for n, (share, said) in enumerate(_SHARES)
            )
            entries.append((boxes, 44.0 * len(_SHARES), text("legend_share", self.language)))
            entries.append((f'<path d="M0 0h26" stroke="{SOFT}" stroke-width="5"/>', 26, text("legend_width", self.language)))
            badge = f'<rect y="-8" width="26" height="16" rx="8" fill="{INK}"/>'
            entries.append((badge, 26, text("legend_badge", self.language)))
        return [(f"{moved}{sign}</g>", wide, said) for sign, wide, said in entries]


def _said(x: float, y: float, said: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{_SIZE:g}"{weight} fill="{INK}">{escape(said)}</text>'
