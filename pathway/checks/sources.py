"""PW306, PW327 and PW328: limits that rest on a source nobody has checked, or on what is out of its valid dates.

Only dates in the text are held against each other: what a text says must not depend on the day on which it is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pathway.language.diagnostics import Diagnostic
from pathway.model.base import Period
from pathway.model.pathway import Pathway
from pathway.model.rules import Source


def unchecked_sources(pathway: Pathway) -> Iterator[Diagnostic]:
    for source in _used(pathway):
        if source.checked is None:
            yield Diagnostic("PW306", source.span, {"source": source.name})


def outdated_sources(pathway: Pathway) -> Iterator[Diagnostic]:
    """A source that is not valid for as long as the pathway is: some patients are judged by what holds no longer, or not yet."""
    ours = pathway.valid
    for source in _used(pathway):
        valid = source.valid
        ended = valid.end is not None and valid.end < (ours.end or date.max)
        not_begun = valid.start is not None and ours.start is not None and valid.start > ours.start
        if ended or not_begun:
            yield Diagnostic("PW327", source.span, {"source": source.name, "valid": _dates(valid), "pathway": _dates(ours)})


def outdated_pathway(pathway: Pathway) -> Iterator[Diagnostic]:
    """Work on the text went on after the day to which it is valid."""
    checked = [source.checked for source in _used(pathway) if source.checked is not None]
    ends = pathway.valid.end
    if ends is not None and checked and max(checked) > ends:
        yield Diagnostic("PW328", pathway.span, {"day": ends.isoformat(), "checked": max(checked).isoformat()})


def _used(pathway: Pathway) -> list[Source]:
    """The sources of limits that make breaks."""
    used = {rule.standing.source for rule in pathway.rules() if rule.breaks}
    return [source for source in pathway.sources.values() if source.name in used]


def _dates(period: Period) -> str:
    """`2025-01-01–2026-12-31`, an open side with nothing."""
    return "–".join("" if day is None else day.isoformat() for day in (period.start, period.end))
