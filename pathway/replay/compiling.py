"""The kernel's machine code, made or fetched before it is needed: whoever waits for it can be told, and can break off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pathway.replay.columnar  # noqa: F401  # with all of the kernel
from pathway.replay.kernel import jit


def is_kept() -> bool:
    """Whether there is nothing to compile. Compiling takes a minute or two, once on a machine."""
    return all(
        place is not None and any(Path(place).glob(f"*.{compiled.py_func.__name__}-*.nbi"))
        for compiled, place in ((compiled, _place_of(compiled)) for compiled, _ in jit.ENTRANCES)
    )


def _place_of(compiled: Any) -> str | None:
    """Where the code of a function is kept: there is a folder for each place that its file may lie in."""
    return compiled.stats.cache_path  # type: ignore[no-any-return]  # numba has no types


def make_ready() -> None:
    """Compile what is not kept, and fetch the rest. What is kept is written whole: this can be broken off at any time."""
    for compiled, kinds in jit.ENTRANCES:
        compiled.compile(kinds)
