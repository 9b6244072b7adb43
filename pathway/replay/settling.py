"""Settling a log that lies on disk (E2): what one patient's rows say of each other block by block, the rest before that.

Most corrections are of events of the same patient: they are settled with that patient's block, by `events/settle.py`. What reaches
from one patient to another (an event that was another's, an id that two patients have) is found by numbers made of the ids, and
settled at once for the whole log. Memory: 24 bytes a row that is corrected or corrects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pathway.errors import EventsError
from pathway.events.log import Counts
from pathway.events.settle import Beliefs, Version, beliefs, content_id
from pathway.replay.hashing import hashed, twice
from pathway.replay.kernel import layout as shape
from pathway.replay.meant import Meaning
from pathway.replay.understood import has, whole

MOST_ABROAD = 500_000
"""Rows that may be settled at once for the whole log: some 1.5 kB each."""
Tables = Callable[[Sequence[str] | None], Iterator[pa.Table]]
"""The understood rows of a log from the beginning, in parts; of some columns only."""


@dataclass
class Settling:
    """What was found about the whole log before it is settled block by block."""

    meaning: Meaning
    any: bool = True
    """Whether there can be anything to settle."""
    abroad: Any = field(default_factory=lambda: np.zeros(0, np.int64))
    """The rows (`seq`, in order) that were settled at once; with them what came of each."""
    _came: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    _first: dict[str, int] = field(default_factory=dict)

    def settled(self, table: pa.Table, counts: Counts) -> pa.Table:
        """Rows of whole patients as they were believed: with `root`, and `believed`, the time until which (`FAR`: still). What was
        found is counted."""
        involved = self._involved(table)
        kept = np.ones(len(table), bool)
        believed = np.full(len(table), shape.FAR)
        root: dict[int, tuple[str, str]] = {}
        if len(self.abroad):
            seq = table.column("seq").to_numpy()
            place = np.minimum(np.searchsorted(self.abroad, seq), len(self.abroad) - 1)
            away = self.abroad[place] == seq
            involved &= ~away
            for row in np.nonzero(away)[0].tolist():
                came = self._came.get(int(seq[row]))
                kept[row] = came is not None
                if came is not None:
                    root[row], believed[row] = came[:2], came[2]
        if not involved.any() and kept.all() and not root:
            return table
        rows = np.nonzero(involved)[0]
        order = rows[np.argsort(table.column("row").to_numpy()[rows], kind="stable")]
        kept[rows] = False
        for place, own, first, until in self._believed(table.take(pa.array(order)), counts):
            row = int(order[place])
            kept[row], root[row], believed[row] = True, (own, first), until
        return _with(table, root, believed).filter(pa.array(kept))

    def _believed(self, table: pa.Table, counts: Counts) -> Iterator[tuple[int, str, str, int]]:
        """By place, the id, the id of the first version, and until when. What cannot be settled is counted."""
        versions = self.meaning.versions(table)
        place = {id(version): number for number, version in enumerate(versions)}
        found = beliefs(versions)
        self._count(found, versions, counts)
        for version, name, root, until in found.believed:
            yield place[id(version)], name, root, shape.FAR if until is None else until

    def _involved(self, table: pa.Table) -> Any:
        """Rows that another one of the table says something of, or that say something of another."""
        ids = table.column("id")
        found = np.zeros(len(table), bool)
        said = [table.column(name) for name in ("corrects", "retracts") if has(table, name)]
        if said:
            spoken = pa.chunked_array([whole(pc.drop_null(column)) for column in said], pa.string())
            found = pc.is_in(ids, value_set=whole(spoken)).to_numpy(zero_copy_only=False).copy()
            for column in said:
                found |= pc.is_valid(column).to_numpy()
        often = twice(hashed(ids))
        if len(often):
            found |= np.isin(hashed(ids), often)
        elif said:
            return found
        # All rows with an id of which one is in question.
        asked = pc.unique(ids.filter(pa.array(found)))
        return pc.is_in(ids, value_set=whole(pa.chunked_array([asked]))).to_numpy(zero_copy_only=False).copy() | found

    def _count(self, found: Beliefs, versions: Sequence[Version], counts: Counts) -> None:
        counts.settle(found.counts, found.first)
        if not found.left_out:
            return
        firsts: dict[str, int] = {}
        for version in versions:
            firsts.setdefault(_id(version), version.row)
        counts.used -= len(found.left_out)
        often = Counter(reason for reason, _ in found.left_out)
        for reason, count in often.items():
            version = next(version for why, version in found.left_out if why == reason)
            first = firsts[_id(version)]
            before, where = counts.rejected.get(reason, (0, ""))
            if before == 0 or first < self._first[reason]:
                self._first[reason], where = first, f"row {version.row}"
            counts.rejected[reason] = (before + count, where)

    def look(self, tables: Tables, repeated: Any, edges: tuple[Any, Any], file: str, counts: Counts) -> None:
        """Find what reaches from one patient to another, and settle it. `edges` are the numbers of ids, and of those that they
        correct or retract. Raises `EventsError` where that is more than memory is there for."""
        self.any = bool(len(repeated) or len(edges[0]))
        if not self.any:
            return
        abroad = _abroad(tables, np.unique(np.concatenate([repeated, *edges])), edges)
        if not len(abroad):
            return
        parts = []
        count = 0
        for table in tables(None):
            own = table.filter(pa.array(np.isin(hashed(table.column("id")), abroad)))
            count += len(own)
            if count > MOST_ABROAD:
                raise EventsError("PW570", file=file, most=MOST_ABROAD, first=str(own.column("id")[0]))
            parts.append(own)
        away = pa.concat_tables(parts, promote_options="permissive").unify_dictionaries().combine_chunks().sort_by("seq")
        self.abroad = away.column("seq").to_numpy()
        came = self._believed(away, counts)
        self._came = {int(self.abroad[place]): (own, root, until) for place, own, root, until in came}


def _id(version: Version) -> str:
    return version.event.id if version.told else content_id(version)


def _abroad(tables: Tables, ids: Any, edges: tuple[Any, Any]) -> Any:
    """Numbers of the ids that hang together with rows of several patients."""
    one, other = (np.searchsorted(ids, end) for end in edges)
    group = np.arange(len(ids))
    while len(one):  # each takes the least of what it hangs together with, until nothing changes
        before = group.copy()
        least = np.minimum(group[one], group[other])
        for end in (one, other):
            np.minimum.at(group, end, least)
        group = group[group]
        if (group == before).all():
            break
    low, high = np.full(len(ids), np.iinfo(np.uint64).max, np.uint64), np.zeros(len(ids), np.uint64)
    for table in tables(("id", "patient")):
        number = hashed(table.column("id"))
        place = np.minimum(np.searchsorted(ids, number), len(ids) - 1)
        there = ids[place] == number
        patient = hashed(table.column("patient").filter(pa.array(there)))
        np.minimum.at(low, group[place[there]], patient)
        np.maximum.at(high, group[place[there]], patient)
    return ids[(low < high)[group]]


def _with(table: pa.Table, roots: dict[int, tuple[str, str]], believed: Any) -> pa.Table:
    """The table with `root` and `believed`."""
    ids = whole(table.column("id"))
    root = ids
    if roots:
        rows = np.zeros(len(table), bool)
        order = sorted(roots)
        rows[order] = True
        mask = pa.array(rows)
        table = table.set_column(
            table.column_names.index("id"), "id", pc.replace_with_mask(ids, mask, pa.array([roots[row][0] for row in order]))
        )
        root = pc.replace_with_mask(ids, mask, pa.array([roots[row][1] for row in order]))
    return table.append_column("root", root).append_column("believed", pa.array(believed))
