"""PW303: a stage that no patient can come to."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.flow import OUTSIDE, graph_of, reached
from pathway.checks.parties import whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def unreachable_stages(pathway: Pathway) -> Iterator[Diagnostic]:
    if not pathway.enters:
        return  # a library, or a pathway that has been told already that nobody can come in
    found = reached(graph_of(pathway), OUTSIDE)
    for stage in pathway.stages.values():
        if stage.name not in found and not stage.recognised_by:
            yield Diagnostic("PW303", stage.span, {"stage": stage.name, "whom": whom(stage.party)})
