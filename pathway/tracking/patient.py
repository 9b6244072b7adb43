"""What is known of one patient in one pathway: facts, events, position, and what is owed. Conditions ask it (`Knowledge`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pathway.events.event import Instant
from pathway.machine.tables import Compiled, CompiledRule
from pathway.model.expressions import Value
from pathway.tracking.state import NOTHING, Episode, Judged, Obligation, Occurrence, Occurrences

BEFORE: Instant = -(2**62)
"""Before anything: where a patient stands whom nothing has happened to."""
_NO_PLACES: frozenset[int] = frozenset()


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
        self.now: Instant = BEFORE
        self.facts: Mapping[str, tuple[Value, Occurrence]] = NOTHING
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
        self.units: Mapping[str, str] = NOTHING
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
