"""What a pathway waits for and a log never tells of: it shows as missing, and may only never be recorded."""

from __future__ import annotations

from collections.abc import Iterable

from pathway.events.event import Event
from pathway.machine.tables import Compiled

Told = frozenset[tuple[str, str | None]]
"""The names of events, with their phases."""


def told_by(events: Iterable[Event]) -> Told:
    return frozenset((event.name, event.phase) for event in events)


def never_seen(compiled: Compiled, told: Told) -> list[str]:
    """What the rules of the pathway wait for, by key, that is nowhere among what a log tells. Nothing where the log is empty."""
    seen: set[str] = set()
    for name, phase in told:
        seen.update(compiled.keys.get((name, phase), ()))
        if name in compiled.pathway.messages:
            seen.add(f"{name} sent")  # received, acknowledged and answered say that it was
    wanted: dict[str, None] = {}
    for rule in compiled.rules:
        if rule.rule.kind in ("expect", "measure", "send", "need") and rule.meets and not seen & rule.meets:
            event = rule.rule.event.key if rule.rule.event else f"{rule.rule.message or rule.rule.resource}"
            wanted.setdefault(event)
    return list(wanted) if told else []
