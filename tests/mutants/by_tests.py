"""Which of the tests find a fault: those of tracking run first, the properties (with few examples) on what survives them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.changes import ROOT, SURVIVED, Fault

TRACKING = [["tests/tracking/test_rules.py", "tests/tracking", "tests/machine"]]
PROPERTIES = [["tests/properties", "--hypothesis-profile=faults"]]
SECONDS = 900


@contextmanager
def tests_of(kinds: Sequence[list[str]]) -> Iterator[Callable[[Fault], str]]:
    """Whoever is given a fault says which tests found it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("pathway", "tests", "grammars", "pathways", "renderers"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        sound = _found(copy, kinds)
        if sound is not None:
            sys.exit(f"the tests fail without any fault: {sound}")

        def found(fault: Fault) -> str:
            whole = (copy / fault.file).read_text(encoding="utf-8")
            (copy / fault.file).write_text(fault.text, encoding="utf-8")
            try:
                return _found(copy, kinds) or SURVIVED
            finally:
                (copy / fault.file).write_text(whole, encoding="utf-8")

        yield found


def _found(copy: Path, kinds: Sequence[list[str]]) -> str | None:
    for tests in kinds:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
        env = {"PYTHONPATH": str(copy), "NUMBA_DISABLE_JIT": "1", "PATH": os.environ["PATH"]}
        try:
            ended = subprocess.run(command, cwd=copy, capture_output=True, timeout=SECONDS, env=env)
        except subprocess.TimeoutExpired:
            return f"{tests[0]} (no end)"
        if ended.returncode:
            return tests[0]
    return None
