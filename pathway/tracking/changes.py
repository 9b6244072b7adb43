"""What has become otherwise for a patient since it was last looked at: stages entered, breaks opened, closed, withdrawn.

Nothing here sleeps or watches a clock: whoever embeds the engine records events and says how far time has come (E6), and is told
what that changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pathway.events.event import Instant
from pathway.tracking.course import Course
from pathway.tracking.records import BreakRecord
from pathway.tracking.state import Stay

ChangeKind = Literal["entered", "opened", "closed", "withdrawn"]
"""`withdrawn`: a break that later knowledge took back, because an event came to be known, or was corrected."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that became otherwise. `at` is when it did in the patient's story; `stage` with `entered`, `found` (the break)
    with the others."""

    kind: ChangeKind
    at: Instant
    pathway: str
    stage: str | None = None
    found: BreakRecord | None = None


class Seen:
    """What was seen of a patient, to be held against what is to be seen now."""

    def __init__(self) -> None:
        self._stays: frozenset[tuple[str, Stay]] = frozenset()
        self._breaks: dict[str, BreakRecord] = {}

    def changes(self, courses: Sequence[Course], breaks: Sequence[BreakRecord]) -> list[Change]:
        """What is otherwise than when this was last asked, in the order in which it came about."""
        stays = frozenset(
            (course.patient.main.pathway.name, stay)
            for course in courses
            for episode in course.patient.episodes
            for stay in episode.stays
        )
        found = [Change("entered", stay.since, name, stage=stay.stage) for name, stay in stays - self._stays]
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
        order: tuple[ChangeKind, ...] = ("withdrawn", "entered", "opened", "closed")
        return sorted(found, key=lambda change: (change.at, order.index(change.kind), change.stage or "", _id(change)))


def _opened_at(record: BreakRecord) -> Instant:
    return record.due_at if record.due_at is not None else record.anchored_at


def _id(change: Change) -> str:
    return "" if change.found is None else change.found.break_id
