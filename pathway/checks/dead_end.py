"""PW304: a stage, or a loop of stages, that a patient cannot get out of."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.flow import OUTSIDE, graph_of, open_stages_of, reached, turned
from pathway.checks.parties import whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def dead_ends(pathway: Pathway) -> Iterator[Diagnostic]:
    """Told once for each trap, at the first of its stages: those that only lead into it are in order themselves."""
    graph = graph_of(pathway)
    leads_out = reached(turned(graph), OUTSIDE)
    told: set[str] = set()
    for stage in open_stages_of(pathway):
        if stage.name in leads_out or stage.name in told:
            continue
        trap = reached(graph, stage.name)
        if all(stage.name in reached(graph, other) for other in trap):
            told |= trap
            yield Diagnostic("PW304", stage.span, {"stage": stage.name, "whom": whom(stage.party)})
