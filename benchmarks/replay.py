"""How fast a population is replayed, beside what else could answer, in one run. Prints JSON; ratios are what to trust.

    python -m benchmarks.replay                      a million events, some minutes
    python -m benchmarks.replay --events 100000000   a country's year

A hip-fracture pathway of 26 rules over made-up patients (`hip.pathway`, `pathway/simulation`). `floor` reads the same columns from the
same file and does nothing with them. `kernel` is nanoseconds an event: without rules, with them, with each twice.
`whole` is everything: read, followed, all tables written, in a process of its own, with its peak memory. DuckDB and pandas answer only
the rules that wait for one event within a time after another, without holds, order of stages, or evidence: seconds a rule answered.
`reference` tells some of the patients by the tracker. They are left out where they are not installed (`pip install duckdb pandas`).
`--pm4py PYTHON` asks pm4py, in an environment of its own, about a share of the log (see `benchmarks/mining.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

import pathway
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.base import Duration
from pathway.model.calendar import elapsed
from pathway.model.pathway import Pathway, Stage
from pathway.model.rules import Rule
from pathway.replay.columnar import Columnar
from pathway.replay.follow import follow
from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.lower import Lowered
from pathway.replay.ordering import in_order
from pathway.replay.rows import Rows
from pathway.replay.streams import Stream
from pathway.simulation.profile import Profile
from pathway.simulation.stream import write_population
from pathway.tracking.tell import tell

TEXT = Path(__file__).with_name("hip.pathway")
_USUAL = 24
"""Events a patient, about."""
_TIMES = 5
_SHARE = 50_000
"""Events that pm4py is asked about."""
_MINED = ("token_replay", "temporal_profile")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, default=1_000_000)
    options.add_argument("--walked", type=int, default=500, help="patients made one by one; the others are made like them")
    options.add_argument("--log", type=Path, help="a log that was made before, or where to keep this one")
    options.add_argument("--pm4py", type=Path, metavar="PYTHON", help="the interpreter of an environment that has pm4py")
    options.add_argument("--whole", nargs=2, metavar=("LOG", "FOLDER"), help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.whole:
        print(json.dumps(_whole(*map(Path, asked.whole))))
        return
    with tempfile.TemporaryDirectory() as folder:
        log = asked.log or Path(folder) / "log.parquet"
        if not log.exists():
            _make(log, asked.events // _USUAL, asked.walked)
        found = _measured(log, Path(folder))
        if asked.pm4py:
            found["pm4py"] = _mined(asked.pm4py, log, found["whole"]["events_a_second"])
        print(json.dumps(found, indent=1))


def _make(log: Path, patients: int, walked: int) -> None:
    """A log of four columns, sorted by patient: numbers of patients, keys, instants, numbers of events."""
    rich = log.with_name("rich.parquet")
    planted = log.with_name("planted.parquet")
    write_population(
        [pathway.load(str(TEXT)).compiled], Profile(), rich, planted, patients=patients, walked=walked, integers=True
    )
    with parquet.ParquetFile(rich) as opened, parquet.ParquetWriter(log, _SCHEMA, compression="zstd") as out:
        for group in range(opened.num_row_groups):
            table = opened.read_row_group(group, columns=["patient", "event", "phase", "occurred", "id"])
            phase = pc.cast(table["phase"], pa.string())
            event = pc.cast(table["event"], pa.string())
            key = pc.if_else(pc.is_valid(phase), pc.binary_join_element_wise(event, pc.fill_null(phase, ""), " "), event)
            columns = [pc.cast(table["patient"], pa.int64()), key, pc.cast(table["occurred"], pa.int64()), table["id"]]
            out.write_table(pa.Table.from_arrays([columns[0], pc.cast(columns[1], _KEY), *columns[2:]], schema=_SCHEMA))
    rich.unlink()
    planted.unlink()


_KEY = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema([("patient", pa.int64()), ("event", _KEY), ("occurred", pa.int64()), ("id", pa.int64())])


def _measured(log: Path, folder: Path) -> dict[str, Any]:
    compiled = pathway.load(str(TEXT)).compiled
    events = parquet.read_metadata(log).num_rows
    floor = _median(lambda: _read_columns(log))
    found: dict[str, Any] = {"events": events, "file_mb": round(log.stat().st_size / 1e6), "floor_s": floor}
    with Stream(log, compiled.pathway, folder=folder) as stream:
        as_of = stream.last_recorded() or 0
        rows = next(stream.blocks())
    twice = _with_rules(compiled.pathway, 2)
    found["rules"] = len(compiled.rules)
    found["kernel_ns_an_event"] = kernel = {
        "events": len(rows),
        "position": _kernel(_with_rules(compiled.pathway, 0), rows, as_of),
        "rules": _kernel(compiled, rows, as_of),
        "rules_two_threads": _kernel(compiled, rows, as_of, threads=2),
        "rules_twice": _kernel(twice, rows, as_of),
    }
    kernel["times_faster_on_two_threads"] = round(kernel["rules"] / kernel["rules_two_threads"], 2)
    kernel["rules_against_position"] = round(kernel["rules"] / kernel["position"], 2)
    kernel["each_further_rule"] = round((kernel["rules_twice"] - kernel["rules"]) / (len(twice.rules) - len(compiled.rules)), 2)
    one, two = (_median(lambda n=n: _tables(compiled, rows, as_of, n)) for n in (1, 2))  # type: ignore[misc]
    found["tables_s"] = {"one_thread": one, "two_threads": two, "times_faster": round(one / two, 2)}
    found["whole"] = whole = _apart(log, folder / "out")
    whole["events_a_second"] = round(events / whole["seconds"])
    whole["against_floor"] = round(whole["seconds"] / floor, 1)
    found["reference"] = _reference(compiled, rows, as_of)
    found["whole_against_reference"] = round(whole["events_a_second"] / found["reference"]["events_a_second"], 1)
    found["waiting_rules_only"] = _waiting(compiled, log, whole["seconds"])
    return found


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TIMES):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return round(median(taken), 4)


def _read_columns(log: Path) -> int:
    total = 0
    with parquet.ParquetFile(log) as opened:
        for group in range(opened.num_row_groups):
            total += opened.read_row_group(group).num_rows
    return total


def _with_rules(text: Pathway, times: int) -> Compiled:
    """The pathway with each of its rules so many times. (`within` beneath a transition stays: it is a part of the way.)"""

    def again(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(
            rule.model_copy(update={"name": f"{rule.name}_{turn}", "label": None}) for turn in range(times) for rule in rules
        )

    def of(stage: Stage) -> Stage:
        ways = tuple(way.model_copy(update={"within": way.within if times else None}) for way in stage.transitions)
        return stage.model_copy(update={"rules": again(stage.rules), "transitions": ways})

    stages = {name: of(stage) for name, stage in text.stages.items()}
    return compile_pathway(text.model_copy(update={"stages": stages, "throughout": of(text.throughout)}))


def _kernel(compiled: Compiled, rows: Rows, as_of: int, threads: int = 1) -> float:
    """Nanoseconds an event, without reading and without making tables."""
    lowered = Lowered(compiled)
    events, _ = in_order(lowered, rows)
    machine = lowered.machine({}, receipts=True)
    left = np.zeros(len(rows), np.int16)
    edges = np.searchsorted(rows.start, np.linspace(0, len(rows), threads + 1)).tolist()

    def part(first: int, last: int) -> None:
        for _ in follow(machine, lowered, events, first, last, as_of, left, np.zeros(1, shape.COUNTS)):
            pass

    def work() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, edges[:-1], [*edges[1:-1], len(rows.start) - 1]))

    work()
    return round(_median(work) / len(rows) * 1e9, 1)


def _tables(compiled: Compiled, rows: Rows, as_of: int, threads: int) -> None:
    Columnar(compiled).follow(rows, as_of, threads=threads)


def _whole(log: Path, folder: Path) -> dict[str, Any]:
    """All of it, from the file to the files. Run in a process of its own, so that the memory is its own."""
    import resource

    definition = pathway.load(str(TEXT))
    start = time.perf_counter()
    summary = definition.replay_in_blocks(log, folder)
    seconds = round(time.perf_counter() - start, 2)
    outcomes = [sum(found.values()) for found in summary["rules"].values()]
    breaks = sum(sum(found.values()) for found in summary["breaks"].values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": seconds, "peak_mb": memory, "obligations": sum(outcomes), "breaks": breaks}


def _apart(log: Path, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.replay", "--whole", str(log), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return dict(json.loads(done.stdout))


def _reference(compiled: Compiled, rows: Rows, as_of: int) -> dict[str, Any]:
    """The tracker, over the first patients."""
    from pathway.events.event import Event

    last = min(500, len(rows.start) - 1)
    names, ids = rows.patients.to_pylist(), rows.root_texts[: int(rows.start[last])].to_pylist()
    patients = []
    for number in range(last):
        span = range(int(rows.start[number]), int(rows.start[number + 1]))
        whats = [rows.whats[rows.what[row]] for row in span]
        patients.append(
            [
                Event(id=ids[row], patient=names[number], name=name, phase=phase, occurred=int(rows.at[row]))  # type: ignore[arg-type]
                for row, (name, phase) in zip(span, whats, strict=True)
            ]
        )
    start = time.perf_counter()
    for events in patients:
        tell(compiled, events, as_of=as_of)
    return {"events": sum(map(len, patients)), "events_a_second": round(len(ids) / (time.perf_counter() - start))}


def _waiting(compiled: Compiled, log: Path, whole: float) -> dict[str, Any]:
    """The rules that only wait, as a hand would write them in SQL and in pandas: seconds a rule."""
    rules = list(_within(compiled))
    found: dict[str, Any] = {"rules": len(rules), "ours_s_a_rule": round(whole / len(compiled.rules), 4)}
    for name, ask in (("duckdb", _duckdb), ("pandas", _pandas)):
        try:
            taken = ask(log, rules)
        except ImportError:
            continue
        found[f"{name}_s_a_rule"] = round(taken / len(rules), 4)
        found[f"{name}_against_ours"] = round(taken / len(rules) / found["ours_s_a_rule"], 2)
    return found


def _mined(python: Path, log: Path, ours: int) -> dict[str, Any]:
    """pm4py on a share of the log, and how many times as fast all of ours is."""
    command = [str(python), str(Path(__file__).with_name("mining.py")), str(log), str(_SHARE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {f"ours_against_{name}": round(ours / found[f"{name}_events_a_second"], 1) for name in _MINED}


def _within(compiled: Compiled) -> Iterator[tuple[str, str, int]]:
    """Anchor, target and microseconds of the rules that expect an event within hours after another."""
    for rule in compiled.rules:
        timing = rule.rule.timing
        limit: Duration | None = timing.upper if timing else None
        if rule.rule.event and limit is not None and limit.elapsed and rule.raised_by and not rule.holds:
            yield rule.raised_by[0], rule.rule.event.key, elapsed(limit)


def _duckdb(log: Path, rules: list[tuple[str, str, int]]) -> float:
    import duckdb

    start = time.perf_counter()
    with duckdb.connect() as sql:
        sql.execute("set threads = 2")
        for anchor, target, limit in rules:
            sql.execute(
                """with anchors as (select patient, min(occurred) as since from read_parquet($log) where event = $anchor group by 1),
                        met as (select a.patient, min(e.occurred) as occurred from anchors a join read_parquet($log) e
                                on e.patient = a.patient and e.event = $target and e.occurred >= a.since group by 1)
                   select count(*), count(met.occurred), count(*) filter (met.occurred <= a.since + $allowed)
                   from anchors a left join met using (patient)""",
                {"anchor": anchor, "target": target, "allowed": limit, "log": str(log)},
            ).fetchall()
    return time.perf_counter() - start


def _pandas(log: Path, rules: list[tuple[str, str, int]]) -> float:
    import pandas

    start = time.perf_counter()
    frame = pandas.read_parquet(log, columns=["patient", "event", "occurred"])
    for anchor, target, limit in rules:
        anchors = frame[frame.event == anchor].groupby("patient").occurred.min().rename("anchor")
        met = frame[frame.event == target].join(anchors, on="patient", how="inner")
        met = met[met.occurred >= met.anchor].groupby("patient").occurred.min()
        both = anchors.to_frame().join(met)
        (both.occurred <= both.anchor + limit).sum()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
