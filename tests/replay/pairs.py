"""Pairs of a pathway and a patient's log, told by both executors, and whether they tell the same (law 6).

A long run by hand, from the folder of the project: `python -m tests.replay.pairs --families 10000 --logs 100 --seed 1` (a million
pairs). Logs are drawn once and dealt out to the pathways: drawing takes longer than telling.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from pathway.events.event import Event
from pathway.machine.tables import Compiled
from pathway.replay import follow
from pathway.replay.columnar import Columnar, Found
from pathway.replay.rows import rows_of
from pathway.replay.tables import RECORDS, table_of
from pathway.tracking.context import context_of
from pathway.tracking.tell import story_of, told_courses, visible
from tests.drawn.logs import logs
from tests.drawn.pathways import Family, families, measured
from tests.drawn.world import LAST, START, STEP

Drawn = TypeVar("Drawn")
Patients = Mapping[str, Sequence[Event]]
Answer = dict[str, Any]
"""The tables by name (columns and rows), and what is counted."""
_AT_ONCE = 10
COUNTS = ("entry_unknown", "adaptation_unknown", "out_of_force", "repeated_anchors", "jumps", "uncertain")


@dataclass(frozen=True)
class Case:
    """A family of pathways, and the patients that are told by it."""

    family: Family
    patients: dict[str, list[Event]]
    as_of: int
    receipts: bool
    known_at: int | None

    def by(self, executor: Callable[..., Answer]) -> Answer:
        return executor(self.family.compiled(), self.patients, self.as_of, receipts=self.receipts, known_at=self.known_at)


def _known(patients: Patients, known_at: int | None) -> list[tuple[str, list[Event]]]:
    return [(name, [event for event in events if visible(event, known_at)]) for name, events in patients.items()]


def followed(compiled: Compiled, patients: Patients, as_of: int, known_at: int | None = None, **how: Any) -> Found:
    return Columnar(compiled).follow(rows_of(_known(patients, known_at)), as_of, **how)


@contextmanager
def cramped(turn: int) -> Iterator[None]:
    """With so little room to begin with that most patients are begun again in more; for some things, others from turn to turn, with
    least of all, so that it is they that no longer fit."""
    usual = follow.CHUNK, follow.ROOM, follow.room_for
    chance = random.Random(turn)

    def least(longest: int, total: int) -> dict[str, int]:
        return {name: 1 if chance.random() < 0.2 else many for name, many in usual[2](longest, total).items()}

    follow.CHUNK, follow.ROOM, follow.room_for = 8, 1, least
    try:
        yield
    finally:
        follow.CHUNK, follow.ROOM, follow.room_for = usual


def by_kernel(compiled: Compiled, patients: Patients, as_of: int, **how: Any) -> Answer:
    with cramped(sum(len(events) for events in patients.values())):
        found = followed(compiled, patients, as_of, **how)
    tables = {name: table.cast(plain(table.schema)) for name, table in found.tables.items()}
    counts = {name: found.counts[name] for name in COUNTS}
    return {**_told(tables), "counts": counts, "left": dict(+found.left), "moves": dict(+found.moves)}


def by_tracker(
    compiled: Compiled, patients: Patients, as_of: int, known_at: int | None = None, *, receipts: bool = True
) -> Answer:
    told = []
    for _, events in _known(patients, known_at):
        courses = told_courses(compiled, events, as_of=as_of, receipts=receipts)
        told.append((story_of(courses, as_of), context_of(courses)))
    tables = {
        name: table_of(record, (row for each in told for part in each for row in getattr(part, name, ())))
        for name, record in RECORDS.items()
    }
    left: Counter[tuple[str, str]] = Counter()
    moves: Counter[tuple[str, str]] = Counter()
    for story, _ in told:
        left.update(story.not_taken_up)
        moves.update((m.before, m.after) for m in story.moves if m.after and m.pathway == story.pathway)
    counts = {name: sum(getattr(story, name) for story, _ in told) for name in COUNTS}
    return {**_told(tables), "counts": counts, "left": dict(+left), "moves": dict(+moves)}


def _told(tables: Mapping[str, pa.Table]) -> Answer:
    columns = {f"{name} columns": table.schema.to_string() for name, table in tables.items()}
    return {**columns, **{name: table.to_pylist() for name, table in tables.items()}}


def plain(schema: pa.Schema) -> pa.Schema:
    """The schema with names that stand by their number in memory as what they are in a file: text."""
    return pa.schema([field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field for field in schema])


def named(logs: Sequence[Sequence[Event]]) -> dict[str, list[Event]]:
    """Each log as that of another patient."""
    return {f"p{number}": [replace(event, patient=f"p{number}") for event in log] for number, log in enumerate(logs)}


def drawn(strategy: st.SearchStrategy[Drawn], number: int, start: int) -> list[Drawn]:
    """So many drawn of a strategy, each for itself. In one long run most would be earlier ones with a part of them twice: Hypothesis
    begins with that after ten. The first two of a run are the simplest there is, and are left out."""
    found: list[Drawn] = []
    while len(found) < number:
        found += _run(strategy, start * 1_000_003 + len(found))[2:]
    return found[:number]


def _run(strategy: st.SearchStrategy[Drawn], start: int) -> list[Drawn]:
    found: list[Drawn] = []

    @seed(start)
    @settings(
        max_examples=_AT_ONCE, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None
    )
    @given(strategy)
    def collect(each: Drawn) -> None:
        found.append(each)

    collect()
    return found


def cases(number: int, each: int, start: int, at_once: int = 250) -> Iterator[Case]:
    """As many families, some of them with few rules and many counts, with so many logs each."""
    chance = random.Random(start)
    deal = drawn(logs(), min(20_000, number * each), start)
    for begun in range(0, number, at_once):
        wanted = min(at_once, number - begun)
        few = wanted // 4
        for family in drawn(families(), wanted - few, start + begun) + drawn(measured(), few, start + begun):
            as_of = chance.choice([LAST, LAST, START + chance.randint(0, 50) * STEP])
            dealt = chance.sample(deal, each)
            if chance.random() < 0.15:
                dealt = [[_bare(event) for event in log] for log in dealt]
            if chance.random() < 0.1:
                dealt = [_one_at_a_time(log) for log in dealt]
            known_at = as_of if chance.random() < 0.2 else None
            yield Case(family, named(dealt), as_of, chance.random() < 0.7, known_at)


def _one_at_a_time(log: Sequence[Event]) -> list[Event]:
    """A log as most are: in order, and nothing at the same time as something else."""
    return sorted({event.occurred: event for event in log}.values(), key=lambda event: event.occurred)


def _bare(event: Event) -> Event:
    """What a log tells that says only who, what and when."""
    return Event(
        id=event.id, root=event.root, patient=event.patient, name=event.name, phase=event.phase, occurred=event.occurred
    )  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--families", type=int, default=10_000)
    options.add_argument("--logs", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    begun, owed, broken = time.monotonic(), 0, 0
    for number, case in enumerate(cases(given.families, given.logs, given.seed), 1):
        compiled = case.family.compiled()
        how: dict[str, Any] = {"receipts": case.receipts, "known_at": case.known_at}
        told = by_tracker(compiled, case.patients, case.as_of, **how)
        if by_kernel(compiled, case.patients, case.as_of, **how) != told:
            raise SystemExit(f"family {number} of seed {given.seed}: the executors do not tell the same")
        owed, broken = owed + len(told["obligations"]), broken + len(told["breaks"])
        if number % 250 == 0:
            print(f"{number * given.logs:,} pairs, {owed:,} obligations, {broken:,} breaks, "
                  f"{time.monotonic() - begun:.0f} s", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
