"""How like two names are by the words in them: `ER Sepsis Triage` and `sepsis_triage`, `LacticAcid` and "Lactic acid measured"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pathway.language.nearness import near, plain

_WORD = re.compile(r"[A-ZÆØÅ]+(?![a-zæøå])|[A-ZÆØÅ]?[a-zæøåéèäöü]+|\d+|[^\W\d_]+")
_EMPTY = frozenset(map(plain, (
    "the", "of", "to", "a", "an", "and", "in", "is", "by", "og", "i", "på", "til", "av", "en", "et", "ei", "ein", "eit", "for", "med",
    "som",
)))  # fmt: skip
_OF_CODE, _OF_NAME = 0.6, 0.4
"""What it counts that the words of the one are found in the other, and the other way round."""
_LEAST, _UNSURE = 1 / 3, 0.45
"""So much of a name must be found for two to be more like than this."""


@lru_cache(maxsize=100_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a name, as plainly as they can be written; those that say nothing left out. The last always
    says something: `Release A`."""
    found = [plain(word) for word in _WORD.findall(text)]
    return tuple(word for place, word in enumerate(found, 1) if word not in _EMPTY or place == len(found))


def likeness(text: str | Sequence[str], names: Iterable[str]) -> float:
    """How like a name is to the likest of some others: 0 for not at all, 1 for the same words."""
    own = tuple(words(text) if isinstance(text, str) else text)
    return max((_like(own, words(name)) for name in names), default=0.0)


def explained(own: Sequence[str], name: str) -> set[str]:
    """Those of some words that a name has too."""
    return {word for word in own if max((_alike(word, other) for other in words(name)), default=0.0) >= 0.5}


@lru_cache(maxsize=200_000)
def _like(own: tuple[str, ...], others: tuple[str, ...]) -> float:
    if not own or not others:
        return 0.0
    if "".join(own) == "".join(others):
        return 1.0
    found = [0.0] * len(own)
    met = [0.0] * len(others)
    for i, word in enumerate(own):
        for j, other in enumerate(others):
            alike = _alike(word, other)
            found[i], met[j] = max(found[i], alike), max(met[j], alike)
        for start in _initials(word, others):
            # `IC` for "intensive care".
            found[i] = max(found[i], 0.9)
            for j in range(start, start + len(word)):
                met[j] = max(met[j], 0.9)
    named = sum(met) / len(others)
    score = _OF_CODE * sum(found) / len(own) + _OF_NAME * named
    # One word of a long name says little: `Patient` is no "Ambulance drives with the patient".
    return score if named >= _LEAST else min(score, _UNSURE)


def _initials(word: str, others: Sequence[str]) -> list[int]:
    """Where a short word is the first letters of words that stand side by side."""
    if not 2 <= len(word) <= 5:
        return []
    first = "".join(other[0] for other in others)
    return [start for start in range(len(first) - len(word) + 1) if first.startswith(word, start)]


@lru_cache(maxsize=200_000)
def _alike(one: str, other: str) -> float:
    """How like two words are: the same, spelt with a slip, one the beginning of the other, or of one stem."""
    if one == other:
        return 1.0
    if near(one, other) is not None and min(len(one), len(other)) > 3:
        return 0.85
    short, long = sorted((one, other), key=len)
    if len(short) >= 3 and not short.isdigit() and long.startswith(short) and (len(short) >= 5 or 2 * len(short) > len(long)):
        return 0.7 if len(short) < 5 else 0.85
    if len(short) >= 5 and near(short, long[: len(short)]) is not None:
        return 0.65
    if len(short) >= 6 and long.endswith(short):
        return 0.75  # `hoveddiagnose` is a `diagnose`
    common = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(short))
    return common / len(long) if common >= 4 else 0.0
