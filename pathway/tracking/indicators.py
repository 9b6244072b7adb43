"""Indicators: each event (or patient, or episode) of a denominator once, with what it came to (O15).

A denominator is the pathway's own: events in its episodes. What followed may lie beyond the end of the episode, and in other
pathways. What cannot be observed in full yet has no value: the span is not over, or the other event has not come.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum
from statistics import median

from pathway.events.event import Instant
from pathway.model.calendar import Calendar
from pathway.model.expressions import EventRef
from pathway.model.keys import event_key
from pathway.model.measures import Group, Indicator
from pathway.model.pathway import Pathway
from pathway.tracking.hindsight import Hindsight
from pathway.tracking.patient import Patient
from pathway.tracking.records import IndicatorRecord
from pathway.tracking.state import Occurrence

_HOUR = 3_600_000_000


def indicators_of(patient: Patient, as_of: Instant) -> list[IndicatorRecord]:
    """What a patient counts for in the indicators of the pathway, as of a time."""
    pathway = patient.main.pathway
    if not pathway.indicators or not patient.episodes:
        return []
    return [
        record
        for indicator in pathway.indicators.values()
        for record in _Counting(patient, pathway, indicator, as_of).records()
    ]


class _Counting:
    """One indicator of one patient."""

    def __init__(self, patient: Patient, pathway: Pathway, indicator: Indicator, as_of: Instant) -> None:
        self.patient = patient
        self.pathway = pathway
        self.indicator = indicator
        self.as_of = as_of
        self.calendar: Calendar = patient.main.calendar
        self.seen = Hindsight(patient)

    def records(self) -> Iterable[IndicatorRecord]:
        values = self._counted() if self.indicator.kind == "count" else self._between()
        for event, value in self._once(values):
            known = self.seen.at(event)
            yield IndicatorRecord(
                patient=self.patient.name,
                pathway=self.pathway.name,
                version=self.pathway.version,
                indicator=self.indicator.name,
                event=event.root,
                at=event.at,
                value=value,
                groups=tuple(self._group(group, known) for group in self.indicator.groups),
            )

    def _happened(self, event: EventRef | None) -> list[Occurrence]:
        return self.seen.happened([event_key(event, self.pathway)]) if event else []

    def _denominator(self) -> list[Occurrence]:
        return [event for event in self._happened(self.indicator.out_of) if self._episode(event) is not None]

    def _counted(self) -> list[tuple[Occurrence, float | None]]:
        """Whether the other event followed in time, by denominator event."""
        within = self.indicator.within
        assert within is not None  # a count has a span
        anchors, followed = self._happened(self.indicator.after), self._happened(self.indicator.event)
        found: list[tuple[Occurrence, float | None]] = []
        for event in self._denominator():
            earlier = [anchor for anchor in anchors if anchor.place <= event.place]
            anchor = earlier[-1] if earlier else next((anchor for anchor in anchors if anchor.place > event.place), None)
            value: float | None = None
            if anchor is not None and (due := self.calendar.due(anchor.at, within)) <= self.as_of:
                value = float(any(other.place > anchor.place and other.at <= due for other in followed))
            found.append((event, value))
        return found

    def _between(self) -> list[tuple[Occurrence, float | None]]:
        """The time from one event to the next other one, by denominator event. A second beginning before the end is none."""
        spans = self._spans()
        if self.indicator.out_of == self.indicator.start:
            return [(start, value) for start, _, value in spans if self._episode(start) is not None]
        events = self._denominator()
        belonging: dict[int, list[float | None]] = {event.place: [] for event in events}
        for start, end, value in spans:
            event = self._belongs_to(events, start, end)
            if event is not None:
                belonging[event.place].append(value)
        found: list[tuple[Occurrence, float | None]] = []
        for event in events:
            values = belonging[event.place]
            if values or self.indicator.kind == "sum":
                found.append((event, _added(values)))
        return found

    def _spans(self) -> list[tuple[Occurrence, Occurrence | None, float | None]]:
        starts, ends = self._happened(self.indicator.start), self._happened(self.indicator.end)
        spans: list[tuple[Occurrence, Occurrence | None, float | None]] = []
        closed = -1
        for start in starts:
            if start.place <= closed or (spans and spans[-1][1] is None):
                continue
            end = next((end for end in ends if end.place > start.place), None)
            closed = end.place if end is not None else start.place
            spans.append((start, end, None if end is None else self._length(start, end)))
        return spans

    def _length(self, start: Occurrence, end: Occurrence) -> float:
        if self.indicator.unit == "hour":
            return (end.at - start.at) / _HOUR
        return float(self.calendar.midnights(start.at, end.at))

    def _belongs_to(self, events: list[Occurrence], start: Occurrence, end: Occurrence | None) -> Occurrence | None:
        """The denominator event that a span counts for: its end, where that is one; else the latest before it, else the next."""
        if end is not None and end in events:
            return end
        if self.indicator.out_of == self.indicator.end:
            return None
        before = [event for event in events if event.place <= start.place]
        return before[-1] if before else next(iter(events), None)

    def _once(self, values: list[tuple[Occurrence, float | None]]) -> Iterable[tuple[Occurrence, float | None]]:
        """Each event, each episode or the patient once: by its first event, with what all of them came to."""
        if self.indicator.per == "event":
            return values
        together: dict[int | None, list[tuple[Occurrence, float | None]]] = {}
        for event, value in values:
            number = self._episode(event) if self.indicator.per == "episode" else 0
            together.setdefault(number, []).append((event, value))
        share = self.indicator.kind == "count"
        return [(those[0][0], _added([value for _, value in those], share=share)) for those in together.values()]

    def _episode(self, event: Occurrence) -> int | None:
        """The number of the episode that an event is of."""
        of = (episode.number for episode in self.patient.episodes if episode.first <= event.place <= episode.last)
        return next(of, None)

    def _group(self, group: Group, known: Hindsight) -> str | None:
        if group.kind == "party":
            return known.unit(group.name)
        if group.kind == "band":
            bands = self.pathway.bands[group.name]
            value = known.fact(bands.fact)
            return bands.band(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        value = known.fact(group.name)
        return None if value is None else str(value)


def _added(values: list[float | None], *, share: bool = False) -> float | None:
    """What several came to together: of shares whether any did; unknown while one of them is."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return max(known, default=0.0) if share else sum(known)


def total(indicator: Indicator, values: Iterable[float | None]) -> float | None:
    """What a population comes to: a share from 0 to 1, a sum or a median of what could be observed; None where nothing could."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    if indicator.kind == "median":
        return float(median(known))
    return fsum(known) / len(known) if indicator.kind == "count" else fsum(known)
