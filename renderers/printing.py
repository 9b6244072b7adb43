"""The page as PDF: printed by the Chromium (or Chrome, or Edge) of the machine, so that paper and screen are one page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pathway.errors import DrawingError

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome")
_ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
"""Where they stand on machines whose programs are on no path."""
_PATIENCE = 180
"""Seconds. A county takes two or three."""
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # the page asks for nothing; neither does the program
)


def browser() -> str:
    """The program that prints. Raises `DrawingError` where this machine has none."""
    found = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    found = found or next((place for place in _ELSEWHERE if Path(place).is_file()), None)
    if found is None:
        raise DrawingError("PW730")
    return found


def page_pdf(html: str) -> bytes:
    """A page printed on A4, tagged for screen readers and with an outline. Raises `DrawingError` where nothing can print it."""
    program = browser()
    with TemporaryDirectory(prefix="pathway-print-") as folder:
        source, target = Path(folder) / "report.html", Path(folder) / "report.pdf"
        source.write_text(html, encoding="utf-8")
        order = [program, *_QUIET, *_sandbox(), f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"]
        order += ["--generate-pdf-document-outline", f"--print-to-pdf={target}", source.as_uri()]
        try:
            ended = subprocess.run(order, capture_output=True, timeout=_PATIENCE, check=False)
            reason = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = str(error)
        if not target.is_file():
            raise DrawingError("PW731", program=Path(program).name, reason=reason or "–")
        return target.read_bytes()


def _sandbox() -> list[str]:
    """Chromium does not start inside its sandbox for root. The page is our own and runs nothing from elsewhere."""
    root = sys.platform.startswith("linux") and os.geteuid() == 0
    return ["--no-sandbox"] if root else []
