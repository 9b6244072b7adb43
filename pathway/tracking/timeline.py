"""What was seen of a patient, moment by moment: what a person needs to see where a scenario and the engine disagree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pathway.events.event import Event, Instant
from pathway.language.source import Span
from pathway.model.expressions import facts_in
from pathway.tracking.course import Course
from pathway.tracking.records import BreakRecord, ObligationRecord, Part
from pathway.tracking.tell import Story

Happening = Literal[
    "event", "deviation", "came_in", "moved", "left", "owed", "met", "broken", "closed", "excused", "lapsed", "cancelled",
    "undetermined", "not_judged", "held_up", "kept_out",
]  # fmt: skip
_ORDER: tuple[Happening, ...] = (
    "event", "deviation", "met", "closed", "broken", "excused", "cancelled", "undetermined", "not_judged", "came_in", "moved",
    "left", "held_up", "kept_out", "lapsed", "owed",
)  # fmt: skip
"""Of what happens at one instant: what came, what it settles, where it leads, and what is owed from then on."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. `name` is the event (with its phase), the stage come to (or left), or the rule; `before` the
    stage moved from; `due` when what is owed falls due; `break_` what broke. `place` is the line of the text that a move was
    made by."""

    at: Instant
    happened: Happening
    name: str
    before: str | None = None
    due: Instant | None = None
    break_: BreakRecord | None = None
    date_only: bool = False
    place: Span | None = None
    lacking: tuple[str, ...] = ()
    """The facts for want of which the patient stays where it is (P4)."""
    part: Part = "main"
    """The part of the rule that is spoken of."""


def held_up(course: Course, events: Sequence[Event]) -> Iterator[Moment]:
    """Where a patient waits because no transition can be judged, `otherwise` neither; or did not come in, as it could not be
    judged whether to."""
    if course.patient.entry_unknown and not course.patient.episodes:
        for way in course.patient.main.pathway.enters:
            entering = {event.key for event in way.on}
            first = next((event for event in events if event.key in entering), None)
            if first is not None and (lacking := _lacking(facts_in(way.when), events, first.occurred)):
                yield Moment(first.occurred, "kept_out", way.stage, date_only=first.date_only, lacking=lacking)
    for episode in course.patient.episodes:
        at = episode.uncertain_since
        if at is None:
            continue
        keys = [key for stage, key in episode.edition.on_event if stage == episode.stage]
        numbers = {number for key in keys for number in episode.edition.on_event[episode.stage, key]}
        conditions = [episode.edition.transitions[number].transition.when for number in sorted(numbers)]
        asked = dict.fromkeys(fact for condition in conditions for fact in facts_in(condition))
        yield Moment(at, "held_up", episode.stage, lacking=_lacking(asked, events, at))


def _lacking(asked: Iterable[str], events: Iterable[Event], at: Instant) -> tuple[str, ...]:
    """The facts that nothing had told by a time."""
    known = {fact for event in events if event.occurred <= at for fact in event.facts}
    return tuple(fact for fact in asked if fact not in known)


def timeline(story: Story, events: Iterable[Event], as_of: Instant, rules: Collection[str]) -> tuple[Moment, ...]:
    """What happened up to a time, in order: every event and move, and the obligations of some rules."""
    found = [
        Moment(event.occurred, "event", event.key, date_only=event.date_only)
        if event.deviation is None
        else Moment(event.occurred, "deviation", event.deviation, date_only=event.date_only)
        for event in events
        if event.occurred <= as_of
    ]
    for move in story.moves:
        if not move.after:
            found.append(Moment(move.at, "left", move.before, place=move.place))
        elif not move.before:
            found.append(Moment(move.at, "came_in", move.after, place=move.place))
        else:
            found.append(Moment(move.at, "moved", move.after, before=move.before, place=move.place))
    breaks: dict[tuple[object, ...], list[BreakRecord]] = {}
    for record in story.breaks:
        breaks.setdefault(_key(record), []).append(record)
    for obligation in story.obligations:
        if obligation.rule in rules:
            broken = breaks.get(_key(obligation)) if obligation.outcome in ("late", "missing") else None
            found += _of_obligation(obligation, broken.pop(0) if broken else None)
    return in_order(found)


def in_order(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    return tuple(sorted(moments, key=lambda moment: (moment.at, _ORDER.index(moment.happened))))


def _key(record: ObligationRecord | BreakRecord) -> tuple[object, ...]:
    """What an obligation and its break have in common. Those of one message's parts come in the same order."""
    return (record.pathway, record.episode, record.rule, record.anchor_event, record.anchored_at, record.due_at)


def _of_obligation(obligation: ObligationRecord, broken: BreakRecord | None) -> Iterator[Moment]:
    rule, decided, part = obligation.rule, obligation.decided_at, obligation.part
    yield Moment(obligation.anchored_at, "owed", rule, due=obligation.due_at, part=part)
    if broken is not None:
        at = next(known for known in (decided, broken.closed_at, broken.due_at, broken.anchored_at) if known is not None)
        yield Moment(at, "broken", rule, due=broken.due_at, break_=broken, part=part)
        if broken.closed_at is not None and broken.closed_at > at:
            yield Moment(broken.closed_at, "closed", rule, part=part)
    elif obligation.outcome == "met" and obligation.met_at is not None:
        yield Moment(obligation.met_at, "met", rule, part=part)
    elif obligation.outcome in ("excused", "lapsed", "cancelled", "undetermined", "not_judged") and decided is not None:
        yield Moment(decided, obligation.outcome, rule, part=part)
