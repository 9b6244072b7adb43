"""What a log is like before anything is replayed: how much of it can be used and why not the rest, from when to when, how exact."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pathway.events.columns import AS_FOUND, Told, read_columns
from pathway.events.draft import Draft, draft_of
from pathway.events.event import Instant
from pathway.events.facts import Columns, first_of
from pathway.events.identity import masked, nationals
from pathway.events.log import Counts, Log
from pathway.events.looks import Looks, looks_of
from pathway.events.mapping import Mapping
from pathway.events.mapping_file import load_mapping, zone_of
from pathway.events.read import collector_at_rest, log_from
from pathway.events.roles import Roles, roles_of
from pathway.events.text_columns import TextColumns
from pathway.events.times import Times, When
from pathway.model.calendar import Calendar, calendar_for
from pathway.model.pathway import Pathway

_MINUTE = 60_000_000


@dataclass
class Profile:
    """A log as it is.

    `rows` are all that were read, also those that were broken. What follows is of rows of which the patient and a time could be
    read (`timed`), each row once: `patients`, `first` and `last` day, `months` with how many rows each, months without any
    between in `gaps`. `ties` are rows that share their instant with another of the same patient, `duplicates` those that are
    like an earlier one in every column, `backwards` those that come before the row above them of the same patient.
    `precision` counts rows by the finest that their time has (`day`, `minute`, `second`), `midnight` those with a time of exactly 00:00.
    `impossible` counts times that cannot be by why. `account` is what a pathway can use of it (`Counts`), None without one;
    `without_end` how many patients have none of the events that end the pathway, None where it has none such.
    `drafted` says that the mapping was found by looking at the log. `national` are the columns with national identity numbers.
    """

    file: str
    rows: int
    columns: Sequence[Looks]
    roles: Roles
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
    mended: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    account: Counts | None = None
    followed: int | None = None
    without_end: int | None = None
    drafted: bool = False
    national: dict[str, int] = field(default_factory=dict)

    @property
    def per_patient(self) -> float:
        return self.timed / self.patients if self.patients else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The profile as JSON can hold it."""
        account = None if self.account is None else self.account.as_dict()
        roles = {"patient": self.roles.patient, "event": self.roles.event, "occurred": self.roles.occurred}
        return {
            "file": self.file,
            "rows": self.rows,
            "broken": dict(self.broken),
            "mended": dict(self.mended),
            "patients": self.patients,
            "timed": self.timed,
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "months": self.months,
            "gaps": self.gaps,
            "ties": self.ties,
            "duplicates": self.duplicates,
            "backwards": self.backwards,
            "in_order": self.in_order,
            "precision": dict(self.precision),
            "midnight": self.midnight,
            "impossible": dict(self.impossible),
            "national": self.national,
            "drafted": self.drafted,
            "roles": {**roles, **self.roles.told, "lifecycle": self.roles.lifecycle, "wide": list(self.roles.wide)},
            "columns": [_column(each, each.name == self.roles.patient) for each in self.columns],
            "account": account,
            "patients_followed": self.followed,
            "patients_without_end": self.without_end,
        }


def profile(
    path: str | Path,
    pathway: Pathway | None = None,
    mapping: str | Path | None = None,
    *,
    usual: str | Path | None = None,
) -> Profile:
    """Look at a log. Without a pathway only at its columns and times; with one, also at what the pathway can use of it.

    `usual` is the mapping that lies beside the pathway: it is used where `mapping` is not given and the log has its columns.
    Where there is neither, and the log has not the columns that a log has without one, the mapping that `draft` finds is used.
    Raises `EventsError` and `MappingError`. Holds all columns of the log in memory.
    """
    told: Mapping | None = None
    text: TextColumns | None = None
    if pathway is not None and (mapping is not None or usual is not None):
        told = load_mapping(mapping or usual or "", pathway)
        text = _read(path, Told(told.delimiter, told.encoding, told.sheet))
        if mapping is None and not _fits(text, told, pathway):
            told, text = None, None
    text = text or _read(path, AS_FOUND)
    drafted: Draft | None = None
    if pathway is not None and told is None:
        told = Mapping()
        if not _fits(text, told, pathway):
            drafted = draft_of(text, pathway)
            told = drafted.mapping() if not drafted.missing else told
    looks = drafted.columns if drafted is not None else [looks_of(name, text.columns[name]) for name in text.names]
    roles = drafted.roles if drafted is not None else _roles(text, looks, told, pathway)
    found = Profile(str(path), len(text.rows) + len(text.broken), looks, roles, drafted=drafted is not None)
    found.broken.update(reason for _, reason in text.broken)
    found.mended.update(text.mended)
    found.national = {masked(each.name): each.national for each in looks if each.national}
    _look_at_times(found, text, _times(told, pathway, looks, roles))
    if pathway is not None and told is not None and (drafted is None or not drafted.missing):
        _hide(text)
        with collector_at_rest():
            log = log_from(text, pathway, told.model_copy(update={"pseudonyms": None}), str(path))
        found.account = log.counts
        found.followed = len(log.events)
        found.without_end = _without_end(log, pathway)
    return found


def _read(path: str | Path, told: Told) -> TextColumns:
    return read_columns(path, lambda name: True, told)


def _hide(text: TextColumns) -> None:
    """What is shown of a log has no national identity number in it: patients keep apart, their numbers do not come out."""
    for name, column in text.columns.items():
        found = {value: f"•{place}" for place, value in enumerate(sorted(nationals(column)))}
        if found:
            text.columns[name] = [found.get(value, value) for value in column]


def _fits(text: TextColumns, mapping: Mapping, pathway: Pathway) -> bool:
    fields = Columns(mapping, pathway).fields
    if mapping.wide:
        return first_of(text, fields["patient"]) is not None and first_of(text, list(mapping.wide)) is not None
    return all(first_of(text, fields[name]) is not None for name in ("patient", "event", "occurred"))


def _roles(text: TextColumns, looks: Sequence[Looks], mapping: Mapping | None, pathway: Pathway | None) -> Roles:
    """The columns that a mapping names; without one those that look like it."""
    if mapping is None or pathway is None:
        return roles_of(looks)
    fields = Columns(mapping, pathway).fields
    found = {name: next((column for column in asked if column in text.columns), None) for name, asked in fields.items()}
    three = ("patient", "event", "occurred")
    told = {name: column for name, column in found.items() if column is not None and name not in three}
    wide = tuple(column for column in mapping.wide if column in text.columns)
    return Roles(found["patient"], None if wide else found["event"], None if wide else found["occurred"], None, told, wide)


def _times(mapping: Mapping | None, pathway: Pathway | None, looks: Sequence[Looks], roles: Roles) -> Times:
    if mapping is not None and pathway is not None:
        days = calendar_for(pathway.time_zone, pathway.calendar)
        return Times(zone_of(mapping, pathway), days, mapping.time_formats, mapping.date_only)
    calendar: Calendar = calendar_for("Europe/Oslo", "NO")
    forms = [form for each in looks if each.name in (roles.occurred, *roles.wide) for form in each.forms]
    return Times(calendar, calendar, forms)


def _look_at_times(found: Profile, text: TextColumns, times: Times) -> None:
    """Spans, gaps, ties, duplicates, order and precision, of the rows that have a patient and a time."""
    roles = found.roles
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


def _without_end(log: Log, pathway: Pathway) -> int | None:
    """How many patients have none of the events that lead out of the pathway."""
    ends = set(_ends(pathway))
    if not ends:
        return None
    return sum(not any(event.key in ends or event.name in ends for event in events) for events in log.events.values())


def _ends(pathway: Pathway) -> Iterator[str]:
    """The events that end it, or from which the time to its end is counted."""
    for stage in pathway.stages.values():
        for way in stage.transitions:
            if way.target is not None and way.target in pathway.stages and pathway.stages[way.target].end:
                yield from (event.key for event in way.on)
                if not way.on and way.anchor is not None:
                    yield from (event.key for event in way.anchor.events)
    for leaving in pathway.leaves:
        yield from (event.key for event in leaving.on)


def _column(looks: Looks, names: bool) -> dict[str, Any]:
    """A column, without values where they are patients' names."""
    return {
        "name": masked(looks.name),
        "looks": looks.kind,
        "filled": looks.filled,
        "distinct": looks.distinct,
        "formats": list(looks.forms),
        "decimal_comma": looks.comma,
        "lowest": None if names else looks.lowest,
        "highest": None if names else looks.highest,
        "commonest": [] if names else [list(each) for each in looks.commonest],
    }
