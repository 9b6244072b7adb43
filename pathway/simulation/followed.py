"""One made-up patient in several pathways at once: what the engine says of the events made so far, and of one more.

Each pathway is followed as a log of it will be: with those that it starts, and of every event only what its reader will keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from pathway.events.event import DEVIATION, Event, Instant
from pathway.events.values import fact_value
from pathway.machine.tables import Compiled
from pathway.model.expressions import Value
from pathway.model.pathway import Pathway
from pathway.model.vocabulary import vocabulary
from pathway.tracking.course import Course
from pathway.tracking.patient import Patient
from pathway.tracking.state import Obligation
from pathway.tracking.tell import begun_by, lineage, occurrence_of, texts_of


class Followed:
    """A pathway that is followed by itself, with those that it starts. Made once, shared by all patients."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.lineage = lineage(compiled)
        self.editions = texts_of(compiled)
        self.names: Pathway = vocabulary(text.pathway for text in self.editions)
        self._named = {DEVIATION, *self.names.events, *self.names.messages, *self.names.resources}
        self._values: dict[tuple[str, Value], Value | None] = {}

    @property
    def name(self) -> str:
        return self.compiled.pathway.name

    @cached_property
    def opening(self) -> frozenset[str]:
        """The keys by which any of them can be come to."""
        return frozenset(key for main in self.lineage for key in main.entering)

    def told(self, event: Event) -> Event | None:
        """What a reader for this pathway keeps of an event; None where it knows of no such."""
        if event.name not in self._named:
            return None
        facts = {name: kept for name, value in event.facts.items() if (kept := self._kept(name, value)) is not None}
        return event if len(facts) == len(event.facts) else replace(event, facts=facts)

    def _kept(self, name: str, value: Value) -> Value | None:
        if (name, value) not in self._values:
            fact = self.names.facts.get(name)
            text = str(value).lower() if isinstance(value, bool) else str(value)
            self._values[name, value] = None if fact is None else fact_value(text, fact, date.fromisoformat)
        return self._values[name, value]


class Key(NamedTuple):
    """An obligation among all of a patient's: by the pathway followed, the course in it, and its number there."""

    followed: int
    course: int
    number: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a patient stands after the events so far, in each of the pathways followed. Not changed: a step gives another.

    Where nothing is open and an event opens nothing, it is kept in `untold` until something does.
    """

    followed: Sequence[Followed]
    courses: tuple[tuple[Course, ...], ...]
    untold: tuple[tuple[Event, ...], ...]
    now: Instant = 0

    @classmethod
    def at_first(cls, followed: Sequence[Followed], patient: str) -> Standing:
        courses = tuple(tuple(Course(main, patient, receipts=True) for main in one.lineage) for one in followed)
        return cls(followed, courses, ((),) * len(courses))

    def step(self, until: Instant, event: Event | None = None) -> Standing:
        """How it stands when an instant is over, with an event at that instant. Cost: some microseconds and what is told."""
        courses, untold = list(self.courses), list(self.untold)
        for place, followed in enumerate(self.followed):
            told = None if event is None else followed.told(event)
            if told is None and not any(_moves_by(course, until) for course in courses[place]):
                continue
            if told is not None and told.key not in followed.opening and all(_idle(course) for course in courses[place]):
                untold[place] = (*untold[place], told)
                continue
            events = untold[place] if told is None else (*untold[place], told)
            courses[place], untold[place] = _gone_on(followed, courses[place], events, until), ()
        return Standing(self.followed, tuple(courses), tuple(untold), until)

    def patient(self, place: int) -> Patient:
        """What is known of the patient in a pathway followed."""
        courses = _gone_on(self.followed[place], self.courses[place], self.untold[place], self.now)
        return courses[0].patient

    def upcoming(self) -> Instant | None:
        """The next instant at which something happens by itself."""
        times = [at for courses in self.courses for course in courses if (at := course.upcoming()) is not None]
        return min(times, default=None)

    def touched(self, since: Standing) -> Iterator[tuple[Key, Course, Obligation]]:
        """The obligations that are new, or that could still change, since it stood otherwise; in the order raised."""
        for place, number, course in self.each(since):
            before = since.courses[place][number].patient
            live = {obligation.number for owed in before.live.values() for obligation in owed}
            owed = (obligation for owed in course.patient.owed.values() for obligation in owed)
            found = [o for o in owed if o.number >= before.raised or o.number in live]
            found.sort(key=lambda obligation: obligation.number)
            for obligation in found:
                yield Key(place, number, obligation.number), course, obligation

    def is_new(self, key: Key) -> bool:
        """Whether an obligation of a later standing was not yet owed."""
        return key.number >= self.courses[key.followed][key.course].patient.raised

    def each(self, since: Standing | None = None) -> Iterator[tuple[int, int, Course]]:
        """The courses, each with its place; those only that are not as they were."""
        for place, courses in enumerate(self.courses):
            if since is None or since.courses[place] is not courses:
                for number, course in enumerate(courses):
                    yield place, number, course

    def obligation(self, key: Key) -> Obligation | None:
        patient = self.courses[key.followed][key.course].patient
        return next((o for owed in patient.owed.values() for o in owed if o.number == key.number), None)


def _gone_on(followed: Followed, courses: Sequence[Course], events: Sequence[Event], until: Instant) -> tuple[Course, ...]:
    """The courses with some events more, closed at an instant: parents first."""
    done: list[Course] = []
    for compiled, before in zip(followed.lineage, courses, strict=True):
        course = before.copy()
        course.begun = begun_by(done, compiled)
        for event in events:
            course.take(occurrence_of(event, compiled))
        course.close(until)
        done.append(course)
    return tuple(done)


def _idle(course: Course) -> bool:
    return course.patient.current is None and not course.patient.live


def _moves_by(course: Course, until: Instant) -> bool:
    upcoming = course.upcoming()
    return upcoming is not None and upcoming <= until
