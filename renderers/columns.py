"""Columns beneath each other on a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator

_WIDEST = 60


def table(rows: Iterable[list[str]], *, right: Collection[int] = (), gap: int = 2) -> Iterator[str]:
    """Rows with their cells beneath each other, those in the columns `right` to the right. What would command the terminal is
    shown as `�`, and what is too wide is cut."""
    shown = [[_plain(cell) if place < len(row) - 1 else _safe(cell) for place, cell in enumerate(row)] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*shown, strict=True)]
    for row in shown:
        cells = [
            cell.rjust(w) if place in right else cell.ljust(w) for place, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        yield (" " * gap).join(cells).rstrip()


def _plain(cell: str) -> str:
    text = _safe(cell)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _safe(text: str) -> str:
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
