"""A log as columns of text: what every reader gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, as JSON can escape it: nothing can be written with one."""

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


class Growing:
    """Columns that grow by rows of which each may have other ones: a column that comes late was empty before."""

    def __init__(self, wanted: Wanted) -> None:
        self.broken: list[tuple[int, str]] = []
        self.mended: list[str] = []
        self._wanted = wanted
        self._known: dict[str, bool] = {}
        """Every column that was seen, and whether it is wanted."""
        self._columns: dict[str, list[str]] = {}
        self._rows: list[int] = []

    def __len__(self) -> int:
        return len(self._rows)

    def wanted(self, name: str) -> bool:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._wanted(name)
        return known

    def add(self, number: int, row: Mapping[str, str]) -> None:
        for name, text in row.items():
            if text and self.wanted(name):
                if not text.isascii():
                    text = _HALF.sub("\ufffd", text)
                column = self._columns.get(name)
                if column is None:
                    column = self._columns[name] = []
                if len(column) < len(self._rows):
                    column.extend([""] * (len(self._rows) - len(column)))
                column.append(text)
            elif name not in self._known:
                self.wanted(name)
        self._rows.append(number)

    def columns(self) -> TextColumns:
        """The columns, all as long as there are rows."""
        count = len(self._rows)
        columns = {name: self._columns.get(name, []) for name, wanted in self._known.items() if wanted}
        for column in columns.values():
            column.extend([""] * (count - len(column)))
        return TextColumns(list(self._known), columns, self._rows, self.broken, self.mended)


def gathered(names: list[str], rows: Iterable[tuple[int, Sequence[str]]], wanted: Wanted) -> TextColumns:
    """Numbered rows beneath the names of their columns. One that is too short is filled up; one that is too long is broken."""
    places = [place for place, name in enumerate(names) if wanted(name)]
    columns: list[list[str]] = [[] for _ in places]
    numbers: list[int] = []
    broken: list[tuple[int, str]] = []
    for number, row in rows:
        if any(row[len(names) :]):
            broken.append((number, "columns"))
            continue
        numbers.append(number)
        for column, place in zip(columns, places, strict=True):
            column.append(row[place] if place < len(row) else "")
    return TextColumns(names, dict(zip((names[place] for place in places), columns, strict=True)), numbers, broken)


def joined(parts: Iterable[TextColumns]) -> TextColumns:
    """Several logs as one, their rows numbered on from one to the next."""
    names: dict[str, None] = {}
    columns: dict[str, list[str]] = {}
    whole = TextColumns([], columns, [])
    last = 0
    for part in parts:
        names |= dict.fromkeys(part.names)
        before = len(whole.rows)
        for name, column in part.columns.items():
            own = columns.setdefault(name, [])
            own.extend([""] * (before - len(own)))
            own.extend(column)
        whole.rows += [last + row for row in part.rows]
        whole.broken += [(last + row, reason) for row, reason in part.broken]
        whole.mended += part.mended
        last = max([last, *whole.rows[-1:], *(row for row, _ in whole.broken[-1:])])
    for column in columns.values():
        column.extend([""] * (len(whole.rows) - len(column)))
    whole.names = list(names)
    return whole


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
