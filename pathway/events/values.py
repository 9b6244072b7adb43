"""Text to values of facts, by the type that the pathway declares."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date

from pathway.language.nearness import loose
from pathway.model.expressions import Value
from pathway.model.pathway import Fact, FactType

_YES = frozenset({"yes", "ja", "true", "sant", "sann", "1", "j", "y"})
_NO = frozenset({"no", "nei", "false", "usant", "usann", "0", "n"})
_DATES = (date(1850, 1, 1), date(2100, 12, 31))
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d{1,3})?")
_GROUPED = re.compile(r"[-+]?\d{1,3}([ \u00a0\u202f]\d{3})+([.,]\d+)?")

Days = Callable[[str], date | None]
"""Reads a date."""


def fact_value(text: str, fact: Fact, days: Days, *, decimal_comma: bool = False, factor: float = 1.0) -> Value | None:
    """A text as a value of the fact's type; None when it is none. A number is multiplied by `factor`."""
    text = text.strip()
    match fact.type.kind:
        case "yes_no":
            return yes_or_no(text)
        case "number":
            found = number(text, decimal_comma=decimal_comma)
            return None if found is None else _within(found, factor, fact.type)
        case "one_of":
            return fact.type.meant(text) or _meant(text, fact.type)
        case "date":
            day = days(text)
            return day if day is not None and _DATES[0] <= day <= _DATES[1] else None
        case "code":
            return fact.type.meant(text) or text or None
    return text or None


def yes_or_no(text: str) -> bool | None:
    """A text as yes or no; None when it is neither."""
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None


def number(text: str, *, decimal_comma: bool = False) -> float | None:
    """A text as a number; None when it is none. With `decimal_comma` a point is refused: in `1.234` it may set off thousands."""
    if _GROUPED.fullmatch(text):
        text = re.sub("[ \u00a0\u202f]", "", text)
    if decimal_comma:
        text = text.replace(".", "?").replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    found = float(text)
    return found if math.isfinite(found) else None


def _within(found: float, factor: float, kind: FactType) -> Value | None:
    if factor != 1.0:
        # Twelve digits: what a conversion adds beyond them is no measurement.
        found = float(f"{found * factor:.12g}")
    if (kind.minimum is not None and found < kind.minimum) or (kind.maximum is not None and found > kind.maximum):
        return None
    return int(found) if found.is_integer() else found


def _meant(text: str, kind: FactType) -> str | None:
    """The one value of which a name differs in nothing but case, accents, and a space or a hyphen for `_`."""
    word = loose(text)
    same = {value for name, value in kind.names().items() if loose(name) == word}
    return same.pop() if len(same) == 1 else None
