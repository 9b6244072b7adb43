"""A log read into events: every row is used, or counted with the reason why it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pathway.errors import EventsError, MappingError
from pathway.events.columns import from_table, read_columns
from pathway.events.event import DEVIATION, Event, Instant
from pathway.events.mapping import Columns, MappedEvent, Mapping, load_mapping
from pathway.events.settle import Version, content_id, settle
from pathway.events.text_columns import TextColumns
from pathway.events.values import Times, fact_value
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES
from pathway.model.calendar import Calendar, calendar_for
from pathway.model.expressions import Value
from pathway.model.pathway import Pathway
from pathway.model.scope import nearest


@dataclass
class Counts:
    """Every row accounted for: read = used + unknown + ignored + rejected.

    `rejected` says by reason how many and where the first was; `facts` how many values of a fact did not fit; `settled` what
    settling found; `mended` what was put right (`recorded before it occurred`).
    """

    read: int = 0
    used: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    nearest: dict[str, str] = field(default_factory=dict)
    ignored: int = 0
    rejected: dict[str, tuple[int, str]] = field(default_factory=dict)
    facts: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    parties: Counter[str] = field(default_factory=Counter)
    """Names of parties that the pathway does not have."""

    def reject(self, reason: str, row: int) -> None:
        count, first = self.rejected.get(reason, (0, f"row {row}"))
        self.rejected[reason] = (count + 1, first)

    def as_dict(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "used": self.used,
            "unknown": dict(self.unknown),
            "nearest": dict(self.nearest),
            "ignored": self.ignored,
            "rejected": {reason: {"count": count, "first": first} for reason, (count, first) in self.rejected.items()},
            "facts": dict(self.facts),
            "settled": dict(self.settled),
            "mended": dict(self.mended),
            "unknown_parties": dict(self.parties),
        }


@dataclass
class Log:
    """Settled events of many patients. `last_recorded` is the last time at which anything was recorded (None: no events)."""

    events: dict[str, list[Event]]
    counts: Counts
    has_recorded: bool
    receipts: bool
    calendar: Calendar

    @property
    def last_recorded(self) -> Instant | None:
        return max((self._recorded(event) for found in self.events.values() for event in found), default=None)

    def _recorded(self, event: Event) -> Instant:
        if event.recorded is not None:
            return event.recorded
        # Of what has only a date the whole day is over (T3), or the last day of a log would never be judged.
        return self.calendar.end(self.calendar.day(event.occurred)) if event.date_only else event.occurred

    def by_patient(self) -> Iterator[tuple[str, list[Event]]]:
        """Each patient's events by (occurred, id), patients in the order of their names."""
        for patient in sorted(self.events):
            yield patient, sorted(self.events[patient], key=lambda e: (e.occurred, e.id))


def read_log(path: str | Path, pathway: Pathway, mapping: str | Path | Mapping | None = None, *, strict: bool = False) -> Log:
    """Read a CSV, Parquet or XES log (`.gz` too) for a pathway.

    `mapping` is a mapping file (see `pathway/events/mapping.py`); without one, columns are called as the fields of an event.
    Raises `EventsError` or `MappingError`; with `strict` also where a row cannot be used. Cost: some 10 µs a row.
    """
    how = mapping if isinstance(mapping, Mapping) else load_mapping(mapping, pathway) if mapping else Mapping()
    return _Reading(pathway, how).log(read_columns(path, how.delimiter, how.encoding), str(path), strict)


def read_table(table: Any, pathway: Pathway, mapping: str | Path | Mapping | None = None, *, strict: bool = False) -> Log:
    """Read events from an Arrow table, or anything that gives one by `__arrow_c_stream__` (Polars, DuckDB, pandas)."""
    import pyarrow as pa

    how = mapping if isinstance(mapping, Mapping) else load_mapping(mapping, pathway) if mapping else Mapping()
    arrow = table if isinstance(table, pa.Table) else pa.table(table)
    return _Reading(pathway, how).log(from_table(arrow), "table", strict)


def log_of(events: Sequence[Event], *, receipts: bool = True, time_zone: str = "Europe/Oslo") -> Log:
    """A log of events that are there already, settled."""
    counts = Counts(read=len(events), used=len(events))
    recorded = any(event.recorded is not None for event in events)
    return _settled([Version(event) for event in events], counts, recorded, receipts, calendar_for(time_zone, "NO"))


def _settled(versions: list[Version], counts: Counts, has_recorded: bool, receipts: bool, calendar: Calendar) -> Log:
    settled = settle(versions)
    counts.settled.update(settled.counts)
    events: dict[str, list[Event]] = {}
    for event in settled.events:
        events.setdefault(event.patient, []).append(event)
    return Log(events, counts, has_recorded, receipts, calendar)


class _Reading:
    """One log being read: rows to events, by a mapping and for a pathway."""

    def __init__(self, pathway: Pathway, mapping: Mapping) -> None:
        self.pathway = pathway
        self.mapping = mapping
        self.counts = Counts()
        try:
            self.times = Times(ZoneInfo(mapping.time_zone or pathway.time_zone), mapping.time_formats)
        except (KeyError, ValueError, OSError) as error:
            raise MappingError("PW406", name=mapping.time_zone or "") from error
        self._codes: dict[str, MappedEvent | None] = {}
        self._names = [*pathway.events, *pathway.messages, *pathway.resources]
        aliases = [*pathway.events.values(), *pathway.messages.values(), *pathway.resources.values()]
        self._aliases = {alias: item.name for item in aliases for alias in item.aliases.values()}
        self._ignored = set(mapping.ignore)

    def log(self, text: TextColumns, name: str, strict: bool) -> Log:
        columns = text.columns
        for row, reason in text.broken:
            self.counts.read += 1
            self.counts.reject(reason, row)
        if text.rows or columns:
            for wanted in ("patient", "event", "occurred"):
                if self._column(columns, getattr(self.mapping.columns, wanted)) is None:
                    told = getattr(self.mapping.columns, wanted)
                    shown = told if isinstance(told, str) else ", ".join(told)
                    values = {"column": shown, "field": wanted, "known": ", ".join(list(columns)[:20])}
                    raise EventsError("PW415", file=name, **values)
        versions = list(self._versions(text))
        if strict and (self.counts.rejected or self.counts.unknown):
            reason = next(iter(self.counts.rejected), next(iter(self.counts.unknown), ""))
            first = self.counts.rejected.get(reason, (0, ""))[1]
            raise EventsError("PW416", file=name, reason=reason, first=first)
        recorded = self._column(columns, self.mapping.columns.recorded) is not None
        calendar = calendar_for(self.pathway.time_zone, self.pathway.calendar)
        return _settled(versions, self.counts, recorded, self.mapping.receipts, calendar)

    def _column(self, columns: dict[str, list[str | None]], told: Columns) -> list[str | None] | None:
        return next((columns[name] for name in ([told] if isinstance(told, str) else told) if name in columns), None)

    def _versions(self, text: TextColumns) -> Iterator[Version]:
        count, columns = len(text.rows), text.columns
        nothing: list[str | None] = [None] * count
        fields = {
            name: self._column(columns, getattr(self.mapping.columns, name)) or nothing
            for name in type(self.mapping.columns).model_fields
        }
        facts = self._fact_columns(columns)
        only = [(columns[name], set(wanted)) for name, wanted in self.mapping.only.items() if name in columns]
        for place, row in enumerate(text.rows):
            self.counts.read += 1
            if any(column[place] not in wanted for column, wanted in only):
                self.counts.ignored += 1
                continue
            version = self._version(place, row, {name: column[place] for name, column in fields.items()}, facts)
            if version is not None:
                self.counts.used += 1
                yield version

    def _version(self, place: int, row: int, told: dict[str, str | None], facts: list[Any]) -> Version | None:
        patient, code = told["patient"], told["event"]
        if patient is None or code is None:
            self.counts.reject("no patient" if patient is None else "no event", row)
            return None
        if told["deviation"] is not None and code == DEVIATION:
            meant: MappedEvent | None = MappedEvent(event=DEVIATION)
        else:
            meant = self._meaning(code)
        if meant is None:
            if code in self._ignored:
                self.counts.ignored += 1
            else:
                self.counts.unknown[code] += 1
            return None
        when = self._when(told["occurred"], row)
        if when is None:
            return None
        recorded = self._recorded(told["recorded"], when[0], row)
        phase = self._phase(meant, told["phase"], row)
        if recorded == "rejected" or phase == "rejected":
            return None
        until = self.times.read(told["until"]) if told["until"] else None
        elements = told["elements"]
        event = Event(
            id=told["id"] or "",
            patient=patient,
            name=meant.event,
            occurred=when[0],
            phase=phase,  # type: ignore[arg-type]  # held against the phases of messages and resources above
            date_only=when[1],
            recorded=recorded,  # type: ignore[arg-type]  # "rejected" is gone by here
            party=self._party(meant.party or told["party"]),
            unit=told["unit"],
            sender=self._party(meant.sender or told["sender"]),
            receiver=self._party(meant.receiver or told["receiver"]),
            elements=_elements(meant.elements, elements),
            amount=_amount(told["amount"]),
            refers=told["refers"],
            facts=self._facts(place, meant, facts),
            deviation=told["deviation"],
            because=told["because"],
            deviation_until=until[0] if isinstance(until, tuple) else None,
        )
        if told["id"] is None:
            event = replace(event, id=content_id(event))
        return Version(event, told["corrects"], told["retracts"], told["id"] is not None)

    def _meaning(self, code: str) -> MappedEvent | None:
        if code not in self._codes:
            self._codes[code] = self._look_up(code)
        return self._codes[code]

    def _look_up(self, code: str) -> MappedEvent | None:
        mapped = self.mapping.event(code)
        if mapped is not None:
            return mapped
        if code in self._ignored:
            return None
        name, _, phase = code.partition(" ")
        name = self._aliases.get(name, name)
        if name in self._names and (not phase or phase in (*MESSAGE_PHASES, *RESOURCE_PHASES)):
            return MappedEvent(event=name, phase=phase or None)
        like = nearest(code, [*self._names, *self.mapping.events])
        if like is not None:
            self.counts.nearest[code] = like
        return None

    def _when(self, text: str | None, row: int) -> tuple[Instant, bool] | None:
        if text is None:
            self.counts.reject("no time", row)
            return None
        when = self.times.read(text)
        if isinstance(when, str):
            self.counts.reject("not a time" if when == "time" else "time outside 1990-2060", row)
            return None
        return when

    def _recorded(self, text: str | None, occurred: Instant, row: int) -> Instant | str | None:
        if text is None:
            return None
        when = self.times.read(text)
        if isinstance(when, str):
            self.counts.reject("recorded: not a time" if when == "time" else "recorded outside 1990-2060", row)
            return "rejected"
        if when[0] < occurred:
            self.counts.mended["recorded before it occurred"] += 1
            return occurred
        return when[0]

    def _phase(self, meant: MappedEvent, told: str | None, row: int) -> str | None:
        phase = meant.phase or told
        if phase is None or meant.event in self.pathway.events or meant.event == DEVIATION:
            return None
        if phase not in (MESSAGE_PHASES if meant.event in self.pathway.messages else RESOURCE_PHASES):
            self.counts.reject("unknown phase", row)
            return "rejected"
        return phase

    def _party(self, name: str | None) -> str | None:
        """A party by its name or an alias. A name that no party has is kept: it is then nobody's, and never taken for another."""
        if name is None or name in self.pathway.parties:
            return name
        for party in self.pathway.parties.values():
            if name in party.aliases.values():
                return party.name
        self.counts.parties[name] += 1
        return name

    def _fact_columns(self, columns: dict[str, list[str | None]]) -> list[Any]:
        """The declared facts that the log has columns for: name, column, fact, how its texts are read."""
        found: list[Any] = []
        for name, fact in self.pathway.facts.items():
            if name in self.mapping.facts:
                how = self.mapping.fact(name)
                column = self._column(columns, how.column)
                if column is not None:
                    found.append((name, column, fact, how))
            elif name in columns and name not in type(self.mapping.columns).model_fields:
                found.append((name, columns[name], fact, None))
        return found

    def _facts(self, place: int, meant: MappedEvent, columns: list[Any]) -> dict[str, Value]:
        facts: dict[str, Value] = {}
        for name, column, fact, how in columns:
            text = column[place]
            if text is None:
                continue
            factor = 1.0
            if how is not None:
                text, factor = how.values.get(text, text), how.factor
            value = fact_value(text, fact, decimal_comma=self.mapping.decimal_comma, factor=factor)
            if value is None:
                self.counts.facts[name] += 1
            else:
                facts[name] = value
        for name, text in meant.facts.items():
            value = fact_value(str(text), self.pathway.facts[name])
            if value is not None:
                facts[name] = value
        return facts


def _elements(mapped: list[str] | None, told: str | None) -> tuple[str, ...] | None:
    if mapped is not None:
        return tuple(mapped)
    return None if told is None else tuple(part.strip() for part in told.replace(";", ",").split(",") if part.strip())


def _amount(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
