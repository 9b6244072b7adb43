"""How a made-up patient goes on from a stage: by which way, when, and what happens there of itself."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pathway.machine.tables import Compiled, CompiledTransition
from pathway.model.base import Duration, Level
from pathway.model.expressions import facts_in
from pathway.simulation.happening import HOUR
from pathway.simulation.profile import Habits, Length

_BY_LEVEL: dict[Level | None, float] = {"specialist": 96, "intermediate": 240, "municipal": 700, "home": 1500}
_HOURS = {"minute": 1 / 60, "hour": 1, "day": 24, "working_day": 34, "week": 168, "month": 730, "year": 8766}
_SELDOM = 0.02
"""The weight of what can happen in every stage, such as death, and of leaving the pathway."""


class Way(NamedTuple):
    """A way on from a stage: a transition (None: out of the pathway), and the key of its event (None: by time)."""

    number: int | None
    key: str | None


def ways_on(edition: Compiled, stage: str, habits: Habits) -> tuple[list[Way], list[float]]:
    """The ways out of a stage, with their weights."""
    ways: list[Way] = []
    weights: list[float] = []
    for way in edition.transitions:
        if way.stage not in (stage, None) or edition.stage(stage).end:
            continue
        usual = _SELDOM if way.stage is None else 1.0
        ways.append(Way(way.index, way.keys[0] if way.keys else None))
        weights.append(habits.weights.get((stage, way.transition.target or ""), usual))
    for out in edition.exits:
        ways.append(Way(None, out.keys[0]))
        weights.append(habits.weights.get((stage, ""), _SELDOM / 2))
    return ways, weights


def stay_of(edition: Compiled, stage: str, habits: Habits, chance: random.Random) -> int:
    """How long a stay lasts, in microseconds."""
    return drawn(habits.stays.get(stage) or _usual(edition, stage), chance)


def drawn(length: Length, chance: random.Random) -> int:
    return max(int(length.median * math.exp(length.spread * chance.gauss(0, 1)) * HOUR), HOUR // 6)


def _usual(edition: Compiled, stage: str) -> Length:
    """What the limits of the stage say: most of the time within which it is to be left, else what is usual at its level."""
    leaving = {key for way in edition.transitions if way.stage == stage for key in way.keys}
    limits = [
        _hours(timing.upper)
        for rule in edition.in_force.get(stage, ())
        if (timing := rule.rule.timing) is not None and timing.upper is not None and (rule.staying or rule.meets & leaving)
    ]
    if limits:
        return Length(0.6 * min(limits), 0.3)
    return Length(_BY_LEVEL.get(edition.stage(stage).level, 300.0), 0.4)


def _hours(limit: Duration) -> float:
    return limit.amount * _HOURS[limit.unit]


def of_itself(edition: Compiled, stage: str, ways: Sequence[CompiledTransition]) -> Iterator[tuple[str, float]]:
    """The events that may happen in a stage although nothing asks for them, each with its chance: what something is counted from
    or decided by, what tells a fact that a condition asks for, what holds a clock."""
    pathway = edition.pathway
    rules = [*edition.in_force.get(stage, ()), *edition.in_force[None]]
    owed = {key for rule in rules for key in rule.meets}
    moving = {key for way in ways for key in way.keys} | {key for out in edition.exits for key in out.keys}
    conditions = [*(way.transition.when for way in ways), *(rule.rule.when for rule in rules)]
    asked = {fact for condition in conditions for fact in facts_in(condition)}
    for name, event in pathway.events.items():
        if name in owed or name in moving or name in edition.entering:
            continue
        if name in edition.undone:
            yield name, 0.04
        elif any(name in rule.raised_by or name == rule.decides for rule in rules):
            yield name, 0.7
        elif asked.intersection(event.carries):
            yield name, 0.9
        elif any(name in hold for rule in rules for hold in rule.holds):
            yield name, 0.15
