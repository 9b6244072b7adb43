"""Rows of text to events, by a mapping and for a pathway. Every row is used, or counted with the reason why it is not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import NamedTuple

from pathway.events.codes import Codes, listed
from pathway.events.event import DEVIATION, Event, Instant
from pathway.events.facts import Columns, Facts, first_of
from pathway.events.log import Counts
from pathway.events.mapping import MappedEvent, Mapping
from pathway.events.mapping_file import deviable_known, zone_of
from pathway.events.named import Likely, asking_contents, named_in, names_of, parts_of
from pathway.events.settle import Version
from pathway.events.text_columns import TextColumns
from pathway.events.times import Times, When
from pathway.events.values import number
from pathway.model.base import MESSAGE_PHASES, RESOURCE_PHASES
from pathway.model.calendar import calendar_for
from pathway.model.pathway import Pathway
from pathway.model.vocabulary import Known, contents_known, parties_known, phase_of


class _Row(NamedTuple):
    """One row, as text: the fields of `ColumnNames`, empty where there is nothing."""

    patient: str
    event: str
    occurred: str
    id: str
    phase: str
    recorded: str
    party: str
    unit: str
    sender: str
    receiver: str
    elements: str
    amount: str
    refers: str
    corrects: str
    retracts: str
    deviation: str
    because: str
    until: str
    cause: str


class Rows:
    """The rows of one log. `counts` grows as `versions` are taken."""

    def __init__(self, pathway: Pathway, mapping: Mapping, columns: Columns) -> None:
        self.counts = Counts()
        self.has_recorded = False
        self._pathway = pathway
        self._mapping = mapping
        self._columns = columns
        days = calendar_for(pathway.time_zone, pathway.calendar)
        self._times = Times(zone_of(mapping, pathway), days, mapping.time_formats, mapping.date_only)
        self._mapped = Codes(mapping.wide or mapping.events)
        self._codes: dict[str, MappedEvent | None] = {}
        self._patients: dict[str, str] = {}
        """Each name of a part once: the texts of the rows are let go when they have been read."""
        self._names = names_of(pathway)
        self._like = Likely(pathway, self._names, {*mapping.events, *mapping.wide})
        self._ignored = listed(mapping.ignore)
        self._parties = parties_known(pathway, mapping.parties)
        self._contents = contents_known(pathway, mapping.elements)
        self._asking = asking_contents(pathway)
        self._deviable = deviable_known(pathway)
        self._constants = mapping.constants
        self._facts = Facts(pathway, mapping, self._times.day, self.counts)

    def versions(self, text: TextColumns) -> Iterator[Version]:
        """What the rows of a part of the log say. Raises nothing: a row that says nothing is counted."""
        self._patients = {}
        for row, reason in text.broken:
            self.counts.read += 1
            self.counts.reject(reason, row)
        self.counts.mended.update(text.mended)
        self.has_recorded = first_of(text, self._columns.fields["recorded"]) is not None
        columns = [first_of(text, self._columns.fields[name]) or repeat("") for name in _Row._fields]
        self._facts.use(text, self._columns)
        only = [(text.columns[name], set(wanted)) for name, wanted in self._mapping.only.items() if name in text.columns]
        unless = [(text.columns[name], set(them)) for name, them in self._mapping.unless.items() if name in text.columns]
        for place, (row, told) in enumerate(zip(text.rows, map(_Row._make, zip(*columns, strict=False)), strict=False)):
            self.counts.read += 1
            if any(column[place] not in wanted for column, wanted in only) or any(
                column[place] in them for column, them in unless
            ):
                self.counts.ignored += 1
                continue
            version = self._version(row, told, place)
            if version is not None:
                self.counts.used += 1
                yield version

    def _version(self, row: int, told: _Row, place: int) -> Version | None:
        if not told.patient or not (told.event or told.retracts):
            self.counts.reject("no event" if told.patient else "no patient", row)
            return None
        meant = self._meaning(told, row)
        if meant is None:
            return None
        when, recorded = self._when(told, row)
        if when is None:
            return None
        name, phase = meant.event, meant.phase or phase_of(told.phase) or None
        if phase is not None:
            phases = MESSAGE_PHASES if name in self._pathway.messages else RESOURCE_PHASES
            if name in self._pathway.events or name == DEVIATION:
                phase = None
            elif phase not in phases and not told.retracts:
                self.counts.reject("unknown phase", row)
                return None
        constants = self._constants
        deviation = meant.deviation or told.deviation or None
        if deviation is not None:
            deviation = self._named(deviation, row, self._deviable, self.counts.deviations)
        party = meant.party or told.party or constants.party
        sender = meant.sender or told.sender or constants.sender
        receiver = meant.receiver or told.receiver or constants.receiver
        event = Event(
            told.id,
            self._patients.setdefault(told.patient, told.patient),
            name,
            when.instant,
            phase,  # type: ignore[arg-type]  # held against the phases of messages and resources above
            when.date_only,
            recorded,
            None,
            told.id,
            self._party(party, row) if party else None,
            told.unit or constants.unit,
            self._party(sender, row) if sender else None,
            self._party(receiver, row) if receiver else None,
            self._elements(meant.elements, told.elements, name, row),
            self._amount(told.amount) if told.amount else None,
            told.refers or None,
            self._facts.of(row, place, meant),
            deviation,
            meant.because or told.because or None,
            self._until(told.until) if told.until else None,
            meant.cause or told.cause or None,
        )
        return Version(event, told.corrects or None, told.retracts or None, told.id != "", row)

    def _meaning(self, told: _Row, row: int) -> MappedEvent | None:
        """What a code means; None, and counted, when it means nothing here."""
        code = told.event
        if code == DEVIATION and told.deviation:
            return _DEVIATION
        if code not in self._codes:
            self._codes[code] = self._look_up(code)
        meant = self._codes[code]
        if meant is None:
            if told.retracts:
                # A retraction says which event never was: what it calls it is no matter.
                return _RETRACTION
            if self._ignored.get(code):
                self.counts.ignored += 1
            else:
                self._unknown(self.counts.unknown, code, row, self._like.to)
        return meant

    def _look_up(self, code: str) -> MappedEvent | None:
        mapped = self._mapped.get(code)
        if mapped is not None or self._ignored.get(code):
            return mapped
        found = named_in(self._names, code)
        return None if found is None else MappedEvent(event=found[0], phase=found[1])

    def _unknown(self, counted: Counter[str], name: str, row: int, near: Callable[[str], str | None]) -> None:
        if name not in counted:
            self.counts.first.setdefault(name, f"row {row}")
            like = near(name)
            if like is not None:
                self.counts.nearest[name] = like
        counted[name] += 1

    def _when(self, told: _Row, row: int) -> tuple[When | None, Instant | None]:
        """When it occurred and when it was recorded; no `When` when either is told but cannot be."""
        recorded: Instant | None = None
        if told.recorded:
            found = self._times.read(told.recorded)
            if isinstance(found, str):
                self.counts.reject("recorded: not a time" if found == "time" else "recorded outside 1990-2060", row)
                return None, None
            recorded = self._times.end(found)
        if not told.occurred and told.retracts and recorded is not None:
            return When(recorded, False), recorded
        when = self._times.read(told.occurred) if told.occurred else "no"
        if isinstance(when, str):
            reasons = {"no": "no time", "time": "not a time", "range": "time outside 1990-2060"}
            short = when == "time" and SHORT_YEAR.match(told.occurred.strip())
            self.counts.reject("year of two digits" if short else reasons[when], row)
            return None, None
        if when.mended is not None:
            self.counts.mended[when.mended] += 1
        if recorded is not None and recorded < when.instant:
            self.counts.mended["recorded before it occurred"] += 1
            recorded = when.instant
        return when, recorded

    def _until(self, text: str) -> Instant | None:
        """The end of a deviation; of a bare date the day's. One that cannot be read leaves the deviation without an end."""
        found = self._times.read(text)
        if isinstance(found, str):
            self.counts.mended["end of a deviation that is not a time"] += 1
            return None
        return self._times.end(found)

    def _amount(self, text: str) -> float | None:
        found = number(text.strip(), decimal_comma=self._mapping.decimal_comma)
        if found is None:
            self.counts.mended["amount that is not a number"] += 1
        return found

    def _elements(self, mapped: list[str] | None, told: str, message: str, row: int) -> tuple[str, ...] | None:
        """What a message contained; nothing but a comma says that it was empty. What no message is asked to contain is counted
        where this one is asked to contain something, and kept."""
        if mapped is not None:
            return tuple(mapped)
        if not told:
            return None
        asked = message in self._asking
        known = self._contents
        return tuple(
            self._named(part, row, known, self.counts.elements) if asked else known.get(part) or part for part in parts_of(told)
        )

    def _party(self, name: str, row: int) -> str:
        return self._named(name, row, self._parties, self.counts.parties)

    def _named(self, name: str, row: int, known: Known, counted: Counter[str]) -> str:
        """What a name, an alias or a title names. What names nothing is kept: it is then nobody's, and never taken for another."""
        found = known.get(name)
        if found is None:
            self._unknown(counted, name, row, known.near)
        return found or name


SHORT_YEAR = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d)")
"""`02.03.26`: whether the day comes first, and which century it is, is for the mapping to say."""
_DEVIATION = MappedEvent(event=DEVIATION)
_RETRACTION = MappedEvent(event="")
