"""One patient's story in one pathway: a function of the set of events, whatever order they came in (E3).

This is the executable definition of the semantics. Whatever is faster must give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pathway.events.event import Event, Instant
from pathway.machine.compile import Compiled
from pathway.model.calendar import Calendar
from pathway.tracking.course import Course
from pathway.tracking.evidence import break_record, episode_record, obligation_record
from pathway.tracking.records import BreakRecord, EpisodeRecord, ObligationRecord
from pathway.tracking.state import Occurrence, Patient


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a patient at a time. Records stand in the order in which they came to be."""

    episodes: tuple[EpisodeRecord, ...] = ()
    obligations: tuple[ObligationRecord, ...] = ()
    breaks: tuple[BreakRecord, ...] = ()
    next_due: tuple[Instant, str] | None = None
    """The next deadline and its rule."""
    not_taken_up: dict[tuple[str, str], int] = field(default_factory=dict)
    """By stage (empty: none) and name, how many events changed nothing (E7)."""
    entry_unknown: int = 0
    repeated_anchors: int = 0
    jumps: int = 0
    moves: tuple[tuple[str, str], ...] = ()
    """From stage (empty: coming in) to stage, in the order made."""
    uncertain: int = 0
    """Episodes whose position is uncertain now (P4)."""

    @property
    def stage(self) -> str | None:
        """The stage of the latest episode."""
        return self.episodes[-1].stage if self.episodes else None


def tell(
    compiled: Compiled,
    events: Iterable[Event],
    *,
    as_of: Instant,
    known_at: Instant | None = None,
    receipts: bool = True,
) -> Story:
    """Tell the story of one patient's settled events.

    `as_of` is how far the world has come, with its whole instant; `known_at` what had been recorded by then (None: all that
    is known now). `receipts` is False for a source that has none. Cost: some 20 µs an event and rule that it concerns.
    """
    visible = [e for e in events if _visible(e, known_at)]
    course = Course(compiled, visible[0].patient if visible else "", receipts=receipts)
    in_order = place_in_order(compiled, visible)
    course.expect([event for event in in_order if event.event.date_only and event.low <= as_of])
    for event in in_order:
        if event.at <= as_of:
            course.take(event)
    course.close(as_of)
    return story_of(course.patient, as_of)


def _visible(event: Event, known_at: Instant | None) -> bool:
    if known_at is None:
        return event.until is None
    recorded = event.occurred if event.recorded is None else event.recorded
    return recorded <= known_at and (event.until is None or known_at < event.until)


def place_in_order(compiled: Compiled, events: Iterable[Event]) -> list[Occurrence]:
    """Events in the order of E3: instant, then rank (library first, order of declaration, phase), then id."""
    entering = {key for entry in compiled.entries for key in entry.keys}
    placed = [_occurrence(event, compiled.calendar, event.key in entering) for event in events]
    last = len(compiled.rank)
    placed.sort(key=lambda o: (o.at, compiled.rank.get(o.event.key, last), o.event.id.encode()))
    return placed


def _occurrence(event: Event, calendar: Calendar, entering: bool) -> Occurrence:
    """T3: a date is its whole day; its place is the last microsecond, for names in `enter` the first."""
    if not event.date_only:
        return Occurrence(event, event.occurred, event.occurred, event.occurred)
    day = calendar.day(event.occurred)
    low, high = calendar.start(day), calendar.end(day)
    return Occurrence(event, low if entering else high, low, high)


def story_of(patient: Patient, as_of: Instant) -> Story:
    """The records of what a patient's course has come to."""
    waiting = [
        (o.due, o.rule.rule.name)
        for live in patient.live.values()
        for o in live
        if o.waits and not o.unknown and o.due is not None
    ]
    return Story(
        episodes=tuple(episode_record(patient, episode) for episode in patient.episodes),
        obligations=tuple(obligation_record(patient, obligation) for obligation in patient.obligations),
        breaks=tuple(
            break_record(patient, obligation, obligation.break_, as_of)
            for obligation in patient.obligations
            if obligation.break_ is not None
        ),
        next_due=min(waiting, default=None),
        not_taken_up=dict(patient.not_taken_up),
        entry_unknown=patient.entry_unknown,
        repeated_anchors=patient.repeated_anchors,
        jumps=sum(episode.jumps for episode in patient.episodes),
        moves=tuple(
            (before.stage if before else "", stay.stage)
            for episode in patient.episodes
            for before, stay in zip([None, *episode.stays[:-1]], episode.stays, strict=True)
        ),
        uncertain=sum(episode.uncertain_since is not None for episode in patient.episodes),
    )
