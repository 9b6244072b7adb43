"""PW329, a note: the limits that nobody has decided yet. They are measured, and never make a break."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.parties import own
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def proposed_limits(pathway: Pathway) -> Iterator[Diagnostic]:
    here = (rule for rule in pathway.rules() if pathway.adaptation is None or own(pathway, rule.span))
    proposed = [rule.name for rule in here if rule.standing.proposed and (rule.timing or rule.frequency)]
    if proposed:
        yield Diagnostic("PW329", pathway.span, {"count": len(proposed), "rules": ", ".join(f"`{name}`" for name in proposed)})
