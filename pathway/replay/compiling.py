"""The kernel's machine code, made or fetched before it is needed: whoever waits for it can be told, and can break off."""

from __future__ import annotations

from pathlib import Path

import pathway.replay.columnar  # noqa: F401  # with all of the kernel
from pathway.replay.kernel import jit


def is_kept() -> bool:
    """Whether there is nothing to compile. Compiling takes a minute or two, once on a machine."""
    names = [compiled.py_func.__name__ for compiled, _ in jit.ENTRANCES]
    return all(jit.FOLDER is not None and any(Path(jit.FOLDER).rglob(f"*.{name}-*.nbi")) for name in names)


def make_ready() -> None:
    """Compile what is not kept, and fetch the rest. What is kept is written whole: this can be broken off at any time."""
    for compiled, kinds in jit.ENTRANCES:
        compiled.compile(kinds)
