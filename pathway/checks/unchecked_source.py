"""PW306: limits rest on a source that nobody has checked, or that is out of its valid dates."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def unchecked_sources(pathway: Pathway) -> Iterator[Diagnostic]:
    used = {rule.standing.source for rule in pathway.rules() if rule.breaks}
    for source in pathway.sources.values():
        if source.name in used and source.checked is None:
            yield Diagnostic("PW306", source.span, {"source": source.name})
