"""The stages of a pathway as a graph: what the checks of flow ask."""

from __future__ import annotations

import networkx as nx

from pathway.model.pathway import Pathway

OUTSIDE = ""
"""The node that patients come from and leave to."""


def graph_of(pathway: Pathway) -> nx.DiGraph[str]:
    """Stages and the ways between them, with `OUTSIDE` before the ways in and after the ends.

    `return` leads to every stage that leads here; transitions of `throughout` lead from every stage that is no end.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from([OUTSIDE, *pathway.stages])
    graph.add_edges_from((OUTSIDE, entry.stage) for entry in pathway.enters)
    open_stages = [stage for stage in pathway.stages.values() if not stage.end]
    for stage in open_stages:
        for transition in (*stage.transitions, *pathway.throughout.transitions):
            if transition.target is not None:
                graph.add_edge(stage.name, transition.target)
    for stage in open_stages:
        if any(transition.target is None for transition in stage.transitions):
            graph.add_edges_from((stage.name, before) for before in list(graph.predecessors(stage.name)) if before != OUTSIDE)
    graph.add_edges_from((stage.name, OUTSIDE) for stage in pathway.stages.values() if stage.end)
    if pathway.leaves:
        graph.add_edges_from((stage.name, OUTSIDE) for stage in open_stages)
    return graph
