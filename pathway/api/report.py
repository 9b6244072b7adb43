"""A break report, ready to be saved or shown."""

from __future__ import annotations

from pathlib import Path

from pathway.errors import DrawingError
from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.outputs import write_text, write_whole
from pathway.reports.figures import Figures

FORMS = (".html", ".htm")
"""The endings of what `save` writes."""


class Report:
    """A report of one replay. `figures` are what it shows, for those who draw their own."""

    def __init__(self, pathway: Pathway, figures: Figures, language: Language) -> None:
        self._pathway = pathway
        self._language = language
        self.figures = figures

    def html(self) -> str:
        """The report as one self-contained page: no network, no other files."""
        from pathway.renderers.page import page_html

        return str(page_html(self._pathway, self.figures, self._language))

    def _repr_html_(self) -> str:
        return self.html()

    def save(self, target: str | Path) -> Path:
        """Write the page (.html), replaced whole. Raises `DrawingError` for another ending."""
        place = Path(target)
        if place.suffix.lower() not in FORMS:
            raise DrawingError("PW509", name=place.name, known=", ".join(FORMS))
        return write_text(place, self.html())

    def draw(self, target: str | Path) -> Path:
        """Write the pathway's graph with the breaks on it, as .svg, .png or .pdf."""
        from pathway.renderers.forms import draw

        drawn: bytes = draw(self._pathway, target, self.figures, self._language)
        return write_whole(target, lambda beside: beside.write_bytes(drawn))
