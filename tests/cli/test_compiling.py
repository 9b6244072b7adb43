"""The wait for machine code before a log is replayed in blocks: said once, and ended by Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pathway.cli.replaying import kernel_made_ready
from pathway.replay import compiling
from pathway.replay.kernel import jit


@pytest.mark.skipif(jit.PLAIN, reason="nothing is compiled")
def test_that_there_is_something_to_compile_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[object] = []
    monkeypatch.setattr(compiling, "make_ready", lambda: made.append(signal.getsignal(signal.SIGINT)))
    monkeypatch.setattr(compiling, "_place_of", lambda compiled: str(tmp_path))
    before = signal.getsignal(signal.SIGINT)
    kernel_made_ready("nb")
    assert capsys.readouterr().err.startswith("Oversetter beregningen til maskinkode")
    assert len(jit.ENTRANCES) > 1
    for compiled, _ in jit.ENTRANCES:
        (tmp_path / f"file.{compiled.py_func.__name__}-1.py.nbi").touch()
    kernel_made_ready("nb")
    assert capsys.readouterr().err == ""
    assert made == [signal.SIG_DFL] * 2 and signal.getsignal(signal.SIGINT) == before


@pytest.mark.skipif(jit.PLAIN or os.name != "posix", reason="nothing is compiled, or there are no such signals")
def test_ctrl_c_ends_it_at_once(tmp_path: Path) -> None:
    """Nothing is kept in the folder, so that compiling takes its time; the first line says that it has begun."""
    program = "from pathway.cli.replaying import kernel_made_ready; kernel_made_ready('en')"
    environment = {**os.environ, "PATHWAY_CACHE": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None and "machine code" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(60) in (-signal.SIGINT, 1)
