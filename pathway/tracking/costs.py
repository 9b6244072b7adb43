"""What days cost: by the local midnights that pass between two events, at the price in force on each day that ends.

Shown, never asked for: no condition reads it, and it changes no outcome (law 8).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from pathway.events.event import Instant
from pathway.machine.conditions import Judgement
from pathway.model.keys import event_key
from pathway.model.measures import Cost
from pathway.tracking.hindsight import Hindsight
from pathway.tracking.patient import BEFORE, Patient
from pathway.tracking.records import CostRecord
from pathway.tracking.state import Episode, Occurrence


def costs_of(patient: Patient, as_of: Instant) -> list[CostRecord]:
    """The days that a patient has cost in the pathway, as of a time."""
    if not any(episode.edition.pathway.costs for episode in patient.episodes):
        return []
    seen = Hindsight(patient)
    return [record for episode in patient.episodes for record in _of_episode(patient, episode, seen, as_of)]


def _of_episode(patient: Patient, episode: Episode, seen: Hindsight, as_of: Instant) -> Iterable[CostRecord]:
    edition = episode.edition
    for cost, paid_when in zip(edition.pathway.costs, edition.paid_when, strict=True):
        start, end = (event_key(event, edition.pathway) for event in (cost.start, cost.end))
        until = BEFORE
        for event in patient.history.get(start, ()):
            if not episode.first <= event.place <= episode.last or event.at < until or not _stands(cost, episode, event):
                continue  # a second beginning before the end is none
            ended = _end(patient, episode, seen, event, end)
            until = as_of if ended is None else ended
            record = _record(patient, episode, cost, paid_when, seen, event, ended, until)
            if record is not None:
                yield record


def _stands(cost: Cost, episode: Episode, event: Occurrence) -> bool:
    """Whether the price stands in the stage that the patient was in, or came into, by the event."""
    if cost.stage is None:
        return True
    ends = [stay.since for stay in episode.stays[1:]] + [episode.ended_at]
    return any(
        stay.stage == cost.stage and stay.since <= event.at and (end is None or event.at <= end)
        for stay, end in zip(episode.stays, ends, strict=True)
    )


def _end(patient: Patient, episode: Episode, seen: Hindsight, start: Occurrence, end: str) -> Instant | None:
    """When the days stop: at the other event, when the beginning is undone, or with the episode."""
    undone = seen.undone_at(start)
    over = [event.at for event in patient.history.get(end, ()) if event.place > start.place][:1]
    over += [undone.at] if undone is not None else []
    over += [episode.ended_at] if episode.ended_at is not None else []
    return min(over, default=None)


def _record(
    patient: Patient,
    episode: Episode,
    cost: Cost,
    paid_when: Judgement | None,
    seen: Hindsight,
    event: Occurrence,
    ended: Instant | None,
    until: Instant,
) -> CostRecord | None:
    calendar = episode.edition.calendar
    owed = True if paid_when is None else paid_when(Hindsight(patient).at(event))
    if owed is False:
        return None
    days = calendar.midnights(event.at, until)
    first = calendar.day(event.at)
    at = Counter(cost.price_on(first + timedelta(days=number)) for number in range(days if owed else 0))
    amount, priced = 0.0, 0
    for price in dict.fromkeys(cost.prices):
        if price.amount is not None:
            amount += price.amount * at[price]
            priced += at[price]
    pathway = episode.edition.pathway
    return CostRecord(
        patient=patient.name,
        pathway=pathway.name,
        version=pathway.version,
        episode=episode.number,
        cost=cost.name,
        event=event.root,
        started_at=event.at,
        ended_at=ended,
        days=days,
        amount=amount,
        unpriced=days - priced,
        currency=cost.currency,
        party=cost.paid_by,
        unit=seen.unit(cost.paid_by) if cost.paid_by else None,
    )
