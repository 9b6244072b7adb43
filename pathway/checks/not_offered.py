"""PW319: a resource that patients need and no party offers."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.parties import answerable, placed_rules, whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def not_offered(pathway: Pathway) -> Iterator[Diagnostic]:
    """Told once a resource, at the first rule that needs it."""
    seen = {resource for party in pathway.parties.values() for resource in party.offers}
    for holder, rule, span in placed_rules(pathway):
        if rule.kind == "need" and rule.resource is not None and rule.resource not in seen:
            seen.add(rule.resource)
            yield Diagnostic("PW319", span, {"resource": rule.resource, "whom": whom(answerable(pathway, holder, rule))})
