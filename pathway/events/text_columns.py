"""A log as columns of text: what every reader gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Wanted = Callable[[str], bool]
"""Whether a column of this name is asked for. What nobody asks for is not kept: real logs have a hundred columns."""


@dataclass
class TextColumns:
    """The wanted columns by name, each with one text a row, empty where there is nothing; no value is guessed.

    `names` are all columns that the log has, `rows` the rows' numbers in the file, `broken` the rows that could not be read with
    the reason of each, `mended` what was put right in reading (`read as cp1252`).
    """

    names: list[str]
    columns: dict[str, list[str]]
    rows: list[int]
    broken: list[tuple[int, str]] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)


def told_apart(names: Iterable[str]) -> list[str]:
    """Column names, a second of the same name told apart by its number."""
    seen: dict[str, int] = {}
    unique: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return unique


def first_line(error: Exception) -> str:
    """What a library says is wrong, as part of a sentence."""
    return next(iter(str(error).splitlines()), "").strip().rstrip(".")
