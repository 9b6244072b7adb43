"""What is meant to become of what a made-up patient is owed, and the record of what was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from pathway.events.event import Instant
from pathway.simulation.followed import Followed, Key
from pathway.simulation.happening import Intention, Owed
from pathway.simulation.planted import Planted, planted
from pathway.tracking.records import Subtype
from pathway.tracking.state import Obligation

Find = Callable[[Key], Obligation | None]
"""Gives an obligation as it is now."""


class Meanings:
    """The intentions of one patient's walk. One and the same obligation may be followed from several pathways: what is meant is meant
    in all of them."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._by_owed: dict[Owed, Intention] = {}
        self._by_key: dict[Key, Intention] = {}
        self._withheld: list[Intention] = []
        self._broken: dict[Key, tuple[Owed, Instant]] = {}
        self.drawn: dict[Owed, Subtype] = {}
        """What the event that is being tried breaks at once, and is to."""

    def of(self, key: Key, owed: Owed) -> Intention:
        """What is meant to become of an obligation."""
        meant = self._by_key.get(key)
        if meant is None:
            meant = self._by_key[key] = self._by_owed.setdefault(owed, Intention())
            meant.keys.append(key)
        return meant

    def known(self, key: Key, owed: Owed) -> bool:
        """Whether that has been decided already."""
        return key in self._by_key or owed in self._by_owed

    def seen(self, key: Key) -> bool:
        return key in self._by_key

    def broken(self, key: Key) -> bool:
        return key in self._broken

    def note(self, key: Key, owed: Owed, at: Instant) -> Intention:
        """An obligation has broken."""
        meant = self.of(key, owed)
        meant.how = self.drawn.get(owed, meant.how)
        self._broken[key] = (owed, at)
        return meant

    def begun(self, meant: Intention) -> bool:
        """Whether it has come to the break that is meant."""
        return any(key in self._broken for key in meant.keys)

    def withhold(self, meant: Intention) -> None:
        """What would keep it is not to happen of itself."""
        self._withheld.append(meant)

    def withheld(self, event: str) -> bool:
        """Whether an event is not to come, or not yet, because something is to break."""
        waiting = (self._find(meant.keys[0]) for meant in self._withheld if meant.how is not None)
        return any(owed is not None and owed.waits and event in owed.rule.meets for owed in waiting)

    def planted(self, followed: Sequence[Followed], patient: str) -> list[Planted]:
        found = []
        for key, (owed, at) in self._broken.items():
            obligation = self._find(key)
            assert obligation is not None  # one with a break is never forgotten
            found.append(planted(followed[key.followed].name, patient, owed, self._by_key[key], obligation, at))
        return found

    def averted(self) -> Counter[str]:
        """What was meant to break and did not, by what became of it instead. (What gives no break is late or missing without one.)"""
        averted: Counter[str] = Counter()
        for meant in self._by_owed.values():
            obligation = self._find(meant.keys[-1])
            if meant.how is not None and not self.begun(meant) and obligation is not None and not obligation.broken:
                averted[obligation.outcome] += 1
        return averted
