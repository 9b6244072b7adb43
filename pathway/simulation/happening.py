"""What is to happen to a made-up patient, and what is meant to become of what is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pathway.events.event import Instant
from pathway.model.expressions import Value
from pathway.simulation.followed import Key
from pathway.tracking.records import Part, Subtype
from pathway.tracking.state import Obligation

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(slots=True, eq=False)
class Intention:
    """What is meant to become of an obligation: kept (`how` None), or broken in a way. `late` and `missing` are broken alike when they
    fall due; one closes afterwards. The same is meant in every pathway followed that owes it: `keys` are its places there."""

    how: Subtype | None = None
    keys: list[Key] = field(default_factory=list)
    remedied: int = 0
    """How often something was done so that it should not break unmeant."""
    meant: bool = True
    """False for what could not be avoided."""

    def fits(self, subtype: Subtype) -> bool:
        return self.how == subtype or (self.how == "late" and subtype == "missing")


class Owed(NamedTuple):
    """What identifies an obligation of a patient, whichever pathway it is followed from (O13)."""

    pathway: str
    rule: str
    part: Part
    receiver: str | None
    anchor: str | None
    round: int

    @classmethod
    def of(cls, pathway: str, obligation: Obligation) -> Owed:
        anchor = obligation.anchor.root
        rule = obligation.rule.rule.name
        return cls(pathway, rule, obligation.part, obligation.receiver, anchor, obligation.round)


@dataclass(frozen=True, slots=True)
class Stayed:
    """A stay: in which course, its number there, and the way by which it is to end (None: whichever the event leads to)."""

    followed: int
    course: int
    number: int
    way: int | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event to be made. `meant` is what it is made for: it is not made once that is settled. `leaving` is the stay that it ends,
    `during` the one that it belongs to: it is not made once that is over. `entering` is the pathway that it is to open.

    `plants` is the break that it makes by itself (a bed that ends too early). `may_drop` says that it may be left out where it
    would break something that was not meant to.
    """

    key: str
    meant: Intention | None = None
    entering: int | None = None
    leaving: Stayed | None = None
    during: Stayed | None = None
    ends: bool = False
    """Whether the stay ends with the episode."""
    facts: Mapping[str, Value] = field(default_factory=dict)
    sender: str | None = None
    receiver: str | None = None
    elements: tuple[str, ...] | None = None
    amount: float | None = None
    party: str | None = None
    plants: Subtype | None = None
    may_drop: bool = False
    deviation: str | None = None
    because: str | None = None
    cause: str | None = None
    until: Instant | None = None
    tried: int = 0
