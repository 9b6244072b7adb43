"""PW302 and PW307: transitions from one organisation to another where the one that takes over is not told.

PW302: nothing is ever sent between the two. PW307: they do write to each other, but nothing that is in force when the patient
goes over tells the receiver's organisation.
"""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.parties import organisation, rules_of
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway, Stage, Transition


def nothing_sent(pathway: Pathway) -> Iterator[Diagnostic]:
    ways = _ways(pathway)
    seen: set[tuple[str, str]] = set()
    for stage, transition, target, between in _over(pathway):
        if between in ways or between in seen:
            continue
        seen.add(between)
        values = {"stage": stage.name, "target": target.name, "sender": between[0], "receiver": between[1]}
        yield Diagnostic("PW302", transition.span, values)


def nobody_told(pathway: Pathway) -> Iterator[Diagnostic]:
    ways = _ways(pathway)
    for stage, transition, target, between in _over(pathway):
        if between not in ways:
            continue
        receiver = organisation(pathway, between[1])
        in_force = (*rules_of(pathway.throughout), *stage.rules, *transition.rules, *target.rules)
        if any(organisation(pathway, to) == receiver for rule in in_force for to in rule.receivers):
            continue
        values = {"stage": stage.name, "target": target.name, "receiver": between[1]}
        yield Diagnostic("PW307", transition.span, values)


def _ways(pathway: Pathway) -> set[tuple[str | None, str]]:
    return {(rule.sender, receiver) for rule in pathway.rules() if rule.kind == "send" for receiver in rule.receivers}


def _over(pathway: Pathway) -> Iterator[tuple[Stage, Transition, Stage, tuple[str, str]]]:
    """The transitions between stages of two parties that are not parts of one organisation, with the two."""
    for stage in pathway.stages.values():
        for transition in stage.transitions:
            target = pathway.stages.get(transition.target or "")
            if target is None or target.end or stage.party is None or target.party is None:
                continue
            if organisation(pathway, stage.party) != organisation(pathway, target.party):
                yield stage, transition, target, (stage.party, target.party)
