"""Files are replaced as a whole or not at all: written beside their place, then renamed over it."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pathway.errors import OutputError, system_reason

_UMASK = os.umask(0o077)
"""What new files are not for. It can only be asked for by setting it, which no two threads may do at once: so it is asked for once."""
os.umask(_UMASK)


def write_whole(target: str | Path, write: Callable[[Path], object]) -> Path:
    """Let `write` make the file under another name, then put it in its place. Folders are made if need be; a file that was
    there keeps its permissions, a link still leads to it.

    Raises `OutputError` when the place cannot be written; what stood there is then untouched.
    """
    place = Path(target)
    beside: Path | None = None
    try:
        place = place.resolve() if place.is_symlink() else place
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=place.suffix, dir=place.parent)
        os.close(handle)
        beside = Path(name)
        write(beside)
        beside.chmod(stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o666 & ~_UMASK)
        beside.replace(place)
    except OSError as error:
        raise OutputError("PW504", name=str(target), reason=system_reason(error)) from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
    return Path(target)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Say what hinders writing to a place as `write_whole` does, for what is written bit by bit."""
    try:
        yield
    except OSError as error:
        raise OutputError("PW504", name=str(place), reason=system_reason(error)) from None


def write_text(target: str | Path, text: str) -> Path:
    """A text as UTF-8, replaced as a whole."""
    return write_whole(target, lambda path: path.write_text(text, encoding="utf-8", newline="\n"))
