"""Plant faults one at a time and see which are found: `python -m tests.mutants --number 120 --seed 1`.

Run by hand. Without more, the faults are in the tracker and the compiler, and the tests of the house look for them (some seconds a
fault; a copy of the tree in a temporary folder). With `--pairs kernel` or `--pairs tracker` they are in that executor, and the pairs
of both look for them; the kernel is then plain Python. Faults that change nothing anybody can see are named in `equivalent.toml`, with the
reason, and are not planted. What the pairs cannot see, as they hold no deadlines to come and not how conditions were judged, stands in
`elsewhere.toml` with the tests that see it: they are not planted with `--pairs`, and `--elsewhere` plants them and runs those tests. A
run that never ends has found its fault too.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tomllib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

os.environ["NUMBA_DISABLE_JIT"] = "1"  # before anything compiles: a fault is a text

from tests.mutants.by_pairs import Pairs
from tests.mutants.by_tests import PROPERTIES, TRACKING, tests_of
from tests.mutants.changes import ROOT, SURVIVED, Fault, faults

TRACKER = [
    f"pathway/tracking/{name}.py" for name in (
        "answerable", "counts", "course", "deadlines", "decisions", "messages", "obligations", "outcomes", "position",
        "resources", "state", "tell",
    )
]  # fmt: skip
COMPILER = [f"pathway/machine/{name}.py" for name in ("compile", "conditions", "flow", "tables")]
KERNEL = [
    f"pathway/replay/kernel/{name}.py" for name in (
        "accounts", "concerns", "costs", "course", "hindsight", "indicators", "kinds", "knowing", "moving", "obligations", "outcomes",
        "position", "raising", "rounds", "times",
    )
]  # fmt: skip


def possible_in(files: Sequence[str], *, by_pairs: bool) -> list[Fault]:
    """Every fault that can be planted and that is not known to change nothing, or nothing that pairs see."""
    left_out = _named("equivalent.toml") + (_named("elsewhere.toml") if by_pairs else [])
    passed = {(fault.file, fault.line, fault.said) for fault, _ in left_out}
    return [fault for file in files for fault in faults(file) if (fault.file, fault.line, fault.said) not in passed]


def _named(name: str) -> list[tuple[Fault, str]]:
    """The faults that a file of them names, with what it says of each. What is named must stand on one line, or on as many as it
    says: else more is passed over than was thought of."""
    told = tomllib.loads((ROOT / "tests/mutants" / name).read_text(encoding="utf-8"))
    found = []
    for file, said_of in told.items():
        every = faults(file)
        for said, why in said_of.items():
            thought, reason = (1, why) if isinstance(why, str) else (why["lines"], why["why"])
            by_line = {fault.line: fault for fault in every if fault.said == said}
            if len(by_line) != thought:
                sys.exit(f"{name}: `{said}` stands in {file} on {len(by_line)} lines, and not on {thought}")
            found += [(fault, reason) for fault in by_line.values()]
    return found


def _elsewhere() -> None:
    """Plant what the pairs cannot see, and run the tests that are said to see it."""
    named = _named("elsewhere.toml")
    for test in dict.fromkeys(test for _, test in named):
        with tests_of([[test, "--hypothesis-profile=faults"]]) as found:
            for fault in (fault for fault, seen_by in named if seen_by == test):
                print(f"{found(fault):28} {fault.file}:{fault.line}  {fault.said}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--number", type=int, default=120)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--file", action="append", help="only this file")
    options.add_argument("--no-properties", action="store_true", help="with the tests of tracking alone: faster, finds less")
    options.add_argument(
        "--pairs", choices=["kernel", "tracker"], help="faults in one executor, looked for by the pairs of both"
    )
    options.add_argument("--elsewhere", action="store_true", help="the faults of elsewhere.toml, by the tests that it names")
    options.add_argument("--families", type=int, default=800, help="how many families of pathways the pairs are of")
    options.add_argument("--logs", type=int, default=8, help="how many logs are told by each")
    given = options.parse_args()
    files = given.file or {None: [*TRACKER, *COMPILER], "kernel": KERNEL, "tracker": TRACKER}[given.pairs]
    if given.elsewhere:
        _elsewhere()
        return
    possible = possible_in(files, by_pairs=given.pairs is not None)
    chosen = random.Random(given.seed).sample(possible, min(given.number, len(possible)))
    survived = 0
    with _finding(given, files) as found:
        for number, fault in enumerate(chosen, 1):
            by = found(fault)
            survived += by.startswith(SURVIVED)
            print(f"{number:4} {by:28} {fault.file}:{fault.line}  {fault.said[:200]}", flush=True)
    print(f"{len(possible)} possible, {len(chosen)} planted, {len(chosen) - survived} found ({1 - survived / len(chosen):.1%})")


def _finding(given: argparse.Namespace, files: list[str]) -> AbstractContextManager[Callable[[Fault], str]]:
    """Whoever is given a fault says how it is found."""
    if given.pairs is None:
        return tests_of(TRACKING if given.no_properties else [*TRACKING, *PROPERTIES])
    return nullcontext(Pairs(given.pairs, given.families, given.logs, given.seed, files).found)


if __name__ == "__main__":
    main()
