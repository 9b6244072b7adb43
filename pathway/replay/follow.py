"""Patients followed by the kernel, some at a time: what came of them, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pathway.events.event import Instant
from pathway.replay.kernel import course
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.handles import places_of
from pathway.replay.kernel.jit import PLAIN
from pathway.replay.kernel.lower import Lowered

_GROWING = {
    "owed": shape.OWED, "broken": shape.BROKEN, "bearing": np.dtype(np.int32), "episodes": shape.EPISODE, "stays": shape.STAY,
    "waits": shape.WAIT, "started": shape.BEGAN, "deviated": shape.DEVIATED, "paid": shape.PAID,
    "counted": shape.COUNTED,
}  # fmt: skip
"""What comes out, and grows from patient to patient."""
_WORKING = {
    "obligations": shape.OBLIGATION, "seen": shape.NODE, "held": shape.HELD, "nodes": shape.NODE, "alive": np.dtype(np.int64),
    "unknown": np.dtype(np.int64), "decided": shape.ENDS, "withdrawn": shape.ENDS, "leaving": np.dtype(np.int64),
    "over": np.dtype(np.int64),
}  # fmt: skip
"""What is needed for one patient, of a size that no log tells beforehand."""

CHUNK = 1 << 16
"""So many obligations come out at once: few enough to stay near the processor."""
ROOM = 64
"""So many rows more than there are events is there room for to begin with."""


class Chunk(NamedTuple):
    """What came of some patients: arrays as in `layout`."""

    owed: Any
    broken: Any
    bearing: Any
    episodes: Any
    stays: Any
    waits: Any
    started: Any
    deviated: Any
    paid: Any
    counted: Any


def follow(
    machine: shape.Machine,
    lowered: Lowered,
    events: shape.Events,
    first: int,
    last: int,
    as_of: Instant,
    left: Any,
    counts: Any,
) -> Iterator[Chunk]:
    """Follow the patients from one to before another. A chunk is to be used before the next is asked for: its arrays are used
    again. `left` (by row) and `counts` are written into."""
    events_of = np.diff(events.start[first : last + 1])
    longest = int(events_of.max(initial=0))
    total = int(events_of.sum())
    size = {name: min(total, CHUNK) + ROOM for name in _GROWING} | dict.fromkeys(_WORKING, ROOM + longest)
    patient = _patient(machine, lowered, longest, size, left, counts)
    places = [given(table) for table in (machine, events, patient)]
    if first == last:  # of nobody too there are tables
        yield Chunk(**{name: getattr(patient, name)[:0] for name in _GROWING})
    while first < last:
        reached = _run(places, first, last, as_of)
        if reached == first:
            size = {name: 2 * old for name, old in size.items()}
            patient = _patient(machine, lowered, longest, size, left, counts)
            places[2] = given(patient)
            continue
        v = patient.v[0]
        yield Chunk(**{name: getattr(patient, name)[: int(v[name])] for name in _GROWING})
        for name in _GROWING:
            v[name] = 0
        first = reached


class _Counted(np.ndarray):
    """An array whose places count from the first, as they do for compiled code."""

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int | np.integer) and index < 0:
            raise IndexError(index)
        return super().__getitem__(index)


class _Records(_Counted, np.recarray):
    """The same of records whose fields are attributes."""


def given(table: Any) -> Any:
    """What the kernel is given of a table: where it lies; to plain Python, arrays that behave as for compiled code."""
    if not PLAIN:
        return places_of(table)
    arrays = {name: getattr(table, name) for name in table._fields}
    return table._replace(**{name: array.view(_Records if array.dtype.names else _Counted) for name, array in arrays.items()})


def _run(places: list[Any], first: int, last: int, as_of: Instant) -> int:
    if PLAIN:
        return course.follow(places[0], places[1], places[2], first, last, as_of)
    machine, events, patient = (place.ctypes.data for place in places)
    return course.run(machine, events, patient, first, last, as_of)


def _patient(
    machine: shape.Machine, lowered: Lowered, longest: int, size: dict[str, int], left: Any, counts: Any
) -> shape.Patient:
    def numbers(count: int, kind: Any = np.int64) -> Any:
        return np.zeros(count + 1, kind)

    made = {name: np.zeros(size[name], kind) for name, kind in (_GROWING | _WORKING).items()}
    scratch = 2 * longest + size["alive"] + ROOM
    return shape.Patient(
        v=np.zeros(1, shape.SCALARS),
        last=numbers(len(machine.keys) - 1),
        earlier=numbers(longest),
        earlier2=numbers(longest),
        key2=numbers(longest),
        undone=numbers(longest, np.uint8),
        fact=numbers(len(lowered.facts)),
        fact_place=numbers(len(lowered.facts)),
        rule=np.zeros(len(machine.rules), shape.ABOUT_RULE),
        watched=np.zeros(len(machine.watches), shape.WATCHED),
        deviations=numbers(longest),
        pending=np.zeros(len(machine.ways) + 1, shape.PENDING),
        fired=numbers(len(machine.ways)),
        unit=numbers(len(lowered.parties), np.int64),
        used=numbers(len(machine.editions) - 1),
        found=numbers(scratch),
        found2=numbers(scratch),
        found3=numbers(scratch),
        stack=numbers(len(machine.pool), np.uint8),
        undoer=numbers(longest),
        undoing=numbers(len(machine.keys) - 1),
        left=left,
        counts=counts,
        **made,
    )
