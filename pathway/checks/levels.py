"""PW320 and PW321: between the levels of care. No alternative to going back to hospital, and hospital care that is lost.

PW320: a patient who has been at the level of specialists and is at home or in the municipality again goes straight back, and the
pathway has no stage at a level between: no municipal bed, no intermediate ward. First admissions are left alone: a stroke or a
broken hip belongs in hospital; what the lowest effective level could have done shows in who comes back.

PW321: a costly stage is one at the level of specialists in which a resource is needed or a step is measured. Its gain is lost
where patients go on to a lower level, or out, and nothing more is expected, measured or needed there: not in the stages from
there on, not under the transition, nor counted from the event by which they go. A letter is no follow-up.
"""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.flow import OUTSIDE, Graph, graph_of, open_stages_of, reached
from pathway.checks.parties import height, level_of, rules_of, whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.base import LEVELS
from pathway.model.pathway import Pathway, Stage, Transition
from pathway.model.rules import Rule

_TOP = LEVELS.index("specialist")


def no_lower_level(pathway: Pathway) -> Iterator[Diagnostic]:
    graph = graph_of(pathway)
    heights = {stage.name: height(level_of(pathway, stage)) for stage in pathway.stages.values()}
    for stage in open_stages_of(pathway):
        low = heights[stage.name]
        if not 0 <= low < LEVELS.index("intermediate") or any(low < other < _TOP for other in heights.values()):
            continue
        for way in stage.transitions:
            back = pathway.stages.get(way.target or "")
            if back is None or heights[back.name] != _TOP or not way.on:
                continue
            if stage.name in reached(graph, back.name, not_through=[OUTSIDE]):
                yield Diagnostic("PW320", way.span, {"stage": stage.name, "target": back.name, "whom": whom(stage.party)})
                break


def gain_lost(pathway: Pathway) -> Iterator[Diagnostic]:
    """Told once for each stage that patients go on to."""
    graph = graph_of(pathway)
    high = {stage.name for stage in open_stages_of(pathway) if height(level_of(pathway, stage)) == _TOP}
    seen: set[str] = set()
    for stage in open_stages_of(pathway):
        if stage.name not in high or not any(rule.kind in ("need", "measure") for rule in stage.rules):
            continue
        lower = [way for way in stage.transitions if way.target is not None and way.target not in high]
        onwards = [way for way in lower if not pathway.stages[way.target or ""].end]
        # A way out of the pathway is one of several (death, another place) unless there is no other.
        for way in onwards or ([] if any(way.target in high for way in stage.transitions) else lower):
            target = way.target or ""
            if target not in seen and not _followed_up(pathway, graph, high, stage, way):
                seen.add(target)
                party = pathway.stages[target].party or stage.party
                yield Diagnostic("PW321", way.span, {"stage": stage.name, "target": target, "whom": whom(party)})


def _followed_up(pathway: Pathway, graph: Graph, high: set[str], stage: Stage, way: Transition) -> bool:
    target = way.target or ""
    later = [pathway.stages[name] for name in (target, *reached(graph, target, not_through=[OUTSIDE, *high]))]
    after = [rule for holder in later for rule in rules_of(holder)]
    counted = [rule for rule in (*stage.rules, *pathway.throughout.rules) if _counted_from(rule, way)]
    return any(rule.break_kind != "information" for rule in (*way.rules, *after, *counted))


def _counted_from(rule: Rule, way: Transition) -> bool:
    anchor = rule.timing.anchor if rule.timing else None
    return anchor is not None and any(event in way.on for event in anchor.events)
