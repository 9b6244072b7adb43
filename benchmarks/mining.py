"""How fast pm4py looks at the same log: run by `benchmarks.replay` in another environment. Prints JSON.

    python3 -m venv pm4py-environment && pm4py-environment/bin/pip install pm4py pyarrow
    python -m benchmarks.replay --pm4py pm4py-environment/bin/python

pm4py is licensed so that nothing of ours may depend on it; this script is run beside, and imports nothing of ours. Token replay asks
whether each patient's events fit a net that is discovered in them; the temporal profile how far times between events lie from
their mean. Neither knows deadlines.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def main() -> None:
    log, share = sys.argv[1], int(sys.argv[2])
    import pandas
    import pm4py
    import pyarrow.parquet as parquet

    parts: list[Any] = []
    for batch in parquet.ParquetFile(log).iter_batches(columns=["patient", "event", "occurred"]):
        parts.append(batch.to_pandas())
        if sum(map(len, parts)) >= share:
            break
    rows = pandas.concat(parts)[:share]
    frame = pandas.DataFrame(
        {
            "case:concept:name": rows["patient"].astype(str),
            "concept:name": rows["event"].astype(str),
            "time:timestamp": pandas.to_datetime(rows["occurred"], unit="us", utc=True),
        }
    )
    net = pm4py.discover_petri_net_inductive(frame)
    profile = pm4py.discover_temporal_profile(frame)
    found: dict[str, Any] = {"version": pm4py.__version__, "events": len(frame)}
    for name, work in (
        ("token_replay", lambda: pm4py.conformance_diagnostics_token_based_replay(frame, *net)),
        ("temporal_profile", lambda: pm4py.conformance_temporal_profile(frame, profile)),
    ):
        start = time.perf_counter()
        work()
        found[f"{name}_events_a_second"] = round(len(frame) / (time.perf_counter() - start))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
