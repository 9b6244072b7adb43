"""A population followed by the kernel: rows of whole patients to tables, through a pathway and those that it starts (P2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from pathway.events.event import Instant
from pathway.machine.tables import Compiled
from pathway.replay.aggregates import counted
from pathway.replay.context import Surroundings
from pathway.replay.filling import Sheet
from pathway.replay.follow import Chunk, follow
from pathway.replay.hindsight import Hindsight
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Lowered
from pathway.replay.measures import costs, indicators
from pathway.replay.ordering import in_order
from pathway.replay.rows import Rows
from pathway.replay.tables import RECORDS
from pathway.replay.told import Told
from pathway.tracking.tell import lineage

THREADS = 2
_SHARED = 20_000
"""Events from which on it pays to share patients between threads."""


@dataclass
class Found:
    """What came of some rows: tables with the columns of `tracking/records.py`, patients in the order of the rows.

    `moves` count how often patients went from one stage (empty: coming in) to another, in the pathway itself; `left` by stage
    and name the events that no pathway took up (E7).
    """

    tables: dict[str, pa.Table]
    """By name, as in `tables.RECORDS`."""
    whose: dict[str, Any]
    """By table, the number of each row's patient."""
    patients: int
    totals: dict[str, pa.Table] = field(default_factory=dict)
    """By name in `aggregates.COUNTS`, what they come to: where it was asked for. A cell can stand there more than once."""
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)


class Columnar:
    """A pathway, and those that it starts, made ready for the kernel. Made once; safe to use from several threads."""

    def __init__(self, compiled: Compiled) -> None:
        self.pathways = [Lowered(pathway) for pathway in lineage(compiled)]
        self._names = [lowered.compiled.pathway.name for lowered in self.pathways]

    def follow(
        self,
        rows: Rows,
        as_of: Instant,
        *,
        receipts: bool = True,
        threads: int = THREADS,
        tables: Collection[str] = tuple(RECORDS),
        counting: bool = False,
    ) -> Found:
        """Follow all patients of some rows up to a time: into tables, all of them or some; `counting` also what a report counts."""
        patients = len(rows.start) - 1
        started: list[tuple[str, Any]] = []
        made: dict[str, list[tuple[pa.Table, Any]]] = {name: [] for name in tables}
        totals: dict[str, list[pa.Table]] = {}
        found = Found({}, {}, patients)
        left: list[Any] = []
        for lowered in self.pathways:
            own = [one for name, one in started if name == lowered.compiled.pathway.name]
            pass_ = _Pass(lowered, rows, as_of, receipts, self._names, _begun(own, patients, self._names), tables, counting)
            for part in pass_.run(threads):
                for name, table in part.tables.items():
                    made[name].append(table)
                for name, total in part.totals.items():
                    totals.setdefault(name, []).append(total)
                started += part.started
                found.counts.update(part.counts)
                if lowered is self.pathways[0]:
                    found.moves.update(part.moves)
            left.append(pass_.left)
        for name, those in made.items():
            found.tables[name], found.whose[name] = _together(those)
        found.totals = {name: pa.concat_tables(those) for name, those in totals.items()}
        found.left.update(_not_taken_up(left, self.pathways[0], rows))
        return found


class _Part(NamedTuple):
    """What came of some patients in one pathway: tables with the patient of each row, and what they started."""

    tables: dict[str, tuple[pa.Table, Any]]
    totals: dict[str, pa.Table]
    started: list[tuple[str, Any]]
    moves: Counter[tuple[str, str]]
    counts: Counter[str]


class _Pass:
    """One pathway over some rows."""

    def __init__(
        self,
        lowered: Lowered,
        rows: Rows,
        as_of: Instant,
        receipts: bool,
        names: Sequence[str],
        begun: Any,
        tables: Collection[str],
        counting: bool,
    ) -> None:
        self.lowered, self.rows, self.as_of, self._by = lowered, rows, as_of, names
        self._wanted, self._counting = tables, counting
        self.events, self.order = in_order(lowered, rows, begun)
        values = {lowered.facts(name): told for name, told in zip(rows.facts.all, rows.values, strict=True)}
        self.machine = lowered.machine(values, receipts=receipts)
        self._seen = Hindsight(lowered, rows, self.events)
        self._left = np.zeros(len(rows), np.int16)

    def run(self, threads: int) -> list[_Part]:
        """What came of each part of the patients."""
        patients = len(self.rows.start) - 1
        if threads < 2 or len(self.rows) < _SHARED:
            return self._followed(0, patients)
        edges = np.searchsorted(self.rows.start, np.linspace(0, len(self.rows), threads + 1)).tolist()
        edges[0], edges[-1] = 0, patients
        with ThreadPoolExecutor(threads) as pool:
            return [part for parts in pool.map(lambda pair: self._followed(*pair), pairwise(edges)) for part in parts]

    def _followed(self, first: int, last: int) -> list[_Part]:
        """The patients from one to before another. What is made of a chunk is made at once: the kernel uses its arrays again."""
        found = []
        counts = np.zeros(1, shape.COUNTS)
        for chunk in follow(self.machine, self.lowered, self.events, first, last, self.as_of, self._left, counts):
            told = Told(self.lowered, self.rows, self.events, self.order, chunk, self.as_of, self._by)
            around = Surroundings(told, self._seen)
            sheets = self._sheets(told, around)
            tables = {name: told.table(sheet) for name, sheet in sheets.items() if name in self._wanted}
            totals = counted(told, around, sheets) if self._counting else {}
            found.append(_Part(tables, totals, [*_started(chunk, self.lowered)], _moves(told), _of_episodes(chunk)))
        found[-1].counts.update(
            {name: int(counts[0][name]) for name in ("entry_unknown", "adaptation_unknown", "out_of_force")}
        )
        found[-1].counts["repeated_anchors"] += int(counts[0]["repeated"])
        return found

    def _sheets(self, told: Told, around: Surroundings) -> dict[str, Sheet]:
        """All that there is to say of some patients, by name of the table."""
        return {
            "breaks": told.breaks(),
            "obligations": told.obligations(),
            "episodes": told.episodes(),
            "indicators": indicators(around),
            "costs": costs(around),
            "stays": around.stays(),
            "groups": around.groups(),
            "deviations": around.deviations(),
            "answers": around.answers(),
        }

    @property
    def left(self) -> Any:
        """By row: 0, or 1 and the stage in which it changed nothing."""
        if len(self.events.row) == 0:  # they stand in the order of the rows
            return self._left
        left = np.zeros(len(self.rows), np.int16)
        left[self.order] = self._left
        return left


def _started(chunk: Chunk, lowered: Lowered) -> Iterator[tuple[str, Any]]:
    """By name of the pathway that was started: the pathway that did it, and how."""
    for number, name in enumerate(lowered.started.all):
        own = chunk.started[chunk.started["pathway"] == number]
        if len(own):
            yield name, (lowered.compiled.pathway.name, own.copy())


def _begun(started: Sequence[Any], patients: int, names: Sequence[str]) -> Any:
    """How one pathway was started by others, by patient."""
    made = np.zeros(sum(len(own) for _, own in started), shape.BEGUN)
    patient = np.zeros(len(made), np.int64)
    at = 0
    for by, own in started:
        part = slice(at, at + len(own))
        made["row"][part], made["at"][part], made["by"][part] = own["row"], own["at"], names.index(by)
        patient[part] = own["patient"]
        at += len(own)
    order = np.argsort(patient, kind="stable")
    return np.searchsorted(patient[order], np.arange(patients + 1)).astype(np.int64), made[order]


def _together(parts: Sequence[tuple[pa.Table, Any]]) -> tuple[pa.Table, Any]:
    """The parts as one table, patient by patient: each patient's in the order of the pathways."""
    if len(parts) == 1:
        return parts[0]
    table = pa.concat_tables([part for part, _ in parts]).unify_dictionaries()
    patient = np.concatenate([numbers for _, numbers in parts])
    if (patient[1:] >= patient[:-1]).all():
        return table, patient
    order = np.argsort(patient, kind="stable")
    return table.take(pa.array(order)), patient[order]


def _of_episodes(chunk: Chunk) -> Counter[str]:
    episodes = chunk.episodes
    return Counter(jumps=int(episodes["jumps"].sum()), uncertain=int(np.count_nonzero(episodes["uncertain"] != shape.NEVER)))


def _moves(told: Told) -> Counter[tuple[str, str]]:
    """How often a stage came after another."""
    stages = told.lowered.stages
    chunk = told.chunk
    after = chunk.stays["stage"]
    before = np.concatenate([[-1], after[:-1]])[: len(after)]
    before[chunk.episodes["stays0"]] = -1
    found: Counter[tuple[str, str]] = Counter()
    for was, now, times in _often(before + 1, after):
        found[stages[was - 1][1] if was else "", stages[now][1]] += times
    return found


def _not_taken_up(left: Sequence[Any], lowered: Lowered, rows: Rows) -> Counter[tuple[str, str]]:
    """By stage of the pathway itself and name, the events that none of the pathways took up."""
    nobody = np.logical_and.reduce([one > 0 for one in left])
    found: Counter[tuple[str, str]] = Counter()
    for stage, what, times in _often(left[0][nobody], rows.what[nobody]):
        found["" if stage == 1 else lowered.stages[stage - 2][1], rows.whats[what][0]] += times
    return found


def _often(first: Any, second: Any) -> Iterator[tuple[int, int, int]]:
    """How often each two numbers stand beside each other. Both are small, and not below zero."""
    if len(first):
        width = int(second.max()) + 1
        often = np.bincount(first.astype(np.int64) * width + second)
        for pair in np.nonzero(often)[0].tolist():
            yield pair // width, pair % width, int(often[pair])
