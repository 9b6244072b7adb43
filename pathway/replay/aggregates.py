"""What a report counts, counted while a log streams by: without a second pass over obligations, breaks and what surrounds them.

Each of `COUNTS` is a small table, added up over blocks: how many rows of a table of the replay there are by each combination of what
stands under `by`, how many patients have such (blocks hold whole patients), and what they come to together. `month` is that of the
anchor or the beginning, in UTC, as its first day. `times` is how long it took, as the power of the square root of two below it in
seconds: what takes an hour is in 23, two hours in 25 (null: it was not done, or lasts).

`obligations` are counted by month, and in `groups` by each thing that their episode is compared by: age band, municipality, ward.
`comparisons` are the same without times, of those whose time was up by `as of` and that can be judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.events.event import Instant
from pathway.machine.tables import Compiled
from pathway.replay.cells import Cells, Coded, cells_of, instants, of_flags, of_months, of_one, of_texts, of_times, table_of
from pathway.replay.columnar import Found
from pathway.replay.tables import RECORDS
from pathway.tracking.tell import lineage


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
_SINCE = {
    "obligations": "anchored_at",
    "breaks": "anchored_at",
    "episodes": "entered_at",
    "indicators": "at",
    "costs": "started_at",
}
_KEPT = frozenset().union(
    *(counted.by for counted in COUNTS.values()),
    *(counted.sums for counted in COUNTS.values()),
    _SINCE.values(),
    ("episode", "due_at", "met_at", "left_at", "ended_at", "groups"),
)
UNCOUNTED = frozenset(field.name for record in RECORDS.values() for field in fields(record)) - _KEPT
"""Columns of tables that nothing is counted by, and that nothing is added up of."""
_KINDS = {"month": pa.date32(), "times": pa.int16(), "open": pa.bool_()}
_FRACTIONS = ("seconds", "value", "amount", "delay_s")

Dimensions = Mapping[tuple[str, str], Sequence[str]]
"""By pathway and indicator, what it is shown by."""


def counted(found: Found, dimensions: Dimensions, as_of: Instant) -> dict[str, pa.Table]:
    """By name in `COUNTS`, what some patients come to."""
    costs = found.tables["costs"]
    obligations = _Obligations(found, as_of)
    return {
        "obligations": obligations.by_month(),
        "groups": obligations.by_group(),
        "comparisons": obligations.compared(),
        "breaks": _table(found, "breaks", {"delay_s": found.tables["breaks"]["delay_s"].to_numpy()}),
        "episodes": _table(found, "episodes", {"ended": found.tables["episodes"]["ended_at"].is_valid().to_numpy()}),
        "stays": _stays(found, as_of),
        "indicators": _indicators(found, dimensions),
        "costs": _table(found, "costs", {name: costs[name].to_numpy() for name in COUNTS["costs"].sums}),
        "deviations": _table(found, "deviations", {}),
        "answers": _table(found, "answers", {}),
    }


def shown_by(compiled: Compiled) -> Dimensions:
    """By what the indicators of a pathway, and of those that it starts, are shown."""
    return {
        (pathway.pathway.name, name): [group.name for group in indicator.groups]
        for pathway in lineage(compiled)
        for name, indicator in pathway.pathway.indicators.items()
    }


def added(name: str, parts: Sequence[pa.Table]) -> pa.Table:
    """The counts of several blocks as one table, in a fixed order."""
    by, own = COUNTS[name]
    sums = ("count", "patients", *own)
    together = pa.concat_tables(parts).group_by(list(by)).aggregate([(each, "sum") for each in sums])
    named = together.select([*by, *(f"{each}_sum" for each in sums)]).rename_columns([*by, *sums])
    return named.sort_by([(each, "ascending") for each in by])


def _table(found: Found, name: str, sums: Mapping[str, Any], more: Mapping[str, Coded] | None = None) -> pa.Table:
    """Rows of a table by its columns, and by the month of an instant."""
    table = found.tables[name]
    coded: dict[str, Coded] = {}
    for column in COUNTS[name].by:
        if more is not None and column in more:
            coded[column] = more[column]
        elif column == "month":
            coded[column] = of_months(table[_SINCE[name]])
        else:
            flags = pa.types.is_boolean(table[column].type)
            coded[column] = of_flags(table[column].to_numpy()) if flags else of_texts(table[column])
    return table_of(cells_of(coded, found.whose[name]), sums)


def _stays(found: Found, as_of: Instant) -> pa.Table:
    """Those that last count up to `as_of`."""
    stays = found.tables["stays"]
    left = stays["left_at"].is_valid().to_numpy()
    until = np.where(left, instants(stays["left_at"]), as_of)
    seconds = (until - instants(stays["entered_at"])) / 1_000_000
    return _table(found, "stays", {"seconds": seconds}, {"times": of_times(seconds, left)})


def _indicators(found: Found, dimensions: Dimensions) -> pa.Table:
    """All together, and once more by each thing that an indicator is shown by."""
    table, whose = found.tables["indicators"], found.whose["indicators"]
    said = [of_texts(table[name]) for name in ("pathway", "indicator")]
    parts = []
    for (pathway, name), shown in dimensions.items():
        own = said[0].are(pathway) & said[1].are(name)
        part = table.filter(pa.array(own))
        value = part["value"]
        sums = {"known": value.is_valid().to_numpy(), "value": pc.fill_null(value, 0.0).to_numpy()}
        same = {"pathway": of_one(pathway, len(part)), "indicator": of_one(name, len(part))}
        month = of_months(part["at"])
        for turn, dimension in enumerate((None, *shown), -1):
            group = of_one(None, len(part)) if turn < 0 else of_texts(pc.list_element(part["groups"], turn))
            coded = same | {"dimension": of_one(dimension, len(part)), "group": group, "month": month}
            parts.append(table_of(cells_of(coded, whose[own]), sums))
    return _whole("indicators", parts)


class _Obligations:
    """The obligations of some patients, counted in three ways."""

    def __init__(self, found: Found, as_of: Instant) -> None:
        self._found = found
        table = found.tables["obligations"]
        done = table["met_at"].is_valid().to_numpy()
        self._seconds = np.where(done, instants(table["met_at"]) - instants(table["anchored_at"]), 0) / 1_000_000
        own = {name: of_texts(table[name]) for name in COUNTS["obligations"].by if name not in ("month", "times")}
        by = own | {"month": of_months(table["anchored_at"]), "times": of_times(self._seconds, done)}
        self._cells = cells_of({name: by[name] for name in COUNTS["obligations"].by}, found.whose["obligations"])
        self._met = own["outcome"].are("met")
        self._judged = own["outcome"].are("met", "late", "missing") & (instants(table["due_at"]) <= as_of)

    def by_month(self) -> pa.Table:
        return table_of(self._cells, {"seconds": self._seconds})

    def by_group(self) -> pa.Table:
        """Each once by everything that its episode is compared by."""
        cells = self._cells.only(("pathway", "rule", "part", "outcome", "times"))
        return self._by_dimension("groups", cells, np.ones(len(cells.of), bool), {"seconds": self._seconds})

    def compared(self) -> pa.Table:
        """Of those that can be judged, how many were met in time."""
        own = self._judged
        cells = self._cells.only(("pathway", "rule", "part")).at(own)
        return self._by_dimension("comparisons", cells, own, {"in_time": self._met[own].astype(np.int64)})

    def _by_dimension(self, name: str, cells: Cells, own: Any, sums: Mapping[str, Any]) -> pa.Table:
        parts = []
        for dimension, of_episode in self._groups():
            group = of_episode.at(self._episode[own])
            known = group.codes < len(group.values) - 1
            part = table_of(cells.crossed("group", group), {total: values[known] for total, values in sums.items()})
            parts.append(part.append_column("dimension", pa.repeat(pa.scalar(dimension), len(part))))
        return _whole(name, parts)

    @cached_property
    def _episode(self) -> Any:
        """By obligation, where its episode stands in the table of episodes."""
        return self._episodes_of("obligations")

    def _episodes_of(self, name: str) -> Any:
        known = self._key("episodes")
        order = np.argsort(known)
        return order[np.searchsorted(known[order], self._key(name))]

    def _key(self, name: str) -> Any:
        """What an episode is known by, as one number: the patient, the pathway, its number."""
        table = self._found.tables[name]
        pathways = of_texts(self._found.tables["episodes"]["pathway"]).values
        own = of_texts(table["pathway"])
        pathway = pc.index_in(own.values, pathways).to_numpy(zero_copy_only=False).astype(np.int64)[own.codes]
        return (self._found.whose[name] * len(pathways) + pathway) * (1 << 20) + table["episode"].to_numpy()

    def _groups(self) -> Iterator[tuple[str, Coded]]:
        """By what episodes are compared by, the group of each episode; the last number is that of those that have none."""
        table = self._found.tables["groups"]
        episode = self._episodes_of("groups")
        dimensions, groups = of_texts(table["dimension"]), of_texts(table["group"])
        for number, dimension in enumerate(dimensions.values.drop_null().to_pylist()):
            own = dimensions.codes == number
            those, code = np.unique(groups.codes[own], return_inverse=True)
            codes = np.full(self._found.tables["episodes"].num_rows, len(those), np.int64)
            codes[episode[own]] = code
            yield dimension, Coded(codes, groups.values.take(pa.array([*those.tolist(), len(groups.values) - 1])))


def _whole(name: str, parts: Sequence[pa.Table]) -> pa.Table:
    """The parts together; with its columns where there are none."""
    by, own = COUNTS[name]
    names = [*by, "count", "patients", *own]
    numbers = {each: pa.float64() if each in _FRACTIONS else pa.int64() for each in names[len(by) :]}
    empty = pa.table({each: pa.array([], numbers.get(each, _KINDS.get(each, pa.string()))) for each in names})
    return pa.concat_tables([empty, *(part.select(names) for part in parts)])
