"""One made-up patient on the way: what is owed is done, or is broken as was meant; and nothing else breaks.

Each event is tried before it is made, and each time that something falls due is looked at before it is over. Where the engine then
sees a break that was not meant, what is owed is done first (`remedies`). The record of what was meant is the walk's own.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from pathway.events.event import Event, Instant
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_instant
from pathway.simulation import plans, remedies
from pathway.simulation.agenda import Agenda
from pathway.simulation.drafting import draft
from pathway.simulation.followed import Followed, Key, Standing
from pathway.simulation.happening import HOUR, MINUTE, Happening, Owed, Stayed
from pathway.simulation.making import Maker
from pathway.simulation.meanings import Meanings
from pathway.simulation.planted import Planted
from pathway.simulation.profile import Habits, Place, Profile
from pathway.simulation.values import Values
from pathway.tracking.course import Course
from pathway.tracking.patient import Patient
from pathway.tracking.state import Obligation

_NO_HABITS = Habits()
_MOST_EVENTS = 300
"""A patient who has had so many goes no further: only what is owed is still done."""
_MOST_STEPS = 5_000
_MOST_PUT_OFF = 60
"""So often in a row is something put off because something else is to come first."""
_MOST_TRIED = 3


class StuckError(Exception):
    """Nothing can be done so that only what was meant breaks. `owed` is what should have been done before it was asked for."""

    def __init__(self, owed: Owed | None = None) -> None:
        super().__init__()
        self.owed = owed


@dataclass(frozen=True, slots=True)
class Walked:
    """A patient's events in order, what was planted, and what was meant to break and did not, by why."""

    events: list[Event]
    planted: list[Planted]
    averted: Counter[str]


class Walk:
    """One patient's walk. `foreseen` are rules, each with its pathway, that may come into force when it is too late to do what they
    ask: that is done at their anchor. With `lenient` a break that cannot be avoided is noted as not meant; without, the walk is
    stuck."""

    def __init__(
        self,
        followed: Sequence[Followed],
        profile: Profile,
        values: Values,
        place: Place,
        patient: str,
        chance: random.Random,
        *,
        foreseen: Set[tuple[str, str]] = frozenset(),
        lenient: bool = False,
    ) -> None:
        self.followed = followed
        self.profile = profile
        self.patient = patient
        self.chance = chance
        self.foreseen = foreseen
        self.standing = Standing.at_first(followed, patient)
        self.maker = Maker(followed, values, place, patient, chance)
        self.agenda = Agenda()
        self.meanings = Meanings(lambda key: self.standing.obligation(key))
        self.made: list[Event] = []
        self._lenient = lenient
        self._put_off = 0
        self._stays: dict[tuple[int, int], int] = {}

    def walk(self, onsets: Sequence[tuple[int, Instant]]) -> Walked:
        """`onsets` say when the patient comes to which of the pathways followed. Raises `StuckError`."""
        end = to_instant(self.profile.end)
        first = min(at for _, at in onsets)
        self.standing = replace(self.standing, now=first - 4 * HOUR)  # what must come first comes shortly before
        for place, at in onsets:
            self.agenda.plan(at, Happening("", entering=place, may_drop=True))
        for _ in range(_MOST_STEPS):
            if self._put_off > _MOST_PUT_OFF:
                break
            upcoming, coming = self.standing.upcoming(), self.agenda.next
            if upcoming is not None and upcoming <= end and (coming is None or upcoming < coming):
                self._pass(upcoming)
            elif coming is not None and coming <= end:
                self._take(*self.agenda.take())
            else:
                self._adopt(self.standing.step(end))
                return Walked(self.made, self.meanings.planted(self.followed, self.patient), self.meanings.averted())
        raise StuckError

    def _pass(self, due: Instant) -> None:
        """Time passes until something falls due."""
        after = self.standing.step(due)
        bad = remedies.unmeant(self, after, None)
        if not bad or not remedies.remedy(self, bad, due, None):
            self._accept(bad)
            self._adopt(after)

    def _take(self, at: Instant, happening: Happening) -> None:
        if at <= self.standing.now:
            self.agenda.plan(self.standing.now + MINUTE, happening)
            return
        if not self._still(happening):
            return
        if happening.meant is None and (happening.may_drop or happening.leaving) and self.meanings.withheld(happening.key):
            self._put_aside(happening)
            return
        event = draft(self, at, happening)
        if event is None:
            return
        after = self.standing.step(at, event)
        bad = remedies.unmeant(self, after, happening)
        if bad and remedies.remedy(self, bad, at, happening):
            self._put_off += 1
            return
        if bad and self._gave_way(happening):
            return
        self._accept(bad)
        self.made.append(event)
        self._put_off = 0
        plans.follow_up(self, event, self._adopt(after))

    def _still(self, happening: Happening) -> bool:
        """Whether what was planned still is to happen."""
        if happening.meant is not None and happening.deviation is None:
            owed = [self.standing.obligation(key) for key in happening.meant.keys]
            if not any(obligation is not None and obligation.live for obligation in owed):
                return False
        stay = happening.leaving or happening.during
        if stay is None:
            return True
        patient = self.standing.courses[stay.followed][stay.course].patient
        return patient.current is not None and number_of_stay(patient) == stay.number

    def _put_aside(self, happening: Happening) -> None:
        """What happens of itself would keep what is to be broken: it is left out, and a stay ends in another way or later."""
        if happening.leaving is not None and happening.tried < _MOST_TRIED:
            course = self.standing.courses[happening.leaving.followed][happening.leaving.course]
            if course.patient.current is not None:
                plans.leave(self, happening.leaving, course.patient.current, tried=happening.tried + 1)

    def _gave_way(self, happening: Happening) -> bool:
        """Whether what was to happen is left out, because it would break something else."""
        meant = happening.meant
        if meant is not None and meant.how is not None and not self.meanings.begun(meant):
            meant.how = None  # what was to be broken is kept instead
            plans.fulfil_anew(self, meant)
            return True
        return happening.may_drop or happening.leaving is not None or happening.during is not None

    def _accept(self, bad: list[remedies.Unmeant]) -> None:
        for unmeant in bad:
            if not self._lenient:
                raise StuckError(unmeant.owed)
            meant = self.meanings.of(unmeant.key, unmeant.owed)
            meant.how, meant.meant = unmeant.subtype, False

    def _adopt(self, after: Standing) -> Standing:
        """So it is now. What newly broke is noted; what is newly owed, and new stays, are planned for. How it stood before."""
        before, self.standing = self.standing, after
        for key, course, obligation in after.touched(before):
            if obligation.break_ is not None and not self.meanings.broken(key):
                owed = Owed.of(course.patient.episode(obligation).edition.pathway.name, obligation)
                meant = self.meanings.note(key, owed, obligation.break_.broken_at)
                plans.after_break(self, key, course, obligation, meant)
            elif obligation.waits and not obligation.unknown and not self.meanings.seen(key):
                plans.owe(self, key, course, obligation)
        for place, number, course in after.each(before):
            self._arrivals(place, number, course)
        return before

    def _arrivals(self, place: int, number: int, course: Course) -> None:
        episode = course.patient.current
        if episode is None:
            return
        stay = Stayed(place, number, number_of_stay(course.patient))
        if self._stays.get((place, number)) != stay.number:
            self._stays[place, number] = stay.number
            if len(self.made) < _MOST_EVENTS:
                plans.arrive(self, stay, episode)

    def habits(self, edition: Compiled) -> Habits:
        return self.profile.habits.get(edition.pathway.name, _NO_HABITS)

    def obligation(self, key: Key) -> tuple[Course, Obligation] | None:
        found = self.standing.obligation(key)
        return None if found is None else (self.standing.courses[key.followed][key.course], found)

    def stay_in(self, key: Key) -> Stayed | None:
        """The stay that a patient is in now in the course of an obligation, if it is its episode's."""
        found = self.obligation(key)
        episode = None if found is None else found[0].patient.current
        if found is None or episode is None or episode.number != found[1].episode:
            return None
        return Stayed(key.followed, key.course, number_of_stay(found[0].patient))


def number_of_stay(patient: Patient) -> int:
    """The number of the stay that a patient is in now, over all episodes."""
    return sum(len(episode.stays) for episode in patient.episodes)
