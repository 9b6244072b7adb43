"""PW318: a rule that is still owed when its stage has been left for another party's, who then answers for it.

What has been raised is owed until it is met (O1), and where the rule names nobody, the party that holds the patient when it falls
due answers (O10). That is seldom what was meant: either somebody is named (`by`), or the rule ends with the stage (`while here`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.flow import open_stages_of
from pathway.checks.parties import own, whom
from pathway.checks.times import AT_ONCE, Bound, earliest, longer, times_of, weighings
from pathway.language.diagnostics import Diagnostic
from pathway.language.source import LANGUAGES
from pathway.language.words import vocabulary
from pathway.model.keys import event_key
from pathway.model.pathway import Pathway, Transition
from pathway.model.rules import Rule


def left_before_due(pathway: Pathway) -> Iterator[Diagnostic]:
    """Told once for each stage, at the first such rule."""
    at_least = times_of(pathway).at_least
    for stage in open_stages_of(pathway):
        rules = [rule for rule in stage.rules if _outlives(rule)]
        for way in stage.transitions if rules and stage.party is not None else ():
            target = pathway.stages.get(way.target or "")
            if target is None or target.end or target.party in (None, stage.party):
                continue
            owed = [rule for rule in rules if not _met_by_then(pathway, at_least, rule, way)]
            if owed:
                span = owed[0].span if own(pathway, owed[0].span) else stage.span
                names = ", ".join(f"`{rule.name}`" for rule in owed)
                kinds = {
                    language: f" {vocabulary(language).write('OR')} ".join(
                        dict.fromkeys(vocabulary(language).write("BREAKKIND", rule.break_kind) for rule in owed)
                    )
                    for language in LANGUAGES
                }
                values = {"rules": names, "stage": stage.name, "target": target.name, "kind": kinds, "whom": whom(target.party)}
                yield Diagnostic("PW318", span, values)
                break


def _outlives(rule: Rule) -> bool:
    """Whether a rule can be owed after its stage, by nobody in particular."""
    timing = rule.timing
    limited = timing is not None and (timing.upper is not None or timing.same_day) and timing.every is None
    return rule.breaks and rule.kind in ("expect", "need") and rule.by is None and limited and not _ends_with_stage(rule)


def _ends_with_stage(rule: Rule) -> bool:
    return rule.while_here or rule.frequency is not None or rule.whole_stage


def _met_by_then(pathway: Pathway, at_least: list[Bound], rule: Rule, way: Transition) -> bool:
    """Whether the rule has been met, or has broken, when the transition is taken: it is taken by what the rule waits for or by
    what must come after that; by time, no earlier than the rule is due."""
    timing = rule.timing
    if way.after is not None:
        anchored = timing is not None and timing.anchor == way.anchor and timing.upper is not None
        return anchored and timing is not None and timing.upper is not None and not longer([timing.upper], way.after)
    if rule.event is None:
        return rule.kind == "need" and all(event.name == rule.resource for event in way.on)
    met = event_key(rule.event, pathway)
    later = {met, *earliest(at_least, met, weighings(AT_ONCE)[1])}
    return all(event_key(event, pathway) in later for event in way.on)
