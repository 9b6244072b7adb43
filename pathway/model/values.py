"""Values from the tree: numbers, lengths of time, and what a fact of some type can be compared with or set to."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import get_args

from pathway.language.diagnostics import Problems
from pathway.language.source import LANGUAGES
from pathway.language.texts import texts_of
from pathway.language.tree import Node, Word
from pathway.language.words import vocabulary
from pathway.model.base import Duration, Unit
from pathway.model.expressions import Value
from pathway.model.pathway import FactType
from pathway.model.scope import Scope, nearest
from pathway.model.units import conversion

WANTED: dict[str, dict[str, str]] = {
    "number": {"en": "a number", "nb": "et tall", "nn": "eit tal"},
    "yes_no": {"en": "yes or no", "nb": "ja eller nei", "nn": "ja eller nei"},
    "date": {"en": "a date such as 2026-10-01", "nb": "en dato som 2026-10-01", "nn": "ein dato som 2026-10-01"},
    "code": {"en": "a code", "nb": "en kode", "nn": "ein kode"},
    "text": {"en": "a text in quotes", "nb": "en tekst i anførselstegn", "nn": "ein tekst i hermeteikn"},
    "time": {"en": "a length of time such as 30 days", "nb": "en tid som 30 dager", "nn": "ei tid som 30 dagar"},
    "one code": {
        "en": "one code (a range is written with `in`)",
        "nb": "én kode (et område skrives med `i`)",
        "nn": "éin kode (eit område blir skrive med `i`)",
    },
    "bare number": {"en": "a number without a unit", "nb": "et tall uten enhet", "nn": "eit tal utan eining"},
    "one_of": {"en": "one of the words of its list", "nb": "ett av ordene i listen", "nn": "eitt av orda i lista"},
}
"""What is wanted, by the kind of fact or what else stands there."""

_MOST_DIGITS = 15


def amount(word: Word, problems: Problems) -> Fraction:
    """A number as written, exactly. One that nothing can be so large as is a problem, and counts as one."""
    if len(word.value) > _MOST_DIGITS:
        problems.add("PW242", word.span, value=f"{word.text[:12]}…")
        return Fraction(1)
    return Fraction(word.value)


def plain_number(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else float(number)


def duration(node: Node, problems: Problems) -> Duration:
    """`4 weeks` as a length of time. Parts of an hour are minutes; other parts are a problem, and so is too long a time."""
    number, unit = node.word("NUMBER", "ORDINAL"), node.word("TIMEUNIT")
    assert number is not None and unit is not None and unit.value in get_args(Unit)  # the grammar sees to it
    many = amount(number, problems)
    if unit.value == "hour" and many.denominator != 1 and (many * 60).denominator == 1:
        return Duration(amount=int(many * 60), unit="minute")
    if many.denominator != 1:
        problems.add("PW225", node.span, value=f"{number.text} {unit.text}")
    if many > _LONGEST_TIME[unit.value]:
        problems.add("PW243", node.span, value=f"{number.text} {unit.text}")
        many = Fraction(_LONGEST_TIME[unit.value])
    return Duration(amount=int(many), unit=unit.value)


_LONGEST_TIME = {
    unit: 150 * a_year
    for unit, a_year in {
        "minute": 525_600,
        "hour": 8_760,
        "day": 365,
        "week": 52,
        "month": 12,
        "year": 1,
        "working_day": 250,
    }.items()
}
"""A lifetime. Longer is a slip, and no calendar reaches so far."""


def unit_in_words(unit: str) -> dict[str, str]:
    """A fact's unit as a reader knows it: a unit of time in each language, any other as it is."""
    return {language: vocabulary(language).write("TIMEUNIT", unit) or unit for language in LANGUAGES}


def value(node: Node, wanted: FactType, scope: Scope) -> Value | None:
    """A value as a fact of the type has it, or None and a problem."""
    word = node.words()[0]
    told = wanted.kind not in ("code", "text") and word.kind == "NAME" and wanted.meant(word.value) is None
    if told and scope.find(word.value, "fact"):
        scope.problems.add("PW210", word.span, name=word.text)
        return None
    match wanted.kind:
        case "number" if word.kind == "NUMBER":
            return _number(node, word, wanted, scope)
        case "yes_no" if word.kind in ("YES", "NO"):
            return word.kind == "YES"
        case "date" if word.kind == "DATE":
            return date.fromisoformat(word.value)
        case "code" if word.kind == "CODE_VALUE" and "-" in word.value:
            scope.problems.add("PW208", node.span, value=word.text, wanted=WANTED["one code"])
            return None
        case "code" if word.kind in ("NAME", "CODE_VALUE", "STRING", "NUMBER"):
            return wanted.meant(word.value) or checked_code(word, wanted.system or "", scope)
        case "text" if word.kind in ("STRING", "NAME"):
            return word.value
        case "one_of" if word.kind in ("NAME", "NUMBER", "STRING", "CODE_VALUE"):
            meant = wanted.meant(word.value)
            if meant is not None or word.value in scope.perhaps:  # a line that could not be read may have given it as a name
                return meant
            suggestion = nearest(word.value, wanted.names())
            scope.problems.add("PW207", word.span, suggestion, value=word.text, values=", ".join(wanted.values))
            return None
    scope.problems.add("PW208", node.span, value=text_of_words(node), wanted=WANTED[wanted.kind])
    return None


def checked_code(word: Word, system: str, scope: Scope) -> str | None:
    """A code, if it looks like one of its system; of a system that is not known here, any."""
    known = texts_of("codes").get(system)
    if known is None or re.fullmatch(known["pattern"], word.value):
        return word.value
    if word.value in scope.perhaps:
        return None  # it may be a name that a line which could not be read gave a code
    scope.problems.add("PW169", word.span, value=word.text, system=system, wanted=known["wanted"])
    return None


def _number(node: Node, word: Word, wanted: FactType, scope: Scope) -> Value | None:
    written = node.one("unit")
    unit = written.words()[0].value if written else None
    number = amount(word, scope.problems)
    if unit is not None and wanted.unit is None:
        scope.problems.add("PW208", node.span, value=text_of_words(node), wanted=WANTED["bare number"])
        return None
    if unit is not None and wanted.unit is not None:
        factor = conversion(unit, wanted.unit)
        if factor is None:
            scope.problems.add("PW212", node.span, value=text_of_words(node), unit=unit_in_words(wanted.unit))
            return None
        number *= factor
    low, high = wanted.minimum, wanted.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        scope.problems.add("PW211", node.span, value=text_of_words(node), low=f"{low:g}", high=f"{high:g}")
        return None
    return plain_number(number)


def text_of_words(node: Node) -> str:
    """What an author wrote, without the keywords that the tree leaves out."""
    parts = [part.text if isinstance(part, Word) else text_of_words(part) for part in node.parts]
    return " ".join(part for part in parts if part)
