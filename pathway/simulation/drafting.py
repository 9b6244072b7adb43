"""What a happening comes to as an event: by which facts it opens a pathway or moves the patient, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pathway.events.event import DEVIATION, Event, Instant
from pathway.machine.tables import CompiledTransition
from pathway.model.expressions import Value
from pathway.simulation.fulfilment import told
from pathway.simulation.happening import Happening
from pathway.simulation.ways import ways_on
from pathway.tracking.state import Episode

if TYPE_CHECKING:
    from pathway.simulation.walk import Walk


def draft(walk: Walk, at: Instant, happening: Happening) -> Event | None:
    """The event, with facts such that it does what it is meant to; None where there are none such."""
    if happening.entering is not None:
        return _entering(walk, at, happening, happening.entering)
    facts: dict[str, Value] | None = None
    if happening.key != DEVIATION:
        facts = _moving(walk, at, happening)
        if facts is None and happening.leaving is not None:
            return None
    facts = walk.maker.facts(happening, at) if facts is None else facts
    return walk.maker.event(at, happening, facts, _party(walk, happening), len(walk.made))


def _entering(walk: Walk, at: Instant, happening: Happening, place: int) -> Event | None:
    compiled = walk.followed[place].compiled
    if walk.standing.courses[place][0].patient.current is not None:
        return None
    enter_by = walk.habits(compiled).enter_by
    entries = [entry for entry in compiled.entries if entry.keys]
    weights = [enter_by.get(entry.stage, 0.0) if enter_by else 1.0 for entry in entries]
    while entries and any(weights):
        (number,) = walk.chance.choices(range(len(entries)), weights)
        coming = replace(happening, key=walk.chance.choice(entries[number].keys))
        facts = walk.maker.entering(walk.standing, place, coming, at, entries[number].stage)
        if facts is not None:
            sent = told(compiled, coming.key)
            party = sent.party or compiled.stage(entries[number].stage).party
            return walk.maker.event(at, sent, facts, party, len(walk.made))
        del entries[number], weights[number]
    return None


def _moving(walk: Walk, at: Instant, happening: Happening) -> dict[str, Value] | None:
    """Facts for an event that moves the patient: by the way that it is meant to take, else by one of those that it may."""
    stay = happening.leaving
    for place, number, course in walk.standing.each():
        episode = course.patient.current
        if episode is None or (stay is not None and (place, number) != (stay.followed, stay.course)):
            continue
        if (episode.stage, happening.key) not in episode.edition.on_event:
            continue
        way = episode.edition.transitions[stay.way] if stay is not None and stay.way is not None else None
        facts = walk.maker.moving(course.patient, episode, happening, at, way or _one_of(walk, episode, happening.key))
        if facts is None and stay is None:
            facts = walk.maker.moving(course.patient, episode, happening, at, None)
        return facts
    return None


def _one_of(walk: Walk, episode: Episode, key: str) -> CompiledTransition | None:
    """One of the ways by which an event may move the patient, by their weights."""
    edition = episode.edition
    ways, weights = ways_on(edition, episode.stage, walk.habits(edition))
    by_event = edition.on_event[episode.stage, key]
    found = {way.number: of for way, of in zip(ways, weights, strict=True) if way.number is not None and way.number in by_event}
    if not any(found.values()):
        return None
    return edition.transitions[walk.chance.choices(list(found), list(found.values()))[0]]


def _party(walk: Walk, happening: Happening) -> str | None:
    """Whoever does it: the party told, else the one that holds the patient where it is planned."""
    if happening.party is not None or happening.key == DEVIATION:
        return happening.party
    stay = happening.leaving or happening.during
    places = [(stay.followed, stay.course)] if stay is not None else []
    if happening.meant is not None:
        places += [(key.followed, key.course) for key in happening.meant.keys]
    for place, number in places or [(place, number) for place, number, _ in walk.standing.each()]:
        episode = walk.standing.courses[place][number].patient.current
        if episode is not None:
            return episode.stays[-1].party
    return None
