"""An example patient in words, as a scenario would have it: `age 80, mrs 3`, `alder 80, trombolyse har ikke skjedd`."""

from __future__ import annotations

from datetime import date
from typing import Any

from pathway.checks.names import aliases, written
from pathway.checks.operands import Operand, Region, event_of
from pathway.checks.search import Found
from pathway.language.source import LANGUAGES, Language
from pathway.language.words import vocabulary
from pathway.model.base import Duration
from pathway.model.expressions import CountOf, FactValue, Happened, LastFact, TimeSince
from pathway.model.pathway import Pathway
from pathway.model.phrases import duration_text


def in_words(pathway: Pathway, found: Found) -> dict[Language, str]:
    """What matters of a patient, in each language; names and codes are the author's."""
    known = aliases(pathway)

    def one(operand: Operand, region: Region, language: Language) -> str:
        write = vocabulary(language).write
        value = write("UNKNOWN") if region.unknown else _value(pathway, operand, region.value, language)
        event = event_of(operand)
        happened = "" if event is None else written(event.key, pathway, known)
        match operand:
            case Happened():
                return f"{happened} {write('HAPPENED' if region.value else 'NOT_HAPPENED')}"
            case FactValue(fact=fact):
                named = written(fact, pathway, known)
                return f"{named} {write('IS')} {value}" if region.unknown else f"{named} {value}"
            case LastFact(fact=fact):
                return f"{write('LAST')} {written(fact, pathway, known)} {write('FROM')} {happened} {write('IS')} {value}"
            case CountOf(span=span):
                during = "" if span is None else f" {write('LAST')} {duration_text(span, language)}"
                return f"{write('COUNT_OF')} {happened}{during} {write('IS')} {value}"
            case TimeSince():
                return f"{write('TIME_SINCE')} {happened} {write('IS')} {value}"

    return {language: ", ".join(one(operand, region, language) for operand, region in found.items()) for language in LANGUAGES}


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
