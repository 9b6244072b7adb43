"""Every check, in the order in which they run. A check sees a pathway whose names are all resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pathway.checks.dead_end import dead_ends
from pathway.checks.limit_without_source import limits_without_source
from pathway.checks.nobody_responsible import nobody_responsible
from pathway.checks.nothing_sent import nothing_sent
from pathway.checks.unchecked_source import unchecked_sources
from pathway.checks.unreachable_stage import unreachable_stages
from pathway.language.diagnostics import Diagnostic, Problems
from pathway.model.pathway import Pathway

CHECKS: tuple[Callable[[Pathway], Iterable[Diagnostic]], ...] = (
    nobody_responsible,
    nothing_sent,
    unreachable_stages,
    dead_ends,
    limits_without_source,
    unchecked_sources,
)


def risks(pathway: Pathway) -> Problems:
    """The risks in a pathway, less those that its authors have answered (`accept PW312 because "…"`)."""
    accepted = {acceptance.code for acceptance in pathway.accepted}
    found = Problems()
    for check in CHECKS:
        for risk in check(pathway):
            if risk.code not in accepted:
                found.add(risk.code, risk.span, risk.suggestion, **risk.values)
    return found
