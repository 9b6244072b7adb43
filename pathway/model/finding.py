"""Where the files of pathways lie: those that come with the package, those beside a file, and what their first lines say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pathway.language.parse import parse
from pathway.language.source import Source

SUFFIX = ".pathway"
ADAPTATIONS = "adaptations"
"""The folder beside a pathway in which its local adaptations may lie."""
_MOST_ASKED = 200
"""Files that are asked for their names, and lines of each until its first."""


class FirstLine(NamedTuple):
    """What a file is (`pathway`, `library`, `adapt`; empty: no telling) and the names in its first line, the main one first."""

    kind: str
    names: tuple[str, ...]


def shipped() -> dict[str, Path]:
    """The pathways and libraries that come with the package, by the name of their folder."""
    root = Path(str(files("pathway.library")))
    return dict(_shipped(root, changed(root)))


@lru_cache(maxsize=4)
def _shipped(root: Path, at: int) -> dict[str, Path]:
    return {path.parent.name: path for path in sorted(root.glob(f"*/*{SUFFIX}")) if path.stem == path.parent.name}


def named(what: str | Path) -> Path | None:
    """The file that was meant by a path, a folder or the name of one that is shipped, which a folder of the same name without one
    does not hide. What no file can be called is none."""
    path = Path(what)
    try:
        if path.is_file():
            return path
        if path.is_dir():
            inside = path / f"{path.resolve().name}{SUFFIX}"
            if inside.is_file():
                return inside
    except (OSError, ValueError):
        return None
    return shipped().get(str(what))


def beside(name: str, path: Path | None) -> Path | None:
    """The file that another one means by a name: beside it, in a folder beside its own, or shipped; by its own name or an
    alias. An adaptation is never meant; what it adapts may lie in the folder above its own."""
    for place in _places(name, path):
        try:
            if place.is_file() and first_line(place).kind != "adapt":
                return place
        except (OSError, ValueError):  # a name longer than any file's
            return None
    known = shipped()
    if name in known:
        return known[name]
    near = islice(_near(path), _MOST_ASKED)
    return next((file for file in (*near, *known.values()) if _calls_itself(file, name)), None)


def names_beside(path: Path | None) -> Iterator[str]:
    """What a file could have meant: names of its neighbours and of what is shipped."""
    yield from shipped()
    for file in shipped().values():
        yield from first_line(file).names
    yield from (file.stem for file in islice(_near(path), _MOST_ASKED) if file != path)


def editions_beside(path: Path) -> Iterable[Path]:
    """The files among which other editions of a pathway are looked for, in the order of their names."""
    found = [*_files_in(path.parent), *_files_in(path.parent / ADAPTATIONS)]
    return sorted((file for file in found if file != path), key=lambda file: (file.name, str(file)))


def _places(name: str, path: Path | None) -> list[Path]:
    if path is None:
        return []
    folder = path.parent
    above = [folder.parent] if folder.name == ADAPTATIONS else []
    home = above[0] if above else folder
    return [*(place / f"{name}{SUFFIX}" for place in (folder, *above)), home.parent / name / f"{name}{SUFFIX}"]


def _near(path: Path | None) -> Iterator[Path]:
    if path is None:
        return
    home = path.parent.parent if path.parent.name == ADAPTATIONS else path.parent
    yield from _files_in(path.parent)
    if home != path.parent:
        yield from _files_in(home)
    try:
        folders = sorted(home.parent.iterdir())
    except OSError:
        return
    yield from (file for folder in folders if (file := folder / f"{folder.name}{SUFFIX}").is_file())


def _calls_itself(path: Path, name: str) -> bool:
    first = first_line(path)
    return first.kind != "adapt" and name in first.names


def _files_in(folder: Path) -> tuple[Path, ...]:
    """The pathway files of a folder, in the order of their paths; none where there is no such folder."""
    return _listed(folder, changed(folder))


@lru_cache(maxsize=256)
def _listed(folder: Path, at: int) -> tuple[Path, ...]:
    """Listed again only when the folder has changed."""
    return tuple(sorted(folder.glob(f"*{SUFFIX}")))


def changed(place: Path) -> int:
    """When a file or folder was last changed; 0 where there is none."""
    try:
        return place.stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def first_line(path: Path) -> FirstLine:
    """What a file says of itself in its first line, in any language."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return FirstLine("", ())
    return _first_line(path, status.st_mtime_ns, status.st_size)


def version_of(path: Path) -> str | None:
    """The version that a file says in its head."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return _version_of(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _version_of(path: Path, at: int, size: int) -> str | None:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            head = "".join(islice(file, _MOST_ASKED))
    except (OSError, ValueError):
        return None
    # To the first line that stands at the margin again.
    lines = head.splitlines()
    first = next((place for place, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    end = next((place for place, line in enumerate(lines[first + 1 :], first + 1) if line[:1].strip(" \t#")), len(lines))
    for line in parse(Source(str(path), "\n".join(lines[:end])))[0].lines:
        for child in line.children:
            if child.statement.kind == "version":
                return child.statement.words()[0].value
    return None


@lru_cache(maxsize=4096)
def _first_line(path: Path, at: int, size: int) -> FirstLine:
    """Read again only when the file has changed: a folder of a thousand files is asked by each of them."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            written = (line for line in islice(file, _MOST_ASKED) if line.strip() and not line.startswith("#"))
            first = next(written, "")
    except OSError:
        return FirstLine("", ())
    for line in parse(Source(str(path), first))[0].lines:
        if line.statement.kind in ("pathway", "library", "adapt"):
            return FirstLine(line.statement.kind, tuple(word.value for word in line.words if word.kind == "NAME"))
    return FirstLine("", ())
