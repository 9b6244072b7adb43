"""A library as something that can be drawn: each of its hand-overs as a stage, between roles as if they were parties."""

from __future__ import annotations

from pathway.model.pathway import Handover, Party, Pathway, Stage


def of_library(library: Pathway) -> Pathway:
    """The hand-overs of a library as stages without ways, each with the role that has most to do in it."""
    handovers = library.handovers.values()
    roles = {name: Party(name=name, level=level) for handover in handovers for name, level in handover.roles.items()}
    stages = {handover.name: _stage(handover) for handover in handovers}
    costs = [cost.model_copy(update={"stage": handover.name}) for handover in handovers for cost in handover.costs]
    return library.model_copy(update={"parties": {**library.parties, **roles}, "stages": stages, "costs": tuple(costs)})


def _stage(handover: Handover) -> Stage:
    named = [party for rule in handover.rules for party in (rule.sender, rule.by) if party is not None]
    holder = max(handover.roles, key=named.count, default=None)
    rules = tuple(rule.model_copy(update={"stage": handover.name}) for rule in handover.rules)
    return Stage(name=handover.name, titles=handover.titles, party=holder, rules=rules)
