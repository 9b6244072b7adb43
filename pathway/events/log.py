"""A log that was read: settled events of many patients, and the account of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pathway.events.event import Event, Instant
from pathway.events.identity import Pseudonyms
from pathway.events.settle import Version, settle
from pathway.model.calendar import Calendar, calendar_for


@dataclass
class Counts:
    """Every row accounted for: read = used + unknown + ignored + rejected.

    `unknown` are names of events that the pathway does not have, `parties`, `elements` (contents of messages) and `deviations`
    (what a deviation speaks of) likewise; of each, `nearest` is the declared name that may have been meant. `rejected` says by
    reason how many and where the first was; `facts` by fact how many values did not fit, `misfits` where the first was.
    `settled` is what settling found, `settled_first` where the first of it was, `mended` what was put right (`recorded before it
    occurred`). Rows are called `row 12`.
    """

    read: int = 0
    used: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    nearest: dict[str, str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    """Where an unknown name stood first."""
    ignored: int = 0
    rejected: dict[str, tuple[int, str]] = field(default_factory=dict)
    facts: Counter[str] = field(default_factory=Counter)
    misfits: dict[str, dict[str, str]] = field(default_factory=dict)
    """By fact, the row of the first value that did not fit and the value that may have been meant. The value itself is not
    told: it may be what nobody should read in a summary."""
    settled: Counter[str] = field(default_factory=Counter)
    settled_first: dict[str, int] = field(default_factory=dict)
    mended: Counter[str] = field(default_factory=Counter)
    parties: Counter[str] = field(default_factory=Counter)
    elements: Counter[str] = field(default_factory=Counter)
    deviations: Counter[str] = field(default_factory=Counter)
    absent: dict[str, list[str]] = field(default_factory=dict)
    """By field or fact, the columns that the mapping names for it, where the log has none of them."""
    set_aside: str | None = None
    """The mapping beside the pathway, where the log is not the one that it is for."""

    def reject(self, reason: str, row: int) -> None:
        count, first = self.rejected.get(reason, (0, f"row {row}"))
        self.rejected[reason] = (count + 1, first)

    def settle(self, found: Mapping[str, int], first: Mapping[str, int]) -> None:
        """Add what settling found, and the first rows of it."""
        self.settled.update(found)
        for kind, row in first.items():
            self.settled_first[kind] = min(row, self.settled_first.get(kind, row))

    def as_dict(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "used": self.used,
            "unknown": dict(self.unknown),
            "nearest": dict(self.nearest),
            "first": dict(self.first),
            "ignored": self.ignored,
            "rejected": {reason: {"count": count, "first": first} for reason, (count, first) in self.rejected.items()},
            "facts": dict(self.facts),
            "misfits": {name: dict(misfit) for name, misfit in self.misfits.items()},
            "settled": dict(self.settled),
            "settled_first": {kind: f"row {row}" for kind, row in self.settled_first.items()},
            "mended": dict(self.mended),
            "unknown_parties": dict(self.parties),
            "unknown_elements": dict(self.elements),
            "unknown_deviations": dict(self.deviations),
            "absent_columns": {name: list(columns) for name, columns in self.absent.items()},
            "set_aside_mapping": self.set_aside,
        }


@dataclass
class Log:
    """Settled events by patient. `last_recorded` is the last time at which anything was recorded (None: nothing was);
    `receipts` is False for a source that has none. `pseudonyms` made the patients' names, where something did."""

    events: dict[str, list[Event]]
    counts: Counts
    has_recorded: bool
    receipts: bool
    last_recorded: Instant | None
    pseudonyms: Pseudonyms | None = None

    def of(self, patient: str) -> list[Event]:
        """The events of a patient, called as the log says or by the pseudonym; none where the log has no such patient."""
        found = self.events.get(patient)
        if found is None and self.pseudonyms is not None:
            found = self.events.get(self.pseudonyms.of(patient))
        return found or []

    def by_patient(self) -> Iterator[tuple[str, list[Event]]]:
        """Each patient's events by (occurred, id), patients in the order of their names."""
        for patient in sorted(self.events):
            yield patient, sorted(self.events[patient], key=lambda e: (e.occurred, e.id))


def log_of(events: Sequence[Event], *, receipts: bool = True, time_zone: str = "Europe/Oslo") -> Log:
    """A log of events that are there already, settled."""
    counts = Counts(read=len(events), used=len(events))
    recorded = any(event.recorded is not None for event in events)
    versions = [Version(event, row=row) for row, event in enumerate(events, 1)]
    return settled_log(versions, counts, recorded, receipts, calendar_for(time_zone, "NO"))


def settled_log(versions: Sequence[Version], counts: Counts, has_recorded: bool, receipts: bool, calendar: Calendar) -> Log:
    """The log that versions make. Those that cannot be settled are counted as rejected, no longer as used."""
    settled = settle(versions)
    counts.settle(settled.counts, settled.first)
    for reason, version in settled.left_out:
        counts.used -= 1
        counts.reject(reason, version.row)
    events: dict[str, list[Event]] = {}
    for event in settled.events:
        events.setdefault(event.patient, []).append(event)
    last = _last_recorded((version.event for version in versions), calendar)
    return Log(events, counts, has_recorded, receipts, last)


def _last_recorded(events: Iterable[Event], calendar: Calendar) -> Instant | None:
    # Of what has only a date the whole day is over (T3), or the last day of a log would never be judged.
    return max(
        (
            event.recorded
            if event.recorded is not None
            else calendar.end(calendar.day(event.occurred))
            if event.date_only
            else event.occurred
            for event in events
        ),
        default=None,
    )
