"""Counts and shares as people write them."""

from __future__ import annotations

from pathway.language.source import Language


def count(number: int, language: Language) -> str:
    """A count, with its thousands set off."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", "\u00a0")


def share(part: int, whole: int, language: Language) -> str:
    """A part of a whole in percent, with one decimal where that says something."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        told = "< 0.1"
    elif 99.9 < percent < 100:
        told = "> 99.9"
    else:
        told = f"{percent:.1f}".removesuffix(".0")
    return f"{told}%" if language == "en" else f"{told}\u00a0%".replace(".", ",")
