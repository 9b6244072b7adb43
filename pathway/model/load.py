"""A pathway by its name, from a file or from text, with the libraries that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pathway.language.diagnostics import Problems
from pathway.language.parse import parse
from pathway.language.source import Source
from pathway.language.tree import Line, Tree, Word
from pathway.model.from_tree import build
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest

SUFFIX = ".pathway"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading: the pathway (None when there is nothing to go on with), every problem, and the text."""

    pathway: Pathway | None
    problems: Problems
    source: Source


def shipped() -> dict[str, Path]:
    """The pathways and libraries that come with the package, by the name of their folder."""
    root = Path(str(files("pathway.library")))
    return {path.parent.name: path for path in sorted(root.glob(f"*/*{SUFFIX}")) if path.stem == path.parent.name}


def load(what: str | Path, *, text: bool = False) -> Loaded:
    """Load a shipped pathway by name, a file, a folder that holds one of its own name, or (with `text`) a text.

    Everything wrong is in `problems`, in the file in which it stands; nothing is raised for what an author can write.
    """
    if text:
        return _Loader().load(Source("<text>", str(what)), None)
    path, problem = _find(what)
    if path is None:
        problems = Problems()
        problems.add("PW240", None, nearest(str(what), shipped()), name=str(what), detail=problem)
        return Loaded(None, problems, Source(str(what), ""))
    return _Loader().file(path, str(what) if Path(what) == path else str(path), [])


def _find(what: str | Path) -> tuple[Path | None, str]:
    path = Path(what)
    if path.is_file():
        return path, ""
    if path.is_dir():
        inside = path / f"{path.resolve().name}{SUFFIX}"
        return (inside, "") if inside.is_file() else (None, str(inside))
    return shipped().get(str(what)), str(what)


class _Loader:
    """One loading, with each library built once."""

    def __init__(self) -> None:
        self._libraries: dict[Path, Loaded] = {}

    def file(self, path: Path, name: str, using: list[Path]) -> Loaded:
        try:
            # As bytes: `read_text` would swallow carriage returns, and columns would no longer be the author's.
            text = path.read_bytes().decode("utf-8", errors="surrogateescape")
        except OSError as error:
            problems = Problems()
            problems.add("PW241", None, name=name, detail=error.strerror or type(error).__name__)
            return Loaded(None, problems, Source(name, "", path))
        return self.load(Source(name, text, path), path, using)

    def load(self, source: Source, path: Path | None, using: list[Path] | None = None) -> Loaded:
        chain = [*(using or []), *([path.resolve()] if path else [])]
        tree, problems = parse(source)
        libraries: dict[str, Pathway] = {}
        for word in _used(tree):
            library = self._library(word, path, chain, problems)
            if library is not None:
                libraries[library.name] = library
        incomplete = len(libraries) < len(list(_used(tree)))
        pathway, meaning = build(tree, libraries, incomplete=incomplete)
        problems.extend(meaning)
        return Loaded(pathway, problems, source)

    def _library(self, word: Word, path: Path | None, chain: list[Path], problems: Problems) -> Pathway | None:
        found = self._beside(word.value, path)
        if found is None:
            known = [*shipped(), *(p.stem for p in path.parent.glob(f"*{SUFFIX}"))] if path else list(shipped())
            problems.add("PW219", word.span, nearest(word.value, known), name=word.text)
            return None
        resolved = found.resolve()
        if resolved in chain:
            circle = " → ".join([*(p.stem for p in chain[chain.index(resolved) :]), resolved.stem])
            problems.add("PW220", word.span, name=word.text, circle=circle)
            return None
        if resolved not in self._libraries:
            self._libraries[resolved] = self.file(found, str(found), chain)
            problems.extend(self._libraries[resolved].problems)
        library = self._libraries[resolved].pathway
        if library is not None and library.kind != "library":
            problems.add("PW221", word.span, name=word.text)
            return None
        return library

    def _beside(self, name: str, path: Path | None) -> Path | None:
        """A library beside the file, in a folder beside the file's own, or shipped; by its own name or an alias."""
        folder = path.parent if path else None
        places = [folder / f"{name}{SUFFIX}", folder.parent / name / f"{name}{SUFFIX}"] if folder else []
        for place in places:
            if place.is_file():
                return place
        known = shipped()
        return known.get(name) or next((p for p in known.values() if name in _own_names(p)), None)


def _own_names(path: Path) -> Iterator[str]:
    """The names that a library gives itself in its first line, in any language."""
    written = (line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#"))
    tree, _ = parse(Source(str(path), next(written, "")))
    for line in tree.lines:
        if line.statement.kind == "library":
            yield from (word.value for word in line.words if word.kind == "NAME")


def _used(tree: Tree) -> Iterator[Word]:
    lines: list[Line] = [line for line in tree.lines if line.statement.kind == "use"]
    return (line.statement.words("NAME")[0] for line in lines)
