"""How wide a text is, so that boxes are made to fit it. Widths are of Arial and Helvetica, with a little to spare."""

from __future__ import annotations

_NARROW = frozenset("ijl.,:;'|!()[]·’ ")
_SLIM = frozenset('frtI-/"*')
_WIDE = frozenset("mwMWÆŒ@%—")
_SPARE = 1.04


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in pixels at a font size."""
    ems = sum(_em(letter) for letter in text)
    return ems * size * (1.08 if bold else 1.0) * _SPARE


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.285
    if letter in _SLIM:
        return 0.36
    if letter in _WIDE:
        return 0.89
    if letter.isupper():
        return 0.7
    return 0.556


def wrapped(text: str, size: float, room: float, *, bold: bool = False, lines: int = 3) -> list[str]:
    """A text in lines that fit a width. The last line ends in an ellipsis when there is no room for all."""
    found: list[str] = []
    current = ""
    words = text.split()
    for place, word in enumerate(words):
        candidate = f"{current} {word}".strip()
        if not current or width(candidate, size, bold=bold) <= room:
            current = candidate
            continue
        if len(found) == lines - 1:
            return [*found, shortened(" ".join([current, *words[place:]]), size, room, bold=bold)]
        found.append(current)
        current = word
    return [*found, shortened(current, size, room, bold=bold)] if current else found


def shortened(text: str, size: float, room: float, *, bold: bool = False) -> str:
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"
