"""Columns of tables out of the kernel's records, filled by compiled code into buffers that Arrow takes as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from pathway.replay.follow import given
from pathway.replay.kernel import columns as kernel
from pathway.replay.kernel import sources
from pathway.replay.kernel.jit import PLAIN

INSTANT = pa.timestamp("us", tz="UTC")
_NOTHING = np.zeros(0, np.int32)
_WIDTHS = {1: np.uint8, 4: np.int32, 8: np.int64}


class Named:
    """What numbers stand for: `texts`, each once; `map` says where each number's is, from that of -1 (none) on."""

    def __init__(self, names: Sequence[str | None] | pa.Array) -> None:
        self.map: Any = None
        if isinstance(names, pa.Array):
            self.texts = names
            return
        known: dict[str, int] = {}
        numbers = [-1, *(-1 if name is None else known.setdefault(name, len(known)) for name in names)]
        if numbers != [*range(-1, len(names))]:
            self.map = np.array(numbers, np.int32)
        self.texts = pa.array(list(known), pa.string())


class Field(NamedTuple):
    """A field of a row's record, or (`up`) of the record that it hangs on. `codes`: numbers of rows that stand in no record."""

    name: str = ""
    up: bool = False
    kind: int = sources.NUMBER
    named: Named | None = None
    since: str = ""
    """The instant from which time is taken."""
    codes: Any = None


class Sheet(NamedTuple):
    """The rows of one table: their records, the fields that are its columns, and what makes the others. It is counted `by` some of
    the fields and by these, and `sums` are added up; None for seconds that a length of time comes to."""

    record: type[Any]
    records: Records
    fields: dict[str, Field]
    more: Callable[[], dict[str, pa.Array]] = dict
    by: Mapping[str, Field] = {}
    sums: Mapping[str, Any] = {}


class Records:
    """The records of a table's rows, the patient of each, and by row the number of the record among `ups` that it hangs on."""

    def __init__(self, own: Any, whose: Any, ups: Any = None, of: Any = _NOTHING) -> None:
        self._own, self.whose, self._ups, self.of = own, whose, own[:0] if ups is None else ups, of

    def __len__(self) -> int:
        return len(self.whose)

    @cached_property
    def _seen(self) -> dict[str, Any]:
        """The records as numbers side by side."""
        return {
            f"{name}{width}": records.view(kind) if records.itemsize % width == 0 else np.zeros(0, kind)
            for name, records in (("own", self._own), ("up", self._ups))
            for width, kind in _WIDTHS.items()
        }

    def columns(self, fields: Sequence[Field], start: Any, order: Any, **more: Any) -> sources.Columns:
        """What compiled code is given of some fields. `start` and `order`: where each patient's events begin, and their rows."""
        made = np.zeros(len(fields), sources.COLUMN)
        maps = [_NOTHING]
        of_kind = {True: 0, False: 0}
        codes = [field.codes for field in fields if field.kind == sources.GIVEN]
        for at, field in enumerate(fields):
            one = made[at]
            instant = field.kind == sources.INSTANT
            one["kind"], one["up"], one["map"], one["out"] = field.kind, field.up, -1, of_kind[instant]
            of_kind[instant] += 1
            if field.kind == sources.GIVEN:
                one["place"] = sum(before.kind == sources.GIVEN for before in fields[:at])
            else:
                kinds = (self._ups if field.up else self._own).dtype.fields
                kind, offset = kinds[field.name][:2]
                one["width"], one["place"] = kind.itemsize, offset // kind.itemsize
                if field.since:
                    one["other"] = kinds[field.since][1] // 8
            if field.named is not None:
                one["many"] = len(field.named.texts) + 1
                if field.named.map is not None:
                    one["map"] = sum(map(len, maps))
                    maps.append(field.named.map)
        empty = dict.fromkeys(sources.Columns._fields, _NOTHING)
        arrays = empty | self._seen | {
            "columns": made, "of": self.of, "given": np.array(codes, np.int32).reshape(len(codes), len(self)),
            "steps": np.array([self._own.itemsize, self._ups.itemsize, len(self)]), "whose": self.whose,
            "maps": np.concatenate(maps), "start": start, "order": order, "code": np.zeros(kernel.SOME, np.int32),
            "at": np.zeros(kernel.SOME, np.int64),
        } | more  # fmt: skip
        return sources.Columns(**{name: _as(arrays[name], *kind) for name, kind in sources.COLUMNS_FIELDS.items()})

    def filled(self, fields: Mapping[str, Field], start: Any, order: Any) -> dict[str, pa.Array]:
        """The columns by name: names as dictionaries, instants as timestamps, others as numbers."""
        rows, long = len(self), sum(field.kind == sources.INSTANT for field in fields.values())
        width = -(-max(rows, 1) // 64) * 64
        whole_, whole = _room(len(fields) - long, width, np.int32)
        long_, longs = _room(long, width, np.int64)
        there_, there = _room(len(fields), width // 8, np.uint8)
        none = np.zeros(len(fields), np.int64)
        made = self.columns([*fields.values()], start, order, whole=whole, long=longs, there=there, none=none)
        run(kernel.fill, kernel.filled, made)
        found = {}
        for at, (name, field) in enumerate(fields.items()):
            instant = field.kind == sources.INSTANT
            size = 8 if instant else 4
            data = (long_ if instant else whole_).slice(int(made.columns["out"][at]) * width * size, rows * size)
            bits = there_.slice(at * (width // 8), (rows + 7) // 8) if none[at] else None
            column = pa.Array.from_buffers(INSTANT if instant else pa.int32(), rows, [bits, data], int(none[at]))
            if field.named is not None:
                column = pa.DictionaryArray.from_arrays(column, field.named.texts, safe=False)
            found[name] = column
        return found


def run(entrance: Any, inner: Any, made: sources.Columns) -> int:
    """Call what is compiled, or in plain Python what it calls."""
    place = given(made)
    result = inner(place) if PLAIN else entrance(place.ctypes.data)
    return int(result or 0)


def _room(columns: int, width: int, kind: Any) -> tuple[pa.Buffer, Any]:
    """A buffer for so many columns, and the array that it is."""
    buffer = pa.allocate_buffer(columns * width * np.dtype(kind).itemsize)
    return buffer, np.frombuffer(buffer, kind).reshape(columns, width) if columns else np.zeros((0, width), kind)


def _as(array: Any, kind: Any, directions: int) -> Any:
    """An array of the kind that the layout says; what is empty stands for none."""
    if array.dtype == kind and array.ndim == directions:
        return array
    return np.zeros((0,) * directions, kind) if len(array) == 0 else np.ascontiguousarray(array, kind)
