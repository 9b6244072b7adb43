"""The names of a pathway while it is built: what is declared, as what, and what an unknown name may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from pathway.language.diagnostics import Problems
from pathway.language.nearness import plain
from pathway.language.source import Language, Span
from pathway.language.tree import BROKEN, Line, Word
from pathway.language.words import vocabulary

Kind = Literal[
    "event",
    "message",
    "resource",
    "party",
    "fact",
    "element",
    "condition",
    "band",
    "stage",
    "handover",
    "source",
    "role",
    "rule",
    "library",
    "indicator",
    "pathway",
]

KIND_WORDS: dict[Kind, dict[Language, str]] = {
    "event": {"en": "an event", "nb": "en hendelse", "nn": "ei hending"},
    "message": {"en": "a message", "nb": "en melding", "nn": "ei melding"},
    "resource": {"en": "a resource", "nb": "en ressurs", "nn": "ein ressurs"},
    "party": {"en": "a party", "nb": "en aktør", "nn": "ein aktør"},
    "fact": {"en": "a fact", "nb": "en opplysning", "nn": "ei opplysning"},
    "element": {"en": "a content of a message", "nb": "et innhold i en melding", "nn": "eit innhald i ei melding"},
    "condition": {"en": "a named condition", "nb": "et navngitt vilkår", "nn": "eit namngjeve vilkår"},
    "stage": {"en": "a stage", "nb": "en fase", "nn": "ein fase"},
    "handover": {"en": "a handover", "nb": "en overføring", "nn": "ei overføring"},
    "source": {"en": "a source", "nb": "en kilde", "nn": "ei kjelde"},
    "role": {"en": "a role", "nb": "en rolle", "nn": "ei rolle"},
    "rule": {"en": "a rule", "nb": "en regel", "nn": "ein regel"},
    "library": {"en": "a library", "nb": "et bibliotek", "nn": "eit bibliotek"},
    "band": {"en": "a fact in groups", "nb": "en gruppert opplysning", "nn": "ei gruppert opplysning"},
    "indicator": {"en": "an indicator", "nb": "en indikator", "nn": "ein indikator"},
}

OTHER_WORDS: dict[tuple[Kind, ...], dict[Language, str]] = {
    ("condition", "fact"): {
        "en": "a yes-or-no fact or a named condition",
        "nb": "en ja-eller-nei-opplysning eller et navngitt vilkår",
        "nn": "ei ja-eller-nei-opplysning eller eit namngjeve vilkår",
    },
    ("message", "event", "fact"): {
        "en": "a message, an event or a fact",
        "nb": "en melding, en hendelse eller en opplysning",
        "nn": "ei melding, ei hending eller ei opplysning",
    },
    ("stage", "party", "resource", "event", "message"): {
        "en": "a stage, a party, a resource, an event or a message",
        "nb": "en fase, en aktør, en ressurs, en hendelse eller en melding",
        "nn": "ein fase, ein aktør, ein ressurs, ei hending eller ei melding",
    },
    ("fact", "band", "party"): {
        "en": "a fact, its groups or a party",
        "nb": "en opplysning, gruppene av den eller en aktør",
        "nn": "ei opplysning, gruppene av ho eller ein aktør",
    },
}
"""What is wanted where several kinds can stand and none of them is the usual one."""

STAGE_OR_END: dict[Language, str] = {"en": "a stage or an end", "nb": "en fase eller slutt", "nn": "ein fase eller slutt"}
"""Where a transition may lead."""

_DECLARED_BY_A_LINE = ("event", "message", "resource", "party", "stage", "end")
_WITH: dict[Language, str] = {"en": ", with", "nb": ", med", "nn": ", med"}
_OR_END: dict[Language, str] = {
    "en": "; an end may have the name too, with", "nb": "; en slutt kan også hete det, med", "nn": "; ein slutt kan òg heite det, med"
}  # fmt: skip
_NO_LINE: dict[Language, str] = {"en": "", "nb": "", "nn": ""}

_MOST_COMPARED = 20_000
"""Names that unknown ones are held against, all in all: a text that needs more has another trouble than spelling."""

_TOGETHER: tuple[frozenset[Kind], ...] = (
    frozenset({"event", "message", "resource"}),
    frozenset({"fact", "condition", "band"}),
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

    def __init__(self, problems: Problems, written: Language = "nb") -> None:
        """`written` is the language of the text."""
        self.problems = problems
        self._written = written
        self._declared: dict[tuple[Kind, str], Declared] = {}
        self.perhaps: set[str] = set()
        """Names on lines that could not be read: they may have been declared there, so nothing is said of them."""
        self.incomplete = False
        """A library is missing: any unknown name may be one of its, so nothing is said of them either."""
        self.rules_missing = False
        """A handover that could not be used would have given rules: nothing is said of unknown names of rules."""
        self._told: set[str] = set()
        self._compared = 0

    def allow_broken(self, lines: Iterable[Line], beneath: bool = False) -> None:
        """Let every name on a line that could not be read, and beneath it, count as declared."""
        for line in lines:
            broken = beneath or any(statement.kind == BROKEN for statement in line.statements)
            if broken:
                self.perhaps.update(text for word in line.words for text in (word.value, word.text))
                self.rules_missing |= any(word.kind == "HANDOVER" for word in line.words)
            self.allow_broken(line.children, broken)

    def declare(self, kind: Kind, name: str, span: Span | None, aliases: Iterable[tuple[str, Span | None]] = ()) -> bool:
        """Note a name and its aliases; False (and a problem) when the name is taken. A taken alias leads to the first."""
        if self._taken(kind, name, span):
            return False
        declared = self._declared[kind, name] = Declared(kind, name, span)
        self.declare_aliases(declared, aliases)
        return True

    def declare_aliases(self, declared: Declared, aliases: Iterable[tuple[str, Span | None]]) -> None:
        """Note more names of what is declared; those that are taken are a problem each."""
        for alias, place in aliases:
            if alias != declared.name and not self._taken(declared.kind, alias, place):
                self._declared[declared.kind, alias] = declared

    def _taken(self, kind: Kind, name: str, span: Span | None) -> bool:
        together = next((group for group in _TOGETHER if kind in group), frozenset({kind}))
        before = next((self._declared[taken, name] for taken in sorted(together) if (taken, name) in self._declared), None)
        if before is not None:
            where = place_in_words(before.span, span)
            self.problems.add("PW203", span, name=name, kind=KIND_WORDS[before.kind], where=where)
        return before is not None

    def find(self, name: str, *kinds: Kind) -> Declared | None:
        return next((self._declared[kind, name] for kind in kinds if (kind, name) in self._declared), None)

    def resolve(self, word: Word, *kinds: Kind, wanted: dict[Language, str] | None = None) -> Declared | None:
        """What a word names, among the kinds that can stand there; else None, with a problem that says what it may mean.
        `wanted` is what the place calls for, where that is not the kind's own word."""
        found = self.find(word.value, *kinds)
        if found is not None:
            return found
        if self.may_be(word):
            return None
        wanted = wanted or OTHER_WORDS.get(kinds) or KIND_WORDS[kinds[0]]
        other = next((d for (_, name), d in self._declared.items() if name == word.value), None)
        if other is not None:
            line = self._line("end", word, _OR_END) if wanted is STAGE_OR_END else _NO_LINE
            self.problems.add("PW202", word.span, name=word.text, kind=KIND_WORDS[other.kind], wanted=wanted, line=line)
        else:
            self.unknown(word, wanted, self.nearest(word.value, kinds), kinds[0])
        return None

    def _line(self, kind: str, word: Word, before: Mapping[Language, str] = _WITH) -> dict[Language, str]:
        """The line that would declare a name, as a message adds it; nothing for what takes more to declare."""
        keyword = vocabulary(self._written).write(kind.upper()) if kind in _DECLARED_BY_A_LINE else ""
        if not keyword or not word.value.isidentifier():
            return _NO_LINE
        by = f" {vocabulary(self._written).write('BY')} …" if kind == "stage" else ""
        return {language: f'{said} `{keyword} {word.text} "…"{by}`' for language, said in before.items()}

    def may_be(self, word: Word) -> bool:
        """Whether an unknown name may have been declared where nothing could be read: then nothing is said of it."""
        if self.incomplete or word.value in self.perhaps or word.text in self.perhaps:
            return True
        return word.kind == "DOTTED" and any(part in self.perhaps for part in word.value.split("."))

    def unknown(self, word: Word, wanted: dict[Language, str], suggestion: str | None, kind: str = "") -> None:
        """Say that a name is not declared: at each place where it is misspelt, but once where its declaration is missing."""
        if suggestion is None and word.value in self._told:
            return
        self._told.add(word.value)
        line = _NO_LINE if suggestion is not None else self._line(kind, word)
        self.problems.add("PW201", word.span, suggestion, name=word.text, wanted=wanted, line=line)

    def name(self, word: Word, *kinds: Kind, wanted: dict[Language, str] | None = None) -> str | None:
        found = self.resolve(word, *kinds, wanted=wanted)
        return None if found is None else found.name

    def names(self, words: Iterable[Word], *kinds: Kind) -> tuple[str, ...]:
        return tuple(name for word in words if (name := self.name(word, *kinds)) is not None)

    def nearest(self, name: str, kinds: Iterable[Kind]) -> str | None:
        known = [each for kind in kinds for each in self._of(kind)]
        self._compared += len(known)
        return nearest(name, known) if self._compared <= _MOST_COMPARED else None

    def _of(self, kind: Kind) -> Iterator[str]:
        return (name for (k, name) in self._declared if k == kind)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like a wrong one, if any is like it at all. Accents and case make no difference."""
    by_sound = {plain(each): each for each in known}
    found = difflib.get_close_matches(plain(name), list(by_sound), 1, 0.7)
    return by_sound[found[0]] if found else None


def place_in_words(place: Span | None, beside: Span | None) -> dict[Language, str]:
    """A line as a message names it; with its file where that is another one."""
    if place is None:
        return {"en": "elsewhere", "nb": "et annet sted", "nn": "ein annan stad"}
    file = "" if beside is not None and beside.file == place.file else PurePath(place.file).name
    if not file:
        return {language: f"{word} {place.line}" for language, word in _LINE.items()}
    return {language: f"{file}, {word} {place.line}" for language, word in _LINE.items()}


_LINE: dict[Language, str] = {"en": "line", "nb": "linje", "nn": "linje"}
