"""Made-up events as Arrow tables: one schema for all blocks of a log, and one block made many times over.

A column has the type that it has in life: times are timestamps, names that come again are dictionaries, facts are numbers, dates, yes
or no. Every reader of Parquet and the readers of the house take them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.events.event import Event
from pathway.events.facts import FACT
from pathway.events.write import SCHEMA as TEXTS
from pathway.simulation.followed import Followed
from pathway.simulation.planted import Planted
from pathway.simulation.walk import Walked
from pathway.tracking.evidence import break_id

_INSTANT = pa.timestamp("us", "UTC")
_WORDS = pa.dictionary(pa.int32(), pa.string())
_TYPES: dict[str, pa.DataType] = {"number": pa.float64(), "yes_no": pa.bool_(), "date": pa.date32()}
_FIELDS = (
    "patient", "event", "occurred", "id", "phase", "recorded", "party", "unit", "sender", "receiver", "elements", "amount",
    "deviation", "because", "until", "cause",
)  # fmt: skip
_OF_FIELDS = {"occurred": _INSTANT, "recorded": _INSTANT, "until": _INSTANT, "amount": pa.float64(), "id": pa.string()}
_MOVED = ("occurred", "recorded", "until")
SECONDS = 60
"""Events lie at whole minutes past the hour: all of a patient's may be moved by less than a minute without a limit being touched."""


def schema_of(followed: Sequence[Followed], *, integers: bool = False) -> pa.Schema:
    """The columns of a log that is made for some pathways: fields, then a column for each fact. With `integers` patients and ids
    are numbers."""
    kinds: dict[str, set[str]] = {}
    for one in followed:
        for name, fact in one.names.facts.items():
            kinds.setdefault(name, set()).add(fact.type.kind)
    numbers = {"patient": pa.int64(), "id": pa.int64()} if integers else {}
    fields = [pa.field(name, numbers.get(name) or _OF_FIELDS.get(name, _WORDS)) for name in _FIELDS]
    for name, found in sorted(kinds.items()):
        kind = _TYPES.get(min(found), _WORDS) if len(found) == 1 else _WORDS
        fields.append(pa.field(FACT + name if name in TEXTS.names else name, kind))
    return pa.schema(fields)


def table_of(events: Sequence[Event], schema: pa.Schema) -> pa.Table:
    """Events as a table; a column of a fact that nobody told of is empty."""
    columns: dict[str, Sequence[object]] = {
        "patient": [event.patient for event in events],
        "event": [event.name for event in events],
        "occurred": [event.occurred for event in events],
        "id": [event.id for event in events],
        "phase": [event.phase for event in events],
        "recorded": [event.recorded for event in events],
        "party": [event.party for event in events],
        "unit": [event.unit for event in events],
        "sender": [event.sender for event in events],
        "receiver": [event.receiver for event in events],
        "elements": [None if event.elements is None else ",".join(event.elements) or "," for event in events],
        "amount": [event.amount for event in events],
        "deviation": [event.deviation for event in events],
        "because": [event.because for event in events],
        "until": [event.deviation_until for event in events],
        "cause": [event.cause for event in events],
    }
    made = []
    for field in schema:
        values = columns.get(field.name)
        if values is None:
            values = [event.facts.get(field.name.removeprefix(FACT)) for event in events]
        made.append(_array(values, field.type))
    return pa.Table.from_arrays(made, schema=schema)


def _array(values: Sequence[object], kind: pa.DataType) -> pa.Array:
    if not pa.types.is_dictionary(kind):
        return pa.array(values, kind)
    texts = [None if value is None else str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    return pa.array(texts, pa.string()).dictionary_encode().cast(kind)


class Pool:
    """Patients who were walked one by one, to be made many times over under other names and some seconds later."""

    def __init__(self, walked: Sequence[Walked], schema: pa.Schema) -> None:
        """`schema` is that of the tables that are to be made; walked patients have texts for names."""
        texts = pa.schema([pa.field(f.name, pa.string() if f.name in ("patient", "id") else f.type) for f in schema])
        self.schema = schema
        self.events = table_of([event for one in walked for event in one.events], texts).combine_chunks()
        self._counts = np.array([len(one.events) for one in walked], dtype=np.int64)
        self._starts = np.cumsum(self._counts) - self._counts
        self._planted = [one.planted for one in walked]
        self._suffixes = pa.array([event.id.rpartition("-")[2] for one in walked for event in one.events], pa.string())

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def usual(self) -> float:
        """How many events a patient has."""
        return float(self._counts.mean()) if len(self) else 0.0

    def block(
        self, places: np.ndarray, numbers: Sequence[int], names: Sequence[str], seconds: np.ndarray, row: int
    ) -> tuple[pa.Table, list[Planted]]:
        """The patients at some places under other numbers and names, each some seconds later: events, and what was planted. `row` is the
        number of the first event. Events are not touched one by one."""
        counts = self._counts[places]
        starts = np.cumsum(counts) - counts
        rows = pa.array(np.repeat(self._starts[places] - starts, counts) + np.arange(counts.sum()))
        table = self.events.take(rows)
        moved = pa.array(np.repeat(seconds.astype(np.int64) * 1_000_000, counts)).cast(pa.duration("us"))
        columns = {name: pc.add(table.column(name), moved) for name in _MOVED}
        columns["until"] = pc.if_else(_ends_a_day(table.column("until")), table.column("until"), columns["until"])
        integers = pa.types.is_integer(self.schema.field("id").type)
        if integers:
            columns["patient"] = pa.array(np.repeat(np.array(numbers, dtype=np.int64), counts))
            columns["id"] = pa.array(np.arange(row, row + counts.sum()))
        else:
            who = pa.array(np.repeat(np.arange(len(places), dtype=np.int32), counts))
            columns["patient"] = pa.DictionaryArray.from_arrays(who, pa.array(names, pa.string()))
            spelt = columns["patient"].cast(pa.string())
            columns["id"] = pc.binary_join_element_wise(spelt, self._suffixes.take(rows), "-")
        made = [columns.get(field.name, table.column(field.name)) for field in self.schema]
        planted: list[Planted] = []
        for place, number, name, start in zip(places, numbers, names, starts, strict=True):
            patient = str(number) if integers else name
            planted += [_renamed(one, patient, int(row + start) if integers else None) for one in self._planted[place]]
        return pa.Table.from_arrays(made, schema=self.schema), planted


def _ends_a_day(instants: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which are the last microsecond of a day, and stay so for a patient who comes some seconds later: nobody is told of anything then."""
    after = pc.add(instants.cast(pa.int64()), 1)
    return pc.equal(pc.multiply(pc.divide(after, 60_000_000), 60_000_000), after)


def _renamed(one: Planted, patient: str, first: int | None) -> Planted:
    """The record of a break of a patient under another name; `first` is the number of the patient's first event, where events have
    numbers."""
    anchor = one.anchor_event
    if anchor is not None:
        place = anchor.rpartition("-")[2]
        anchor = f"{patient}-{place}" if first is None else str(first + int(place) - 1)
    identity = break_id(one.pathway, patient, one.rule, one.part, one.receiver, anchor, one.round)
    return replace(one, patient=patient, anchor_event=anchor, break_id=identity)
