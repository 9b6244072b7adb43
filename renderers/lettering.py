"""How wide a text is, so that boxes are made to fit it, and how it is laid in lines. Widths are of Arial, Helvetica and Liberation
Sans, which share them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from pathway.language.source import Language

Style = Literal["plain", "bold", "soft"]

_PLAIN = {
    191: "'’‘",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft·",
    333: "()-`r•“”",
    355: '"',
    389: "*",
    400: "°",
    469: "^",
    500: "Jckvxyzs",
    549: "≤≥",
    556: "#$?_abdeghnopqu0123456789–«»§L£€",
    584: "+<=>~−×÷",
    611: "FTZøß",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQØ",
    833: "Mm",
    889: "%æ",
    944: "W",
    1000: "Æ—…→←↩↻✓",
    1015: "@",
}
_BOLD = {
    278: " ,./I\\ijl·'’‘",
    333: "!()-:;[]`ft•",
    389: "*r",
    400: "°",
    474: '"',
    500: "z“”",
    549: "≤≥",
    556: "#$_aceksvxyJ0123456789–«»§",
    584: "+<=>~^−×÷",
    611: "FLTZbdghnopqu?øß",
    667: "EPSVXY",
    722: "ABCDHKNRU&",
    778: "GOQwØ",
    833: "M",
    889: "%mæ",
    944: "W",
    975: "@",
    1000: "Æ—…→←↩↻✓",
}
_ACCENTED = str.maketrans(
    "åäáàâãéèêëíìîïóòôöõúùûüñçÅÄÁÀÂÉÈÊËÍÓÒÔÖÚÙÛÜÑÇšŠžŽđČčŋ", "aaaaaaeeeeiiiiooooouuuuncAAAAAEEEEIOOOOUUUUNCsSzZdCcn"
)
_UNKNOWN = 1000
"""A letter that is not in the tables is taken to be wide, so that a text never runs over its edge."""
_SPARE = 1.015
_LONG = 10
"""Letters of a word that may be parted at all."""
_PATTERNS: dict[Language, str] = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}


@cache
def _widths(bold: bool) -> dict[str, int]:
    return {letter: wide for wide, letters in (_BOLD if bold else _PLAIN).items() for letter in letters}


@cache
def _thousandths(text: str, bold: bool) -> int:
    widths = _widths(bold)
    return sum(widths.get(letter, _UNKNOWN) for letter in text.translate(_ACCENTED))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in pixels at a font size, with a little to spare."""
    return _thousandths(text, bold) * size / 1000 * _SPARE


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style."""

    text: str
    style: Style = "plain"

    def wide(self, size: float) -> float:
        return width(self.text, size, bold=self.style == "bold")


Line = tuple[Run, ...]


def wide(line: Iterable[Run], size: float) -> float:
    return sum(run.wide(size) for run in line)


def flowed(runs: Sequence[Run], size: float, room: float, language: Language = "nb") -> list[Line]:
    """Runs in lines that fit a width. Nothing is left out: a word that is wider than the room is parted where the language parts
    words, else where the room ends."""
    lines: list[list[Run]] = [[]]
    left = room
    for word in _words(runs):
        shown = replace(word, text=" " + word.text) if lines[-1] else word
        if shown.wide(size) > left and lines[-1]:
            lines.append([])
            left, shown = room, word
        while shown.wide(size) > left and len(shown.text) > 1:
            at = _fitting(shown, size, left, language)
            lines[-1].append(replace(shown, text=shown.text[:at] + "-"))
            lines.append([])
            left, shown = room, replace(shown, text=shown.text[at:])
        lines[-1].append(shown)
        left -= shown.wide(size)
    return [_joined(line) for line in lines if line]


def _words(runs: Sequence[Run]) -> list[Run]:
    return [Run(word, run.style) for run in runs for word in run.text.split()]


def _fitting(word: Run, size: float, room: float, language: Language) -> int:
    """How many letters of a word stand before its hyphen."""

    def fits(at: int) -> bool:
        return width(word.text[:at] + "-", size, bold=word.style == "bold") <= room

    parted = next((at for at in reversed(_hyphens(word.text, language)) if fits(at)), None)
    return parted or next((at for at in range(len(word.text) - 1, 0, -1) if fits(at)), 1)


@cache
def _hyphens(word: str, language: Language) -> list[int]:
    """Where a long word may be parted."""
    import pyphen

    if len(word) < _LONG:
        return []
    return [int(at) for at in pyphen.Pyphen(lang=_PATTERNS[language], left=4, right=3).positions(word)]


def longest(text: str, size: float, language: Language, *, bold: bool = False) -> float:
    """The width that a text needs for its longest word, which may be parted once."""
    found = 0.0
    for word in text.split():
        whole = width(word, size, bold=bold)
        parted = [
            max(width(word[:at] + "-", size, bold=bold), width(word[at:], size, bold=bold)) for at in _hyphens(word, language)
        ]
        found = max(found, min([whole, *parted]))
    return found


def _joined(line: Sequence[Run]) -> Line:
    """Neighbours in one style made one."""
    found: list[Run] = []
    for run in line:
        if found and found[-1].style == run.style:
            found[-1] = Run(found[-1].text + run.text, run.style)
        else:
            found.append(run)
    return tuple(found)


def wrapped(text: str, size: float, room: float, language: Language = "nb", *, bold: bool = False) -> list[str]:
    """A text in lines that fit a width."""
    return [
        "".join(run.text for run in line) for line in flowed([Run(text, "bold" if bold else "plain")], size, room, language)
    ]


def shortened(text: str, most: int) -> str:
    """A text of at most so many letters, cut at a word and ended by an ellipsis."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,·") + "…"
