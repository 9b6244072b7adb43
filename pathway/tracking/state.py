"""What tracking remembers of one patient in one pathway while it goes through the events.

Plain records, changed only by the modules beside this one: `course` (the order of things), `position`, `obligations` and
what goes with the single kinds of rule. No rule of the semantics is decided here but what is known (`Patient`).

A patient can be copied cheaply (`Patient.copy`), so that a time can be tried and thrown away. So what is settled is shared and
never changed again: collections inside records are tuples and frozensets, and only what an event can still change is copied.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from pathway.events.event import Event, Instant
from pathway.language.source import Span
from pathway.machine.tables import Compiled, CompiledExit, CompiledRule
from pathway.model.expressions import Value
from pathway.model.rules import Timing
from pathway.tracking.records import Outcome, Part, Subtype

_NOTHING: Mapping[Any, Any] = MappingProxyType({})
"""What a mapping begins as. One that seldom changes is not copied with its patient, but replaced by another when it does."""


@dataclass(slots=True, eq=False)
class Occurrence:
    """An event in its place. `at` orders it (T3: a date-only event is last in its day); `low` to `high` is when it may have
    happened. `keys` are what it is looked up by: its own and those it implies (a received message was sent)."""

    event: Event
    at: Instant
    low: Instant
    high: Instant
    place: int = -1
    keys: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        return self.event.root or self.event.id


Occurrences = tuple[Occurrence, ...]
Spans = tuple[tuple[Instant, Instant | None], ...]
"""From an instant to another; None while it lasts."""
_NO_PLACES: frozenset[int] = frozenset()


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
    anchor: Occurrence | None
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
    first: int = 0
    last: int = sys.maxsize
    """The places of the first and of the last event that are the episode's own."""
    taken: frozenset[CompiledRule] = frozenset()
    """Rules beneath transitions that were taken, which wait for other events than those."""
    anchors: dict[CompiledRule, Occurrences] = field(default_factory=dict)
    """By rule, the anchors that have raised it or made it begin again: each does so once (O2)."""
    watched: tuple[bool | None, ...] = ()
    turned: Mapping[int, Occurrences] = field(default_factory=lambda: _NOTHING)
    held: Mapping[CompiledRule, tuple[Spans, ...]] = field(default_factory=lambda: _NOTHING)
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
            self.number, self.edition, self.entered_by, self.stage, self.individual, self.started_by, self.ended_at, self.left_by,
            self.stays, self.left, self.uncertain_since, self.jumps, self.first, self.last, self.taken, self.anchors.copy(),
            self.watched, self.turned, self.held, self.by_time,
        )  # fmt: skip


class Judged(NamedTuple):
    """A rule's condition judged at an instant (O3), kept when a story is to be explained."""

    rule: CompiledRule
    anchor: Occurrence
    holds: bool | None
    at: Instant
    facts: Mapping[str, tuple[Value, Occurrence]]


class Patient:
    """One patient in one pathway: facts, position and obligations so far. It is the `Knowledge` that conditions ask."""

    __slots__ = (
        "adaptation_unknown",
        "coming",
        "compiled",
        "current",
        "deviations",
        "ended",
        "entry_unknown",
        "episodes",
        "facts",
        "history",
        "judged",
        "live",
        "main",
        "name",
        "not_taken_up",
        "now",
        "out_of_force",
        "owed",
        "placed",
        "raised",
        "receipts",
        "repeated_anchors",
        "starts",
        "undone",
        "units",
        "unknown",
    )  # fmt: skip

    def __init__(self, compiled: Compiled, name: str, *, receipts: bool = True) -> None:
        self.main = compiled
        self.compiled = compiled
        """The edition in force: that of the current episode, else of the latest (P7)."""
        self.name = name
        self.receipts = receipts
        self.now: Instant = 0
        self.facts: Mapping[str, tuple[Value, Occurrence]] = _NOTHING
        self.placed = 0
        """How many events there have been: each has its place in their order."""
        self.history: dict[str, Occurrences] = {}
        """By key, its occurrences in order."""
        self.undone = _NO_PLACES
        """The places of occurrences that have ceased to count (E5)."""
        self.ended = 0
        """The place after the event that closed the latest episode: an entry that looks back goes no further."""
        self.episodes: tuple[Episode, ...] = ()
        self.current: Episode | None = None
        self.raised = 0
        """How many obligations there have been."""
        self.owed: dict[CompiledRule, tuple[Obligation, ...]] = {}
        """By rule, every obligation ever raised, in order."""
        self.live: dict[CompiledRule, tuple[Obligation, ...]] = {}
        """By rule, those that an event can still change."""
        self.unknown: tuple[Obligation, ...] = ()
        self.deviations: Occurrences = ()
        self.units: Mapping[str, str] = _NOTHING
        """By party, the unit that its latest event came from."""
        self.coming: Occurrences = ()
        """Date-only events not yet in their place: seen from the first instant of their day (T3)."""
        self.starts: tuple[tuple[str, Occurrence, Instant], ...] = ()
        """The other pathways that were started, each with the event and the instant that did it (P2)."""
        self.not_taken_up: tuple[tuple[str, Occurrence], ...] = ()
        """Events that changed nothing, each with the stage (empty: none) in which they came (E7)."""
        self.judged: list[Judged] | None = None
        """The conditions judged, when somebody wants to know."""
        self.entry_unknown = 0
        self.adaptation_unknown = 0
        self.out_of_force = 0
        self.repeated_anchors = 0

    def copy(self) -> Patient:
        """The same patient, to be followed further without this one being changed. Cost: some microseconds, and one for each
        obligation that is still live."""
        copied = Patient.__new__(Patient)
        for name in _SHARED:
            setattr(copied, name, getattr(self, name))
        for name in _COPIED:
            setattr(copied, name, getattr(self, name).copy())
        if self.current is not None:
            copied.current = self.current.copy()
            copied.episodes = (*self.episodes[:-1], copied.current)
        made: dict[Obligation, Obligation] = {}
        for live in self.live.values():
            for obligation in live:
                if obligation.live:
                    made[obligation] = obligation.copy()
        for rule, live in self.live.items():
            copied.live[rule] = tuple([made.get(o, o) for o in live])
            copied.owed[rule] = tuple([made.get(o, o) for o in self.owed[rule]])
        copied.unknown = tuple([made.get(o, o) for o in self.unknown])
        return copied

    @property
    def editions(self) -> Iterable[Compiled]:
        """The editions under which anything may be owed."""
        return dict.fromkeys(episode.edition for episode in self.episodes) if self.main.editions else (self.main,)

    def episode(self, obligation: Obligation) -> Episode:
        """The episode that an obligation belongs to."""
        return self.episodes[obligation.episode - 1]

    @property
    def obligations(self) -> list[Obligation]:
        """Every obligation ever raised, in order."""
        return sorted((o for owed in self.owed.values() for o in owed), key=lambda o: o.number)

    def fact(self, name: str) -> Value | None:
        known = self.facts.get(name)
        return None if known is None else known[0]

    def told(self, fact: str, key: str) -> Value | None:
        for occurrence in reversed(self._happened(key)):
            if fact in occurrence.event.facts:
                return occurrence.event.facts[fact]
        return None

    def count(self, key: str, since: Instant | None) -> int:
        if since is None:
            return len(self._happened(key))
        return sum(o.at >= since for o in self.history.get(key, ()) if o.place not in self.undone)

    def latest(self, key: str) -> Instant | None:
        happened = self._happened(key)
        return happened[-1].at if happened else None

    def happened(self, episode: Episode, keys: Iterable[str]) -> list[Occurrence]:
        """The occurrences of any of the keys in an episode, in order, without those undone."""
        first, last, undone = episode.first, episode.last, self.undone
        found = {
            o.place: o for key in keys for o in self.history.get(key, ()) if first <= o.place <= last and o.place not in undone
        }
        return [found[place] for place in sorted(found)] if len(found) > 1 else list(found.values())

    def loose(self) -> list[Occurrence]:
        """What happened since the latest episode closed, in order."""
        found = {o.place: o for key in self.history for o in self.history[key] if o.place >= self.ended}
        return [found[place] for place in sorted(found)]

    def _happened(self, key: str) -> list[Occurrence]:
        first = self.ended if self.current is None else self.current.first
        return [o for o in self.history.get(key, ()) if o.place >= first and o.place not in self.undone]


_COPIED = ("history", "owed", "live")
_SHARED = tuple(name for name in Patient.__slots__ if name not in _COPIED)
