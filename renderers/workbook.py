"""The report as a workbook: a sheet for each part, with real numbers, dates and shares, to go on with in a spreadsheet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pathway.language.source import Language
from pathway.reports.figures import Figures

from .cells import Form, Formed
from .sheets import Sheet, sheets

_FORMATS: dict[Form, str] = {
    "text": "@",
    "count": "#,##0",
    "share": "0.0%",
    "number": "#,##0.00",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
_LONGEST = 32_767
"""Characters in a cell: more is not a workbook any longer."""
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDEST, _NARROWEST = 60, 9


def write_workbook(figures: Figures, path: Path, language: Language) -> None:
    """Write the workbook (.xlsx). What people wrote stands as text, also where it looks like a formula."""
    from openpyxl import Workbook  # here: it takes a quarter of a second

    book = Workbook()
    book.remove(book.active)
    book.properties.title = _as_text(figures.titles[language])
    book.properties.creator = _as_text(f"patient-pathway {figures.provenance.engine}")
    for sheet in sheets(figures, language):
        _fill(book.create_sheet(sheet.title[:31]), sheet)
    book.save(path)


def _fill(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    widths = [len(heading) for heading, _ in sheet.columns]
    for place, (heading, _) in enumerate(sheet.columns, 1):
        cell = page.cell(row=1, column=place, value=heading)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(sheet.rows, 2):
        for place, (given, (_, usual)) in enumerate(zip(row, sheet.columns, strict=True), 1):
            value, form = (given.value, given.form) if isinstance(given, Formed) else (given, usual)
            if value is None:
                continue
            cell = page.cell(row=number, column=place)
            if isinstance(value, str):
                cell.value = _as_text(value)
                cell.data_type = "s"  # never a formula
                widths[place - 1] = max(widths[place - 1], len(value))
            else:
                cell.value = value
                cell.number_format = _FORMATS[form if form != "text" else "count"]
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = max(_NARROWEST, min(_WIDEST, width + 2))
    page.freeze_panes = "A2"
    if sheet.rows:
        page.auto_filter.ref = page.dimensions


def _as_text(text: str) -> str:
    return _NO_TEXT.sub("\ufffd", text)[:_LONGEST]
