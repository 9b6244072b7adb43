"""The words of pictures and pages, in Norwegian (Bokmål and Nynorsk) and English, and numbers and dates as their readers write them."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files

from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent

from pathway.language.source import Language
from pathway.reports.measures import Share

_LOCALE = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in ("texts.toml", "graph.toml", "page.toml"):
        found |= tomllib.loads(files("pathway.renderers").joinpath(name).read_text(encoding="utf-8"))
    return found


def text(name: str, language: Language, /, **values: object) -> str:
    """A text of the tables."""
    return _texts()[name][language].format(**values)


@lru_cache(maxsize=10_000)
def number(value: float, language: Language, digits: int = 0) -> str:
    """`12 345,6`."""
    return format_decimal(value, format="#,##0" + ("." + "#" * digits if digits else ""), locale=_LOCALE[language])


@lru_cache(maxsize=10_000)
def percent(value: float | None, language: Language, digits: int = 0) -> str:
    """`12 %`, or a dash."""
    if value is None:
        return "–"
    return format_percent(value, format="#,##0" + ("." + "0" * digits if digits else "") + "\u00a0%", locale=_LOCALE[language])


def money(amount: float, currency: str, language: Language, digits: int = 0) -> str:
    """`5 745 kr`."""
    said = number(amount, language, digits)
    return f"{currency}\u00a0{said}" if language == "en" else f"{said}\u00a0{'kr' if currency == 'NOK' else currency}"


def share(value: Share, language: Language) -> str:
    """`68 % (412 av 606)`: the denominator stands beside every share."""
    if not value.whole:
        return "–"
    whole = f"{number(value.part, language)} {text('of', language)} {number(value.whole, language)}"
    return f"{percent(value.value, language)} ({whole})"


@lru_cache(maxsize=10_000)
def date_text(day: date, language: Language, *, brief: bool = False) -> str:
    """`2. mars 2026`, or `2. mars`."""
    return format_date(day, ("d. MMM" if language != "en" else "d MMM") if brief else "long", locale=_LOCALE[language])


def moment_text(moment: datetime, language: Language, *, date_only: bool = False) -> str:
    """`2. mars 2026 kl. 08:10`, of a moment in the reader's own time zone."""
    day = date_text(moment.date(), language)
    return day if date_only else text("at_time", language, d=day, t=format_time(moment, "HH:mm", locale=_LOCALE[language]))


def month_text(month: str, language: Language, *, brief: bool = False) -> str:
    """A month (`2026-03`) as `mars 2026`; brief, as `mar. 26`."""
    year, _, number_ = month.partition("-")
    return format_date(date(int(year), int(number_), 1), "MMM yy" if brief else "LLLL y", locale=_LOCALE[language])
