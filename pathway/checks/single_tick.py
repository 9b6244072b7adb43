"""PW322: one event that is not recorded, and the patient is lost from sight for the rest of the course.

A patient in a stage is stuck when its only way on is one event, when the stage that the event leads to is reached by nothing
else, and when no stage from there on is `recognised by` anything. A chain of such stages is told once, at its first link; rules
that can break must be waiting beyond it, else nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.flow import OUTSIDE, graph_of, open_stages_of, reached, ways_into
from pathway.checks.parties import rules_of, whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.expressions import EventRef
from pathway.model.pathway import Pathway, Stage


def single_ticks(pathway: Pathway) -> Iterator[Diagnostic]:
    if any(not pathway.stages[way.target].end for way in pathway.throughout.transitions if way.target in pathway.stages):
        return
    graph = graph_of(pathway)
    chained: set[str] = set()
    for stage in open_stages_of(pathway):
        found = _only_way_on(pathway, stage)
        if found is None:
            continue
        event, target = found
        beyond = [target, *(pathway.stages[name] for name in reached(graph, target.name, not_through=[OUTSIDE, stage.name]))]
        if any(later.recognised_by for later in beyond) or not any(rule.breaks for rule in rules_of(target)):
            continue
        if not chained & {stage.name, target.name}:
            values = {"stage": stage.name, "target": target.name, "event": event.key, "whom": whom(target.party)}
            yield Diagnostic("PW322", target.span, values)
        chained.add(target.name)


def _only_way_on(pathway: Pathway, stage: Stage) -> tuple[EventRef, Stage] | None:
    """The one event that leads on from a stage, and the stage that it leads to, which nothing else leads to."""
    events = {event for way in stage.transitions for event in way.on}
    targets = {way.target for way in stage.transitions}
    if len(events) != 1 or len(targets) != 1 or any(way.after is not None for way in stage.transitions):
        return None
    event, target = events.pop(), pathway.stages.get(targets.pop() or "")
    if target is None or target.end:
        return None
    others = {other for way in ways_into(pathway, target.name) for other in way.on or (None,)}
    return (event, target) if others == {event} else None
