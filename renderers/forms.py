"""The graph as a file, in the form that its name asks for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from pathway.errors import DrawingError
from pathway.language.source import Language
from pathway.model.pathway import Pathway
from pathway.reports.figures import Figures

from .bpmn import bpmn_xml
from .graph import graph_svg
from .outline import dot_text, mermaid_text
from .sheet import EDGE, paper

ENDINGS = (".svg", ".png", ".pdf", ".dot", ".mmd", ".bpmn")


def draw(pathway: Pathway, path: str | Path, figures: Figures | None = None, language: Language = "nb") -> bytes:
    """The graph as the path's ending says; nothing is written. The breaks of `figures` are laid over the pictures (.svg, .png,
    .pdf). A .pdf has one page of A3; only what would have letters of less than six points there gets a larger sheet.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in ENDINGS:
        raise DrawingError("PW532", file=str(path), known=", ".join(ENDINGS))
    if suffix == ".dot":
        return dot_text(pathway, language).encode()
    if suffix == ".mmd":
        return mermaid_text(pathway, language).encode()
    if suffix == ".bpmn":
        return bpmn_xml(pathway, language)
    svg = '<?xml version="1.0" encoding="UTF-8"?>\n' + graph_svg(pathway, figures, language, alone=True)
    return svg.encode() if suffix == ".svg" else _converted(svg, suffix)


def _converted(svg: str, suffix: str) -> bytes:
    program = shutil.which("rsvg-convert")
    if program is None:
        raise DrawingError("PW533", format=suffix.lstrip(".").upper())
    asked = ["--zoom", "2"] if suffix == ".png" else _on_paper(svg)
    made = subprocess.run([program, "--format", suffix[1:], *asked], input=svg.encode(), capture_output=True, check=False)
    if made.returncode:
        raise DrawingError("PW531", detail=made.stderr.decode(errors="replace").strip()[:200])
    return made.stdout


def _on_paper(svg: str) -> list[str]:
    """In the middle of a sheet, as large as its edges let it be."""
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert found is not None  # every graph says how large it is
    across, high = float(found[1]), float(found[2])
    wide, tall, pixel = paper(across, high)
    left, top = (wide - across * pixel) / 2, max(EDGE, (tall - high * pixel) / 2)
    return [
        *("--page-width", f"{wide}mm", "--page-height", f"{tall}mm", "--left", f"{left:.2f}mm", "--top", f"{top:.2f}mm"),
        *("--width", f"{across * pixel:.2f}mm", "--height", f"{high * pixel:.2f}mm", "--keep-aspect-ratio"),
    ]
