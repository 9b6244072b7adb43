"""PW304: a stage, or a loop of stages, that a patient cannot get out of."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.flow import OUTSIDE, graph_of, open_stages_of, reached, turned
from pathway.checks.parties import whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def dead_ends(pathway: Pathway) -> Iterator[Diagnostic]:
    leads_out = reached(turned(graph_of(pathway)), OUTSIDE)
    for stage in open_stages_of(pathway):
        if stage.name not in leads_out:
            yield Diagnostic("PW304", stage.span, {"stage": stage.name, "whom": whom(stage.party)})
