"""What is to be said of many files: as it was kept, else found out, on all the cores of the machine where there is much to do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pathway.cli.kept import Answer, Kept
from pathway.language.resting import collector_at_rest
from pathway.language.source import Source

_MANY = 40
"""From so many files on, starting other processes pays."""
_MOST_PROCESSES = 4
"""Each takes some 60 MB."""

Found = tuple[Source, Answer]
Name = str | Path


class _Asked(NamedTuple):
    """A file, its key (empty: it has none), and what was kept of it."""

    name: Name
    key: str
    known: Found | None


def answers_of(names: Iterable[Name], kept: Kept | None) -> Iterator[Found]:
    """The text of each file, and what is to be said of it, in the order of the names."""
    asked = [_asked(name, kept) for name in names]
    missing = [each.name for each in asked if each.known is None]
    with _on_cores(len(missing)) as apply:
        fresh = iter(apply(_found, missing))
        for each in asked:
            if each.known is not None:
                yield each.known
                continue
            source, answer = next(fresh)
            if kept is not None and each.key:
                kept.put(each.key, answer)
            yield source, answer
    if kept is not None:
        kept.tidy()


def _asked(name: Name, kept: Kept | None) -> _Asked:
    path = Path(name)
    try:
        text = path.read_bytes() if kept is not None and path.is_file() else None
    except (OSError, ValueError):  # loading says why
        text = None
    if kept is None or text is None:
        return _Asked(name, "", None)
    key = kept.key(str(name), path, text)
    answer = kept.get(key)
    if answer is None:
        return _Asked(name, key, None)
    return _Asked(name, key, (Source(str(name), text.decode("utf-8", errors="surrogateescape"), path), answer))


def _found(name: Name) -> Found:
    with collector_at_rest():
        from pathway.api.definition import load  # here: what is kept needs nothing of it

        definition = load(name)
        return definition.source, (definition.language, definition.problems)


Apply = Callable[[Callable[[Name], Found], Sequence[Name]], Iterable[Found]]


@contextmanager
def _on_cores(count: int) -> Iterator[Apply]:
    """`map`; over several processes for many files, where the machine can."""
    cores = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if count < _MANY or cores == 1:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor

    try:
        pool = ProcessPoolExecutor(cores, initializer=_in_silence)
    except (OSError, ImportError, NotImplementedError):  # a machine without the locks for it
        yield map
        return
    try:
        yield partial(pool.map, chunksize=4)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_silence() -> None:
    """A process that helps is ended by the one that it helps, not by the keyboard."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
