"""A seeded population: each patient walks the pathway, and what is owed on the way is done, or is not.

The engine itself says what is owed (a `Course` is fed as the events are made); the generator decides whether and when it is
done, and keeps its own record of what it broke.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass

from pathway.events.event import Event, Instant
from pathway.machine.tables import Compiled, CompiledTransition
from pathway.model.calendar import to_datetime, to_instant
from pathway.model.expressions import Value
from pathway.model.pathway import FactType
from pathway.simulation.fulfilment import TICK, Happening, fulfil
from pathway.simulation.profile import Length, Profile
from pathway.tracking.course import Course
from pathway.tracking.state import Obligation
from pathway.tracking.tell import place_in_order

_MOST_EVENTS = 400
"""A patient who goes in circles stops here."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A break that the generator meant to make."""

    patient: str
    rule: str
    part: str
    how: str
    """`late`, `missing`, `incomplete`, `misdirected`, `refused`, `insufficient` or `uninformed`."""


@dataclass(frozen=True, slots=True)
class Population:
    """Events in order of time, patient by patient, and the record of what was planted. `as_of` is the profile's end."""

    events: list[Event]
    planted: list[Planted]
    as_of: Instant


def population(compiled: Compiled, profile: Profile, *, patients: int, seed: int = 1, prefix: str = "P") -> Population:
    """Make a population. The same arguments give the same events on every machine and version of Python."""
    events: list[Event] = []
    planted: list[Planted] = []
    for number in range(1, patients + 1):
        name = f"{prefix}{number:0{len(str(patients))}}"
        walk = Walk(compiled, profile, name, random.Random(f"{seed}/{name}"))
        events += walk.events()
        planted += walk.planted
    return Population(events, planted, to_instant(profile.end))


class Walk:
    """One patient on the way."""

    def __init__(self, compiled: Compiled, profile: Profile, patient: str, chance: random.Random) -> None:
        self.compiled = compiled
        self.profile = profile
        self.patient = patient
        self.chance = chance
        self.course = Course(compiled, patient)
        self.planted: list[Planted] = []
        self._queue: list[tuple[Instant, int, Happening]] = []
        self._number = 0
        self._seen: set[int] = set()
        self._stage: str | None = None
        self.stays = 0
        self._units = {units: chance.choice(units) for units in dict.fromkeys(profile.units.values())}
        self._end = to_instant(profile.end)

    def events(self) -> list[Event]:
        made: list[Event] = []
        self._come_in()
        while self._queue and len(made) < _MOST_EVENTS:
            at, _, happening = heapq.heappop(self._queue)
            if at > self._end:
                break
            if not self._still(happening):
                continue
            if happening.key == TICK:
                self.course.close(at)
                self._go_on(at)
                continue
            event = self._event(at, happening, len(made))
            made.append(event)
            self.course.take(place_in_order(self.compiled, [event])[0])
            self._go_on(at)
        return made

    def _still(self, happening: Happening) -> bool:
        """What was planned for a stage does not happen once it is left."""
        return happening.stay is None or happening.stay == self.stays

    def plan(self, at: Instant, happening: Happening) -> None:
        heapq.heappush(self._queue, (at, self._number, happening))
        self._number += 1

    def hours(self, length: Length) -> Instant:
        """A length of time drawn, in microseconds, to the minute."""
        drawn = self.chance.lognormvariate(0.0, length.spread) * length.median
        return max(1, round(drawn * 60)) * 60_000_000

    def _come_in(self) -> None:
        entries = self.compiled.entries
        entry = self.chance.choices(entries, [self.profile.enter_by.get(e.stage, 1.0) for e in entries])[0]
        span = to_instant(self.profile.end) - to_instant(self.profile.start)
        at = to_instant(self.profile.start) + int(self.chance.random() * span) // 60_000_000 * 60_000_000
        facts = self._about_patient()
        for _ in range(200):
            self.course.patient.facts = {name: (value, None) for name, value in facts.items()}  # type: ignore[misc]
            if entry.when is None or entry.when(self.course.patient):
                break
            facts = self._about_patient()
        self.course.patient.facts = {}
        self.plan(at, Happening(entry.keys[0], facts=facts))

    def _about_patient(self) -> dict[str, Value]:
        """Facts that no event carries are known from the beginning."""
        carried = {fact for event in self.compiled.pathway.events.values() for fact in event.carries}
        facts: dict[str, Value] = {}
        for name, fact in self.compiled.pathway.facts.items():
            drawn = self.value(name, fact.type) if name in self.profile.facts or name not in carried else None
            if drawn is not None and name not in carried:
                facts[name] = drawn
        return facts

    def value(self, name: str, kind: FactType) -> Value | None:
        weighted = self.profile.facts.get(name)
        if weighted is not None:
            return self.chance.choices(list(weighted), list(weighted.values()))[0]
        match kind.kind:
            case "yes_no":
                return self.chance.random() < 0.5
            case "one_of":
                return self.chance.choice(kind.values)
            case "number" if kind.minimum is not None and kind.maximum is not None:
                return self.chance.randint(int(kind.minimum), int(kind.maximum))
        return None

    def _event(self, at: Instant, happening: Happening, number: int) -> Event:
        name, _, phase = happening.key.partition(" ")
        facts = dict(happening.facts)
        declared = self.compiled.pathway.events.get(name)
        for fact in declared.carries if declared else ():
            if fact not in facts:
                drawn = self.value(fact, self.compiled.pathway.facts[fact].type)
                if drawn is not None:
                    facts[fact] = drawn
        identity = f"{self.patient}-{number + 1:03}"
        return Event(
            id=identity,
            root=identity,
            patient=self.patient,
            name=name,
            phase=phase or None,  # type: ignore[arg-type]  # a key's phase is one of the language's
            occurred=at,
            recorded=at + self.chance.choice((0, 0, 0, 60_000_000, 10 * 60_000_000)),
            party=self._party(happening.party),
            unit=self._unit(happening.party),
            sender=happening.sender,
            receiver=happening.receiver,
            elements=happening.elements,
            facts=facts,
        )

    def _party(self, party: str | None) -> str | None:
        """Whoever does it: the party told, else the one that holds the patient, or will."""
        episode = self.course.patient.current
        if party is not None or episode is None:
            return party or self.compiled.stage(self.compiled.entries[0].stage).party
        return episode.stays[-1].party

    def _unit(self, party: str | None) -> str | None:
        units = self.profile.units.get(self._party(party) or "") or self.profile.units.get("")
        return None if units is None else self._units[units]

    def _go_on(self, at: Instant) -> None:
        """After an event: a new stage is planned for, and what is newly owed."""
        episode = self.course.patient.current
        if episode is not None and len(episode.stays) != self.stays:
            self.stays = len(episode.stays)
            self._arrive(at, episode.stage)
        for obligation in self._newly_owed():
            rule = obligation.rule.rule
            share = self.profile.breaks.get(rule.name, self.profile.usual_break)
            broken = self.chance.random() < share.of(self._unit(rule.by or rule.sender), to_datetime(at))
            how = fulfil(self, obligation, at, broken)
            if how is not None and rule.breaks:
                self.planted.append(Planted(self.patient, rule.name, obligation.part, how))

    def _newly_owed(self) -> Iterator[Obligation]:
        for obligation in self.course.patient.obligations:
            if id(obligation) not in self._seen and obligation.waits and not obligation.unknown:
                self._seen.add(id(obligation))
                yield obligation

    def _arrive(self, at: Instant, stage: str) -> None:
        """Plan what happens in a stage of itself, and how it is left."""
        for name, after in self.profile.told.get(stage, ()):
            self.plan(at + self.hours(after), Happening(name, stay=self.stays))
        ways = [w for w in self.compiled.transitions if w.stage in (stage, None) and w.keys]
        if not ways:
            return
        weights = [self._weight(stage, way) for way in ways]
        if not any(weights):
            return
        way = self.chance.choices(ways, weights)[0]
        left = at + self.hours(self.profile.stays.get(stage, self.profile.usual_stay))
        self.plan(left, Happening(way.keys[0], facts=self._facts_for(way), stay=self.stays))
        self._prepare(stage, way.keys[0], at, left)

    def _weight(self, stage: str, way: CompiledTransition) -> float:
        usual = 0.01 if way.stage is None else 1.0
        return self.profile.weights.get((stage, way.transition.target or ""), usual)

    def _facts_for(self, way: CompiledTransition) -> dict[str, Value]:
        """Facts that the event carries, such that the transition's condition holds."""
        declared = self.compiled.pathway.events.get(way.keys[0])
        carried = declared.carries if declared else ()
        known = self.course.patient.facts
        for _ in range(50):
            facts = {
                fact: drawn
                for fact in carried
                if (drawn := self.value(fact, self.compiled.pathway.facts[fact].type)) is not None
            }
            self.course.patient.facts = {**known, **{name: (value, None) for name, value in facts.items()}}  # type: ignore[misc]
            fits = way.when is None or way.when(self.course.patient)
            self.course.patient.facts = known
            if fits and not (way.transition.otherwise and self._other_fits(way, facts)):
                return facts
        return {}

    def _other_fits(self, way: CompiledTransition, facts: dict[str, Value]) -> bool:
        known = self.course.patient.facts
        self.course.patient.facts = {**known, **{name: (value, None) for name, value in facts.items()}}  # type: ignore[misc]
        others = [w for w in self.compiled.transitions if w.stage == way.stage and w is not way and way.keys[0] in w.keys]
        fits = any(other.when is None or other.when(self.course.patient) for other in others)
        self.course.patient.facts = known
        return fits

    def _prepare(self, stage: str, key: str, at: Instant, left: Instant) -> None:
        """What a decision needs is had before it, unless the decision is to be uninformed."""
        for rule in (*self.compiled.in_force.get(stage, ()), *self.compiled.in_force[None]):
            if rule.decides != key:
                continue
            share = self.profile.breaks.get(rule.rule.name, self.profile.usual_break)
            if self.chance.random() < share.of(self._unit(rule.rule.by), to_datetime(at)):
                self.planted.append(Planted(self.patient, rule.rule.name, "main", "uninformed"))
                continue
            before = at + int((left - at) * self.chance.uniform(0.4, 0.9))
            for basis in rule.rule.basis:
                if basis.kind == "event":
                    self.plan(before, Happening(basis.name, stay=self.stays))
