"""How fast texts are read and checked.

    python -m benchmarks.language [--files N] [--lines N]

Prints JSON. A text of 500 lines, in a warm process: lines a second, and the CPU milliseconds (the best of some runs) of parsing,
of loading (parsing, its libraries, resolving) and of checking. `pathway check` on one file, cold process and warm file cache: the
median of some runs in wall milliseconds, beside the same of a bare Python and of one that imports Lark only. Many files:
seconds, CPU seconds and peak memory of one `pathway check` on a folder of files that differ, and of a second one that finds
nothing changed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.texts import long_text
from pathway.checks.table import risks
from pathway.language.parse import parse
from pathway.language.source import Source
from pathway.model.load import load

PATHWAY = ("-c", "from pathway.cli.main import main; main()")


def _cpu(work: Callable[[], object], runs: int = 15) -> float:
    """CPU milliseconds of the best run."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return round(min(times) * 1000, 1)


def _wall(arguments: list[str], cache: Path, runs: int = 7) -> float:
    """Wall milliseconds of a process, the median."""
    times = []
    for _ in range(runs + 1):
        begun = time.perf_counter()
        _run(arguments, cache)
        times.append(time.perf_counter() - begun)
    return round(statistics.median(times[1:]) * 1000)


def _run(arguments: list[str], cache: Path) -> None:
    subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, env={**os.environ, "XDG_CACHE_HOME": str(cache)}
    )


def _many(folder: Path, cache: Path) -> dict[str, float]:
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _run([*PATHWAY, "check", str(folder)], cache)
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Of all processes waited for so far the largest: the ones before were small.
    return {"seconds": round(seconds, 1), "cpu_seconds": round(spent, 1), "peak_mb": round(after.ru_maxrss / 1024)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, default=1000)
    options.add_argument("--lines", type=int, default=500)
    asked = options.parse_args()
    text = long_text(asked.lines)
    lines = text.count("\n")
    loaded = load(text, text=True)
    assert loaded.pathway is not None and not loaded.problems.errors
    pathway = loaded.pathway
    parsed = _cpu(lambda: parse(Source("<text>", text)))
    whole = _cpu(lambda: list(risks(load(text, text=True).pathway or pathway)))
    with tempfile.TemporaryDirectory() as made:
        folder, cache = Path(made, "pathways"), Path(made, "cache")
        folder.mkdir()
        one = folder / "p0.pathway"
        one.write_text(text, encoding="utf-8")
        check = [*PATHWAY, "check", str(one)]
        found = {
            "lines": lines,
            "lines_per_second_parsed": round(lines / parsed * 1000),
            "cpu_ms": {
                "parse": parsed,
                "load": _cpu(lambda: load(text, text=True)),
                "check": _cpu(lambda: list(risks(pathway))),
                "all": whole,
            },
            "cold_wall_ms": {
                "python": _wall(["-c", "pass"], cache),
                "python_import_lark": _wall(["-c", "import lark"], cache),
                "pathway_check_without_cache": _wall([*check, "--no-cache"], cache),
                "pathway_check": _wall(check, cache),
            },
        }
        for number in range(1, asked.files):
            (folder / f"p{number}.pathway").write_text(long_text(asked.lines, mark=f"_f{number}"), encoding="utf-8")
        found |= {"files": asked.files, "first_time": _many(folder, cache), "again": _many(folder, cache)}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
