"""A county's figures, and a real browser where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

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
