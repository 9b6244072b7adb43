"""What the kernel found, as Arrow tables with the columns of `pathway/tracking/records.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.events.event import Instant
from pathway.replay.arrow import instants_of, is_none, table_with, taken, whole
from pathway.replay.evidence import distinct, texts_of
from pathway.replay.follow import Chunk
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Lowered
from pathway.replay.kernel.outcomes import UNIT_OF_FACT
from pathway.replay.rows import Rows
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
        self.start, self._order, self.events = events.start, order, events
        self.parties = pa.array(lowered.parties.all, pa.string())
        self._by = pa.array(by, pa.string())
        texts = [edition.pathway for edition in lowered.editions]
        said = ([text.name for text in texts], [text.version for text in texts], [text.adaptation for text in texts])
        self._of_edition = [pa.array(names, pa.string()) for names in said]
        self.rule_names = pa.array([rule.rule.name for rule in lowered.rules], pa.string())
        self._kinds = pa.array([rule.rule.kind for rule in lowered.rules], pa.string())
        self._breaks = pa.array([rule.rule.break_kind for rule in lowered.rules], pa.string())
        self.stages = pa.array([stage for _, stage in lowered.stages], pa.string())
        self.edition_of_rule = np.array(
            [number for number, edition in enumerate(lowered.editions) for _ in edition.rules], np.int64
        )

    def row_of(self, patient: Any, place: Any) -> Any:
        """The row of an event: places count from a patient's first. -1 for none."""
        return np.where(place < 0, -1, self._order[np.minimum(self.start[patient] + place, max(len(self._order) - 1, 0))])

    def obligations(self) -> tuple[pa.Table, Any]:
        """The table, and the patient of each row."""
        found = self.chunk.owed
        columns = {
            **self._owed(found),
            "part": taken(pa.array(PARTS), found["part"]),
            "receiver": taken(self.parties, found["receiver"]),
            "kind": taken(self._kinds, found["rule"]),
            "anchor_event": self.roots(found["patient"], found["anchor"]),
            "round": whole(found["turn"]),
            "anchored_at": instants_of(found["anchored_at"]),
            "due_at": instants_of(found["due"]),
            "outcome": taken(pa.array(OUTCOMES), found["outcome"]),
            "met_at": instants_of(found["met_at"]),
            "decided_at": instants_of(found["decided_at"]),
            "at_risk_at": instants_of(found["risk"]),
        }
        return table_with(ObligationRecord, columns), found["patient"].copy()  # the kernel uses its arrays again

    def breaks(self) -> tuple[pa.Table, Any]:
        found = self.chunk.broken
        owed = self.chunk.owed[found["of"]]
        opened = found["closed_at"] == shape.NEVER
        limit = np.where(found["subtype"] == shape.S_EARLY, found["lower"], owed["due"])
        until = np.where(opened, self.as_of, found["closed_at"])
        ids, evidence = texts_of(self.lowered, self.rows, self.events, self.events.row, self.chunk)
        columns = {
            **self._owed(owed),
            "break_id": ids,
            "kind": taken(self._breaks, owed["rule"]),
            "subtype": taken(pa.array(SUBTYPES), found["subtype"]),
            "party": taken(self.parties, found["party"]),
            "unit": self._units(found["unit"]),
            "anchor_event": self.roots(owed["patient"], owed["anchor"]),
            "anchored_at": instants_of(owed["anchored_at"]),
            "due_at": instants_of(owed["due"]),
            "closed_event": self.roots(owed["patient"], found["closed_by"]),
            "closed_at": instants_of(found["closed_at"]),
            "open": pa.array(opened),
            "delay_s": pa.array(np.where(is_none(limit), 0, until - limit) / 1_000_000),
            "size": pa.array(found["short"], mask=found["short"] < 0),
            "lacking": self._lacking(owed["rule"], found["lacking"]),
            "cause": self.noted(owed["patient"], found["cause"], "cause"),
            "explained": self._explained(owed["patient"], found["explained"]),
            "evidence": evidence,
        }
        return table_with(BreakRecord, columns), owed["patient"]

    def episodes(self) -> tuple[pa.Table, Any]:
        found, stays = self.chunk.episodes, self.chunk.stays
        first, last = stays[found["stays0"]], stays[found["stays1"] - 1]
        reasons = [
            None if number < 0 else self.lowered.editions[edition].pathway.unsuited[number].because
            for number, edition in zip(found["individual"].tolist(), found["edition"].tolist(), strict=True)
        ]
        columns = {
            "patient": self.patients(found),
            **self.edition(found["edition"]),
            "adaptation": taken(self._of_edition[2], found["edition"]),
            "episode": whole(found["number"]),
            "entered_at": instants_of(first["since"]),
            "started_by": taken(self._by, found["started_by"]),
            "stage": taken(self.stages, last["stage"]),
            "stage_since": instants_of(last["since"]),
            "party": taken(self.parties, last["party"]),
            "ended_at": instants_of(found["ended_at"]),
            "individual_course": pa.array(reasons, pa.string()),
        }
        return table_with(EpisodeRecord, columns), found["patient"].copy()  # the kernel uses its arrays again

    def _owed(self, found: Any) -> dict[str, pa.Array]:
        """The columns that obligations and breaks share first."""
        return {
            "patient": self.patients(found),
            **self.edition(self.edition_of_rule[found["rule"]]),
            "episode": whole(found["episode"]),
            "stage": taken(self.stages, found["stage"]),
            "rule": taken(self.rule_names, found["rule"]),
        }

    def edition(self, edition: Any) -> dict[str, pa.Array]:
        return {"pathway": taken(self._of_edition[0], edition), "version": taken(self._of_edition[1], edition)}

    def patients(self, found: Any) -> pa.Array:
        return taken(self.rows.patients, found["patient"])

    def roots(self, patient: Any, place: Any) -> pa.Array:
        row = self.row_of(patient, place)
        return self.rows.roots.take(pa.array(row, mask=row < 0)) if len(row) else pa.array([], pa.string())

    def _lacking(self, rule: Any, bits: Any) -> pa.Array:
        number, first = distinct((rule, bits))
        names = [self.lowered.named(*pair) for pair in zip(rule[first].tolist(), bits[first].tolist(), strict=True)]
        return pa.array(names, pa.list_(pa.string())).take(pa.array(number))

    def _units(self, units: Any) -> pa.Array:
        number, first = distinct((units,))
        known = self.lowered.units.all
        return taken(pa.array([self._unit(unit, known) for unit in units[first].tolist()], pa.string()), number)

    def _unit(self, unit: int, known: Sequence[str]) -> str | None:
        if unit < UNIT_OF_FACT:
            return None if unit < 0 else known[unit]
        fact, value = divmod(unit, UNIT_OF_FACT)
        name = self.lowered.facts.all[fact - 1]
        return str(self.rows.values[self.rows.facts.numbers[name]][value - 1])

    def _explained(self, patient: Any, place: Any) -> pa.Array:
        """The reason of the deviation that explains each; one without a reason is an empty one."""
        told = self.noted(patient, place, "because")
        return pc.if_else(pa.array(place >= 0), pc.fill_null(told, ""), told)

    def noted(self, patient: Any, place: Any, said: str) -> pa.Array:
        """What a deviation says of its reason or its cause; null for none."""
        if len(self.rows.said) == 0:
            return pa.nulls(len(place), pa.string())
        row = self.row_of(patient, place)
        notes = np.where(row < 0, -1, self.rows.said[said][np.maximum(row, 0)])
        return taken(pa.array(self.rows.notes.all, pa.string()), notes).cast(pa.string())
