"""A pathway by its name, from a file or from text, with the libraries that it uses, the pathways that it starts, and its other
editions: earlier versions and local adaptations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from pathway.errors import system_reason
from pathway.language.diagnostics import Problems
from pathway.language.hygiene import capped
from pathway.language.parse import MOST, parse
from pathway.language.resting import collector_at_rest
from pathway.language.source import Source, Span, read_source
from pathway.language.tree import BROKEN, Line, Tree, Word
from pathway.model.adaptations import adapted
from pathway.model.base import Named
from pathway.model.finding import SUFFIX, beside, changed, editions_beside, first_line, named, names_beside, shipped, version_of
from pathway.model.from_tree import build
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest

__all__ = ["SUFFIX", "Loaded", "load", "shipped"]

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading: the pathway (None when there is nothing to go on with), every problem, and the text.

    `editions` are the other texts of the same pathway that may be in force for a patient (P7): earlier versions, and local
    adaptations as whole pathways, in the order in which they are tried. `started` are the pathways that it starts (P2), by name.
    `national` is what a local adaptation adapts.
    """

    pathway: Pathway | None
    problems: Problems
    source: Source
    editions: tuple[Pathway, ...] = ()
    started: Mapping[str, Loaded] = field(default_factory=dict)
    national: Pathway | None = None


def load(what: str | Path, *, text: bool = False) -> Loaded:
    """Load a shipped pathway by name, a file, a folder that holds one of its own name, or (with `text`) a text.

    Everything wrong is in `problems`, in the file in which it stands; nothing is raised for what an author can write.
    """
    with collector_at_rest():
        if text:
            return _Loader().load(Source("<text>", str(what)), None, _Chain())
        path = named(what)
        if path is not None:
            return _Loader().whole(path, str(what) if Path(what) == path else str(path), _Chain())
    problems = Problems()
    first, *more = str(what).strip().splitlines() or [""]
    name = f"{first[:_LONGEST_NAME]} …" if more else first[:_LONGEST_NAME]
    if more:  # no name has several lines
        problems.add("PW642", None, name=name)
    else:
        problems.add("PW240", None, nearest(name, shipped()), name=name)
    return Loaded(None, problems, Source(name, ""))


@dataclass(frozen=True, slots=True)
class _Chain:
    """The files that led here: by `use`, and by `start`."""

    using: tuple[Path, ...] = ()
    starting: tuple[Path, ...] = ()


class _Loader:
    """One loading, with each file built once."""

    def __init__(self) -> None:
        self._files: dict[tuple[Path, bool], Loaded] = {}

    def whole(self, path: Path, name: str, chain: _Chain) -> Loaded:
        """A file with its other editions."""
        loaded = self.file(path, name, chain)
        pathway = loaded.pathway
        if pathway is None or pathway.kind == "library" or pathway.adaptation is not None:
            return loaded
        editions: list[Pathway] = []
        started = dict(loaded.started)
        for other in self._editions(path, pathway, _Chain(starting=(*chain.starting, path.resolve()))):
            loaded.problems.extend(other.problems)
            started |= other.started
            editions += [] if other.pathway is None else [other.pathway]
        return replace(loaded, editions=tuple(editions), started=started)

    def _editions(self, path: Path, pathway: Pathway, chain: _Chain) -> Iterator[Loaded]:
        """Local adaptations and earlier versions that lie beside a pathway."""
        names = {pathway.name, *pathway.aliases.values()}
        for file in editions_beside(path):
            kind, own = first_line(file)
            if not own or own[0] not in names:
                continue
            if kind == "adapt":
                yield self.file(file, str(file), chain, pathway)
            elif kind == "pathway" and pathway.version and _earlier(version_of(file), pathway.version):
                other = self.file(file, str(file), chain)
                if other.pathway is not None:
                    yield other

    def file(self, path: Path, name: str, chain: _Chain, national: Pathway | None = None) -> Loaded:
        try:
            source = read_source(path, name)
        except OSError as error:
            problems = Problems()
            problems.add("PW241", None, name=name, detail=system_reason(error))
            return Loaded(None, problems, Source(name, "", path))
        return self.load(source, path, chain, national)

    def load(self, source: Source, path: Path | None, chain: _Chain, national: Pathway | None = None) -> Loaded:
        """A text, with what it uses, starts and adapts. `national` is what it adapts, where that is loaded already."""
        if path is not None:
            here = path.resolve()
            chain = _Chain((*chain.using, here), (*chain.starting, here))
        tree, problems = parse(source)
        if not tree.lines and problems.errors:
            # A text that was refused as a whole: nothing more to say of what it lacks.
            return Loaded(None, problems, source)
        libraries: dict[str, Pathway] = {}
        incomplete = any(line.statement.kind == BROKEN and line.words and line.words[0].kind == "USE" for line in tree.lines)
        for word in _with_room(_names_after("use", tree.lines), problems):
            found = self._library(word, path, chain, problems)
            if found is None or found.pathway is None:
                incomplete = True
                continue
            incomplete |= bool(found.problems.errors)
            libraries[found.pathway.name] = found.pathway
        incomplete |= len(problems) > 2 * MOST
        started, called = self._started(tree, path, chain, problems)
        adapting = next(_names_after("adapt", tree.lines), None)
        if adapting is not None and national is None:
            what = self._national(adapting, path, problems)
            if what is None or what.pathway is None:
                return Loaded(None, problems, source)
            national, incomplete = what.pathway, incomplete or bool(what.problems.errors)
            started |= what.started
        pathway, meaning = (
            build(tree, libraries, incomplete=incomplete, started=called)
            if adapting is None or national is None
            else adapted(tree, libraries, national, incomplete=incomplete, started=called)
        )
        problems.extend(capped(_not_caused(meaning, problems), MOST))
        if pathway is not None and started:
            called_there = {name: other.pathway for name, other in started.items() if other.pathway is not None}
            titles = {name: Named(name=name, titles=other.titles) for name, other in called_there.items()}
            pathway = pathway.model_copy(update={"started": titles})
        return Loaded(pathway, problems, source, started=started, national=national)

    def _library(self, word: Word, path: Path | None, chain: _Chain, problems: Problems) -> Loaded | None:
        found = beside(word.value, path)
        if found is None:
            problems.add("PW219", word.span, nearest(word.value, names_beside(path)), name=word.text)
            return None
        resolved = found.resolve()
        if resolved in chain.using:
            problems.add("PW220", word.span, name=word.text, circle=_circle(chain.using, resolved))
            return None
        library = self._once(found, problems, _Chain(using=chain.using))
        if library.pathway is not None and library.pathway.kind != "library":
            problems.add("PW221", word.span, name=word.text)
            return None
        return library

    def _started(
        self, tree: Tree, path: Path | None, chain: _Chain, problems: Problems
    ) -> tuple[dict[str, Loaded], dict[str, str]]:
        """The pathways that a text starts, by their own names; and those names by the names written."""
        started: dict[str, Loaded] = {}
        called: dict[str, str] = {}
        own = {
            name.value for line in tree.lines if line.statement.kind == "pathway" for name in line.words if name.kind == "NAME"
        }
        for word in _with_room(_names_after("start", tree.lines), problems):
            if word.value in called:
                continue
            if word.value in own:
                problems.add("PW268", word.span, name=word.text, circle=f"{word.text} → {word.text}")
                continue
            found = beside(word.value, path)
            if found is None:
                problems.add("PW267", word.span, nearest(word.value, names_beside(path)), name=word.text)
                continue
            if found.resolve() in chain.starting:
                circle = _circle(chain.starting, found.resolve())
                problems.add("PW268", word.span, name=word.text, circle=circle)
                continue
            other = self._once(found, problems, _Chain(starting=chain.starting), whole=True)
            if other.pathway is not None and self._has_patients(other.pathway, word, problems):
                started[other.pathway.name] = other
                called[word.value] = other.pathway.name
        return started, called

    def _national(self, word: Word, path: Path | None, problems: Problems) -> Loaded | None:
        """The pathway that a file adapts."""
        found = beside(word.value, path)
        if found is None:
            problems.add("PW283", word.span, nearest(word.value, names_beside(path)), name=word.text)
            return None
        other = self._once(found, problems, _Chain())
        if other.pathway is not None and not self._has_patients(other.pathway, word, problems):
            return None
        return other

    def _once(self, path: Path, problems: Problems, chain: _Chain, *, whole: bool = False) -> Loaded:
        """A file that another one needs, loaded once; its problems count as the other's."""
        key = (path.resolve(), whole)
        if key not in self._files:
            if path in shipped().values():
                self._files[key] = _loaded_once(path, whole, changed(path))
            else:
                self._files[key] = (self.whole if whole else self.file)(path, str(path), chain)
            problems.extend(self._files[key].problems)
        return self._files[key]

    @staticmethod
    def _has_patients(pathway: Pathway, word: Word, problems: Problems) -> bool:
        if pathway.kind == "library":
            problems.add("PW269", word.span, name=word.text)
        return pathway.kind != "library"


@lru_cache(maxsize=64)
def _loaded_once(path: Path, whole: bool, at: int) -> Loaded:
    """A file that comes with the package, with what it needs, built once: nothing that an author writes changes it."""
    loader = _Loader()
    return (loader.whole if whole else loader.file)(path, str(path), _Chain())


def _circle(chain: tuple[Path, ...], again: Path) -> str:
    return " → ".join([*(path.stem for path in chain[chain.index(again) :]), again.stem])


def _earlier(version: str | None, other: str) -> bool:
    """Whether a version comes before another: numbers by their size, else letters."""

    def key(text: str) -> list[tuple[int, str]]:
        return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|[^\d.]+", text)]

    return version is not None and key(version) < key(other)


def _names_after(kind: str, lines: Iterable[Line]) -> Iterator[Word]:
    """The first name in each line of a kind, wherever it stands."""
    for line in lines:
        if line.statement.kind == kind:
            yield line.statement.words("NAME")[0]
        yield from _names_after(kind, line.children)


def _with_room(words: Iterable[Word], problems: Problems) -> Iterator[Word]:
    """Names of other files, as long as there is room for what is wrong with them: each is looked for in many places."""
    coming = list(words)
    for place, word in enumerate(coming):
        if len(problems) > 2 * MOST:
            problems.add("PW104", word.span, more=len(coming) - place)
            return
        yield word


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
