"""What happened: one event of one patient (E1), as the readers make it and settling (E2) leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pathway.model.base import Phase
from pathway.model.expressions import Value

Instant = int
"""Microseconds since 1970-01-01 00:00 UTC."""

DEVIATION = "deviation"
"""The name of an event that records a reasoned deviation (O12)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. Names (`name`, `sender`, `receiver`, `elements`, keys of `facts`) are those that the pathway declares.

    `occurred` is the first instant of the local day when the source knows only the date (`date_only`, T3). `recorded` is
    None when the source has no such column: it then counts as recorded when it occurred. A version of an event is visible
    at K when recorded <= K < until (E2); `root` is the id of the first version. `party` is the party or unit that it came
    from, `refers` the id of the message that a receipt or an answer is about. `elements` is None when the source does not say
    what a message contained: it then counts as complete. A deviation names its rule or stage; `cause` is what
    people recorded as the cause of a break (unclear responsibility, capacity, the patient's own choice): it is never guessed.
    """

    id: str
    patient: str
    name: str
    occurred: Instant
    phase: Phase | None = None
    date_only: bool = False
    recorded: Instant | None = None
    until: Instant | None = None
    root: str = ""
    party: str | None = None
    unit: str | None = None
    sender: str | None = None
    receiver: str | None = None
    elements: tuple[str, ...] | None = None
    amount: float | None = None
    refers: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    deviation: str | None = None
    because: str | None = None
    deviation_until: Instant | None = None
    cause: str | None = None

    @property
    def key(self) -> str:
        """`name`, or `name phase`: what `EventRef.key` is matched with."""
        return self.name if self.phase is None else f"{self.name} {self.phase}"
