"""Which language a file is written in.

The first keyword settles English or Norwegian; a line `language nn` (`språk nn`) says Nynorsk, which shares that keyword with
Bokmål; where neither says it, the words that only one of the languages has do.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from pathway.language.described import language_name
from pathway.language.diagnostics import Problems
from pathway.language.layout import Layout, RawLine
from pathway.language.lexer import WORD
from pathway.language.source import LANGUAGES, Language
from pathway.language.words import fold, table, telling

OPENING = ("PATHWAY", "LIBRARY", "ADAPT")


def settle(layout: Layout) -> Language:
    """The language of a text. A text that tells nothing counts as Bokmål: most authors write it."""
    opened: set[Language] = next((found for line in layout.walk() if (found := _opening(line))), set())
    said: Language | None = next((word for line in layout.walk() if (word := _said(line))), None)
    if said is not None and (not opened or said in opened):
        return said
    if len(opened) == 1:
        return next(iter(opened))
    known = telling()
    words = Counter(atom.value for line in layout.walk() for atom in line.atoms if atom.kinds[:1] == (WORD,))
    counted: Counter[Language] = Counter()
    for text, count in words.items():
        owner = known.get(fold(text))
        if owner is not None:
            counted[owner] += count
    likely: tuple[Language, ...] = ("nb", "nn", "en")
    ranked: list[Language] = sorted(opened or likely, key=lambda language: (-counted[language], likely.index(language)))
    return ranked[0]


def contradiction(layout: Layout, language: Language, file: str, problems: Problems) -> None:
    """Report a `language` line that says another language than the file is written in."""
    for line in layout.walk():
        said = _said(line)
        if said is not None and said != language:
            values = {"said": language_name(said), "written": language_name(language)}
            problems.add("PW105", line.atoms[-1].span(file), str(language), **values)


def _said(line: RawLine) -> Language | None:
    """What a line `language nn` says."""
    if len(line.atoms) == 2 and fold(line.atoms[0].value) in _words("LANGUAGE"):
        return next((language for language in LANGUAGES if language == fold(line.atoms[1].value)), None)
    return None


def _opening(line: RawLine) -> set[Language]:
    """The languages of the keyword that opens the file, if this is the line."""
    return _words(*OPENING).get(fold(line.atoms[0].value), set()) if line.level == 0 else set()


def opening_words() -> set[str]:
    """The words, in any language, with which a file begins."""
    return set(_words(*OPENING))


@cache
def _words(*kinds: str) -> dict[str, set[Language]]:
    """The words of some keywords, with the languages in which they are that."""
    found: dict[str, set[Language]] = {}
    for kind in kinds:
        for language in LANGUAGES:
            for word in table()["keywords"][kind][language]:
                found.setdefault(fold(word), set()).add(language)
    return found
