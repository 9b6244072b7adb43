"""PW305: a limit that makes breaks, and does not say where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.parties import answerable, placed_rules, whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def limits_without_source(pathway: Pathway) -> Iterator[Diagnostic]:
    for holder, rule, span in placed_rules(pathway):
        limited = rule.timing is not None or rule.frequency is not None
        if limited and rule.breaks and rule.standing.source is None:
            yield Diagnostic("PW305", span, {"rule": rule.name, "whom": whom(answerable(pathway, holder, rule))})
