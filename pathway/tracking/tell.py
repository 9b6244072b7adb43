"""One patient's story in a pathway, and in those that it starts: a function of the set of events, whatever their order (E3).

This is the executable definition of the semantics. Whatever is faster must give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pathway.events.event import Event, Instant
from pathway.machine.tables import Compiled
from pathway.tracking.costs import costs_of
from pathway.tracking.course import Begun, Course
from pathway.tracking.evidence import break_record, episode_record, move_records, obligation_record
from pathway.tracking.indicators import indicators_of
from pathway.tracking.patient import Patient
from pathway.tracking.records import BreakRecord, CostRecord, EpisodeRecord, IndicatorRecord, MoveRecord, ObligationRecord
from pathway.tracking.state import Occurrence


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a patient at a time. Records stand in the order in which they came to be."""

    pathway: str
    episodes: tuple[EpisodeRecord, ...]
    obligations: tuple[ObligationRecord, ...]
    breaks: tuple[BreakRecord, ...]
    indicators: tuple[IndicatorRecord, ...]
    costs: tuple[CostRecord, ...]
    next_due: tuple[Instant, str] | None
    """The next deadline and its rule."""
    not_taken_up: dict[tuple[str, str], int]
    """By stage (empty: none) and name, how many events changed nothing (E7)."""
    entry_unknown: int
    adaptation_unknown: int
    """Episodes for which it could not be known whether a local adaptation applied: they follow the national one (P7)."""
    out_of_force: int
    """Episodes that began when no version of the pathway was in force: they follow the one that was loaded."""
    repeated_anchors: int
    jumps: int
    moves: tuple[MoveRecord, ...]
    """In the order made within each episode."""
    uncertain: int
    """Episodes whose position is uncertain now (P4)."""

    @property
    def stage(self) -> str | None:
        """The stage of the latest episode in the pathway itself."""
        return next((episode.stage for episode in reversed(self.episodes) if episode.pathway == self.pathway), None)


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
    known = [e for e in events if visible(e, known_at)]
    return story_of(told_courses(compiled, known, as_of=as_of, receipts=receipts), as_of)


def told_courses(
    compiled: Compiled, events: Sequence[Event], *, as_of: Instant, receipts: bool, tracing: bool = False
) -> list[Course]:
    """The courses of one patient's visible events, in the pathway and in those that it starts; `tracing` keeps how conditions
    were judged."""
    name = events[0].patient if events else ""
    courses: list[Course] = []
    for pathway in lineage(compiled):
        course = Course(pathway, name, receipts=receipts, begun=begun_by(courses, pathway))
        course.patient.judged = [] if tracing else None
        in_order = place_in_order(pathway, events)
        course.expect(event for event in in_order if event.event.date_only)
        for event in in_order:
            if event.at <= as_of:
                course.take(event)
        course.close(as_of)
        courses.append(course)
    return courses


def lineage(compiled: Compiled) -> list[Compiled]:
    """The pathway and those that it starts, each after all that may start it. (The graph of starts has no circle.)"""
    found: dict[str, Compiled] = {}

    def visit(pathway: Compiled) -> None:
        for started in pathway.started.values():
            if started.pathway.name not in found:
                visit(started)
        found[pathway.pathway.name] = pathway

    visit(compiled)
    return [*reversed(found.values())]


def texts_of(compiled: Compiled) -> list[Compiled]:
    """Every text that can be in force for a patient: of the pathway and of those that it starts, the local adaptations too. What any
    of them declares can be told of."""
    return [text for pathway in lineage(compiled) for text in (pathway, *pathway.editions)]


def begun_by(courses: Iterable[Course], pathway: Compiled) -> tuple[Begun, ...]:
    """How the courses in other pathways have started this one."""
    return tuple(
        Begun(event.root, at, course.patient.main.pathway.name)
        for course in courses
        for started, event, at in course.patient.starts
        if started == pathway.pathway.name
    )


def visible(event: Event, known_at: Instant | None) -> bool:
    """Whether a version of an event is what was believed at a time (E2); None: now."""
    if known_at is None:
        return event.until is None
    recorded = event.occurred if event.recorded is None else event.recorded
    return recorded <= known_at and (event.until is None or known_at < event.until)


def place_in_order(compiled: Compiled, events: Iterable[Event]) -> list[Occurrence]:
    """Events in the order of E3: instant, then rank (library first, order of declaration, phase), then id."""
    return sorted((occurrence_of(event, compiled) for event in events), key=order_in(compiled))


def order_in(compiled: Compiled) -> Callable[[Occurrence], tuple[Instant, int, bytes]]:
    """What occurrences are ordered by (E3)."""
    rank, last = compiled.rank, len(compiled.rank)
    return lambda o: (o.at, rank.get(compiled.key_of(o.event.name, o.event.phase), last), o.event.id.encode())


def occurrence_of(event: Event, compiled: Compiled) -> Occurrence:
    """T3: a date is its whole day; its place is the last microsecond, for names in `enter` the first."""
    if not event.date_only:
        return Occurrence(event, event.occurred, event.occurred, event.occurred)
    calendar = compiled.calendar
    day = calendar.day(event.occurred)
    low, high = calendar.start(day), calendar.end(day)
    return Occurrence(event, low if compiled.key_of(event.name, event.phase) in compiled.entering else high, low, high)


def story_of(courses: Sequence[Course], as_of: Instant) -> Story:
    """The records of what a patient's courses have come to. The first course is that of the pathway itself."""
    patients = [course.patient for course in courses]
    episodes = [(patient, episode) for patient in patients for episode in patient.episodes]
    obligations = [(patient, obligation) for patient in patients for obligation in patient.obligations]
    waiting = [(o.due, o.rule.rule.name) for _, o in obligations if o.waits and not o.unknown and o.due is not None]
    return Story(
        pathway=patients[0].main.pathway.name,
        episodes=tuple(episode_record(patient, episode) for patient, episode in episodes),
        obligations=tuple(obligation_record(patient, obligation, as_of) for patient, obligation in obligations),
        breaks=tuple(
            break_record(patient, obligation, obligation.break_, as_of)
            for patient, obligation in obligations
            if obligation.break_ is not None
        ),
        indicators=tuple(record for patient in patients for record in indicators_of(patient, as_of)),
        costs=tuple(record for patient in patients for record in costs_of(patient, as_of)),
        next_due=min(waiting, default=None),
        not_taken_up=_not_taken_up(patients),
        entry_unknown=sum(patient.entry_unknown for patient in patients),
        adaptation_unknown=sum(patient.adaptation_unknown for patient in patients),
        out_of_force=sum(patient.out_of_force for patient in patients),
        repeated_anchors=sum(patient.repeated_anchors for patient in patients),
        jumps=sum(episode.jumps for _, episode in episodes),
        moves=tuple(move for _, episode in episodes for move in move_records(episode)),
        uncertain=sum(episode.uncertain_since is not None for _, episode in episodes),
    )


def _not_taken_up(patients: Sequence[Patient]) -> dict[tuple[str, str], int]:
    """By stage and name, the events that no pathway took up."""
    taken = [{event.event.id for _, event in patient.not_taken_up} for patient in patients[1:]]
    left: dict[tuple[str, str], int] = {}
    for stage, event in patients[0].not_taken_up:
        if all(event.event.id in others for others in taken):
            place = (stage, event.event.name)
            left[place] = left.get(place, 0) + 1
    return left
