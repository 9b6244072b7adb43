"""How the kernel's functions are compiled, and where the machine code is kept.

Compiling takes some tens of seconds, once. numba keeps what it made by the file of each single function and would not notice that
a function it calls, in another file, has changed: so the folder is named by the content of all of the kernel's files. numba looks for
a folder it can write to while it decorates, and stops with an error where there is none (a read-only home): then nothing is kept.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba import njit, types

from pathway.replay.kernel.handles import COLUMNS, EVENTS, MACHINE, PATIENT, TEXTS, field

_config: Any = numba.config  # its settings are made when it is imported
PLAIN = bool(_config.DISABLE_JIT)
"""Whether nothing is compiled (`NUMBA_DISABLE_JIT=1`): then the functions are plain Python, to be stepped through."""
ENTRANCES: list[tuple[Any, tuple[Any, ...]]] = []
"""What is called from outside with numbers only, and the types of its arguments: what takes its time to compile."""
Function = TypeVar("Function", bound=Callable[..., Any])


_TEXT = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
"""All of the kernel's files."""
_NAMED = Counter(re.findall(rb"\b\w+(?=\()", _TEXT))
"""How often each name stands before a bracket: where a function is written, and where it is called."""


def _content() -> str:
    return blake2b(f"{sys.version_info[:2]} {numba.__version__}".encode() + _TEXT, digest_size=8).hexdigest()


def _places() -> Iterator[Path]:
    """Where the code may be kept, in order: as told, the user's cache, the folder for temporary files."""
    told = os.environ.get("PATHWAY_CACHE")
    if told:
        yield Path(told)
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME")
    if home:
        yield (Path(home) if os.environ.get("XDG_CACHE_HOME") else Path(home) / ".cache") / "patient-pathway"
    user = os.getuid() if hasattr(os, "getuid") else "user"
    yield Path(tempfile.gettempdir()) / f"patient-pathway-{user}"


def _folder() -> str | None:
    """The first place that can be written to, and that is nobody else's; None where there is none."""
    for place in _places():
        folder = place / f"kernel-{_content()}"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
                continue
            with tempfile.TemporaryFile(dir=folder):
                return str(folder)
        except OSError:
            continue
    return None


FOLDER = _folder()


def kernel(function: Function) -> Function:
    """A function of the kernel, compiled once, for the types that are written beside its arguments, whatever it is called with:
    numba would else compile it again for each constant and each width of number. One that is called in one or two places is
    compiled into them: that takes half as long again, and what comes of it is a quarter faster."""
    compiled = _decorated(function, forceinline=_NAMED[function.__name__.encode()] in (2, 3))
    wanted = tuple(_type(name, kind) for name, kind in function.__annotations__.items() if name != "return")
    if not PLAIN:
        template = compiled.get_call_template
        compiled.get_call_template = lambda arguments, named: template(wanted, {})
    return compiled


def entrance(function: Function) -> Function:
    """A function that is called from outside, with plain numbers: its machine code is kept."""
    compiled = _decorated(function, cache=FOLDER is not None)
    kinds = [kind for name, kind in function.__annotations__.items() if name != "return"]
    if not PLAIN and all(kind == "int" for kind in kinds):
        ENTRANCES.append((compiled, (types.int64,) * len(kinds)))
    return compiled


def _decorated(function: Callable[..., Any], **how: Any) -> Any:
    before = _config.CACHE_DIR
    _config.CACHE_DIR = FOLDER or ""
    try:
        return njit(nogil=True, error_model="numpy", **how)(function)
    finally:
        _config.CACHE_DIR = before


def _type(name: str, kind: str) -> Any:
    tables = {"m": MACHINE, "e": EVENTS, "p": PATIENT, "t": TEXTS, "c": COLUMNS, "found": field("int64")}
    kinds = {"int": types.int64, "bool": types.boolean, "float": types.float64, "Word": types.uint64}
    return kinds[kind] if kind in kinds else tables[name]
