"""PW314: a stage in which nothing has a time limit: a patient can be forgotten there without anything showing it."""

from __future__ import annotations

from collections.abc import Iterator

from pathway.checks.flow import open_stages_of, ways_into
from pathway.checks.parties import whom
from pathway.language.diagnostics import Diagnostic
from pathway.model.pathway import Pathway, Stage, Transition
from pathway.model.rules import Rule


def stages_without_limit(pathway: Pathway) -> Iterator[Diagnostic]:
    if any(_limits_stay(way) for way in pathway.throughout.transitions):
        return
    for stage in open_stages_of(pathway):
        if stage.no_limit is None and not _limited(pathway, stage):
            yield Diagnostic("PW314", stage.span, {"stage": stage.name, "whom": whom(stage.party)})


def _limited(pathway: Pathway, stage: Stage) -> bool:
    """Whether a way out has a time, or a rule of the stage or of a transition into it has one: measured or proposed too,
    for that shows as well. `send` and what must be known before deciding say nothing of how long a patient stays."""
    rules = [
        *stage.rules,
        *(rule for way in ways_into(pathway, stage.name) if isinstance(way, Transition) for rule in way.rules),
    ]
    return any(_limits_stay(way) for way in stage.transitions) or any(_has_limit(rule) for rule in rules)


def _limits_stay(way: Transition) -> bool:
    return way.after is not None or way.within is not None


def _has_limit(rule: Rule) -> bool:
    timing = rule.timing
    timed = timing is not None and (timing.upper or timing.same_day or timing.every or timing.promptly)
    return rule.break_kind != "information" and (bool(timed) or rule.frequency is not None)
