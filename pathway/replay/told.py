"""What the kernel found, as Arrow tables with the columns of `pathway/tracking/records.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.events.event import Instant
from pathway.replay.evidence import distinct, texts_of
from pathway.replay.follow import Chunk
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Lowered
from pathway.replay.kernel.outcomes import UNIT_OF_FACT
from pathway.replay.rows import Rows
from pathway.replay.tables import schema_of
from pathway.tracking.records import OUTCOMES, PARTS, SUBTYPES, BreakRecord, EpisodeRecord, ObligationRecord


class Told:
    """The tables of one chunk of one pathway: the columns of the records, names as dictionaries.

    `order` gives for each place in the kernel's order the row that it is; `by` are names of the pathways that can have started this one.
    """

    def __init__(
        self,
        lowered: Lowered,
        rows: Rows,
        events: shape.Events,
        order: Any,
        chunk: Chunk,
        as_of: Instant,
        by: Sequence[str] = (),
    ) -> None:
        self.lowered, self.rows, self.chunk, self.as_of = lowered, rows, chunk, as_of
        self._start, self._order, self._events = events.start, order, events
        self._parties = pa.array(lowered.parties.all, pa.string())
        self._by = pa.array(by, pa.string())
        texts = [edition.pathway for edition in lowered.editions]
        said = ([text.name for text in texts], [text.version for text in texts], [text.adaptation for text in texts])
        self._of_edition = [pa.array(names, pa.string()) for names in said]
        self._names = pa.array([rule.rule.name for rule in lowered.rules], pa.string())
        self._kinds = pa.array([rule.rule.kind for rule in lowered.rules], pa.string())
        self._breaks = pa.array([rule.rule.break_kind for rule in lowered.rules], pa.string())
        self._stages = pa.array([stage for _, stage in lowered.stages], pa.string())
        self._edition_of_rule = np.array(
            [number for number, edition in enumerate(lowered.editions) for _ in edition.rules], np.int64
        )

    def row_of(self, patient: Any, place: Any) -> Any:
        """The row of an event: places count from a patient's first. -1 for none."""
        return np.where(place < 0, -1, self._order[np.minimum(self._start[patient] + place, max(len(self._order) - 1, 0))])

    def obligations(self) -> tuple[pa.Table, Any]:
        """The table, and the patient of each row."""
        found = self.chunk.owed
        columns = {
            **self._owed(found),
            "part": _taken(pa.array(PARTS), found["part"]),
            "receiver": _taken(self._parties, found["receiver"]),
            "kind": _taken(self._kinds, found["rule"]),
            "anchor_event": self._roots(found["patient"], found["anchor"]),
            "round": _whole(found["turn"]),
            "anchored_at": _instants(found["anchored_at"]),
            "due_at": _instants(found["due"]),
            "outcome": _taken(pa.array(OUTCOMES), found["outcome"]),
            "met_at": _instants(found["met_at"]),
            "decided_at": _instants(found["decided_at"]),
            "at_risk_at": _instants(found["risk"]),
        }
        return _table(ObligationRecord, columns), found["patient"].copy()  # the kernel uses its arrays again

    def breaks(self) -> tuple[pa.Table, Any]:
        found = self.chunk.broken
        owed = self.chunk.owed[found["of"]]
        opened = found["closed_at"] == shape.NEVER
        limit = np.where(found["subtype"] == shape.S_EARLY, found["lower"], owed["due"])
        until = np.where(opened, self.as_of, found["closed_at"])
        ids, evidence = texts_of(self.lowered, self.rows, self._events, self._events.row, self.chunk)
        columns = {
            **self._owed(owed),
            "break_id": ids,
            "kind": _taken(self._breaks, owed["rule"]),
            "subtype": _taken(pa.array(SUBTYPES), found["subtype"]),
            "party": _taken(self._parties, found["party"]),
            "unit": self._units(found["unit"]),
            "anchor_event": self._roots(owed["patient"], owed["anchor"]),
            "anchored_at": _instants(owed["anchored_at"]),
            "due_at": _instants(owed["due"]),
            "closed_event": self._roots(owed["patient"], found["closed_by"]),
            "closed_at": _instants(found["closed_at"]),
            "open": pa.array(opened),
            "delay_s": pa.array(np.where(_none(limit), 0, until - limit) / 1_000_000),
            "size": pa.array(found["short"], mask=found["short"] < 0),
            "lacking": self._lacking(owed["rule"], found["lacking"]),
            "cause": self._notes(owed["patient"], found["cause"], "cause"),
            "explained": self._notes(owed["patient"], found["explained"], "because"),
            "evidence": evidence,
        }
        return _table(BreakRecord, columns), owed["patient"]

    def episodes(self) -> tuple[pa.Table, Any]:
        found, stays = self.chunk.episodes, self.chunk.stays
        first, last = stays[found["stays0"]], stays[found["stays1"] - 1]
        reasons = [
            None if number < 0 else self.lowered.editions[edition].pathway.unsuited[number].because
            for number, edition in zip(found["individual"].tolist(), found["edition"].tolist(), strict=True)
        ]
        columns = {
            "patient": self._patients(found),
            **self._edition(found["edition"]),
            "adaptation": _taken(self._of_edition[2], found["edition"]),
            "episode": _whole(found["number"]),
            "entered_at": _instants(first["since"]),
            "started_by": _taken(self._by, found["started_by"]),
            "stage": _taken(self._stages, last["stage"]),
            "stage_since": _instants(last["since"]),
            "party": _taken(self._parties, last["party"]),
            "ended_at": _instants(found["ended_at"]),
            "individual_course": pa.array(reasons, pa.string()),
        }
        return _table(EpisodeRecord, columns), found["patient"].copy()  # the kernel uses its arrays again

    def _owed(self, found: Any) -> dict[str, pa.Array]:
        """The columns that obligations and breaks share first."""
        return {
            "patient": self._patients(found),
            **self._edition(self._edition_of_rule[found["rule"]]),
            "episode": _whole(found["episode"]),
            "stage": _taken(self._stages, found["stage"]),
            "rule": _taken(self._names, found["rule"]),
        }

    def _edition(self, edition: Any) -> dict[str, pa.Array]:
        return {"pathway": _taken(self._of_edition[0], edition), "version": _taken(self._of_edition[1], edition)}

    def _patients(self, found: Any) -> pa.Array:
        return _taken(self.rows.patients, found["patient"])

    def _roots(self, patient: Any, place: Any) -> pa.Array:
        row = self.row_of(patient, place)
        return self.rows.roots.take(pa.array(row, mask=row < 0)) if len(row) else pa.array([], pa.string())

    def _lacking(self, rule: Any, bits: Any) -> pa.Array:
        number, first = distinct((rule, bits))
        names = [self.lowered.named(*pair) for pair in zip(rule[first].tolist(), bits[first].tolist(), strict=True)]
        return pa.array(names, pa.list_(pa.string())).take(pa.array(number))

    def _units(self, units: Any) -> pa.Array:
        number, first = distinct((units,))
        known = self.lowered.units.all
        return _taken(pa.array([self._unit(unit, known) for unit in units[first].tolist()], pa.string()), number)

    def _unit(self, unit: int, known: Sequence[str]) -> str | None:
        if unit < UNIT_OF_FACT:
            return None if unit < 0 else known[unit]
        fact, value = divmod(unit, UNIT_OF_FACT)
        name = self.lowered.facts.all[fact - 1]
        return str(self.rows.values[self.rows.facts.numbers[name]][value - 1])

    def _notes(self, patient: Any, place: Any, said: str) -> pa.Array:
        """What the deviation that covers each says; an explanation without a reason is an empty one."""
        if len(self.rows.said) == 0:
            return pa.nulls(len(place), pa.string())
        row = self.row_of(patient, place)
        notes = np.where(row < 0, -1, self.rows.said[said][np.maximum(row, 0)])
        told = _taken(pa.array(self.rows.notes.all, pa.string()), notes).cast(pa.string())
        return told if said == "cause" else pc.if_else(pa.array(row >= 0), pc.fill_null(told, ""), told)


def _taken(names: pa.Array, numbers: Any) -> pa.Array:
    """Names by number, as a dictionary; null for -1, and for a name that is null."""
    if names.null_count:  # a dictionary has none
        there = names.is_valid().to_numpy(zero_copy_only=False)
        numbers = np.where(numbers < 0, -1, np.where(there, np.cumsum(there) - 1, -1)[numbers])
        names = names.drop_null()
    if len(names) == 0:
        return pa.nulls(len(numbers), pa.dictionary(pa.int32(), pa.string()))
    return pa.DictionaryArray.from_arrays(_numbers(numbers, np.int32, numbers < 0), names)


def _whole(numbers: Any) -> pa.Array:
    return pa.array(np.ascontiguousarray(numbers), pa.int32())


def _numbers(numbers: Any, kind: Any, none: Any) -> pa.Array:
    return pa.array(np.ascontiguousarray(numbers, kind), mask=none if none.any() else None)


def _none(instants: Any) -> Any:
    return (instants == shape.NEVER) | (instants == shape.FAR)


def _instants(instants: Any) -> pa.Array:
    return _numbers(instants, np.int64, _none(instants)).view(pa.timestamp("us", tz="UTC"))


def _table(record: Any, columns: Mapping[str, pa.Array]) -> pa.Table:
    names = schema_of(record).names
    return pa.Table.from_arrays([columns[name] for name in names], names)
