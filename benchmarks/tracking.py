"""How fast patients are told and followed live, beside state machines that do no more than move them between stages.

    python -m benchmarks.tracking [--patients N]

Prints JSON, each figure the best of three runs in one process:

- `tell`: every patient's story told from its events, events a second;
- `live`: each event recorded as it comes, and the breaks asked for after each, events a second;
- `live_shuffled`: the same with one event in ten coming three events late;
- `retell_200`: one patient with 200 events told anew, milliseconds;
- `memory`: bytes a followed patient takes beyond its events: ready to answer, and at rest;
- `moves_only`: what others need for the stage changes alone, with no rules, no deadlines, no breaks: events a second, and how many
  times as long as that `live` takes. `pip install -e .[bench]` brings python-statemachine and sismic; without them they are left out.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from transitions import Machine

from pathway.events.event import Event
from pathway.machine.compile import compile_pathway
from pathway.machine.tables import Compiled
from pathway.model.load import load
from pathway.simulation.county import county
from pathway.tracking.live import Live
from pathway.tracking.tell import place_in_order, tell

Patients = dict[str, list[Event]]
_FIRST = "prehospitalt"


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def _followed(compiled: Compiled, patients: Patients) -> list[Live]:
    followed = []
    for name, events in patients.items():
        live = Live(compiled, name)
        for event in events:
            live.add(event)
            live.breaks(event.occurred)
        followed.append(live)
    return followed


def _late(events: list[Event]) -> list[Event]:
    """One event in ten comes after three that are later."""
    order = sorted(range(len(events)), key=lambda place: place + (3.5 if place % 10 == 5 else 0))
    return [events[place] for place in order]


def _long(compiled: Compiled, patients: Patients) -> list[Event]:
    """200 events of one patient: one year after another."""
    year = 366 * 24 * 3_600_000_000
    events: list[Event] = []
    for number, told in enumerate(patients.values()):
        first = told[0].occurred
        for event in told:
            name = f"{number}-{event.id}"
            moved = event.occurred - first + number * year + 631_152_000_000_000
            events.append(Event(name, "long", event.name, moved, event.phase, root=name, sender=event.sender,
                                receiver=event.receiver, elements=event.elements, facts=event.facts))  # fmt: skip
        if len(events) >= 200:
            return events[:200]
    return events


def _memory(compiled: Compiled, patients: Patients) -> dict[str, int]:
    def held() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    _followed(compiled, dict(list(patients.items())[:20]))
    tracemalloc.start()
    before = held()
    followed = _followed(compiled, patients)
    ready = held() - before
    for live in followed:
        live.rest()
    resting = held() - before
    tracemalloc.stop()
    return {"ready": round(ready / len(patients)), "at_rest": round(resting / len(patients))}


def _ways(compiled: Compiled) -> dict[tuple[str, str], str]:
    """By stage and key, where the first transition leads."""
    return {
        place: compiled.transitions[numbers[0]].transition.target or place[0] for place, numbers in compiled.on_event.items()
    }


def _bare_transitions(compiled: Compiled, patients: Patients) -> Callable[[], None]:
    """One machine, one reused model, the state set by hand."""

    class Model:
        state: str

    model, ways = Model(), _ways(compiled)
    machine = Machine(model=model, states=list(compiled.pathway.stages), initial=_FIRST, auto_transitions=False)
    for (stage, key), target in ways.items():
        machine.add_transition(key, stage, target)

    def move() -> None:
        for events in patients.values():
            model.state = _FIRST
            for event in events:
                if (model.state, event.key) in ways:
                    machine.events[event.key].trigger(model)

    return move


def _statemachine(compiled: Compiled, patients: Patients) -> Callable[[], None]:
    """A machine a patient, which is how it is used."""
    from statemachine import State, StateMachine

    ways = _ways(compiled)
    reached = {_FIRST, *ways.values()}
    ends = {name for name in reached if not any(stage == name for stage, _ in ways)}
    body: dict[str, Any] = {name: State(name, initial=name == _FIRST, final=name in ends) for name in reached}
    triggers = {key: f"on_{number}" for number, key in enumerate(dict.fromkeys(key for _, key in ways))}
    for key, trigger in triggers.items():
        moves = [body[stage].to(body[target]) for (stage, at), target in ways.items() if at == key and stage in reached]
        for move in moves[1:]:
            moves[0] |= move
        body[trigger] = moves[0]
    body["allow_event_without_transition"] = True
    Moves = type("Moves", (StateMachine,), body)  # noqa: N806

    def move() -> None:
        for events in patients.values():
            machine = Moves()
            for event in events:
                if event.key in triggers:
                    machine.send(triggers[event.key])

    return move


def _sismic(compiled: Compiled, patients: Patients) -> Callable[[], None]:
    """An interpreter a patient, which is how it is used."""
    from sismic.interpreter import Interpreter
    from sismic.model import BasicState, CompoundState, Statechart, Transition

    chart = Statechart("moves")
    chart.add_state(CompoundState("root", initial=_FIRST), None)
    for name in compiled.pathway.stages:
        chart.add_state(BasicState(name), "root")
    for (stage, key), target in _ways(compiled).items():
        chart.add_transition(Transition(stage, target, event=key))

    def move() -> None:
        for events in patients.values():
            interpreter = Interpreter(chart)
            for event in events:
                interpreter.queue(event.key)
                interpreter.execute()

    return move


_OTHERS = {"transitions": _bare_transitions, "statemachine": _statemachine, "sismic": _sismic}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--patients", type=int, default=500)
    asked = options.parse_args()
    pathway = load("stroke").pathway
    assert pathway is not None
    compiled = compile_pathway(pathway)
    made = county(compiled, patients=asked.patients)
    patients: Patients = {}
    for event in made.events:
        patients.setdefault(event.patient, []).append(event)
    patients = {name: [o.event for o in place_in_order(compiled, events)] for name, events in patients.items()}
    count = len(made.events)
    late = {name: _late(events) for name, events in patients.items()}
    long = _long(compiled, patients)
    tell_seconds = _best(lambda: [tell(compiled, events, as_of=made.as_of) for events in patients.values()])
    live_seconds = _best(lambda: _followed(compiled, patients))
    late_seconds = _best(lambda: _followed(compiled, late))
    others = {}
    for name, prepare in _OTHERS.items():
        if importlib.util.find_spec(name) is not None:
            seconds = _best(prepare(compiled, patients))
            others[name] = {"events_per_second": round(count / seconds), "ratio": round(live_seconds / seconds, 2)}
    found = {
        "events": count,
        "rules": len(compiled.rules),
        "tell": {"events_per_second": round(count / tell_seconds)},
        "live": {"events_per_second": round(count / live_seconds)},
        "live_shuffled": {"events_per_second": round(count / late_seconds)},
        "retell_200": {"events": len(long), "ms": round(_best(lambda: tell(compiled, long, as_of=made.as_of)) * 1000, 1)},
        "memory": _memory(compiled, patients),
        "moves_only": others,
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
