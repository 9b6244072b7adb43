"""What the kernel found, as Arrow tables with the columns of `pathway/tracking/records.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.events.event import Instant
from pathway.replay.evidence import evidence_of
from pathway.replay.follow import Chunk
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Lowered
from pathway.replay.kernel.outcomes import UNIT_OF_FACT
from pathway.replay.rows import Rows
from pathway.replay.tables import schema_of
from pathway.tracking.evidence import break_id
from pathway.tracking.records import OUTCOMES, PARTS, SUBTYPES, BreakRecord, EpisodeRecord, ObligationRecord


class Told:
    """The tables of one chunk of one pathway.

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

    def events_at(self, patient: Any, place: Any, row: Any) -> tuple[list[int], list[str], list[bool]]:
        """When events were, their keys, and whether only the day is known."""
        at = self._start[patient] + place
        keys = self.lowered.keys.all
        dated = [self.rows.date_only(one) for one in row.tolist()]
        return self._events.at[at].tolist(), [keys[key] for key in self._events.key[at].tolist()], dated

    def obligations(self) -> tuple[pa.Table, Any]:
        """The table, and the patient of each row."""
        found = self.chunk.obligations
        found = found[found["removed"] == 0]
        edition = self._edition_of_rule[found["rule"]]
        columns = {
            **self._owed(found, edition),
            "part": _taken(pa.array(PARTS), found["part"]),
            "receiver": _taken(self._parties, found["receiver"]),
            "kind": _taken(self._kinds, found["rule"]),
            "anchor_event": self._roots(found, "anchor"),
            "round": pa.array(found["turn"].astype(np.int32)),
            "anchored_at": _instants(found["anchored_at"]),
            "due_at": _instants(found["due"]),
            "outcome": _taken(pa.array(OUTCOMES), found["outcome"]),
            "met_at": _instants(found["met_at"]),
            "decided_at": _instants(found["decided_at"]),
            "at_risk_at": _instants(found["risk"]),
        }
        return _table(ObligationRecord, columns), found["patient"]

    def breaks(self) -> tuple[pa.Table, Any]:
        found = self.chunk.obligations
        found = found[(found["removed"] == 0) & (found["has_break"] != 0)]
        edition = self._edition_of_rule[found["rule"]]
        opened = found["closed_at"] == shape.NEVER
        limit = np.where(found["subtype"] == shape.S_EARLY, found["lower"], found["due"])
        until = np.where(opened, self.as_of, found["closed_at"])
        owed = self._owed(found, edition)
        columns = {
            **owed,
            "kind": _taken(self._breaks, found["rule"]),
            "subtype": _taken(pa.array(SUBTYPES), found["subtype"]),
            "party": _taken(self._parties, found["party"]),
            "unit": self._units(found["unit"]),
            "anchor_event": self._roots(found, "anchor"),
            "anchored_at": _instants(found["anchored_at"]),
            "due_at": _instants(found["due"]),
            "closed_event": self._roots(found, "closed_by"),
            "closed_at": _instants(found["closed_at"]),
            "open": pa.array(opened),
            "delay_s": pa.array(np.where(_none(limit), 0, until - limit) / 1_000_000),
            "size": pa.array(found["short"], mask=found["short"] < 0),
            "lacking": pa.array(
                list(map(self.named, found["rule"].tolist(), found["lacking"].tolist())), pa.list_(pa.string())
            ),
            "cause": self._notes(found, "cause", "cause"),
            "explained": self._notes(found, "explained", "because"),
        }
        columns["break_id"] = pa.array(list(self._ids(found, columns)), pa.string())
        columns["evidence"] = pa.array(list(evidence_of(self, found)), pa.string())
        return _table(BreakRecord, columns), found["patient"]

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
            "episode": pa.array(found["number"].astype(np.int32)),
            "entered_at": _instants(first["since"]),
            "started_by": _taken(self._by, found["started_by"]),
            "stage": _taken(self._stages, last["stage"]),
            "stage_since": _instants(last["since"]),
            "party": _taken(self._parties, last["party"]),
            "ended_at": _instants(found["ended_at"]),
            "individual_course": pa.array(reasons, pa.string()),
        }
        return _table(EpisodeRecord, columns), found["patient"].copy()  # the kernel uses its arrays again

    def named(self, rule: int, bits: int) -> list[str]:
        """The names of what a broken obligation of a rule lacked, or had too old."""
        if bits == 0:
            return []
        about = self.lowered.rules[rule]
        names = [basis.name for basis in about.rule.basis] or [name for name, _ in about.elements]
        return [name for place, name in enumerate(names) if bits >> place & 1]

    def _owed(self, found: Any, edition: Any) -> dict[str, pa.Array]:
        """The columns that obligations and breaks share first."""
        return {
            "patient": self._patients(found),
            **self._edition(edition),
            "episode": pa.array(found["episode"].astype(np.int32)),
            "stage": _taken(self._stages, found["stage"]),
            "rule": _taken(self._names, found["rule"]),
        }

    def _edition(self, edition: Any) -> dict[str, pa.Array]:
        return {"pathway": _taken(self._of_edition[0], edition), "version": _taken(self._of_edition[1], edition)}

    def _patients(self, found: Any) -> pa.Array:
        return _taken(self.rows.patients, found["patient"])

    def _roots(self, found: Any, place: str) -> pa.Array:
        return _taken(self.rows.roots, self.row_of(found["patient"], found[place]))

    def _units(self, units: Any) -> pa.Array:
        named = pa.array(self.lowered.units.all, pa.string())
        if not (units >= UNIT_OF_FACT).any():
            return _taken(named, units)
        known = named.to_pylist()
        return pa.array([self._unit(int(unit), known) for unit in units], pa.string())

    def _unit(self, unit: int, known: Sequence[str]) -> str | None:
        if unit < UNIT_OF_FACT:
            return None if unit < 0 else known[unit]
        fact, value = divmod(unit, UNIT_OF_FACT)
        name = self.lowered.facts.all[fact - 1]
        return str(self.rows.values[self.rows.facts.numbers[name]][value - 1])

    def _notes(self, found: Any, place: str, said: str) -> pa.Array:
        """What the deviation that covers each says; an explanation without a reason is an empty one."""
        if len(self.rows.said) == 0:
            return pa.nulls(len(found), pa.string())
        row = self.row_of(found["patient"], found[place])
        notes = np.where(row < 0, -1, self.rows.said[said][np.maximum(row, 0)])
        told = _taken(pa.array(self.rows.notes.all, pa.string()), notes)
        return told if said == "cause" else pc.if_else(pa.array(row >= 0), pc.fill_null(told, ""), told)

    def _ids(self, found: Any, columns: Mapping[str, pa.Array]) -> Iterable[str]:
        names = [columns[name].to_pylist() for name in ("pathway", "patient", "rule", "anchor_event")]
        receivers = _taken(self._parties, found["receiver"]).to_pylist()
        parts, rounds = found["part"].tolist(), found["turn"].tolist()
        for pathway, patient, rule, anchor, part, receiver, turn in zip(*names, parts, receivers, rounds, strict=True):
            yield break_id(pathway, patient, rule, PARTS[part], receiver, anchor, turn)


def _taken(names: pa.Array, numbers: Any) -> pa.Array:
    """Names by number; null for -1."""
    return names.take(pa.array(numbers, mask=numbers < 0)) if len(names) else pa.nulls(len(numbers), pa.string())


def _none(instants: Any) -> Any:
    return (instants == shape.NEVER) | (instants == shape.FAR)


def _instants(instants: Any) -> pa.Array:
    return pa.array(instants, pa.int64(), mask=_none(instants)).cast(pa.timestamp("us", tz="UTC"))


def _table(record: Any, columns: Mapping[str, pa.Array]) -> pa.Table:
    schema = schema_of(record)
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)
