"""The report as tables, one for each part: what the workbook and the terminal show. Cells hold real numbers, dates and shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pathway.language.source import Language
from pathway.reports.figures import Figures

from . import sheet_details, sheet_rows
from .cells import Form, Part, Row, Words

PARTS: Mapping[str, Callable[[Words], Part]] = {
    "headline": sheet_rows.headline,
    "tasks": sheet_rows.tasks,
    "rules": sheet_rows.rules,
    "limits": sheet_rows.limits,
    "months": sheet_rows.months,
    "handovers": sheet_rows.handovers,
    "comparisons": sheet_details.comparisons,
    "adaptations": sheet_details.adaptations,
    "indicators": sheet_details.indicators,
    "held": sheet_details.held,
    "costs": sheet_details.costs,
    "deviations": sheet_details.deviations,
    "examples": sheet_details.examples,
    "quality": sheet_details.quality,
    "provenance": sheet_details.provenance,
}
"""The parts in the order of the report."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One part of the report. `columns` are the headings with the form of what stands beneath."""

    name: str
    title: str
    columns: tuple[tuple[str, Form], ...]
    rows: tuple[Row, ...]


def sheets(figures: Figures, language: Language) -> tuple[Sheet, ...]:
    """The report's tables, in its order. Those without a row are there too: that there is nothing is an answer."""
    words = Words(figures, language)
    return tuple(_made(words, name, *make(words)) for name, make in PARTS.items())


def _made(words: Words, name: str, *part: *Part) -> Sheet:
    columns, rows = part
    heads = tuple((_head(words, heading), form) for heading, form in columns)
    return Sheet(name, words.say("sheet", name), heads, tuple(rows))


def _head(words: Words, heading: str) -> str:
    """A heading in words; one of several columns that belong together (`sent+of`) says of what it is."""
    about, _, own = heading.rpartition("+")
    group, _, name = own.rpartition(".")
    said = words.say(group or "head", name)
    return f"{words.say('head', about)}: {said.lower()}" if about else said
