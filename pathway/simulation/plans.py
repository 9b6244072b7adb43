"""What is planned for a made-up patient: when something is owed, when it has broken, and on coming into a stage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pathway.events.event import DEVIATION, Event, Instant
from pathway.language.texts import texts_of
from pathway.machine.tables import Compiled
from pathway.model.calendar import to_datetime
from pathway.simulation.followed import Key, Standing
from pathway.simulation.fulfilment import after, done, fulfil, told, ways_to_break
from pathway.simulation.happening import HOUR, MINUTE, Happening, Intention, Owed, Stayed
from pathway.simulation.ways import drawn, of_itself, stay_of, ways_on
from pathway.tracking.course import Course
from pathway.tracking.patient import Patient
from pathway.tracking.records import Subtype
from pathway.tracking.state import Episode, Obligation

if TYPE_CHECKING:
    from pathway.simulation.walk import Walk


def owe(walk: Walk, key: Key, course: Course, obligation: Obligation) -> None:
    """Something is newly owed: decide what is to become of it, and plan for that."""
    patient = course.patient
    pathway = patient.episode(obligation).edition.pathway.name
    owed = Owed.of(pathway, obligation)
    known = walk.meanings.known(key, owed)
    meant = walk.meanings.of(key, owed)
    if known or not _can_be_done(obligation):
        return
    meant.how = _how(walk, course, obligation, pathway)
    if meant.how is not None and obligation.due is not None and walk.chance.random() < walk.profile.excused:
        _excuse(walk, meant, obligation, patient)
    elif obligation.rule.staying:
        _stay_on(walk, patient.episode(obligation).edition, key, meant, obligation, patient.now)
    else:
        _fulfil(walk, course, obligation, meant)
    if meant.how in ("late", "missing", "insufficient"):
        walk.meanings.withhold(meant)
        _stay_for_it(walk, key, obligation)
    _hold(walk, obligation, patient.now)


def _can_be_done(obligation: Obligation) -> bool:
    """Whether an event can be made that keeps it. A goal is reached, or not, by what becomes known."""
    rule = obligation.rule
    return rule.staying or (bool(rule.meets) and (rule.rule.frequency is None or obligation.due is not None))


def _how(walk: Walk, course: Course, obligation: Obligation, pathway: str) -> Subtype | None:
    """In which way it is to break; None: not at all."""
    rule = obligation.rule.rule
    share = walk.profile.share(pathway, rule.name, obligation.part)
    stays = course.patient.episode(obligation).stays
    answers = obligation.receiver if obligation.part != "main" else rule.by or rule.sender or stays[-1].party
    if walk.chance.random() >= share.of(walk.maker.unit(answers), to_datetime(course.patient.now)):
        return None
    ways = ways_to_break(course.patient, obligation)
    if not ways and obligation.part == "main" and rule.kind in ("expect", "measure"):
        return "missing" if not rule.breaks else None  # what gives no break is not always done either
    weights = [walk.profile.hows.get(way, 1.0) for way in ways]
    return walk.chance.choices(ways, weights)[0] if any(weights) else None


def _fulfil(walk: Walk, course: Course, obligation: Obligation, meant: Intention) -> None:
    rule = obligation.rule.rule
    if rule.kind == "measure" and rule.event is not None and " " in min(obligation.rule.meets):
        return  # messages are sent because a rule asks somebody to send them
    for at, happening in fulfil(course.patient, obligation, meant, meant.how, walk.chance):
        walk.agenda.plan(at, happening)


def fulfil_anew(walk: Walk, meant: Intention) -> None:
    """What could not be broken as was meant is done after all."""
    for key in meant.keys:
        found = walk.obligation(key)
        if found is not None and found[1].waits:
            _fulfil(walk, *found, meant)
            return


def _stay_for_it(walk: Walk, key: Key, obligation: Obligation) -> None:
    """What lapses with the stage, or with the episode, is to break before that."""
    stay = walk.stay_in(key)
    if stay is None or obligation.due is None or obligation.rule.rule.kind == "send":
        return
    until = obligation.due + walk.chance.randint(3, 48) * HOUR
    if obligation.rule.ends_with_stage:
        walk.agenda.hold(stay, until)
    else:
        walk.agenda.hold_end(stay, until)


def _stay_on(walk: Walk, edition: Compiled, key: Key, meant: Intention, obligation: Obligation, now: Instant) -> None:
    """A stay is to end by a time, or is to last too long."""
    if obligation.due is None:
        return
    way = next(way for way in edition.transitions if way.staying is obligation.rule)
    stay = walk.stay_in(key)
    if stay is None or not way.keys:
        return
    room = max(obligation.due - now, MINUTE)
    at = after(obligation.due, now, walk.chance) if meant.how else now + int(room * walk.chance.uniform(0.2, 0.9))
    walk.agenda.leave(at, Happening(way.keys[0], leaving=replace(stay, way=way.index)))


def _excuse(walk: Walk, meant: Intention, obligation: Obligation, patient: Patient) -> None:
    """A deviation with a reason, recorded in time: it will not be a break."""
    assert obligation.due is not None  # the caller has looked
    meant.how = None
    reason = Happening(
        DEVIATION,
        meant=meant,
        deviation=obligation.rule.rule.name,
        because=texts_of("made_up")["because"]["judgement"][patient.main.pathway.language],
        until=obligation.due,
        may_drop=True,
    )
    walk.agenda.plan(patient.now + (obligation.due - patient.now) // 3, reason)


def _hold(walk: Walk, obligation: Obligation, now: Instant) -> None:
    """A clock may stop for some days."""
    for hold in obligation.rule.rule.holds:
        if obligation.due is not None and walk.chance.random() < 0.15:
            start = now + int((obligation.due - now) * walk.chance.uniform(0.1, 0.5))
            walk.agenda.plan(start, Happening(hold.start.key, may_drop=True))
            walk.agenda.plan(start + walk.chance.randint(24, 120) * HOUR, Happening(hold.end.key, may_drop=True))


def after_break(walk: Walk, key: Key, course: Course, obligation: Obligation, meant: Intention) -> None:
    """Something has broken: what had no due time before is done too late now; the reason may be written down."""
    now = course.patient.now
    planned = obligation.timing is not None and (
        obligation.timing.upper or obligation.timing.every or obligation.timing.same_day
    )
    if meant.how == "late" and not planned and not obligation.rule.staying and meant.keys[0] == key:
        doing = done(course.patient, obligation, meant)
        if doing.key:
            walk.agenda.plan(now + walk.chance.randint(2, 60) * HOUR, doing)
    if meant.keys[0] == key and walk.chance.random() < walk.profile.explained:
        reason = Happening(
            DEVIATION,
            deviation=obligation.rule.rule.name,
            because=texts_of("made_up")["because"]["afterwards"][course.patient.main.pathway.language],
            cause=walk.chance.choice(list(texts_of("made_up")["cause"].values()))[course.patient.main.pathway.language],
            until=now,
            may_drop=True,
        )
        walk.agenda.plan(now + walk.chance.randint(1, 72) * HOUR, reason)


def follow_up(walk: Walk, event: Event, before: Standing) -> None:
    """What comes of an event although nothing is owed yet: a message is acknowledged, and what will be asked for too late is done."""
    raised = {(o.rule, o.part) for _, _, o in walk.standing.touched(before) if o.anchor.root == event.id}
    if event.phase in ("sent", "received") and all(part != "receipt" for _, part in raised):
        receipt = Happening(
            f"{event.name} acknowledged",
            sender=event.sender,
            receiver=event.receiver,
            elements=(),
            party=event.receiver,
            may_drop=True,
        )
        walk.agenda.plan(event.occurred + walk.chance.randint(2, 30) * MINUTE, receipt)
    for _, _, course in walk.standing.each(before):
        episode = course.patient.current
        if episode is None:
            continue
        for rule in episode.edition.raises.get(event.key, ()):
            asked = (episode.edition.pathway.name, rule.rule.name)
            if asked in walk.foreseen and rule.rule.event is not None and (rule, "main") not in raised:
                doing = replace(told(episode.edition, min(rule.meets)), party=rule.rule.by, may_drop=True)
                walk.agenda.plan(event.occurred + walk.chance.randint(5, 60) * MINUTE, doing)


def arrive(walk: Walk, stay: Stayed, episode: Episode) -> None:
    """Plan how a stage is left, and what happens in it of itself."""
    edition, stage, now = episode.edition, episode.stage, walk.standing.now
    lasting = leave(walk, stay, episode)
    own = walk.habits(edition).told
    if stage in own:
        for name, length in own[stage]:
            walk.agenda.plan(now + drawn(length, walk.chance), replace(told(edition, name), during=stay, may_drop=True))
        return
    for name, chance in of_itself(edition, stage, [way for way in edition.transitions if way.stage in (stage, None)]):
        if walk.chance.random() < chance:
            at = now + int(lasting * walk.chance.uniform(0.05, 0.8))
            walk.agenda.plan(at, Happening(name, during=stay, may_drop=True))


def leave(walk: Walk, stay: Stayed, episode: Episode, *, tried: int = 0) -> int:
    """Plan how a stage is left, unless that is by time or by what comes because it is owed. How long the stay is to last."""
    edition, now = episode.edition, walk.standing.now
    habits = walk.habits(edition)
    ways, weights = ways_on(edition, episode.stage, habits)
    lasting = stay_of(edition, episode.stage, habits, walk.chance)
    if any(weights):
        way = walk.chance.choices(ways, weights)[0]
        if way.key is not None and not walk.agenda.is_owed(way.key):
            target = None if way.number is None else edition.transitions[way.number].transition.target
            ends = way.number is None or (target is not None and edition.stage(target).end)
            leaving = Happening(way.key, leaving=replace(stay, way=way.number), ends=ends, tried=tried)
            walk.agenda.leave(now + lasting, leaving)
    return lasting
