"""What has become otherwise for a patient since it was last looked at: stages entered, breaks opened, closed, withdrawn.

Nothing here sleeps or watches a clock: whoever embeds the engine records events and says how far time has come (E6), and is told
what that changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pathway.events.event import Instant
from pathway.tracking.course import Course
from pathway.tracking.evidence import obligation_record
from pathway.tracking.records import BreakRecord, ObligationRecord
from pathway.tracking.state import Stay

ChangeKind = Literal["entered", "at_risk", "opened", "closed", "withdrawn"]
"""`at_risk`: what `warn after` warns of. `withdrawn`: a break that later knowledge took back, because an event came to be known,
or was corrected."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that became otherwise. `at` is when it did in the patient's story; `stage` with `entered`, `owed` with `at_risk`,
    `found` (the break) with the others."""

    kind: ChangeKind
    at: Instant
    pathway: str
    stage: str | None = None
    owed: ObligationRecord | None = None
    found: BreakRecord | None = None


class Seen:
    """What was seen of a patient, to be held against what is to be seen now."""

    def __init__(self) -> None:
        self._stays: frozenset[tuple[str, Stay]] = frozenset()
        self._at_risk: frozenset[tuple[str, str, Instant]] = frozenset()
        self._breaks: dict[str, BreakRecord] = {}

    def changes(self, courses: Sequence[Course], breaks: Sequence[BreakRecord], as_of: Instant) -> list[Change]:
        """What is otherwise than when this was last asked, in the order in which it came about."""
        stays = frozenset(
            (course.patient.main.pathway.name, stay)
            for course in courses
            for episode in course.patient.episodes
            for stay in episode.stays
        )
        found = [Change("entered", stay.since, name, stage=stay.stage) for name, stay in stays - self._stays]
        warned = list(_at_risk(courses, as_of))
        found += [
            Change("at_risk", owed.at_risk_at or as_of, owed.pathway, owed=owed)
            for owed in warned
            if _warning(owed) not in self._at_risk
        ]
        now = {record.break_id: record for record in breaks}
        for break_id, record in now.items():
            before = self._breaks.get(break_id)
            if before is None:
                found.append(Change("opened", _opened_at(record), record.pathway, found=record))
            if record.closed_at is not None and (before is None or before.open):
                found.append(Change("closed", record.closed_at, record.pathway, found=record))
            elif before is not None and record.open and not before.open:
                found.append(Change("opened", _opened_at(record), record.pathway, found=record))
        for break_id, before in self._breaks.items():
            if break_id not in now:
                found.append(Change("withdrawn", _opened_at(before), before.pathway, found=before))
        self._stays, self._breaks = stays, now
        self._at_risk = frozenset(map(_warning, warned))
        order = get_args(ChangeKind)
        return sorted(found, key=lambda change: (change.at, order.index(change.kind), change.stage or "", _id(change)))


def _at_risk(courses: Sequence[Course], as_of: Instant) -> Iterator[ObligationRecord]:
    """What waits and is at risk of breaking."""
    for course in courses:
        patient = course.patient
        for obligation in (o for live in patient.live.values() for o in live if o.waits and o.rule.rule.warn_after):
            record = obligation_record(patient, obligation, as_of)
            if record.at_risk_at is not None:
                yield record


def _warning(owed: ObligationRecord) -> tuple[str, str, Instant]:
    return (owed.rule, owed.anchor_event or "", owed.at_risk_at or 0)


def _opened_at(record: BreakRecord) -> Instant:
    return record.due_at if record.due_at is not None else record.anchored_at


def _id(change: Change) -> str:
    return "" if change.found is None else change.found.break_id
