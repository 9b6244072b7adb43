"""Settling a log (E2): versions of one event put in order, with the time until which each was believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from pathway.events.event import Event, Instant


@dataclass(frozen=True, slots=True)
class Version:
    """An event as read, with what it says of an earlier one: `corrects` or `retracts` its id. `told` is False when the source
    gave no id: then the same content twice is one event."""

    event: Event
    corrects: str | None = None
    retracts: str | None = None
    told: bool = True


@dataclass(frozen=True, slots=True)
class Settled:
    """Events with `root` and `until` set, and what could not be settled, counted by reason: `duplicate` (the same content
    twice), `no original` (a correction or retraction of what is not there), `circle`, `retraction` (rows that only retract)."""

    events: list[Event]
    counts: Mapping[str, int]


def settle(versions: Iterable[Version]) -> Settled:
    """Settle a log. The order in which its rows came does not matter."""
    counts: Counter[str] = Counter()
    kept: list[Version] = []
    seen: set[object] = set()
    for version in versions:
        content = _content(version)
        if content in seen:
            counts["duplicate"] += 1
            continue
        seen.add(content)
        kept.append(version)
    by_id: dict[str, list[Version]] = {}
    for version in kept:
        by_id.setdefault(version.event.id, []).append(version)
    if len(by_id) == len(kept) and not any(v.corrects or v.retracts for v in kept):
        return Settled([replace(v.event, root=v.event.id) for v in kept], counts)
    chains: dict[str, list[Version]] = {}
    parents = _parents(by_id)
    for version in kept:
        root = _root(version.event.id, parents)
        if root is None:
            counts["circle"] += 1
        elif root not in by_id:
            counts["no original"] += 1
        else:
            chains.setdefault(root, []).append(version)
    events: list[Event] = []
    for root, chain in chains.items():
        events += _believed(root, chain, counts)
    return Settled(events, counts)


def content_id(event: Event) -> str:
    """An id for an event whose source gives none, made from what it says: the same wherever the row stands in whichever file."""
    return blake2b(repr(_said(event)).encode(), digest_size=8).hexdigest()


def _content(version: Version) -> object:
    """What makes two rows the same: with ids everything, without the content only."""
    said = _said(version.event)
    if not version.told:
        return said
    return (version.event.id, version.event.recorded, version.corrects, version.retracts, *said)


def _said(event: Event) -> tuple[object, ...]:
    facts = tuple(sorted((name, repr(value)) for name, value in event.facts.items()))
    return (
        event.patient, event.name, event.occurred, event.date_only, event.phase, event.party, event.unit, event.sender,
        event.receiver, event.elements, event.amount, event.refers, facts, event.deviation, event.because,
        event.deviation_until,
    )  # fmt: skip


def _parents(by_id: Mapping[str, list[Version]]) -> dict[str, str]:
    """By id, the id that its earliest version says that it corrects or retracts."""
    parents: dict[str, str] = {}
    for name, versions in by_id.items():
        for version in sorted(versions, key=_order):
            earlier = version.corrects or version.retracts
            if earlier is not None and earlier != name:
                parents[name] = earlier
                break
    return parents


def _root(name: str, parents: Mapping[str, str]) -> str | None:
    """The id of the first version that a chain of corrections leads to; None for a circle."""
    passed = {name}
    while name in parents:
        name = parents[name]
        if name in passed:
            return None
        passed.add(name)
    return name


def _order(version: Version) -> tuple[Instant, bytes, bytes]:
    """Versions in the order in which they were recorded; at one time by id, then by content."""
    return (_recorded(version.event), version.event.id.encode(), repr(_content(version)).encode())


def _believed(root: str, chain: list[Version], counts: Counter[str]) -> list[Event]:
    """The versions of one event, each until the next was recorded."""
    chain.sort(key=_order)
    events: list[Event] = []
    for version, after in zip(chain, [*chain[1:], None], strict=True):
        if version.retracts is not None:
            counts["retraction"] += 1
            continue
        until = None if after is None else _recorded(after.event)
        events.append(replace(version.event, root=root, until=until))
    return events


def _recorded(event: Event) -> Instant:
    return event.occurred if event.recorded is None else event.recorded
