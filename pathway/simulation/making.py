"""Events made of happenings: the facts that they carry, such that conditions come out as meant, and who did it where."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pathway.events.event import DEVIATION, Event, Instant
from pathway.machine.tables import Compiled, CompiledTransition
from pathway.model.calendar import to_datetime
from pathway.model.expressions import Value, facts_in
from pathway.simulation.followed import Followed, Standing
from pathway.simulation.happening import Happening
from pathway.simulation.profile import Place
from pathway.simulation.values import Values
from pathway.tracking.patient import Patient
from pathway.tracking.state import Episode

_TRIES = 60
"""So many values are drawn before a condition is given up."""


@dataclass(slots=True)
class Supposed:
    """What would be known if an event with some facts happened now. It is the `Knowledge` that conditions ask."""

    patient: Patient
    now: Instant
    key: str
    facts: Mapping[str, Value]

    def fact(self, name: str) -> Value | None:
        return self.facts[name] if name in self.facts else self.patient.fact(name)

    def told(self, fact: str, key: str) -> Value | None:
        return self.facts[fact] if key == self.key and fact in self.facts else self.patient.told(fact, key)

    def count(self, key: str, since: int | None) -> int:
        return self.patient.count(key, since) + (key == self.key)

    def latest(self, key: str) -> int | None:
        return self.now if key == self.key else self.patient.latest(key)


class Maker:
    """Makes one patient's events. `person` are the facts of the patient that any event may tell, as they were drawn."""

    def __init__(self, followed: Iterable[Followed], values: Values, place: Place, patient: str, chance: random.Random) -> None:
        self._followed = tuple(followed)
        self._values = values
        self._place = place
        self._patient = patient
        self._chance = chance
        self.person: dict[str, Value] = dict(place.facts)

    def event(self, at: Instant, happening: Happening, facts: Mapping[str, Value], party: str | None, number: int) -> Event:
        name, _, phase = happening.key.partition(" ")
        identity = f"{self._patient}-{number + 1:03}"
        return Event(
            id=identity,
            root=identity,
            patient=self._patient,
            name=name,
            phase=phase or None,  # type: ignore[arg-type]  # a key's phase is one of the language's
            occurred=at,
            recorded=at + (0 if name == DEVIATION else self._chance.choice((0, 0, 0, 1, 10)) * 60_000_000),
            party=party,
            unit=self.unit(party) if name != DEVIATION else None,
            sender=happening.sender,
            receiver=happening.receiver,
            elements=happening.elements,
            amount=happening.amount,
            facts=facts,
            deviation=happening.deviation,
            because=happening.because,
            deviation_until=happening.until,
            cause=happening.cause,
        )

    def unit(self, party: str | None) -> str | None:
        return self._place.units.get(party or "", self._place.units.get(""))

    def carried(self, key: str) -> set[str]:
        """The facts that an event, or an answer, is declared to carry."""
        name, _, phase = key.partition(" ")
        found: set[str] = set()
        for followed in self._followed:
            declared = followed.names.events.get(name)
            found |= set(declared.carries) if declared is not None else set()
            if phase == "answered":
                rules = (rule.rule for text in followed.editions for rule in text.rules)
                found |= {rule.answer_fact for rule in rules if rule.message == name and rule.answer_fact is not None}
        return found

    def facts(self, happening: Happening, at: Instant) -> dict[str, Value]:
        """Drawn values of what the event carries, beside those that are given."""
        return self._drawn(sorted(self.carried(happening.key)), at) | dict(happening.facts)

    def entering(
        self, standing: Standing, followed: int, happening: Happening, at: Instant, stage: str
    ) -> dict[str, Value] | None:
        """Facts with which an event opens a pathway in a stage; None where none were found. The person's are kept from then on."""
        one = self._followed[followed]
        patient = standing.patient(followed)
        asked = self._asked(one.compiled)
        about = [name for name, fact in one.names.facts.items() if not fact.carried]
        carried = sorted(self.carried(happening.key))
        individual = self._chance.random() < 0.02
        for tried in range(_TRIES):
            told = {name: self.person[name] for name in about if name in self.person}
            again = [
                name for name in about if name not in told or (tried > 3 and name in asked and name not in self._place.facts)
            ]
            facts = {**told, **self._drawn(again, at), **self._drawn(carried, at), **happening.facts}
            knowledge = Supposed(patient, at, happening.key, facts)
            if _opens(one.compiled, happening.key, stage, knowledge, individual):
                self.person |= {name: value for name, value in facts.items() if name in about}
                return facts
        return None

    def moving(
        self, patient: Patient, episode: Episode, happening: Happening, at: Instant, way: CompiledTransition | None
    ) -> dict[str, Value] | None:
        """Facts with which an event takes a transition; None where none were found."""
        edition, key = episode.edition, happening.key
        carried = sorted(self.carried(key))
        asked = facts_in(way.transition.when) if way is not None else []
        for _ in range(_TRIES):
            unknown = [
                f for f in asked if patient.fact(f) is None and f not in self.person and not edition.pathway.facts[f].carried
            ]
            facts = {**self._drawn(unknown, at), **self._drawn(carried, at), **happening.facts}
            knowledge = Supposed(patient, at, key, facts)
            came = edition.flow.take(episode.stage, key, knowledge)
            if (came.taken == way.index) if way is not None else not came.unknown:
                self.person |= {name: facts[name] for name in unknown if name in facts}
                return facts
        return None

    def _drawn(self, names: Iterable[str], at: Instant) -> dict[str, Value]:
        today: date = to_datetime(at).date()
        drawn = ((name, self._values.draw(name, self._chance, today)) for name in names)
        return {name: value for name, value in drawn if value is not None}

    def value(self, name: str, at: Instant) -> Value | None:
        return self._values.draw(name, self._chance, to_datetime(at).date())

    def _asked(self, compiled: Compiled) -> set[str]:
        """The facts on which it hangs whether and how a patient comes in."""
        pathway = compiled.pathway
        conditions = [*(case.when for case in pathway.enters), *(case.when for case in pathway.unsuited)]
        return {fact for condition in conditions for fact in facts_in(condition)}


def _opens(compiled: Compiled, key: str, stage: str, knowledge: Supposed, individual: bool) -> bool:
    """Whether an event opens an episode in a stage, and as an individual course or not, as wanted."""
    unsuited = any(when is None or when(knowledge) is True for when, _ in compiled.unsuited)
    if unsuited is not individual and compiled.unsuited:
        return False
    for entry in compiled.entries:
        if key in entry.keys and (unsuited or entry.when is None or entry.when(knowledge) is True):
            return entry.stage == stage
    return False
