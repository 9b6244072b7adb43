"""Which language a file is written in.

The first keyword settles English or Norwegian; a line `language nn` (`språk nn`) says Nynorsk, which shares that keyword with
Bokmål; where neither says it, the words that only one of the languages has do.
"""

from __future__ import annotations

from collections import Counter

from pathway.language.layout import Layout
from pathway.language.lexer import WORD
from pathway.language.source import LANGUAGES, Language
from pathway.language.words import fold, table, telling

OPENING = ("PATHWAY", "LIBRARY", "ADAPT")


def settle(layout: Layout) -> Language:
    """The language of a text. A text that tells nothing counts as Bokmål: most authors write it."""
    counted: Counter[Language] = Counter()
    said: Language | None = None
    opened: set[Language] = set()
    languages = _words("LANGUAGE")
    openings = _words(*OPENING)
    for line in layout.walk():
        words = [fold(atom.value) for atom in line.atoms if atom.kinds == (WORD,)]
        if not words:
            continue
        if said is None and len(line.atoms) == 2 and words[0] in languages and words[-1] in LANGUAGES:
            said = next(language for language in LANGUAGES if language == words[-1])
        if not opened:
            opened = openings.get(words[0], set())
        counted.update(telling()[word] for word in words if word in telling())
    if said is not None and (not opened or said in opened):
        return said
    ranked = sorted(opened or LANGUAGES, key=lambda language: (-counted[language], ("nb", "nn", "en").index(language)))
    return ranked[0]


def _words(*kinds: str) -> dict[str, set[Language]]:
    """The words of some keywords, with the languages in which they are that."""
    found: dict[str, set[Language]] = {}
    for kind in kinds:
        for language in LANGUAGES:
            for word in table()["keywords"][kind][language]:
                found.setdefault(fold(word), set()).add(language)
    return found
