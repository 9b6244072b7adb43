"""The author's words for parts of a line and for blocks (`grammars/descriptions.toml`, and the table of words)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from pathway.language.source import Language
from pathway.language.words import VALUE_KINDS, table, vocabulary

_MOST = 6
"""More things than this are no help when told what may stand in a place."""


@cache
def descriptions() -> Mapping[str, Mapping[str, Mapping[Language, str]]]:
    """The file of descriptions."""
    return tomllib.loads(files("pathway.grammars").joinpath("descriptions.toml").read_text(encoding="utf-8"))


def part(kind: str, language: Language) -> str:
    """What a message calls a kind of word: the word itself where it is one of the table, else what it is."""
    described = descriptions()["terminals"].get(kind)
    if described is not None:
        return described[language]
    for group, terminal in VALUE_KINDS.items():
        if terminal == kind:
            place = ("en", "nb", "nn").index(language)
            return listed((f"`{words[place]}`" for words in table()["values"][group].values()), language)
    return f"`{vocabulary(language).write(kind)}`"


def parts(kinds: Iterable[str], language: Language) -> str:
    """A list of what may stand in a place, the most telling first; empty when that would be too much to read."""
    names = dict.fromkeys(part(kind, language) for kind in kinds)
    return listed(names, language) if 0 < len(names) <= _MOST else ""


def block(start: str, language: Language) -> str:
    """Where the lines of a block stand."""
    return descriptions()["blocks"][start][language]


def language_name(of: Language, language: Language) -> str:
    return descriptions()["languages"][of][language]


def listed(words: Iterable[str], language: Language) -> str:
    """`a, b or c`."""
    *rest, last = list(words)
    return f"{', '.join(rest)} {descriptions()['joining']['or'][language]} {last}" if rest else last
