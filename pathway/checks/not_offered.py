"""PW319: a resource that patients need and no party offers, or that a local adaptation says is not offered."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.parties import answerable, placed_rules, whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def not_offered(pathway: Pathway) -> Iterator[Diagnostic]:
    """Told once a resource, at the first rule that needs it; in an adaptation that takes it away, at the line that does."""
    seen = {resource for party in pathway.parties.values() for resource in party.offers} - set(pathway.not_offered)
    taken = {change.was: change.span for change in pathway.changes if change.kind == "not_offered"}
    for holder, rule, span in placed_rules(pathway):
        if rule.kind == "need" and rule.resource is not None and rule.resource not in seen:
            seen.add(rule.resource)
            place = taken.get(rule.resource, span)
            yield Diagnostic("PW319", place, {"resource": rule.resource, "whom": whom(answerable(pathway, holder, rule))})
