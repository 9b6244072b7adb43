"""What a made-up population is like: how long things take, how often they go wrong, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pathway.model.expressions import Value
from pathway.tracking.records import Part, Subtype


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
class Place:
    """Where patients live: so many of them, what is known of those who do, and which unit is which party there.

    `units` may have a unit for the party with no name: that of all others.
    """

    weight: float = 1.0
    facts: Mapping[str, Value] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Habits:
    """How patients go through one pathway. What is not named is worked out from the pathway's limits.

    `stays` by stage; `weights` of transitions by (stage, target), empty for `return` and for leaving the pathway; `told` by stage:
    events that happen there of themselves, after a length of time; `enter_by` by stage, how many come in there.
    """

    stays: Mapping[str, Length] = field(default_factory=dict)
    weights: Mapping[tuple[str, str], float] = field(default_factory=dict)
    told: Mapping[str, tuple[tuple[str, Length], ...]] = field(default_factory=dict)
    enter_by: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """The parameters of a population, from `start` to `end`.

    `shares` says by pathway how many of the patients come to it (all, where it is not named). `facts` of patients: values with
    their weights. `breaks` by rule, as `rule` or as `pathway.rule`: how often it is broken; `hows`: in which ways, as weights of the
    subtypes (1 where not named, 0: never). Of those broken, `excused` are deviated from with a reason in time, and of `explained`
    the reason is written down afterwards.
    """

    start: datetime = datetime(2024, 11, 1, tzinfo=UTC)
    end: datetime = datetime(2026, 10, 31, 22, 59, 59, 999_999, tzinfo=UTC)
    shares: Mapping[str, float] = field(default_factory=dict)
    habits: Mapping[str, Habits] = field(default_factory=dict)
    facts: Mapping[str, Mapping[Value, float]] = field(default_factory=dict)
    places: tuple[Place, ...] = (Place(),)
    breaks: Mapping[str, Share] = field(default_factory=dict)
    hows: Mapping[Subtype, float] = field(default_factory=dict)
    usual_break: Share = Share(0.08)
    excused: float = 0.05
    explained: float = 0.1

    def share(self, pathway: str, rule: str, part: Part = "main") -> Share:
        """How often a rule is broken; of a message's receipt or answer, as `rule.receipt`. Receipts are machines': where nothing is said
        of one, it fails more seldom than people do."""
        name = rule if part == "main" else f"{rule}.{part}"
        usual = self.usual_break if part != "receipt" else Share(self.usual_break.usual * _MACHINES)
        return self.breaks.get(f"{pathway}.{name}") or self.breaks.get(name) or usual


_MACHINES = 0.25
