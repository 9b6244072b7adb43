"""Codes as a mapping names them: a code itself, all that begin alike (`"WMAA*"`), or a range with what is beneath it
(`"I60-I69"`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")

_RANGE = re.compile(r"([A-Za-z]*\d[A-Za-z0-9]*)\s*[-–]\s*([A-Za-z]*\d[A-Za-z0-9]*)")


class Codes(Generic[Meaning]):
    """What codes mean. A code itself comes before a beginning, a longer beginning before a shorter, and these before ranges."""

    def __init__(self, told: Mapping[str, Meaning]) -> None:
        self._exact = dict(told)
        beginnings = sorted((code for code in told if len(code) > 1 and code.endswith("*")), key=len, reverse=True)
        self._beginnings = [(code[:-1], told[code]) for code in beginnings]
        self._ranges = [(*found, told[code]) for code in told if (found := range_of(code)) is not None]

    def get(self, code: str) -> Meaning | None:
        """What a code means; None when it means nothing. Space around it is no part of it."""
        if code in self._exact:
            return self._exact[code]
        bare = code.strip()
        for beginning, meaning in self._beginnings:
            if bare.startswith(beginning):
                return meaning
        for low, high, meaning in self._ranges:
            if low <= bare[: len(low)].upper() <= high and len(bare) >= len(low):
                return meaning
        return None


def range_of(code: str) -> tuple[str, str] | None:
    """The ends of a range, in capitals, if it is one: both written alike, the lower first."""
    found = _RANGE.fullmatch(code)
    if found is None:
        return None
    low, high = found[1].upper(), found[2].upper()
    return (low, high) if len(low) == len(high) and low <= high and _shape(low) == _shape(high) else None


def listed(codes: Iterable[str]) -> Codes[bool]:
    """Codes of which only is asked whether one is among them."""
    return Codes(dict.fromkeys(codes, True))


def _shape(code: str) -> str:
    return re.sub(r"\d", "0", re.sub(r"[A-Z]", "A", code))
