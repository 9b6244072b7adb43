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
A4, A3 = (595, 842), (1191, 842)


def _words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _printed(report: Report, place: Path, *, long: bool) -> Any:
    try:
        printing.browser()
    except DrawingError:
        pytest.skip("no browser on this machine")
    return pypdf.PdfReader(io.BytesIO(report.save(place, long=long).read_bytes()))


def _said(paper: Any) -> str:
    return _words("".join(page.extract_text() for page in paper.pages))


def test_a_long_report_is_printed_whole(small: Small, tmp_path: Path) -> None:
    paper = _printed(Report(small.pathway, small.found, "nb"), tmp_path / "report.pdf", long=True)
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in paper.pages} == {A4, A3}
    assert 5 < len(paper.pages) < 40
    said = _said(paper)
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


def test_a_short_one_has_every_part_and_a_line_for_each_rule_and_nothing_that_is_folded(small: Small, tmp_path: Path) -> None:
    report = Report(small.pathway, small.found, "nb")
    paper, long = (_printed(report, tmp_path / f"{name}.pdf", long=name == "long") for name in ("short", "long"))
    assert 3 < len(paper.pages) < len(long.pages) / 2
    said, all_said = _said(paper), _said(long)
    view = View(small.pathway, small.found, "nb")
    for part in PARTS:
        assert _words(view.t(part)) in said, part
    for rule in small.found.rules:
        assert _words(view.rule_title(rule.pathway, rule.name)) in said
    for folded in ("times_title", "worst_title", "timelines", "show_rule"):
        assert _words(view.t(folded)) not in said
    assert _words(view.t("times_title")) in all_said and _words(view.t("timelines")) in all_said
    sizes = [(round(page.mediabox.width), round(page.mediabox.height)) for page in paper.pages]
    assert sizes.count(A3) == 1 and set(sizes) == {A4, A3}


def test_nothing_is_cut_at_the_edge_of_the_paper(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 703, "height": 1000})  # 210 mm less the margins
    page.emulate_media(media="print")
    page.goto(page_file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    rules = page.evaluate("Array.from(document.querySelectorAll('svg.pathway-graph .rule'), e => e.getClientRects().length)")
    assert rules and all(rules), "the rules stand in the graph, also where their sections do not"
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
