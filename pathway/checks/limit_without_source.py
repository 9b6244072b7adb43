"""PW305: a limit that makes breaks, and does not say where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def limits_without_source(pathway: Pathway) -> Iterator[Diagnostic]:
    for rule in pathway.rules():
        limited = rule.timing is not None or rule.frequency is not None
        if limited and rule.breaks and rule.standing.source is None:
            yield Diagnostic("PW305", rule.span, {"rule": rule.name})
