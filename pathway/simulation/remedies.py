"""Breaks that were not meant, seen before they come, and what is done so that they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pathway.events.event import Instant
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime
from pathway.model.keys import event_key
from pathway.simulation.followed import Key, Standing
from pathway.simulation.fulfilment import done, provider, told, within
from pathway.simulation.happening import MINUTE, Happening, Intention, Owed
from pathway.tracking.answerable import holding
from pathway.tracking.course import Course
from pathway.tracking.records import Subtype
from pathway.tracking.state import Obligation

if TYPE_CHECKING:
    from pathway.simulation.walk import Walk

_OFTEN = 4
"""So often is one obligation seen to before it is given up."""
_NEAR = 6 * MINUTE


class Unmeant(NamedTuple):
    """A break that would come, as the engine sees it afterwards. `serious` is False where it would only be an outcome (O14)."""

    key: Key
    owed: Owed
    course: Course
    obligation: Obligation
    subtype: Subtype
    serious: bool
    born: bool
    """Whether it was not yet owed before."""


def unmeant(walk: Walk, after: Standing, happening: Happening | None) -> list[Unmeant]:
    """What would break that was not meant to. A decision is taken without its basis, or care given too high, as it is drawn."""
    found = []
    walk.meanings.drawn.clear()
    for key, course, obligation in after.touched(walk.standing):
        if obligation.broken and not walk.meanings.broken(key):
            serious, born = obligation.break_ is not None, walk.standing.is_new(key)
            if not serious and not (
                born and obligation.rule.decides is not None and happening is not None and not happening.tried
            ):
                continue
            owed = Owed.of(course.patient.episode(obligation).edition.pathway.name, obligation)
            subtype = _subtype(obligation)
            one = Unmeant(key, owed, course, obligation, subtype, serious, born)
            if not _was_meant(walk, one, happening):
                found.append(one)
    return found


def _subtype(obligation: Obligation) -> Subtype:
    return "missing" if obligation.break_ is None else obligation.break_.subtype


def _was_meant(walk: Walk, found: Unmeant, happening: Happening | None) -> bool:
    if walk.meanings.known(found.key, found.owed):
        meant = walk.meanings.of(found.key, found.owed)
        if meant.how in ("late", "missing") and found.subtype in ("misdirected", "incomplete"):
            meant.how = found.subtype  # what another rule asked to be sent elsewhere, or with less in it, has been seen
        return meant.fits(found.subtype)
    if found.owed in walk.meanings.drawn:
        return True
    if not found.born:
        return False
    planted = happening is not None and happening.plants == found.subtype
    if not planted and found.obligation.rule.decides is not None:
        share = walk.profile.share(found.owed.pathway, found.owed.rule)
        unit = walk.maker.unit(found.obligation.rule.rule.by)
        weight = walk.profile.hows.get(found.subtype, 1.0)
        lot = weight > 0 and walk.chance.random() < share.of(unit, to_datetime(found.course.patient.now))
        planted = lot or any(walk.meanings.withheld(f"{name} sent") for name in _lacking(found))
    if planted and found.serious:
        walk.meanings.drawn[found.owed] = found.subtype
    return planted


def remedy(walk: Walk, bad: list[Unmeant], at: Instant, happening: Happening | None) -> bool:
    """Plan what must come first, and what was to happen after that. False where nothing can be done."""
    todo: list[Happening] = []
    later = happening
    delay = 0
    for found in bad:
        doing = _to_do(walk, found)
        if doing is None:
            if found.serious:
                return False
            continue
        if found.subtype == "early" and found.obligation.lower is not None:
            delay = max(delay, found.obligation.lower + MINUTE - at)
        for one in doing:
            if one.key and all((one.key, one.receiver) != (other.key, other.receiver) or one.amount for other in todo):
                todo.append(one)
            elif not one.key and later is not None:
                later = replace(later, facts={**later.facts, **one.facts})
    now = walk.standing.now
    if happening is None and delay == 0:
        return bool(todo) and _before(walk, todo, now, at)
    if later is None or later.tried > _OFTEN:
        return False
    if at - now < _NEAR * len(todo):
        delay = max(delay, _NEAR * len(todo))
    if not _before(walk, todo, now, at + delay):
        return False
    walk.agenda.plan(at + delay, replace(later, tried=later.tried + 1))
    return True


def _before(walk: Walk, todo: list[Happening], now: Instant, limit: Instant) -> bool:
    """Spread over the time that there is."""
    room = (limit - now) // max(len(todo), 1)
    times = [now + room * number + int(room * walk.chance.uniform(0.4, 0.9)) for number in range(len(todo))]
    return all(walk.agenda.plan_between(when, now, limit, doing) for when, doing in zip(times, todo, strict=True))


def _to_do(walk: Walk, found: Unmeant) -> list[Happening] | None:
    """What would keep it. Without a key: facts that the event itself is to tell. None where nothing would."""
    rule = found.obligation.rule
    if rule.decides is not None:
        return list(_basis(walk, found))
    known = walk.obligation(found.key)
    if known is None:
        if found.obligation.part != "main" or found.subtype in ("withdrawn", "wrong_level") or rule.staying:
            return None
        return [replace(done(found.course.patient, found.obligation, Intention()), meant=None)]
    meant = walk.meanings.of(found.key, found.owed)
    meant.remedied += 1
    if meant.how is not None or meant.remedied > _OFTEN:
        return None
    course, obligation = known
    edition = course.patient.episode(obligation).edition
    if found.subtype == "early":
        not_before = obligation.timing.not_before if obligation.timing is not None else None
        return [] if not_before is None else [told(edition, event_key(not_before, edition.pathway))]
    if rule.staying:
        stay = walk.stay_in(found.key)
        way = next(way for way in edition.transitions if way.staying is rule)
        return [Happening(way.keys[0], leaving=replace(stay, way=way.index))] if stay is not None and way.keys else None
    if rule.rule.frequency is not None:
        return _shortfall(found)
    return [done(course.patient, obligation, meant)]


def _shortfall(found: Unmeant) -> list[Happening]:
    rule, broken = found.obligation.rule.rule, found.obligation.break_
    assert rule.frequency is not None and broken is not None and broken.size is not None  # a week that was too little
    edition = found.course.patient.episode(found.obligation).edition
    key = f"{rule.resource} delivered" if rule.kind == "need" else min(found.obligation.rule.meets)
    party = provider(edition, rule) if rule.kind == "need" else rule.by
    if rule.frequency.unit == "times":
        return [Happening(key, amount=45.0, party=party)] * -int(-broken.size // 1)
    minutes = broken.size * (60 if rule.frequency.unit == "hours" else 1)
    return [Happening(key, amount=float(-int(-minutes // 1)), party=party)]


def _basis(walk: Walk, found: Unmeant) -> Iterator[Happening]:
    """What a decision lacks: messages to the party that decides, events, facts."""
    course = found.course
    episode = course.patient.episode(found.obligation)
    edition, rule = episode.edition, found.obligation.rule
    lacking = _lacking(found)
    party = rule.rule.by or holding(episode, course.patient.now, course.patient.now).party
    for basis in rule.rule.basis:
        if basis.name not in lacking:
            continue
        if basis.kind == "event":
            yield told(edition, basis.name)
        elif basis.kind == "message":
            yield _message(edition, basis.name, party)
        else:
            yield from _fact(walk, edition, basis.name)


def _lacking(found: Unmeant) -> set[str]:
    """What a decision lacks; of an outcome that is no break it is not told."""
    broken, rule = found.obligation.break_, found.obligation.rule.rule
    return {basis.name for basis in rule.basis} if broken is None else {*broken.lacking, *broken.stale}


def _message(edition: Compiled, name: str, party: str | None) -> Happening:
    """A message that the party then has: sent the way that some rule says, or else straight to it."""
    for rule in edition.rules:
        send = rule.rule
        if send.kind == "send" and send.message == name and send.sender is not None:
            to = next(
                (to for to in send.receivers if party is None or within(edition, party, to) or within(edition, to, party)), None
            )
            if to is not None or within(edition, send.sender, party or ""):
                receiver = to or send.receivers[0]
                return replace(told(edition, f"{name} acknowledged"), sender=send.sender, receiver=receiver, party=receiver)
    return replace(told(edition, f"{name} acknowledged"), receiver=party, party=party)


def _fact(walk: Walk, edition: Compiled, name: str) -> Iterator[Happening]:
    """An event that tells a fact; what any event may tell, the decision itself tells."""
    if not edition.pathway.facts[name].carried:
        value = walk.maker.value(name, walk.standing.now)
        if value is not None:
            yield Happening("", facts={name: value})
        return
    for event in edition.pathway.events.values():
        if name in event.carries:
            yield Happening(event.name)
            return
