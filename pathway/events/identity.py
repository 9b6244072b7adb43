"""National identity numbers: recognised, so that they come into no output, and replaced by pseudonyms.

A fødselsnummer has eleven digits: day, month and year of birth, three more, and two of control. A D-number has 40 added to its
day; numbers that a hospital makes have 40 added to the month, and those of made-up people 65 or 80.
"""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from pathway.errors import EventsError, MappingError, system_reason
from pathway.events.text_columns import TextColumns

_ELEVEN = re.compile(r"(?<!\d)(\d{6})[ \u00a0]?(\d{5})(?!\d)")
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MADE_OTHERWISE = (0, 40, 65, 80)
"""What may be added to the month."""
_SHORTEST_KEY = 16
_HIDDEN = "•" * 11


def is_national(digits: str) -> bool:
    """Whether eleven digits are a number that a person has: a day that there is, and both control digits right."""
    day, month = int(digits[:2]), int(digits[2:4])
    day -= 40 if day > 40 else 0
    months = [month - added for added in _MADE_OTHERWISE if 1 <= month - added <= 12]
    if not months or not any(1 <= day <= _LONGEST[each - 1] for each in months):
        return False
    # Numbers given from 2032 on may leave 1, 2 or 3 too at the first control digit.
    return _weighed(digits, _FIRST) <= 3 and _weighed(digits, _SECOND) == 0


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11


def holds_national(text: str) -> bool:
    """Whether a text is or holds a national identity number."""
    return any(is_national(found[1] + found[2]) for found in _ELEVEN.finditer(text))


def masked(text: str) -> str:
    """A text as it may be shown: national identity numbers in it are not."""
    return _ELEVEN.sub(lambda found: _HIDDEN if is_national(found[1] + found[2]) else found[0], text)


class Pseudonyms:
    """Makes pseudonyms from a key that only the source has: the same name gives the same one, in every file, and nobody without
    the key can tell which name it was."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    @classmethod
    def read(cls, path: Path) -> Pseudonyms:
        """The key of a file, white space around it left out. Raises `MappingError` for one that is not there or too short."""
        try:
            key = path.read_bytes().strip()
        except (OSError, ValueError) as error:
            raise MappingError("PW420", file=str(path), detail=system_reason(error)) from error
        if len(key) < _SHORTEST_KEY:
            raise MappingError("PW421", file=str(path), least=_SHORTEST_KEY)
        return cls(blake2b(key, digest_size=32).digest())

    def of(self, name: str) -> str:
        """The pseudonym of a name: sixteen letters and digits, of 80 bits. No name, no pseudonym."""
        if not name:
            return name
        written = _ELEVEN.fullmatch(name)
        name = written[1] + written[2] if written is not None else name
        known = self._known.get(name)
        if known is None:
            digest = blake2b(name.encode("utf-8", "surrogatepass"), key=self._key, digest_size=10).digest()
            known = self._known[name] = b32encode(digest).decode().lower()
        return known

    def within(self, text: str) -> str:
        """A text with every national identity number in it replaced by its pseudonym."""
        return _ELEVEN.sub(lambda found: self.of(found[1] + found[2]) if is_national(found[1] + found[2]) else found[0], text)


def without_names(
    text: TextColumns, patients: Iterable[str], told: Iterable[str], pseudonyms: Pseudonyms | None, file: str
) -> None:
    """Let no national identity number out of the columns of a log.

    With pseudonyms, all values of the columns `patients` become theirs, and numbers within the columns `told` too. Without,
    raises `EventsError` where there is such a number.
    """
    patients = set(patients)
    for name in sorted({*patients, *told} & text.columns.keys()):
        column = text.columns[name]
        if name in patients and pseudonyms is not None:
            text.columns[name] = [pseudonyms.of(value) for value in column]
            continue
        found = nationals(column)
        if found and pseudonyms is None:
            raise EventsError("PW422", file=file, column=masked(name), count=len(found))
        if found and pseudonyms is not None:
            hidden = {value: pseudonyms.within(value) for value in found}
            text.columns[name] = [hidden.get(value, value) for value in column]


def nationals(values: Iterable[str]) -> set[str]:
    """Those of some texts that hold a national identity number."""
    return {value for value in set(values) if len(value) > 10 and holds_national(value)}
