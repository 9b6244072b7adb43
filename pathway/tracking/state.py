"""What tracking remembers of one patient in one pathway while it goes through the events.

Plain records, changed only by the modules beside this one: `course` (the order of things), `position`, `obligations` and
what goes with the single kinds of rule. No rule of the semantics is decided here.

A patient can be copied cheaply (`Patient.copy`), so that a time can be tried and thrown away. So what is settled is shared and
never changed again: collections inside records are tuples and frozensets, and only what an event can still change is copied.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from pathway.events.event import Event, Instant
from pathway.language.source import Span
from pathway.machine.tables import Compiled, CompiledExit, CompiledRule
from pathway.model.expressions import Value
from pathway.model.rules import Timing
from pathway.tracking.records import Outcome, Part, Subtype

NOTHING: Mapping[Any, Any] = MappingProxyType({})
"""What a mapping begins as. One that seldom changes is not copied with its patient, but replaced by another when it does."""


@dataclass(slots=True, eq=False)
class Occurrence:
    """An event in its place. `at` orders it (T3: a date-only event is last in its day); `low` to `high` is when it may have
    happened. `keys` are what it is looked up by: its own and those it implies (a received message was sent)."""

    event: Event
    at: Instant
    low: Instant
    high: Instant
    place: int = field(init=False)
    """Which of the patient's events it is, from 0, once it has come."""
    keys: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        return self.event.root or self.event.id

    def is_one_of(self, keys: Container[str]) -> bool:
        """Whether it is looked up by one of these."""
        return any(key in keys for key in self.keys)


Occurrences = tuple[Occurrence, ...]
Spans = tuple[tuple[Instant, Instant | None], ...]
"""From an instant to another; None while it lasts."""


@dataclass(slots=True, eq=False)
class Break:
    """A break of an obligation, as long as it is open without `closed_at`."""

    subtype: Subtype
    broken_at: Instant
    party: str | None
    unit: str | None
    closed_at: Instant | None = None
    closed_by: Occurrence | None = None
    size: float | None = None
    got: float | None = None
    lacking: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    def copy(self) -> Break:
        return Break(
            self.subtype, self.broken_at, self.party, self.unit, self.closed_at, self.closed_by, self.size, self.got,
            self.lacking, self.stale,
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Obligation:
    """One thing owed, in the episode of a number. `unknown` while its condition is; `due` None while nothing makes it fall due
    (`before X`, a held clock).

    `number` counts a patient's obligations in the order raised. `sure` is the due time if a date-only anchor was as early as it
    can have been (T3); else equal to `due`.
    """

    number: int
    rule: CompiledRule
    part: Part
    receiver: str | None
    episode: int
    stage: str
    anchor: Occurrence
    round: int
    anchored_at: Instant
    anchored_high: Instant
    raised_at: Instant
    timing: Timing | None
    lower: Instant | None = None
    due: Instant | None = None
    sure: Instant | None = None
    unknown: bool = False
    outcome: Outcome = "waiting"
    met_at: Instant | None = None
    decided_at: Instant | None = None
    broken: bool = False
    break_: Break | None = None
    seen: Occurrences = ()
    elements: frozenset[str] = frozenset()
    reached: bool = False
    """Something has come to the right receiver."""

    @property
    def waits(self) -> bool:
        return self.outcome == "waiting"

    @property
    def live(self) -> bool:
        """Whether an event can still change it."""
        return self.outcome == "waiting" or (self.broken and self.met_at is None)

    def copy(self) -> Obligation:
        return Obligation(
            self.number, self.rule, self.part, self.receiver, self.episode, self.stage, self.anchor, self.round, self.anchored_at,
            self.anchored_high, self.raised_at, self.timing, self.lower, self.due, self.sure, self.unknown, self.outcome,
            self.met_at, self.decided_at, self.broken, None if self.break_ is None else self.break_.copy(), self.seen,
            self.elements, self.reached,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stay:
    """From an instant on in a stage, under a party."""

    since: Instant
    stage: str
    party: str | None
    place: Span | None
    """The line of the text by which the patient came here."""


@dataclass(slots=True, eq=False)
class Episode:
    """One course of the patient through the pathway (P1), under the edition in force when it began (P7)."""

    number: int
    edition: Compiled
    entered_by: Occurrence
    stage: str
    first: int
    """The place of the first event that is the episode's own."""
    individual: str | None = None
    started_by: str | None = None
    """The pathway that started it."""
    ended_at: Instant | None = None
    left_by: CompiledExit | None = None
    stays: tuple[Stay, ...] = ()
    left: str | None = None
    """The stage last left, for `return`."""
    uncertain_since: Instant | None = None
    jumps: int = 0
    last: int = sys.maxsize
    """The place of the last event that is the episode's own."""
    taken: frozenset[CompiledRule] = frozenset()
    """Rules beneath transitions that were taken, which wait for other events than those."""
    anchors: dict[CompiledRule, Occurrences] = field(default_factory=dict)
    """By rule, the anchors that have raised it or made it begin again: each does so once (O2)."""
    watched: tuple[bool | None, ...] = ()
    turned: Mapping[int, Occurrences] = field(default_factory=lambda: NOTHING)
    held: Mapping[CompiledRule, tuple[Spans, ...]] = field(default_factory=lambda: NOTHING)
    """For each clause `not counting from … to …` of a rule, when it held the clock."""
    by_time: tuple[tuple[Instant, int, Occurrence], ...] = ()

    def in_force(self, rule: CompiledRule) -> bool:
        """Whether a rule holds now: of the stage or of `throughout` while they last, beneath a transition once that is taken."""
        if self.ended_at is not None:
            return False
        return rule in self.taken if rule.beneath else rule.stage is None or rule.stage == self.stage

    def holds(self, rule: CompiledRule) -> Spans:
        """When the rule's clock was held. The spans may overlap."""
        return tuple([span for spans in self.held.get(rule, ()) for span in spans])

    def copy(self) -> Episode:
        return Episode(
            self.number, self.edition, self.entered_by, self.stage, self.first, self.individual, self.started_by, self.ended_at,
            self.left_by, self.stays, self.left, self.uncertain_since, self.jumps, self.last, self.taken, self.anchors.copy(),
            self.watched, self.turned, self.held, self.by_time,
        )  # fmt: skip


class Judged(NamedTuple):
    """A rule's condition judged at an instant (O3), kept when a story is to be explained."""

    rule: CompiledRule
    anchor: Occurrence
    holds: bool | None
    at: Instant
    facts: Mapping[str, tuple[Value, Occurrence]]
