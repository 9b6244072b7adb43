"""A seeded population: each patient walks the pathways, and what is owed on the way is done, or is broken as was meant."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pathway.events.event import Event, Instant
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_instant
from pathway.simulation.followed import Followed
from pathway.simulation.happening import DAY
from pathway.simulation.planted import Planted
from pathway.simulation.profile import Profile
from pathway.simulation.values import Values
from pathway.simulation.walk import StuckError, Walk, Walked

_TRIES = 12
"""So often a patient is drawn anew where a break that was not meant could not be avoided; after that it is noted as such."""


@dataclass(frozen=True, slots=True)
class Population:
    """Events in order of time, patient by patient, and the record of what was planted. `as_of` is the profile's end.

    `averted` counts what was meant to break and did not, by what became of it instead (`lapsed` when the patient died first);
    `drawn_anew` the patients who were drawn more than once.
    """

    events: list[Event]
    planted: list[Planted]
    as_of: Instant
    averted: Counter[str] = field(default_factory=Counter)
    drawn_anew: int = 0


def population(
    pathways: Sequence[Compiled], profile: Profile, *, patients: int, seed: int = 1, prefix: str = "P"
) -> Population:
    """Make a population. The same arguments give the same events on every machine and version of Python."""
    made = Population([], [], to_instant(profile.end))
    anew = 0
    for walked, tries in walks(pathways, profile, patients=patients, seed=seed, prefix=prefix):
        made.events.extend(walked.events)
        made.planted.extend(walked.planted)
        made.averted.update(walked.averted)
        anew += tries > 1
    return Population(made.events, made.planted, made.as_of, made.averted, anew)


def walks(
    pathways: Sequence[Compiled], profile: Profile, *, patients: int, seed: int, prefix: str, width: int | None = None
) -> Iterator[tuple[Walked, int]]:
    """Patient by patient, with the number of times that each was drawn. `width` is that of the numbers in their names. Cost: some
    10 ms a patient and pathway."""
    followed = [Followed(compiled) for compiled in pathways]
    values = Values((text for one in followed for text in one.editions), profile.facts)
    foreseen: set[tuple[str, str]] = set()
    for number in range(1, patients + 1):
        name = name_of(prefix, number, width or len(str(patients)))
        for tried in range(1, _TRIES + 2):
            chance = random.Random(f"{seed}/{name}/{tried}")
            place = chance.choices(profile.places, [place.weight for place in profile.places])[0]
            walk = Walk(followed, profile, values, place, name, chance, foreseen=foreseen, lenient=tried > _TRIES)
            try:
                yield walk.walk(_onsets(followed, profile, chance)), tried
                break
            except StuckError as stuck:
                if stuck.owed is not None:
                    foreseen.add((stuck.owed.pathway, stuck.owed.rule))


def name_of(prefix: str, number: int, width: int) -> str:
    """What a patient is called: sorted by name they are sorted by number."""
    return f"{prefix}{number:0{width}}"


def _onsets(followed: Sequence[Followed], profile: Profile, chance: random.Random) -> list[tuple[int, Instant]]:
    """When a patient comes to which of the pathways: to one at least."""
    weights = [profile.shares.get(one.name, 1.0) for one in followed]
    chosen = [place for place, weight in enumerate(weights) if chance.random() < weight]
    chosen = chosen or chance.choices(range(len(followed)), weights)
    start, end = to_instant(profile.start), to_instant(profile.end)
    return [(place, start + int((end - start - DAY) * chance.random())) for place in chosen]
