"""What was known of many patients at earlier events: facts, bands and the units of parties, as numbers of texts.

The same as `tracking/hindsight.py`, asked for many at once: which of the events that tell a thing is the latest up to another is a
search in their places, and costs some tens of nanoseconds.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from pathway.model.measures import Bands
from pathway.model.pathway import Pathway
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Lowered, Names
from pathway.replay.rows import Rows


class Hindsight:
    """Of one pathway over some rows. `texts` are what the numbers in answers stand for; -1 is not known.

    Who is asked for is told by `first`, where the patient's events begin among all, and `last`, the event up to which.
    """

    def __init__(self, lowered: Lowered, rows: Rows, events: shape.Events) -> None:
        self._lowered, self._rows, self._extra, self._events = lowered, rows, events.extra, events
        self.texts = Names()

    def fact(self, name: str, first: Any, last: Any) -> Any:
        """The value of a fact, as text."""
        return self._told(name, first, last, [str(value) for value in self._values(name)])

    def band(self, bands: Bands, first: Any, last: Any) -> Any:
        """The band that a fact's value is in; of what is no number, none."""
        numbers = [
            bands.band(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
            for value in self._values(bands.fact)
        ]
        return self._told(bands.fact, first, last, numbers)

    def unit(self, party: str, edition: Any, first: Any, last: Any) -> Any:
        """The unit of a party (O10), under the edition in force last for each."""
        found = np.full(len(last), -1, np.int64)
        for number in np.unique(edition).tolist():
            own = edition == number
            found[own] = self._unit(party, self._lowered.editions[number].pathway, first[own], last[own])
        return found

    def told_at(self, fact: str, key: int, start: Any, patient: Any, at: Any) -> Any:
        """What the first event with a key at an instant told of a fact, as text. `start`: where each patient's events begin."""
        places, values = _of(self._facts, self._lowered.facts.known(fact))
        own = self._events.key[places] == key
        places, values = places[own], values[own]
        instants, number = np.unique(self._events.at[places], return_inverse=True)
        asked = np.searchsorted(instants, at)
        known = np.append(instants, at.max(initial=0) + 1)[asked] == at
        # A patient and the number of an instant as one number: they are in order as the places are.
        whose = (np.searchsorted(start, places, side="right") - 1) * (len(instants) + 1) + number
        wanted = patient.astype(np.int64) * (len(instants) + 1) + asked
        found = np.searchsorted(whose, wanted)
        known &= np.append(whose, -1)[found] == wanted
        numbers = np.array([-1, *(self.texts(str(value)) for value in self._values(fact))], np.int64)
        return np.where(known, numbers[np.append(values, 0)[found]], -1)

    def _unit(self, party: str, pathway: Pathway, first: Any, last: Any) -> Any:
        bound = pathway.units.get(party)
        if bound is not None:
            return np.full(len(last), self.texts(bound), np.int64)
        declared = pathway.parties.get(party)
        if declared is not None and declared.residence is not None:
            return self.fact(declared.residence, first, last)
        places, units = _of(self._units, self._lowered.parties.known(party))
        at = _latest(places, first, last)
        names = np.array([*(self.texts(name) for name in self._lowered.units.all), -1], np.int64)
        return names[np.append(units, -1)[at]]

    def _told(self, name: str, first: Any, last: Any, texts: list[str | None]) -> Any:
        places, values = _of(self._facts, self._lowered.facts.known(name))
        at = _latest(places, first, last)
        numbers = np.array([-1, *map(self.texts, texts)], np.int64)
        return numbers[np.append(values, 0)[at]]

    def _values(self, name: str) -> list[Any]:
        number = self._rows.facts.numbers.get(name)
        return [] if number is None else self._rows.values[number]

    @cached_property
    def _facts(self) -> tuple[Any, Any, Any]:
        """By fact, the places of the events that tell it, in order, and its values."""
        if len(self._extra) == 0:
            return _sorted(*(np.zeros(0, np.int64) for _ in range(3)))
        place, entry = self.entries
        return _sorted(self._events.fact[entry], place, self._events.value[entry])

    @cached_property
    def entries(self) -> tuple[Any, Any]:
        """Every fact told: the place of its event, and where it stands among all that were told."""
        first = self._extra["facts0"]
        often = self._extra["facts1"] - first
        place = np.repeat(np.arange(len(often)), often)
        return place, np.arange(len(place)) - np.repeat(np.cumsum(often) - often - first, often)

    @cached_property
    def _units(self) -> tuple[Any, Any, Any]:
        """By party, the places of the events that came from a unit of it."""
        extra = self._extra
        if len(extra) == 0:
            return _sorted(*(np.zeros(0, np.int64) for _ in range(3)))
        party = np.where(extra["party"] >= 0, extra["party"], extra["sender"])
        place = np.nonzero((extra["unit"] >= 0) & (party >= 0))[0]
        return _sorted(party[place], place, extra["unit"][place])


def _sorted(of: Any, place: Any, told: Any) -> tuple[Any, Any, Any]:
    order = np.argsort(of, kind="stable")
    return of[order], place[order], told[order]


def _of(those: tuple[Any, Any, Any], number: int) -> tuple[Any, Any]:
    """The places and values of one of what was sorted."""
    of, place, told = those
    part = slice(*np.searchsorted(of, [number, number + 1]).tolist())
    return place[part], told[part]


def _latest(places: Any, first: Any, last: Any) -> Any:
    """Which of the places is the latest up to each `last` and not before `first`; -1."""
    at = np.searchsorted(places, last, side="right") - 1
    return np.where((at >= 0) & (np.append(places, -1)[at] >= first), at, -1)
