"""How fast patients are told, beside a bare `transitions` machine that only moves them between stages.

    python -m benchmarks.tracking [--patients N]

Prints JSON: events, seconds and events per second of each, the best of three runs in the same process, and their ratio. The
machine does a small part of the work (no rules, no deadlines, no breaks): it says how much the rest costs.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

from transitions import Machine

from pathway.events.event import Event
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.load import load
from pathway.simulation.county import county
from pathway.tracking.tell import tell


class _Patient:
    state: str


def _bare(compiled: Compiled, patients: dict[str, list[Event]]) -> None:
    """Only the moves: one machine, one reused model, the state set by hand."""
    model = _Patient()
    machine = Machine(model=model, states=list(compiled.pathway.stages), initial="prehospitalt", auto_transitions=False)
    for (stage, key), ways in compiled.on_event.items():
        machine.add_transition(key, stage, compiled.transitions[ways[0]].transition.target or "=")
    known = {(stage, key) for stage, key in compiled.on_event}
    for events in patients.values():
        model.state = "prehospitalt"
        for event in events:
            if (model.state, event.key) in known:
                machine.events[event.key].trigger(model)


def _best(work: Callable[[], None]) -> float:
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--patients", type=int, default=1000)
    asked = options.parse_args()
    pathway = load("stroke").pathway
    assert pathway is not None
    compiled = compile_pathway(pathway)
    made = county(compiled, patients=asked.patients)
    patients: dict[str, list[Event]] = {}
    for event in made.events:
        patients.setdefault(event.patient, []).append(event)
    count = len(made.events)

    def told() -> None:
        for events in patients.values():
            tell(compiled, events, as_of=made.as_of)

    ours, bare = _best(told), _best(lambda: _bare(compiled, patients))
    found = {
        "events": count,
        "rules": len(compiled.rules),
        "tell": {"seconds": round(ours, 3), "events_per_second": round(count / ours)},
        "transitions_moves_only": {"seconds": round(bare, 3), "events_per_second": round(count / bare)},
        "ratio": round(ours / bare, 2),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
