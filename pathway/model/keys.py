"""What events and codes are looked up by."""

from __future__ import annotations

from collections.abc import Callable

from pathway.model.expressions import EventRef
from pathway.model.pathway import Pathway


def event_key(event: EventRef, pathway: Pathway) -> str:
    """What an event is looked up by. A message without a phase means that it was sent, a resource that it was delivered."""
    if event.phase is None and event.name in pathway.messages:
        return f"{event.name} sent"
    if event.phase is None and event.name in pathway.resources:
        return f"{event.name} delivered"
    return event.key


def covers(first: str, last: str | None = None) -> Callable[[str], bool]:
    """Whether a code is the given one, one of its children, or in a range of codes with their children; dots are no matter."""
    low = first.replace(".", "").upper()
    high = low if last is None else last.replace(".", "").upper()

    def fits(code: str) -> bool:
        plain = code.replace(".", "").upper()
        return len(plain) >= len(low) and low <= plain[: len(low)] and plain[: len(high)] <= high

    return fits
