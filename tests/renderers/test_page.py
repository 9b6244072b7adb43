"""The report page, in a real browser: it stands alone, says nothing to the console, and can be used from the keyboard."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from pathway.renderers.page import page_html

from pathway.events.read import log_of, read_log
from pathway.machine.compile import compile_pathway
from pathway.model.pathway import Pathway
from pathway.replay.population import replay
from pathway.reports.figures import Figures, figures


@pytest.fixture
def opened(browser: Any, stroke: Pathway, found: Figures, tmp_path: Path) -> Any:
    """The page opened, with what it said and asked for."""
    file = tmp_path / "report.html"
    file.write_text(page_html(stroke, found), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.heard = []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("request", lambda request: page.heard.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(file.as_uri())
    yield page
    page.close()


def test_it_stands_alone_and_is_silent(opened: Any) -> None:
    assert opened.locator("h1:visible").inner_text() == "Hjerneslag"
    assert opened.locator("svg.pathway-graph:visible").count() == 1
    assert opened.heard == []


def test_the_language_is_switched_from_the_keyboard(opened: Any) -> None:
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "English"
    opened.keyboard.press("Enter")
    assert opened.locator("h1:visible").inner_text() == "Acute stroke"
    assert opened.evaluate("document.documentElement.lang") == "en"
    opened.keyboard.press("Enter")
    assert opened.locator("h1:visible").inner_text() == "Hjerneslag"


def test_a_rule_in_the_graph_leads_to_its_section(opened: Any, stroke: Pathway) -> None:
    targets = opened.eval_on_selector_all("svg.pathway-graph a", "links => links.map(a => a.getAttribute('href'))")
    single = [rule for rule in stroke.rules() if rule.kind != "send"]
    assert {f"#{prefix}rule-{rule.name}" for rule in single for prefix in ("nb-", "en-")} <= set(targets)
    for target in targets:
        assert opened.locator(f'[id="{target[1:]}"]').count() == 1, target


def test_ids_are_unique_and_tables_have_headings(opened: Any) -> None:
    ids = opened.eval_on_selector_all("[id]", "found => found.map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert opened.locator("table:not(:has(th[scope]))").count() == 0


@pytest.mark.parametrize("width", [390, 820, 1920])
def test_it_fits_the_screen(opened: Any, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 900})
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_to_a4(opened: Any) -> None:
    assert opened.pdf(format="A4").startswith(b"%PDF")


def test_the_policy_lets_nothing_in(stroke: Pathway, found: Figures) -> None:
    html = unescape(page_html(stroke, found))
    assert "default-src 'none'" in html and "unsafe-inline" not in html
    assert re.search(r'(src|href)="https?:', re.sub(r'<a href="https://[^"]+" rel="noreferrer">', "", html)) is None
    assert " style=" not in html
    assert len(html) < 2_000_000


def test_no_patient_is_named(stroke: Pathway, found: Figures) -> None:
    assert re.search(r"\bF\d{3}\b", page_html(stroke, found)) is None


def test_what_an_author_wrote_cannot_become_markup(stroke: Pathway, found: Figures) -> None:
    hostile = stroke.model_copy(update={"owner": "<script>alert(1)</script>", "titles": {"nb": "<b>&x"}})
    html = page_html(hostile, found)
    assert "<script>alert" not in html and "<b>&x" not in html


def test_an_empty_population_gives_a_page_that_says_so(stroke: Pathway) -> None:
    compiled = compile_pathway(stroke)
    html = page_html(stroke, figures(replay(compiled, log_of([])), compiled), "en")
    assert "No episodes in the log" in html and "Ingen forløp i loggen" in html


def test_numbers_are_written_as_norwegians_do(stroke: Pathway, found: Figures) -> None:
    from pathway.renderers.texts import number, percent

    assert number(12345.6, "nb", 1) == "12\u00a0345,6"
    assert percent(0.684, "nb") == "68\u00a0%" or percent(0.684, "nb") == "68 %"
    assert number(12345.6, "en", 1) == "12,345.6"


def test_every_reason_for_leaving_a_row_out_has_words(stroke: Pathway, tmp_path: Path) -> None:
    rows = ["1,ankomst", ",ankomst,2026-03-02", "1,,2026-03-02", "1,ankomst,", "1,ankomst,x", "1,ankomst,1900-01-01"]
    rows = [f"{row}," if row.count(",") < 3 and row != "1,ankomst" else row for row in rows]
    rows += ["1,ankomst,2026-03-02,x", "1,ankomst,2026-03-02,1900-01-01"]
    (tmp_path / "log.csv").write_text("patient,event,occurred,recorded\n" + "\n".join(rows) + "\n")
    (tmp_path / "phase.csv").write_text("patient,event,occurred,phase\n1,slagseng,2026-03-02,fløyet\n")
    compiled = compile_pathway(stroke)
    for name, reasons in (("log.csv", 8), ("phase.csv", 1)):
        log = read_log(tmp_path / name, stroke)
        assert len(log.counts.rejected) == reasons
        html = page_html(stroke, figures(replay(compiled, log), compiled))
        assert html.count("først i rad") == html.count("first in row") == reasons
