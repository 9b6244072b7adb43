"""The stages of a pathway as a graph, and the ways into each: what the checks of flow ask.

A few lines of our own: a graph library costs more to import than all checks cost to run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pathway.model.pathway import Enter, Pathway, Stage, Transition

OUTSIDE = ""
"""The node that patients come from and leave to."""

Graph = Mapping[str, dict[str, None]]
"""For each stage those that it leads to, in the order written."""


def graph_of(pathway: Pathway) -> Graph:
    """Stages and the ways between them, with `OUTSIDE` before the ways in and after the ends.

    `return` leads to every stage that leads here; transitions of `throughout` lead from every stage that is no end.
    """
    graph: dict[str, dict[str, None]] = {name: {} for name in (OUTSIDE, *pathway.stages)}
    graph[OUTSIDE] = {entry.stage: None for entry in pathway.enters}
    open_stages = open_stages_of(pathway)
    for stage in open_stages:
        ways = (*stage.transitions, *pathway.throughout.transitions)
        graph[stage.name] = {way.target: None for way in ways if way.target is not None}
    before = turned(graph)
    for stage in open_stages:
        if any(way.target is None for way in stage.transitions):
            graph[stage.name] |= {name: None for name in before[stage.name] if name != OUTSIDE}
    for stage in pathway.stages.values():
        if stage.end or pathway.leaves:
            graph[stage.name][OUTSIDE] = None
    return graph


def open_stages_of(pathway: Pathway) -> list[Stage]:
    """The stages in which a patient can be: those that are no end."""
    return [stage for stage in pathway.stages.values() if not stage.end]


def turned(graph: Graph) -> Graph:
    """The graph with every arrow the other way."""
    against: dict[str, dict[str, None]] = {name: {} for name in graph}
    for name, after in graph.items():
        for other in after:
            against[other][name] = None
    return against


def reached(graph: Graph, start: str, *, not_through: Iterable[str] = ()) -> set[str]:
    """What can be reached from a node in one step or more, without going through some of the nodes."""
    found: set[str] = set()
    closed = set(not_through)
    todo = list(graph[start])
    while todo:
        name = todo.pop()
        if name not in found and name not in closed:
            found.add(name)
            todo += graph[name]
    return found


def ways_into(pathway: Pathway, stage: str) -> list[Enter | Transition]:
    """Every line that leads into a stage: `enter`, and the transitions of all stages and of `throughout`."""
    entries = [entry for entry in pathway.enters if entry.stage == stage]
    holders = (*pathway.stages.values(), pathway.throughout)
    return [*entries, *(way for holder in holders for way in holder.transitions if way.target == stage)]
