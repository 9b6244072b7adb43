"""PW302: a transition from one party to another where nothing is ever sent between them."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway


def nothing_sent(pathway: Pathway) -> Iterator[Diagnostic]:
    ways = {(rule.sender, receiver) for rule in pathway.rules() if rule.kind == "send" for receiver in rule.receivers}
    told: set[tuple[str, str]] = set()
    for stage in pathway.stages.values():
        for transition in stage.transitions:
            target = pathway.stages.get(transition.target or "")
            if target is None or target.end or stage.party is None or target.party is None:
                continue
            between = (stage.party, target.party)
            if stage.party == target.party or between in ways or between in told:
                continue
            told.add(between)
            values = {"stage": stage.name, "target": target.name, "sender": stage.party, "receiver": target.party}
            yield Diagnostic("PW302", transition.span, values)
