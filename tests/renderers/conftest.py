"""A county's figures, and a real browser where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pathway.renderers.page import page_html

from pathway.api.definition import load as load_definition
from pathway.events.read import log_of
from pathway.machine.compile import compile_pathway
from pathway.model.load import load
from pathway.model.pathway import Pathway
from pathway.replay.population import replay
from pathway.reports.figures import Figures, figures
from pathway.simulation.county import county


@pytest.fixture(scope="session")
def stroke() -> Pathway:
    pathway = load("stroke").pathway
    assert pathway is not None
    return pathway


@pytest.fixture(scope="session")
def found(stroke: Pathway) -> Figures:
    compiled = compile_pathway(stroke)
    made = county(compiled, patients=100, seed=5)
    log = log_of(made.events)
    return figures(replay(compiled, log, as_of=made.as_of), compiled, log=log, secret=b"kept")


@dataclass(frozen=True)
class Small:
    """A pathway with few rules and its figures, for tools that are slow on a large page."""

    pathway: Pathway
    found: Figures


@pytest.fixture(scope="session")
def small() -> Small:
    compiled = load_definition("tia").alone().compiled
    made = county(compiled, patients=150, seed=5)
    log = log_of(made.events)
    found = figures(replay(compiled, log, as_of=made.as_of), compiled, log=log, secret=b"kept")
    few = tuple(one for one in found.comparisons if one.dimension in ("municipality", "weekday"))
    return Small(compiled.pathway, found.model_copy(update={"comparisons": few, "timelines": found.timelines[:1]}))


@pytest.fixture(scope="session")
def page_file(stroke: Pathway, found: Figures, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(page_html(stroke, found), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    started = sync_playwright()
    try:
        playwright = started.start()
    except Exception as error:
        pytest.skip(f"Playwright does not start on this machine: {error}")
    try:
        launched = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield launched
        launched.close()
    finally:
        playwright.stop()
