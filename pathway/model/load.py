"""A pathway by its name, from a file or from text, with the libraries that it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import islice
from pathlib import Path

from pathway.errors import system_reason
from pathway.language.diagnostics import Problems
from pathway.language.hygiene import capped
from pathway.language.parse import MOST, parse
from pathway.language.source import Source, Span
from pathway.language.tree import BROKEN, Line, Tree, Word
from pathway.model.from_tree import build
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest

SUFFIX = ".pathway"
_LONGEST_NAME = 200
_MOST_ASKED = 200
"""Files that are asked for their names, and lines of each until its first."""
_MOST_READ = 1 << 24
"""Bytes: more than the reader takes, so that a file of any size is refused without being held in memory."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading: the pathway (None when there is nothing to go on with), every problem, and the text.

    `editions` are the other texts of the same pathway that may be in force for a patient (P7): earlier versions, and local
    adaptations as whole pathways, in the order in which they are tried. `started` are the pathways that it starts (P2), by name.
    """

    pathway: Pathway | None
    problems: Problems
    source: Source
    editions: tuple[Pathway, ...] = ()
    started: Mapping[str, Loaded] = field(default_factory=dict)


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
    path = _find(what)
    if path is None:
        problems = Problems()
        name = str(what)[:_LONGEST_NAME]
        problems.add("PW240", None, nearest(name, shipped()), name=name)
        return Loaded(None, problems, Source(name, ""))
    return _Loader().file(path, str(what) if Path(what) == path else str(path), [])


def _find(what: str | Path) -> Path | None:
    """The file that was meant. What no file can be called is none."""
    path = Path(what)
    try:
        if path.is_file():
            return path
        if path.is_dir():
            inside = path / f"{path.resolve().name}{SUFFIX}"
            return inside if inside.is_file() else None
    except (OSError, ValueError):
        return None
    return shipped().get(str(what))


class _Loader:
    """One loading, with each library built once."""

    def __init__(self) -> None:
        self._libraries: dict[Path, Loaded] = {}

    def file(self, path: Path, name: str, using: list[Path]) -> Loaded:
        try:
            # As bytes: `read_text` would swallow carriage returns, and columns would no longer be the author's.
            with path.open("rb") as file:
                text = file.read(_MOST_READ).decode("utf-8", errors="surrogateescape")
        except OSError as error:
            problems = Problems()
            problems.add("PW241", None, name=name, detail=system_reason(error))
            return Loaded(None, problems, Source(name, "", path))
        return self.load(Source(name, text, path), path, using)

    def load(self, source: Source, path: Path | None, using: list[Path] | None = None) -> Loaded:
        chain = [*(using or []), *([path.resolve()] if path else [])]
        tree, problems = parse(source)
        if not tree.lines and problems.errors:
            # A text that was refused as a whole: nothing more to say of what it lacks.
            return Loaded(None, problems, source)
        libraries: dict[str, Pathway] = {}
        incomplete = any(line.statement.kind == BROKEN and line.words and line.words[0].kind == "USE" for line in tree.lines)
        for word in _used(tree):
            found = self._library(word, path, chain, problems)
            if found is None or found.pathway is None:
                incomplete = True
                continue
            incomplete |= bool(found.problems.errors)
            libraries[found.pathway.name] = found.pathway
        pathway, meaning = build(tree, libraries, incomplete=incomplete)
        problems.extend(capped(_not_caused(meaning, problems), MOST))
        return Loaded(pathway, problems, source)

    def _library(self, word: Word, path: Path | None, chain: list[Path], problems: Problems) -> Loaded | None:
        found = self._beside(word.value, path)
        if found is None:
            beside = [file.stem for file in path.parent.glob(f"*{SUFFIX}") if file != path] if path else []
            known = [*shipped(), *(own for file in shipped().values() for own in _own_names(file)), *beside]
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
        library = self._libraries[resolved]
        if library.pathway is not None and library.pathway.kind != "library":
            problems.add("PW221", word.span, name=word.text)
            return None
        return library

    def _beside(self, name: str, path: Path | None) -> Path | None:
        """A library beside the file, in a folder beside the file's own, or shipped; by its own name or an alias."""
        folder = path.parent if path else None
        places = [folder / f"{name}{SUFFIX}", folder.parent / name / f"{name}{SUFFIX}"] if folder else []
        for place in places:
            try:
                if place.is_file():
                    return place
            except (OSError, ValueError):  # a name longer than any file's
                return None
        known = shipped()
        if name in known:
            return known[name]
        near: list[Path] = []
        if folder:
            beside = (file for file in folder.parent.glob(f"*/*{SUFFIX}") if file.stem == file.parent.name)
            near = [*sorted(folder.glob(f"*{SUFFIX}")), *sorted(beside)][:_MOST_ASKED]
        return next((file for file in (*near, *known.values()) if name in _own_names(file)), None)


def _own_names(path: Path) -> Iterator[str]:
    """The names that a library gives itself in its first line, in any language."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            written = (line for line in islice(file, _MOST_ASKED) if line.strip() and not line.startswith("#"))
            first = next(written, "")
    except OSError:
        return
    for line in parse(Source(str(path), first))[0].lines:
        if line.statement.kind == "library":
            yield from (word.value for word in line.words if word.kind == "NAME")


def _used(tree: Tree) -> Iterator[Word]:
    lines: list[Line] = [line for line in tree.lines if line.statement.kind == "use"]
    return (line.statement.words("NAME")[0] for line in lines)


def _not_caused(meaning: Problems, reading: Problems) -> Problems:
    """What is wrong with the meaning, without what stands where the reading went wrong: that has been said."""
    misread = [problem.span for problem in reading.errors if problem.span is not None]
    kept = Problems()
    for problem in meaning:
        if problem.span is None or not any(_overlap(problem.span, span) for span in misread):
            kept.add(problem.code, problem.span, problem.suggestion, **problem.values)
    return kept


def _overlap(one: Span, other: Span) -> bool:
    """Whether two places on one line share a character. A place of several lines is a whole statement, not a word."""
    if one.file != other.file or not one.line == one.end_line == other.line == other.end_line:
        return False
    return one.column < other.end_column and other.column < one.end_column
