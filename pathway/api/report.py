"""A break report, ready to be saved or shown."""

from __future__ import annotations

from pathlib import Path

from pathway.errors import DrawingError
from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.outputs import write_text, write_whole
from pathway.reports.figures import Figures

FORMS = (".html", ".htm", ".pdf", ".xlsx", ".json", ".txt")
"""The endings of what `save` writes."""


class Report:
    """A report of one replay. `figures` are what it shows, for those who draw their own."""

    def __init__(self, pathway: Pathway, figures: Figures, language: Language) -> None:
        self._pathway = pathway
        self._language = language
        self.figures = figures

    def html(self, *, long: bool = False) -> str:
        """The report as one self-contained page: no network, no other files. A `long` one is printed with everything unfolded."""
        from pathway.renderers.page import page_html

        return str(page_html(self._pathway, self.figures, self._language, unfolded=long))

    def _repr_html_(self) -> str:
        return self.html()

    def text(self) -> str:
        """The report in some hundred lines, for a terminal."""
        from pathway.renderers.plain import report_text

        return str(report_text(self.figures, self._language))

    def json(self) -> str:
        """All figures as JSON. Its schema, `grammars/report.schema.json`, says what each field means."""
        return self.figures.model_dump_json() + "\n"

    def pdf(self, *, long: bool = False) -> bytes:
        """The page printed on A4 (the graph on A3) by the machine's Chromium, Chrome or Edge: the answers, what to do first, a line for
        each rule, hand-overs and comparisons; a `long` one has every rule's section, the numbers behind each chart and the timelines.
        Raises `DrawingError` where there is no browser.
        """
        from pathway.renderers.printing import page_pdf

        return bytes(page_pdf(self.html(long=long)))

    def save(self, target: str | Path, *, long: bool = False) -> Path:
        """Write the page (.html), the same on paper (.pdf), a workbook (.xlsx), all figures (.json) or a text (.txt), replaced whole.
        `long` is of paper: everything unfolded.

        Raises `DrawingError` for another ending, or for paper without a browser that prints.
        """
        place = Path(target)
        match place.suffix.lower():
            case ".html" | ".htm":
                return write_text(place, self.html(long=long))
            case ".pdf":
                printed = self.pdf(long=long)
                return write_whole(place, lambda beside: beside.write_bytes(printed))
            case ".xlsx":
                from pathway.renderers.workbook import write_workbook

                return write_whole(place, lambda beside: write_workbook(self.figures, beside, self._language))
            case ".json":
                return write_text(place, self.json())
            case ".txt":
                return write_text(place, self.text())
        raise DrawingError("PW509", name=place.name, known=", ".join(FORMS))

    def draw(self, target: str | Path) -> Path:
        """Write the pathway's graph with the breaks on it, as .svg, .png or .pdf."""
        from pathway.renderers.forms import draw

        drawn: bytes = draw(self._pathway, target, self.figures, self._language)
        return write_whole(target, lambda beside: beside.write_bytes(drawn))
