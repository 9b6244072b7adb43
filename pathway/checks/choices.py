"""Where the text chooses between ways: the transitions of a stage on one event, and the lines `enter` on one event.

Each is a list of conditions in the order in which they are tried; what is tried before them all (`leave`, `unsuited`) stands apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pathway.checks.flow import open_stages_of
from pathway.model.base import Placed
from pathway.model.expressions import And, Compare, Condition, EventRef, FactValue, LastFact, Not, Or, Within
from pathway.model.keys import event_key
from pathway.model.pathway import Enter, Pathway, Stage, Transition

Line = TypeVar("Line", bound=Placed)
"""What a way is written as."""


@dataclass(frozen=True, slots=True)
class Way(Generic[Line]):
    """A line with its condition (None: always). `last` is `otherwise`."""

    line: Line
    target: str | None
    when: Condition | None
    last: bool = False


@dataclass(frozen=True, slots=True)
class Choice(Generic[Line]):
    """The ways that an event may take, in the order tried. `event` is the first of several that choose between the same ways."""

    event: EventRef
    before: tuple[Condition | None, ...]
    """The conditions of what is tried first."""
    ways: tuple[Way[Line], ...]
    stage: Stage | None = None
    caught: bool = False
    """Whether the event shows another stage, so that a patient whom no transition takes is moved there (P5)."""

    @property
    def conditional(self) -> list[Way[Line]]:
        """The ways that depend on the patient."""
        return [way for way in self.ways if way.when is not None and not way.last]

    @property
    def always(self) -> bool:
        """Whether some way is taken whatever the patient."""
        return any(way.when is None for way in self.ways) or None in self.before

    @property
    def conditions(self) -> list[Condition]:
        """All conditions, in the order tried."""
        return [*self.first, *(way.when for way in self.ways if way.when is not None and not way.last)]

    @property
    def first(self) -> list[Condition]:
        return [condition for condition in self.before if condition is not None]


def transitions(pathway: Pathway) -> Iterator[Choice[Transition]]:
    """The choices of each stage: its own transitions, then those of `throughout`; `otherwise` last of each (P3)."""
    everywhere: list[list[Transition]] = []
    shown = {event_key(event, pathway): stage.name for stage in pathway.stages.values() for event in stage.recognised_by}
    for stage in open_stages_of(pathway):
        ordered = [
            way
            for holder in (stage, pathway.throughout)
            for way in sorted(holder.transitions, key=lambda way: way.otherwise)
            if way.on
        ]
        seen: list[list[Transition]] = []
        for event in dict.fromkeys(event for way in ordered for event in way.on):
            taken = [way for way in ordered if _concerns(pathway, event, way.on)]
            if taken in seen or taken in everywhere:
                continue
            seen.append(taken)
            if all(way in pathway.throughout.transitions for way in taken):
                everywhere.append(taken)  # the same choice in every stage: told once
            ways = tuple(Way(way, way.target, _now(pathway, way.when, event), way.otherwise) for way in taken)
            before = [_now(pathway, way.when, event) for way in pathway.leaves if _concerns(pathway, event, way.on)]
            caught = shown.get(event_key(event, pathway), stage.name) != stage.name
            yield Choice(event, tuple(before), ways, stage, caught)


def ways_in(pathway: Pathway) -> Iterator[Choice[Enter]]:
    """The choices between lines `enter`; `unsuited` is tried before each."""
    seen: list[list[Enter]] = []
    for event in dict.fromkeys(event for entry in pathway.enters for event in entry.on):
        taken = [entry for entry in pathway.enters if _concerns(pathway, event, entry.on)]
        if taken not in seen:
            seen.append(taken)
            before = tuple(_now(pathway, case.when, event) for case in pathway.unsuited)
            yield Choice(event, before, tuple(Way(entry, entry.stage, _now(pathway, entry.when, event)) for entry in taken))


def _concerns(pathway: Pathway, event: EventRef, on: tuple[EventRef, ...]) -> bool:
    key = event_key(event, pathway)
    return any(event_key(other, pathway) == key for other in on)


def _now(pathway: Pathway, condition: Condition | None, event: EventRef) -> Condition | None:
    """A condition as it is on an event: what the event itself has just told is what it last told."""
    declared = pathway.events.get(event.name)

    def walk(node: Condition) -> Condition:
        match node:
            case And(items=items) | Or(items=items):
                return node.model_copy(update={"items": tuple(walk(item) for item in items)})
            case Not(item=item):
                return Not(item=walk(item))
            case Compare(left=LastFact(fact=fact, event=of)) | Within(left=LastFact(fact=fact, event=of)):
                if of == event and declared is not None and fact in declared.carries:
                    return node.model_copy(update={"left": FactValue(fact=fact)})
        return node

    return None if condition is None else walk(condition)
