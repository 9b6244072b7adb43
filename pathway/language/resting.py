"""Python's search for garbage, put off while much is made that is none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Nothing of what is made here is garbage: looking for it again and again would take a third of the time of reading a log,
    a tenth of that of reading a text."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()
