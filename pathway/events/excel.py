"""Excel workbooks (.xlsx) as columns of text: a sheet is read row by row."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pathway.errors import EventsError
from pathway.events.text_columns import TextColumns, Wanted, first_line, gathered, told_apart

_MOST_UNPACKED = 2 * 1024**3
_LOOKED_AT = 20
"""So many rows are looked at for the names of the columns."""
ABOVE = "line above the names of the columns"
_ZEROS = re.compile(r"0{2,}")
_OF_A_CLOCK = re.compile(r"[hs]|AM/PM", re.I)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def read_excel(file: Path, sheet: str | None, wanted: Wanted) -> Iterator[TextColumns]:
    """The sheet of a name, else the first one; its first row with anything in it names the columns, but for titles above
    them. Rows are numbered as Excel does.

    Raises `EventsError` for what is no workbook and for a sheet that is not there, `OSError` for what cannot be read.
    """
    with file.open("rb") as stream:
        try:
            with zipfile.ZipFile(stream) as packed:
                unpacked = sum(part.file_size for part in packed.infolist())
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
            raise EventsError("PW412", file=str(file), detail=first_line(error)) from error
        if unpacked > _MOST_UNPACKED:
            raise EventsError("PW413", most=f"{_MOST_UNPACKED / 1024**3:g}")
        try:
            yield from _read(stream, str(file), sheet, wanted)
        except EventsError:
            raise
        except Exception as error:
            # What the library meets in a damaged workbook it raises as it comes: a missing part is a KeyError, a bad number a
            # ValueError, a bad style a TypeError.
            raise EventsError("PW412", file=str(file), detail=first_line(error) or type(error).__name__) from error


def _read(stream: Any, name: str, sheet: str | None, wanted: Wanted) -> Iterator[TextColumns]:
    import openpyxl

    book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
    try:
        names = [each.title for each in book.worksheets]
        if not names or (sheet is not None and sheet not in names):
            raise EventsError("PW423", file=name, sheet=sheet or "–", known=", ".join(names) or "–")
        rows = _rows(book[sheet] if sheet is not None else book.worksheets[0])
        first = list(islice(rows, _LOOKED_AT))
        place = _head(first)
        heads = told_apart(_trimmed(first[place][1] if first else []))
        for part in gathered(heads, chain(first[place + 1 :], rows), wanted):
            part.mended += [ABOVE] * place
            place = 0
            yield part
    finally:
        book.close()


def _head(rows: list[tuple[int, list[str]]]) -> int:
    """The place of the row that names the columns: the first that has more than half of what the fullest has. What stands above
    it is a title, or says what the sheet is."""
    filled = [sum(map(bool, row)) for _, row in rows]
    return next((place for place, count in enumerate(filled) if 2 * count > max(filled)), 0)


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows with anything in them, numbered from the top of the sheet."""
    for number, cells in enumerate(sheet.iter_rows(), sheet.min_row or 1):
        row = [_text(cell) for cell in cells]
        if any(row):
            yield number, row


def _trimmed(head: list[str]) -> list[str]:
    while head and not head[-1]:
        head.pop()
    return [name.strip() for name in head]


def _text(cell: Any) -> str:
    """A cell as Excel shows it, as far as it matters: a date without a clock time is one, and `0000` keeps its zeros."""
    value = cell.value
    if value is None:
        return ""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            shown = _QUOTED.sub("", str(cell.number_format or ""))
            day_only = value.time() == time(0) and not _OF_A_CLOCK.search(shown)
            return value.date().isoformat() if day_only else value.isoformat(sep=" ")
        case date() | time() | timedelta():
            return str(value)
        case int() | float():
            whole = int(value) if float(value).is_integer() and abs(value) < 1e15 else None
            zeros = _ZEROS.fullmatch(str(cell.number_format or ""))
            if whole is not None:
                return str(whole).zfill(len(zeros[0])) if zeros is not None else str(whole)
            return repr(value)
    return str(value)
