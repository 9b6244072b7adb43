"""From when to when a log reaches, how exact its times are, and what about them cannot be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from pathway.events.event import Instant
from pathway.events.roles import Roles
from pathway.events.text_columns import TextColumns
from pathway.events.times import Times, When

_MINUTE = 60_000_000


@dataclass(kw_only=True)
class Spans:
    """The times of a log, of the rows of which the patient and a time could be read (`timed`), each row once.

    `first` and `last` are days, `months` says how many rows each month has, `gaps` are months between without any. `ties` are rows
    that share their instant with another of the same patient, `duplicates` those that are like an earlier one in every
    column, `backwards` those that come before the row above them of the same patient. `precision` counts rows by the finest that
    their time has (`day`, `minute`, `second`), `midnight` those with a time of exactly 00:00. `impossible` counts times
    that cannot be by why.
    """

    timed: int = 0
    patients: int = 0
    first: date | None = None
    last: date | None = None
    months: dict[str, int] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    ties: int = 0
    duplicates: int = 0
    backwards: int = 0
    in_order: bool = True
    precision: Counter[str] = field(default_factory=Counter)
    midnight: int = 0
    impossible: Counter[str] = field(default_factory=Counter)

    @property
    def per_patient(self) -> float:
        return self.timed / self.patients if self.patients else 0.0


def look_at_times(found: Spans, text: TextColumns, roles: Roles, times: Times) -> None:
    """Spans, gaps, ties, duplicates, order and precision, of the rows that have a patient and a time."""
    if roles.patient is None or (roles.occurred is None and not roles.wide):
        return
    found.duplicates = _duplicates(text)
    patients: dict[str, Instant] = {}
    instants: defaultdict[str, Counter[Instant]] = defaultdict(Counter)
    before: Instant | None = None
    recorded = None if roles.wide else text.columns.get(roles.told.get("recorded", ""))
    months: Counter[str] = Counter()
    for place, (patient, told) in enumerate(_told(text, roles)):
        when = times.read(told) if told else "no"
        if isinstance(when, str):
            found.impossible[{"no": "no time", "time": "not a time", "range": "time outside 1990-2060"}[when]] += 1
            continue
        if not patient:
            continue
        found.timed += 1
        found.backwards += when.instant < patients.get(patient, when.instant)
        found.in_order = found.in_order and (before is None or before <= when.instant)
        patients[patient] = before = when.instant
        instants[patient][when.instant] += 1
        found.precision[_precision(when)] += 1
        found.midnight += not when.date_only and times.is_midnight(when.instant)
        months[times.local_day(when.instant).isoformat()[:7]] += 1
        if recorded is not None:
            at = times.read(recorded[place]) if recorded[place] else None
            if isinstance(at, When) and times.end(at) < when.instant:
                found.impossible["recorded before it occurred"] += 1
    found.patients = len(patients)
    found.ties = sum(count for each in instants.values() for count in each.values() if count > 1)
    found.months = dict(sorted(months.items()))
    found.gaps = [month for month in _between(found.months) if month not in months]
    if instants:
        found.first = times.local_day(min(min(each) for each in instants.values()))
        found.last = times.local_day(max(max(each) for each in instants.values()))


def _duplicates(text: TextColumns) -> int:
    rows = Counter(map(hash, zip(*(text.columns[name] for name in text.names), strict=True)))
    return rows.total() - len(rows)


def _told(text: TextColumns, roles: Roles) -> Iterator[tuple[str, str]]:
    """Patient and time of each row; of a wide table, of each cell that has one."""
    patients = text.columns[roles.patient or ""]
    if roles.occurred is not None:
        yield from zip(patients, text.columns[roles.occurred], strict=True)
        return
    for place, patient in enumerate(patients):
        for column in roles.wide:
            if text.columns[column][place]:
                yield patient, text.columns[column][place]


def _precision(when: When) -> str:
    return "day" if when.date_only else "second" if when.instant % _MINUTE else "minute"


def _between(months: Iterable[str]) -> Iterator[str]:
    """Every month from the first to the last."""
    known = list(months)
    if not known:
        return
    year, month = (int(part) for part in known[0].split("-"))
    while (at := f"{year:04}-{month:02}") <= known[-1]:
        yield at
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
