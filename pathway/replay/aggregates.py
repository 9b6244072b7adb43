"""What a report counts, counted while a log streams by: without a second pass over obligations, breaks and what surrounds them.

Each of `COUNTS` is a small table, added up over blocks: how many rows of a table of the replay there are by each combination of what
stands under `by`, how many patients have such (blocks hold whole patients), and what they come to together. `month` is that of the
anchor or the beginning, in UTC, as its first day. `times` is how long it took, as the power of the square root of two below it in
seconds: what takes an hour is in 23, two hours in 25 (null: it was not done, or lasts).

`obligations` are counted by month, and in `groups` by each thing that their episode is compared by: age band, municipality, ward.
`comparisons` are the same without times, of those whose time was up by `as of` and that can be judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from pathway.replay.cells import counted as counted_by
from pathway.replay.cells import of_one
from pathway.replay.context import Surroundings
from pathway.replay.filling import Field, Named, Sheet
from pathway.replay.kernel import layout as shape
from pathway.replay.measures import group_of
from pathway.replay.told import Told


class Counted(NamedTuple):
    """By what something is counted, and what is added up beside `count` and `patients`."""

    by: tuple[str, ...]
    sums: tuple[str, ...] = ()


COUNTS: dict[str, Counted] = {
    "obligations": Counted(
        ("pathway", "version", "rule", "part", "kind", "stage", "receiver", "month", "outcome", "times"), ("seconds",)
    ),
    "groups": Counted(("pathway", "rule", "part", "dimension", "group", "outcome", "times"), ("seconds",)),
    "comparisons": Counted(("pathway", "rule", "part", "dimension", "group"), ("in_time",)),
    "breaks": Counted(
        ("pathway", "version", "rule", "kind", "subtype", "party", "unit", "cause", "open", "month"), ("delay_s",)
    ),
    "episodes": Counted(("pathway", "version", "adaptation", "started_by", "stage", "individual_course", "month"), ("ended",)),
    "stays": Counted(("pathway", "stage", "party", "times"), ("seconds",)),
    "indicators": Counted(("pathway", "indicator", "dimension", "group", "month"), ("known", "value")),
    "costs": Counted(("pathway", "cost", "currency", "party", "unit", "month"), ("days", "amount", "unpriced")),
    "deviations": Counted(("pathway", "rule", "part", "outcome", "written", "reason")),
    "answers": Counted(("pathway", "rule", "receiver", "answer")),
}
_KINDS = {"month": pa.date32(), "times": pa.int16(), "open": pa.bool_()}
_FRACTIONS = ("seconds", "value", "amount", "delay_s")


def counted(told: Told, around: Surroundings, sheets: Mapping[str, Sheet]) -> dict[str, pa.Table]:
    """By name in `COUNTS`, what some patients come to. Of the sheets only what they are counted by is made: no texts, no ids."""
    plain = {
        name: _counted(told, name, sheets[name]) for name in COUNTS if name in sheets and name not in ("groups", "indicators")
    }
    of_groups = {name: _of_groups(told, around, name, sheets["obligations"]) for name in ("groups", "comparisons")}
    return plain | of_groups | {"indicators": _indicators(told, around, sheets["indicators"])}


def added(name: str, parts: Sequence[pa.Table]) -> pa.Table:
    """The counts of several blocks as one table, in a fixed order."""
    by, own = COUNTS[name]
    sums = ("count", "patients", *own)
    # By one thread: fractions added up in another order come to something else.
    together = pa.concat_tables(parts).group_by(list(by), use_threads=False).aggregate([(each, "sum") for each in sums])
    named = together.select([*by, *(f"{each}_sum" for each in sums)]).rename_columns([*by, *sums])
    return named.sort_by([(each, "ascending") for each in by])


def _counted(told: Told, name: str, sheet: Sheet, more: Mapping[str, Field] | None = None, left: Any = None) -> pa.Table:
    by, sums = COUNTS[name]
    known = {**sheet.fields, **sheet.by, **(more or {})}
    fields = {each: known[each] for each in by if each in known}
    table = counted_by(sheet.records, fields, {each: sheet.sums[each] for each in sums}, told.start, told.events.row, left)
    kinds = {each: pa.float64() if each in _FRACTIONS else pa.int64() for each in sums}
    for each, kind in kinds.items():
        table = table.set_column(table.column_names.index(each), each, table[each].cast(kind))
    return table


def _of_groups(told: Told, around: Surroundings, name: str, sheet: Sheet) -> pa.Table:
    """Obligations, each once by everything that its episode is compared by; in comparisons those that can be judged, and how many of
    them were met in time."""
    parts = []
    owed = told.chunk.owed
    for dimension, group in around.groups_of.items():
        left = group.codes < 0
        if name == "comparisons":
            judged = np.isin(owed["outcome"], (shape.MET, shape.LATE, shape.MISSING)) & (
                (owed["due"] <= told.as_of) | (owed["due"] == shape.FAR)
            )
            left, sheet = left | ~judged, sheet._replace(sums={"in_time": owed["outcome"] == shape.MET})
        part = _counted(told, name, sheet, {"group": group}, left)
        parts.append(part.append_column("dimension", pa.repeat(pa.scalar(dimension), len(part))))
    return _whole(name, parts)


def _indicators(told: Told, around: Surroundings, sheet: Sheet) -> pa.Table:
    """All together, and once more by each thing that an indicator is shown by."""
    shown = [[group.name for group in each.groups] for each in told.lowered.indicators]
    found = told.chunk.counted
    parts = []
    for turn in range(-1, max(map(len, shown), default=0)):
        names = [own[turn] if 0 <= turn < len(own) else None for own in shown]
        group = of_one(None, len(found)) if turn < 0 else around.text(group_of(around, found, turn))
        left = None if turn < 0 else np.array([name is None for name in names])[found["indicator"]]
        more = {"dimension": Field("indicator", named=Named(names)), "group": group}
        parts.append(_counted(told, "indicators", sheet, more, left))
    return _whole("indicators", parts)


def _whole(name: str, parts: Sequence[pa.Table]) -> pa.Table:
    """The parts together; with its columns where there are none."""
    by, own = COUNTS[name]
    names = [*by, "count", "patients", *own]
    numbers = {each: pa.float64() if each in _FRACTIONS else pa.int64() for each in names[len(by) :]}
    empty = pa.table({each: pa.array([], numbers.get(each, _KINDS.get(each, pa.string()))) for each in names})
    return pa.concat_tables([empty, *(part.select(names) for part in parts)])
