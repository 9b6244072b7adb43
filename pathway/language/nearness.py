"""How near two words are: for finding what an author meant by a misspelt one."""

from __future__ import annotations

import re
import unicodedata

_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "ð": "d", "ß": "ss"})


def plain(word: str) -> str:
    """A word as someone types it who has no Norwegian keyboard."""
    decomposed = unicodedata.normalize("NFD", word.casefold()).translate(_PLAIN)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def loose(name: str) -> str:
    """A name as it compares with others that differ in nothing but case, accents, and a space or a hyphen for `_`."""
    return re.sub(r"[\s-]+", "_", plain(name).strip())


def near(written: str, meant: str) -> int | None:
    """The number of slips (a letter wrong, missing, too many, or two swapped) between two words, 0 when they differ in accents
    and spaces only; None when the words are too far apart for one to be taken for the other."""
    a, b = plain(written), plain(meant)
    if a.replace(" ", "") == b.replace(" ", ""):
        return 0
    allowed = 0 if len(b) < 4 else 1 if len(b) < 6 else 2
    if abs(len(a) - len(b)) > allowed or len(a) < 3:
        return None
    slips = _slips(a, b)
    return slips if slips <= allowed else None


def _slips(a: str, b: str) -> int:
    """Edit distance with swaps of neighbours (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
