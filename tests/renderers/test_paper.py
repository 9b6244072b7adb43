"""The page on paper: whole, on A4, nothing over the edge."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from pathway.renderers import printing
from pathway.renderers.view import PARTS, View

from pathway.api.report import Report
from pathway.errors import DrawingError

from .conftest import Small

pypdf = pytest.importorskip("pypdf")
A4 = {(595, 842), (842, 595)}


def _words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_a_report_is_printed_whole(small: Small, tmp_path: Path) -> None:
    try:
        printing.browser()
    except DrawingError:
        pytest.skip("no browser on this machine")
    place = Report(small.pathway, small.found, "nb").save(tmp_path / "report.pdf")
    paper = pypdf.PdfReader(io.BytesIO(place.read_bytes()))
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in paper.pages} == A4
    assert 5 < len(paper.pages) < 40
    said = _words("".join(page.extract_text() for page in paper.pages))
    view = View(small.pathway, small.found, "nb")
    for part in PARTS:
        assert _words(view.t(part)) in said, part
    for rule in small.found.rules:  # what is folded on the screen is open on paper
        assert _words(view.w(rule.titles)) in said
        for example in rule.parts[0].examples:
            assert example.patient in said
    assert view.t("table_behind").split()[0] in said and _words(view.t("times_title")) in said
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"], "tagged for screen readers"
    assert len(paper.outline) > 0


def test_nothing_is_cut_at_the_edge_of_the_paper(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 703, "height": 1000})  # 210 mm less the margins
    page.emulate_media(media="print")
    page.goto(page_file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    over = page.evaluate(
        """Array.from(document.querySelectorAll('[data-view]:not([hidden]) :is(table, svg, p, li, dd, h1, h2, h3, h4, summary)'))
        .filter(e => e.closest('svg') === null || e.tagName === 'svg')
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.tagName + ' ' + e.className + ' ' + e.textContent.slice(0, 80))"""
    )
    page.close()
    assert over == []


def test_without_a_browser_it_says_how_to_get_one(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(printing, "_ELSEWHERE", ())
    with pytest.raises(DrawingError) as refused:
        Report(small.pathway, small.found, "nb").pdf()
    assert refused.value.code == "PW730" and "apt-get install chromium" in refused.value.help("nb")


def test_a_browser_that_fails_is_told_of(small: Small, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'no display' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(DrawingError) as refused:
        Report(small.pathway, small.found, "nb").save(tmp_path / "report.pdf")
    assert refused.value.code == "PW731" and "no display" in refused.value.message("nb")
    assert not (tmp_path / "report.pdf").exists()
