"""A log as columns of text: what every reader gives, in parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, as JSON can escape it: nothing can be written with one."""

PART = 20_000
"""Rows of a part, about."""

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
        self.taken = 0
        """Rows that were taken away."""

    def __len__(self) -> int:
        return self.taken + len(self._rows)

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

    @property
    def full(self) -> bool:
        """Whether there are as many rows as a part has."""
        return len(self._rows) >= PART

    def part(self) -> TextColumns:
        """The rows that are there as a part, its columns all as long; the next rows begin another one."""
        count = len(self._rows)
        columns = {name: self._columns.get(name, []) for name, wanted in self._known.items() if wanted}
        for column in columns.values():
            column.extend([""] * (count - len(column)))
        part = TextColumns(list(self._known), columns, self._rows, self.broken, self.mended)
        self.taken += count
        self._columns, self._rows, self.broken, self.mended = {}, [], [], []
        return part


def gathered(names: list[str], rows: Iterable[tuple[int, Sequence[str]]], wanted: Wanted) -> Iterator[TextColumns]:
    """Numbered rows beneath the names of their columns. One that is too short is filled up; one that is too long is broken."""
    places = [place for place, name in enumerate(names) if wanted(name)]
    kept = [names[place] for place in places]
    left = iter(rows)
    while True:
        columns: list[list[str]] = [[] for _ in places]
        part = TextColumns(names, dict(zip(kept, columns, strict=True)), [])
        for number, row in islice(left, PART):
            if any(row[len(names) :]):
                part.broken.append((number, "columns"))
                continue
            part.rows.append(number)
            for column, place in zip(columns, places, strict=True):
                column.append(row[place] if place < len(row) else "")
        yield part
        if len(part.rows) + len(part.broken) < PART:
            return


def whole(parts: Iterable[TextColumns]) -> TextColumns:
    """The parts of a log as one."""
    names: dict[str, None] = {}
    columns: dict[str, list[str]] = {}
    found = TextColumns([], columns, [])
    for part in parts:
        names |= dict.fromkeys(part.names)
        before = len(found.rows)
        for name, column in part.columns.items():
            own = columns.get(name)
            if own is None:
                columns[name] = [""] * before + column if before else column
                continue
            own.extend([""] * (before - len(own)))
            own.extend(column)
        found.rows += part.rows
        found.broken += part.broken
        found.mended += part.mended
    for column in columns.values():
        column.extend([""] * (len(found.rows) - len(column)))
    found.names = list(names)
    return found


def numbered_on(logs: Iterable[Iterable[TextColumns]]) -> Iterator[TextColumns]:
    """Several logs as one, their rows numbered on from one to the next."""
    last = 0
    for log in logs:
        before = last
        for part in log:
            rows = [before + row for row in part.rows]
            broken = [(before + row, reason) for row, reason in part.broken]
            yield TextColumns(part.names, part.columns, rows, broken, part.mended)
            last = max([last, *rows[-1:], *(row for row, _ in broken[-1:])])


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
