"""Patients followed by the kernel, some at a time: what came of them, as arrays."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

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

CHUNK = 1 << 19
"""So many obligations come out at once: all of a block, most often."""
ROOM = 64
"""So many rows more than there are events is there room for to begin with."""
_SPARE: WeakKeyDictionary[Lowered, deque[_Spare]] = WeakKeyDictionary()
"""By pathway, arrays that nobody works in: memory that was used before costs less than new."""


def room_for(longest: int, total: int) -> dict[str, int]:
    """How many rows there is room for to begin with, where one patient has so many events at most and all so many."""
    return dict.fromkeys(_GROWING, min(total, CHUNK) + ROOM) | dict.fromkeys(_WORKING, min(longest, CHUNK) + ROOM)


class _Spare(NamedTuple):
    """A patient's arrays, and for what they are large enough."""

    fits: tuple[int, ...]
    longest: int
    size: dict[str, int]
    patient: shape.Patient

    def holds(self, fits: tuple[int, ...], longest: int, size: dict[str, int]) -> bool:
        return self.fits == fits and self.longest >= longest and all(self.size[name] >= least for name, least in size.items())

    def given(self, size: dict[str, int], left: Any, counts: Any) -> shape.Patient:
        """So much of them that the same comes out at once whoever had them before: sums of fractions depend on it."""
        own = {name: getattr(self.patient, name)[:many] for name, many in size.items()}
        return self.patient._replace(left=left, counts=counts, **own)


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
    longest, total = int(events_of.max(initial=0)), int(events_of.sum())
    size = room_for(longest, total)
    fits = (len(machine.keys), len(lowered.facts), len(lowered.parties))
    spare = _SPARE.setdefault(lowered, deque())
    mine = _taken(spare, fits, longest, size) or _new(machine, lowered, fits, longest, size)
    patient = mine.given(size, left, counts)
    places = [given(table) for table in (machine, events, patient)]
    if first == last:  # of nobody too there are tables
        yield Chunk(**{name: getattr(patient, name)[:0] for name in _GROWING})
    while first < last:
        reached = _run(places, first, last, as_of)
        if reached == first:
            size = {name: 2 * old for name, old in size.items()}
            mine = _new(machine, lowered, fits, longest, size)
            patient = mine.given(size, left, counts)
            places[2] = given(patient)
            continue
        v = patient.v[0]
        yield Chunk(**{name: getattr(patient, name)[: int(v[name])] for name in _GROWING})
        for name in _GROWING:
            v[name] = 0
        first = reached
    spare.append(mine)


def _taken(spare: deque[_Spare], fits: tuple[int, ...], longest: int, size: dict[str, int]) -> _Spare | None:
    """Spare arrays that are large enough; what is too small is let go."""
    while spare:
        try:
            one = spare.pop()
        except IndexError:  # another thread took it
            return None
        if one.holds(fits, longest, size):
            return one
    return None


class _Counted(np.ndarray):
    """An array whose places count from the first, as they do for compiled code."""

    def __getitem__(self, index: Any) -> Any:
        if any(isinstance(one, int | np.integer) and one < 0 for one in (index if isinstance(index, tuple) else (index,))):
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


def _new(machine: shape.Machine, lowered: Lowered, fits: tuple[int, ...], longest: int, size: dict[str, int]) -> _Spare:
    longest, size = 1 << longest.bit_length(), {name: 1 << many.bit_length() for name, many in size.items()}

    def numbers(count: int, kind: Any = np.int64) -> Any:
        return np.zeros(count + 1, kind)

    made = {name: np.zeros(size[name], kind) for name, kind in (_GROWING | _WORKING).items()}
    scratch = 2 * longest + size["alive"] + ROOM
    patient = shape.Patient(
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
        left=np.zeros(0, np.int16),
        counts=np.zeros(0, shape.COUNTS),
        **made,
    )
    return _Spare(fits, longest, size, patient)
