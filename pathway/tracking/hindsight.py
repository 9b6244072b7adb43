"""What was known of a patient at an earlier event: for what is counted afterwards (indicators, days that cost)."""

from __future__ import annotations

from collections.abc import Iterable

from pathway.events.event import Instant
from pathway.model.expressions import Value
from pathway.tracking.patient import Patient
from pathway.tracking.state import Occurrence


class Hindsight:
    """The `Knowledge` of a patient as it was after the event in a place. Built once a patient; asking walks its events."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        found = {event.place: event for events in patient.history.values() for event in events}
        self._events = [found[place] for place in sorted(found)]
        self._undoing: dict[str, list[str]] = {}
        for undoing, keys in patient.compiled.undone.items():
            for key in keys:
                self._undoing.setdefault(key, []).append(undoing)
        self._place = len(found)
        self.now: Instant = patient.now

    def at(self, event: Occurrence) -> Hindsight:
        """Go to an event; what came after it is not known."""
        self._place, self.now = event.place, event.at
        return self

    def go_to(self, place: int) -> Hindsight:
        """Go to a place among the events: what came after it is not known."""
        self._place = place
        return self

    def happened(self, keys: Iterable[str]) -> list[Occurrence]:
        """The occurrences of any of the keys up to here, in order, without those undone up to here (E5)."""
        return [event for event in self.all_of(keys) if self.undone_at(event) is None]

    def all_of(self, keys: Iterable[str]) -> list[Occurrence]:
        """The occurrences of any of the keys up to here, in order, those undone too."""
        wanted = frozenset(keys)
        return [event for event in self._events if event.place <= self._place and not wanted.isdisjoint(event.keys)]

    def undone_at(self, event: Occurrence) -> Occurrence | None:
        """The event up to here that undid another one."""
        undoing = {key for own in event.keys for key in self._undoing.get(own, ())}
        if not undoing:
            return None
        return next((each for each in self.all_of(undoing) if each.place > event.place), None)

    def fact(self, name: str) -> Value | None:
        told = (event for event in reversed(self._events) if event.place <= self._place and name in event.event.facts)
        return next((event.event.facts[name] for event in told), None)

    def told(self, fact: str, key: str) -> Value | None:
        told = (event for event in reversed(self.happened([key])) if fact in event.event.facts)
        return next((event.event.facts[fact] for event in told), None)

    def count(self, key: str, since: Instant | None) -> int:
        return sum(since is None or event.at >= since for event in self.happened([key]))

    def latest(self, key: str) -> Instant | None:
        happened = self.happened([key])
        return happened[-1].at if happened else None

    def unit(self, party: str) -> str | None:
        """The unit of a party (O10): the one that an adaptation binds it to; that of the patient's fact that the party is; else
        that of the party's latest event."""
        bound = self._patient.compiled.pathway.units.get(party)
        if bound is not None:
            return bound
        declared = self._patient.compiled.pathway.parties.get(party)
        if declared is not None and declared.residence is not None:
            known = self.fact(declared.residence)
            return None if known is None else str(known)
        told = (
            event.event.unit
            for event in reversed(self._events)
            if event.place <= self._place and event.event.unit and party == (event.event.party or event.event.sender)
        )
        return next(told, None)
