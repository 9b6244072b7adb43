"""Rows counted by combinations of columns: by the fields of the kernel's records, without making tables of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from pathway.replay.filling import Field, Named, Records, run
from pathway.replay.kernel import columns, counting
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.sources import GIVEN, INSTANT, NUMBER, TIMES

_ROOM = 1 << 12
"""Cells that there is room for at first."""
_LENGTHS = pa.array(range(counting.LENGTHS - 1), pa.int16())
_FLAGS = pa.array([False, True])


def of_flags(flags: Any) -> Field:
    return Field(kind=GIVEN, named=Named(_FLAGS), codes=flags)


def of_one(text: str | None, length: int) -> Field:
    """The same for all."""
    return Field(kind=GIVEN, named=Named([text]), codes=np.full(length, -1 if text is None else 0, np.int32))


def of_months(at: Any) -> Field:
    """The months of instants that stand in no record."""
    number, first, days = _months(np.array([at.min(initial=shape.FAR), at.max(initial=shape.NEVER)]))
    return Field(kind=GIVEN, named=Named(days), codes=number[at // counting.DAY - first])


def of_times(seconds: Any, done: Any) -> Field:
    """Lengths of time as powers of the square root of two below them in seconds; none of what is not done."""
    half, power = np.frexp(np.maximum(seconds, 1))
    return Field(kind=GIVEN, named=Named(_LENGTHS), codes=np.where(done, 2 * power - 2 + (half >= np.sqrt(0.5)), -1))


def _months(ends: Any) -> tuple[Any, int, pa.Array]:
    """By day between two instants the number of its month in UTC; the first day; the months as their first days."""
    first, last = (ends // counting.DAY).tolist()
    if first > last:
        return np.zeros(1, np.int32), 0, pa.array([], pa.date32())
    months = np.arange(first, last + 1).astype("datetime64[D]").astype("datetime64[M]")
    every = np.arange(months[0], months[-1] + 1)
    return (months - months[0]).astype(np.int32), first, pa.array(every.astype("datetime64[D]"), pa.date32())


def counted(
    records: Records, fields: Mapping[str, Field], sums: Mapping[str, Any], start: Any, order: Any, left: Any = None
) -> pa.Table:
    """Rows counted: how many, of how many patients, and what numbers come to. An instant counts by its month; what a length of
    time adds up to is the first of `sums`. `left`: by row, whether it is left out."""
    groups = _joint(fields)
    asked = [field for field, _ in groups]
    more: dict[str, Any] = {} if left is None else {"left": left}
    days: pa.Array = None
    first = 0
    for field in asked:
        if field.kind == INSTANT:
            ends = np.array([shape.FAR, shape.NEVER])
            run(counting.span, counting.spanned, records.columns([field], start, order, often=ends))
            more["months"], first, days = _months(ends)
    values = [np.zeros(len(records)) if value is None else value for value in sums.values()]
    more["value"] = np.array(values, np.float64).reshape(len(values), len(records))
    made = records.columns(asked, start, order, key=np.zeros(columns.SOME, np.int64), **more)
    for number, field in enumerate(asked):
        if field.kind in (INSTANT, TIMES):
            made.columns["many"][number] = counting.LENGTHS if field.kind == TIMES else len(days) + 1
    room = min(_ROOM, len(records)) + columns.SOME
    often = -1
    while often < 0:
        made = made._replace(
            slots=np.full(1 << (2 * room).bit_length(), -1, np.int32), keys=np.empty(room, np.int64),
            counted=np.empty((3, room), np.int64), sums=np.empty((len(values), room)), often=np.array([0, first], np.int64),
        )  # fmt: skip
        often = run(counting.count, counting.counted, made)
        room *= 4
    codes = _codes(made.keys[:often], made.columns["many"])
    found: dict[str, pa.Array] = {}
    for (field, members), code in zip(groups, codes, strict=True):
        if field.kind == INSTANT:
            (name,) = members
            found[name] = _told(days, code)
        elif field.kind == TIMES:
            (name,) = members
            found[name] = _told(_LENGTHS, code)
        else:
            found |= {name: _told(texts, which[code + 1]) for name, (texts, which) in members.items()}
    numbers = {"count": pa.array(made.counted[0, :often].copy()), "patients": pa.array(made.counted[1, :often].copy())}
    totals = {name: made.sums[number, :often].copy() for number, name in enumerate(sums)}
    return pa.table(
        {name: found[name] for name in fields} | numbers | {name: pa.array(total) for name, total in totals.items()}
    )


def _joint(fields: Mapping[str, Field]) -> list[tuple[Field, dict[str, tuple[pa.Array, Any]]]]:
    """Columns that are made of the same field of the same record as one; and of each what it has, by the number of that one (from
    that of none on)."""
    together: dict[Any, list[str]] = {}
    for name, field in fields.items():
        together.setdefault((field.name, field.up) if field.kind == NUMBER else name, []).append(name)
    return [_as_one({name: fields[name] for name in names}) for names in together.values()]


def _as_one(fields: Mapping[str, Field]) -> tuple[Field, dict[str, tuple[pa.Array, Any]]]:
    one = next(iter(fields.values()))
    if one.kind in (INSTANT, TIMES):
        return one, dict.fromkeys(fields, (None, None))
    named = [field.named for field in fields.values() if field.named is not None]
    if len(fields) == 1:
        return one, dict.fromkeys(fields, (named[0].texts, np.arange(-1, len(named[0].texts))))
    maps = [np.arange(-1, len(own.texts)) if own.map is None else own.map for own in named]
    known: dict[tuple[int, ...], int] = {}
    numbers = [known.setdefault(each, len(known)) for each in zip(*(own.tolist() for own in maps), strict=True)]
    joint = Named(pa.nulls(len(known)))
    joint.map = np.array(numbers, np.int32)
    which = np.array([(-1,) * len(named), *known], np.int64)
    return one._replace(named=joint), {
        name: (own.texts, which[:, at]) for at, (name, own) in enumerate(zip(fields, named, strict=True))
    }


def _codes(keys: Any, sizes: Any) -> list[Any]:
    """What each key was made of; -1 for none."""
    found = []
    for size in reversed(sizes.tolist()):
        keys, code = np.divmod(keys, size)
        found.append(code - 1)
    return found[::-1]


def _told(texts: pa.Array, codes: Any) -> pa.Array:
    return texts.take(pa.array(codes, mask=codes < 0))
