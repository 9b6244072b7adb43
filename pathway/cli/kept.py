"""What `pathway check` found, kept from run to run: a file that has not changed need not be read again.

An answer is kept under a hash of everything that it depends on: the text, every pathway file near enough to be used by it (in its
folder, in the folders beside that, and their adaptations), the name that the user gave, and the program itself. So nothing has to be
thought of when something changes; it is another key. An entry that cannot be read, or is not whole, is none. Without a place
to write, nothing is kept. Entries are text, nothing in them is executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from pathway.errors import OutputError
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import LANGUAGES, Language, Span
from pathway.outputs import write_text

SUFFIX = ".pathway"
_ADAPTATIONS = "adaptations"
MOST = 20_000
"""Entries, of some hundred bytes as a rule. Beyond it the older half goes."""

Answer = tuple[Language | None, list[Diagnostic]]
"""The language of a file, and its mistakes and risks."""


class Kept:
    """The answers that are kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._added = False
        self._near: dict[Path, bytes] = {}
        """By folder, what the pathway files in it and in the folders beside it are."""

    def key(self, given: str, path: Path, text: bytes) -> str:
        """The key of a file's answer. Cost: reading the files near it, once a run."""
        path = path.resolve()
        home = path.parent.parent if path.parent.name == _ADAPTATIONS else path.parent
        if home not in self._near:
            beside = [home.parent, *(each for each in _entries(home.parent) if each.is_dir())]
            folders = [*beside, *(each / _ADAPTATIONS for each in beside)]
            found = sorted(each for folder in folders for each in _entries(folder) if each.suffix == SUFFIX)
            self._near[home] = _hash([part for near in found for part in (os.fsencode(near), _content(near))])
        return _hash([_program(), os.fsencode(given), os.fsencode(path), text, self._near[home]]).hex()

    def get(self, key: str) -> Answer | None:
        """The answer of a key, if there is a whole one."""
        try:
            check, _, body = (self._folder / key).read_text(encoding="utf-8").partition("\n")
            return _decoded(json.loads(body)) if check == _hash([body.encode()]).hex() else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer, if it can be kept as text and there is a place for it."""
        try:
            body = json.dumps(_encoded(answer), ensure_ascii=False)
            if _decoded(json.loads(body)) != answer:
                return
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_text(self._folder / key, f"{_hash([body.encode()]).hex()}\n{body}")
            self._added = True
        except (OSError, OutputError, ValueError, TypeError):
            return

    def tidy(self) -> None:
        """At the end of a run: no more than so many."""
        if not self._added:
            return
        try:
            entries = [(entry.stat().st_mtime_ns, entry) for entry in os.scandir(self._folder)]
            if len(entries) > MOST:
                for _, entry in sorted(entries, key=lambda each: each[0])[: len(entries) - MOST // 2]:
                    Path(entry.path).unlink(missing_ok=True)
        except OSError:
            return


def kept(environment: dict[str, str]) -> Kept | None:
    """The user's own place for what programs keep; None where there is no such place."""
    try:
        root = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    except RuntimeError:  # no home
        return None
    return Kept(Path(root) / "pathway" / "check") if Path(root).is_absolute() else None


def _encoded(answer: Answer) -> dict[str, Any]:
    language, problems = answer
    rows = [
        {
            "code": problem.code,
            "span": None if problem.span is None else [getattr(problem.span, name) for name in _SPAN],
            "values": dict(problem.values),
            "suggestion": problem.suggestion,
        }
        for problem in problems
    ]
    return {"language": language, "problems": rows}


def _decoded(told: dict[str, Any]) -> Answer:
    language = next((each for each in LANGUAGES if each == told["language"]), None)
    problems = [
        Diagnostic(row["code"], None if row["span"] is None else Span(*row["span"]), row["values"], row["suggestion"])
        for row in told["problems"]
    ]
    return language, problems


_SPAN = ("file", "line", "column", "end_line", "end_column")


@cache
def _program() -> bytes:
    """What this program is: when and how large each of its files was written."""
    folders = [Path(__file__).parents[1], Path(str(files("pathway.grammars"))), Path(str(files("pathway.library")))]
    return _hash([
        f"{place}/{name} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}".encode("utf-8", "surrogateescape")
        for folder in folders
        for place, _, names in sorted(os.walk(folder))
        for name in sorted(names)
        if not name.endswith(".pyc")
        for status in [Path(place, name).stat()]
    ])  # fmt: skip


def _hash(parts: list[bytes]) -> bytes:
    """Of parts that cannot run into one another."""
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.digest()


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError:
        return


def _content(path: Path) -> bytes:
    try:
        return sha256(path.read_bytes()).digest()
    except OSError:
        return b""
