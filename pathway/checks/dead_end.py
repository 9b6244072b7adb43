"""PW304: a stage, or a loop of stages, that a patient cannot get out of."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from pathway.checks.flow import OUTSIDE, graph_of
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def dead_ends(pathway: Pathway) -> Iterator[Diagnostic]:
    leads_out = nx.ancestors(graph_of(pathway), OUTSIDE)
    for stage in pathway.stages.values():
        if not stage.end and stage.name not in leads_out:
            yield Diagnostic("PW304", stage.span, {"stage": stage.name})
