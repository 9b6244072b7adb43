"""What tracking remembers of one patient in one pathway while it goes through the events.

Plain records, changed only by the modules beside this one: `course` (the order of things), `position`, `obligations` and
what goes with the single kinds of rule. No rule of the semantics is decided here but what is known (`Patient`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pathway.events.event import Event, Instant
from pathway.machine.compile import Compiled, CompiledRule
from pathway.model.expressions import Value
from pathway.model.rules import Timing
from pathway.tracking.records import Outcome, Part, Subtype


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
    undone: bool = False

    @property
    def root(self) -> str:
        return self.event.root or self.event.id


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


@dataclass(slots=True, eq=False)
class Obligation:
    """One thing owed. `unknown` while its condition is; `due` None while nothing makes it fall due (`before X`, a held clock).

    `sure` is the due time if a date-only anchor was as early as it can have been (T3); else equal to `due`.
    """

    rule: CompiledRule
    part: Part
    receiver: str | None
    episode: Episode
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
    seen: list[Occurrence] = field(default_factory=list)
    elements: set[str] = field(default_factory=set)
    reached: bool = False
    """Something has come to the right receiver."""

    @property
    def waits(self) -> bool:
        return self.outcome == "waiting"

    @property
    def live(self) -> bool:
        """Whether an event can still change it."""
        return self.outcome == "waiting" or (self.broken and self.met_at is None)


@dataclass(frozen=True, slots=True)
class Stay:
    """From an instant on in a stage, under a party."""

    since: Instant
    stage: str
    party: str | None


@dataclass(slots=True, eq=False)
class Episode:
    """One course of the patient through the pathway (P1)."""

    number: int
    entered_by: Occurrence
    stage: str
    individual: str | None = None
    ended_at: Instant | None = None
    stays: list[Stay] = field(default_factory=list)
    left: str | None = None
    """The stage last left, for `return`."""
    uncertain_since: Instant | None = None
    jumps: int = 0
    history: dict[str, list[Occurrence]] = field(default_factory=dict)
    in_force: dict[int, Instant] = field(default_factory=dict)
    anchors: dict[int, list[Occurrence]] = field(default_factory=dict)
    """By rule, the anchors that have raised it: each raises it once (O2)."""
    raised: set[tuple[int, str, int]] = field(default_factory=set)
    watched: list[bool | None] = field(default_factory=list)
    turned: dict[int, list[Occurrence]] = field(default_factory=dict)
    held: dict[int, list[tuple[Instant, Instant | None]]] = field(default_factory=dict)
    by_time: list[tuple[Instant, int, Occurrence]] = field(default_factory=list)

    def happened(self, keys: Iterable[str]) -> list[Occurrence]:
        """The occurrences of any of the keys in this episode, in order, without those undone."""
        found = {o.place: o for key in keys for o in self.history.get(key, ()) if not o.undone}
        return [found[place] for place in sorted(found)]


class Patient:
    """One patient in one pathway: facts, position and obligations so far. It is the `Knowledge` that conditions ask."""

    def __init__(self, compiled: Compiled, name: str, *, receipts: bool = True) -> None:
        self.compiled = compiled
        self.name = name
        self.receipts = receipts
        self.now: Instant = 0
        self.facts: dict[str, tuple[Value, Occurrence]] = {}
        self.history: dict[str, list[Occurrence]] = {}
        self.loose: list[Occurrence] = []
        """What happened since the last episode closed: an entry that looks back counts it as the episode's own."""
        self.episodes: list[Episode] = []
        self.current: Episode | None = None
        self.obligations: list[Obligation] = []
        self.owed: dict[int, list[Obligation]] = {}
        """By rule, every obligation ever raised, in order."""
        self.live: dict[int, list[Obligation]] = {}
        """By rule, those that an event can still change."""
        self.unknown: list[Obligation] = []
        self.deviations: list[Occurrence] = []
        self.units: dict[str, str] = {}
        """By party, the unit that its latest event came from."""
        self.coming: list[Occurrence] = []
        """Date-only events not yet in their place: seen from the first instant of their day (T3)."""
        self.not_taken_up: dict[tuple[str, str], int] = {}
        self.entry_unknown = 0
        self.repeated_anchors = 0

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
        return sum(o.at >= since for o in self.history.get(key, ()) if not o.undone)

    def latest(self, key: str) -> Instant | None:
        happened = self._happened(key)
        return happened[-1].at if happened else None

    def _happened(self, key: str) -> list[Occurrence]:
        if self.current is not None:
            return [o for o in self.current.history.get(key, ()) if not o.undone]
        return [o for o in self.loose if key in o.keys and not o.undone]
