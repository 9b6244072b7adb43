"""A log as columns of text: what every reader gives."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class TextColumns:
    """Columns by name, each with one text (or None) a row; `rows` are the rows' numbers in the file, `broken` those not read."""

    columns: dict[str, list[str | None]]
    rows: list[int]
    broken: list[tuple[int, str]] = field(default_factory=list)
