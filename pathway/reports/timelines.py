"""A patient's course on one time axis: stages, events, what was owed, and what broke. By pseudonym alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pathway.events.log import Log
from pathway.model.calendar import to_datetime, to_instant
from pathway.reports.data import Data, rows
from pathway.reports.examples import Pseudonym, sentence_of
from pathway.reports.part import Part, Text
from pathway.reports.ranking import Task
from pathway.tracking.tell import visible

_TASKS = 10
"""So many of the first tasks have their examples' timelines."""


class StayMark(Part):
    """A stage that the patient was in. `until` is null while it lasts."""

    pathway: str
    stage: str
    party: str | None
    since: datetime
    until: datetime | None


class EventMark(Part):
    """Something that happened. Of one with `day_only` only the local day of `at` is known."""

    at: datetime
    day_only: bool
    event: str
    """By key: `discharge_summary sent`; `deviation` for one that was written."""


class OwedMark(Part):
    """An obligation, from what it is counted from until it was due and done."""

    pathway: str
    rule: str
    part: str
    since: datetime
    due: datetime | None
    met: datetime | None
    outcome: str


class BreakMark(Part):
    """A break, at its due time."""

    break_id: str
    pathway: str
    rule: str
    part: str
    kind: str
    subtype: str
    at: datetime
    closed: datetime | None
    open: bool
    sentence: Text


class Timeline(Part):
    """One patient."""

    patient: str
    """The pseudonym."""
    stays: tuple[StayMark, ...]
    events: tuple[EventMark, ...]
    """Empty where the report is made from tables without their log."""
    obligations: tuple[OwedMark, ...]
    breaks: tuple[BreakMark, ...]


def timelines_of(data: Data, log: Log | None, tasks: Iterable[Task], pseudonym: Pseudonym | None) -> tuple[Timeline, ...]:
    """The timelines of the examples of the tasks that come first."""
    wanted = {patient for task in tasks if task.place <= _TASKS for patient in task.examples}
    if pseudonym is None or not wanted:
        return ()
    known = {patient: pseudonym(patient) for patient in {course.patient for course in data.courses}}
    shown = sorted((name, patient) for patient, name in known.items() if name in wanted)
    stays: dict[str, list[StayMark]] = {patient: [] for _, patient in shown}
    for patient, pathway, stage, party, since, until in rows(
        data.result.stays, ("patient", "pathway", "stage", "party", "entered_at", "left_at")
    ):
        if patient in stays:
            mark = StayMark(pathway=pathway, stage=stage, party=party, since=to_datetime(since), until=_at(until))
            stays[patient].append(mark)
    return tuple(_timeline(data, log, patient, name, stays[patient]) for name, patient in shown)


def _timeline(data: Data, log: Log | None, patient: str, name: str, stays: Iterable[StayMark]) -> Timeline:
    return Timeline(
        patient=name,
        stays=tuple(stays),
        events=_events(data, log, patient),
        obligations=tuple(
            OwedMark(
                pathway=row.pathway,
                rule=row.rule,
                part=row.part,
                since=to_datetime(row.anchored_at),
                due=_at(row.due_at),
                met=_at(row.met_at),
                outcome=row.outcome,
            )
            for row in data.owed
            if row.patient == patient
        ),
        breaks=tuple(
            BreakMark(
                break_id=row.break_id,
                pathway=row.pathway,
                rule=row.rule,
                part=data.evidence(row).get("part", "main"),
                kind=row.kind,
                subtype=row.subtype,
                at=to_datetime(row.anchored_at if row.due_at is None else row.due_at),
                closed=_at(row.closed_at),
                open=row.open,
                sentence=sentence_of(data, row),
            )
            for row in data.broken
            if row.patient == patient
        ),
    )


def _events(data: Data, log: Log | None, patient: str) -> tuple[EventMark, ...]:
    told = data.summary["known_at"]
    known_at = None if told is None else to_instant(datetime.fromisoformat(told))
    found = [
        event
        for event in (log.events.get(patient, ()) if log is not None else ())
        if visible(event, known_at) and event.occurred <= data.as_of
    ]
    found.sort(key=lambda event: (event.occurred, event.id))
    return tuple(EventMark(at=to_datetime(event.occurred), day_only=event.date_only, event=event.key) for event in found)


def _at(instant: int | None) -> datetime | None:
    return None if instant is None else to_datetime(instant)
