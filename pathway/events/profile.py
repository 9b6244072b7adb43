"""What a log is like before anything is replayed: how much of it can be used and why not the rest, from when to when, how exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pathway.events.columns import AS_FOUND, Told, read_columns
from pathway.events.draft import Draft, draft_of
from pathway.events.facts import Columns, first_of
from pathway.events.identity import masked, nationals
from pathway.events.log import Counts, Log
from pathway.events.looks import Looks, looks_of
from pathway.events.mapping import Mapping
from pathway.events.mapping_file import load_mapping, zone_of
from pathway.events.read import log_from
from pathway.events.roles import Roles, roles_of
from pathway.events.spans import Spans, look_at_times
from pathway.events.text_columns import TextColumns
from pathway.events.times import Times
from pathway.language.resting import collector_at_rest
from pathway.model.calendar import Calendar, calendar_for
from pathway.model.pathway import Pathway


@dataclass(kw_only=True)
class Profile(Spans):
    """A log as it is.

    `rows` are all that were read, also those that were broken. `account` is what a pathway can use of it (`Counts`), None without
    one; `followed` is how many patients have an event of it, `without_end` how many of them none of the events that end it (None
    where it has none such). `drafted` says that the mapping was found by looking at the log. `national` are the columns with
    national identity numbers, and how many different values with one each has.
    """

    file: str
    rows: int
    columns: Sequence[Looks]
    roles: Roles
    mended: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    account: Counts | None = None
    told: frozenset[tuple[str, str | None]] = frozenset()
    """The names of the pathway's events that the log tells of, with their phases."""
    followed: int | None = None
    without_end: int | None = None
    drafted: bool = False
    national: dict[str, int] = field(default_factory=dict)

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
    rows = len(text.rows) + len(text.broken)
    found = Profile(file=str(path), rows=rows, columns=looks, roles=roles, drafted=drafted is not None)
    found.broken.update(reason for _, reason in text.broken)
    found.mended.update(text.mended)
    found.national = {masked(each.name): each.national for each in looks if each.national}
    look_at_times(found, text, roles, _times(told, pathway, looks, roles))
    if pathway is not None and told is not None and (drafted is None or not drafted.missing):
        _hide(text)
        with collector_at_rest():
            log = log_from(text, pathway, told.model_copy(update={"pseudonyms": None}), str(path))
        found.account = log.counts
        found.told = frozenset((event.name, event.phase) for events in log.events.values() for event in events)
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
