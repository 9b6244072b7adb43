"""Stages with transitions on one event under conditions drawn at random, and every patient of a grid for whom to try them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from pathway.events.event import Event
from pathway.machine.compile import Compiled
from pathway.model.expressions import (
    And,
    Compare,
    Condition,
    CountOf,
    EventRef,
    FactValue,
    Happened,
    Known,
    Not,
    Or,
    Value,
    Within,
)
from pathway.model.pathway import Enter, Fact, FactType, Pathway, Stage, Transition, Unsuited
from pathway.model.pathway import Event as Declared
from pathway.tracking.tell import Story, tell
from tests.drawn.world import LAST, START, STEP

FACTS = {
    "age": FactType(kind="number", unit="year"),
    "mrs": FactType(kind="number", minimum=0, maximum=6),
    "crp": FactType(kind="number", unit="mg/L"),
    "walking": FactType(kind="one_of", values=("unable", "with_aid", "alone")),
    "frail": FactType(kind="yes_no"),
    "diagnosis": FactType(kind="code", system="ICD10"),
}
GRID: dict[str, list[Value]] = {
    "age": [0, 17, 18, 19, 40, 64, 65, 66, 100],
    "mrs": [0, 1, 2, 3, 4, 6],
    "crp": [0, 2, 5, 5.5, 10, 12],
    "walking": ["unable", "with_aid", "alone"],
    "frail": [False, True],
    "diagnosis": ["I60", "I61", "I63", "I63.9", "I64", "I69", "I70"],
}
SEEN, GO = EventRef(name="seen"), EventRef(name="go")

_orders = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


def _fact(name: str) -> FactValue:
    return FactValue(fact=name)


_atoms = st.one_of(
    st.builds(lambda op, n: Compare(op=op, left=_fact("age"), right=n), _orders, st.sampled_from([18, 65])),
    st.builds(lambda op, n: Compare(op=op, left=_fact("mrs"), right=n), _orders, st.sampled_from([1, 3])),
    st.builds(lambda op, n: Compare(op=op, left=_fact("crp"), right=n), _orders, st.sampled_from([5, 10])),
    st.builds(lambda op, w: Compare(op=op, left=_fact("walking"), right=w), _orders, st.sampled_from(["with_aid", "alone"])),
    st.builds(lambda yes: Compare(op="==", left=_fact("frail"), right=yes), st.booleans()),
    st.builds(
        lambda op, values: Within(op=op, left=_fact("diagnosis"), values=values),
        st.sampled_from(["in", "not in"]),
        st.sampled_from([(("I60", "I63"),), ("I63",), ("I61", "I64"), (("I61", "I69"),)]),
    ),
    st.just(Happened(event=SEEN)),
    st.builds(lambda op, n: Compare(op=op, left=CountOf(event=SEEN), right=n), _orders, st.sampled_from([1, 2])),
    st.sampled_from([Known(fact="mrs"), Known(fact="frail")]),
)
conditions = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        inner.map(lambda c: Not(item=c)),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: And(items=tuple(items))),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: Or(items=tuple(items))),
    ),
    max_leaves=4,
)


def pathway_of(ways: list[Condition], unsuited: list[Condition] | None = None) -> Pathway:
    """A stage with a transition on `go` under each condition, each to a stage of its own; the same as ways in on `come`."""
    names = [f"t{place}" for place in range(len(ways))]
    transitions = tuple(Transition(target=name, on=(GO,), when=when) for name, when in zip(names, ways, strict=True))
    return Pathway(
        name="drawn",
        version="1",
        events={name: Declared(name=name) for name in ("start", "seen", "go", "come")},
        facts={name: Fact(name=name, type=kind) for name, kind in FACTS.items()},
        enters=(
            Enter(stage="one", on=(EventRef(name="start"),)),
            *(Enter(stage=n, on=(EventRef(name="come"),), when=w) for n, w in zip(names, ways, strict=True)),
        ),
        unsuited=tuple(Unsuited(when=when, because="elsewhere") for when in unsuited or []),
        stages={
            "one": Stage(name="one", transitions=transitions),
            **{name: Stage(name=name) for name in names},
        },
    )


@dataclass(frozen=True)
class Someone:
    """A patient of the grid: facts (None: unknown), and how often they were seen."""

    facts: dict[str, Value | None]
    seen: int
    now: int = 0

    def fact(self, name: str) -> Value | None:
        return self.facts.get(name)

    def told(self, fact: str, key: str) -> Value | None:
        return None

    def count(self, key: str, since: int | None) -> int:
        return self.seen

    def latest(self, key: str) -> int | None:
        return 0 if self.seen else None


def everybody(asked: set[str], *, unknown: bool = False) -> Iterator[Someone]:
    """Every patient of the grid who differs in what is asked."""
    axes = [[*GRID[name], *([None] if unknown else [])] for name in FACTS if name in asked]
    names = [name for name in FACTS if name in asked]
    for values in product(*axes):
        for seen in range(4) if "seen" in asked else (0,):
            yield Someone(dict(zip(names, values, strict=True)), seen)


def followed(compiled: Compiled, patient: Someone, last: str) -> Story:
    """What the engine tells of a patient who is seen so often, and then has the last event."""
    facts = {name: value for name, value in patient.facts.items() if value is not None}

    def event(place: int, name: str) -> Event:
        at = START + place * STEP
        given = {"id": f"{place:02}", "root": f"{place:02}", "patient": "x", "occurred": at, "recorded": at}
        return Event(**given, name=name, facts=facts if place == 0 else {})

    names = ["start", *["seen"] * patient.seen, last]
    return tell(compiled, [event(place, name) for place, name in enumerate(names)], as_of=LAST)
