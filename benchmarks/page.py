"""How large the report's page is, and how soon it is there.

    python -m benchmarks.page [--patients N] [--pathway NAME] [--vega FOLDER]

Prints JSON. Of a made-up county's page: bytes, seconds to make it, charts in it; in the machine's Chromium, milliseconds to the first
paint and until it is loaded (the median of five), elements, milliseconds to the other language, and seconds and pages of its PDF.

`--vega` names a folder `node_modules` with `vega`, `vega-lite` and `vega-embed`: as many curves drawn by Vega-Lite in a page that has
it inside, with the interpreter that a strict content security policy asks for. That is what the page's own charts were chosen against.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from pathway.renderers.page import page_html
from pathway.renderers.printing import page_pdf

from pathway.api.definition import load
from pathway.events.read import log_of
from pathway.replay.population import replay
from pathway.reports.figures import figures
from pathway.simulation.county import county

RUNS = 5
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAINTED = "performance.getEntriesByType('paint').find(p => p.name === 'first-contentful-paint').startTime"
DRAWN = "new Promise(done => (function look() { window.drawn ? done(window.drawn) : setTimeout(look, 5); })())"
SWITCHED = """new Promise(done => {
    const begun = performance.now();
    document.querySelector('[data-to]').click();
    (function look() { document.querySelector('[data-view=en] h1') ? done(performance.now() - begun) : setTimeout(look, 1); })();
})"""
LOADED = "performance.timing.loadEventEnd - performance.timing.navigationStart"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--patients", type=int, default=400)
    parser.add_argument("--pathway", default="stroke")
    parser.add_argument("--vega", type=Path)
    asked = parser.parse_args()
    definition = load(asked.pathway)
    alone = definition.alone().compiled
    made = county(alone, patients=asked.patients, seed=2026)
    log = log_of(made.events)
    found = figures(replay(definition.compiled, log, as_of=made.as_of), definition.compiled, log=log, secret=b"measured")
    begun = time.perf_counter()
    html = page_html(definition.model, found, "nb")
    said: dict[str, Any] = {
        "pathway": asked.pathway,
        "rules": len(found.rules),
        "bytes": len(html.encode()),
        "made_s": round(time.perf_counter() - begun, 2),
        "charts": html.count('<svg class="chart'),
    }
    said |= in_browser(html) or {"browser": None}
    begun = time.perf_counter()
    printed = page_pdf(html)
    said |= {
        "pdf_s": round(time.perf_counter() - begun, 1),
        "pdf_bytes": len(printed),
        "pdf_pages": printed.count(b"/Type /Page\n"),
    }
    if asked.vega is not None:
        said["vega"] = in_browser(vega_page(asked.vega, said["charts"]), drawn=True)
    print(json.dumps(said, indent=1))


def in_browser(html: str, *, drawn: bool = False) -> dict[str, Any] | None:
    """Milliseconds of a page in the machine's Chromium; `drawn` waits for the script that draws."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        return None
    from playwright.sync_api import sync_playwright

    rows: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        place = Path(folder) / "page.html"
        place.write_text(html, encoding="utf-8")
        browser = started.chromium.launch(executable_path=program, args=QUIET)
        for _ in range(RUNS):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(place.as_uri())
            row = {"painted_ms": page.evaluate(PAINTED) if not drawn else 0.0, "loaded_ms": page.evaluate(LOADED)}
            row["elements"] = page.evaluate("document.getElementsByTagName('*').length")
            if drawn:
                row["drawn_ms"] = page.evaluate(DRAWN)
            else:
                row["language_ms"] = page.evaluate(SWITCHED)
            rows.append(row)
            page.close()
        browser.close()
    return {"bytes": len(html.encode())} | {name: round(statistics.median(row[name] for row in rows)) for name in rows[0]}


def vega_page(modules: Path, charts: int) -> str:
    """A page with Vega-Lite inside that draws so many curves with bands."""
    names = ("vega/build/vega.min.js", "vega-lite/build/vega-lite.min.js", "vega-embed/build/vega-embed.min.js")
    scripts = "".join(f"<script>{(modules / name).read_text(encoding='utf-8')}</script>" for name in names)
    specs = json.dumps([_curve(number) for number in range(charts)])
    draw = (
        f"const specs = {specs};"
        "Promise.all(specs.map((spec, i) => vegaEmbed('#c' + i, spec, {ast: true, renderer: 'svg', actions: false})))"
        ".then(() => { window.drawn = performance.now(); });"
    )
    places = "".join(f'<div id="c{number}"></div>' for number in range(charts))
    return f'<!doctype html><meta charset="utf-8"><body>{places}{scripts}<script>{draw}</script>'


def _curve(number: int) -> dict[str, Any]:
    points = [
        {
            "t": step * 3 + number,
            "y": 1 - math.exp(-step / 9),
            "low": 0.9 * (1 - math.exp(-step / 9)),
            "high": 1 - math.exp(-step / 8),
        }
        for step in range(40)
    ]
    x, y = {"field": "t", "type": "quantitative"}, {"type": "quantitative"}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 400,
        "height": 180,
        "data": {"values": points},
        "layer": [
            {
                "mark": {"type": "area", "interpolate": "step-after"},
                "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            {"mark": {"type": "line", "interpolate": "step-after"}, "encoding": {"x": x, "y": {"field": "y", **y}}},
            {"mark": "rule", "data": {"values": [{"t": 40}]}, "encoding": {"x": x}},
        ],
    }


if __name__ == "__main__":
    main()
