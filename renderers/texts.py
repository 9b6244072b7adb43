"""The words of pictures and pages, in Norwegian (Bokmål) and English, and numbers as their readers write them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from babel.numbers import format_decimal, format_percent

from pathway.language.source import Language
from pathway.reports.measures import Share

_LOCALE = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in ("texts.toml", "graph.toml"):
        found |= tomllib.loads(files("pathway.renderers").joinpath(name).read_text(encoding="utf-8"))
    return found


def text(name: str, language: Language, /, **values: object) -> str:
    """A text of the tables. Nynorsk readers get Bokmål where there is no Nynorsk."""
    entry = _texts()[name]
    return (entry.get(language) or entry["nb"]).format(**values)


def number(value: float, language: Language, digits: int = 0) -> str:
    """`12 345,6`."""
    return format_decimal(value, format="#,##0" + ("." + "#" * digits if digits else ""), locale=_LOCALE[language])


def percent(value: float | None, language: Language, digits: int = 0) -> str:
    """`12 %`, or a dash."""
    if value is None:
        return "–"
    return format_percent(value, format="#,##0" + ("." + "0" * digits if digits else "") + " %", locale=_LOCALE[language])


def share(value: Share, language: Language) -> str:
    """`68 % (412 av 606)`: the denominator stands beside every share."""
    if not value.whole:
        return "–"
    whole = f"{number(value.part, language)} {text('of', language)} {number(value.whole, language)}"
    return f"{percent(value.value, language)} ({whole})"
