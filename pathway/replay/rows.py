"""Events as columns of numbers: what both a log that was read and a table that is streamed become before they are replayed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.events.event import Event
from pathway.model.expressions import Value
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Names

SAID = np.dtype(
    [
        ("date", np.uint8), ("sender", np.int32), ("receiver", np.int32), ("party", np.int32), ("unit", np.int32),
        ("elements", np.int32), ("amount", np.float64), ("id", np.int32), ("root", np.int32), ("refers", np.int32),
        ("recorded", np.int64), ("deviation", np.int32), ("until", np.int64), ("because", np.int32), ("cause", np.int32),
        ("facts0", np.int64), ("facts1", np.int64),
    ]
)  # fmt: skip
"""What an event says beside its patient, its name and its time; numbers of names, -1 for none."""


@dataclass
class Rows:
    """Events of many patients, those of each patient together. Nothing in it is of one pathway.

    `start` says where each patient's begin. `what` is the number of a name and phase in `whats`; `said` is empty where the log says
    no more than who, what and when. `patients`, `ids` and `roots` (the ids of first versions) are Arrow arrays: of text, or ids that
    are whole numbers in the log of these.
    """

    patients: Any
    start: Any
    at: Any
    what: Any
    whats: list[tuple[str, str | None]]
    ids: Any
    roots: Any
    said: Any = field(default_factory=lambda: np.zeros(0, SAID))
    parties: Names = field(default_factory=Names)
    units: Names = field(default_factory=Names)
    notes: Names = field(default_factory=Names)
    """What deviations name, their reasons and causes."""
    element_sets: list[tuple[str, ...]] = field(default_factory=list)
    fact: Any = field(default_factory=lambda: np.zeros(0, np.int32))
    value: Any = field(default_factory=lambda: np.zeros(0, np.int32))
    facts: Names = field(default_factory=Names)
    values: list[list[Value]] = field(default_factory=list)
    """By fact, its distinct values: the number of a value counts from 1."""

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def root_texts(self) -> Any:
        """`roots` as text, made where somebody asks for it."""
        return _as_text(self.roots)

    def root_texts_at(self, rows: Any) -> Any:
        """Those of some rows: where nobody asked for all, the others are not made."""
        return _as_text(self.__dict__.get("root_texts", self.roots).take(rows))

    def date_only(self, row: int) -> bool:
        """Whether only the day of an event is known."""
        return row >= 0 and len(self.said) > 0 and bool(self.said["date"][row])


def _as_text(ids: Any) -> Any:
    return ids if pa.types.is_string(ids.type) else ids.cast(pa.string())


def rows_of(patients: Iterable[tuple[str, Sequence[Event]]]) -> Rows:
    """The rows of events that are there as such. Cost: some 4 µs an event."""
    names: list[str] = []
    start = [0]
    events: list[Event] = []
    for name, own in patients:
        names.append(name)
        events.extend(own)
        start.append(len(events))
    what = _Numbers()
    rows = Rows(
        pa.array(names, pa.string()),
        np.array(start, np.int64),
        np.array([event.occurred for event in events], np.int64),
        np.array([what((event.name, event.phase)) for event in events], np.int64),
        what.all,
        pa.array([event.id for event in events], pa.string()),
        pa.array([event.root or event.id for event in events], pa.string()),
    )
    if any(map(_says_more, events)):
        _say(rows, events)
    return rows


def _says_more(event: Event) -> bool:
    said = (event.sender, event.receiver, event.party, event.unit, event.elements, event.amount, event.refers, event.deviation)
    return event.date_only or bool(event.facts) or said != (None,) * len(said)


class _Numbers:
    """Things as numbers, in the order in which they came."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = {}

    def __call__(self, thing: Any) -> int:
        return self._known.setdefault(thing, len(self._known))

    @property
    def all(self) -> list[Any]:
        return list(self._known)


def _say(rows: Rows, events: Sequence[Event]) -> None:
    said = np.zeros(len(events), SAID)
    elements, ids = _Numbers(), Names()
    values: list[dict[tuple[type, Value], int]] = []
    fact: list[int] = []
    value: list[int] = []
    found = []
    for event in events:
        first = len(fact)
        for name, told in event.facts.items():
            number = rows.facts(name)
            if number == len(values):
                values.append({})
            fact.append(number)
            known = values[number]
            value.append(known.setdefault((type(told), told), len(known) + 1))
        found.append(
            (
                event.date_only, rows.parties(event.sender), rows.parties(event.receiver), rows.parties(event.party),
                rows.units(event.unit), -1 if event.elements is None else elements(event.elements), event.amount or 0.0,
                ids(event.id), ids(event.root or event.id), ids(event.refers),
                shape.NEVER if event.recorded is None else event.recorded, rows.notes(event.deviation),
                shape.NEVER if event.deviation_until is None else event.deviation_until, rows.notes(event.because),
                rows.notes(event.cause), first, len(fact),
            )
        )  # fmt: skip
    said[:] = found
    rows.said = said
    rows.element_sets = elements.all
    rows.fact, rows.value = np.array(fact, np.int64), np.array(value, np.int64)
    rows.values = [[told for _, told in known] for known in values]
