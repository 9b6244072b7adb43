"""The names of a pathway while it is built: what is declared, as what, and what an unknown name may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pathway.language.diagnostics import Problems
from pathway.language.source import Language, Span
from pathway.language.tree import BROKEN, Line, Word

Kind = Literal[
    "event", "message", "resource", "party", "fact", "condition", "stage", "handover", "source", "role", "rule", "library"
]

KIND_WORDS: dict[Kind, dict[Language, str]] = {
    "event": {"en": "an event", "nb": "en hendelse", "nn": "ei hending"},
    "message": {"en": "a message", "nb": "en melding", "nn": "ei melding"},
    "resource": {"en": "a resource", "nb": "en ressurs", "nn": "ein ressurs"},
    "party": {"en": "a party", "nb": "en aktør", "nn": "ein aktør"},
    "fact": {"en": "a fact", "nb": "en opplysning", "nn": "ei opplysning"},
    "condition": {"en": "a named condition", "nb": "et navngitt vilkår", "nn": "eit namngjeve vilkår"},
    "stage": {"en": "a stage", "nb": "en fase", "nn": "ein fase"},
    "handover": {"en": "a handover", "nb": "en overføring", "nn": "ei overføring"},
    "source": {"en": "a source", "nb": "en kilde", "nn": "ei kjelde"},
    "role": {"en": "a role", "nb": "en rolle", "nn": "ei rolle"},
    "rule": {"en": "a rule", "nb": "en regel", "nn": "ein regel"},
    "library": {"en": "a library", "nb": "et bibliotek", "nn": "eit bibliotek"},
}

_TOGETHER: tuple[frozenset[Kind], ...] = (
    frozenset({"event", "message", "resource"}),
    frozenset({"fact", "condition"}),
)
"""Kinds that are named in the same places: one name cannot be two of them."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a name stands for: its kind and the main name (an alias leads to it)."""

    kind: Kind
    name: str
    span: Span | None


class Scope:
    """All declared names, and where the problems with them are noted."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._declared: dict[tuple[Kind, str], Declared] = {}
        self.perhaps: set[str] = set()
        """Names on lines that could not be read: they may have been declared there, so nothing is said of them."""
        self.incomplete = False
        """A library is missing: any unknown name may be one of its, so nothing is said of them either."""
        self._told: set[str] = set()

    def allow_broken(self, lines: Iterable[Line]) -> None:
        for line in lines:
            for statement in line.statements:
                if statement.kind == BROKEN:
                    self.perhaps.update(word.value for word in statement.words())
                    self.perhaps.update(word.text for word in statement.words())
            self.allow_broken(line.children)

    def declare(self, kind: Kind, name: str, span: Span | None, aliases: Iterable[str] = ()) -> bool:
        """Note a name; False (and a problem) when it is taken."""
        together = next((group for group in _TOGETHER if kind in group), frozenset({kind}))
        for taken in sorted(together):
            before = self._declared.get((taken, name))
            if before is not None:
                where = before.span.line if before.span else 0
                file = before.span.file if before.span else ""
                self.problems.add("PW203", span, name=name, kind=KIND_WORDS[taken], line=where, file=file)
                return False
        for known in (name, *aliases):
            self._declared.setdefault((kind, known), Declared(kind, name, span))
        return True

    def find(self, name: str, *kinds: Kind) -> Declared | None:
        return next((self._declared[kind, name] for kind in kinds if (kind, name) in self._declared), None)

    def resolve(self, word: Word, *kinds: Kind) -> Declared | None:
        """What a word names, among the kinds that can stand there; else None, with a problem that says what it may mean."""
        found = self.find(word.value, *kinds)
        if found is not None:
            return found
        if self.incomplete or word.value in self.perhaps or word.text in self.perhaps:
            return None
        wanted = KIND_WORDS[kinds[0]]
        other = next((d for (_, name), d in self._declared.items() if name == word.value), None)
        if other is not None:
            self.problems.add("PW202", word.span, name=word.text, kind=KIND_WORDS[other.kind], wanted=wanted)
        else:
            self.unknown(word, wanted, self.nearest(word.value, kinds))
        return None

    def unknown(self, word: Word, wanted: dict[Language, str], suggestion: str | None) -> None:
        """Say that a name is not declared: at each place where it is misspelt, but once where its declaration is missing."""
        if suggestion is None and word.value in self._told:
            return
        self._told.add(word.value)
        self.problems.add("PW201", word.span, suggestion, name=word.text, wanted=wanted)

    def name(self, word: Word, *kinds: Kind) -> str | None:
        found = self.resolve(word, *kinds)
        return None if found is None else found.name

    def names(self, words: Iterable[Word], *kinds: Kind) -> tuple[str, ...]:
        return tuple(name for word in words if (name := self.name(word, *kinds)) is not None)

    def nearest(self, name: str, kinds: Iterable[Kind]) -> str | None:
        return nearest(name, (known for kind in kinds for known in self._of(kind)))

    def _of(self, kind: Kind) -> Iterator[str]:
        return (name for (k, name) in self._declared if k == kind)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like a wrong one, if any is like it at all."""
    return next(iter(difflib.get_close_matches(name, list(known), 1, 0.7)), None)
