"""How something owed is done, or broken: the events that come of an obligation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pathway.events.event import Instant
from pathway.model.expressions import Value
from pathway.tracking.state import Obligation

if TYPE_CHECKING:
    from pathway.simulation.population import Walk

_MINUTE = 60_000_000
_DAY = 24 * 60 * _MINUTE
TICK = ""
"""The key of no event: time passes, and what is newly owed is seen."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event to be made. `stay` is the number of the stay that it belongs to; None: it happens wherever the patient is."""

    key: str
    facts: Mapping[str, Value] = field(default_factory=dict)
    sender: str | None = None
    receiver: str | None = None
    elements: tuple[str, ...] | None = None
    party: str | None = None
    stay: int | None = None


def fulfil(walk: Walk, obligation: Obligation, now: Instant, broken: bool) -> str | None:
    """Plan what meets an obligation, or how it is broken. Returns how, when it is."""
    match obligation.rule.rule.kind:
        case "send":
            return _send(walk, obligation, now, broken)
        case "need":
            return _need(walk, obligation, now, broken)
        case "expect" | "measure":
            return _expect(walk, obligation, now, broken)
    return None


def _when(walk: Walk, obligation: Obligation, now: Instant, late: bool) -> Instant:
    """A time before the due time, or after it."""
    start = max(now, obligation.lower or now)
    due = obligation.due if obligation.due is not None else start + 4 * 60 * _MINUTE
    span = max(due - start, 10 * _MINUTE)
    at = (
        due + max(int(span * walk.chance.uniform(0.1, 1.5)), 5 * _MINUTE)
        if late
        else start + int(span * walk.chance.uniform(0.05, 0.9))
    )
    return at // _MINUTE * _MINUTE + (0 if at % _MINUTE == 0 else _MINUTE if late else 0)


def _expect(walk: Walk, obligation: Obligation, now: Instant, broken: bool) -> str | None:
    event = obligation.rule.rule.event
    if event is None or any(event.key in way.keys for way in walk.compiled.transitions):
        return None  # what moves the patient on is the walk's own choice
    if event.name in walk.compiled.pathway.messages:
        return None  # a message goes when a rule asks somebody to send it
    how = None if not broken else walk.chance.choice(("late", "missing"))
    if how != "missing":
        # What belongs to the stage does not follow the patient out of it.
        stay = walk.stays if obligation.rule.ends_with_stage else None
        walk.plan(_when(walk, obligation, now, how == "late"), Happening(event.key, party=obligation.rule.rule.by, stay=stay))
    return how


def _send(walk: Walk, obligation: Obligation, now: Instant, broken: bool) -> str | None:
    rule = obligation.rule.rule
    message = f"{rule.message} sent"
    if obligation.part != "main":
        return _receipt(walk, obligation, now, broken)
    names = tuple(name for name, _ in obligation.rule.elements)
    how = None if not broken else walk.chance.choice(("late", "late", "missing", "incomplete", "misdirected"))
    if how == "incomplete" and len(names) < 2:
        how = "late"
    if how == "missing":
        return how
    elsewhere = next((p for p in walk.compiled.pathway.parties if p not in (rule.sender, obligation.receiver)), None)
    walk.plan(
        _when(walk, obligation, now, how == "late"),
        Happening(
            message,
            sender=rule.sender,
            receiver=elsewhere if how == "misdirected" else obligation.receiver,
            elements=names[:-1] if how == "incomplete" else names,
            party=rule.sender,
        ),
    )
    return how


def _receipt(walk: Walk, obligation: Obligation, now: Instant, broken: bool) -> str | None:
    rule = obligation.rule.rule
    # Receipts are machines': they fail more seldom than people do.
    if broken and walk.chance.random() < 0.3:
        return "missing"
    facts: dict[str, Value] = {}
    if obligation.part == "answer" and rule.answer_fact is not None:
        drawn = walk.value(rule.answer_fact, walk.compiled.pathway.facts[rule.answer_fact].type)
        facts = {} if drawn is None else {rule.answer_fact: drawn}
    phase = "acknowledged" if obligation.part == "receipt" else "answered"
    told = Happening(
        f"{rule.message} {phase}",
        facts=facts,
        sender=rule.sender,
        receiver=obligation.receiver,
        elements=(),
        party=obligation.receiver,
    )
    minutes = walk.chance.randint(1, 30) if phase == "acknowledged" else walk.chance.randint(20, 300)
    walk.plan(now + minutes * _MINUTE, told)
    return None


def _need(walk: Walk, obligation: Obligation, now: Instant, broken: bool) -> str | None:
    rule = obligation.rule.rule
    if rule.frequency is not None:
        return _often(walk, obligation, broken)
    stay = walk.stays if rule.whole_stage else None
    if broken and walk.chance.random() < 0.5:
        walk.plan(now + 15 * _MINUTE, Happening(f"{rule.resource} refused", stay=stay))
        walk.plan(now + walk.chance.randint(6, 40) * 60 * _MINUTE, Happening(f"{rule.resource} started", stay=stay))
        return "refused"
    if broken and not rule.whole_stage:
        walk.plan(_when(walk, obligation, now, True), Happening(f"{rule.resource} started"))
        return "late"
    if not rule.whole_stage:
        walk.plan(_when(walk, obligation, now, False), Happening(f"{rule.resource} started"))
    else:
        walk.plan(now + walk.chance.randint(0, 30) * _MINUTE, Happening(f"{rule.resource} started", stay=stay))
    return None


def _often(walk: Walk, obligation: Obligation, broken: bool) -> str | None:
    frequency = obligation.rule.rule.frequency
    assert frequency is not None  # the caller has looked
    times = round(frequency.amount) if frequency.unit == "times" else 3
    given = walk.chance.randint(0, times - 1) if broken else times
    if obligation.due is not None:
        walk.plan(obligation.due + 1, Happening(TICK, stay=walk.stays))  # to see what is owed the week after
    days = walk.chance.sample(range(7), min(given, 7))
    for day in days:
        at = obligation.anchored_at + day * _DAY + walk.chance.randint(9 * 60, 15 * 60) * _MINUTE
        walk.plan(at, Happening(f"{obligation.rule.rule.resource} delivered", stay=walk.stays))
    return "insufficient" if broken else None
