"""CSV as it comes: any delimiter, UTF-8 or the Windows code page, quotes that were never closed."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain, islice

from pathway.events.text_columns import TextColumns, Wanted, told_apart

_DELIMITERS = ";,\t|"
_TALLEST = 200
"""Lines that one quoted cell may reach over. A quote that is never closed would else swallow the rest of the log."""
_BLOCK = 10_000
"""Rows that are turned into columns at once."""

Opened = Callable[[], io.BufferedReader]


def read_delimited(opened: Opened, delimiter: str | None, encoding: str | None, wanted: Wanted) -> Iterator[TextColumns]:
    """Read a CSV. `opened` opens it from its beginning.

    Without `encoding` it is what its byte order mark says, else UTF-8, else the code page that Norwegian Windows writes, which is
    told. Raises `UnicodeDecodeError`, `LookupError` and `OSError`.
    """
    found = _encoding(opened) if encoding is None else codecs.lookup(encoding).name
    with opened() as stream, io.TextIOWrapper(stream, encoding=found, newline="", errors="strict") as text:
        mended = ["read as Windows text (cp1252)"] if encoding is None and found == "cp1252" else []
        for part in _parts(text, delimiter, wanted):
            part.mended, mended = mended, []
            yield part


def _encoding(opened: Opened) -> str:
    with opened() as stream:
        if stream.peek(4).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while part := stream.read(1 << 20):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _parts(text: io.TextIOWrapper, delimiter: str | None, wanted: Wanted) -> Iterator[TextColumns]:
    lines = iter(text)
    number, head = _head(lines)
    if head.lower().startswith("sep=") and len(head.rstrip("\r\n")) == 5:
        # What Excel writes to itself.
        delimiter = delimiter or head[4]
        skipped, head = _head(lines)
        number += skipped
    found = delimiter or max(_DELIMITERS, key=lambda each: len(next(csv.reader([head], delimiter=each))) if head else 0)
    rows = _Rows(chain([head], lines), found, number)
    names = told_apart(name.strip() for name in rows.head())
    places = [place for place, name in enumerate(names) if wanted(name)]
    for numbers, block in rows.blocks():
        by_place = list(zip(*block, strict=True))
        yield TextColumns(names, {names[place]: list(by_place[place]) for place in places}, numbers, rows.taken())
    yield TextColumns(names, {names[place]: [] for place in places}, [], rows.taken())


def _head(lines: Iterator[str]) -> tuple[int, str]:
    """The first line with anything in it, and its number."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            return number, line
    return 1, ""


class _Rows:
    """The rows of a text, each with the number of its first line. A line that makes no row is noted in `broken`."""

    def __init__(self, lines: Iterator[str], delimiter: str, number: int) -> None:
        self.broken: list[tuple[int, str]] = []
        self._width = 0
        """Columns that a row has; 0 while that is not known."""
        self._lines = lines
        self._again: deque[str] = deque()
        """Lines that were taken and are to be read anew, before those that come."""
        self._delimiter = delimiter
        self._number = number

    def taken(self) -> list[tuple[int, str]]:
        """The lines that were broken since this was asked for."""
        broken, self.broken = self.broken, []
        return broken

    def head(self) -> list[str]:
        """The names of the columns."""
        _, names = next(self._one_by_one(), (0, []))
        self._width = len(names)
        return names

    def blocks(self) -> Iterator[tuple[list[int], list[list[str]]]]:
        """The rows beneath the head with their numbers, some thousand at a time."""
        while lines := [*self._again, *islice(self._lines, max(0, _BLOCK - len(self._again)))]:
            self._again.clear()
            end = self._number + len(lines)
            rows = self._one_a_line(lines)
            if rows is None:
                self._again.extend(lines)
                found = list(self._until(end))
            else:
                found = list(zip(range(self._number, end), rows, strict=True))
                self._number = end
            if any(len(row) != self._width for _, row in found):
                found = list(self._fitting(found))
            if found:
                numbers, block = zip(*found, strict=True)
                yield list(numbers), list(block)

    def _one_a_line(self, lines: list[str]) -> list[list[str]] | None:
        """The rows of lines of which each is a row; None where a quoted cell reaches over several, or is never closed."""
        try:
            rows = list(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None
        return rows if len(rows) == len(lines) else None

    def _fitting(self, found: list[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """Rows with as many columns as the head; of those with more, the ones with nothing in them are cut off."""
        for number, row in found:
            if self._fits(row):
                yield number, row[: self._width]
            elif row:
                self.broken.append((number, "columns"))

    def _fits(self, row: list[str]) -> bool:
        return not self._width or len(row) == self._width or (len(row) > self._width and not any(row[self._width :]))

    def _until(self, end: int) -> Iterator[tuple[int, list[str]]]:
        """Rows one by one, until the line `end` is next or passed."""
        rows = self._one_by_one()
        while self._number < end and (found := next(rows, None)) is not None:
            yield found

    def _one_by_one(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that may reach over several lines. Where that makes no row, its first line is broken and the others are rows of
        their own: a quote that nobody closed would else swallow what stands beneath."""
        more = True
        while more:
            more = False
            taken: list[str] = []
            try:
                for row in csv.reader(self._taking(taken), delimiter=self._delimiter):
                    if len(taken) > 1 and not (self._fits(row) and self._whole(taken)):
                        more = True
                        break
                    number = self._number
                    self._number += len(taken)
                    taken.clear()
                    yield number, row
            except csv.Error:
                more = True
            if more:
                self.broken.append((self._number, "columns"))
                self._number += 1
                self._again.extendleft(reversed(taken[1:]))

    def _whole(self, lines: list[str]) -> bool:
        """Whether lines are one row with its quotes as they must be: else a quote that was never closed has met the next one."""
        try:
            return len(list(csv.reader(lines, delimiter=self._delimiter, strict=True))) == 1
        except csv.Error:
            return False

    def _taking(self, taken: list[str]) -> Iterator[str]:
        """The lines that come, each kept in `taken`, until a row is too tall to be one."""
        while len(taken) < _TALLEST:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None:
                return
            taken.append(line)
            yield line
