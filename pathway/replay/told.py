"""What the kernel found, as Arrow tables with the columns of `pathway/tracking/records.py`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.events.event import Instant
from pathway.replay.arrow import instants_of, is_none, table_with
from pathway.replay.cells import of_flags, of_months
from pathway.replay.evidence import distinct, texts_of
from pathway.replay.filling import Field, Named, Records, Sheet
from pathway.replay.follow import Chunk
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Lowered
from pathway.replay.kernel.outcomes import UNIT_OF_FACT
from pathway.replay.kernel.sources import GIVEN, INSTANT, PLACE, TIMES
from pathway.replay.rows import Rows
from pathway.tracking.records import OUTCOMES, PARTS, SUBTYPES, BreakRecord, EpisodeRecord, ObligationRecord

_PARTS, _OUTCOMES, _SUBTYPES = Named(PARTS), Named(OUTCOMES), Named(SUBTYPES)


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
        self.parties = Named(lowered.parties.all)
        self.patients = Named(rows.patients)
        self._by = Named(by)
        self._editions = [edition.pathway for edition in lowered.editions]
        self.edition_of_rule = np.array(
            [number for number, edition in enumerate(lowered.editions) for _ in edition.rules], np.int64
        )
        self._rules = [rule.rule for rule in lowered.rules]
        self.rule_names = Named([rule.name for rule in self._rules])
        self.stages = Named([stage for _, stage in lowered.stages])

    def row_of(self, patient: Any, place: Any) -> Any:
        """The row of an event: places count from a patient's first. -1 for none."""
        return np.where(place < 0, -1, self._order[np.minimum(self.start[patient] + place, max(len(self._order) - 1, 0))])

    @cached_property
    def owed(self) -> Records:
        return Records(self.chunk.owed, self.chunk.owed["patient"].copy())

    @cached_property
    def broken(self) -> Records:
        of = self.chunk.broken["of"].copy()
        return Records(self.chunk.broken, self.chunk.owed["patient"][of], self.chunk.owed, of)

    @cached_property
    def stood(self) -> Records:
        """Each with its last stay."""
        found = self.chunk.episodes
        return Records(found, found["patient"].copy(), self.chunk.stays, (found["stays1"] - 1).astype(np.int32))

    def table(self, sheet: Sheet) -> tuple[pa.Table, Any]:
        """A table, and the patient of each row. The columns of events' places are the ids of these events."""
        found = sheet.records.filled(sheet.fields, self.start, self.events.row)
        places = [name for name, field in sheet.fields.items() if field.kind == PLACE]
        found |= {name: self.rows.root_texts_at(found[name]) for name in places}
        return table_with(sheet.record, found | sheet.more()), sheet.records.whose

    def obligations(self) -> Sheet:
        fields = {
            **self._owed(False),
            "part": Field("part", named=_PARTS),
            "receiver": Field("receiver", named=self.parties),
            "kind": Field("rule", named=Named([rule.kind for rule in self._rules])),
            "anchor_event": Field("anchor", kind=PLACE),
            "round": Field("turn"),
            "anchored_at": Field("anchored_at", kind=INSTANT),
            "due_at": Field("due", kind=INSTANT),
            "outcome": Field("outcome", named=_OUTCOMES),
            "met_at": Field("met_at", kind=INSTANT),
            "decided_at": Field("decided_at", kind=INSTANT),
            "at_risk_at": Field("risk", kind=INSTANT),
        }
        by = {"month": fields["anchored_at"], "times": Field("met_at", kind=TIMES, since="anchored_at")}
        return Sheet(ObligationRecord, self.owed, fields, by=by, sums={"seconds": None})

    def breaks(self) -> Sheet:
        found, of = self.chunk.broken, self.broken.of
        opened = found["closed_at"] == shape.NEVER
        limit = np.where(found["subtype"] == shape.S_EARLY, found["lower"], self.chunk.owed["due"][of])
        delay = np.where(is_none(limit), 0, np.where(opened, self.as_of, found["closed_at"]) - limit) / 1_000_000
        fields = {
            **self._owed(True),
            "kind": Field("rule", True, named=Named([rule.break_kind for rule in self._rules])),
            "subtype": Field("subtype", named=_SUBTYPES),
            "party": Field("party", named=self.parties),
            "anchor_event": Field("anchor", True, kind=PLACE),
            "anchored_at": Field("anchored_at", True, kind=INSTANT),
            "due_at": Field("due", True, kind=INSTANT),
            "closed_event": Field("closed_by", kind=PLACE),
            "closed_at": Field("closed_at", kind=INSTANT),
            "unit": self.units,
            "cause": self.causes,
            "explained": self._explained(),
        }

        def more() -> dict[str, pa.Array]:
            ids, evidence = texts_of(self.lowered, self.rows, self.events, self.events.row, self.chunk)
            return {
                "break_id": ids,
                "open": pa.array(opened),
                "delay_s": pa.array(delay),
                "size": pa.array(found["short"], mask=found["short"] < 0),
                "lacking": self._lacking(self.chunk.owed["rule"][of], found["lacking"]),
                "evidence": evidence,
            }

        by = {"open": of_flags(opened), "month": fields["anchored_at"]}
        return Sheet(BreakRecord, self.broken, fields, more, by, {"delay_s": delay})

    def episodes(self) -> Sheet:
        found = self.chunk.episodes
        since = self.chunk.stays["since"][found["stays0"]]
        number, first = distinct((found["edition"], found["individual"]))
        reasons = [
            None if case < 0 else self._editions[edition].unsuited[case].because
            for edition, case in zip(found["edition"][first].tolist(), found["individual"][first].tolist(), strict=True)
        ]
        fields = {
            "patient": Field("patient", named=self.patients),
            **self.edition("edition"),
            "adaptation": Field("edition", named=Named([text.adaptation for text in self._editions])),
            "episode": Field("number"),
            "started_by": Field("started_by", named=self._by),
            "stage": Field("stage", True, named=self.stages),
            "stage_since": Field("since", True, kind=INSTANT),
            "party": Field("party", True, named=self.parties),
            "ended_at": Field("ended_at", kind=INSTANT),
            "individual_course": Field(kind=GIVEN, named=Named(reasons), codes=number),
        }
        return Sheet(
            EpisodeRecord, self.stood, fields, lambda: {"entered_at": instants_of(since)}, {"month": of_months(since)},
            {"ended": found["ended_at"] != shape.NEVER},
        )  # fmt: skip

    def _owed(self, up: bool) -> dict[str, Field]:
        """The columns that obligations and breaks share first."""
        return {
            "patient": Field("patient", up, named=self.patients),
            **self.edition("rule", up),
            "episode": Field("episode", up),
            "stage": Field("stage", up, named=self.stages),
            "rule": Field("rule", up, named=self.rule_names),
        }

    def edition(self, by: str, up: bool = False) -> dict[str, Field]:
        """The name and the version of the text in force, of what has its number, or that of a rule of it."""
        texts = [self._editions[number] for number in self.edition_of_rule] if by == "rule" else self._editions
        names = {"pathway": [text.name for text in texts], "version": [text.version for text in texts]}
        return {name: Field(by, up, named=Named(told)) for name, told in names.items()}

    def _lacking(self, rule: Any, bits: Any) -> pa.Array:
        there = bits != 0
        number, first = distinct((rule[there], bits[there]))
        pairs = zip(rule[there][first].tolist(), bits[there][first].tolist(), strict=True)
        names = pa.array([[], *(self.lowered.named(*pair) for pair in pairs)], pa.list_(pa.string()))
        which = np.zeros(len(bits), np.int64)
        which[there] = number + 1
        return names.take(pa.array(which))

    @cached_property
    def units(self) -> Field:
        """Of what is broken, the unit that answers for it."""
        units = self.chunk.broken["unit"]
        number, first = distinct((units,))
        known = self.lowered.units.all
        return Field(kind=GIVEN, named=Named([self._unit(unit, known) for unit in units[first].tolist()]), codes=number)

    def _unit(self, unit: int, known: Sequence[str]) -> str | None:
        if unit < UNIT_OF_FACT:
            return None if unit < 0 else known[unit]
        fact, value = divmod(unit, UNIT_OF_FACT)
        name = self.lowered.facts.all[fact - 1]
        return str(self.rows.values[self.rows.facts.numbers[name]][value - 1])

    @cached_property
    def causes(self) -> Field:
        """Of what is broken, the cause as people recorded it."""
        return self.noted(self.broken.whose, self.chunk.broken["cause"], "cause")

    def _explained(self) -> Field:
        """The reason of the deviation that explains each; one without a reason is an empty one."""
        place = self.chunk.broken["explained"]
        told = self.noted(self.broken.whose, place, "because")
        empty = len(self.rows.notes)
        named = Named([*self.rows.notes.all, ""])
        return told._replace(named=named, codes=np.where((place >= 0) & (told.codes < 0), empty, told.codes))

    def noted(self, patient: Any, place: Any, said: str) -> Field:
        """What a deviation says of its reason or its cause; null for none."""
        codes = np.full(len(place), -1, np.int32)
        if len(self.rows.said):
            row = self.row_of(patient, place)
            codes = np.where(row < 0, -1, self.rows.said[said][np.maximum(row, 0)])
        return Field(kind=GIVEN, named=Named(self.rows.notes.all), codes=codes)
