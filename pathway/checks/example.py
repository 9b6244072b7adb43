"""An example patient in words, as a scenario would have it: `age 80, mrs 3`, `alder 80, trombolyse har ikke skjedd`."""

from __future__ import annotations

from datetime import date
from typing import Any

from pathway.checks.operands import Operand, Region
from pathway.checks.search import Found
from pathway.language.source import LANGUAGES, Language
from pathway.language.words import vocabulary
from pathway.model.base import Duration
from pathway.model.expressions import CountOf, FactValue, Happened, LastFact, TimeSince
from pathway.model.pathway import Pathway
from pathway.model.phrases import duration_text


def in_words(pathway: Pathway, found: Found) -> dict[Language, str]:
    """What matters of a patient, in each language; names and codes are the author's."""
    return {
        language: ", ".join(_one(pathway, operand, region, language) for operand, region in found.items())
        for language in LANGUAGES
    }


def _one(pathway: Pathway, operand: Operand, region: Region, language: Language) -> str:
    write = vocabulary(language).write
    value = write("UNKNOWN") if region.unknown else _value(pathway, operand, region.value, language)
    match operand:
        case Happened(event=event):
            return f"{event.key} {write('HAPPENED' if region.value else 'NOT_HAPPENED')}"
        case FactValue(fact=fact):
            return f"{fact} {write('IS')} {value}" if region.unknown else f"{fact} {value}"
        case LastFact(fact=fact, event=event):
            return f"{write('LAST')} {fact} {write('FROM')} {event.key} {write('IS')} {value}"
        case CountOf(event=event, span=span):
            during = "" if span is None else f" {write('LAST')} {duration_text(span, language)}"
            return f"{write('COUNT_OF')} {event.key}{during} {write('IS')} {value}"
        case TimeSince(event=event):
            return f"{write('TIME_SINCE')} {event.key} {write('IS')} {value}"


def _value(pathway: Pathway, operand: Operand, value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return vocabulary(language).write("YES" if value else "NO")
    if isinstance(value, Duration):
        return duration_text(value, language)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(operand, FactValue | LastFact) and pathway.facts[operand.fact].type.kind == "text":
        return f'"{value}"'
    return f"{value:g}" if isinstance(value, float) else str(value)
