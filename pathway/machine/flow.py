"""The flow between stages as a `transitions` machine: one per pathway, with no patient in it.

A patient is a `Traveller` for the time of one event; where it stands is kept outside the machine (a machine or a model per
patient costs 18-280 kB). The machine decides which transition is taken; what is raised by it is the tracker's work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transitions import Machine

from pathway.machine.conditions import Knowledge

if TYPE_CHECKING:
    from pathway.machine.tables import CompiledTransition


@dataclass(slots=True)
class Traveller:
    """The machine's model: a stage, what is known, and what came of the event."""

    state: str
    knowledge: Knowledge
    taken: int | None = None
    unknown: bool = False
    """Whether a transition was passed over because its condition is unknown (P4)."""


class Flow:
    """Which transition an event takes. Safe to share between threads: nothing of a patient stays in it."""

    def __init__(
        self,
        stages: Sequence[str],
        transitions: Sequence[CompiledTransition],
        on_event: Mapping[tuple[str, str], tuple[int, ...]],
    ) -> None:
        self._machine = Machine(
            model=None, states=list(stages), initial=None, auto_transitions=False, send_event=True, after_state_change=[]
        )
        for (stage, key), indexes in on_event.items():
            for index in indexes:
                way = transitions[index]
                # `return` has no fixed target: the machine stays, and the tracker knows the stage last left.
                self._machine.add_transition(
                    trigger=key,
                    source=stage,
                    dest=way.transition.target or "=",
                    conditions=[_fits(way)],
                    after=[_taken(index)],
                )

    @property
    def machine(self) -> Machine:
        """The `transitions` machine itself, to draw or to inspect."""
        return self._machine

    def take(self, stage: str, key: str, knowledge: Knowledge) -> Traveller:
        """Offer an event to a stage that has transitions on it."""
        traveller = Traveller(stage, knowledge)
        self._machine.events[key].trigger(traveller)
        return traveller


def _fits(way: CompiledTransition) -> Callable[[Any], bool]:
    def fits(event: Any) -> bool:
        traveller: Traveller = event.model
        if way.transition.otherwise and traveller.unknown:
            return False
        fit = True if way.when is None else way.when(traveller.knowledge)
        traveller.unknown |= fit is None
        return bool(fit)

    return fits


def _taken(index: int) -> Callable[[Any], None]:
    def taken(event: Any) -> None:
        event.model.taken = index

    return taken
