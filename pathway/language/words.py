"""The table of words (`grammars/keywords.json`): which words of each language mean which terminal of the grammar.

Three kinds of entries come together here. *Keywords* (`expect`, `at least`) are function words, reserved in all three
languages at once, or soft words, which are keywords only where the grammar can take them. *Values* (`law`, `specialist`,
`late`) and *units* (`days`, `working days`) are soft too; their word is turned into one canonical value.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from pathway.language.source import LANGUAGES, Language

VALUE_KINDS: Mapping[str, str] = {
    "level": "LEVEL_VALUE",
    "force": "FORCE_VALUE",
    "severity": "SEVERITY_VALUE",
    "breakkind": "BREAKKIND",
    "subtype": "SUBTYPE",
    "phase": "PHASE",
}
"""The groups of values in the table, with the terminal that each is."""


_LONGEST_NAME = 40
"""Of names that are made, not written."""


class Meaning(NamedTuple):
    """One reading of a word or phrase. `words` are the phrase's words, folded; `value` what it stands for."""

    words: tuple[str, ...]
    kind: str
    value: str
    reserved: bool
    written: str
    """The phrase as the table writes it."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language: readings by the first word of a phrase, longest phrase first."""

    language: Language
    meanings: Mapping[str, tuple[Meaning, ...]]
    spelling: Mapping[tuple[str, str], str]
    """The word to write for a terminal and a value: the canonical one, first in the table."""

    def of(self, word: str) -> tuple[Meaning, ...]:
        return self.meanings.get(fold(word), ())

    def write(self, kind: str, value: str | None = None) -> str:
        """The word that an author would write for a terminal; empty when it is no word of the table."""
        return self.spelling.get((kind, kind if value is None else value), "")


def fold(word: str) -> str:
    """A word as the table knows it: composed (`å` may come as `a` and a ring), small letters."""
    return word.lower() if word.isascii() else unicodedata.normalize("NFC", word).casefold()


def as_name(text: str) -> str:
    """A name made of a text, small letters and `_` between its words; empty when it has neither letter nor digit."""
    letters = unicodedata.normalize("NFC", text.casefold())
    return re.sub(r"\W+", "_", letters).strip("_")[:_LONGEST_NAME].rstrip("_")


@cache
def table() -> Mapping[str, Any]:
    """The table of words as it stands in the file."""
    text = files("pathway.grammars").joinpath("keywords.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def _entries(language: Language) -> list[Meaning]:
    """Every reading of a language, canonical word first within each terminal and value."""
    place = LANGUAGES.index(language)
    found: list[Meaning] = []

    def note(phrase: str, kind: str, value: str, reserved: bool = False) -> None:
        found.append(Meaning(tuple(fold(phrase).split()), kind, value, reserved, phrase))

    for kind, entry in table()["keywords"].items():
        for phrase in entry[language]:
            note(phrase, kind, kind, entry["class"] == "function")
    for unit, forms in table()["units"].items():
        for phrase in dict.fromkeys(forms[language]):
            note(phrase, "TIMEUNIT", unit)
    for group, kind in VALUE_KINDS.items():
        for value, words in table()["values"][group].items():
            for phrase in [words[place]] if isinstance(words[place], str) else words[place]:
                note(phrase, kind, value.rstrip("_"))
    for code in LANGUAGES:
        note(code, "LANG", code)
    return found


@cache
def vocabulary(language: Language) -> Vocabulary:
    """The words of a language, ready for looking up."""
    entries = _entries(language)
    meanings: dict[str, list[Meaning]] = {}
    spelling: dict[tuple[str, str], str] = {}
    for entry in entries:
        meanings.setdefault(entry.words[0], []).append(entry)
        spelling.setdefault((entry.kind, entry.value), entry.written)
    ordered = {word: tuple(sorted(found, key=lambda m: -len(m.words))) for word, found in meanings.items()}
    return Vocabulary(language, ordered, spelling)


@cache
def reserved() -> Mapping[str, Meaning]:
    """The single function words of all three languages: none of them can be a name, whatever a file's language is."""
    found: dict[str, Meaning] = {}
    for language in LANGUAGES:
        for entry in _entries(language):
            if entry.reserved and len(entry.words) == 1:
                found.setdefault(entry.words[0], entry)
    return found


@cache
def telling() -> Mapping[str, Language]:
    """Words that only one of the languages has: what tells Bokmål from Nynorsk, and Norwegian from English."""
    owners: dict[str, set[Language]] = {}
    for language in LANGUAGES:
        for entry in _entries(language):
            for word in entry.words:
                owners.setdefault(word, set()).add(language)
    return {word: next(iter(known)) for word, known in owners.items() if len(known) == 1}


@cache
def mingled(language: Language) -> Vocabulary:
    """The words of a language, then those of its sisters: what a line is read with to see whether it mixes languages."""
    own = vocabulary(language)
    meanings = dict(own.meanings)
    for sister in LANGUAGES:
        if sister != language:
            for word, found in vocabulary(sister).meanings.items():
                meanings[word] = (*meanings.get(word, ()), *(m for m in found if m.kind != "LANG"))
    return Vocabulary(language, meanings, own.spelling)


def languages_of(phrase: str) -> list[Language]:
    """The languages in which a phrase is a word of the table."""
    words = tuple(fold(phrase).split())
    return [
        language
        for language in LANGUAGES
        if words and any(meaning.words == words for meaning in vocabulary(language).meanings.get(words[0], ()))
    ]
