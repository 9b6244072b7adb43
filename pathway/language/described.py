"""The author's words for parts of a line and for blocks (`grammars/descriptions.toml`, and the table of words)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pathway.language.source import LANGUAGES, Language
from pathway.language.texts import texts_of
from pathway.language.words import VALUE_KINDS, table, vocabulary


def descriptions() -> Mapping[str, Mapping[str, Mapping[Language, str]]]:
    """The file of descriptions."""
    return texts_of("descriptions")


Told = Mapping[Language, str]
"""A piece of a message, in each language."""


def part(kind: str, written: Language) -> Told:
    """What a message calls a kind of word: the word itself, in the language in which the file is written, where it is one of
    the table; else what it is."""
    described = descriptions()["terminals"].get(kind)
    if described is not None:
        return described
    for group, terminal in VALUE_KINDS.items():
        if terminal == kind:
            own = vocabulary(written)
            return listed(same(f"`{own.write(kind, value.rstrip('_'))}`") for value in table()["values"][group])
    return same(f"`{vocabulary(written).write(kind)}`")


def parts(kinds: Iterable[str], written: Language) -> Told:
    """A list of what may stand in a place."""
    return listed(part(kind, written) for kind in kinds)


def block(start: str) -> Told:
    """Where the lines of a block stand."""
    return descriptions()["blocks"][start]


def language_name(language: Language) -> Told:
    return descriptions()["languages"][language]


def same(text: str) -> Told:
    """What is the same in every language."""
    return dict.fromkeys(LANGUAGES, text)


def listed(pieces: Iterable[Told]) -> Told:
    """`a, b or c`."""
    each = list(pieces)
    told: dict[Language, str] = {}
    for language in LANGUAGES:
        *rest, last = dict.fromkeys(piece[language] for piece in each)
        joining = descriptions()["joining"]["or"][language]
        told[language] = f"{', '.join(rest)} {joining} {last}" if rest else last
    return told
