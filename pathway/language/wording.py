"""The words of a line as the one style writes them, in any language: canonical spelling, number and gender agreeing.

Names, texts, numbers and codes are written as the author wrote them, with letters composed and nothing invisible in them.
"""

from __future__ import annotations

from collections.abc import Sequence

from pathway.language.lexer import plain
from pathway.language.source import Language
from pathway.language.tree import Word
from pathway.language.words import table, vocabulary

SIGNS = {"GE": ">=", "LE": "<=", "PERCENT": "%", "PLUS": "+"}
"""How signs are written that can be written in more than one way, or in words by mistake."""


def spelled(words: Sequence[Word], place: int, language: Language) -> str:
    """How a word of a line is written. It may hang on those around it: `1 day`, `2 days`; `hver uke`, `hvert 2. år`."""
    word = words[place]
    before = words[place - 1] if place else None
    match word.kind:
        case "STRING":
            # A text that holds `"` keeps the quotation marks that it has: there are no others to write it with.
            return word.text if '"' in word.value else f'"{word.value}"'
        case "CLOCK":
            dated = before is not None and before.kind in ("DATE", "NUMBER")
            return f"{'' if dated else table()['forms']['before a clock time'][language]}{word.value}"
        case "NUMBER" | "ORDINAL" if before is not None and before.kind == "EVERY":
            return f"{word.value}." if _in_order(word, language) else word.value
        case "TIMEUNIT":
            one, many = table()["units"][word.value][language][:2]
            return str(one if _single(words, place, language) else many)
        case "TIMES":
            many, *one = table()["keywords"]["TIMES"][language]
            return str(one[0] if one and before is not None and before.value == "1" else many)
        case "EVERY":
            general, *neuter = table()["keywords"]["EVERY"][language]
            unit = next((other for other in words[place + 1 : place + 3] if other.kind == "TIMEUNIT"), None)
            return str(neuter[0] if neuter and unit is not None and table()["units"][unit.value]["neuter"] else general)
        case _:
            own = vocabulary(language).write(word.kind, word.value)
            return own or SIGNS.get(word.kind) or plain(word.text)


def _in_order(number: Word, language: Language) -> bool:
    """Whether a number after `every` is an ordinal: `hver 12. måned`."""
    return bool(table()["forms"]["every by ordinals"][language]) and number.value.isdigit()


def _single(words: Sequence[Word], place: int, language: Language) -> bool:
    """Whether a unit of time is singular where it stands. Without a number it is plural (`number years`), but for
    `every week`, `per week` and `day 5`."""
    before = words[place - 1] if place else None
    if before is not None and before.kind in ("NUMBER", "ORDINAL"):
        every = place > 1 and words[place - 2].kind == "EVERY"
        return before.value == "1" or (every and _in_order(before, language))
    numbered = place + 1 < len(words) and words[place + 1].kind == "NUMBER"
    return numbered or (before is not None and before.kind in ("EVERY", "PER"))
