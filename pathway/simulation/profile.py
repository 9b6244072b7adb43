"""What a made-up population is like: how long things take, how often they go wrong, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pathway.model.expressions import Value


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time in hours, log-normal: half are below `median`; `spread` is the standard deviation of the logarithm."""

    median: float
    spread: float = 0.5


@dataclass(frozen=True, slots=True)
class Share:
    """How often a rule is broken: a share for all, or another one at some units, or from a time on."""

    usual: float
    at_unit: Mapping[str, float] = field(default_factory=dict)
    changed_at: datetime | None = None
    afterwards: float = 0.0

    def of(self, unit: str | None, at: datetime) -> float:
        if self.changed_at is not None and at >= self.changed_at:
            return self.afterwards
        return self.at_unit.get(unit or "", self.usual)


@dataclass(frozen=True, slots=True)
class Profile:
    """The parameters of a population. Whatever is not named takes the defaults below.

    `stays` by stage; `weights` of transitions by (stage, target); `facts` of patients: values with their weights;
    `told` by stage: events that happen there of themselves, after a length of time (they carry facts); `breaks` by rule;
    `units` by party, chosen once a patient and shared by parties with the same list.
    """

    start: datetime
    end: datetime
    stays: Mapping[str, Length] = field(default_factory=dict)
    weights: Mapping[tuple[str, str], float] = field(default_factory=dict)
    facts: Mapping[str, Mapping[Value, float]] = field(default_factory=dict)
    told: Mapping[str, tuple[tuple[str, Length], ...]] = field(default_factory=dict)
    breaks: Mapping[str, Share] = field(default_factory=dict)
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    usual_stay: Length = Length(72.0)
    usual_break: Share = Share(0.06)
    enter_by: Mapping[str, float] = field(default_factory=dict)
    """By stage, how many come in there."""
