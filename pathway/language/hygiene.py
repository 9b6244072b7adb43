"""Texts that are refused as a whole, and reports that are cut short."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from pathway.language.diagnostics import Problems
from pathway.language.source import Source, Span

LARGEST = 1_000_000
"""Characters. The largest pathway that anyone has written has a hundredth of it."""

_UNDECODED = re.compile("[\ud800-\udfff]")
_BLANK = "\ufeff \t\u00a0"
_NOISE = 0.02
_LOOKED_AT = 20_000
_OF_WINDOWS = frozenset("æøåÆØÅäöüÄÖÜéèêëÉÈóòôáàâíçñß«»“”‘’–—…§°½µ\u00a0")


def refused(source: Source, problems: Problems) -> bool:
    """Whether a text is no pathway file at all: not a text, too big, or empty. Bounded whatever the size."""
    text = source.text
    start = Span(source.name, 1, 1, 1, 2)
    if _of_windows(text):
        problems.add("PW643", start)
    elif "\0" in text[:_LOOKED_AT] or _noisy(text[:_LOOKED_AT]):
        problems.add("PW101", start)
    elif len(text) > LARGEST:
        problems.add("PW102", start, size=len(text), most=LARGEST)
    elif _UNDECODED.search(text):
        problems.add("PW101", start)
    elif all(line.strip(_BLANK)[:1] in ("", "#") for line in text.splitlines()):
        problems.add("PW103", start)
    else:
        return False
    return True


def _of_windows(text: str) -> bool:
    """Whether what could not be decoded is what people here write, in Latin-1 or the character set of Windows."""
    undecoded = {*_UNDECODED.findall(text[:_LOOKED_AT])}
    meant = {each.encode("utf-8", errors="surrogateescape").decode("cp1252", errors="replace") for each in undecoded}
    return bool(meant) and meant <= _OF_WINDOWS and not _noisy(_UNDECODED.sub("", text[:_LOOKED_AT]))


def _noisy(text: str) -> bool:
    """Whether too much of a text is signs that no text has: controls, characters that could not be decoded."""
    odd = sum(count for character, count in Counter(text).items() if _odd(character))
    return odd > max(3, len(text) * _NOISE)


def _odd(character: str) -> bool:
    if character in "\t\n\r\f\v":
        return False
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs")


def capped(problems: Problems, most: int) -> Problems:
    """The first problems by place, with a closing note of how many more there are."""
    found = list(problems)
    if len(found) <= most:
        return problems
    shown = Problems()
    for each in found[:most]:
        shown.add(each.code, each.span, each.suggestion, **each.values)
    shown.add("PW104", found[most].span, more=len(found) - most)
    return shown
