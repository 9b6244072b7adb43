"""How something owed is done, or broken: which events, and when."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import time

from pathway.events.event import Instant
from pathway.machine.tables import Compiled
from pathway.model.base import LEVELS
from pathway.model.calendar import Calendar
from pathway.model.rules import Rule
from pathway.simulation.happening import DAY, HOUR, MINUTE, Happening, Intention
from pathway.tracking.patient import Patient
from pathway.tracking.records import Subtype
from pathway.tracking.state import Obligation

Planned = Iterator[tuple[Instant, Happening]]


def ways_to_break(patient: Patient, obligation: Obligation) -> tuple[Subtype, ...]:
    """The subtypes of break that can be made of what is owed. None of what never breaks (O14)."""
    edition = patient.episode(obligation).edition
    rule, timing = obligation.rule, obligation.timing
    if not rule.rule.breaks and obligation.part == "main":
        return ()
    if rule.rule.measured or rule.rule.standing.proposed or (timing is not None and timing.promptly):
        return ()
    if rule.rule.frequency is not None:
        return ("insufficient",)
    due = obligation.due is not None or rule.before_in(timing, obligation.part) is not None
    match rule.rule.kind:
        case "send" if obligation.part == "receipt":
            return ("unacknowledged",)
        case "send" if obligation.part == "answer":
            return ("unanswered",) if due else ()
        case "send":
            some = ("incomplete",) if sum(when is None for _, when in rule.elements) > 1 else ()
            other = ("misdirected",) if astray(edition, obligation) is not None else ()
            return ("late", "missing", *some, *other) if due else ()
        case "need":
            lasting: tuple[Subtype, ...] = ("refused", "missing", "withdrawn") if rule.rule.whole_stage else ()
            level: tuple[Subtype, ...] = ("wrong_level",) if above(edition, rule.rule) is not None else ()
            return (*lasting, *level) if rule.rule.whole_stage else ("late", "missing", "refused", *level) if due else level
        case "expect" if rule.staying:
            return ("late",) if due else ()
        case "expect":
            early = obligation.lower is not None and obligation.lower - patient.now > 2 * DAY
            return ("late", "missing", *(("early",) if early else ())) if due else ()
    return ()


def fulfil(patient: Patient, obligation: Obligation, meant: Intention, how: Subtype | None, chance: random.Random) -> Planned:
    """What is to happen, and when, so that it is kept (`how` None) or broken as meant. Nothing for what is to be missing, or can
    only be seen to when something else comes (`before X`)."""
    now = patient.now
    if obligation.rule.rule.frequency is not None:
        yield from _often(patient, obligation, meant, how, chance)
    elif how == "late" and obligation.due is not None:
        yield after(obligation.due, now, chance), done(patient, obligation, meant)
    elif how == "refused":
        doing = done(patient, obligation, meant)
        refusal = replace(doing, key=f"{obligation.rule.rule.resource} refused", party=None, plants="refused", may_drop=True)
        yield now + chance.randint(5, 60) * MINUTE, refusal
        yield now + chance.randint(6, 40) * HOUR, doing
    elif how == "unacknowledged":
        if chance.random() < 0.4:
            rejected = replace(done(patient, obligation, meant), key=f"{obligation.rule.rule.message} rejected")
            yield now + chance.randint(1, 30) * MINUTE, rejected
        elif obligation.due is not None and chance.random() < 0.5:
            yield after(obligation.due, now, chance), done(patient, obligation, meant)
    elif how == "unanswered":
        if obligation.due is not None and chance.random() < 0.5:
            yield after(obligation.due, now, chance), done(patient, obligation, meant)
    elif how == "early" and obligation.lower is not None:
        yield now + int((obligation.lower - now) * chance.uniform(0.1, 0.7)), done(patient, obligation, meant)
    elif how not in ("missing", "late"):
        kept = done(patient, obligation, meant, how)
        yield before(patient, obligation, chance), kept
        if how == "withdrawn":
            ended = replace(kept, key=f"{obligation.rule.rule.resource} ended", meant=None, plants="withdrawn", may_drop=True)
            yield now + chance.randint(8, 60) * HOUR, ended


def before(patient: Patient, obligation: Obligation, chance: random.Random) -> Instant:
    """A time that keeps the limit. What has none is done soon."""
    start = max(patient.now, obligation.lower or 0)
    if obligation.part == "receipt":
        soon = start + chance.randint(1, 30) * MINUTE
        return soon if obligation.due is None else min(soon, start + (obligation.due - start) // 2)
    if obligation.due is None:
        quick = obligation.rule.rule.whole_stage or (obligation.timing is not None and obligation.timing.promptly)
        return start + (chance.randint(1, 40) * MINUTE if quick else chance.randint(30, 20 * 60) * MINUTE)
    at = start + int((obligation.due - start) * chance.uniform(0.05, 0.85))
    return in_the_day(at, start, obligation.due, patient.compiled.calendar, chance)


def after(due: Instant, now: Instant, chance: random.Random) -> Instant:
    """A time that is too late, the longer the limit the later."""
    span = max(due - now, 20 * MINUTE)
    return due + max(int(span * chance.uniform(0.1, 1.2)), 5 * MINUTE)


def in_the_day(at: Instant, start: Instant, due: Instant, calendar: Calendar, chance: random.Random) -> Instant:
    """The same day at working hours, where there is time for that."""
    if due - start < 18 * HOUR:
        return at
    daytime = calendar.at(calendar.day(at), time(8)) + chance.randint(0, 8 * 60) * MINUTE
    return daytime if start < daytime < due else at


def done(patient: Patient, obligation: Obligation, meant: Intention, how: Subtype | None = None) -> Happening:
    """The event that is owed; for a message that goes astray, or lacks something, as it is then."""
    edition = patient.episode(obligation).edition
    rule = obligation.rule.rule
    doing = Happening("", meant=meant)
    match rule.kind:
        case "send" if obligation.part != "main":
            phase = "acknowledged" if obligation.part == "receipt" else "answered"
            return replace(
                doing,
                key=f"{rule.message} {phase}",
                sender=rule.sender,
                receiver=obligation.receiver,
                elements=(),
                party=obligation.receiver,
            )
        case "send":
            names = tuple(name for name, _ in obligation.rule.elements)
            if how == "incomplete":
                dropped = next(name for name, when in reversed(obligation.rule.elements) if when is None)
                names = tuple(name for name in names if name != dropped)
            return replace(
                doing,
                key=f"{rule.message} {'received' if rule.received_before is not None else 'sent'}",
                sender=rule.sender,
                receiver=astray(edition, obligation) if how == "misdirected" else obligation.receiver,
                elements=names,
                party=rule.sender,
            )
        case "need":
            party = above(edition, rule) if how == "wrong_level" else provider(edition, rule)
            plants: Subtype | None = "wrong_level" if how == "wrong_level" else None
            return replace(doing, key=f"{rule.resource} started", party=party, plants=plants)
    assert rule.event is not None or obligation.rule.staying  # what else can be owed and waits
    key = min(obligation.rule.meets) if rule.event is not None else ""
    return replace(told(edition, key), meant=meant, party=rule.by)


def told(edition: Compiled, key: str) -> Happening:
    """An event by its key; a message goes the way that some rule says it is to go."""
    name, _, phase = key.partition(" ")
    if name not in edition.pathway.messages:
        return Happening(key)
    sending = next((r.rule for r in edition.rules if r.rule.kind == "send" and r.rule.message == name), None)
    elements = tuple(element.name for element in edition.pathway.messages[name].contains)
    parties = list(edition.pathway.parties)
    sender, receiver = (sending.sender, sending.receivers[0]) if sending else (parties[0], parties[-1])
    return Happening(key, sender=sender, receiver=receiver, elements=elements if phase != "rejected" else (), party=sender)


def _often(patient: Patient, obligation: Obligation, meant: Intention, how: Subtype | None, chance: random.Random) -> Planned:
    """So many in the week, or too few."""
    rule, due = obligation.rule.rule, obligation.due
    assert rule.frequency is not None and due is not None  # only a count has weeks, and a week always ends
    counted = rule.frequency.unit == "times"
    needed = -int(-rule.frequency.amount // 1) if counted else 3
    minutes = rule.frequency.amount * (60 if rule.frequency.unit == "hours" else 1)
    doing = Happening(
        f"{rule.resource} delivered" if rule.kind == "need" else min(obligation.rule.meets),
        meant=meant,
        amount=45.0 if counted else float(-int(-minutes // needed)),
        party=provider(patient.episode(obligation).edition, rule) if rule.kind == "need" else rule.by,
    )
    given = chance.randint(0, needed - 1) if how == "insufficient" else needed
    start = max(obligation.anchored_at, patient.now)
    for number in range(given):
        low = start + (due - start) * number // given
        high = start + (due - start) * (number + 1) // given
        yield low + int((high - low) * chance.uniform(0.2, 0.8)), doing


def astray(edition: Compiled, obligation: Obligation) -> str | None:
    """A party that a message can be sent to by mistake: neither the receiver, nor part of it, nor another of the rule's."""
    rule = obligation.rule.rule
    for name in edition.pathway.parties:
        if name != rule.sender and not any(within(edition, name, to) for to in rule.receivers):
            return name
    return None


def within(edition: Compiled, party: str | None, whole: str) -> bool:
    """Whether a party is another, or a part of it."""
    while party is not None and party != whole:
        declared = edition.pathway.parties.get(party)
        party = None if declared is None else declared.part_of
    return party == whole


def provider(edition: Compiled, rule: Rule) -> str | None:
    """Who gives what is needed: one who offers it, at the level wanted or below."""
    return next(iter(_providers(edition, rule, above_level=False)), None)


def above(edition: Compiled, rule: Rule) -> str | None:
    """A party above the level at which the need is to be met."""
    return None if rule.level is None else next(iter(_providers(edition, rule, above_level=True)), None)


def _providers(edition: Compiled, rule: Rule, *, above_level: bool) -> Sequence[str]:
    offering = [p for p in edition.pathway.parties.values() if rule.resource in p.offers]
    if rule.level not in LEVELS:
        return [party.name for party in offering]
    most = LEVELS.index(rule.level)
    levels = LEVELS[most + 1 :] if above_level else LEVELS[: most + 1]
    return [party.name for party in (*offering, *edition.pathway.parties.values()) if party.level in levels]
