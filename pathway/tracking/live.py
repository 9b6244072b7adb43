"""One patient's story kept up to date as events come, without telling it anew (E3: the answer is that of `tell`).

A *strand* follows one pathway. Its head is a course closed before everything that may still change; what has come since stands
beside it in order. To answer for a time, a copy of the head takes what has come and is closed there; when the next event is later
than all that, the copy becomes the head. An event that is late by a little is put in its place among those beside the head; one
from before the head makes the strand begin again.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence

from pathway.events.event import Event, Instant
from pathway.machine.tables import Compiled
from pathway.tracking.course import Begun, Course
from pathway.tracking.evidence import break_record
from pathway.tracking.records import BreakRecord
from pathway.tracking.state import Obligation, Occurrence
from pathway.tracking.tell import Story, begun_by, lineage, occurrence_of, order_in, place_in_order, story_of

_MOST_BESIDE = 16
"""So many events stand beside a head before it is brought on, to within the last half of them."""


class Live:
    """A patient in a pathway and in those that it starts. Not for several threads at once; different patients are."""

    def __init__(self, compiled: Compiled, patient: str, *, receipts: bool = True) -> None:
        self._strands = [_Strand(pathway, patient, receipts) for pathway in lineage(compiled)]
        self._events: list[Event] = []
        self._closed: dict[Obligation, BreakRecord] = {}
        """The records of breaks that nothing can change any longer."""

    def add(self, event: Event) -> None:
        """An event more, from any time."""
        self._events.append(event)
        for strand in self._strands:
            strand.add(event, self._events)

    def begin_again(self, events: Iterable[Event]) -> None:
        """Other events than before: something was corrected or retracted."""
        self._events = list(events)
        self._closed.clear()
        for strand in self._strands:
            strand.begin_again(self._events)

    def at(self, as_of: Instant) -> list[Course]:
        """The patient's courses as of a time, the pathway's own first. They are not to be followed further by the caller."""
        courses: list[Course] = []
        for strand in self._strands:
            courses.append(strand.at(as_of, begun_by(courses, strand.compiled), self._events))
        return courses

    def rest(self) -> None:
        """Let go of all that can be worked out again from the events. The next question takes as long as telling the story."""
        self._closed.clear()
        for strand in self._strands:
            strand.rest()

    def story(self, as_of: Instant) -> Story:
        """All there is to say as of a time."""
        return story_of(self.at(as_of), as_of)

    def stage(self, as_of: Instant) -> str | None:
        """The stage of the latest episode in the pathway itself."""
        episodes = self.at(as_of)[0].patient.episodes
        return episodes[-1].stage if episodes else None

    def next_due(self, as_of: Instant) -> tuple[Instant, str] | None:
        """The next deadline and its rule."""
        waiting = [
            (o.due, o.rule.rule.name)
            for course in self.at(as_of)
            for live in course.patient.live.values()
            for o in live
            if o.due is not None and o.waits and not o.unknown
        ]
        return min(waiting, default=None)

    def breaks(self, as_of: Instant) -> list[BreakRecord]:
        """The breaks as of a time, in the order raised."""
        found: list[BreakRecord] = []
        for course in self.at(as_of):
            patient = course.patient
            broken = [o for owed in patient.owed.values() for o in owed if o.break_ is not None]
            for obligation in sorted(broken, key=lambda o: o.number):
                # A later deviation may still explain it (O12).
                record = None if patient.deviations else self._closed.get(obligation)
                if record is None:
                    assert obligation.break_ is not None
                    record = break_record(patient, obligation, obligation.break_, as_of)
                    if not obligation.live:
                        self._closed[obligation] = record
                found.append(record)
        if len(self._closed) > 2 * len(found) + 8:
            self._closed.clear()  # of obligations that were told otherwise since
        return found


class _Strand:
    """One pathway of a patient's story."""

    def __init__(self, compiled: Compiled, patient: str, receipts: bool) -> None:
        self.compiled = compiled
        self._patient = patient
        self._receipts = receipts
        self._order = order_in(compiled)
        self._head = Course(compiled, patient, receipts=receipts)
        self._beside: list[Occurrence] = []
        self._told: Course | None = None
        self._whole = False
        """Whether what was told last has taken all that stands beside the head."""
        self._resting = False

    def rest(self) -> None:
        self.begin_again(())
        self._resting = True

    def add(self, event: Event, events: Sequence[Event]) -> None:
        if self._resting:
            return
        occurrence = occurrence_of(event, self.compiled)
        if self._told is not None and self._whole and occurrence.low > self._told.patient.now:
            self._head, self._beside = self._told, []
        elif self._head.patient.now >= occurrence.low:
            self.begin_again(events)
            return
        insort(self._beside, occurrence, key=self._order)
        self._told = None

    def begin_again(self, events: Iterable[Event], begun: tuple[Begun, ...] = ()) -> None:
        self._head = Course(self.compiled, self._patient, receipts=self._receipts, begun=begun)
        self._beside = place_in_order(self.compiled, events)
        self._told = None
        self._whole = self._resting = False

    def at(self, as_of: Instant, begun: tuple[Begun, ...], events: Sequence[Event]) -> Course:
        if self._resting:
            self.begin_again(events, begun)
        if begun != self._head.begun:
            self._begun(begun, events)
        if as_of < self._head.patient.now:
            earlier = Course(self.compiled, self._patient, receipts=self._receipts, begun=begun)
            return self._from(earlier, as_of, place_in_order(self.compiled, events))
        if self._told is None or not self._whole or self._told.patient.now > as_of:
            if len(self._beside) > _MOST_BESIDE:
                self._bring_on(as_of)
            self._told = self._from(self._head.copy(), as_of, self._beside)
            self._whole = not self._beside or self._beside[-1].at <= as_of
        elif self._told.patient.now < as_of:
            self._told.close(as_of)
        return self._told

    def _from(self, course: Course, as_of: Instant, coming: Sequence[Occurrence]) -> Course:
        """The course with what comes until a time, closed there."""
        course.expect(o for o in coming if o.event.date_only)
        for occurrence in coming:
            if occurrence.at <= as_of:
                course.take(occurrence)
        course.close(as_of)
        return course

    def _bring_on(self, as_of: Instant) -> None:
        """Bring the head on to what came lately: later events will seldom be from before that. Not past what is asked for."""
        recent = self._beside[-_MOST_BESIDE // 2 :]
        until = min(as_of, min(occurrence.low for occurrence in recent) - 1)
        settled = [occurrence for occurrence in self._beside if occurrence.at <= until]
        waiting = self._beside[len(settled) :]
        if settled and all(occurrence.low > until for occurrence in waiting):
            self._head = self._from(self._head, until, settled)
            self._beside = waiting

    def _begun(self, begun: tuple[Begun, ...], events: Sequence[Event]) -> None:
        """Other pathways have started this one otherwise than the head knows."""
        known = self._head.begun
        later = begun[len(known) :]
        if begun[: len(known)] == known and all(start.at > self._head.patient.now for start in later):
            self._head.begun = begun
            self._told = None
        else:
            self.begin_again(events, begun)
